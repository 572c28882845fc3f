//! `fingerprint` and what `check` makes of the lock: made, held to, drifted, private, damaged.

use super::support::{Ran, copy_of, run, run_with, write};
use serde_json::Value;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const CONFIG: &str = "runs-only.toml";

fn fingerprint(folder: &Path, more: &[&str]) -> Ran {
    run(folder, &[&["fingerprint", "--config", CONFIG][..], more].concat())
}

fn check(folder: &Path, more: &[&str]) -> Ran {
    run(folder, &[&["check", "--config", CONFIG, "--threads", "1"][..], more].concat())
}

/// The fixture with a lock of 2026-01-02.
fn with_lock() -> TempDir {
    let folder = copy_of("audit");
    let made = fingerprint(folder.path(), &["--update", "--today", "2026-01-02"]);
    assert_eq!(made.code, 0, "{}", made.all());
    folder
}

/// Changes a file of the fixture.
fn edit(folder: &Path, file: &str, from: &str, to: &str) {
    let path = folder.join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file} has no {from}");
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

/// One judgement, one query and one document changed, and one document gone.
fn tamper(folder: &Path) {
    edit(folder, "collections/archive-2019/qrels/test.tsv", "q1\tq1d1\t0", "q1\tq1d1\t1");
    edit(folder, "collections/archive-2019/queries.jsonl", "3 pebble", "3 pebbles");
    edit(folder, "collections/archive-2019/corpus.jsonl", "{\"_id\": \"q1d7\"", "{\"_id\": \"q1d7b\"");
}

fn report(folder: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.join("distilgate-report/report.json")).unwrap()).unwrap()
}

/// The case of a check on a subject.
fn case(folder: &Path, check: &str, subject: &str) -> Value {
    let report = report(folder);
    let check = report["checks"].as_array().unwrap().iter().find(|c| c["id"] == check).unwrap().clone();
    let cases = check["cases"].as_array().unwrap();
    cases.iter().find(|case| case["subject"] == subject).unwrap_or(&cases[0]).clone()
}

#[test]
fn a_lock_is_made_and_held_to() {
    let folder = copy_of("audit");
    let none = fingerprint(folder.path(), &[]);
    assert_eq!(none.code, 2);
    let made = fingerprint(folder.path(), &["--update", "--today", "2026-01-02"]);
    let same = fingerprint(folder.path(), &[]);
    insta::assert_snapshot!([none, made, same].map(|ran| ran.all()).join("\n"));
    let before = fs::read(folder.path().join("distilgate.lock")).unwrap();
    let again = fingerprint(folder.path(), &["--update", "--today", "2027-01-01"]);
    assert!(again.stdout.contains("nothing to change"), "{}", again.all());
    assert!(fs::read(folder.path().join("distilgate.lock")).unwrap() == before, "days of first sight are kept");
}

#[test]
fn what_drifted_is_named() {
    let folder = with_lock();
    tamper(folder.path());
    let ran = fingerprint(folder.path(), &[]);
    insta::assert_snapshot!(ran.all());
    let json = fingerprint(folder.path(), &["--format", "json"]);
    assert_eq!(json.code, 1);
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    let collection = &json["collections"][0];
    assert_eq!(collection["queries"]["changes"]["changed"]["first"][0], "q3");
    assert_eq!(collection["documents"]["changes"]["removed"]["count"], 1);
    assert_eq!(json["collections"][1]["drifted"], false);
    // Accepted, it is the state that later runs are held to, and the day of first sight stays.
    let updated = fingerprint(folder.path(), &["--update", "--today", "2026-05-05"]);
    assert!(
        updated.stdout.contains("queries changed: q3") && updated.stdout.contains("2026-01-02"),
        "{}",
        updated.all()
    );
    assert_eq!(fingerprint(folder.path(), &[]).code, 0);
}

#[test]
fn check_denies_drift_and_names_it() {
    let folder = with_lock();
    let clean = check(folder.path(), &[]);
    assert!(!clean.stdout.contains("drift") && clean.stdout.contains("held to distilgate.lock"), "{}", clean.all());
    assert_eq!(case(folder.path(), "drift", "archive-2019")["status"], "passed");
    tamper(folder.path());
    let ran = check(folder.path(), &[]);
    assert_eq!(ran.code, 1, "{}", ran.all());
    let found = case(folder.path(), "drift", "archive-2019");
    assert_eq!((&found["level"], &found["place"]), (&Value::from("deny"), &Value::from("distilgate.lock")));
    insta::assert_snapshot!(format!("{}\n{}", found["message"], found["evidence"]));
    assert_eq!(case(folder.path(), "drift", "tickets-2024")["status"], "passed");
    assert!(report(folder.path())["inputs"]["distilgate.lock"].is_string(), "the lock is an input");
}

#[test]
fn without_a_lock_drift_does_not_apply_and_says_how_it_would() {
    let folder = copy_of("audit");
    check(folder.path(), &[]);
    let case = case(folder.path(), "drift", "all");
    assert_eq!(case["status"], "not-applicable");
    assert!(case["message"].as_str().unwrap().contains("distilgate fingerprint --update"), "{case}");
}

#[test]
fn a_collection_that_leaves_or_joins_is_drift() {
    let folder = with_lock();
    let text = fs::read_to_string(folder.path().join(CONFIG)).unwrap();
    let renamed = text.replacen("name = \"trails-2025\"", "name = \"paths-2025\"", 1);
    // The runs go by the name.
    for arm in fs::read_dir(folder.path().join("runs")).unwrap() {
        for seed in ["", ".1", ".2"] {
            let file = arm.as_ref().unwrap().path().join(format!("trails-2025{seed}.run"));
            if file.exists() {
                fs::copy(&file, file.with_file_name(format!("paths-2025{seed}.run"))).unwrap();
            }
        }
    }
    write(&folder.path().join(CONFIG), renamed);
    let ran = fingerprint(folder.path(), &[]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("paths-2025: it is not in the lock yet"), "{}", ran.all());
    assert!(
        ran.stdout.contains("trails-2025: is in the lock, and the configuration does not name it"),
        "{}",
        ran.all()
    );
    assert_eq!(check(folder.path(), &[]).code, 1);
    let updated = fingerprint(folder.path(), &["--update", "--today", "2026-06-07"]);
    assert!(updated.stdout.contains("paths-2025: new in the lock"), "{}", updated.all());
    let lock = fs::read_to_string(folder.path().join("distilgate.lock")).unwrap();
    assert!(!lock.contains("trails-2025") && lock.contains("2026-06-07") && lock.contains("2026-01-02"));
}

#[test]
fn a_private_lock_tells_nothing_without_its_salt() {
    let folder = with_lock();
    let open = fs::read_to_string(folder.path().join("distilgate.lock")).unwrap();
    assert!(open.contains("\"q1d1\":"));
    let made = fingerprint(folder.path(), &["--update", "--private"]);
    assert_eq!(made.code, 0, "{}", made.all());
    assert!(made.stdout.contains("keep it out of version control"), "{}", made.all());
    let private = fs::read_to_string(folder.path().join("distilgate.lock")).unwrap();
    assert!(!private.contains("\"q1d1\"") && private.contains("2026-01-02"), "no identifier, and the day stays");
    let tags = |text: &str| -> Vec<String> {
        text.lines()
            .filter(|line| line.contains("\":\""))
            .map(|line| line.split('"').nth(3).unwrap().to_owned())
            .collect()
    };
    let open: std::collections::BTreeSet<String> = tags(&open).into_iter().collect();
    let common = tags(&private).iter().filter(|tag| open.contains(*tag)).count();
    // Of some 1,800 tags of 24 bits one is the same by chance about once in five times.
    assert!(common < 5, "{common} tags are those of the open lock");
    assert_eq!(fingerprint(folder.path(), &[]).code, 0);
    assert_eq!(check(folder.path(), &[]).code, 3, "as without a lock");
    // Without the lock the salt still says that it was private: an open one is not made by mistake.
    let lock = folder.path().join("distilgate.lock");
    fs::remove_file(&lock).unwrap();
    let ran = fingerprint(folder.path(), &["--update"]);
    assert!(ran.code == 2 && ran.stderr.contains("--private") && !lock.exists(), "{}", ran.all());
    fs::write(&lock, &private).unwrap();

    // It stays private, and what drifted is named.
    tamper(folder.path());
    let drifted = fingerprint(folder.path(), &[]);
    assert!(drifted.stdout.contains("queries changed: q3"), "{}", drifted.all());
    assert_eq!(fingerprint(folder.path(), &["--update"]).code, 0);
    assert!(fs::read_to_string(folder.path().join("distilgate.lock")).unwrap().contains("\"keyed\""));

    let salt = fs::read_to_string(folder.path().join("distilgate.salt")).unwrap();
    fs::remove_file(folder.path().join("distilgate.salt")).unwrap();
    for command in ["fingerprint", "check"] {
        let args = [command, "--config", CONFIG];
        let missing = run(folder.path(), &args);
        assert_eq!(missing.code, 2, "{}", missing.all());
        assert!(missing.stderr.contains("its salt is not here"), "{}", missing.all());
        let wrong = run_with(folder.path(), &args, &[("DISTILGATE_SALT", "another salt, long enough")]);
        assert!(wrong.code == 2 && wrong.stderr.contains("not the one"), "{}", wrong.all());
        let right = run_with(folder.path(), &args, &[("DISTILGATE_SALT", &salt)]);
        assert_ne!(right.code, 2, "{}", right.all());
    }
}

#[test]
fn a_lock_that_cannot_be_trusted_is_refused_everywhere() {
    for (from, to, part) in [
        ("\"distilgate-lock\": 1", "\"distilgate-lock\": 9", "this lock has format 9"),
        ("\"first-seen\": \"2026-01-02\"", "\"first-seen\": \"2020-01-02\"", "changed by hand"),
        ("\"name\": \"archive-2020\"", "\"name\": \"archive-2019\"", "two collections are called archive-2019"),
        ("\"digest\"", "<<<<<<< ours\n\"digest\"", "merge conflict"),
    ] {
        let folder = with_lock();
        edit(folder.path(), "distilgate.lock", from, to);
        let bytes = fs::read(folder.path().join("distilgate.lock")).unwrap();
        for args in [&["fingerprint"][..], &["fingerprint", "--update"], &["check"], &["check", "--dry-run"]] {
            let ran = run(folder.path(), &[args, &["--config", CONFIG]].concat());
            assert_eq!(ran.code, 2, "{}", ran.all());
            assert!(ran.stderr.contains(part) && ran.stderr.contains("help: "), "{}", ran.all());
        }
        assert!(fs::read(folder.path().join("distilgate.lock")).unwrap() == bytes, "it is left as it is");
    }
}

#[test]
fn a_broken_collection_leaves_lock_and_salt_alone() {
    let folder = copy_of("audit");
    write(&folder.path().join("collections/archive-2019/corpus.jsonl"), "{\"_id\": \"x\"}\n");
    let ran = fingerprint(folder.path(), &["--update", "--private"]);
    assert_eq!(ran.code, 2, "{}", ran.all());
    assert!(!folder.path().join("distilgate.lock").exists() && !folder.path().join("distilgate.salt").exists());
}

#[test]
fn age_is_counted_from_the_day_that_is_given() {
    let folder = with_lock();
    // Runs without a day take that of SOURCE_DATE_EPOCH, here 2023-11-14.
    let early = check(folder.path(), &[]);
    assert!(!early.stdout.contains("stale-collection"), "{}", early.stdout);
    let day = check(folder.path(), &["--today", "2027-01-02"]);
    assert!(!day.stdout.contains("warn stale-collection"), "a year is over on the day after: {}", day.stdout);
    let late = check(folder.path(), &["--today", "2027-01-03"]);
    let found = case(folder.path(), "stale-collection", "tickets-2024");
    assert_eq!(found["message"], "in the lock since 2026-01-02: due to be replaced since 2027-01-02, after 1 year");
    assert_eq!(found["level"], "warn");
    assert_ne!(late.code, 1, "a warning fails nothing");
    // A report says which day was given, and is the same on any later day.
    let json = fs::read(folder.path().join("distilgate-report/report.json")).unwrap();
    assert!(report(folder.path())["command"].as_str().unwrap().contains("--today 2027-01-03"));
    check(folder.path(), &["--today", "2027-01-03"]);
    assert!(fs::read(folder.path().join("distilgate-report/report.json")).unwrap() == json);
    edit(
        folder.path(),
        CONFIG,
        "[teacher]",
        "[lock]\ntoday = 2027-01-03\nrefresh-after = \"2 years\"\nstale-after = \"3 years\"\n[teacher]",
    );
    let set = check(folder.path(), &[]);
    assert!(set.stdout.contains("note stale-collection archive-2019: published on 2019-11-15"), "{}", set.stdout);
    assert!(!set.stdout.contains("tickets-2024: in the lock"), "{}", set.stdout);
}

/// Puts entries of archive-2019 into the place of those of tickets-2024, with their texts in capitals.
fn take(folder: &Path, file: &str, ids: &[&str]) {
    let read = |name: &str| -> Vec<Value> {
        let text = fs::read_to_string(folder.join("collections").join(name).join(file)).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let (theirs, mut own) = (read("archive-2019"), read("tickets-2024"));
    for id in ids {
        let taken = theirs.iter().find(|entry| entry["_id"] == *id).unwrap();
        let place = own.iter_mut().find(|entry| entry["_id"] == *id).unwrap();
        *place = taken.clone();
        place["text"] = place["text"].as_str().unwrap().to_uppercase().into();
    }
    let lines: Vec<String> = own.iter().map(Value::to_string).collect();
    fs::write(folder.join("collections/tickets-2024").join(file), lines.join("\n") + "\n").unwrap();
}

#[test]
fn what_collections_share_is_named_and_counted_once() {
    let folder = copy_of("audit");
    // Two queries of an archive and some of their documents, in other case.
    take(folder.path(), "queries.jsonl", &["q1", "q2"]);
    take(folder.path(), "corpus.jsonl", &["q1d1", "q1d2", "q2d5"]);
    let ran = check(folder.path(), &[]);
    let queries = case(folder.path(), "shared-queries", "tickets-2024");
    assert!(
        queries["message"].as_str().unwrap().starts_with("2 of its queries stand in archive-2019 too"),
        "{}",
        ran.all()
    );
    let judgements = case(folder.path(), "shared-judgements", "archive-2019 and tickets-2024");
    assert!(judgements["message"].as_str().unwrap().starts_with("both judge 3 pairs"), "{judgements}");
    let documents = case(folder.path(), "shared-corpus", "archive-2019 and tickets-2024");
    assert!(documents["message"].as_str().unwrap().starts_with("3 of the 360 documents"), "{documents}");
    assert_eq!(documents["level"], "note");
    let report = report(folder.path());
    let card = &report["provenance"]["collections"][2];
    assert_eq!(card["overlaps"][0], "2 queries shared with other collections", "{card}");
    assert_eq!(report["collections"][2]["measured_queries"], 34);
}

#[test]
fn queries_that_are_nearly_the_same_count_once() {
    let folder = copy_of("audit");
    let queries = folder.path().join("collections/archive-2019/queries.jsonl");
    let text = fs::read_to_string(&queries).unwrap();
    let first: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    let id = first["_id"].as_str().unwrap();
    take(folder.path(), "queries.jsonl", &[id]);
    let last = first["text"].as_str().unwrap().split(' ').next_back().unwrap().to_uppercase();
    edit(folder.path(), "collections/tickets-2024/queries.jsonl", &last, &format!("{last}S"));
    let ran = check(folder.path(), &[]);
    let case = case(folder.path(), "shared-queries", "tickets-2024");
    assert_eq!(
        case["message"],
        "1 of its queries stands in archive-2019 too, nearly word for word; counted there and not here",
        "{}",
        ran.all()
    );
}

#[test]
fn a_student_before_that_comes_from_this_teacher_is_a_warning() {
    let folder = copy_of("audit");
    let before = "[student.before]\n";
    edit(folder.path(), "honest.toml", before, "[student.before]\ndistilled-from = \"Honest Teacher\"\n");
    let ran = run(folder.path(), &["check", "--config", "honest.toml", "--threads", "1"]);
    assert!(ran.stdout.contains("warn before-knows-teacher before: it was itself distilled from"), "{}", ran.stdout);
    edit(folder.path(), "honest.toml", "Honest Teacher", "someone else");
    let ran = run(folder.path(), &["check", "--config", "honest.toml", "--threads", "1"]);
    assert!(!ran.stdout.contains("before-knows-teacher"), "{}", ran.stdout);
}

#[test]
fn a_provenance_card_says_what_is_declared_where_and_what_was_measured() {
    let folder = with_lock();
    let declared = "published = 2019-11-15\nsource = \"the archive | of 2019\"\nlicence = \"CC BY 4.0\"";
    edit(folder.path(), CONFIG, "published = 2019-11-15", declared);
    edit(folder.path(), CONFIG, "published = 2020-11-15\n", "");
    let teacher = "[teacher]\ntraining-data = [\"the web\", \"books\"]\nterms = \"no training on its output\"";
    edit(folder.path(), CONFIG, "[teacher]", teacher);
    check(folder.path(), &[]);
    let summary = fs::read_to_string(folder.path().join("distilgate-report/summary.md")).unwrap();
    insta::assert_snapshot!(summary.split("## Provenance").nth(1).unwrap().split("Not checked").next().unwrap());
    let card = &report(folder.path())["provenance"]["collections"][1];
    assert!(card["would_make_clean"].as_str().unwrap().contains("became public after 2023-10-01"), "{card}");
    assert_eq!(card["digests"]["all"].as_str().unwrap().len(), 64);
}
