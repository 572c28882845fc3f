//! `check` with `[distill]`: what is trained, what is left out, what is trained again, and every file of it.

use super::support::{Ran, copy_of, fixtures, onnx_runtime, run_with, write};
use distilgate::config::{Distill, ModelOptions};
use distilgate::distill::Recipe;
use distilgate::distill::budget::{FixedSteps, Purpose};
use distilgate::ranker::Ranker;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Training queries and documents; `t9` is a query of archive-2019 with other blanks, `t10` has equal scores.
const WORDS: [&str; 8] = ["amber", "bench", "cedar", "delta", "ember", "fjord", "grove", "harbor"];
const DOCUMENTS: usize = 5;

/// The small collections with training data beside them, a cache of its own, and ONNX Runtime where other tests have it.
pub struct Project {
    folder: TempDir,
    pub library: String,
}

impl Project {
    pub fn new(config: &str) -> Project {
        let folder = copy_of("audit");
        training_data(folder.path());
        let library = onnx_runtime(folder.path());
        let project = Project { library, folder };
        project.configure(config);
        project
    }

    /// Writes the configuration: `config` and the collections.
    fn configure(&self, config: &str) {
        let audit = fs::read_to_string(self.path().join("honest.toml")).unwrap();
        let collections = &audit[audit.find("[[collection]]").unwrap()..];
        let gate = "[gate]\nqueries = 12\n[first-stage]\nrun = \"runs/before/{collection}.run\"\n";
        write(&self.path().join("distilgate.toml"), format!("{config}{gate}{collections}"));
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn check(&self, args: &[&str]) -> Ran {
        let cache = self.path().join("cache");
        let env =
            [("DISTILGATE_CACHE_DIR", cache.to_str().unwrap()), ("DISTILGATE_ONNXRUNTIME", self.library.as_str())];
        run_with(self.path(), &[&["check", "--threads", "1"], args].concat(), &env)
    }

    /// The same where nothing can be trained or scored: there is no ONNX Runtime.
    fn check_without_onnx_runtime(&self) -> Ran {
        let cache = self.path().join("cache");
        let env = [
            ("DISTILGATE_CACHE_DIR", cache.to_str().unwrap()),
            ("DISTILGATE_ONNXRUNTIME", ""),
            ("ORT_DYLIB_PATH", ""),
            ("PATH", ""),
        ];
        run_with(self.path(), &["check", "--threads", "1", "--offline"], &env)
    }

    fn report(&self) -> Value {
        let text = fs::read_to_string(self.path().join("distilgate-report/report.json")).unwrap();
        serde_json::from_str(&text).unwrap()
    }

    /// Students in the cache.
    fn cached(&self) -> usize {
        models(&self.path().join("cache")).len()
    }

    /// Students in the report, as `ARM/seed-N`.
    pub fn students(&self) -> Vec<String> {
        let root = self.path().join("distilgate-report/students");
        let mut names: Vec<String> = models(&root)
            .iter()
            .map(|path| {
                path.strip_prefix(&root)
                    .unwrap()
                    .iter()
                    .take(2)
                    .map(|p| p.to_string_lossy())
                    .collect::<Vec<_>>()
                    .join("/")
            })
            .collect();
        names.sort();
        names
    }
}

/// Every `model.onnx` below a folder.
fn models(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut found = Vec::new();
    for path in entries.map(|entry| entry.unwrap().path()) {
        match path.is_dir() {
            true => found.extend(models(&path)),
            false if path.ends_with("model.onnx") => found.push(path),
            false => {}
        }
    }
    found
}

fn training_data(folder: &Path) {
    let test = fs::read_to_string(folder.join("collections/archive-2019/queries.jsonl")).unwrap();
    let test: Value = serde_json::from_str(test.lines().next().unwrap()).unwrap();
    let (mut queries, mut corpus, mut scores, mut open, mut qrels) =
        <(String, String, String, String, String)>::default();
    for (q, word) in (1..).zip(WORDS.iter().chain(&["the test", "tundra"])) {
        let text =
            if q == 9 { test["text"].as_str().unwrap().to_uppercase().replace(' ', "  ") } else { (*word).to_owned() };
        queries += &format!("t{q}\t{text}\n");
        for d in 1..=DOCUMENTS {
            corpus += &format!("t{q}d{d}\t{} {word} {}\n", WORDS[(q + d) % 8], WORDS[(q * d) % 8]);
            let score = if q == 10 { 1.0 } else { ((q * 7 + d * 3) % 11) as f64 / 10.0 };
            scores += &format!("t{q}\tt{q}d{d}\t{score}\n");
            open += &format!("t{q}\tt{q}d{d}\t{}\n", (q * 5 + d * 2) % 7);
        }
        qrels += &format!("t{q} 0 t{q}d1 1\n");
    }
    for (name, text) in [
        ("queries.tsv", queries),
        ("corpus.tsv", corpus),
        ("teacher.tsv", scores),
        ("open.tsv", open),
        ("qrels.txt", qrels),
    ] {
        write(&folder.join("distill").join(name), text);
    }
}

pub fn model(name: &str) -> String {
    format!("{:?}", fixtures().join("models").join(name).display().to_string())
}

pub fn config(before: &str, more: &str) -> String {
    format!(
        "[teacher]\nname = \"t\"\ntraining-cutoff = 2023-10-01\nscores = \"runs/teacher-honest/{{collection}}.run\"\n\
         [student.before]\nmodel = {}\n{more}\
         [distill]\nqueries = \"distill/queries.tsv\"\ncorpus = \"distill/corpus.tsv\"\nscores = \"distill/teacher.tsv\"\n\
         qrels = \"distill/qrels.txt\"\nsteps = 2\ngroups = 2\ncandidates = 3\nseeds = [1, 5]\n",
        model(before)
    )
}

pub const REFERENCES: &str = "[[reference]]\nname = \"open\"\nscores = \"runs/reference-teacher/{collection}.run\"\n\
     training-scores = \"distill/open.tsv\"\n\
     [[reference]]\nname = \"bm25\"\nkind = \"bm25\"\n[[reference]]\nname = \"labels\"\nkind = \"labels\"\n";

#[test]
fn every_arm_is_trained_once_and_all_of_it_is_told() {
    let tiny = format!("[[reference]]\nname = \"tiny\"\nmodel = {}\n", model("bi-mean"));
    let project = Project::new(&config("cross-one", &format!("{REFERENCES}{tiny}")));
    let ran = project.check(&[]);
    assert!([0, 1, 3].contains(&ran.code), "{}", ran.all());
    assert!(
        ran.stderr.contains("training reference.bm25, seed 5 (6 of 10)\n"),
        "a log shows how far it is: {}",
        ran.stderr
    );
    let report = project.report();
    let arms: Vec<&str> =
        report["training"]["arms"].as_array().unwrap().iter().map(|a| a["name"].as_str().unwrap()).collect();
    assert_eq!(arms, ["after", "reference.open", "reference.bm25", "reference.labels", "reference.tiny"]);
    assert_eq!(report["training"]["test_copies"][0]["query"], "t9");
    assert_eq!(
        (&report["training"]["arms"][0]["queries"], &report["training"]["arms"][0]["equal_scores"]),
        (&8.into(), &1.into())
    );
    let after = report["arms"].as_array().unwrap().iter().find(|arm| arm["name"] == "after").unwrap();
    assert_eq!(after["seeds"], 2);
    assert!(ran.stdout.contains("warn query-overlap archive-2019: 1 of its queries"), "{}", ran.stdout);
    let expected: Vec<String> = ["after", "reference.bm25", "reference.labels", "reference.open", "reference.tiny"]
        .iter()
        .flat_map(|arm| ["seed-1", "seed-5"].map(|seed| format!("{arm}/{seed}")))
        .collect();
    assert_eq!((project.students(), project.cached()), (expected, 10));

    let run = project.path().join("distilgate-report/runs/reference.open/archive-2019.5.run");
    assert!(run.exists(), "runs of a student are named by its seed");

    // Everything is in the cache: nothing is trained or scored, and the report is the same.
    let bytes = |name: &str| fs::read(project.path().join("distilgate-report").join(name)).unwrap();
    let (json, summary) = (bytes("report.json"), bytes("summary.md"));
    let again = project.check_without_onnx_runtime();
    assert_eq!(again.stdout, ran.stdout, "{}", again.all());
    assert!(json == bytes("report.json") && summary == bytes("summary.md"), "the cache changes the report");

    // Other scores of one reference: its two students are trained, and no other.
    let open = project.path().join("distill/open.tsv");
    fs::write(&open, fs::read_to_string(&open).unwrap().replace("t1\tt1d1\t0", "t1\tt1d1\t9")).unwrap();
    project.check(&[]);
    assert_eq!(project.cached(), 12);
}

#[test]
fn a_new_student_that_ships_trains_nothing() {
    let shipped = |name: &str| format!("[student.after]\nmodel = {}\n{REFERENCES}", model(name));
    let project = Project::new(&config("cross-one", &shipped("cross-two")));
    let ran = project.check(&[]);
    assert!([0, 1, 3].contains(&ran.code), "{}", ran.all());
    assert!(project.students().contains(&"redistilled/seed-1".to_owned()), "{:?}", project.students());
    let trained = project.cached();
    project.configure(&config("cross-one", &shipped("bi-prompts")));
    project.check(&[]);
    assert_eq!(project.cached(), trained);

    // Without [distill] there is nothing to train, and students of earlier audits go.
    let text = config(
        "cross-one",
        &format!(
            "[student.after]\nmodel = {}\n[[reference]]\nname = \"open\"\nruns = \"runs/reference-student/{{collection}}.1.run\"\n",
            model("cross-two")
        ),
    );
    project.configure(&text[..text.find("[distill]").unwrap()]);
    let ran = project.check(&[]);
    assert!(project.report()["training"].is_null() && project.students().is_empty(), "{}", ran.all());
}

#[test]
fn further_losses_make_students_that_are_shown_and_decide_nothing() {
    let bm25 = "[[reference]]\nname = \"bm25\"\nkind = \"bm25\"\n";
    let alone = config("cross-one", bm25);
    let project = Project::new(&format!("{alone}also = [\"ranknet\", \"kl + 0.1 lce\"]\n"));
    let ran = project.check(&[]);
    let with_others = project.report();
    let trained: Vec<(&str, &str)> = with_others["training"]["arms"]
        .as_array()
        .unwrap()
        .iter()
        .map(|arm| (arm["name"].as_str().unwrap(), arm["loss"].as_str().unwrap()))
        .collect();
    let losses = [("", "margin-mse"), ("+ranknet", "ranknet"), ("+kl+0.1-lce", "kl + 0.1 lce")];
    let expected: Vec<(String, &str)> = ["after", "reference.bm25"]
        .iter()
        .flat_map(|arm| losses.map(|(behind, loss)| (format!("{arm}{behind}"), loss)))
        .collect();
    assert_eq!(trained, expected.iter().map(|(name, loss)| (name.as_str(), *loss)).collect::<Vec<_>>());
    let arm = |name: &str| with_others["arms"].as_array().unwrap().iter().find(|arm| arm["name"] == name).cloned();
    let (first, other) = (arm("after").unwrap(), arm("after+ranknet").unwrap());
    assert_eq!(other["seeds"], 2, "{}", ran.all());
    assert_ne!(first["collections"], other["collections"], "another loss makes another student");
    assert!(project.path().join("distilgate-report/runs/after+ranknet/archive-2019.1.run").exists());

    project.configure(&alone);
    project.check(&[]);
    assert_eq!(project.cached(), 12);
    let report = project.report();
    for decided in ["outcomes", "verdict", "result", "sentence"] {
        assert_eq!(report[decided], with_others[decided]);
    }
}

#[test]
fn a_dry_run_says_what_would_be_trained() {
    let project = Project::new(&config("bi-mean", REFERENCES));
    // One query with a single scored document, from which no group can be made.
    let path = project.path().join("distill/teacher.tsv");
    let scores = fs::read_to_string(&path).unwrap();
    let kept = scores.lines().filter(|line| !line.starts_with("t8\t") || line.contains("\tt8d1\t"));
    fs::write(&path, kept.map(|line| format!("{line}\n")).collect::<String>()).unwrap();
    let ran = project.check(&["--dry-run"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    let said = "8 students to train: 4 arms, 2 seeds, 2 steps each, 6 pairs in a step, 7 training queries (left out of 10: test queries 1, with fewer than 3 scored documents 1, with equal scores 1)";
    assert!(ran.stdout.contains(said), "{}", ran.stdout);
    assert_eq!(project.cached(), 0);
}

#[test]
fn training_data_that_cannot_be_used_is_said_before_anything_runs() {
    for (file, from, to, part) in [
        ("teacher.tsv", "t1\tt1d1\t", "t77\tt1d1\t", "1 of the 11 queries that are scored have no text in"),
        ("corpus.tsv", "t1d1\t", "lost\t", "1 of the 40 documents that are scored have no text in"),
        ("open.tsv", "t", "x", "what reference.open learns from: none of the 8 training queries can be used"),
    ] {
        let project = Project::new(&config("cross-one", REFERENCES));
        let path = project.path().join("distill").join(file);
        fs::write(&path, fs::read_to_string(&path).unwrap().replace(from, to)).unwrap();
        let ran = project.check(&[]);
        assert_eq!(ran.code, 2, "{}", ran.all());
        assert!(ran.stderr.contains(part), "{}", ran.stderr);
        assert_eq!(project.cached(), 0);
    }
}

#[test]
fn a_student_may_be_a_file_of_any_name() {
    let project = Project::new("");
    let folder = project.path().join("student");
    for name in ["tokenizer.json", "tokenizer_config.json", "config.json"] {
        write(&folder.join(name), fs::read(fixtures().join("models/cross-one").join(name)).unwrap());
    }
    write(&folder.join("base.onnx"), fs::read(fixtures().join("models/cross-one/model.onnx")).unwrap());
    let text = config("cross-one", "").replace(&model("cross-one"), "\"student/base.onnx\"");
    project.configure(&text);
    let ran = project.check(&[]);
    assert!([0, 1, 3].contains(&ran.code), "{}", ran.all());
}

#[test]
fn a_reference_without_scores_of_the_training_pairs_is_not_trained_and_that_is_said() {
    let reference = "[[reference]]\nname = \"open\"\nscores = \"runs/reference-teacher/{collection}.run\"\n";
    let project = Project::new(&config("bi-mean", reference));
    let ran = project.check(&[]);
    assert!(
        ran.stdout.contains("not checked: a student of open: its scores of the training pairs were not given"),
        "{}",
        ran.all()
    );
    assert_eq!(project.students(), ["after/seed-1", "after/seed-5"]);
}

#[test]
fn a_budget_that_was_fixed_is_what_later_runs_train() {
    let text = config("cross-one", "").replace("steps = 2", "budget = \"10m\"");
    let project = Project::new(&text);
    let ran = project.check(&["--dry-run"]);
    assert!(ran.stdout.contains("not measured yet"), "{}", ran.all());

    // What measuring on another machine came to: two students of the teacher.
    let options = ModelOptions::default();
    let student = Ranker::check(&fixtures().join("models/cross-one"), &options).unwrap().digest;
    let distill = Distill { groups: 2, candidates: 3, ..Distill::default() };
    let purpose = Purpose { student, recipe: &Recipe::of(&distill, 1), trainings: 2, budget: "10m".parse().unwrap() };
    let mut fixed = FixedSteps::of_config(&project.path().join("distilgate.toml")).unwrap();
    fixed.fix(&purpose, 3).unwrap();
    let file = fs::read_to_string(project.path().join("distilgate.steps.json")).unwrap();

    let ran = project.check(&["--dry-run"]);
    assert!(ran.stdout.contains("2 students to train: 1 arms, 2 seeds, 3 steps each"), "{}", ran.all());
    let ran = project.check(&[]);
    assert_eq!(project.report()["training"]["steps"], 3, "{}", ran.all());
    assert_eq!(fs::read_to_string(project.path().join("distilgate.steps.json")).unwrap(), file);

    // A file that was spoilt is not measured over in silence.
    fs::write(project.path().join("distilgate.steps.json"), "<<<<<<< HEAD").unwrap();
    let ran = project.check(&[]);
    assert!(ran.code == 2 && ran.stderr.contains("no list of steps"), "{}", ran.all());
}

#[test]
fn a_device_that_the_library_does_not_know_is_said_with_what_to_do() {
    let project = Project::new(&config("cross-one", ""));
    let ran = project.check(&["--device", "cuda"]);
    // A machine that has an accelerator, and the library for it, trains on it.
    let knows = fs::metadata(Path::new(&project.library).with_file_name("libonnxruntime_providers_cuda.so")).is_ok();
    if !knows {
        assert_eq!(ran.code, 4, "{}", ran.all());
        for said in ["cannot compute on the device cuda", "onnxruntime-gpu", "leave out --device"] {
            assert!(ran.stderr.contains(said), "{}", ran.stderr);
        }
    }
    let ran = project.check(&["--device", "gpu"]);
    assert!(ran.code == 2 && ran.stderr.contains("cpu or cuda"), "{}", ran.all());
}
