//! Every check on every sample: silent on the honest one, firing where one thing is wrong, silent where it is nearly wrong.

use super::*;
use crate::collection::Role;
use crate::config::{Arm, Gives};
use crate::facts::{
    ADEQUATE, AnswerFacts, InspectedFacts, LeftOut, LockFacts, LockedFacts, OriginFacts, OutcomeKind, PartFacts,
    PrintFacts, ProbeFacts, ProbedFacts, QueryElsewhere, RewordedFacts, SameOrder, Scales, SharedDocuments,
    SharedJudgements, SharedQuery, sample,
};
use crate::fingerprint::lock::{Drift, PartDrift};
use crate::probe::inspection::{Inspected, Picked};
use crate::probe::references::ReferenceShare;
use crate::probe::reviews::{Review, ReviewVerdict};
use crate::probe::surprising::Surprising;
use crate::probe::verbatim::Verbatim;

/// A change to honest facts.
type Change = fn(&mut Facts);

/// For each check a change that makes it fire and one that nearly does.
const CASES: &[(&str, Change, Change)] = &[
    ("before-knows-teacher", |f| before_comes_from(f, "BIG."), |f| before_comes_from(f, "big brother")),
    (
        "borrowed-scores",
        |f| teacher(f).borrowed_from = Some("bm25".to_owned()),
        |f| {
            teacher(f).borrowed_from = Some("bm25".to_owned());
            f.teacher.as_mut().unwrap().gives = Gives::Order;
        },
    ),
    ("bounded-scores", |f| teacher(f).at_the_bounds = 0.11, |f| teacher(f).at_the_bounds = 0.10),
    ("canary", |f| canary(f, 59), |f| canary(f, 58)),
    (
        "document-overlap",
        |f| searched(f, |tally| tally.documents.part = 1),
        |f| searched(f, |tally| tally.short_documents = 1),
    ),
    ("drift", |f| lock(f, "2024-01-01", |d| d.queries = PartDrift::New), |f| lock(f, "2024-01-01", |_| ())),
    ("excess-gain-divergence", |f| leak(f, OutcomeKind::ExcessGain), |f| leak(f, OutcomeKind::TeacherLabelResidual)),
    ("expired-waiver", |f| waiver(f, "regressed", "2024-05-31"), |f| waiver(f, "regressed", "2024-06-01")),
    (
        "flat-scores",
        |f| teacher(f).flat_queries.push("q1".into()),
        // BM25 finds nothing where no word occurs: that is no fault of anybody.
        |f| f.arms.last_mut().unwrap().collections[0].flat_queries.push("q1".into()),
    ),
    (
        "gain-divergence",
        |f| {
            leak(f, OutcomeKind::Gain);
            f.outcomes.retain(|o| o.kind != OutcomeKind::ExcessGain);
            f.outcomes[0].weight = crate::facts::Weight::Decides;
            sample::decide_again(f);
        },
        // With references the gain is shown and does not decide.
        |f| leak(f, OutcomeKind::Gain),
    ),
    (
        "heterogeneity-above-scale",
        |f| f.outcomes[1].contrast.as_mut().unwrap().prior_contradicted = true,
        |f| f.outcomes[1].contrast.as_mut().unwrap().tau_without_prior = f.outcomes[1].scale,
    ),
    (
        "identical-arms",
        |f| teacher(f).same_order.push(SameOrder { arm: "bm25".to_owned(), queries: 20 }),
        |f| teacher(f).same_order.clear(),
    ),
    (
        "incomplete-scores",
        |f| teacher(f).coverage.queries_with_missing.push("q1".into()),
        |f| teacher(f).coverage.extra_pairs = 5,
    ),
    (
        "judgement-overlap",
        |f| searched(f, |tally| tally.judgements.near = 1),
        |f| searched(f, |tally| tally.common_queries = 1),
    ),
    (
        "mixed-scales",
        |f| teacher(f).scales = Scales { unit: vec!["q1".into()], beyond: vec!["q2".into()] },
        |f| teacher(f).scales = Scales { unit: vec!["q1".into()], beyond: Vec::new() },
    ),
    ("nothing-gained", |f| gains(f, 0.001), |f| gains(f, 0.05)),
    (
        "perturbation-drop",
        |f| {
            probe(f).reworded = Some(RewordedFacts::default());
            leaky_probe(f, "perturbation drop");
        },
        |f| probe(f).reworded = Some(RewordedFacts::default()),
    ),
    (
        "query-overlap",
        |f| f.training = Some(sample::training(&["old-a"])),
        // A copy of a query that no collection here tests with.
        |f| f.training = Some(sample::training(&["elsewhere"])),
    ),
    ("reference-knows-teacher", |f| reference_comes_from(f, "BIG."), |f| reference_comes_from(f, "big brother")),
    ("regressed", |f| gain_mean(f, -0.05), |f| gain_mean(f, -0.0001)),
    (
        "role-without-reason",
        |f| f.collections[0].role_given = true,
        |f| {
            f.collections[0].role_given = true;
            f.collections[0].because = Some("it never left the company".to_owned());
        },
    ),
    ("shared-corpus", share_documents, |f| {
        share_documents(f);
        f.collections[2].twin_of = Some("old-a".to_owned());
    }),
    (
        "shared-judgements",
        // The query that is shared is another check's to find.
        |f| {
            f.shared_queries.push(SharedQuery { counted_in: "old-a".to_owned(), query: "q1".into(), left_out: vec![] });
            f.independence.judgements.push(SharedJudgements {
                collections: ("old-a".to_owned(), "new-a".to_owned()),
                pairs: 3,
                agreeing: 2,
                examples: vec![("q1".into(), "d1".into(), "q9".into(), "d9".into())],
            });
        },
        share_a_query,
    ),
    ("shared-queries", share_a_query, share_documents),
    (
        "stale-collection",
        |f| lock(f, "2023-05-31", |_| ()),
        // A year is over on the day after its last.
        |f| lock(f, "2023-06-01", |_| ()),
    ),
    (
        "student-label-residual",
        |f| {
            leak(f, OutcomeKind::TeacherLabelResidual);
            rename(f, OutcomeKind::TeacherLabelResidual, OutcomeKind::StudentLabelResidual);
        },
        |f| rename(f, OutcomeKind::TeacherLabelResidual, OutcomeKind::StudentLabelResidual),
    ),
    (
        "surprising-agreement",
        |f| {
            surprise(f, 3);
            leaky_probe(f, "surprising agreement");
        },
        // As much agreement, and no more of it on suspect collections than on clean ones.
        |f| surprise(f, 3),
    ),
    ("teacher-label-residual", |f| leak(f, OutcomeKind::TeacherLabelResidual), |f| leak(f, OutcomeKind::ExcessGain)),
    (
        "too-few-collections",
        |f| f.outcomes[1].samples.retain(|s| s.collection != "new-b" && s.collection != "new-c"),
        |f| f.outcomes[1].samples.retain(|s| s.collection != "new-c"),
    ),
    (
        "too-few-queries",
        |f| f.outcomes[1].left_out.push(left_out(Some(9))),
        |f| f.outcomes[1].left_out.push(left_out(None)),
    ),
    ("twin-divergence", |f| sample::twin(f, 0.3, true), |f| sample::twin(f, 0.3, false)),
    (
        "unjudged-top",
        |f| f.arms[1].collections[0].judged_at_10 = Some(0.89),
        |f| {
            // Where only relevant documents are judged, unjudged means not relevant.
            f.arms[1].collections[0].judged_at_10 = Some(0.5);
            f.collections[0].counts.judgements.grades.remove(&0);
        },
    ),
    (
        "unknown-provenance",
        |f| f.collections[0].published = None,
        |f| {
            f.collections[0].published = None;
            f.collections[0].role_given = true;
            f.collections[0].because = Some("known".to_owned());
        },
    ),
    (
        "unmatched-twin",
        |f| sample::twin(f, 0.3, false),
        |f| {
            sample::twin(f, 0.01, true);
            f.twin_pairs[0].blind.as_mut().unwrap().p = 0.051;
        },
    ),
    ("unread-file", |f| unread(f, true), |f| unread(f, false)),
    ("unreviewed-answers", |f| inspected(f, None), |f| inspected(f, Some(ReviewVerdict::Fine))),
    (
        "unused-waiver",
        |f| waiver(f, "unreviewed-answers", "2030-01-01"),
        |f| {
            waiver(f, "unreviewed-answers", "2030-01-01");
            inspected(f, None);
        },
    ),
    ("verbatim-answer", |f| wrote(f, 13, None), |f| wrote(f, 12, None)),
    (
        "weak-references",
        |f| f.outcomes[2].contrast.as_mut().unwrap().clean = ADEQUATE + 0.01,
        |f| f.outcomes[2].contrast.as_mut().unwrap().clean = ADEQUATE,
    ),
];

/// Facts in which each check fires, and in which it nearly does: everything that checks say, for whoever has to know it.
pub(crate) fn in_every_state() -> impl Iterator<Item = Facts> {
    CASES.iter().flat_map(|(_, wrong, nearly)| [wrong, nearly]).map(|change| {
        let mut facts = sample::honest();
        change(&mut facts);
        facts
    })
}

/// A hundred canaries, of which the teacher decides so many for the label.
fn canary(facts: &mut Facts, labelled: usize) {
    facts.canary = Some(crate::facts::CanaryFacts {
        pairs: 103,
        labelled,
        other: 100 - labelled,
        ties: 3,
        p: crate::stats::fair_coin_p(labelled as u64, 100),
        needed: crate::stats::successes_needed(100, 0.05),
        repeats: 1,
        published_checked: true,
        config_line: Some(9),
    });
}

/// A student that gains this on every collection.
fn gains(facts: &mut Facts, mean: f64) {
    for collection in &mut facts.outcomes[0].contrast.as_mut().unwrap().collections {
        collection.mean = mean;
    }
}

/// The student before was distilled from a teacher of this name.
fn before_comes_from(facts: &mut Facts, teacher: &str) {
    facts.config.student.before = Some(Arm::default());
    facts.before.declared = Some(teacher.to_owned());
}

/// The reference was distilled from a teacher of this name.
fn reference_comes_from(facts: &mut Facts, teacher: &str) {
    let origin = OriginFacts { recorded: Some(teacher.to_owned()), ..OriginFacts::default() };
    facts.references.insert("open".to_owned(), origin);
}

/// A lock in which every collection was first seen on a day, and the first has changed in one way.
fn lock(facts: &mut Facts, first_seen: &str, change: fn(&mut Drift)) {
    let part = || PartFacts { count: 20, sha256: "00".repeat(32) };
    let locked = |collection: &crate::facts::CollectionFacts| LockedFacts {
        name: collection.name.clone(),
        first_seen: Some(first_seen.parse().unwrap()),
        drift: Drift::default(),
        now: PrintFacts { sha256: "00".repeat(32), queries: None, judgements: part(), documents: Some(part()) },
    };
    let mut collections: Vec<LockedFacts> = facts.collections.iter().map(locked).collect();
    change(&mut collections[0].drift);
    let path = "distilgate.lock".to_owned();
    facts.lock = Some(LockFacts { path, keyed: false, collections, unnamed: Vec::new() });
}

fn share_a_query(facts: &mut Facts) {
    let elsewhere = |query: &str, word_for_word| QueryElsewhere {
        collection: "new-a".to_owned(),
        query: query.into(),
        word_for_word,
    };
    let left_out = vec![elsewhere("q9", true), elsewhere("q10", false)];
    facts.shared_queries.push(SharedQuery { counted_in: "old-a".to_owned(), query: "q1".into(), left_out });
}

fn share_documents(facts: &mut Facts) {
    facts.independence.compared = vec!["old-a".to_owned(), "new-a".to_owned()];
    facts.independence.documents.push(SharedDocuments {
        collections: ("old-a".to_owned(), "new-a".to_owned()),
        shared: (50, 51),
        of: (200, 300),
        examples: vec![("d1".into(), "d9".into())],
    });
}

fn teacher(facts: &mut Facts) -> &mut crate::facts::ArmOnCollection {
    let arm = facts.arms.iter_mut().find(|arm| arm.name == "teacher").unwrap();
    &mut arm.collections[0]
}

fn leak(facts: &mut Facts, kind: OutcomeKind) {
    let leaky = sample::leaky().outcomes.into_iter().find(|o| o.kind == kind).unwrap();
    let outcome = facts.outcomes.iter_mut().find(|o| o.kind == kind).unwrap();
    *outcome = leaky;
    sample::decide_again(facts);
}

fn rename(facts: &mut Facts, from: OutcomeKind, to: OutcomeKind) {
    let outcome = facts.outcomes.iter_mut().find(|o| o.kind == from).unwrap();
    outcome.kind = to;
    sample::decide_again(facts);
}

/// What the teacher's scores show.
fn probe(facts: &mut Facts) -> &mut ProbeFacts {
    facts.probe.get_or_insert_default()
}

/// A probe that is as much larger on suspect collections as a leaky teacher's label residual.
fn leaky_probe(facts: &mut Facts, name: &str) {
    let mut leaky = sample::leaky().outcomes.remove(2);
    leaky.kind = OutcomeKind::Probe(name.to_owned());
    leaky.weight = crate::facts::Weight::Shown("probes describe".to_owned());
    facts.outcomes.push(leaky);
}

/// Pairs of the first collection that the teacher alone ranks with the judgements.
fn surprise(facts: &mut Facts, agreed: usize) {
    let share = ReferenceShare { name: "bm25".to_owned(), alone: Some(0.4), without: None };
    let surprising = Surprising { wrong: 4, agreed, ..Surprising::default() };
    let probed = ProbedFacts { collection: "old-a".to_owned(), role: Role::Suspect, carrying: None, surprising };
    *probe(facts) = ProbeFacts { references: vec![share], collections: vec![probed], ..ProbeFacts::default() };
}

/// A sample of one pair, and what a reviewer said of it.
fn inspected(facts: &mut Facts, verdict: Option<ReviewVerdict>) {
    let pair = Inspected {
        collection: "old-a".to_owned(),
        query: "q1".into(),
        document: "d1".into(),
        rank: Some(1),
        relevant: true,
        picked: Picked::Random,
    };
    let review = verdict.map(|verdict| Review {
        verdict,
        reviewer: "ada".to_owned(),
        date: "2024-05-01".to_owned(),
        comment: String::new(),
    });
    probe(facts).inspection = vec![InspectedFacts { pair, review }];
}

/// What the teacher wrote about the first collection.
fn wrote(facts: &mut Facts, words: usize, identifier: Option<&str>) {
    let run = Verbatim { query: "q1".into(), document: "d1".into(), words, run: "moths are".to_owned() };
    let name = || "old-a".to_owned();
    probe(facts).answers = Some(AnswerFacts {
        answers: [(name(), 20)].into(),
        verbatim: [(name(), vec![run])].into(),
        identifiers: [(name(), identifier.map(|id| ("q1".into(), id.to_owned())).into_iter().collect())].into(),
        missing: Default::default(),
    });
}

#[test]
fn reviewers_and_identifiers_speak_too() {
    let mut facts = sample::honest();
    inspected(&mut facts, Some(ReviewVerdict::Suspicious));
    let (_, cases) = run(&facts).into_iter().find(|(check, _)| check.id == "unreviewed-answers").unwrap();
    let finding = cases[0].finding().unwrap();
    assert_eq!(finding.level, Some(Level::Warn));
    assert_eq!(finding.evidence, ["old-a query q1, d1 at rank 1: suspicious (ada, 2024-05-01)"]);
    let mut facts = sample::honest();
    wrote(&mut facts, 3, Some("8412684"));
    assert_eq!(found(&facts), ["verbatim-answer"]);
}

/// What was found in what was read of the first collection.
fn searched(facts: &mut Facts, change: fn(&mut crate::fingerprint::scan::Tally)) {
    let mut tally = crate::fingerprint::scan::Tally {
        collection: "old-a".to_owned(),
        queries_sought: 20,
        documents_sought: 100,
        ..Default::default()
    };
    change(&mut tally);
    let mut searched = crate::facts::Searched::default();
    searched.scanned.collections.push(tally);
    facts.scan.read = Some(searched);
}

/// A file of what was read that could not be read here, or one that could.
fn unread(facts: &mut Facts, unread: bool) {
    searched(facts, |_| ());
    let files = unread.then(|| crate::fingerprint::scan::Unread {
        file: "a.gz".to_owned(),
        why: "the gzip data ends too early".to_owned(),
    });
    facts.scan.read.as_mut().unwrap().scanned.unread.extend(files);
}

/// A waiver until a day; it is 2024-06-01.
fn waiver(facts: &mut Facts, check: &str, until: &str) {
    let until = until.parse().unwrap();
    let waiver = crate::config::Waiver { check: check.to_owned(), collection: None, until, reason: "known".to_owned() };
    facts.config.waiver.push(waiver);
}

fn gain_mean(facts: &mut Facts, mean: f64) {
    facts.outcomes[0].contrast.as_mut().unwrap().collections[2].mean = mean;
}

fn left_out(queries: Option<usize>) -> LeftOut {
    LeftOut { collection: "old-a".to_owned(), reason: "a reason".to_owned(), queries }
}

/// The checks that found something.
fn found(facts: &Facts) -> Vec<&'static str> {
    let cases = run(facts);
    cases
        .iter()
        .filter(|(_, cases)| cases.iter().any(|case| case.finding().is_some()))
        .map(|(check, _)| check.id)
        .collect()
}

#[test]
fn every_check_is_silent_on_an_honest_audit() {
    assert_eq!(found(&sample::honest()), Vec::<&str>::new());
}

#[test]
fn each_check_fires_in_its_case_and_in_no_other() {
    assert_eq!(CASES.iter().map(|(id, ..)| *id).collect::<Vec<_>>(), ALL.iter().map(|c| c.id).collect::<Vec<_>>());
    for (id, wrong, nearly) in CASES {
        let mut facts = sample::honest();
        wrong(&mut facts);
        assert_eq!(found(&facts), [*id]);
        let mut facts = sample::honest();
        nearly(&mut facts);
        assert!(!found(&facts).contains(id), "{id} fires where it is only nearly wrong");
    }
}

#[test]
fn a_check_always_says_something() {
    let mut facts = sample::honest();
    facts.outcomes.clear();
    facts.arms.clear();
    facts.collections.clear();
    for (check, cases) in run(&facts) {
        assert!(!cases.is_empty(), "{} vanishes", check.id);
    }
}

#[test]
fn findings_say_what_where_and_what_to_do() {
    let text: Vec<String> = CASES
        .iter()
        .map(|(id, wrong, _)| {
            let mut facts = sample::honest();
            wrong(&mut facts);
            let cases = run(&facts).into_iter().find(|(check, _)| check.id == *id).unwrap().1;
            let case = cases.into_iter().find(|case| case.finding().is_some()).unwrap();
            let finding = case.finding().unwrap();
            let place = finding.place.as_ref().map(|place| format!("\n  at {place}")).unwrap_or_default();
            format!("{id} {}: {}{place}\n  help: {}", case.subject, finding.message, finding.help)
        })
        .collect();
    insta::assert_snapshot!(text.join("\n\n"));
}

#[test]
fn roles_of_the_sample_are_what_its_names_say() {
    for collection in sample::honest().collections {
        assert_eq!(collection.name.starts_with("old"), collection.role == Role::Suspect);
    }
}

#[test]
fn ids_are_file_names_in_alphabetical_order() {
    let ids: Vec<String> = ALL.iter().map(|check| check.id.replace('-', "_")).collect();
    assert_eq!(ids, MODULES);
    assert!(MODULES.is_sorted());
}

#[test]
fn every_file_of_the_folder_is_listed() {
    let helpers = ["mod", "baseline", "case", "found_in_files", "origins", "pages", "settle", "wording", "tests"];
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/checks");
    let files: std::collections::BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "rs"))
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .filter(|name| !helpers.contains(&name.as_str()))
        .collect();
    assert_eq!(files, MODULES.iter().map(|m| (*m).to_owned()).collect());
}

#[test]
fn a_check_says_what_is_wrong_and_not_what_is_right() {
    for check in ALL {
        for word in ["no-", "ensure", "check", "valid"] {
            assert!(!check.id.starts_with(word), "{} should name the fault", check.id);
        }
    }
}

#[test]
fn a_twin_with_queries_of_its_suspect_fails_the_build() {
    let mut facts = sample::honest();
    sample::twin(&mut facts, 0.0, true);
    facts.twin_pairs[0].shared_queries = 2;
    let cases = (find("unmatched-twin").unwrap().run)(&facts);
    let finding = cases[0].finding().unwrap();
    assert_eq!(finding.level, Some(Level::Deny));
    assert!(finding.message.contains("2 of its queries are the suspect's"), "{}", finding.message);
}

#[test]
fn what_keeps_a_twin_from_being_matched_is_said() {
    use crate::facts::SharedCorpus;
    let rows: [(Change, &str); 4] = [
        (|f| f.twin_pairs[0].corpus = SharedCorpus::NotCompared, "could not be seen"),
        (
            |f| f.twin_pairs[0].corpus = SharedCorpus::Differs { missing_from_twin: 3, missing_from_suspect: 0 },
            "3 are missing from the twin's corpus",
        ),
        (|f| f.twin_pairs[0].blind = None, "too few queries"),
        (|f| f.twin_pairs[0].blind.as_mut().unwrap().p = 0.05, "of another kind"),
    ];
    for (change, words) in rows {
        let mut facts = sample::honest();
        sample::twin(&mut facts, 0.0, true);
        change(&mut facts);
        let cases = (find("unmatched-twin").unwrap().run)(&facts);
        let finding = cases[0].finding().unwrap();
        assert!(finding.message.contains(words), "{}", finding.message);
        assert_eq!(finding.level, Some(Level::Warn));
    }
}

/// The findings of an audit as a baseline has them.
fn baseline_of(facts: &Facts) -> Baseline {
    let settled = settle(run(facts), &facts.config.checks, &[], facts.waiver_day);
    let cases = settled.iter().flat_map(|s| s.cases.iter().map(move |case| (s.check.id, case)));
    let known = |(check, case): (&str, &SettledCase)| {
        let message = case.case.finding()?.message.clone();
        Some(KnownFinding { check: check.to_owned(), subject: case.case.subject.clone(), level: case.level, message })
    };
    Baseline { findings: cases.filter_map(known).collect() }
}

/// What an audit has found that a baseline does not know.
fn new_since(facts: &Facts, baseline: &Baseline) -> Vec<&'static str> {
    let mut settled = settle(run(facts), &facts.config.checks, &[], facts.waiver_day);
    accept(&mut settled, baseline);
    let new = |case: &&SettledCase| case.case.finding().is_some() && case.known.is_none();
    settled.iter().flat_map(|s| s.cases.iter().filter(new).map(|_| s.check.id)).collect()
}

#[test]
fn a_baseline_knows_what_it_has_whatever_the_numbers() {
    let mut facts = sample::honest();
    unread(&mut facts, true);
    let baseline = baseline_of(&facts);
    assert_eq!(new_since(&facts, &baseline), Vec::<&str>::new());
    assert_eq!(new_since(&facts, &Baseline::default()), ["unread-file"]);
    gain_mean(&mut facts, -0.5);
    assert_eq!(new_since(&facts, &baseline), ["nothing-gained", "regressed"]);
    let earlier = baseline_of(&facts);
    gain_mean(&mut facts, -0.6);
    assert_eq!(new_since(&facts, &earlier), Vec::<&str>::new(), "a loss of another size is the same finding");
}

#[test]
fn one_finding_of_a_baseline_makes_one_known() {
    let mut facts = sample::honest();
    unread(&mut facts, true);
    let baseline = baseline_of(&facts);
    let files = &mut facts.scan.read.as_mut().unwrap().scanned.unread;
    files.push(crate::fingerprint::scan::Unread { file: "b.gz".to_owned(), why: "not read".to_owned() });
    let settled = settle(run(&facts), &facts.config.checks, &[], facts.waiver_day);
    let check = settled.iter().find(|s| s.check.id == "unread-file").unwrap();
    let (before, now) = (baseline.findings.len(), check.cases.iter().filter(|c| c.case.finding().is_some()).count());
    assert_eq!(new_since(&facts, &baseline).len(), now - before);
}

#[test]
fn what_has_become_graver_is_new() {
    let mut facts = sample::honest();
    teacher(&mut facts).coverage.queries_with_missing.push("q1".into());
    let baseline = baseline_of(&facts);
    assert_eq!(baseline.findings[0].level, Level::Warn);
    for query in 2..=4 {
        teacher(&mut facts).coverage.queries_with_missing.push(format!("q{query}").as_str().into());
    }
    assert_eq!(new_since(&facts, &baseline), ["incomplete-scores"]);
}

#[test]
fn a_waiver_past_its_date_says_whether_anything_is_left() {
    let mut facts = sample::honest();
    waiver(&mut facts, "unreviewed-answers", "2020-01-01");
    let message = |facts: &Facts| (find("expired-waiver").unwrap().run)(facts)[0].finding().unwrap().message.clone();
    assert!(message(&facts).contains("ended on 2020-01-01; there is nothing left"), "{}", message(&facts));
    inspected(&mut facts, None);
    assert!(message(&facts).contains("counts again: 1 finding"), "{}", message(&facts));
}

#[test]
fn a_waiver_is_for_its_collection_alone() {
    let mut facts = sample::honest();
    waiver(&mut facts, "regressed", "2030-01-01");
    gain_mean(&mut facts, -0.5);
    let unused = |facts: &Facts| (find("unused-waiver").unwrap().run)(facts)[0].finding().is_some();
    assert!(!unused(&facts));
    facts.config.waiver[0].collection = Some("old-a".to_owned());
    assert!(unused(&facts), "the loss is on another collection");
}

#[test]
fn what_lacks_scores_says_what_the_mean_is_over() {
    let mut facts = sample::honest();
    let collection = facts.collections[0].name.clone();
    let lacking: Vec<crate::collection::QueryId> = vec!["q1".into(), "q2".into()];
    for name in ["before", "after"] {
        let arm = facts.arms.iter_mut().find(|arm| arm.name == name).unwrap();
        let on = arm.collections.iter_mut().find(|on| on.collection == collection).unwrap();
        (on.coverage.queries, on.coverage.missing_pairs) = (10, 0);
        on.coverage.queries_with_missing.clone_from(&lacking);
        on.coverage.queries_missing_entirely.clone_from(&lacking);
        on.by_query = (0..8).map(|n| (format!("other{n}").as_str().into(), 0.5)).collect();
    }
    let cases = (find("incomplete-scores").unwrap().run)(&facts);
    let of = |arm: &str| cases.iter().find(|case| case.subject == format!("{arm} on {collection}")).unwrap();
    let (before, after) = (of("before").finding().unwrap(), of("after").finding().unwrap());
    let means = "nDCG@10 is 0.500 over the other 8, and would be 0.400 if these counted as 0";
    assert!(before.message.starts_with("2 of 10 queries lack scores; ") && before.message.ends_with(means));
    assert!(after.message.contains("lack scores, the same that before lacks; "), "{}", after.message);
    assert_eq!((before.evidence.len(), after.evidence.len()), (1, 0), "the names of queries stand there once");
    // A query of which one pair lacks its score is no 0 in anybody's eyes.
    for arm in &mut facts.arms {
        arm.collections.iter_mut().for_each(|on| on.coverage.queries_missing_entirely.clear());
    }
    let cases = (find("incomplete-scores").unwrap().run)(&facts);
    assert!(cases.iter().filter_map(Case::finding).all(|finding| !finding.message.contains("counted as 0")));
}

#[test]
fn a_copy_among_the_training_queries_is_told_once() {
    use crate::fingerprint::scan::{How, Kind, Match, Tally};
    let mut facts = sample::honest();
    facts.training = Some(sample::training(&["old-a"]));
    let text = "[distill]\nqueries = \"q.jsonl\"\ncorpus = \"c\"\nscores = \"s\"\n";
    facts.config.distill = crate::config::parse(text, std::path::Path::new("distilgate.toml")).unwrap().distill;
    let found = |file: &str, id: &str, how| Match {
        file: file.to_owned(),
        line: 1,
        collection: "old-a".to_owned(),
        kind: Kind::Query,
        id: id.to_owned(),
        document: None,
        grade: None,
        how,
        similarity: 1.0,
        contained: None,
        excerpt: String::new(),
    };
    let mut tally = Tally { collection: "old-a".to_owned(), ..Tally::default() };
    (tally.queries.exact, tally.queries.near) = (1, 1);
    facts.scan.training = Some(crate::facts::Searched {
        paths: vec!["q.jsonl".to_owned()],
        scanned: crate::fingerprint::scan::Scanned { collections: vec![tally], ..Default::default() },
        examples: vec![
            found("q.jsonl", "q1", How::Exact),
            found("c", "q1", How::Exact),
            found("q.jsonl", "q2", How::Near),
        ],
    });
    let cases = (find("query-overlap").unwrap().run)(&facts);
    let finding = cases.iter().find_map(Case::finding).unwrap();
    let told: Vec<&str> = finding.evidence.iter().map(String::as_str).collect();
    assert_eq!(told, ["training query is test query: t1 is q1", "c:1: q1, exact 1.00", "q.jsonl:1: q2, near 1.00"]);
}
