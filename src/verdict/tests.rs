//! The rules of `docs/statistics.md`, section 5, row by row.

use super::*;
use crate::checks::{Settled, run, settle};
use crate::config::{Inconclusive, Level, Require, Waiver};
use crate::facts::{Facts, OutcomeKind, SameOrder, Weight, sample};
use std::collections::BTreeMap;

fn settled(facts: &Facts, waivers: &[Waiver]) -> Vec<Settled> {
    settle(run(facts), &facts.config.checks, waivers, "2026-01-01".parse().unwrap())
}

fn decided(facts: &Facts) -> Decision {
    decide(facts, &settled(facts, &[]))
}

fn honest(change: impl Fn(&mut Facts)) -> Decision {
    let mut facts = sample::honest();
    change(&mut facts);
    decided(&facts)
}

fn outcome(facts: &mut Facts, kind: OutcomeKind) -> &mut crate::facts::OutcomeFacts {
    facts.outcomes.iter_mut().find(|o| o.kind == kind).unwrap()
}

/// Verdict, what becomes of the build, and words that the sentence must have.
pub(crate) type Row = (fn(&mut Facts), Verdict, Outcome, &'static [&'static str]);

/// A row for each rule.
pub(crate) const ROWS: &[Row] = &[
    (|_| (), Verdict::Clean, Outcome::Pass, &["excess gain", "less than the margin of 0.05", "label residual"]),
    (
        |f| f.outcomes.retain(|o| o.kind != OutcomeKind::TeacherLabelResidual),
        Verdict::GainsAgree,
        Outcome::Pass,
        &["the teacher itself was not tested"],
    ),
    (
        |f| {
            f.outcomes.retain(|o| o.kind != OutcomeKind::TeacherLabelResidual);
            f.config.gate.require = Require::Clean;
        },
        Verdict::GainsAgree,
        Outcome::Inconclusive,
        &["not tested"],
    ),
    // Weak references: the outcome is shown, so nothing that counts has tested the teacher.
    (
        |f| outcome(f, OutcomeKind::TeacherLabelResidual).weight = Weight::Shown("weak".to_owned()),
        Verdict::GainsAgree,
        Outcome::Pass,
        &["the teacher itself was looked at, and that does not decide: weak"],
    ),
    (
        |f| outcome(f, OutcomeKind::ExcessGain).contrast.as_mut().unwrap().together.upper = 0.052,
        Verdict::Inconclusive,
        Outcome::Inconclusive,
        &["+0.052 nDCG@10", "a pass needs less than 0.05"],
    ),
    (
        |f| outcome(f, OutcomeKind::TeacherLabelResidual).contrast.as_mut().unwrap().together.upper = 0.2,
        Verdict::Inconclusive,
        Outcome::Inconclusive,
        &["the gains agree, but", "a pass needs less than 0.2"],
    ),
    (|f| f.outcomes.clear(), Verdict::Inconclusive, Outcome::Inconclusive, &["no student after"]),
    (
        |f| {
            let outcome = outcome(f, OutcomeKind::ExcessGain);
            outcome.contrast = None;
            outcome.weight = Weight::Shown("a contrast needs at least 1 suspect".to_owned());
        },
        Verdict::Inconclusive,
        Outcome::Inconclusive,
        &["the excess gain does not decide", "at least 1 suspect"],
    ),
    // A reference that ranks as the teacher does would explain a leak away.
    (
        |f| {
            let same = SameOrder { arm: "scorer.open".to_owned(), queries: 20 };
            f.arms.iter_mut().find(|a| a.name == "teacher").unwrap().collections[0].same_order.push(same);
        },
        Verdict::Inconclusive,
        Outcome::Inconclusive,
        &["ranks exactly as scorer.open does, its reference"],
    ),
    // A finding at deny fails a clean verdict.
    (|f| f.collections[0].role_given = true, Verdict::Clean, Outcome::Fail, &["excess gain"]),
    (
        |f| {
            f.outcomes.clear();
            f.config.gate.inconclusive = Inconclusive::Warn;
        },
        Verdict::Inconclusive,
        Outcome::Pass,
        &["no student after"],
    ),
];

#[test]
fn each_rule_gives_its_verdict() {
    for (index, (change, verdict, outcome, words)) in ROWS.iter().enumerate() {
        let decision = honest(change);
        assert_eq!((decision.verdict, decision.outcome), (*verdict, *outcome), "row {index}: {}", decision.sentence);
        for word in *words {
            assert!(decision.sentence.contains(word), "row {index}: {:?} has no {word:?}", decision.sentence);
        }
    }
}

#[test]
fn a_rejection_is_divergent_and_its_sentence_names_the_number() {
    let decision = decided(&sample::leaky());
    assert_eq!((decision.verdict, decision.outcome, decision.exit.code()), (Verdict::Divergent, Outcome::Fail, 1));
    insta::assert_snapshot!(decision.sentence);
}

#[test]
fn a_matched_twin_alone_says_contaminated() {
    let decision = honest(|f| sample::twin(f, 0.3, true));
    assert_eq!((decision.verdict, decision.outcome), (Verdict::Contaminated, Outcome::Fail));
    for words in ["0.300 sd of the scores higher on old-a than on new-a", "fresh queries over the same documents"] {
        assert!(decision.sentence.contains(words), "{}", decision.sentence);
    }
    let unmatched = honest(|f| sample::twin(f, 0.3, false));
    assert_eq!((unmatched.verdict, unmatched.outcome), (Verdict::Clean, Outcome::Pass), "{}", unmatched.sentence);

    let mut facts = sample::honest();
    sample::twin(&mut facts, 0.3, true);
    let waiver = Waiver {
        check: "twin-divergence".to_owned(),
        collection: None,
        until: "2026-06-01".parse().unwrap(),
        reason: "known".to_owned(),
    };
    let decision = decide(&facts, &settled(&facts, &[waiver]));
    assert_eq!((decision.verdict, decision.outcome), (Verdict::Contaminated, Outcome::Pass));
}

#[test]
fn canaries_that_a_coin_does_not_explain_say_contaminated() {
    let canary = |labelled: usize| crate::facts::CanaryFacts {
        pairs: 100,
        labelled,
        other: 100 - labelled,
        ties: 0,
        p: crate::stats::fair_coin_p(labelled as u64, 100),
        needed: Some(59),
        repeats: 1,
        published_checked: false,
        config_line: None,
    };
    let decision = honest(|f| f.canary = Some(canary(59)));
    assert_eq!((decision.verdict, decision.outcome), (Verdict::Contaminated, Outcome::Fail));
    assert!(decision.sentence.contains("random label in 59 of 100 canaries"), "{}", decision.sentence);
    assert_eq!(honest(|f| f.canary = Some(canary(58))).verdict, Verdict::Clean);
}

#[test]
fn a_twin_of_every_suspect_collection_tests_the_teacher_where_nothing_else_does() {
    let weak = |f: &mut Facts| {
        outcome(f, OutcomeKind::TeacherLabelResidual).weight = Weight::Shown("weak".to_owned());
        sample::twin(f, 0.0, true);
    };
    let decision = honest(weak);
    assert_eq!(decision.verdict, Verdict::GainsAgree);
    assert!(decision.sentence.contains("by twins alone, and old-b has none"), "{}", decision.sentence);
    let decision = honest(|f| {
        weak(f);
        f.collections.retain(|c| c.name != "old-b");
    });
    assert_eq!(decision.verdict, Verdict::Clean, "{}", decision.sentence);
    assert!(decision.sentence.contains("exceeds that on their twins by at most"), "{}", decision.sentence);
    let decision = honest(|f| {
        weak(f);
        f.collections.retain(|c| c.name != "old-b");
        f.twins[0].twin.upper = 0.2;
    });
    assert_eq!(decision.verdict, Verdict::Inconclusive, "{}", decision.sentence);
}

#[test]
fn levels_and_waivers_change_the_result_alone() {
    let ids = ["excess-gain-divergence", "teacher-label-residual"];
    let mut facts = sample::leaky();
    facts.config.checks = ids.map(|id| (id.to_owned(), Level::Warn)).into();
    let decision = decided(&facts);
    assert_eq!((decision.verdict, decision.outcome), (Verdict::Divergent, Outcome::Pass));
    assert!(!decision.remarks.is_empty(), "it says why it passes");

    let waivers = ids.map(|id| Waiver {
        check: id.to_owned(),
        collection: None,
        until: "2026-06-01".parse().unwrap(),
        reason: "known".to_owned(),
    });
    let facts = sample::leaky();
    let decision = decide(&facts, &settled(&facts, &waivers));
    assert_eq!((decision.verdict, decision.outcome), (Verdict::Divergent, Outcome::Pass));
    assert!(
        decision.remarks.iter().any(|remark| remark.contains("waived until 2026-06-01: known")),
        "{:?}",
        decision.remarks
    );

    let one = settle(run(&facts), &BTreeMap::new(), &waivers[..1], "2026-01-01".parse().unwrap());
    assert_eq!(decide(&facts, &one).outcome, Outcome::Fail, "a waiver covers its own check alone");
}

#[test]
fn an_open_question_names_what_settles_it() {
    let decision = honest(|f| outcome(f, OutcomeKind::ExcessGain).contrast.as_mut().unwrap().together.upper = 0.06);
    assert!(!decision.settles.is_empty());
    let decision = honest(|f| f.outcomes.retain(|o| o.kind != OutcomeKind::TeacherLabelResidual));
    assert!(decision.settles.iter().any(|line| line.contains("scores")), "{:?}", decision.settles);
}

#[test]
fn what_was_read_is_counted_without_what_there_is_none_of() {
    use crate::fingerprint::scan::{Counted, Tally};
    let read = |queries, judgements| {
        honest(|f| {
            let collection = "old-a".to_owned();
            let found = |n| Counted { exact: n, places: n, ..Counted::default() };
            let tally = Tally {
                collection,
                queries: found(queries),
                judgements: found(judgements),
                evident_queries: queries,
                evident_judgements: judgements,
                ..Tally::default()
            };
            let mut searched = crate::facts::Searched::default();
            searched.scanned.collections.push(tally);
            f.scan.read = Some(searched);
        })
    };
    for (queries, judgements, said) in [
        (15, 0, "holds 15 queries of old-a"),
        (0, 1, "holds 1 judgement of old-a"),
        (1, 2, "1 query and 2 judgements of"),
    ] {
        let decision = read(queries, judgements);
        assert_eq!(decision.verdict, Verdict::Contaminated);
        assert!(decision.sentence.contains(said), "{}", decision.sentence);
    }
}

/// The number in front of these words.
fn number_before(line: &str, words: &str) -> usize {
    let before = line.split(words).next().unwrap();
    before.rsplit(' ').find_map(|word| word.parse().ok()).unwrap_or_else(|| panic!("no number before {words}: {line}"))
}

#[test]
fn a_twin_is_planned_for_the_margin_that_the_bound_has_to_come_below() {
    let open = |f: &mut Facts| outcome(f, OutcomeKind::ExcessGain).contrast.as_mut().unwrap().together.upper = 0.06;
    let noisy = |f: &mut Facts, variance: f64| {
        open(f);
        let contrast = outcome(f, OutcomeKind::ExcessGain).contrast.as_mut().unwrap();
        contrast.collections.iter_mut().for_each(|c| (c.n_queries, c.n_seeds, c.query_variance) = (40, 1, variance));
        contrast.alone.iter_mut().for_each(|alone| alone.difference.mde = 0.2);
    };
    let decision = honest(|f| noisy(f, 0.01));
    let twin = decision.settles.iter().find(|line| line.starts_with("a twin of")).unwrap();
    assert!(twin.contains("a difference of +0.050 in the excess gain, as large as the margin, in 80 %"), "{twin}");
    // By hand: (1.645 + 0.842)^2 (0.01 / 40 + 0.01 / n) = 0.05^2 at n = 65, a few more for Welch's t.
    assert!((60..80).contains(&number_before(twin, "fresh queries")), "{twin}");
    assert!(decision.remedies.contains(&Remedy::Twin));
    // Where its own queries are too few for that, no number is given as if it were enough.
    let decision = honest(|f| noisy(f, 0.04));
    let twin = decision.settles.iter().find(|line| line.starts_with("a twin of")).unwrap();
    assert!(twin.contains("(40 queries of its own are too few to find one as small as the margin of 0.05; "), "{twin}");
}

#[test]
fn what_is_said_of_a_gain_knows_whether_there_is_one() {
    let gain = honest(|_| ());
    assert!(gain.meaning.starts_with("The gains hold"), "{}", gain.meaning);
    let none = honest(|f| {
        let contrast = outcome(f, OutcomeKind::Gain).contrast.as_mut().unwrap();
        contrast.collections.iter_mut().for_each(|c| c.mean = 0.0);
    });
    assert_eq!(none.verdict, Verdict::Clean);
    assert!(none.meaning.contains("no gain either") && !none.meaning.contains("hold"), "{}", none.meaning);
}

#[test]
fn a_baseline_changes_the_result_alone_and_decides_nothing_that_is_open() {
    let facts = sample::leaky();
    let ids = ["excess-gain-divergence", "teacher-label-residual"];
    let mut settled = settle(run(&facts), &BTreeMap::new(), &[], "2026-01-01".parse().unwrap());
    let subjects: Vec<(&str, String)> = settled
        .iter()
        .flat_map(|s| s.cases.iter().map(move |case| (s.check.id, case)))
        .filter(|(id, case)| ids.contains(id) && case.case.finding().is_some())
        .map(|(id, case)| (id, case.case.subject.clone()))
        .collect();
    let known = |(id, subject): &(&str, String)| crate::checks::KnownFinding {
        check: (*id).to_owned(),
        subject: subject.clone(),
        level: Level::Deny,
        message: "it was another number then".to_owned(),
    };
    let all = crate::checks::Baseline { findings: subjects.iter().map(known).collect() };
    crate::checks::accept(&mut settled, &all);
    let decision = decide(&facts, &settled);
    assert_eq!((decision.verdict, decision.outcome), (Verdict::Divergent, Outcome::Pass), "{:?}", decision.remarks);
    assert_eq!(decision.remarks.len(), 1, "{:?}", decision.remarks);
    assert!(decision.remarks[0].contains("the baseline has it already"), "{:?}", decision.remarks);

    let mut settled = settle(run(&facts), &BTreeMap::new(), &[], "2026-01-01".parse().unwrap());
    let one = crate::checks::Baseline { findings: subjects[..1].iter().map(known).collect() };
    crate::checks::accept(&mut settled, &one);
    let decision = decide(&facts, &settled);
    assert_eq!(decision.outcome, Outcome::Fail, "the other is new");
    assert!(decision.remarks.iter().any(|remark| remark.contains(" denies: ")), "{:?}", decision.remarks);

    // What is not decided is no finding.
    let mut facts = sample::honest();
    outcome(&mut facts, OutcomeKind::ExcessGain).contrast.as_mut().unwrap().together.upper = 0.06;
    let mut settled = settle(run(&facts), &BTreeMap::new(), &[], "2026-01-01".parse().unwrap());
    crate::checks::accept(&mut settled, &all);
    assert_eq!(decide(&facts, &settled).outcome, Outcome::Inconclusive);
}
