//! What whoever signs is told, in every language.

use super::super::tests::{honest, leaky};
use super::super::v1_scan::{Found, Scan};
use super::super::words;
use super::*;
use crate::config::Language::{self, En, Ja};
use crate::verdict::{Outcome as Result, Remedy, Verdict};

/// What a language says to whoever signs.
fn for_whoever_signs(report: &Report, lang: Language) -> String {
    let (w, b) = (words::of(lang), brief(report));
    let said = (w.tested)(&b).into_iter().chain([(w.decision)(&b)]).chain((w.meeting)(&b)).chain((w.change)(&b));
    said.chain([(w.next)(&b), (w.meaning)(&b)]).collect::<Vec<_>>().join("\n")
}

#[test]
fn whoever_signs_is_asked_for_what_would_settle_it() {
    let mut report = honest();
    (report.verdict, report.result) = (Verdict::Inconclusive, Result::Inconclusive);
    report.settles = vec!["only a twin would settle it".to_owned()];
    let data = ["more data", "データを追加"];
    for (remedies, asks) in [
        (vec![Remedy::MoreData, Remedy::Twin], true),
        (vec![Remedy::Twin, Remedy::References], false),
        (vec![Remedy::Dates, Remedy::MoreData], false),
        (vec![], false),
    ] {
        report.remedies = remedies;
        for (lang, words) in [En, Ja].into_iter().zip(data) {
            let said = for_whoever_signs(&report, lang);
            assert_eq!(said.to_lowercase().contains(words), asks, "{:?}: {said}", report.remedies);
        }
    }
}

#[test]
fn more_data_are_not_promised_to_settle_what_they_do_not() {
    let mut report = honest();
    (report.verdict, report.result) = (Verdict::Inconclusive, Result::Inconclusive);
    report.remedies = vec![Remedy::MoreData, Remedy::Twin, Remedy::References];
    for (lang, promise, twin) in
        [(En, "the same test can say yes or no", "a twin"), (Ja, "同じ検証で結論", "双子データ")]
    {
        let (w, b) = (words::of(lang), brief(&report));
        let [_, _, third] = (w.meeting)(&b);
        let change = (w.change)(&b);
        assert!(third.contains(twin) && change[0].contains(twin), "{third} {change:?}");
        assert!(change.len() == 2 && !change.iter().any(|line| line.contains(promise)), "{change:?}");
    }
    report.remedies.pop();
    assert!((words::of(En).change)(&brief(&report))[0].contains("the same test can say yes or no"));
}

#[test]
fn copies_that_were_left_out_of_training_accuse_nobody() {
    let mut report = honest();
    let found = |exact| Found { sought: Some(40), exact, contained: 0, near: 0, part: 0, places: exact };
    let of = FoundOf {
        collection: "old-a".to_owned(),
        is_evidence: true,
        queries: found(1),
        judgements: found(0),
        documents: found(0),
        evident_queries: 1,
        evident_judgements: 0,
        common_queries: 0,
        short_documents: 0,
        long_queries: 0,
        crowded_documents: 0,
    };
    report.scan = vec![Scan {
        table: "[distill]".to_owned(),
        paths: Vec::new(),
        files: 1,
        bytes: 1,
        lines: 1,
        unread: Vec::new(),
        damaged_texts: 0,
        long_lines: 0,
        collections: vec![of],
    }];
    assert!(!for_whoever_signs(&report, En).contains("contains our test"));
    report.scan[0].table = "[scan]".to_owned();
    let said = for_whoever_signs(&report, En);
    assert!(said.contains("read contains our test: 1 query of old-a."), "{said}");
    assert!(!said.contains("training material"), "a teacher may have read it: {said}");
}

#[test]
fn what_became_of_the_teachers_scores_is_said_as_it_is() {
    let mut report = honest();
    assert!(for_whoever_signs(&report, En).contains("answers were tested too"));
    let residual = report.outcomes.iter_mut().find(|outcome| outcome.name == "label residual of the teacher").unwrap();
    (residual.decides, residual.shown_because) = (false, Some("weak references".to_owned()));
    let said = for_whoever_signs(&report, En);
    assert!(said.contains("they do not decide (weak references)") && !said.contains("were not tested"), "{said}");
    report.outcomes.retain(|outcome| outcome.name != "label residual of the teacher");
    report.teacher.as_mut().unwrap().tested = false;
    assert!(for_whoever_signs(&report, En).contains("answers were not tested"));
}

#[test]
fn no_gain_is_in_order_where_there_is_none() {
    let mut report = honest();
    let check = report.checks.iter_mut().find(|check| check.id == "nothing-gained").unwrap();
    check.cases[0].status = Status::Found;
    for verdict in [Verdict::Clean, Verdict::GainsAgree] {
        (report.verdict, report.result) = (verdict, Result::Fail);
        let said = for_whoever_signs(&report, En);
        assert!(!said.contains("gains are in order") && said.contains("no gain to announce"), "{said}");
    }
}

#[test]
fn a_lack_of_gain_that_is_allowed_or_waived_is_no_gain_either() {
    let mut report = honest();
    for status in [Status::Found, Status::Waived, Status::Allowed, Status::Passed] {
        let check = report.checks.iter_mut().find(|check| check.id == "nothing-gained").unwrap();
        check.cases[0].status = status;
        let is_none = status != Status::Passed;
        for (lang, merge) in [(En, "We can merge on this evidence"), (Ja, "この結果を根拠に")] {
            let said = for_whoever_signs(&report, lang);
            assert_eq!(said.contains(merge), !is_none, "{status:?}: {said}");
        }
        assert_eq!(for_whoever_signs(&report, En).contains("nothing of a gain either"), is_none, "{status:?}");
    }
}

#[test]
fn a_difference_is_said_of_what_it_is_about() {
    let mut report = leaky();
    let second = |report: &Report, lang| (words::of(lang).meeting)(&brief(report))[1].clone();
    let set = |report: &mut Report, name: &str, on: Option<&str>, delta: f64| {
        for outcome in &mut report.outcomes {
            (outcome.decides, outcome.rejects) = (outcome.name == name, outcome.name == name);
            if let (true, Some(contrast)) = (outcome.rejects, outcome.contrast.as_mut()) {
                contrast.decided_on = on.map(str::to_owned);
                match on {
                    Some(on) => contrast.alone.get_mut(on).unwrap().delta = delta,
                    None => contrast.together.delta = delta,
                }
            }
        }
    };
    set(&mut report, "excess gain", Some("old-b"), 0.15);
    let begin = "On old-b the excess gain is +0.150 nDCG@10 above the clean collections";
    assert!(second(&report, En).starts_with(begin), "{}", second(&report, En));
    assert!(second(&report, Ja).starts_with("old-bでは、超過改善幅が"), "{}", second(&report, Ja));
    set(&mut report, "excess gain", None, 0.15);
    assert!(second(&report, En).starts_with("On the suspect collections the excess gain is +0.150"));
    set(&mut report, "gain", Some("old-b"), 0.15);
    assert!(second(&report, En).starts_with("On old-b the gain is +0.150"), "{}", second(&report, En));
    set(&mut report, "gain", None, 0.15);
    assert!(second(&report, En).starts_with("That is a difference of +0.150"), "{}", second(&report, En));
    set(&mut report, "label residual of the teacher", Some("old-b"), 0.5);
    assert!(second(&report, En).contains("the answers of old-b, which it may have seen, more closely"));
    assert!(second(&report, Ja).contains("見た可能性のある試験 old-b でだけ"), "{}", second(&report, Ja));
}

#[test]
fn queries_are_counted_as_the_table_counts_them() {
    let mut report = honest();
    let all: usize = report.collections.iter().map(|c| c.measured_queries).sum();
    let said = |report: &Report, lang| (words::of(lang).tested)(&brief(report)).join("\n");
    assert!(said(&report, En).contains(&format!("{all} queries were measured by")));
    // Two rankers lack different queries of the first collection.
    for (name, drop) in [("before", 0), ("after", 1)] {
        let arm = report.arms.iter_mut().find(|arm| arm.name == name).unwrap();
        let by_query = &mut arm.collections[0].by_query;
        let query = by_query.keys().nth(drop).unwrap().clone();
        by_query.remove(&query);
    }
    let english = said(&report, En);
    assert!(english.contains(&format!("{} of {all} queries were measured with every ranker by", all - 2)), "{english}");
    let japanese = said(&report, Ja);
    assert!(
        japanese.contains(&format!("クエリ {all} 件のうち、全モデルのスコアがそろう {} 件", all - 2)),
        "{japanese}"
    );
}

#[test]
fn a_bound_is_said_with_its_certainty() {
    let mut report = honest();
    for (alpha, certainty) in [(0.05, "95 %"), (0.1, "90 %")] {
        report.config.gate.alpha = alpha;
        let [english, japanese] = [En, Ja].map(|lang| (words::of(lang).meeting)(&brief(&report))[1].clone());
        assert!(english.starts_with(&format!("With {certainty} certainty the difference is at most +")), "{english}");
        assert!(
            japanese.contains(&format!("{certainty} の確からしさで")) && !japanese.contains("最大でも"),
            "{japanese}"
        );
    }
}
