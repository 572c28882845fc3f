//! `explain`, `init`, `doctor`, `plan`, `completions` and `man`.

use super::support::{copy_of, run, run_with, scratch, write};

#[test]
fn explain_lists_every_check_and_prints_its_page() {
    let here = scratch();
    let list = run(here.path(), &["explain"]);
    assert_eq!(list.code, 0);
    assert_eq!(list.stdout.lines().count(), distilgate::checks::ALL.len());
    for check in distilgate::checks::ALL {
        let page = run(here.path(), &["explain", check.id]);
        assert_eq!(page.code, 0);
        assert!(page.stdout.contains("# What to do"), "{}", page.stdout);
    }
}

#[test]
fn explain_suggests_the_right_name() {
    let here = scratch();
    let ran = run(here.path(), &["explain", "gain-divergnce"]);
    insta::assert_snapshot!(ran.all());
}

#[test]
fn init_writes_what_check_accepts_as_it_stands() {
    let folder = copy_of("audit");
    for name in ["honest.toml", "leaky.toml", "runs-only.toml"] {
        std::fs::remove_file(folder.path().join(name)).unwrap();
    }
    for leaky in ["runs/after-leaky", "runs/teacher-leaky"] {
        std::fs::remove_dir_all(folder.path().join(leaky)).unwrap();
    }
    let made = run(folder.path(), &["init"]);
    insta::assert_snapshot!("init", made.all());
    insta::assert_snapshot!("init_config", std::fs::read_to_string(folder.path().join("distilgate.toml")).unwrap());
    // Without dates everything is suspect, so the gate is inconclusive, and says which lines to add.
    let checked = run(folder.path(), &["check"]);
    assert_eq!(checked.code, 3, "{}", checked.all());
    assert!(checked.stdout.contains("training-cutoff = YYYY-MM-DD"), "{}", checked.stdout);
    let again = run(folder.path(), &["init"]);
    assert_eq!(again.code, 2, "{}", again.all());
}

#[test]
fn init_in_an_empty_folder_says_what_is_missing() {
    let folder = scratch();
    let made = run(folder.path(), &["init"]);
    insta::assert_snapshot!(made.all());
}

/// Inside a collection's folder, and with two collections of one name, the configuration can be read as well.
#[test]
fn init_copes_with_folders_as_they_are() {
    let folder = scratch();
    for place in ["dl19", "own/dl19", "a"] {
        write(&folder.path().join(place).join("queries.jsonl"), "");
        write(&folder.path().join(place).join("qrels/test.tsv"), "");
    }
    write(&folder.path().join("runs/after/a.run"), "");
    for (place, parts) in [
        ("own/dl19", &["name = \"dl19\"\npath = \".\""][..]),
        (".", &["name = \"own-dl19\"", "name = \"a\"", "[student.after]\nruns = \"runs/after/{collection}.run\""]),
    ] {
        let place = folder.path().join(place);
        let made = run(&place, &["init"]);
        assert_eq!(made.code, 0, "{}", made.all());
        let text = std::fs::read_to_string(place.join("distilgate.toml")).unwrap();
        for part in parts {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
}

#[test]
fn doctor_says_what_was_found() {
    let folder = copy_of("audit");
    let ran = run(folder.path(), &["doctor", "--config", "honest.toml"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    assert!(ran.stdout.contains("honest.toml, can be used"), "{}", ran.stdout);
    assert!(ran.stdout.contains("collections/archive-2019"), "{}", ran.stdout);
}

#[test]
fn doctor_points_at_a_broken_config() {
    let folder = scratch();
    write(&folder.path().join("distilgate.toml"), "[gate]\nmargn = 1\n");
    let ran = run(folder.path(), &["doctor"]);
    assert!(ran.stdout.contains("did you mean `margin`?"), "{}", ran.all());
    assert_ne!(ran.code, 0);
}

/// A configuration "can be used" only where `check` would go on to read it.
#[test]
fn doctor_refuses_what_check_would_refuse() {
    for (from, to, part) in [
        ("[teacher]", "[checks]\ngain-divergnce = \"warn\"\n[teacher]", "did you mean `gain-divergence`?"),
        ("[student.before]\nruns = \"runs/before/{collection}.run\"", "", "a student after and none before"),
        ("collections/archive-2019", "collections/nowhere", "collection archive-2019: there is no collections/nowhere"),
        ("runs/before/{collection}.run", "runs/nowhere/{collection}.run", "before: there is no runs/nowhere/"),
    ] {
        let folder = copy_of("audit");
        let path = folder.path().join("runs-only.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{from}");
        write(&path, text.replacen(from, to, 1));
        let [doctor, check] =
            ["doctor", "check"].map(|command| run(folder.path(), &[command, "--config", "runs-only.toml"]));
        assert_eq!((doctor.code, check.code), (2, 2), "{}{}", doctor.all(), check.all());
        assert!(doctor.stdout.contains("cannot be used") && doctor.stdout.contains(part), "{}", doctor.all());
    }
}

/// A machine without ONNX Runtime is fit for runs, and not for models.
#[test]
fn doctor_asks_for_onnx_runtime_only_where_a_model_is_named() {
    let folder = copy_of("audit");
    let bare =
        [("PATH", ""), ("DISTILGATE_ONNXRUNTIME", ""), ("ORT_DYLIB_PATH", ""), ("DISTILGATE_CACHE_DIR", "cache")];
    let doctor = |config: &str| run_with(folder.path(), &["doctor", "--config", config], &bare);
    let ran = doctor("runs-only.toml");
    assert_eq!(ran.code, 0, "{}", ran.all());
    assert!(ran.stdout.contains("not found, and not needed: the configuration names no model"), "{}", ran.stdout);
    let text = std::fs::read_to_string(folder.path().join("runs-only.toml")).unwrap();
    let model = text.replace("runs = \"runs/before/{collection}.run\"", "model = \"models/base\"");
    write(&folder.path().join("model.toml"), model);
    write(&folder.path().join("models/base/model.onnx"), "doctor does not read it");
    let ran = doctor("model.toml");
    assert_eq!(ran.code, 4, "{}", ran.all());
}

#[test]
fn completions_and_the_manual_page_are_made() {
    let here = scratch();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = run(here.path(), &["completions", shell]);
        assert!(ran.code == 0 && ran.stdout.contains("distilgate"), "{shell}");
    }
    let man = run(here.path(), &["man"]);
    assert!(man.stdout.contains(".TH distilgate") && man.stdout.contains("check"), "{}", man.all());
}

#[test]
fn plan_says_what_a_set_up_can_reach() {
    let folder = copy_of("audit");
    let ran = run(folder.path(), &["check", "--dry-run", "--config", "honest.toml"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    insta::assert_snapshot!(ran.stdout);
}

#[test]
fn no_config_says_how_to_get_one() {
    let folder = scratch();
    insta::assert_snapshot!(run(folder.path(), &["check"]).all());
}

/// `| head -1`: the reader is gone before the first line. The exit code is what it would have been.
#[cfg(unix)]
#[test]
fn a_closed_pipe_is_no_failure() {
    let folder = copy_of("audit");
    for args in [&["explain"][..], &["man"], &["check", "--config", "leaky.toml"]] {
        let expected = run(folder.path(), args).code;
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_distilgate"));
        let ran = command.args(args).current_dir(folder.path()).stdout(writer).output().unwrap();
        assert_eq!(ran.status.code(), Some(expected), "{args:?}");
        assert!(ran.stderr.is_empty(), "{args:?}: {}", String::from_utf8_lossy(&ran.stderr));
    }
    assert!(folder.path().join("distilgate-report/report.json").is_file());
}

/// Quiet leaves what decides the build: verdict, result, exit code, and what made them differ.
#[test]
fn quiet_still_says_what_becomes_of_the_build() {
    let folder = copy_of("audit");
    let path = folder.path().join("leaky.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let level =
        "teacher-label-residual = \"warn\"\nexcess-gain-divergence = \"warn\"\nstudent-label-residual = \"warn\"";
    write(&path, format!("[checks]\n{level}\n{text}"));
    let ran = run(folder.path(), &["check", "-q", "--config", "leaky.toml", "--report", "my report"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    assert!(ran.stdout.starts_with("divergent (pass, exit 0): "), "{}", ran.stdout);
    assert!(ran.stdout.lines().count() > 1, "why it passes all the same: {}", ran.stdout);
    let report = std::fs::read_to_string(folder.path().join("my report/report.json")).unwrap();
    assert!(report.contains("distilgate check --config leaky.toml --report 'my report' --threads"), "the command");
}
