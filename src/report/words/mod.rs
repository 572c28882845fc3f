//! The words of reports, three files for each language: its sentences, those for whoever signs, and its labels. Another
//! language is three more files like [`en`], [`en_signer`] and [`en_labels`], and their lines here and in the configuration's
//! `Language`; the compiler names whatever it lacks.
//!
//! What single checks say is English in the report, and is what people search for. A language may have tables of phrases
//! for it, like [`ja_phrases`]: names, keys and numbers stay as they are, and so does a sentence that no phrase matches.
//! Whoever prints it marks that as English.

mod en;
mod en_labels;
mod en_signer;
mod ja;
mod ja_labels;
mod ja_phrases;
mod ja_signer;
mod phrases;

use super::brief::Brief;
use super::measured::ArmKind;
use crate::collection::{Date, Role};
use crate::config::Language;
use crate::verdict::{Outcome as GateResult, Verdict};

/// Everything that a language has to say.
pub struct Words {
    /// Its code, as HTML wants it.
    pub code: &'static str,
    /// Single words and headings.
    pub labels: &'static Labels,
    /// A verdict's name.
    pub verdict: fn(Verdict) -> &'static str,
    /// What becomes of the build.
    pub result: fn(GateResult) -> &'static str,
    /// A role.
    pub role: fn(Role) -> &'static str,
    /// What a check says, what would settle a question, a remark or what was not checked, from the English sentence; that
    /// itself where the language has no phrase for it.
    pub phrase: fn(&str) -> String,
    /// The name of an outcome, from the English one.
    pub outcome: fn(&str) -> String,
    /// A unit, from the English one.
    pub unit: fn(&str) -> String,
    /// Why, in a sentence for each test that decided, with its numbers; the weightiest first.
    pub sentences: fn(&Brief<'_>) -> Vec<String>,
    /// What it means for whoever merges.
    pub meaning: fn(&Brief<'_>) -> String,
    /// What was tested, for whoever signs.
    pub tested: fn(&Brief<'_>) -> Vec<String>,
    /// What it means for the decision.
    pub decision: fn(&Brief<'_>) -> String,
    /// Three sentences to say in the meeting.
    pub meeting: fn(&Brief<'_>) -> [String; 3],
    /// What would change our mind.
    pub change: fn(&Brief<'_>) -> Vec<String>,
    /// What to do next, in one line.
    pub next: fn(&Brief<'_>) -> String,
    /// `90 % interval`, for this alpha.
    pub interval: fn(f64) -> String,
    /// What the names of these kinds of rankers mean, in one line.
    pub arms: fn(&[ArmKind]) -> String,
    /// What the plots of gains show, with `90 % interval`.
    pub gains_caption: fn(&str) -> String,
    /// The gain of this arm.
    pub gain_of: fn(&str) -> String,
    /// `, teacher NAME, trained until DAY`.
    pub teacher: fn(&str, Option<Date>) -> String,
    /// An outcome, what it is held against, and its unit, on a console.
    pub compared: fn(&str, &str, &str) -> String,
    /// A contrast on a console.
    pub contrast: fn(&Contrasted) -> String,
    /// The ends of the interval without the prior.
    pub without_prior: fn(&str, &str) -> String,
    /// Why an outcome is shown and does not decide.
    pub shown: fn(&str) -> String,
    /// A collection that does not take part, and why.
    pub without: fn(&str, &str) -> String,
    /// So many queries stand in several collections.
    pub shared: fn(usize) -> String,
    /// These arms read so many texts of so many only in part.
    pub cut: fn(&str, usize, usize) -> String,
    /// The version, and the command that makes the report again.
    pub made_by: fn(&str, &str) -> String,
}

/// A contrast in numbers that are written already.
pub struct Contrasted {
    /// The suspect collection that it is about, where it is one alone.
    pub on: Option<String>,
    /// Suspect minus clean.
    pub delta: String,
    /// `90 % interval`, in the language.
    pub interval: String,
    /// Its lower end.
    pub lower: String,
    /// Its upper end.
    pub upper: String,
    /// The p that decides.
    pub p: String,
    /// The same after Holm's correction, where it decides.
    pub adjusted: Option<String>,
}

/// Single words, headings and captions.
pub struct Labels {
    // The page for whoever signs.
    pub signer: &'static str,
    pub tested: &'static str,
    pub decision: &'static str,
    pub meeting: &'static str,
    pub change: &'static str,
    pub next: &'static str,
    /// What joins two sentences about tests, what stands between two whole sentences, and what ends one.
    pub and: &'static str,
    pub gap: &'static str,
    pub stop: &'static str,
    // Tables.
    pub collection: &'static str,
    pub role: &'static str,
    pub queries: &'static str,
    pub outcome: &'static str,
    pub decides: &'static str,
    pub by_collection: &'static str,
    pub table: &'static str,
    pub item: &'static str,
    pub yes: &'static str,
    pub no: &'static str,
    pub clean_mean: &'static str,
    pub suspect_mean: &'static str,
    pub suspect_minus_clean: &'static str,
    pub deciding_p: &'static str,
    pub level: &'static str,
    pub check: &'static str,
    pub place: &'static str,
    pub what: &'static str,
    pub to_do: &'static str,
    pub evidence: &'static str,
    pub document: &'static str,
    pub query: &'static str,
    pub grade: &'static str,
    pub rank_before: &'static str,
    pub rank_after: &'static str,
    pub text: &'static str,
    pub before: &'static str,
    pub after: &'static str,
    pub not_ranked: &'static str,
    pub not_judged: &'static str,
    pub relevant: &'static str,
    pub other: &'static str,
    // Headings.
    pub measured: &'static str,
    pub partial: &'static str,
    pub gains: &'static str,
    pub differences: &'static str,
    pub differences_caption: &'static str,
    pub deciding_interval: &'static str,
    pub wider: &'static str,
    pub together: &'static str,
    pub each_alone: &'static str,
    pub no_difference: &'static str,
    pub tolerance: &'static str,
    pub margin: &'static str,
    pub slopes: &'static str,
    pub slopes_caption: &'static str,
    pub residuals: &'static str,
    pub residuals_caption: &'static str,
    pub scores: &'static str,
    pub scores_caption: &'static str,
    pub findings: &'static str,
    pub nothing_found: &'static str,
    pub passed: &'static str,
    pub english: &'static str,
    pub moved: &'static str,
    pub moved_caption: &'static str,
    pub probe: &'static str,
    pub probe_caption: &'static str,
    pub surprising: &'static str,
    pub surprising_caption: &'static str,
    pub places: &'static str,
    pub surprise: &'static str,
    pub share: &'static str,
    pub rank: &'static str,
    pub picked: &'static str,
    pub review: &'static str,
    pub matched: &'static str,
    pub sample: &'static str,
    pub sample_caption: &'static str,
    pub twins: &'static str,
    pub suspect_minus_twin: &'static str,
    pub canary: &'static str,
    pub training: &'static str,
    pub provenance: &'static str,
    pub declared: &'static str,
    pub counted: &'static str,
    pub would_make_clean: &'static str,
    pub why: &'static str,
    pub canary_pairs: &'static str,
    pub canary_labelled: &'static str,
    pub canary_other: &'static str,
    pub canary_ties: &'static str,
    pub canary_needed: &'static str,
    pub scan: &'static str,
    pub scan_caption: &'static str,
    pub judgements: &'static str,
    pub documents: &'static str,
    pub kind: &'static str,
    pub sought: &'static str,
    pub too_short: &'static str,
    pub left_out: &'static str,
    pub exact: &'static str,
    pub contained: &'static str,
    pub near: &'static str,
    pub part: &'static str,
    pub not_checked: &'static str,
    pub settles: &'static str,
    pub again: &'static str,
    pub inputs: &'static str,
    pub contents: &'static str,
    pub more: &'static str,
    pub waived: &'static str,
}

/// The words of a language.
pub fn of(language: Language) -> &'static Words {
    match language {
        Language::En => &en::WORDS,
        Language::Ja => &ja::WORDS,
    }
}
