//! `check` with a teacher that is a program: what it costs, what is kept, and what it may do wrong.

use super::support::{Ran, copy_of, fixtures, run, run_with};
use serde_json::Value;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// The audit's collections with a teacher that is asked, and its candidates from a run.
fn place(command: &str) -> TempDir {
    let folder = copy_of("audit");
    for name in ["fake.py", "with_server.py"] {
        fs::copy(fixtures().join("teacher-command").join(name), folder.path().join(name)).unwrap();
    }
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/examples/ask.py");
    fs::copy(example, folder.path().join("ask.py")).unwrap();
    let honest = fs::read_to_string(folder.path().join("honest.toml")).unwrap();
    let first_stage = "[first-stage]\nrun = \"runs/before/{collection}.run\"\n";
    let scores = "scores = \"runs/teacher-honest/{collection}.run\"";
    let asked = honest.replacen(scores, command, 1) + first_stage;
    assert!(asked.contains(command));
    fs::write(folder.path().join("asked.toml"), asked).unwrap();
    fs::write(folder.path().join("files.toml"), honest + first_stage).unwrap();
    folder
}

fn check(folder: &TempDir, args: &[&str]) -> Ran {
    check_config(folder, "asked.toml", args)
}

fn check_config(folder: &TempDir, config: &str, args: &[&str]) -> Ran {
    let always = ["check", "--config", config, "--threads", "1", "--cache-dir", "cache"];
    run(folder.path(), &[&always[..], args].concat())
}

fn report(folder: &TempDir) -> Value {
    let text = fs::read_to_string(folder.path().join("distilgate-report/report.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Pairs that the fake has answered so far.
fn calls(folder: &TempDir) -> usize {
    fs::read_to_string(folder.path().join("calls")).unwrap_or_default().len()
}

const FAKE: &str = "command = [\"python3\", \"fake.py\"]";

/// Pairs of all collections together.
const PAIRS: usize = 1770;

#[test]
fn a_program_that_gives_the_scores_of_a_file_gives_its_numbers() {
    let folder = place(FAKE);
    let asked = check(&folder, &[]);
    assert!(asked.stderr.contains("asking the teacher's command: 1770 pairs: 1770 to ask, roughly"), "{}", asked.all());
    let of_program = report(&folder);
    let files = check_config(&folder, "files.toml", &[]);
    assert_eq!((asked.code, of_program["outcomes"].clone()), (files.code, report(&folder)["outcomes"].clone()));
    let arms = of_program["arms"].as_array().unwrap();
    let teacher = arms.iter().find(|arm| arm["name"] == "teacher").unwrap();
    assert_eq!(teacher["source"], "the command python3 fake.py");
    assert_eq!(calls(&folder), PAIRS);
}

#[test]
fn asking_twice_costs_once_and_changes_no_byte() {
    let folder = place(FAKE);
    let bytes = || fs::read(folder.path().join("distilgate-report/report.json")).unwrap();
    let first = check(&folder, &[]);
    let (code, report) = (first.code, bytes());
    let again = check(&folder, &[]);
    assert_eq!((again.code, calls(&folder)), (code, PAIRS));
    assert!(report == bytes(), "the cache changes the report");
    assert!(again.stderr.contains("1770 pairs, all answered before: nothing to ask"), "{}", again.all());
}

#[test]
fn the_example_script_asks_an_api() {
    let folder = place("command = [\"python3\", \"with_server.py\", \"ask.py\"]\n[gate]\nqueries = 12");
    let ran = check(&folder, &[]);
    assert!([0, 1, 3].contains(&ran.code), "{}", ran.all());
    assert!(ran.stderr.contains("600 to ask"), "{}", ran.all());
    // Without the API everything is kept; what is new has no answer.
    let text = fs::read_to_string(folder.path().join("asked.toml")).unwrap();
    fs::write(folder.path().join("asked.toml"), text.replace("queries = 12", "queries = 13")).unwrap();
    fs::write(folder.path().join("with_server.py"), "import runpy, sys\nrunpy.run_path(sys.argv[1])\n").unwrap();
    let always = ["check", "--config", "asked.toml", "--cache-dir", "cache"];
    let ran = run_with(folder.path(), &always, &[("RERANK_URL", "http://127.0.0.1:9/")]);
    assert!(ran.stderr.contains("650 pairs, 600 of them answered before: 50 to ask"), "{}", ran.all());
    assert!(
        ran.stdout.contains("teacher on archive-2019: 1 of 13 queries lack scores (10 pairs of 130)"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_teacher_that_dies_is_taken_up_where_it_was() {
    let folder = place("command = [\"python3\", \"fake.py\", \"die\"]\nretries = 1");
    let ran = check(&folder, &[]);
    assert_eq!((ran.code, calls(&folder)), (4, 200), "{}", ran.all());
    let part = "error: teacher command `python3 fake.py die` died (exit status: 1): 200 of 360 pairs of archive-2019";
    assert!(ran.stderr.contains(part) && ran.stderr.contains("out of credit"), "{}", ran.stderr);
    assert!(!folder.path().join("distilgate-report/report.json").exists());
    // Each run is a further step; what was answered is never asked again.
    for _ in 0..20 {
        if check(&folder, &[]).code != 4 {
            break;
        }
    }
    assert_eq!(calls(&folder), PAIRS);
}

#[test]
fn a_check_that_is_killed_goes_on_where_it_was() {
    let folder = place("command = [\"python3\", \"fake.py\", \"slow\"]");
    let mut first = std::process::Command::new(assert_cmd::cargo::cargo_bin("distilgate"))
        .args(["check", "--config", "asked.toml", "--cache-dir", "cache", "--quiet"])
        .current_dir(folder.path())
        .spawn()
        .unwrap();
    while calls(&folder) < 100 && first.try_wait().unwrap().is_none() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    first.kill().unwrap();
    first.wait().unwrap();
    let ran = check(&folder, &[]);
    assert!(ran.stderr.contains("answered before"), "{}", ran.all());
    // What was on its way when the check died was answered once more: some pairs, not what a pipe holds.
    let calls = calls(&folder);
    assert!((PAIRS..PAIRS + 200).contains(&calls), "{calls} calls for {PAIRS} pairs");
}

#[test]
fn the_cost_is_said_and_bounded_before_the_first_call() {
    let folder = place(FAKE);
    let dry = check(&folder, &["--dry-run"]);
    assert!(dry.stdout.contains("the teacher's command: 1770 pairs: 1770 to ask, roughly 42"), "{}", dry.all());
    let ran = check(&folder, &["--max-calls", "1769"]);
    assert_eq!((ran.code, calls(&folder)), (2, 0), "{}", ran.all());
    assert!(ran.stderr.contains("asked.toml:2: max-calls is 1769, and the teacher's command"), "{}", ran.stderr);
    let dry = check(&folder, &["--dry-run", "--max-calls", "1769"]);
    assert!(dry.stdout.contains("more than max-calls = 1769 allows"), "{}", dry.all());
    assert_ne!(check(&folder, &["--max-calls", "1770"]).code, 2);
    let dry = check(&folder, &["--dry-run", "--max-calls", "0"]);
    assert!(dry.stdout.contains("1770 pairs, all answered before: nothing to ask"), "{}", dry.all());
    let ran = check_config(&folder, "files.toml", &["--max-calls", "5"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("--max-calls is for a teacher with a `command`"), "{}", ran.stderr);
}

#[test]
fn a_pair_without_an_answer_is_missing_and_said() {
    let folder = place("command = [\"python3\", \"fake.py\", \"skip\"]");
    let ran = check(&folder, &[]);
    assert!(ran.stderr.contains("asking again for 1 pairs of archive-2019"), "{}", ran.all());
    let part = "warn incomplete-scores teacher on archive-2019: 1 of 36 queries lack scores (1 pair of 360)";
    assert!(ran.stdout.contains(part), "{}", ran.stdout);
    assert_eq!(report(&folder)["outcomes"][2]["collections"][0]["queries"], 35);
}

#[test]
fn repeats_are_seeds_and_their_spread_is_part_of_the_bounds() {
    let noisy = place("command = [\"python3\", \"fake.py\", \"noisy\"]\nrepeats = 3");
    let ran = check(&noisy, &[]);
    assert!(ran.stderr.contains("5310 pairs: 5310 to ask"), "{}", ran.all());
    let of_noisy = report(&noisy);
    let teacher = of_noisy["arms"].as_array().unwrap().iter().find(|arm| arm["name"] == "teacher").unwrap();
    assert_eq!((teacher["seeds"].as_u64(), calls(&noisy)), (Some(3), 3 * PAIRS));
    assert!(noisy.path().join("distilgate-report/runs/teacher/archive-2019.3.run").exists());
    let steady = place("command = [\"python3\", \"fake.py\"]\nrepeats = 2");
    let ran = check(&steady, &[]);
    assert!(ran.stdout.contains("two of its repeats order all of 36 queries alike"), "{}", ran.stdout);
    assert!(ran.stdout.contains("repeats = 1 costs less"), "{}", ran.stdout);
}

#[test]
fn grades_with_many_ties_are_compared_as_they_are() {
    let folder = place("command = [\"python3\", \"fake.py\", \"grades\"]\ngives = \"grades\"");
    let ran = check(&folder, &[]);
    let residual = &report(&folder)["outcomes"][2];
    assert_eq!(residual["name"], "label residual of the teacher");
    assert_eq!(residual["collections"].as_array().unwrap().len(), 5, "{}", ran.stdout);
    assert!(!ran.stdout.contains("bounded-scores teacher") && !ran.stdout.contains("mixed-scales"), "{}", ran.stdout);
}

#[test]
fn an_order_is_asked_list_by_list() {
    let folder = place("command = [\"python3\", \"fake.py\", \"skip\"]\ngives = \"order\"");
    let ran = check(&folder, &[]);
    // The query that lacks a pair is asked anew as a whole, twice.
    assert!(ran.stderr.contains("asking again for 10 pairs of archive-2019"), "{}", ran.all());
    assert_eq!(calls(&folder), PAIRS - 5 + 2 * 9 * 5);
    let part = "incomplete-scores teacher on archive-2019: 1 of 36 queries lack scores (10 pairs of 360)";
    assert!(ran.stdout.contains(part), "{}", ran.stdout);
}

#[test]
fn equal_scores_and_two_scales_are_said() {
    let folder = place("command = [\"python3\", \"fake.py\", \"flat\"]");
    let ran = check(&folder, &["--verbose"]);
    let part = "note flat-scores teacher on archive-2019: all documents of 1 query have one score";
    assert!(ran.stdout.contains(part), "{}", ran.stdout);
    assert_eq!(report(&folder)["outcomes"][2]["collections"][0]["queries"], 35);
    let folder = place("command = [\"python3\", \"fake.py\", \"zero\"]");
    let ran = check(&folder, &[]);
    let part = "only 0 queries can be used, 10 are needed; 36 get the same score for all candidates";
    assert!(ran.stdout.contains(part), "{}", ran.stdout);
    assert_eq!(report(&folder)["verdict"], "gains-agree", "the teacher was not tested");
    let folder = place("command = [\"python3\", \"fake.py\", \"mixed\"]");
    let ran = check(&folder, &[]);
    let part = "warn mixed-scales teacher on archive-2019: 35 queries with scores from 0 to 1, as probabilities are, beside 1 query";
    assert!(ran.stdout.contains(part), "{}", ran.stdout);
}

#[test]
fn answers_from_before_the_program_changed_are_said() {
    let folder = place(FAKE);
    check(&folder, &[]);
    let path = folder.path().join("fake.py");
    fs::write(&path, fs::read_to_string(&path).unwrap() + "\n# mended\n").unwrap();
    let ran = check(&folder, &[]);
    assert_eq!(calls(&folder), PAIRS);
    let part = "not checked: whether the teacher's command would still give 1770 of its 1770 answers";
    assert!(ran.stdout.contains(part), "{}", ran.stdout);
    let text = fs::read_to_string(folder.path().join("asked.toml")).unwrap();
    fs::write(folder.path().join("asked.toml"), text.replace("honest teacher", "honest teacher 2")).unwrap();
    check(&folder, &[]);
    assert_eq!(calls(&folder), 2 * PAIRS);
}

#[test]
fn a_program_that_is_not_there_is_said_with_its_name() {
    let folder = place("command = [\"no-such-teacher\"]");
    let ran = check(&folder, &[]);
    assert_eq!(ran.code, 2);
    let part = "the teacher command \"no-such-teacher\" cannot be started: there is no such program";
    assert!(ran.stderr.contains(part), "{}", ran.stderr);
}

#[test]
fn a_reference_that_is_the_teacher_is_refused() {
    let folder = place(FAKE);
    let teach = |from: &str, to: &str, config: &str| {
        let text = fs::read_to_string(folder.path().join(config)).unwrap();
        assert!(text.contains(from));
        fs::write(folder.path().join("same.toml"), text.replace(from, to)).unwrap();
        check_config(&folder, "same.toml", &[])
    };
    let (open, own) = ("runs/reference-teacher/{collection}.run", "runs/teacher-honest/{collection}.run");
    // The same file, and a program that gives what a file has.
    for config in ["files.toml", "honest.toml", "asked.toml"] {
        let ran = teach(open, own, config);
        assert_eq!(ran.code, 2, "{config}: {}", ran.all());
        let part = "the reference open is the teacher: its scores of 36 queries of archive-2019 are the teacher's";
        assert!(ran.stderr.contains(part) && ran.stderr.contains("hide a leak"), "{config}: {}", ran.stderr);
    }
    // The same model, before it is looked whether it can be run.
    let model = format!("model = {:?}", fixtures().join("models/bi-mean").display().to_string());
    let text = fs::read_to_string(folder.path().join("asked.toml")).unwrap();
    let text = text.replace(FAKE, &model).replace(&format!("scores = {open:?}"), &model);
    fs::write(folder.path().join("models.toml"), text).unwrap();
    let ran = check_config(&folder, "models.toml", &["--offline"]);
    assert_eq!(ran.code, 2, "{}", ran.all());
    assert!(ran.stderr.contains("the reference open is the teacher: its model is the teacher's"), "{}", ran.stderr);
    // The same order from other scores is somebody else, who agrees.
    for entry in fs::read_dir(folder.path().join("runs/teacher-honest")).unwrap() {
        let path = entry.unwrap().path();
        let lines = fs::read_to_string(&path).unwrap();
        let twice = |line: &str| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let score: f64 = fields[4].parse().unwrap();
            format!("{} Q0 {} {} {} x\n", fields[0], fields[2], fields[3], 2.0 * score)
        };
        let target = folder.path().join("runs/doubled").join(path.file_name().unwrap());
        super::support::write(&target, lines.lines().map(twice).collect::<String>());
    }
    let ran = teach(open, "runs/doubled/{collection}.run", "honest.toml");
    assert_eq!(ran.code, 3, "{}", ran.all());
    assert!(ran.stdout.contains("identical-arms teacher on archive-2019"), "{}", ran.stdout);
    // A list is an order: equal numbers say no more than that; equal files do.
    let listwise = "gives = \"order\"\n[student.before]";
    let text = fs::read_to_string(folder.path().join("honest.toml")).unwrap().replace("[student.before]", listwise);
    fs::write(folder.path().join("listwise.toml"), text).unwrap();
    let ran = teach(open, own, "listwise.toml");
    assert_eq!(ran.code, 2, "{}", ran.all());
    assert!(ran.stderr.contains("its scores of archive-2019 are the teacher's file"), "{}", ran.stderr);
}

#[test]
fn a_reference_that_teaches_what_the_teacher_does_is_refused() {
    let folder = copy_of("demo");
    let text = fs::read_to_string(folder.path().join("honest.toml")).unwrap();
    let text = text.replace("training/reference-teacher.tsv.zst", "training/teacher-honest.tsv.zst");
    fs::write(folder.path().join("same.toml"), text).unwrap();
    let ran = check_config(&folder, "same.toml", &["--offline"]);
    assert_eq!(ran.code, 2, "{}", ran.all());
    assert!(ran.stderr.contains("open-ranker is the teacher: its training-scores are the teacher's"), "{}", ran.stderr);
}

#[test]
fn a_reference_that_learnt_from_the_teacher_is_warned_about() {
    let folder = place(FAKE);
    let text = fs::read_to_string(folder.path().join("honest.toml")).unwrap();
    let text = text.replace("name = \"open\"", "name = \"open\"\ndistilled-from = \"Honest Teacher\"");
    fs::write(folder.path().join("known.toml"), text).unwrap();
    let ran = check_config(&folder, "known.toml", &[]);
    let part = "warn reference-knows-teacher open: it was itself distilled from honest teacher";
    assert!(ran.stdout.contains(part), "{}", ran.stdout);
}
