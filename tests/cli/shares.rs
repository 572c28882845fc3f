//! `check --partition` and `report --merge`: shares of the work, each with a cache of its own, decide as one check does.

use super::distill_check::{Project, REFERENCES, config, model};
use super::support::{Ran, fixtures, run, run_with, write};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Options that decide, for every share and for the whole.
const OPTIONS: [&str; 9] =
    ["--today", "2026-01-02", "--max-calls", "9000", "--sarif", "-W", "query-overlap", "--threads", "1"];

/// A check of everything that takes long: a teacher that is asked, models, students, references that are given and made, files.
fn project() -> Project {
    let references = "[[reference]]\nname = \"bm25\"\nkind = \"bm25\"\n[[reference]]\nname = \"tiny\"\nmodel =";
    let asked = config("cross-one", &format!("{references} {}\n", model("bi-mean")))
        .replace("scores = \"runs/teacher-honest/{collection}.run\"", "command = [\"python3\", \"fake.py\"]");
    assert!(asked.contains("fake.py"));
    let project = Project::new(&format!("[scan]\npaths = [\"read\"]\n{asked}also = [\"ranknet\"]\n"));
    let here = project.path();
    fs::copy(fixtures().join("teacher-command/fake.py"), here.join("fake.py")).unwrap();
    let queries = fs::read_to_string(here.join("collections/archive-2019/queries.jsonl")).unwrap();
    for (number, part) in queries.lines().take(14).collect::<Vec<_>>().chunks(3).enumerate() {
        write(&here.join(format!("read/{number}.jsonl")), part.join("\n") + "\n");
        // The last query of each file stands in another file, too: it is one query, in two places.
        write(&here.join(format!("read/again-{number}.txt")), part[part.len() - 1].repeat(number + 1));
    }
    write(&here.join("read/broken.zst"), b"\x28\xb5\x2f\xfd no frame");
    project
}

fn distilgate(project: &Project, cache: &str, args: &[&str]) -> Ran {
    let cache = project.path().join(cache);
    let env = [("DISTILGATE_CACHE_DIR", cache.to_str().unwrap()), ("DISTILGATE_ONNXRUNTIME", &project.library)];
    run_with(project.path(), args, &env)
}

fn share(project: &Project, share: &str, more: &[&str]) -> Ran {
    let cache = format!("cache-{}", share.replace('/', "-"));
    let always = ["check", "--partition", share, "--report", "parts"];
    distilgate(project, &cache, &[&always[..], &OPTIONS, more].concat())
}

/// Merges where nothing can be computed: no ONNX Runtime, no teacher, none of the files that were read.
fn merge(project: &Project, parts: &[&str]) -> Ran {
    let parts: Vec<String> = parts.iter().map(|part| format!("parts/{part}")).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let env = [("DISTILGATE_ONNXRUNTIME", ""), ("ORT_DYLIB_PATH", ""), ("PATH", "")];
    run_with(project.path(), &[&["report", "--merge"], &parts[..]].concat(), &env)
}

/// Every file below a folder with its bytes.
fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap);
    let files = entries.filter(|entry| entry.file_type().is_file());
    files.map(|e| (e.path().strip_prefix(folder).unwrap().to_owned(), fs::read(e.path()).unwrap())).collect()
}

#[test]
fn shares_decide_as_one_check_does_to_the_byte() {
    let project = project();
    let here = project.path();
    let whole = distilgate(&project, "cache-whole", &[&["check"], &OPTIONS[..]].concat());
    assert!([1, 3].contains(&whole.code), "{}", whole.all());
    let expected = tree(&here.join("distilgate-report"));
    fs::remove_dir_all(here.join("distilgate-report")).unwrap();
    let calls = || fs::read(here.join("calls")).unwrap().len();
    let asked = calls();

    let did: Vec<String> = ["1/3", "2/3", "3/3"].map(|k| share(&project, k, &[])).map(|ran| ran.all()).into();
    assert!(did.iter().all(|all| all.starts_with("exit 0")), "{}", did.join("\n"));
    insta::assert_snapshot!("second_share", did[1].replace(&processor(&did[1]), "[processor]"));
    assert_eq!(calls(), 2 * asked, "one share asks the teacher, and no other");

    fs::remove_dir_all(here.join("read")).unwrap();
    let merged = merge(&project, &["part-3-of-3.json", "part-1-of-3.json", "part-2-of-3.json"]);
    assert_eq!((merged.code, &merged.stdout), (whole.code, &whole.stdout), "{}", merged.all());
    let found = tree(&here.join("distilgate-report"));
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    let other: Vec<&PathBuf> = expected.keys().filter(|path| found[*path] != expected[*path]).collect();
    assert!(other.is_empty(), "{other:?} differ");
    for name in ["report.json", "report.html", "junit.xml", "summary.md", "report.sarif", "inspection.csv"] {
        assert!(expected.contains_key(Path::new(name)), "{name}");
    }
    assert_eq!(expected.keys().filter(|path| path.ends_with("model.onnx")).count(), 12);
    let report: Value = serde_json::from_slice(&expected[Path::new("report.json")]).unwrap();
    assert_eq!(report["scan"][0]["unread"][0]["file"], "read/broken.zst");
    assert_eq!(calls(), 2 * asked);

    // A student that is not the one that was scored, and one with a link beside it, are left out of the report.
    let student = |name: &str| here.join("parts").join(name);
    fs::copy(student("part-1-of-3/after/seed-1/model.onnx"), student("part-1-of-3/after/seed-5/model.onnx")).unwrap();
    std::os::unix::fs::symlink(here.join("fake.py"), student("part-2-of-3/reference.bm25/seed-1/link")).unwrap();
    let merged = merge(&project, &["part-1-of-3.json", "part-2-of-3.json", "part-3-of-3.json"]);
    assert!(merged.code == whole.code && merged.stdout == whole.stdout, "{}", merged.all());
    for name in ["part-1-of-3/after/seed-5", "part-2-of-3/reference.bm25/seed-1"] {
        assert!(merged.stderr.contains(&format!("parts/{name} is not the student that")), "{}", merged.all());
    }
    let students = tree(&here.join("distilgate-report/students"));
    assert_eq!(students.keys().filter(|path| path.ends_with("model.onnx")).count(), 10);

    // Without the students' folders the parts decide the same; there are no weights to show.
    for part in ["part-1-of-3", "part-2-of-3", "part-3-of-3"] {
        fs::remove_dir_all(here.join("parts").join(part)).unwrap();
    }
    let merged = merge(&project, &["part-1-of-3.json", "part-2-of-3.json", "part-3-of-3.json"]);
    assert_eq!(merged.code, whole.code, "{}", merged.all());
    assert!(expected[Path::new("report.json")] == fs::read(here.join("distilgate-report/report.json")).unwrap());
    assert!(!here.join("distilgate-report/students/after").exists());

    // A student that was trained for other steps is refused, also where processors differ.
    let parts = Parts(project);
    parts.change("part-1-of-3.json", "/students/0/task", "0".repeat(64).into());
    parts.change("part-2-of-3.json", "/processor", "abacus".into());
    let refused = merge(&parts.0, &["part-1-of-3.json", "part-2-of-3.json", "part-3-of-3.json"]);
    assert!(refused.code == 2 && refused.stderr.contains("was trained from something else"), "{}", refused.all());

    // The teacher's program is read by whoever merges, and has to be the same.
    let program = parts.0.path().join("fake.py");
    fs::write(&program, fs::read_to_string(&program).unwrap() + "# another\n").unwrap();
    let refused = merge(&parts.0, &["part-1-of-3.json", "part-2-of-3.json", "part-3-of-3.json"]);
    assert!(
        refused.code == 2 && refused.stderr.contains("fake.py: this is not what share 1 of 3 read"),
        "{}",
        refused.all()
    );
}

#[test]
fn a_scan_that_makes_a_collection_suspect_moves_queries_in_every_share() {
    // Two clean collections share queries, and what was read holds the one in which they are not counted.
    let model_of = |arm: &str| format!("[student.{arm}]\nmodel = {}\n", model("bi-mean"));
    let project = Project::new(&format!(
        "[scan]\npaths = [\"read\"]\n[teacher]\nname = \"t\"\ntraining-cutoff = 2023-10-01\n{}{}",
        model_of("before"),
        model_of("after")
    ));
    let here = project.path();
    let queries = |name: &str| here.join(format!("collections/{name}/queries.jsonl"));
    let [tickets, recipes] = ["tickets-2024", "recipes-2024"].map(|name| fs::read_to_string(queries(name)).unwrap());
    let text = |line: &str| serde_json::from_str::<Value>(line).unwrap()["text"].as_str().unwrap().to_owned();
    let with = |line: &str, text: &str| {
        let mut json: Value = serde_json::from_str(line).unwrap();
        json["text"] = text.into();
        json.to_string() + "\n"
    };
    let shared: String = recipes
        .lines()
        .zip(tickets.lines())
        .enumerate()
        .map(|(n, (own, other))| if n < 8 { with(own, &text(other)) } else { format!("{own}\n") })
        .collect();
    write(&queries("recipes-2024"), &shared);
    let lines: Vec<String> = shared.lines().map(text).collect();
    write(&here.join("read/a.txt"), lines[8..].join("\n"));
    write(&here.join("read/b.txt"), "nothing of it");
    let whole = distilgate(&project, "cache-whole", &[&["check"], &OPTIONS_OF_MODELS[..]].concat());
    let report = fs::read(here.join("distilgate-report/report.json")).unwrap();
    let json: Value = serde_json::from_slice(&report).unwrap();
    let moved = |shared: &Value| shared["counted_in"] == "recipes-2024";
    assert!(json["shared_queries"].as_array().unwrap().iter().any(moved), "{}", whole.all());
    for k in ["1/2", "2/2"] {
        let cache = format!("cache-{}", &k[..1]);
        let always = ["check", "--partition", k, "--report", "parts"];
        let ran = distilgate(&project, &cache, &[&always[..], &OPTIONS_OF_MODELS].concat());
        assert!(ran.code == 0 && ran.stdout.contains("for collections share queries"), "{}", ran.all());
    }
    let merged = merge(&project, &BOTH);
    assert_eq!(merged.code, whole.code, "{}", merged.all());
    assert!(report == fs::read(here.join("distilgate-report/report.json")).unwrap());
}

const OPTIONS_OF_MODELS: [&str; 4] = ["--today", "2026-01-02", "--threads", "1"];

/// What a share says of the processor.
fn processor(said: &str) -> String {
    let after = said.split(", on ").nth(1).unwrap();
    after.split(", with --threads").next().unwrap().to_owned()
}

/// Parts of a check of finished scores, which are made in no time.
struct Parts(Project);

impl Parts {
    fn of(shares: &[&str]) -> Parts {
        let scores = "[teacher]\nname = \"t\"\ntraining-cutoff = 2023-10-01\nscores = \"runs/teacher-honest/{collection}.run\"\n\
            [[reference]]\nname = \"open\"\nscores = \"runs/reference-teacher/{collection}.run\"\n";
        let parts = Parts(Project::new(scores));
        shares.iter().for_each(|share| assert_eq!(parts.share(share, &["--threads", "1"]).code, 0));
        parts
    }

    fn share(&self, share: &str, more: &[&str]) -> Ran {
        run(
            self.0.path(),
            &[&["check", "--partition", share, "--report", "parts", "--cache-dir", "cache"], more].concat(),
        )
    }

    /// Changes a field of a part, named as in `/terms/threads`.
    fn change(&self, part: &str, field: &str, to: Value) {
        let path = self.0.path().join("parts").join(part);
        let mut json: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        *json.pointer_mut(field).unwrap() = to;
        fs::write(path, serde_json::to_vec(&json).unwrap()).unwrap();
    }

    /// The merger refuses, and there is no report.
    fn refused(&self, parts: &[&str]) -> String {
        let ran = merge(&self.0, parts);
        assert_eq!(ran.code, 2, "{}", ran.all());
        assert!(
            !self.0.path().join("distilgate-report/report.json").exists() && ran.stdout.is_empty(),
            "{}",
            ran.all()
        );
        ran.stderr
    }
}

const BOTH: [&str; 2] = ["part-1-of-2.json", "part-2-of-2.json"];

#[test]
fn parts_that_do_not_belong_together_are_refused() {
    let parts = Parts::of(&["1/2", "2/2", "1/3"]);
    let mut told = vec![
        parts.refused(&["part-1-of-2.json"]),
        parts.refused(&["part-1-of-2.json", "part-2-of-2.json", "part-1-of-2.json"]),
        parts.refused(&["part-1-of-2.json", "part-2-of-2.json", "part-1-of-3.json"]),
        parts.refused(&["part-1-of-3.json"]),
        parts.refused(&["part-1-of-2.json", "part-9-of-2.json"]),
        parts.refused(&["part-1-of-2.json", "."]),
    ];
    let whole = fs::read(parts.0.path().join("parts/part-2-of-2.json")).unwrap();
    for (field, to) in [
        ("/distilgate", "9.9.9".into()),
        ("/terms/threads", 4.into()),
        ("/terms/device", "cuda".into()),
        ("/terms/options", vec!["--dry-run"].into()),
        ("/share/of", u64::MAX.into()),
        ("/terms/options", vec!["-A", "canary"].into()),
        ("/terms/config", "0".repeat(64).into()),
        ("/onnx_runtime", "9.9.9".into()),
        ("/inputs/collections~1archive-2019~1qrels~1test.tsv", "0".repeat(64).into()),
    ] {
        parts.change("part-1-of-2.json", "/onnx_runtime", "1.22.0".into());
        parts.change("part-2-of-2.json", field, to);
        told.push(parts.refused(&BOTH));
        fs::write(parts.0.path().join("parts/part-2-of-2.json"), &whole).unwrap();
    }
    fs::write(parts.0.path().join("parts/part-2-of-2.json"), &whole[..whole.len() / 2]).unwrap();
    told.push(parts.refused(&BOTH));
    insta::assert_snapshot!("parts_refused", told.join("\n"));
}

#[test]
fn what_has_changed_since_the_shares_ran_is_refused_by_name() {
    let parts = Parts::of(&["1/2", "2/2"]);
    let qrels = parts.0.path().join("collections/archive-2019/qrels/test.tsv");
    let text = fs::read_to_string(&qrels).unwrap();
    fs::write(&qrels, format!("{text}\n")).unwrap();
    let told = parts.refused(&BOTH);
    assert!(
        told.contains("collections/archive-2019/qrels/test.tsv") && told.contains("not what share 1 of 2 read"),
        "{told}"
    );
    fs::write(&qrels, text).unwrap();
    let config = parts.0.path().join("distilgate.toml");
    let text = fs::read_to_string(&config).unwrap();
    fs::write(&config, format!("{text}\n")).unwrap();
    let told = parts.refused(&BOTH);
    assert!(told.contains("another configuration than this one") && told.contains("distilgate.toml"), "{told}");
    fs::write(&config, text).unwrap();
    assert_eq!(merge(&parts.0, &BOTH).code, 3);
}

#[test]
fn shares_of_one_project_are_not_merged_over_another() {
    let parts = Parts::of(&["1/2", "2/2"]);
    let other = Parts::of(&[]);
    let qrels = other.0.path().join("collections/archive-2019/qrels/test.tsv");
    fs::write(&qrels, fs::read_to_string(&qrels).unwrap() + "\n").unwrap();
    let args: Vec<String> =
        BOTH.iter().map(|part| parts.0.path().join("parts").join(part).display().to_string()).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let ran = run(other.0.path(), &[&["report", "--merge"], &args[..]].concat());
    assert!(ran.code == 2 && ran.stderr.contains("this is not what share 1 of 2 read"), "{}", ran.all());
    let config = other.0.path().join("distilgate.toml").display().to_string();
    let ran = run(parts.0.path(), &[&["report", "--config", &config, "--merge"], &args[..]].concat());
    assert!(ran.code == 2 && ran.stderr.contains("this is not what share 1 of 2 read"), "{}", ran.all());
    // Files that nobody here reads were another project's, too.
    parts.change("part-1-of-2.json", "/inputs", serde_json::json!({"collections/gone/corpus.jsonl": "0"}));
    let told = parts.refused(&BOTH);
    assert!(told.contains("share 1 of 2 read collections/gone/corpus.jsonl, and here nobody does"), "{told}");
}

#[test]
fn a_scan_of_other_texts_is_not_joined() {
    let parts = Parts(Project::new(
        "[scan]\npaths = [\"read\"]\n[teacher]\nname = \"t\"\nscores = \"runs/teacher-honest/{collection}.run\"\n",
    ));
    write(&parts.0.path().join("read/a.txt"), "some text");
    write(&parts.0.path().join("read/b.txt"), "another text");
    for share in ["1/2", "2/2"] {
        let ran = parts.share(share, &["--threads", "1"]);
        assert_eq!(ran.code, 0, "{}", ran.all());
    }
    parts.change("part-1-of-2.json", "/searches/0/seen/lines", u64::MAX.into());
    assert_eq!(merge(&parts.0, &BOTH).code, 3, "counts end at the largest number");
    fs::remove_dir_all(parts.0.path().join("distilgate-report")).unwrap();
    parts.change("part-2-of-2.json", "/searches/0/files", vec!["read/a.txt"].into());
    assert!(parts.refused(&BOTH).contains("share 2 of 2 saw other files in [scan] than share 1"));
    parts.change("part-2-of-2.json", "/searches/0/sought", "0".repeat(64).into());
    assert!(parts.refused(&BOTH).contains("looked for texts of other collections in [scan]"));
    parts.change("part-1-of-2.json", "/searches", Value::Array(Vec::new()));
    assert!(parts.refused(&BOTH).contains("share 1 of 2 has not searched [scan]"));
}

#[test]
fn processors_of_two_kinds_are_told() {
    let parts = Parts::of(&["1/2", "2/2"]);
    parts.change("part-2-of-2.json", "/processor", "abacus with beads".into());
    let ran = merge(&parts.0, &BOTH);
    assert_eq!(ran.code, 3, "{}", ran.all());
    assert!(ran.stdout.contains("would give the same last digits: the shares ran on"), "{}", ran.all());
    assert!(ran.stdout.contains("abacus with beads (share 2)"), "{}", ran.all());
}

#[test]
fn a_part_holds_nothing_but_what_shares_compute() {
    let parts = Parts::of(&["1/1"]);
    let entry = serde_json::json!([{"kind": "../../students", "key": "0".repeat(64), "content": "x"}]);
    parts.change("part-1-of-1.json", "/entries", entry);
    let told = parts.refused(&["part-1-of-1.json"]);
    assert!(told.contains("holds something that no share computes"), "{told}");
}

#[test]
fn a_share_says_what_it_needs() {
    let parts = Parts::of(&[]);
    let ran = parts.share("1/2", &[]);
    assert!(ran.code == 2 && ran.stderr.contains("--partition needs --threads N"), "{}", ran.all());
    let ran = parts.share("3/2", &["--threads", "1"]);
    assert!(ran.code == 2 && ran.stderr.contains("a share is K/N, as in 2/4"), "{}", ran.all());
    let ran = parts.share("1/2", &["--threads", "1", "--dry-run"]);
    assert!(ran.code == 2 && ran.stderr.contains("--dry-run"), "{}", ran.all());
    // More shares than work: some have none, and that is said.
    let ran = parts.share("7/9", &["--threads", "1"]);
    assert!(ran.code == 0 && ran.stdout.contains("nothing: there are more shares than"), "{}", ran.all());
    let ran = parts.share("1/2", &["--threads", "1", "--baseline", "nowhere.json"]);
    assert!(ran.code == 2 && ran.stderr.contains("nowhere.json"), "{}", ran.all());

    let budget = config("cross-one", REFERENCES).replace("steps = 2", "budget = \"5m\"");
    let parts = Parts(Project::new(&budget));
    let ran = parts.share("1/2", &["--threads", "1"]);
    assert!(ran.code == 2 && ran.stderr.contains("not turned into a number of steps yet"), "{}", ran.all());
    assert!(ran.stderr.contains("distilgate.steps.json") && ran.stderr.contains("distilgate.toml:"), "{}", ran.all());
}
