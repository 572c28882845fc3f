//! From facts, findings and the decision to the report's frozen types.

use super::probe;
use super::provenance;
use super::training;
use super::twins;
use super::v1::*;
use super::v1_moved;
use super::v1_scan::{self, Scan};
use crate::checks::{self, Settled, SettledCase};
use crate::config::Level;
use crate::facts::{self, ArmFacts, ArmSource, CollectionFacts, Facts, OutcomeFacts, Weight};
use crate::stats;
use crate::verdict::Decision;
use std::collections::BTreeMap;

/// The report of an audit. `command` is what makes it again.
pub fn build(facts: &Facts, settled: &[Settled], decision: &Decision, command: String) -> Report {
    Report {
        schema_version: SCHEMA_VERSION,
        distilgate: facts.version.clone(),
        command,
        config_path: facts.config_path.clone(),
        verdict: decision.verdict,
        result: decision.outcome,
        exit_code: decision.exit.code(),
        cause: Some(decision.cause),
        sentence: decision.sentence.clone(),
        meaning: decision.meaning.clone(),
        settles: decision.settles.clone(),
        remedies: decision.remedies.clone(),
        remarks: decision.remarks.clone(),
        measure: facts.config.gate.measure.to_string(),
        teacher: facts.teacher.as_ref().map(|teacher| Teacher {
            name: teacher.name.clone(),
            training_cutoff: teacher.training_cutoff,
            gives: teacher.gives,
            tested: teacher.has_scores,
        }),
        collections: facts.collections.iter().map(collection).collect(),
        arms: facts.arms.iter().map(arm).collect(),
        outcomes: facts.outcomes.iter().map(|o| outcome(facts, o)).collect(),
        twins: facts.twins.iter().map(|twin| twins::test(facts, twin)).collect(),
        twin_pairs: facts.twin_pairs.iter().map(|pair| twins::pair(facts, pair)).collect(),
        canary: facts.canary.as_ref().map(|c| Canary {
            pairs: c.pairs,
            labelled: c.labelled,
            other: c.other,
            ties: c.ties,
            p: c.p,
            needed: c.needed,
        }),
        moved: facts.moved.iter().map(v1_moved::of).collect(),
        checks: settled.iter().map(check).collect(),
        shared_queries: facts.shared_queries.iter().map(shared_query).collect(),
        provenance: provenance::build(facts),
        probe: facts.probe.as_ref().map(probe::build),
        scan: scans(&facts.scan),
        training: facts.training.as_ref().map(training::build),
        not_checked: facts.not_checked.clone(),
        inputs: facts.inputs.clone(),
        onnx_runtime: facts.onnx_runtime.clone(),
        threads: facts.threads,
        config: facts.config.clone(),
    }
}

fn collection(c: &CollectionFacts) -> Collection {
    Collection {
        name: c.name.clone(),
        role: c.role,
        role_reason: c.role_reason.clone(),
        published: c.published,
        rel: c.rel,
        twin_of: c.twin_of.clone(),
        counts: c.counts.clone(),
        usable_queries: c.usable_queries,
        measured_queries: c.measured_queries.len(),
        candidates: c.candidates.as_ref().map(|list| Candidates {
            source: list.source.clone(),
            depth: list.depth,
            pairs: list.pairs,
            queries_without: list.queries_without.len(),
            recall: list.recall,
        }),
        config_line: c.config_line,
    }
}

fn arm(arm: &ArmFacts) -> Arm {
    let on = |on: &facts::ArmOnCollection| ArmOnCollection {
        collection: on.collection.clone(),
        measures: on.measures.clone(),
        by_query: on.by_query.iter().map(|(query, value)| (query.to_string(), *value)).collect(),
        histogram: on.histogram.as_ref().map(v1_moved::histogram),
        judged_at_10: on.judged_at_10,
        pairs: on.coverage.pairs,
        missing_pairs: on.coverage.missing_pairs,
        incomplete_queries: on.coverage.queries_with_missing.iter().map(ToString::to_string).collect(),
        tied: on.tied,
        repeated_rows: on.repeated_rows,
        truncated: on.truncated,
    };
    Arm {
        name: arm.name.clone(),
        source: match &arm.source {
            ArmSource::Files => "files".to_owned(),
            ArmSource::Bm25 => "bm25".to_owned(),
            ArmSource::Model { path, description } => format!("{path}: {description}"),
            ArmSource::Command { command } => format!("the command {command}"),
            ArmSource::Trained { student, learns_from, description } => {
                format!("trained here from {student} on {learns_from}: {description}")
            }
        },
        seeds: arm.seeds,
        collections: arm.collections.iter().map(on).collect(),
        missing: arm.missing.clone(),
    }
}

pub(super) fn outcome(facts: &Facts, o: &OutcomeFacts) -> Outcome {
    let test = facts.test(o.kind.clone());
    let error = |name: &str| {
        let summary = o.contrast.as_ref()?.collections.iter().find(|c| c.name == name)?;
        Some(summary.v.sqrt())
    };
    let on = |sample: &facts::SampleFacts| {
        let by_query: BTreeMap<String, f64> = sample
            .queries
            .iter()
            .zip(&sample.values)
            .map(|(query, seeds)| (query.to_string(), seeds.iter().sum::<f64>() / seeds.len() as f64))
            .collect();
        OutcomeOnCollection {
            collection: sample.collection.clone(),
            role: sample.role,
            queries: by_query.len(),
            mean: by_query.values().sum::<f64>() / by_query.len() as f64,
            standard_error: error(&sample.collection),
            by_query,
        }
    };
    Outcome {
        name: o.kind.to_string(),
        arm: o.arm.clone(),
        references: o.references.clone(),
        unit: o.kind.unit(&facts.config.gate),
        decides: o.weight == Weight::Decides,
        shown_because: match &o.weight {
            Weight::Shown(why) => Some(why.clone()),
            Weight::Decides => None,
        },
        collections: o.samples.iter().map(on).collect(),
        left_out: o.left_out.iter().map(|l| (l.collection.clone(), l.reason.clone())).collect(),
        contrast: o.contrast.as_ref().map(|c| contrast(c, o.scale)),
        adjusted_p: test.map(|test| test.adjusted_p),
        rejects: test.is_some_and(|test| test.rejects),
    }
}

fn contrast(c: &stats::Contrast, scale: f64) -> Contrast {
    Contrast {
        clean: c.clean,
        tau: c.tau,
        tau_without_prior: c.tau_without_prior,
        scale,
        prior_contradicted: c.prior_contradicted,
        together: difference(&c.together),
        alone: c.alone.iter().map(|alone| (alone.name.clone(), difference(&alone.difference))).collect(),
        deciding_p: c.deciding_p,
        decided_on: match &c.decided_by.part {
            stats::Part::Alone(name) => Some(name.clone()),
            stats::Part::Together => None,
        },
        decided_without_prior: !c.decided_by.with_prior,
    }
}

fn difference(d: &stats::Difference) -> Difference {
    Difference {
        delta: d.delta,
        sd: d.sd,
        p: d.p,
        lower: d.lower,
        upper: d.upper,
        minimum_detectable: d.mde,
        p_without_prior: d.without_prior.p,
        lower_without_prior: d.without_prior.lower,
        upper_without_prior: d.without_prior.upper,
    }
}

fn check(settled: &Settled) -> CheckResult {
    CheckResult {
        id: settled.check.id.to_owned(),
        family: settled.check.family,
        summary: checks::page(settled.check).summary,
        cases: settled.cases.iter().map(case).collect(),
    }
}

fn case(settled: &SettledCase) -> Case {
    let plain = |status, message: &String| Case {
        subject: settled.case.subject.clone(),
        status,
        level: None,
        message: message.clone(),
        place: None,
        evidence: Vec::new(),
        help: None,
        waived: None,
        in_baseline: false,
    };
    match &settled.case.status {
        checks::Status::Passed(seen) => plain(Status::Passed, seen),
        checks::Status::NotApplicable(why) => plain(Status::NotApplicable, why),
        checks::Status::CouldNotRun(why) => plain(Status::CouldNotRun, why),
        checks::Status::Found(finding) => Case {
            level: Some(settled.level),
            place: finding.place.as_ref().map(ToString::to_string),
            evidence: finding.evidence.clone(),
            help: Some(finding.help.clone()),
            waived: covered(settled, &finding.message),
            in_baseline: settled.known.is_some(),
            ..plain(
                match (settled.waived.is_some() || settled.known.is_some(), settled.level) {
                    (true, _) => Status::Waived,
                    (false, Level::Allow) => Status::Allowed,
                    (false, _) => Status::Found,
                },
                &finding.message,
            )
        },
    }
}

/// Until when and why a finding is waived; or that the baseline has it, and what it said if that was something else.
fn covered(settled: &SettledCase, message: &str) -> Option<String> {
    let waived = settled.waived.as_ref().map(|waiver| format!("until {}: {}", waiver.until, waiver.reason));
    waived.or_else(|| match settled.known.as_ref()? {
        then if then == message => Some("as the baseline has it already".to_owned()),
        then => Some(format!("as the baseline has it already, where it said: {then}")),
    })
}

fn scans(facts: &facts::ScanFacts) -> Vec<Scan> {
    let parts = [("[scan]", &facts.read), ("[distill]", &facts.training)];
    parts.into_iter().filter_map(|(table, searched)| Some(v1_scan::of(table, searched.as_ref()?))).collect()
}

/// `dl20: 1030303`, and whether it is the same text.
fn elsewhere(left: &facts::QueryElsewhere) -> String {
    let nearly = if left.word_for_word { "" } else { " (nearly the same text)" };
    format!("{}: {}{nearly}", left.collection, left.query)
}

fn shared_query(shared: &facts::SharedQuery) -> SharedQuery {
    SharedQuery {
        counted_in: shared.counted_in.clone(),
        query: shared.query.to_string(),
        left_out: shared.left_out.iter().map(elsewhere).collect(),
    }
}
