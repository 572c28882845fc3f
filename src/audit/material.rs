//! What has been read and scored so far: the working state of one audit.

use super::candidates::CandidateList;
use super::request::{BM25, Request};
use super::{NamedRun, queries};
use crate::collection::{Collection, QueryId, Role};
use crate::config::{CollectionConfig, Loaded};
use crate::facts::{CandidateFacts, CollectionFacts, SharedQuery};
use crate::ranker::Truncated;
use crate::runs::{Coverage, Run};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that was read and scored.
#[derive(Debug, Default)]
pub struct Material {
    /// The collections, in the order of the configuration.
    pub collections: Vec<Gathered>,
    /// Queries that occur in several collections.
    pub shared_queries: Vec<SharedQuery>,
    /// What was not looked at, with the reason.
    pub not_checked: Vec<String>,
    /// SHA-256 of every input, by path.
    pub inputs: BTreeMap<String, String>,
    /// The ONNX Runtime that scored, where one did.
    pub onnx_runtime: Option<String>,
    /// What each model was found to be, by scorer.
    pub models: BTreeMap<String, String>,
}

/// One collection with everything that is known of it.
#[derive(Debug)]
pub struct Gathered {
    /// What the configuration says of it.
    pub config: CollectionConfig,
    /// Suspect or clean.
    pub role: Role,
    /// Why.
    pub role_reason: String,
    /// Whether what was read made it suspect.
    pub was_read: bool,
    /// Its queries and judgements.
    pub collection: Collection,
    /// How many queries have a relevant judgement.
    pub usable_queries: usize,
    /// The queries that are measured.
    pub measured: BTreeSet<QueryId>,
    /// The lists that every arm ranks, where models are scored.
    pub candidates: Option<CandidateList>,
    /// The scores of every scorer that covers it, by name: a run per seed.
    pub scores: BTreeMap<String, Vec<Scores>>,
    /// Why a scorer does not cover it, by name.
    pub missing: BTreeMap<String, String>,
}

/// What one scorer said of one collection, with one seed.
#[derive(Clone, Debug, Default)]
pub struct Scores {
    /// The measured queries' rankings; restricted to the candidates, where there are some.
    pub run: Run,
    /// What is missing.
    pub coverage: Coverage,
    /// Rows of the file that stand there again, with the same score.
    pub repeated_rows: u64,
    /// Texts that a model had to cut.
    pub truncated: Option<Truncated>,
}

impl Gathered {
    /// The runs of a scorer, one per seed; empty where it does not cover the collection.
    pub fn runs(&self, scorer: &str) -> &[Scores] {
        self.scores.get(scorer).map_or(&[], Vec::as_slice)
    }

    /// The run of a seed. A scorer without seeds is repeated.
    pub fn run(&self, scorer: &str, seed: usize) -> Option<&Run> {
        let runs = self.runs(scorer);
        runs.get(if runs.len() == 1 { 0 } else { seed }).map(|scores| &scores.run)
    }

    /// Measured queries that every seed of these scorers covers in full.
    pub fn complete_queries(&self, scorers: &[&str]) -> Vec<QueryId> {
        let incomplete: BTreeSet<&QueryId> = scorers
            .iter()
            .flat_map(|scorer| self.runs(scorer))
            .flat_map(|scores| &scores.coverage.queries_with_missing)
            .collect();
        self.measured.iter().filter(|query| !incomplete.contains(query)).cloned().collect()
    }
}

impl Material {
    /// Seeds that several scorers have in common: the smallest number above one, or one.
    pub fn seeds(&self, scorers: &[&str]) -> usize {
        let counts = self.collections.iter().flat_map(|c| scorers.iter().map(|s| c.runs(s).len()));
        counts.filter(|n| *n > 1).min().unwrap_or(1)
    }

    /// What the report says of the collections.
    pub fn collection_facts(&self, loaded: &Loaded) -> Vec<CollectionFacts> {
        self.collections.iter().map(|gathered| gathered.facts(loaded)).collect()
    }

    /// The runs that every arm was measured on, for `runs/`.
    ///
    /// Runs of students that were trained here are named by their seeds, others by their place.
    pub fn named_runs(&self, request: &Request, trained: &[u64]) -> Vec<NamedRun> {
        let mut runs = Vec::new();
        let is_trained = |name: &str| request.trained().any(|(scorer, ..)| scorer.name == name);
        for gathered in &self.collections {
            for name in request.scorers.iter().map(|scorer| scorer.name.as_str()).chain([BM25]) {
                let seeds = gathered.runs(name);
                let numbers = if is_trained(name) { trained.to_vec() } else { (1..=seeds.len() as u64).collect() };
                for (number, scores) in numbers.into_iter().zip(seeds) {
                    runs.push(NamedRun {
                        arm: name.to_owned(),
                        collection: gathered.config.name.clone(),
                        seed: (seeds.len() > 1).then_some(number),
                        run: scores.run.clone(),
                    });
                }
            }
        }
        runs
    }
}

impl Gathered {
    fn facts(&self, loaded: &Loaded) -> CollectionFacts {
        let config = &self.config;
        CollectionFacts {
            name: config.name.clone(),
            role: self.role,
            role_reason: self.role_reason.clone(),
            role_given: config.role.is_some(),
            was_read: self.was_read,
            because: config.because.clone(),
            published: config.published,
            source: config.source.clone(),
            licence: config.licence.clone(),
            rel: config.rel,
            twin_of: config.twin_of.clone(),
            config_line: loaded.collection_place(&config.name).line,
            counts: self.collection.counts.clone(),
            usable_queries: self.usable_queries,
            measured_queries: self.measured.iter().cloned().collect(),
            candidates: self.candidates.as_ref().map(|list| self.candidate_facts(list)),
        }
    }

    fn candidate_facts(&self, list: &CandidateList) -> CandidateFacts {
        let (mut relevant, mut found) = (0usize, 0usize);
        for query in &self.measured {
            let wanted = queries::relevant_documents(&self.collection.qrels, query, self.config.rel);
            relevant += wanted.len();
            found += list.run.ranking(query).iter().filter(|s| wanted.contains(&s.document)).count();
        }
        CandidateFacts {
            source: list.source.clone(),
            depth: list.depth,
            pairs: self.measured.iter().map(|query| list.run.ranking(query).len()).sum(),
            queries_without: self.measured.iter().filter(|q| list.run.ranking(q).is_empty()).cloned().collect(),
            recall: if relevant == 0 { 0.0 } else { found as f64 / relevant as f64 },
        }
    }
}
