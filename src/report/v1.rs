//! The report's frozen types, version 1. Within a version fields are only added, never renamed or removed.

use super::v1_moved::{Histogram, Moved};
use super::v1_probe::Probe;
use super::v1_provenance::Provenance;
use super::v1_scan::Scan;
use super::v1_training::Training;
use super::v1_twins::{Twin, TwinPair};
use crate::checks::Family;
use crate::collection::{Counts, Date, Role};
use crate::config::{Config, Gives, Level};
use crate::ranker::Truncated;
use crate::verdict::{Cause, Outcome as GateResult, Remedy, Verdict};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the schema.
pub const SCHEMA_VERSION: u32 = 1;

/// One audit, as `report.json` holds it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// The version of this schema.
    pub schema_version: u32,
    /// The version of the program.
    pub distilgate: String,
    /// The command that makes this report again.
    pub command: String,
    /// The configuration's file, as the command named it.
    #[serde(default)]
    pub config_path: String,
    /// What the tests and the evidence say.
    pub verdict: Verdict,
    /// What becomes of the build, after levels and waivers.
    pub result: GateResult,
    /// The exit code of the command.
    pub exit_code: u8,
    /// What kind of reason decided.
    #[serde(default)]
    pub cause: Option<Cause>,
    /// Why, in one sentence with the number that decided.
    pub sentence: String,
    /// What it means for whoever merges.
    pub meaning: String,
    /// What would settle it.
    pub settles: Vec<String>,
    /// Of what kinds these things are, each once; empty in reports of old versions.
    #[serde(default)]
    pub remedies: Vec<Remedy>,
    /// Why the result is not simply the verdict's.
    pub remarks: Vec<String>,
    /// The measure that decides.
    pub measure: String,
    /// The teacher.
    pub teacher: Option<Teacher>,
    /// The collections, in the order of the configuration.
    pub collections: Vec<Collection>,
    /// The rankers.
    pub arms: Vec<Arm>,
    /// What was compared between suspect and clean collections.
    pub outcomes: Vec<Outcome>,
    /// Twins against their suspect collections.
    pub twins: Vec<Twin>,
    /// How like twins and their suspect collections are.
    #[serde(default)]
    pub twin_pairs: Vec<TwinPair>,
    /// Canaries; absent where there are none.
    #[serde(default)]
    pub canary: Option<Canary>,
    /// Queries that moved most from the student before to the one after, by collection.
    #[serde(default)]
    pub moved: Vec<Moved>,
    /// Every check with everything it said.
    pub checks: Vec<CheckResult>,
    /// Queries that occur in several collections, counted once.
    pub shared_queries: Vec<SharedQuery>,
    /// Where collections, teacher and student come from: declared and measured.
    #[serde(default)]
    pub provenance: Provenance,
    /// What the teacher's scores show beside the outcomes; absent without its scores.
    pub probe: Option<Probe>,
    /// Files that were searched for texts of the collections.
    #[serde(default)]
    pub scan: Vec<Scan>,
    /// Students that were trained here; absent where none was.
    pub training: Option<Training>,
    /// What was not looked at, with the reason.
    pub not_checked: Vec<String>,
    /// SHA-256 of every input, by path.
    pub inputs: BTreeMap<String, String>,
    /// The ONNX Runtime that scored.
    pub onnx_runtime: Option<String>,
    /// Threads that trained and scored.
    pub threads: usize,
    /// The configuration with its defaults filled in.
    pub config: Config,
}

/// The teacher.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Teacher {
    /// Its name.
    pub name: String,
    /// The day up to which it may have read the web.
    pub training_cutoff: Option<Date>,
    /// What its numbers mean.
    pub gives: Gives,
    /// Whether its own scores were looked at.
    pub tested: bool,
}

/// A collection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Collection {
    /// Its name.
    pub name: String,
    /// Suspect or clean.
    pub role: Role,
    /// Why.
    pub role_reason: String,
    /// The day on which it became public.
    pub published: Option<Date>,
    /// Relevant from this grade on.
    pub rel: i32,
    /// The suspect collection that it is a twin of.
    pub twin_of: Option<String>,
    /// What its files hold.
    pub counts: Counts,
    /// Queries with a relevant judgement.
    pub usable_queries: usize,
    /// Queries that were measured.
    pub measured_queries: usize,
    /// The candidate lists, where models were scored.
    pub candidates: Option<Candidates>,
    /// The line of the configuration that names it.
    #[serde(default)]
    pub config_line: Option<u64>,
}

/// Candidate lists.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Candidates {
    /// Where they come from.
    pub source: String,
    /// Candidates per query at most.
    pub depth: usize,
    /// Pairs in all.
    pub pairs: usize,
    /// Measured queries without candidates.
    pub queries_without: usize,
    /// Share of relevant documents among them.
    pub recall: f64,
}

/// A ranker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Arm {
    /// Its name.
    pub name: String,
    /// `files`, `bm25`, what the model was found to be, or what it was trained here from.
    pub source: String,
    /// Seeds, or repeats.
    pub seeds: usize,
    /// What was found on each collection.
    pub collections: Vec<ArmOnCollection>,
    /// Collections that it does not cover, with the reason.
    pub missing: BTreeMap<String, String>,
}

/// A ranker on a collection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ArmOnCollection {
    /// The collection.
    pub collection: String,
    /// Means by measure.
    pub measures: BTreeMap<String, f64>,
    /// The deciding measure of each complete query, averaged over seeds.
    #[serde(default)]
    pub by_query: BTreeMap<String, f64>,
    /// How the scores lie.
    #[serde(default)]
    pub histogram: Option<Histogram>,
    /// Share of judged documents among the first ten; absent where no query is complete.
    pub judged_at_10: Option<f64>,
    /// Pairs that should be scored.
    pub pairs: u64,
    /// Pairs without a score.
    pub missing_pairs: u64,
    /// Queries with a missing score.
    pub incomplete_queries: Vec<String>,
    /// Share of pairs whose score another pair of the same query has too.
    pub tied: f64,
    /// Rows of its files that stand there again, with the same score: counted once.
    pub repeated_rows: u64,
    /// Texts that the model had to cut.
    pub truncated: Option<Truncated>,
}

/// Something that was compared between suspect and clean collections.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Outcome {
    /// `gain`, `excess gain`, `label residual of the teacher`, ...
    pub name: String,
    /// The arm that it is about.
    pub arm: String,
    /// What it is compared with.
    pub references: Vec<String>,
    /// The unit of its numbers.
    pub unit: String,
    /// Whether it decides.
    pub decides: bool,
    /// Why it does not.
    pub shown_because: Option<String>,
    /// Its numbers by collection.
    pub collections: Vec<OutcomeOnCollection>,
    /// Collections that do not take part, with the reason.
    pub left_out: BTreeMap<String, String>,
    /// Suspect minus clean.
    pub contrast: Option<Contrast>,
    /// The p after Holm's correction, where it decides.
    pub adjusted_p: Option<f64>,
    /// Whether it rejects.
    pub rejects: bool,
}

/// An outcome on a collection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OutcomeOnCollection {
    /// The collection.
    pub collection: String,
    /// Its role.
    pub role: Role,
    /// Queries.
    pub queries: usize,
    /// Mean over queries and seeds.
    pub mean: f64,
    /// Standard error of the mean; `null` where nothing could be compared.
    pub standard_error: Option<f64>,
    /// The number of each query, averaged over seeds.
    pub by_query: BTreeMap<String, f64>,
}

/// Suspect minus clean.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Contrast {
    /// The mean of the clean collections.
    pub clean: f64,
    /// How much collections differ, with the prior.
    pub tau: f64,
    /// How much clean collections differ, without it.
    pub tau_without_prior: f64,
    /// The scale of the prior.
    pub scale: f64,
    /// Whether the clean collections contradict the prior.
    pub prior_contradicted: bool,
    /// All suspects together.
    pub together: Difference,
    /// Each suspect alone.
    pub alone: BTreeMap<String, Difference>,
    /// The p that decides, before Holm's correction.
    pub deciding_p: f64,
    /// The suspect collection whose p decides; absent where it is that of all together.
    #[serde(default)]
    pub decided_on: Option<String>,
    /// Whether that p is the one without the prior, which the clean collections contradict.
    #[serde(default)]
    pub decided_without_prior: bool,
}

/// A difference with its uncertainty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Difference {
    /// The difference.
    pub delta: f64,
    /// Its standard deviation.
    pub sd: f64,
    /// The chance of at most the tolerance.
    pub p: f64,
    /// Lower end of the 90 % interval: a one-sided 95 % bound.
    pub lower: f64,
    /// Upper end of the 90 % interval: a one-sided 95 % bound.
    pub upper: f64,
    /// The smallest effect that is found in 80 % of cases.
    pub minimum_detectable: f64,
    /// The p without a prior.
    pub p_without_prior: f64,
    /// Lower end without a prior.
    pub lower_without_prior: f64,
    /// Upper end without a prior.
    pub upper_without_prior: f64,
}

/// What the teacher makes of canaries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Canary {
    /// Canaries in all.
    pub pairs: usize,
    /// Those in which the document with the random label has the higher score.
    pub labelled: usize,
    /// Those in which the other has.
    pub other: usize,
    /// Those with equal scores, which do not count.
    pub ties: usize,
    /// The exact one-sided binomial p.
    pub p: f64,
    /// How many labelled ones would have been needed at alpha; absent where they are too few.
    pub needed: Option<u64>,
}

/// Everything that a check said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CheckResult {
    /// The check.
    pub id: String,
    /// Its family.
    pub family: Family,
    /// What it is for, in one line.
    pub summary: String,
    /// What it said.
    pub cases: Vec<Case>,
}

/// What a check said of one collection or arm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Case {
    /// The collection or arm.
    pub subject: String,
    /// What came out.
    pub status: Status,
    /// The level of what was found.
    pub level: Option<Level>,
    /// What was found, seen, or missing, in one line.
    pub message: String,
    /// `file:line:column`, where a file is to blame.
    pub place: Option<String>,
    /// What a reader needs to judge it.
    pub evidence: Vec<String>,
    /// What to do.
    pub help: Option<String>,
    /// Until when and why it is waived, or what the baseline said.
    pub waived: Option<String>,
    /// Whether it is the baseline, and no waiver, that covers it.
    #[serde(default)]
    pub in_baseline: bool,
}

/// What came out of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Nothing to complain about.
    Passed,
    /// Something was found.
    Found,
    /// Something was found, and a waiver or the baseline covers it.
    Waived,
    /// Something was found, and the configuration allows it.
    Allowed,
    /// It does not apply.
    NotApplicable,
    /// It would apply, but what it needs is missing.
    CouldNotRun,
}

/// A query that occurs in several collections.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SharedQuery {
    /// Where it counts.
    pub counted_in: String,
    /// Its identifier there.
    pub query: String,
    /// Where it was left out, `collection: identifier`.
    pub left_out: Vec<String>,
}
