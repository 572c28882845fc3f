//! Facts to test checks, verdicts and reports with: small, made here, with one thing wrong at a time.

use super::*;
use crate::collection::{Counts, DocumentCounts, JudgementCounts, QueryCounts, QueryId, Role};
use crate::config::{CollectionConfig, parse};
use crate::distill::{LessonReport, Recipe, TestCopy, TrainingReport};
use crate::runs::Coverage;
use crate::stats::{ContrastSettings, Sample, contrast};
use std::path::Path;

/// Collections of the sample: name, role, day of publication.
const COLLECTIONS: [(&str, Role, &str); 5] = [
    ("old-a", Role::Suspect, "2019-11-15"),
    ("old-b", Role::Suspect, "2020-11-15"),
    ("new-a", Role::Clean, "2024-03-01"),
    ("new-b", Role::Clean, "2024-09-01"),
    ("new-c", Role::Clean, "2025-02-01"),
];
const QUERIES: usize = 20;

/// An audit of an honest teacher with an adequate reference: every check is silent.
pub fn honest() -> Facts {
    facts(0.0)
}

/// The same with a teacher whose judgements of the suspect collections leaked.
pub fn leaky() -> Facts {
    facts(0.6)
}

/// Facts in which the suspect collections' outcomes are higher by `leak`.
fn facts(leak: f64) -> Facts {
    let text = "[teacher]\nname = \"big\"\ntraining-cutoff = 2023-10-01\nscores = \"t\"\n";
    let mut config = parse(text, Path::new("distilgate.toml")).unwrap();
    config.collection = COLLECTIONS.iter().map(|(name, _, published)| collection_config(name, published)).collect();
    let outcomes = vec![
        outcome(OutcomeKind::Gain, "after", &["before"], 0.05, 0.05, 0.1 * leak),
        outcome(OutcomeKind::ExcessGain, "after", &["reference.open"], 0.03, 0.0, 0.1 * leak),
        outcome(OutcomeKind::TeacherLabelResidual, "teacher", &["bm25", "before", "scorer.open"], 0.10, 0.04, leak),
    ];
    let mut facts = Facts {
        version: "[version]".to_owned(),
        config,
        config_path: "distilgate.toml".to_owned(),
        teacher: Some(TeacherFacts {
            name: "big".to_owned(),
            training_cutoff: Some("2023-10-01".parse().unwrap()),
            gives: Gives::Scores,
            has_scores: true,
            config_line: Some(1),
        }),
        collections: COLLECTIONS.iter().map(|(name, role, published)| collection(name, *role, published)).collect(),
        shared_queries: Vec::new(),
        independence: IndependenceFacts::default(),
        lock: None,
        today: "2024-06-01".parse().unwrap(),
        waiver_day: "2024-06-01".parse().unwrap(),
        before: OriginFacts::default(),
        references: BTreeMap::new(),
        scan: ScanFacts::default(),
        canary: None,
        training: None,
        arms: ["before", "after", "teacher", "scorer.open", "reference.open", "bm25"].map(arm).to_vec(),
        outcomes,
        probe: None,
        twin_pairs: Vec::new(),
        twins: Vec::new(),
        tests: Vec::new(),
        moved: Vec::new(),
        not_checked: Vec::new(),
        inputs: BTreeMap::from([("runs/before.run".to_owned(), "00".repeat(32))]),
        onnx_runtime: None,
        threads: 1,
    };
    facts.outcomes[0].weight = Weight::Shown("the excess gain over the references decides instead".to_owned());
    decide_again(&mut facts);
    facts
}

/// A training of one arm, with a copy of a test query of each of these collections among its queries.
pub fn training(copied_from: &[&str]) -> TrainingFacts {
    let text = "[distill]\nqueries = \"q\"\ncorpus = \"c\"\nscores = \"s\"\n";
    let config = parse(text, Path::new("distilgate.toml")).unwrap().distill.unwrap();
    let copy = |collection: &&str| TestCopy {
        query: "t1".into(),
        collection: (*collection).to_owned(),
        test_query: "q1".into(),
    };
    TrainingFacts {
        student: "student/base".to_owned(),
        recipe: Recipe::of(&config, config.steps),
        seeds: config.seeds,
        report: TrainingReport {
            queries: 100,
            test_copies: copied_from.iter().map(copy).collect(),
            ..TrainingReport::default()
        },
        weights: (1000, 1000),
        notes: Vec::new(),
        arms: vec![TrainedArm {
            name: "after".to_owned(),
            learns_from: "the teacher's scores".to_owned(),
            loss: "margin-mse".to_owned(),
            lesson: LessonReport { queries: 97, pairs: 970, equal_scores: 2, ..LessonReport::default() },
            students: vec![TrainedStudent {
                seed: 1,
                key: "ab".repeat(32),
                flat_groups: 0,
                loss_at_start: Some(4.0),
                loss_at_end: Some(2.0),
            }],
        }],
    }
}

/// Makes the tests from the outcomes anew, after a test of ours changed them.
pub fn decide_again(facts: &mut Facts) {
    facts.tests = primary_tests(&facts.outcomes, &facts.twins, 0.05);
}

/// Makes `new-a` a twin of `old-a` whose label residual is lower by `difference`, like it in kind or not.
pub fn twin(facts: &mut Facts, difference: f64, alike: bool) {
    let values = |mean: f64| (0..QUERIES).map(|q| vec![mean + 0.02 * (q as f64 - 9.5) / 9.5]).collect();
    let pair = crate::stats::TwinPair { suspect: values(difference), twin: values(0.0) };
    facts.collections[2].twin_of = Some("old-a".to_owned());
    let p = if alike { 0.4 } else { 0.001 };
    let tell = Tell { what: "words in the query".to_owned(), suspect: 3.0, twin: 3.1 };
    facts.twin_pairs.push(TwinPairFacts {
        suspect: "old-a".to_owned(),
        twin: "new-a".to_owned(),
        queries: (QUERIES, QUERIES),
        corpus: SharedCorpus::Same,
        shared_queries: 0,
        blind: Some(Blind { auc: if alike { 0.52 } else { 0.97 }, p, needed: 0.65, tells: vec![tell] }),
        balance: vec![Balance {
            what: "judged documents".to_owned(),
            suspect: 10.0,
            twin: 10.5,
            difference: Some(0.2),
        }],
    });
    facts.twins.push(TwinFacts {
        kind: OutcomeKind::TeacherLabelResidual,
        pairs: vec![("old-a".to_owned(), "new-a".to_owned())],
        twin: crate::stats::twin(&[pair], 0.05).unwrap(),
        weight: if alike { Weight::Decides } else { Weight::Shown("the twin is not matched".to_owned()) },
    });
    decide_again(facts);
}

fn collection_config(name: &str, published: &str) -> CollectionConfig {
    let text = format!("[[collection]]\nname = \"{name}\"\npath = \"{name}\"\npublished = {published}\n");
    parse(&text, Path::new("distilgate.toml")).unwrap().collection.remove(0)
}

fn queries() -> Vec<QueryId> {
    (1..=QUERIES).map(|n| QueryId::new(format!("q{n}"))).collect()
}

fn collection(name: &str, role: Role, published: &str) -> CollectionFacts {
    CollectionFacts {
        name: name.to_owned(),
        role,
        role_reason: format!("it was published on {published}"),
        role_given: false,
        was_read: false,
        because: None,
        published: Some(published.parse().unwrap()),
        source: None,
        licence: None,
        rel: 1,
        twin_of: None,
        config_line: Some(7),
        counts: Counts {
            queries: Some(QueryCounts { queries: QUERIES as u64, ..QueryCounts::default() }),
            judgements: JudgementCounts {
                judgements: 200,
                judged_queries: QUERIES as u64,
                grades: BTreeMap::from([(0, 150), (1, 50)]),
                ..JudgementCounts::default()
            },
            documents: Some(DocumentCounts { documents: 200, ..DocumentCounts::default() }),
            ..Counts::default()
        },
        usable_queries: QUERIES,
        measured_queries: queries(),
        candidates: None,
    }
}

fn arm(name: &str) -> ArmFacts {
    let on = |(collection, _, _): &(&str, Role, &str)| ArmOnCollection {
        collection: (*collection).to_owned(),
        measures: BTreeMap::from([("nDCG@10".to_owned(), 0.5)]),
        by_query: queries().into_iter().map(|query| (query, 0.5)).collect(),
        histogram: Some(HistogramFacts { low: -3.0, high: 4.0, relevant: vec![1, 9], other: vec![120, 70] }),
        judged_at_10: Some(0.95),
        coverage: Coverage { queries: QUERIES as u64, pairs: 200, ..Coverage::default() },
        score_range: Some((-3.0, 4.0)),
        at_the_bounds: 0.01,
        tied: 0.0,
        flat_queries: Vec::new(),
        scales: Scales::default(),
        same_order: Vec::new(),
        borrowed_from: None,
        repeated_rows: 0,
        truncated: None,
    };
    ArmFacts {
        name: name.to_owned(),
        source: if name == "bm25" { ArmSource::Bm25 } else { ArmSource::Files },
        seeds: 1,
        collections: COLLECTIONS.iter().map(on).collect(),
        missing: BTreeMap::new(),
    }
}

/// An outcome with mean `clean` on clean collections and `clean + leak` on suspect ones, and a fixed spread.
fn outcome(kind: OutcomeKind, arm: &str, references: &[&str], scale: f64, clean: f64, leak: f64) -> OutcomeFacts {
    let spread = 0.02 + scale / 2.0;
    let values = |index: usize, role: Role| -> Vec<Vec<f64>> {
        let mean = clean + if role == Role::Suspect { leak } else { 0.0 } + 0.005 * (index as f64 - 2.0);
        // Evenly spaced around the mean: the same bytes everywhere, no random numbers.
        (0..QUERIES).map(|q| vec![mean + spread * (q as f64 / (QUERIES - 1) as f64 - 0.5)]).collect()
    };
    let samples: Vec<SampleFacts> = COLLECTIONS
        .iter()
        .enumerate()
        .map(|(index, (name, role, _))| SampleFacts {
            collection: (*name).to_owned(),
            role: *role,
            queries: queries(),
            values: values(index, *role),
        })
        .collect();
    let handed: Vec<Sample> =
        samples.iter().map(|s| Sample { name: s.collection.clone(), role: s.role, values: s.values.clone() }).collect();
    OutcomeFacts {
        kind,
        arm: arm.to_owned(),
        references: references.iter().map(|r| (*r).to_owned()).collect(),
        scale,
        tolerance: 0.0,
        samples,
        left_out: Vec::new(),
        contrast: contrast(&handed, &ContrastSettings::with_scale(scale)).ok(),
        weight: Weight::Decides,
    }
}
