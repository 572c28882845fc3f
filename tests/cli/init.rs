//! From a folder as people have it to the first verdict: `init`, the dates, `check`.

use super::support::{copy, copy_of, fixtures, run, write};
use std::fs;
use std::io::Write;
use std::path::Path;
use tempfile::TempDir;

/// The dates of `runs-only.toml`, which a user would look up.
const CUTOFF: &str = "2023-10-01";
const PUBLISHED: [(&str, &str); 5] = [
    ("archive-2019", "2019-11-15"),
    ("archive-2020", "2020-11-15"),
    ("tickets-2024", "2024-03-01"),
    ("recipes-2024", "2024-09-01"),
    ("trails-2025", "2025-02-01"),
];

/// The collections of the fixture, and those of its runs that are named, under other names: a folder and a place with
/// `{c}` for the collection and `{s}` for the seed.
fn folder(runs: &[(&str, &str)]) -> TempDir {
    let folder = copy_of("audit");
    for name in ["honest.toml", "leaky.toml", "runs-only.toml"] {
        fs::remove_file(folder.path().join(name)).unwrap();
    }
    fs::remove_dir_all(folder.path().join("runs")).unwrap();
    for (from, to) in runs {
        for (collection, _) in PUBLISHED {
            for seed in ["", ".1", ".2"] {
                let file = fixtures().join(format!("audit/runs/{from}/{collection}{seed}.run"));
                let to = to.replace("{c}", collection).replace("{s}", seed);
                if file.is_file() {
                    write(&folder.path().join(&to), packed(&to, &fs::read(file).unwrap()));
                }
            }
        }
    }
    folder
}

fn packed(name: &str, bytes: &[u8]) -> Vec<u8> {
    if name.ends_with(".zst") {
        return zstd::encode_all(bytes, 1).unwrap();
    }
    if !name.ends_with(".gz") {
        return bytes.to_vec();
    }
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

fn config(folder: &Path) -> String {
    fs::read_to_string(folder.join("distilgate.toml")).unwrap()
}

/// Fills in the dates, each in the line that stands for it.
fn date(folder: &Path) {
    let text = config(folder);
    let mut dated = text.replacen("# training-cutoff = YYYY-MM-DD", &format!("training-cutoff = {CUTOFF}"), 1);
    for (collection, day) in PUBLISHED {
        let start = dated.find(&format!("name = \"{collection}\"")).unwrap();
        let rest = dated[start..].replacen("# published = YYYY-MM-DD", &format!("published = {day}"), 1);
        dated.replace_range(start.., &rest);
    }
    assert!(!dated.contains("YYYY-MM-DD"), "{dated}");
    write(&folder.join("distilgate.toml"), dated);
}

/// The sentence under the verdict, which names the number that decided.
fn sentence(folder: &Path) -> String {
    let report = fs::read_to_string(folder.join("distilgate-report/report.json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    format!("{}: {}", report["verdict"].as_str().unwrap(), report["sentence"].as_str().unwrap())
}

/// What a configuration of the fixture's own comes to.
fn expected(config: &str) -> (i32, String) {
    let folder = copy_of("audit");
    let ran = run(folder.path(), &["check", "--config", config]);
    (ran.code, sentence(folder.path()))
}

/// Checks, and says what came out.
fn checked(folder: &Path) -> (i32, String) {
    let ran = run(folder, &["check"]);
    assert_ne!(ran.code, 2, "{}", ran.all());
    (ran.code, sentence(folder))
}

#[test]
fn two_arms_by_any_name_come_to_the_verdict_after_the_dates() {
    for (before, after) in [
        ("results/baseline/{c}{s}.trec", "results/distilled/{c}{s}.trec"),
        ("run.mini-base.{c}{s}.txt", "run.mini-base-distilled.{c}{s}.txt"),
        ("out/v1/{c}{s}.run.gz", "out/v2/{c}{s}.txt.zst"),
        ("original_{c}{s}.txt.gz", "finetuned_{c}{s}.res"),
    ] {
        let folder = folder(&[("before", before), ("after-honest", after)]);
        let made = run(folder.path(), &["init"]);
        assert_eq!(made.code, 0, "{}", made.all());
        assert!(made.stdout.contains("[student.before], guessed by"), "{}", made.all());
        assert!(made.stdout.contains("[student.after], guessed by"), "{}", made.all());
        assert!(made.stdout.contains("distilgate doctor"), "{}", made.all());
        let text = config(folder.path());
        assert_eq!(text.matches("# Guessed by the word").count(), 2, "{text}");
        assert_eq!(checked(folder.path()).0, 3);
        assert_ne!(sentence(folder.path()), expected("runs-only.toml").1);
        let planned = run(folder.path(), &["check", "--dry-run"]);
        assert!(planned.stdout.contains("no collection says when it became public"), "{}", planned.all());
        assert!(planned.stdout.contains("nothing can be compared"), "{}", planned.all());
        date(folder.path());
        assert_eq!(checked(folder.path()), expected("runs-only.toml"), "{before}");
        let planned = run(folder.path(), &["check", "--dry-run"]);
        assert!(!planned.stdout.contains("became public"), "{}", planned.all());
    }
}

/// With a teacher and a reference, whose words stand beside those of students.
#[test]
fn everything_by_its_name_comes_to_the_verdict_after_the_dates() {
    let folder = folder(&[
        ("before", "runs/baseline/{c}{s}.run"),
        ("after-honest", "runs/student/{c}{s}.run"),
        ("teacher-honest", "runs/teacher/{c}{s}.run"),
        ("reference-student", "runs/reference-student/{c}{s}.run"),
        ("reference-teacher", "runs/reference-teacher/{c}{s}.run"),
    ]);
    run(folder.path(), &["init"]);
    date(folder.path());
    let (code, said) = checked(folder.path());
    assert_eq!((code, &said), (0, &expected("honest.toml").1));
}

#[test]
fn one_arm_alone_says_first_of_all_what_is_missing() {
    for (from, to, missing) in [
        ("after-honest", "results/distilled/{c}{s}.trec", "before"),
        ("before", "results/baseline/{c}{s}.trec", "after"),
    ] {
        let folder = folder(&[(from, to)]);
        let made = run(folder.path(), &["init"]);
        assert_eq!(made.code, 0, "{}", made.all());
        assert!(made.stdout.contains("check refuses the file until then"), "{}", made.all());
        let text = config(folder.path());
        let refused = run(folder.path(), &["check"]);
        assert_eq!(refused.code, 2, "{}", refused.all());
        let why = refused.stderr.lines().next().unwrap().rsplit("distilgate.toml: ").next().unwrap();
        let first: Vec<&str> = text.lines().take(2).collect();
        assert!(first[0].starts_with("# `distilgate check` refuses") && first[0].contains(why), "{why}: {first:?}");
        assert!(first[1].contains(&format!("[student.{missing}]")), "{first:?}");
        // The other arm, as it is said.
        let runs = fixtures().join("audit/runs").display().to_string();
        let given = match missing {
            "before" => format!("'{runs}/before/{{collection}}.run'"),
            _ => format!("['{runs}/after-honest/{{collection}}.1.run', '{runs}/after-honest/{{collection}}.2.run']"),
        };
        let table = format!("[student.{missing}]\nruns = {given}\n");
        write(&folder.path().join("distilgate.toml"), format!("{text}\n{table}"));
        date(folder.path());
        assert_eq!(checked(folder.path()), expected("runs-only.toml"), "{missing}");
    }
}

/// Beside the teacher's scores one student is no reason to refuse: the teacher is audited.
#[test]
fn with_the_teachers_scores_one_arm_is_accepted() {
    for (from, to, commented_out) in
        [("after-honest", "student/after/{c}{s}.run", true), ("before", "student/before/{c}{s}.run", false)]
    {
        let folder = folder(&[(from, to), ("teacher-honest", "teacher/{c}{s}.run")]);
        let made = run(folder.path(), &["init"]);
        assert_eq!(
            made.stdout.contains("commented out until there is a [student.before]"),
            commented_out,
            "{}",
            made.all()
        );
        assert!(config(folder.path()).starts_with("# Paths are relative"), "{}", config(folder.path()));
        date(folder.path());
        let checked = run(folder.path(), &["check"]);
        assert_ne!(checked.code, 2, "{}", checked.all());
        assert!(checked.stdout.contains("label residual"), "{}", checked.all());
    }
}

/// A name that tells nothing is not guessed: it stands there, to be taken by two signs.
#[test]
fn what_no_name_tells_is_offered_as_a_comment() {
    let folder = folder(&[("before", "run.mini-base.{c}{s}.txt"), ("after-honest", "run.mini-gpt4o.{c}{s}.txt")]);
    write(&folder.path().join("stray.run"), "q1 Q0 d1 1 1.0 x\n");
    let made = run(folder.path(), &["init"]);
    assert!(made.stdout.contains("not taken; a comment, for no word in its path says what it is"), "{}", made.all());
    assert!(made.stdout.contains("passed over stray.run"), "{}", made.all());
    let text = config(folder.path());
    let offered =
        "# [student.after]\n# runs = [\"run.mini-gpt4o.{collection}.1.txt\", \"run.mini-gpt4o.{collection}.2.txt\"]";
    assert!(text.contains(offered), "{text}");
    write(&folder.path().join("distilgate.toml"), text.replace(offered, &offered.replace("# ", "")));
    date(folder.path());
    assert_eq!(checked(folder.path()), expected("runs-only.toml"));
}

/// Two that fit are not told apart by chance: the other one stands beside the first.
#[test]
fn a_second_one_that_fits_stands_beside_the_first() {
    let folder = folder(&[
        ("before", "runs/before/{c}{s}.run"),
        ("after-honest", "runs/after-one/{c}{s}.run"),
        ("after-leaky", "runs/after-two/{c}{s}.run"),
    ]);
    let made = run(folder.path(), &["init"]);
    assert!(made.stdout.contains("not taken, a comment beside [student.after]"), "{}", made.all());
    let text = config(folder.path());
    assert!(text.contains("is it this instead?\n# runs = [\"runs/after-two/"), "{text}");
}

/// A query of which a finished run says nothing: what can be done about it can be done.
#[test]
fn a_run_without_hits_for_a_query_gets_a_help_that_works() {
    let folder = folder(&[("before", "runs/before/{c}{s}.run"), ("after-honest", "runs/after/{c}{s}.run")]);
    for arm in ["before/archive-2019.run", "after/archive-2019.1.run", "after/archive-2019.2.run"] {
        let path = folder.path().join("runs").join(arm);
        let text = fs::read_to_string(&path).unwrap();
        let kept: String =
            text.lines().filter(|line| !line.starts_with("q1 ")).map(|line| format!("{line}\n")).collect();
        write(&path, kept);
    }
    run(folder.path(), &["init"]);
    date(folder.path());
    let lacking = run(folder.path(), &["check"]);
    assert!(
        lacking.stdout.contains("give each one line with a document of the corpus that is not relevant"),
        "{}",
        lacking.all()
    );
    for arm in ["before/archive-2019.run", "after/archive-2019.1.run", "after/archive-2019.2.run"] {
        let path = folder.path().join("runs").join(arm);
        let text = fs::read_to_string(&path).unwrap();
        write(&path, format!("{text}q1 Q0 found-nothing 1 0 filled\n"));
    }
    let filled = run(folder.path(), &["check"]);
    assert!(!filled.stdout.contains("incomplete-scores"), "{}", filled.all());
}

#[test]
fn explain_lists_the_keys_of_the_configuration() {
    let folder = TempDir::new().unwrap();
    let listed = run(folder.path(), &["explain", "keys"]);
    assert_eq!(listed.code, 0, "{}", listed.all());
    for part in ["[teacher]\n", "[[collection]]\n", "  training-cutoff (", "  margin (number, otherwise `0.05`)\n"] {
        assert!(listed.stdout.contains(part), "{part}: {}", listed.stdout);
    }
    assert!(!listed.stdout.contains("| "), "{}", listed.stdout);
}

#[test]
#[cfg(unix)]
fn a_name_cannot_put_a_line_into_the_configuration() {
    let folder = copy_of("audit");
    let path = |name: &str| folder.path().join(name);
    fs::remove_file(path("distilgate.toml")).ok();
    let plain = run(folder.path(), &["init"]);
    let text = fs::read_to_string(path("distilgate.toml")).unwrap();
    fs::remove_file(path("distilgate.toml")).unwrap();
    let hostile = path("runs/teacher\ncommand = [\"touch\", \"PWN\"]\n#\u{1b}[31m");
    copy(&path("runs/before"), &hostile);
    copy(&path("runs/before"), &path("runs/before-{collection}"));
    let ran = run(folder.path(), &["init"]);
    assert_eq!((plain.code, ran.code), (0, 0), "{}", ran.all());
    assert_eq!(fs::read_to_string(path("distilgate.toml")).unwrap(), text);
    assert!(ran.stdout.contains("its name has a control character"), "{}", ran.all());
    assert!(ran.stdout.contains("its name has {collection} in it"), "{}", ran.all());
    assert!(
        !ran.stdout.contains('\u{1b}') && !ran.stdout.lines().any(|line| line.starts_with("command")),
        "{}",
        ran.all()
    );
}

#[test]
fn scores_of_another_ranker_are_offered_to_a_reference_and_not_given() {
    let folder = copy_of("audit");
    let path = |name: &str| folder.path().join(name);
    fs::remove_file(path("distilgate.toml")).ok();
    fs::remove_dir_all(path("runs/reference-student")).unwrap();
    fs::remove_dir_all(path("runs/reference-teacher")).unwrap();
    for name in ["reference-minilm", "reference-mono-scores"] {
        copy(&path("runs/before"), &path("runs").join(name));
    }
    let ran = run(folder.path(), &["init"]);
    let text = fs::read_to_string(path("distilgate.toml")).unwrap();
    assert!(text.contains("\nruns = \"runs/reference-minilm/{collection}.run\""), "{}", ran.all());
    assert!(text.contains("\n# scores = \"runs/reference-mono-scores/{collection}.run\""), "{text}");
}
