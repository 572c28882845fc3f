//! `evaluate`: the ir_measures command line.

use super::support::{Ran, fixtures, run, scratch, write};

/// Runs `evaluate` on the small fixture.
fn small(more: &[&str]) -> Ran {
    let args = [&["evaluate", "small.qrels", "small.run"], more].concat();
    run(&fixtures().join("measures"), &args)
}

#[test]
fn means_are_printed_as_ir_measures_prints_them() {
    let ran = small(&["nDCG@10", "MAP(rel=2)", "RR@10 P@5", "R@100", "Judged@10"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    assert_eq!(ran.stdout, std::fs::read_to_string(fixtures().join("measures/small.summary.tsv")).unwrap());
    assert_eq!(ran.stderr, "note: 1 of 5 judged queries are not in the run and count as 0\n");
}

#[test]
fn the_letter_q_means_by_query() {
    let by_query = small(&["RR", "-q"]);
    assert_eq!(by_query.stdout.lines().count(), 6, "{}", by_query.all());
    assert_eq!(by_query.stdout.lines().last(), Some("all\tRR\t0.6000"));
    let rows = small(&["RR", "-q", "-n"]);
    assert_eq!(rows.stdout.lines().count(), 5, "{}", rows.all());
}

#[test]
fn json_is_for_programs() {
    let ran = small(&["RR", "--format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(value["measures"][0]["mean"], 0.6);
}

#[test]
fn a_wrong_name_gets_the_right_one() {
    let ran = small(&["ndcg_cut_10"]);
    assert_eq!(ran.code, 2, "{}", ran.all());
    assert!(ran.stderr.contains("did you mean `nDCG@10`?"), "{}", ran.stderr);
    assert_eq!(ran.stdout, "");
}

#[test]
fn a_missing_file_is_the_users_matter() {
    let ran = run(&fixtures().join("measures"), &["evaluate", "small.qrels", "no.run"]);
    assert_eq!(ran.code, 2, "{}", ran.all());
    assert!(ran.stderr.contains("no.run: cannot read"), "{}", ran.stderr);
}

#[test]
fn judgements_may_be_a_beir_folder() {
    let folder = scratch();
    write(&folder.path().join("qrels/test.tsv"), "query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\td2\t0\n");
    write(&folder.path().join("a.run"), "q1 Q0 d2 1 2.0 made\nq1 Q0 d1 2 1.0 made\n");
    let ran = run(folder.path(), &["evaluate", ".", "a.run", "RR"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "RR\t0.5000\n"), "{}", ran.stderr);
}
