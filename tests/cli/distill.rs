//! `distill` as its users run it: killed and gone on with, twice at once, on a full disk, and with what it cannot use.

use super::support::{Ran, fixtures, onnx_runtime, run_with, scratch, write};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;
use tempfile::TempDir;

const WORDS: [&str; 8] = ["cat", "dog", "sun", "moon", "plant", "sugar", "water", "light"];

/// A folder with training data and a cache of its own.
pub struct Lesson {
    folder: TempDir,
    pub library: String,
}

impl Lesson {
    pub fn new() -> Lesson {
        let folder = scratch();
        let (mut queries, mut corpus, mut scores) = <(String, String, String)>::default();
        for (q, word) in WORDS.iter().take(5).enumerate() {
            queries += &format!("q{q}\twhat is the {word}\n");
            for (d, other) in WORDS.iter().enumerate().take(6) {
                scores += &format!("q{q}\td{d}\t{}\n", (q * 5 + d * 7) % 11);
                if q == 0 {
                    corpus += &format!("d{d}\tthe {other} and the {}\n", WORDS[(d * 3 + 2) % 8]);
                }
            }
        }
        for (name, text) in [("queries.tsv", queries), ("corpus.tsv", corpus), ("scores.tsv", scores)] {
            write(&folder.path().join(name), text);
        }
        let library = onnx_runtime(folder.path());
        Lesson { folder, library }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn cache(&self) -> PathBuf {
        self.path().join("cache")
    }

    /// The command line that trains a model of the fixtures, and what is added to it.
    fn args(&self, student: &Path, out: &str, more: &[&str]) -> Vec<String> {
        let student = student.display().to_string();
        let usual =
            ["--student", &student, "--queries", "queries.tsv", "--corpus", "corpus.tsv", "--scores", "scores.tsv"];
        let small = ["--out", out, "--groups", "2", "--candidates", "4", "--threads", "2"];
        let steps: &[&str] = if more.contains(&"--steps") { &[] } else { &["--steps", "12"] };
        [&["distill"], &usual[..], &small, steps, more].concat().iter().map(ToString::to_string).collect()
    }

    pub fn train(&self, student: &str, out: &str, more: &[&str]) -> Ran {
        self.train_folder(&fixtures().join("models").join(student), out, more)
    }

    fn train_folder(&self, student: &Path, out: &str, more: &[&str]) -> Ran {
        let (cache, args) = (self.cache(), self.args(student, out, more));
        let env = [("DISTILGATE_CACHE_DIR", cache.to_str().unwrap()), ("DISTILGATE_ONNXRUNTIME", &self.library)];
        run_with(self.path(), &args.iter().map(String::as_str).collect::<Vec<_>>(), &env)
    }

    /// The same in a process of its own that keeps its state after every step.
    fn start(&self, cache: &Path, student: &str, out: &str, more: &[&str]) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_distilgate"));
        command.args(self.args(&fixtures().join("models").join(student), out, more)).current_dir(self.path());
        command.env("DISTILGATE_CACHE_DIR", cache).env("DISTILGATE_ONNXRUNTIME", &self.library);
        command.env("DISTILGATE_CHECKPOINT_SECONDS", "0").stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().unwrap()
    }

    /// What is refused leaves neither a student in the cache nor a folder.
    fn refused(&self, ran: &Ran, code: i32, parts: &[&str]) {
        assert_eq!(ran.code, code, "{}", ran.all());
        for part in parts {
            assert!(ran.stderr.contains(part), "{part} is not in: {}", ran.stderr);
        }
        assert!(ran.stderr.contains("help: "), "{}", ran.stderr);
        assert!(students(&self.cache()).is_empty(), "{:?}", students(&self.cache()));
        assert!(!self.path().join("out").exists());
    }
}

/// What lies in the folder of students, whole or not.
fn students(cache: &Path) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(cache.join("students")).map(|entries| entries.map(|entry| entry.unwrap().path()).collect());
    entries.unwrap_or_default()
}

/// The only checkpoint of a cache.
fn checkpoint(cache: &Path) -> Option<PathBuf> {
    let mut folders = fs::read_dir(cache.join("checkpoints")).ok()?.flatten();
    folders.find_map(|folder| {
        let files = fs::read_dir(folder.path()).ok()?.flatten().map(|file| file.path());
        files.filter(|file| !file.to_string_lossy().ends_with(".part")).find(|file| file.is_file())
    })
}

/// The step after which the checkpoint of a cache was kept.
fn kept_step(cache: &Path) -> Option<usize> {
    let bytes = fs::read(checkpoint(cache)?).ok()?;
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).into_owned();
    let digits: String = text.split("\"step\":").nth(1)?.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

fn model(folder: &Path) -> Vec<u8> {
    fs::read(folder.join("model.onnx")).unwrap()
}

#[test]
fn killed_at_any_step_it_goes_on_and_ends_with_the_same_bytes() {
    let lesson = Lesson::new();
    let steps = ["--steps", "40"];
    let ran = lesson.train("cross-one", "undisturbed", &steps);
    assert_eq!(ran.code, 0, "{}", ran.all());
    assert!(checkpoint(&lesson.cache()).is_none());
    let expected = model(&lesson.path().join("undisturbed"));

    let cache = lesson.path().join("other-cache");
    let mut last = 0;
    for beyond in [1, 3, 9] {
        let mut child = lesson.start(&cache, "cross-one", "killed", &steps);
        loop {
            if let Some(step) = kept_step(&cache) {
                assert!(step >= last, "it began anew: step {step} after {last}");
                if step >= last + beyond {
                    break;
                }
            }
            if child.try_wait().unwrap().is_some() {
                break;
            }
            sleep(Duration::from_millis(1));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        last = kept_step(&cache).expect("it was killed in between");
        eprintln!("killed after step {last}");
        assert!(students(&cache).is_empty() && !lesson.path().join("killed").exists());
    }

    // A checkpoint that is not whole is none, and training begins anew.
    let damaged = lesson.path().join("damaged-cache");
    let target = damaged.join(checkpoint(&cache).unwrap().strip_prefix(&cache).unwrap());
    let mut bytes = fs::read(checkpoint(&cache).unwrap()).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    write(&target, bytes);
    for (cache, out) in [(&cache, "killed"), (&damaged, "from-damaged")] {
        assert!(lesson.start(cache, "cross-one", out, &steps).wait().unwrap().success());
        assert!(model(&lesson.path().join(out)) == expected, "{out}");
        assert!(checkpoint(cache).is_none(), "what is finished needs no checkpoint");
    }
}

#[test]
fn two_at_once_on_one_cache_give_the_same_bytes() {
    let lesson = Lesson::new();
    let cache = lesson.cache();
    let mut both = ["one", "two"].map(|out| lesson.start(&cache, "bi-cls", out, &[]));
    assert!(both.iter_mut().all(|child| child.wait().unwrap().success()));
    assert!(model(&lesson.path().join("one")) == model(&lesson.path().join("two")));
    assert_eq!(students(&cache).len(), 1, "{:?}", students(&cache));
    let left = fs::read_dir(lesson.path())
        .unwrap()
        .filter(|e| e.as_ref().unwrap().file_name().to_string_lossy().starts_with('.'));
    assert_eq!(left.count(), 0);
}

#[test]
fn a_checkpoint_time_that_is_none_is_refused() {
    let lesson = Lesson::new();
    let args = lesson.args(&fixtures().join("models/cross-one"), "out", &[]);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let cache = lesson.cache();
    let env = [
        ("DISTILGATE_CACHE_DIR", cache.to_str().unwrap()),
        ("DISTILGATE_ONNXRUNTIME", lesson.library.as_str()),
        ("DISTILGATE_CHECKPOINT_SECONDS", "soon"),
    ];
    lesson.refused(&run_with(lesson.path(), &args, &env), 2, &["DISTILGATE_CHECKPOINT_SECONDS is \"soon\""]);
}

#[test]
fn a_student_is_trained_once() {
    let lesson = Lesson::new();
    let first = lesson.train("bi-mean", "first", &["--steps", "3"]);
    assert_eq!(first.code, 0, "{}", first.all());
    assert!(first.stdout.contains("3 steps of margin-mse, seed 1: loss "), "{}", first.stdout);
    assert!(first.stdout.contains("5 training queries"), "{}", first.stdout);
    let in_cache = students(&lesson.cache()).remove(0).join("onnx/model.onnx");
    let before = fs::metadata(&in_cache).unwrap().modified().unwrap();
    assert_eq!(lesson.train("bi-mean", "second", &["--steps", "3"]).code, 0);
    assert_eq!(fs::metadata(&in_cache).unwrap().modified().unwrap(), before);
    let bytes = |out: &str| fs::read(lesson.path().join(out).join("onnx/model.onnx")).unwrap();
    assert!(bytes("first") == bytes("second"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let usual = lesson.path().join("usual");
        fs::create_dir(&usual).unwrap();
        assert_eq!(
            mode(&lesson.path().join("first")),
            mode(&usual),
            "others may read it as far as they may read anything"
        );
    }
}

#[test]
fn orders_that_cannot_be_carried_out() {
    let lesson = Lesson::new();
    for (more, parts) in [
        (&["--loss", "margin_mse"][..], &["\"margin_mse\" is no loss", "did you mean margin-mse?"][..]),
        (&["--loss", "kl + 0.1 lse"], &["\"lse\" is no loss", "did you mean lce?"]),
        (&["--steps", "0"], &["distill.steps is 0"]),
        (&["--learning-rate", "0"], &["distill.learning-rate is 0"]),
        (&["--candidates", "1"], &["distill.candidates is 1"]),
        (&["--candidates", "7"], &["7", "scored documents", "distill.candidates lower"]),
        (&["--train", "head"], &["train = \"head\"", "last-1"]),
        (&["--train", "last-7"], &["train = \"last-7\": 2 layers were found"]),
        (&["--max-length", "2"], &["a maximum length of 2 leaves no room"]),
        (&["--learning-rate", "1e36"], &["training stopped at step ", "distill.learning-rate lower"]),
    ] {
        let more = if more.contains(&"--candidates") { [more, &["--groups", "2"]].concat() } else { more.to_vec() };
        lesson.refused(&lesson.train_once("bi-mean", &more), 2, parts);
    }
}

impl Lesson {
    /// The same without the flags that are given anyway.
    fn train_once(&self, student: &str, more: &[&str]) -> Ran {
        let usual = self.args(&fixtures().join("models").join(student), "out", more);
        let mut args: Vec<&str> = usual.iter().map(String::as_str).collect();
        // A flag may be given once: what the test says counts.
        for flag in more.iter().filter(|word| word.starts_with("--")) {
            let first = args.iter().position(|arg| arg == flag).unwrap();
            if args[first + 1..].contains(flag) {
                args.drain(first..first + 2);
            }
        }
        let cache = self.cache();
        let env = [("DISTILGATE_CACHE_DIR", cache.to_str().unwrap()), ("DISTILGATE_ONNXRUNTIME", &self.library)];
        run_with(self.path(), &args, &env)
    }
}

#[test]
fn nothing_is_overwritten() {
    let lesson = Lesson::new();
    write(&lesson.path().join("there/README.md"), "mine");
    let ran = lesson.train("cross-one", "there", &[]);
    lesson.refused(&ran, 2, &["there is there already", "nothing is overwritten"]);
    assert_eq!(fs::read_to_string(lesson.path().join("there/README.md")).unwrap(), "mine");
}

#[test]
fn scores_that_cannot_be_learned_from() {
    for (file, text, parts) in [
        (
            "scores.tsv",
            "q0\td0\t1\nq0\td1\t5\nq9\td0\t3\nq9\td1\t7\n",
            &["scores.tsv: ", "1 of the 2 queries that are scored have no text in queries.tsv, q9"][..],
        ),
        (
            "corpus.tsv",
            "d0\tcats\nd1\tdogs\n",
            &["scores.tsv: ", "4 of the 6 documents that are scored have no text in corpus.tsv, d2"],
        ),
        (
            "scores.tsv",
            "q0\td0\t1\nq0\td1\t1\nq0\td2\t1\nq0\td3\t1\nq1\td0\t5\nq1\td1\t5\nq1\td2\t5\nq1\td3\t5\n",
            &["scores.tsv: ", "of 2 all scores are equal"],
        ),
        ("scores.tsv", "q0\td0\tNaN\n", &["scores.tsv:1:", "NaN"]),
    ] {
        let lesson = Lesson::new();
        write(&lesson.path().join(file), text);
        lesson.refused(&lesson.train("cross-one", "out", &[]), 2, parts);
    }
}

#[test]
fn students_that_cannot_be_trained() {
    let lesson = Lesson::new();
    for (student, parts) in [
        ("bad-outside", &["bad-outside/model.onnx", "leads out of the model's folder"][..]),
        ("bad-missing", &["bad-missing/model.onnx"]),
        ("bi-prompts", &["pools by maximum", "pool by mean or cls"]),
    ] {
        lesson.refused(&lesson.train(student, "out", &[]), 2, parts);
    }
    // A graph that has operators without a gradient, with a tokenizer that is too large for it.
    let refused = fixtures().join("autodiff/refused/operators.onnx");
    let folder = lesson.path().join("operators");
    write(&folder.join("model.onnx"), fs::read(refused).unwrap());
    let tokenizer = fs::read_to_string(fixtures().join("models/bi-cls/tokenizer.json")).unwrap();
    write(&folder.join("tokenizer.json"), &tokenizer);
    write(&folder.join("tokenizer_config.json"), "{\"model_max_length\": 20}");
    let ran = lesson.train_folder(&folder, "out", &[]);
    lesson.refused(&ran, 2, &["operators/tokenizer.json: ", "ids up to 132", "40 rows", "trained with"]);
    let mut tokenizer: serde_json::Value = serde_json::from_str(&tokenizer).unwrap();
    tokenizer["model"]["vocab"].as_object_mut().unwrap().retain(|_, id| id.as_u64().unwrap() < 40);
    write(&folder.join("tokenizer.json"), tokenizer.to_string());
    let ran = lesson.train_folder(&folder, "out", &[]);
    lesson.refused(&ran, 2, &["operators/model.onnx: ", "Einsum (at \"/head/Einsum\")", "LSTM (at \"/head/LSTM\")"]);
}

/// Files that may not grow beyond a few blocks stand in for a full disk: the graph and a checkpoint are longer, the
/// configuration files beside the graph are not.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_no_half_student() {
    let lesson = Lesson::new();
    let limited = |checkpoints: &str, out: &str| {
        let program = env!("CARGO_BIN_EXE_distilgate");
        let line = format!("trap '' XFSZ; ulimit -f 100; exec '{program}' \"$@\"");
        let mut command = Command::new("sh");
        command.args(["-c", &line, "sh"]).args(lesson.args(&fixtures().join("models/cross-one"), out, &[]));
        command.current_dir(lesson.path()).env("DISTILGATE_CACHE_DIR", lesson.cache());
        command.env("DISTILGATE_ONNXRUNTIME", &lesson.library).env("DISTILGATE_CHECKPOINT_SECONDS", checkpoints);
        let output = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ran { code: output.status.code().unwrap_or(-1), stdout: text(output.stdout), stderr: text(output.stderr) }
    };
    lesson.refused(&limited("30", "out"), 4, &["saving the student: cannot write: file too large", "--cache-dir"]);
    lesson.refused(&limited("0", "out"), 4, &["the cache: cannot write: file too large", "--cache-dir"]);
    // There is room in the cache, and none where the student is wanted.
    assert_eq!(lesson.train("cross-one", "elsewhere", &[]).code, 0);
    let ran = limited("30", "out");
    assert_eq!(ran.code, 4, "{}", ran.all());
    assert!(
        ran.stderr.contains("out: cannot write: ") && ran.stderr.contains("it is not trained again"),
        "{}",
        ran.stderr
    );
    let names = fs::read_dir(lesson.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(names.filter(|name| name == "out" || name.starts_with('.')).count(), 0, "nothing half is left");
}
