//! Canaries: minted, published, scored by somebody who knows the labels and by somebody who does not.

use super::support::{Ran, copy_of, run, write};
use serde_json::Value;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

fn mint(folder: &Path, more: &[&str]) -> Ran {
    let mut args =
        vec!["canary", "mint", "--corpus", "collections/archive-2019", "--out", "published", "--key", "secret.key"];
    args.extend(more);
    run(folder, &args)
}

fn minted(pairs: &str) -> TempDir {
    let folder = copy_of("audit");
    let ran = mint(folder.path(), &["--pairs", pairs]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    folder
}

/// Rows of the published judgements: query, document, grade.
fn judgements(folder: &Path) -> Vec<(String, String, String)> {
    let text = fs::read_to_string(folder.join("published/qrels/test.tsv")).unwrap();
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('\t').collect();
        (cells[0].to_owned(), cells[1].to_owned(), cells[2].to_owned())
    };
    text.lines().skip(1).map(row).collect()
}

/// A run that gives each judged pair the score that it is told.
fn score(folder: &Path, name: &str, score: impl Fn(usize, &(String, String, String)) -> f64) {
    let rows = judgements(folder).into_iter().enumerate();
    let text: String = rows
        .map(|(n, row)| format!("{}\tQ0\t{}\t1\t{}\tx\n", row.0, row.1, score(n, &row)).replace('\t', " "))
        .collect();
    write(&folder.join(name), text);
}

fn verify(folder: &Path, more: &[&str]) -> Ran {
    let mut args = vec!["canary", "verify", "--key", "secret.key"];
    args.extend(more);
    run(folder, &args)
}

#[test]
fn what_is_minted_is_a_collection_a_key_and_a_lock() {
    let folder = copy_of("audit");
    let ran = mint(folder.path(), &["--pairs", "20"]);
    insta::assert_snapshot!(ran.all());
    let rows = judgements(folder.path());
    assert_eq!(rows.len(), 40);
    assert_eq!(rows.iter().filter(|row| row.2 == "1").count(), 20, "one of each pair is relevant");
    let documents: std::collections::BTreeSet<&String> = rows.iter().map(|row| &row.1).collect();
    assert_eq!(documents.len(), 40, "no document stands in two pairs");
    // Nothing that is published, and nothing that is committed, says what the key says.
    let lock = fs::read_to_string(folder.path().join("canary.lock")).unwrap();
    let key: Value = serde_json::from_str(&fs::read_to_string(folder.path().join("secret.key")).unwrap()).unwrap();
    assert!(!lock.contains(key["salt"].as_str().unwrap()) && !lock.contains(key["published"].as_str().unwrap()));
    for file in ["corpus.jsonl", "queries.jsonl", "qrels/test.tsv"] {
        let text = fs::read_to_string(folder.path().join("published").join(file)).unwrap();
        assert!(!text.to_lowercase().contains("canary"), "{file} gives itself away");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(folder.path().join("secret.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    // The same seed draws the same documents; the coins are tossed anew, and nothing is replaced.
    let queries = fs::read_to_string(folder.path().join("published/queries.jsonl")).unwrap();
    let again = minted("20");
    assert_eq!(queries, fs::read_to_string(again.path().join("published/queries.jsonl")).unwrap());
    assert_ne!(lock, fs::read_to_string(again.path().join("canary.lock")).unwrap());
    let ran = mint(folder.path(), &["--pairs", "20"]);
    assert!(ran.code == 2 && ran.stderr.contains("is not replaced"), "{}", ran.all());
}

#[test]
fn whoever_knows_the_labels_is_found_and_others_are_not() {
    let folder = minted("20");
    score(folder.path(), "knows.run", |_, row| row.2.parse().unwrap());
    let ran = verify(folder.path(), &["--scores", "knows.run", "--published", "published"]);
    insta::assert_snapshot!(ran.all());
    // A ranker that looks at names, as one looks at length or style: a coin tosses its result.
    score(folder.path(), "blind.run", |_, row| row.1.bytes().map(f64::from).sum::<f64>() + row.1.len() as f64 / 1000.0);
    let ran = verify(folder.path(), &["--scores", "blind.run", "--format", "json"]);
    let found: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(found["rejects"], found["p"].as_f64().unwrap() <= 0.05);
    assert_eq!(ran.code, i32::from(found["rejects"] == true));
    // Equal scores say nothing: the first three queries' scores are equal, the others right.
    let tied = |n: usize, row: &(String, String, String)| if n < 6 { 0.5 } else { row.2.parse().unwrap() };
    score(folder.path(), "tied.run", tied);
    let ran = verify(folder.path(), &["--scores", "tied.run", "--format", "json"]);
    let found: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((found["labelled"].as_u64(), found["ties"].as_u64()), (Some(17), Some(3)));
    assert!((found["p"].as_f64().unwrap() - 0.5f64.powi(17)).abs() < 1e-15);
    score(folder.path(), "flat.run", |_, _| 1.0);
    let ran = verify(folder.path(), &["--scores", "flat.run"]);
    assert!(ran.code == 3 && ran.stdout.contains("nothing can be decided"), "{}", ran.all());
    // Repeats are averaged: one that knows and one that says the opposite twice as loud.
    score(folder.path(), "opposite.run", |_, row| -2.0 * row.2.parse::<f64>().unwrap());
    let ran = verify(folder.path(), &["--scores", "knows.run", "opposite.run"]);
    assert!(
        ran.code == 0 && ran.stdout.contains("0 with the labelled document above, 20 with the other"),
        "{}",
        ran.all()
    );
}

#[test]
fn a_key_that_does_not_match_proves_nothing() {
    let folder = minted("20");
    score(folder.path(), "knows.run", |_, row| row.2.parse().unwrap());
    let key = folder.path().join("secret.key");
    let whole = fs::read_to_string(&key).unwrap();
    // One label turned round.
    let mut value: Value = serde_json::from_str(&whole).unwrap();
    let (a, b) = (value["pairs"][0]["labelled"].clone(), value["pairs"][0]["other"].clone());
    value["pairs"][0]["labelled"] = b;
    value["pairs"][0]["other"] = a;
    fs::write(&key, value.to_string()).unwrap();
    let ran = verify(folder.path(), &["--scores", "knows.run"]);
    assert!(ran.code == 2 && ran.stderr.contains("does not match the commitment"), "{}", ran.all());
    fs::write(&key, &whole).unwrap();
    // What was published was changed afterwards: a document, then a label.
    let corpus = folder.path().join("published/corpus.jsonl");
    let text = fs::read_to_string(&corpus).unwrap();
    fs::write(&corpus, text.replacen("\"text\":\"", "\"text\":\"x ", 1)).unwrap();
    let ran = verify(folder.path(), &["--scores", "knows.run", "--published", "published"]);
    assert!(ran.code == 2 && ran.stderr.contains("are not those that were minted"), "{}", ran.all());
    fs::write(&corpus, text).unwrap();
    let qrels = folder.path().join("published/qrels/test.tsv");
    let text = fs::read_to_string(&qrels).unwrap();
    fs::write(&qrels, text.replacen("\t0\n", "\t1\n", 1)).unwrap();
    let ran = verify(folder.path(), &["--scores", "knows.run", "--published", "published"]);
    assert!(ran.code == 2 && ran.stderr.contains("are not the key's"), "{}", ran.all());
}

#[test]
fn what_cannot_be_counted_is_said() {
    let folder = minted("20");
    score(folder.path(), "knows.run", |_, row| row.2.parse().unwrap());
    let text = fs::read_to_string(folder.path().join("knows.run")).unwrap();
    let without_last: Vec<&str> = text.lines().take(39).collect();
    write(&folder.path().join("short.run"), without_last.join("\n"));
    write(&folder.path().join("half.key"), "{\"version\": 1, ");
    write(
        &folder.path().join("later.lock"),
        format!("{{\"version\": 9, \"pairs\": 20, \"commitment\": \"{}\"}}", "00".repeat(32)),
    );
    let rows: [(&[&str], &str); 5] = [
        (&["--key", "secret.key", "--scores", "short.run"], "1 of 20 canaries lack a score, query 20 for one"),
        (&["--key", "half.key", "--scores", "knows.run"], "half.key:1:15: this is no key of canaries"),
        (&["--key", "secret.key", "--lock", "later.lock", "--scores", "knows.run"], "version 9 is not known here"),
        (&["--key", "secret.key", "--lock", "none.lock", "--scores", "knows.run"], "none.lock"),
        (&["--key", "secret.key", "--scores", "none.run"], "none.run"),
    ];
    for (args, words) in rows {
        let ran = run(folder.path(), &[&["canary", "verify"], args].concat());
        assert!(ran.code == 2 && ran.stderr.contains(words), "{words}: {}", ran.all());
    }
    let folder = copy_of("audit");
    let ran = mint(folder.path(), &["--pairs", "5000"]);
    assert!(
        ran.code == 2 && ran.stderr.contains("pairs of like documents were found, and 5000 are wanted"),
        "{}",
        ran.all()
    );
    assert!(!folder.path().join("secret.key").exists(), "nothing half made");
    let ran = run(folder.path(), &["canary", "mint", "--corpus", "nowhere", "--out", "o", "--key", "k"]);
    assert!(ran.code == 2 && ran.stderr.contains("nowhere is no folder"), "{}", ran.all());
}

#[test]
fn a_check_with_canaries_says_contaminated_where_the_labels_are_known() {
    let folder = minted("20");
    let config = folder.path().join("honest.toml");
    let text = fs::read_to_string(&config).unwrap();
    let table = "\n[canary]\nkey = \"secret.key\"\npublished = \"published\"\nscores = \"canaries.run\"\n";
    fs::write(&config, text + table).unwrap();
    let check = || run(folder.path(), &["check", "--config", "honest.toml", "--threads", "1"]);
    let report = || -> Value {
        serde_json::from_str(&fs::read_to_string(folder.path().join("distilgate-report/report.json")).unwrap()).unwrap()
    };
    score(folder.path(), "canaries.run", |_, row| row.2.parse().unwrap());
    let ran = check();
    let said = report();
    assert_eq!((ran.code, &said["verdict"]), (1, &Value::from("contaminated")), "{}", ran.all());
    assert!(said["sentence"].as_str().unwrap().contains("random label in 20 of 20 canaries"), "{}", said["sentence"]);
    assert_eq!(said["canary"]["labelled"], 20);
    score(folder.path(), "canaries.run", |n, row| {
        if n / 2 % 2 == 0 { row.2.parse().unwrap() } else { -row.2.parse::<f64>().unwrap() }
    });
    let ran = check();
    assert_eq!((ran.code, &report()["verdict"]), (0, &Value::from("clean")), "{}", ran.all());
    fs::remove_file(folder.path().join("canary.lock")).unwrap();
    let ran = check();
    assert!(ran.code == 2 && ran.stderr.contains("canary.lock"), "{}", ran.all());
}
