//! `ask`: the teacher scores training pairs, and `check` and `distill` learn from what it wrote.

use super::distill_check::{Project, config, model};
use super::support::{Ran, run_with, write};
use std::fs;

/// A teacher that counts letters, and how often it was asked.
const TEACHER: &str = "
import json, sys
calls = open('calls', 'a')
for line in sys.stdin:
    pair = json.loads(line)
    calls.write('.')
    if pair['doc_id'] == 't10d4':
        continue
    score = sum(map(ord, pair['query'] + pair['text'])) % 97 / 10
    print(json.dumps({'query_id': pair['query_id'], 'doc_id': pair['doc_id'], 'score': score}))
";

/// A project whose training scores are not there yet.
fn project(teacher: &str) -> Project {
    let text = config("cross-one", "")
        .replace("scores = \"runs/teacher-honest/{collection}.run\"", teacher)
        .replace("distill/teacher.tsv", "distill/made.run");
    assert!(text.contains(teacher) && text.contains("made.run"));
    let project = Project::new(&text);
    write(&project.path().join("teach.py"), TEACHER);
    project
}

fn ask(project: &Project, args: &[&str]) -> Ran {
    let cache = project.path().join("cache");
    let env = [("DISTILGATE_CACHE_DIR", cache.to_str().unwrap()), ("DISTILGATE_ONNXRUNTIME", &project.library)];
    run_with(project.path(), &[&["ask", "--threads", "1"], args].concat(), &env)
}

fn calls(project: &Project) -> usize {
    fs::read(project.path().join("calls")).map_or(0, |calls| calls.len())
}

const COMMAND: &str = "command = [\"python3\", \"teach.py\"]\nretries = 0";

#[test]
fn a_program_scores_training_pairs_once_and_students_learn_from_them() {
    let project = project(COMMAND);
    let scores = project.path().join("distill/made.run");
    let missing = project.check(&[]);
    assert!(
        missing.code == 2 && missing.stderr.contains("`distilgate ask` has the teacher score"),
        "{}",
        missing.all()
    );

    let planned = ask(&project, &["--depth", "5", "--dry-run"]);
    assert_eq!((planned.code, calls(&project), scores.exists()), (0, 0, false), "{}", planned.all());
    let asked = ask(&project, &["--depth", "5"]);
    insta::assert_snapshot!("ask", format!("{}\n{}", planned.all(), asked.all()));
    let run = fs::read_to_string(&scores).unwrap();
    assert!(run.lines().all(|line| line.split(' ').count() == 6), "{run}");
    assert!(run.contains("t10 Q0 t10d5 1 9.6 t") && !run.contains("t10d4 "), "{run}");
    // The ninth query is a test query of a collection with other blanks: nobody pays for it.
    assert!(!run.contains("t9 "), "{run}");

    let once = calls(&project);
    let again = ask(&project, &["--depth", "5"]);
    assert!(again.code == 2 && again.stderr.contains("is there already, and is not replaced"), "{}", again.all());
    fs::remove_file(&scores).unwrap();
    assert_eq!(ask(&project, &["--depth", "5"]).code, 0);
    assert_eq!(fs::read_to_string(&scores).unwrap(), run, "kept answers make the same file");
    assert!(calls(&project) <= once + 1, "only what has no answer is asked again");

    let trained = project.check(&[]);
    assert!([0, 1, 3].contains(&trained.code), "{}", trained.all());
    assert_eq!(project.students(), ["after/seed-1", "after/seed-5"]);
}

#[test]
fn a_model_scores_training_pairs_too() {
    let project = project(&format!("model = {}", model("bi-mean")));
    let asked = ask(&project, &["--depth", "4", "--out", "elsewhere/scores.run"]);
    assert_eq!(asked.code, 0, "{}", asked.all());
    assert!(asked.stdout.contains("elsewhere/scores.run: name it as `scores` in [distill]"), "{}", asked.all());
    let run = fs::read_to_string(project.path().join("elsewhere/scores.run")).unwrap();
    assert!(run.lines().count() >= 12, "{run}");
}

#[test]
fn canaries_are_asked_about_like_any_judged_pairs() {
    let project = project(COMMAND);
    let run_here = |args: &[&str]| run_with(project.path(), args, &[]);
    let mint = ["canary", "mint", "--corpus", "collections/archive-2019", "--out", "published", "--key", "secret.key"];
    assert_eq!(run_here(&[&mint[..], &["--pairs", "20"]].concat()).code, 0);
    let asked = ask(&project, &["--judged", "published", "--out", "canaries.run"]);
    assert_eq!(asked.code, 0, "{}", asked.all());
    assert_eq!(asked.stdout, "canaries.run\n  40 pairs: of 20 queries all that is judged\n");
    let verified = run_here(&["canary", "verify", "--key", "secret.key", "--scores", "canaries.run"]);
    assert!([0, 1].contains(&verified.code) && verified.stdout.contains("20 canaries: "), "{}", verified.all());
    let nowhere = ask(&project, &["--judged", "published"]);
    assert!(nowhere.code == 2 && nowhere.stderr.contains("--out"), "{}", nowhere.all());
}

#[test]
fn what_cannot_be_asked_is_told_before_anything_is_paid_for() {
    let told = |teacher: &str, args: &[&str], parts: &[&str]| {
        let project = project(teacher);
        let ran = ask(&project, args);
        assert_eq!((ran.code, calls(&project)), (2, 0), "{}", ran.all());
        parts.iter().for_each(|part| assert!(ran.stderr.contains(part), "{part}: {}", ran.all()));
        assert!(!project.path().join("distill/made.run").exists());
    };
    told(COMMAND, &["--max-calls", "3"], &["max-calls is 3", "distilgate.toml:"]);
    told(COMMAND, &["--depth", "2"], &["compares 3 documents", "--depth"]);
    told("scores = \"runs/teacher-honest/{collection}.run\"", &["--dry-run"], &["no teacher here that could score"]);
    told(
        "scores = \"runs/teacher-honest/{collection}.run\"",
        &[],
        &["no teacher here that could score", "docs/teacher-command.md"],
    );
    // A place that cannot be written to is told before anything is paid for, too.
    let project = project(COMMAND);
    let ran = ask(&project, &["--depth", "5", "--out", "teach.py/scores.run"]);
    assert!((ran.code, calls(&project)) == (4, 0) && ran.stderr.contains("teach.py/scores.run"), "{}", ran.all());
}
