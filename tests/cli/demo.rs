//! `demo`: the honest teacher passes, the leaky one fails, the students are trained on the spot, and the reports lie
//! where it says.

use super::support::{Ran, copy_of, run, run_with, scratch};
use std::fs;
use std::path::Path;

/// Runs the program with a cache of the test's own, and with the ONNX Runtime that other tests have.
fn run_afresh(folder: &Path, args: &[&str]) -> Ran {
    let doctor = run(folder, &["doctor", "--format", "json"]);
    let found: serde_json::Value = serde_json::from_str(&doctor.stdout).unwrap();
    let library = found["onnx_runtime"].as_str().and_then(|text| text.rsplit(": ").next()).unwrap_or_default();
    let cache = folder.join("cache");
    run_with(folder, args, &[("DISTILGATE_CACHE_DIR", cache.to_str().unwrap()), ("DISTILGATE_ONNXRUNTIME", library)])
}

/// The demo's data with students that are hardly trained: the configurations fit the files, and the teachers' own
/// scores tell the two apart.
#[test]
fn the_data_of_the_demo_hold_what_training_and_verdict_need() {
    let folder = copy_of("demo");
    for (name, codes) in [("honest", &[0, 3][..]), ("leaky", &[1])] {
        let path = folder.path().join(format!("{name}.toml"));
        let text = fs::read_to_string(&path).unwrap();
        let short = text.replace("steps = 200", "steps = 3").replace("seeds = [1, 2, 3]", "seeds = [1, 2]");
        assert_ne!(text, short);
        fs::write(&path, short).unwrap();
        let ran = run_afresh(folder.path(), &["check", "--config", &format!("{name}.toml"), "--threads", "2"]);
        assert!(codes.contains(&ran.code), "{name}: {}", ran.all());
        // The students of the reference are the same for both teachers, and trained once.
        assert_eq!(ran.stderr.contains("training reference.open-ranker"), name == "honest", "{}", ran.stderr);
    }
}

#[test]
#[cfg_attr(debug_assertions, ignore = "trains nine students, unoptimised for minutes: cargo test --release demo")]
fn the_demo_trains_students_and_sees_what_it_should() {
    let folder = scratch();
    let ran = run_afresh(folder.path(), &["demo", "--threads", "2"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    assert!(ran.stdout.contains("CLEAN") && ran.stdout.contains("DIVERGENT"), "{}", ran.stdout);
    let trained = "9 students were trained here just now: 3 arms x 3 seeds, 200 steps each.";
    assert!(ran.stdout.contains(trained), "{}", ran.stdout);
    for report in ["distilgate-report-honest", "distilgate-report-leaky"] {
        let report = folder.path().join("distilgate-demo").join(report);
        for file in ["report.json", "junit.xml", "summary.md", "students/after/seed-3/model.onnx"] {
            assert!(report.join(file).is_file(), "{}", report.join(file).display());
        }
    }
    // Again: nothing is trained, and nothing else is different.
    let again = run_afresh(folder.path(), &["demo", "--threads", "2"]);
    let cached = "9 students were trained here before (3 arms x 3 seeds, 200 steps each), and taken from the cache.";
    assert_eq!(again.stdout, ran.stdout.replace(trained, cached), "{}", again.all());
    // What it says to type next works as it stands.
    let next = run_afresh(folder.path(), &["check", "--config", "distilgate-demo/leaky.toml", "--threads", "2"]);
    assert_eq!(next.code, 1, "{}", next.all());
}
