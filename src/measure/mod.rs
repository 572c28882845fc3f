//! Measures of a ranking, named as ir_measures names them, one value per query.
//!
//! Pure: a measure sees grades, never files, identifiers or scores. Ranking, and with it the order of ties, is
//! decided before (`runs::by_rank`); which queries count, and their mean, is decided after (`runs::evaluate`).
//!
//! What all measures share, as in trec_eval, to which ir_measures delegates most of its work:
//!
//! - a document is relevant to a query from grade `rel` on (1 unless said otherwise, and never below 1);
//! - a retrieved document that nobody judged is not relevant; with `judged_only=True` it is left out, as are
//!   documents with a negative grade, and those below move up;
//! - a negative grade is not relevant and has no gain; it counts as judged only in `Judged`;
//! - a query without a relevant document, or without any result, has the value 0 (but `Judged` asks for results
//!   only). So has a query whose grades are all negative, where trec_eval 9 reads memory that it never set.
//!
//! The variants of each measure are stated where it is defined, in [`value`](Measure::value)'s file. Names are those
//! of MacAvaney, Macdonald and Ounis, "Streamlining Evaluation with ir-measures", ECIR 2022; definitions those of
//! trec_eval 9 (Buckley, Voorhees and Soboroff, NIST).

mod ideal;
mod name;
mod value;

pub use ideal::Ideal;
pub use name::Kind;

use crate::error::Error;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A measure with its parameters, such as `nDCG@10` or `AP(rel=2)@100`.
///
/// It is written as text everywhere: [`str::parse`] reads ir_measures' notation, aliases included, and `Display`
/// gives the one canonical name. Two measures are equal when their canonical names are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
pub struct Measure {
    kind: Kind,
    /// Only the first so many results are looked at; at least 1.
    cutoff: Option<usize>,
    /// Relevant from this grade on; at least 1. Always 1 where the kind has no such parameter.
    rel: i32,
    /// Results that nobody judged are left out. Always false where the kind has no such parameter.
    judged_only: bool,
}

impl Measure {
    /// What it measures.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The number of results that it looks at; `None` is all of them.
    pub fn cutoff(&self) -> Option<usize> {
        self.cutoff
    }

    /// The lowest grade that is relevant. nDCG and Judged have no such parameter and say 1.
    pub fn rel(&self) -> i32 {
        self.rel
    }

    /// Whether results that nobody judged are left out.
    pub fn judged_only(&self) -> bool {
        self.judged_only
    }

    /// The same measure with relevance from grade `rel` (1 or more) on; nDCG and Judged stay as they are.
    ///
    /// # Errors
    /// Bad input where `rel` is below 1: it would count documents as relevant that were judged not to be.
    pub fn with_rel(self, rel: i32) -> Result<Measure, Error> {
        if rel < 1 {
            return Err(name::rel_too_low(rel));
        }
        Ok(if self.kind.has_rel() { Measure { rel, ..self } } else { self })
    }

    /// How many results from the top decide its value; `None` where every result may.
    pub fn depth(&self) -> Option<usize> {
        if self.judged_only { None } else { self.cutoff }
    }
}
