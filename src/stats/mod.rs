//! What decides: outcomes per query, compared between suspect and clean collections. Pure.
//!
//! An **outcome** is one number per query (and seed): a gain, an excess gain, an influence value of a label
//! residual. The [`contrast`] asks whether its mean is larger on suspect collections than on clean ones, by more
//! than collections differ anyway; [`twin`] asks it of two collections over the same documents, and [`likeness`]
//! whether these have queries of one kind; [`holm`] shares
//! alpha among the tests; [`reach`] says beforehand what a set-up can find, and [`queries_needed`] and its
//! neighbours what would settle an open question.
//!
//! Everything here is f64 in, plain data out. Nothing reads a file or a clock, and simulations take their seed
//! from the caller. `fixtures/golden/reference.py` is the same statistics in numpy; the tests hold both together.

mod binomial;
mod contrast;
mod distribution;
mod enough;
mod evidence;
mod heterogeneity;
mod holm;
mod label_residual;
mod least_squares;
mod likeness;
mod mixture;
mod normal_scores;
mod power;
mod role;
mod simulate;
mod summary;
mod twin;

#[cfg(test)]
mod golden;
#[cfg(test)]
mod properties;

pub use binomial::{fair_coin_p, share_found, successes_needed};
pub use contrast::{
    Alone, CollectionMean, Contrast, ContrastSettings, Decision, Difference, NoContrast, Part, SHARE_TOGETHER,
    WithoutPrior, contrast,
};
pub use distribution::normal_quantile;
pub use enough::{collections_needed, queries_needed, seeds_needed, twin_queries_at, twin_queries_needed};
pub use heterogeneity::{SCALE_EXCESS_GAIN, SCALE_GAIN, SCALE_LABEL_RESIDUAL};
pub use holm::holm;
pub use label_residual::{
    CandidateList, LabelResidual, MIN_CANDIDATES, MIN_QUERIES, NotApplicable, Pull, SeededLabelResidual, Unused,
    label_residual, label_residual_seeds, pulls,
};
pub use likeness::{Block, FEWEST, Likeness, likeness};
pub use normal_scores::normal_scores;
pub use power::{EffectReach, PlannedCollection, Reach, Setup, Simulation, reach};
pub use role::Role;
pub use summary::{LARGEST_OUTCOME, Sample, Summary, UnusableOutcomes, one_seed, summary};
pub use twin::{NoTwin, PairDifference, TwinPair, TwinTest, twin};
