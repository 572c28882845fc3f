//! `action.yml`: its steps, in order, in a clean shell with the files that a runner gives; and its inputs beside the flags.

use super::support::{copy_of, scratch, write};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// Inputs that are no flags of check: where it runs, what it keeps, and parts of earlier shares, which `report --merge` takes.
const OWN: [&str; 3] = ["working-directory", "cache", "merge"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn action() -> Value {
    serde_saphyr::from_str(&fs::read_to_string(root().join("action.yml")).unwrap()).unwrap()
}

fn steps() -> Vec<Value> {
    action()["runs"]["steps"].as_array().unwrap().clone()
}

/// A runner: a workspace, a folder for temporary files, and what steps have said so far.
struct Runner {
    workspace: TempDir,
    temp: TempDir,
    /// In front of everything else on the PATH.
    tools: TempDir,
    inputs: BTreeMap<&'static str, &'static str>,
    outputs: BTreeMap<String, String>,
    summary: String,
    log: String,
}

impl Runner {
    /// A runner with a `cargo` that installs the binary under test: building it is what these tests do anyway.
    fn new(inputs: &[(&'static str, &'static str)]) -> Runner {
        let runner = Runner {
            workspace: copy_of("audit"),
            temp: scratch(),
            tools: scratch(),
            inputs: inputs.iter().copied().collect(),
            outputs: BTreeMap::new(),
            summary: String::new(),
            log: String::new(),
        };
        let binary = assert_cmd::cargo::cargo_bin("distilgate");
        let cargo = format!(
            "#!/bin/sh\necho \"cargo $*\"\n[ \"$1 $2 $3 $4 $5\" = \"install --locked --path {} --root\" ] || exit 9\n\
             ln -s '{}' \"$6/bin/distilgate\"\n",
            root().display(),
            binary.display()
        );
        runner.tool("cargo", &cargo);
        runner
    }

    fn tool(&self, name: &str, script: &str) {
        use std::os::unix::fs::PermissionsExt;
        let path = self.tools.path().join(name);
        write(&path, script);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// What stands for an expression of the action.
    fn expression(&self, text: &str, action: &Value) -> String {
        let text = text.trim();
        if let Some(name) = text.strip_prefix("inputs.") {
            let default = action["inputs"][name]["default"].as_str().unwrap();
            return (*self.inputs.get(name).unwrap_or(&default)).to_owned();
        }
        match text {
            "github.action_path" => root().display().to_string(),
            "github.action_ref" => self.inputs.get("ref").copied().unwrap_or_default().to_owned(),
            "github.action_repository" => "somebody/distilgate".to_owned(),
            other => panic!("the test knows no value of {other}"),
        }
    }

    /// Runs one step as a runner does, and takes in what it says.
    fn step(&mut self, step: &Value, action: &Value) -> i32 {
        assert_eq!(step["shell"], "bash", "{step}");
        let file = |name: &str| self.temp.path().join(name);
        let path = format!("{}:{}", self.tools.path().display(), self.added_path());
        let mut command = Command::new("bash");
        command.args(["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"].as_str().unwrap()]);
        command.current_dir(self.workspace.path()).env_clear().env("PATH", path).env("HOME", self.temp.path());
        command.env("CI", "true").env("GITHUB_ACTIONS", "true").env("GITHUB_WORKSPACE", self.workspace.path());
        command.env("RUNNER_TEMP", self.temp.path()).env("RUNNER_OS", "Linux").env("RUNNER_ARCH", "X64");
        command.env("GITHUB_SERVER_URL", format!("file://{}", file("server").display()));
        for (name, path) in [("OUTPUT", "output"), ("STEP_SUMMARY", "summary"), ("ENV", "env"), ("PATH", "path")] {
            command.env(format!("GITHUB_{name}"), file(path));
        }
        for (name, value) in step["env"].as_object().into_iter().flatten() {
            let text = value.as_str().unwrap();
            let inner = text.strip_prefix("${{").and_then(|rest| rest.strip_suffix("}}")).unwrap();
            command.env(name, self.expression(inner, action));
        }
        let output = command.output().unwrap();
        self.log += &(String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr));
        let id = step["id"].as_str().unwrap_or_default();
        for line in fs::read_to_string(file("output")).unwrap_or_default().lines() {
            let (name, value) = line.split_once('=').unwrap();
            self.outputs.insert(format!("{id}.{name}"), value.to_owned());
        }
        let _ = fs::remove_file(file("output"));
        self.summary += &fs::read_to_string(file("summary")).unwrap_or_default();
        let _ = fs::remove_file(file("summary"));
        output.status.code().unwrap()
    }

    /// The PATH with what steps have put in front of it.
    fn added_path(&self) -> String {
        let added = fs::read_to_string(self.temp.path().join("path")).unwrap_or_default();
        let mut parts: Vec<&str> = added.lines().rev().collect();
        let system = std::env::var("PATH").unwrap();
        parts.push(&system);
        parts.join(":")
    }

    /// Runs the steps in order up to the first that fails; steps of others are caches, which are empty here.
    fn run(&mut self) -> i32 {
        let action = action();
        for step in steps() {
            if step.get("run").is_some() {
                let code = self.step(&step, &action);
                if code != 0 {
                    return code;
                }
            }
        }
        0
    }

    fn output(&self, name: &str) -> &str {
        self.outputs.get(&format!("check.{name}")).map_or("", String::as_str)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.workspace.path().join(name)
    }
}

#[test]
fn a_clean_student_passes_and_a_contaminated_one_does_not() {
    for (config, code, verdict, result) in [("honest.toml", 0, "clean", "pass"), ("leaky.toml", 1, "divergent", "fail")]
    {
        let mut runner = Runner::new(&[("config", config), ("threads", "1")]);
        assert_eq!(runner.run(), code, "{}", runner.log);
        assert_eq!((runner.output("verdict"), runner.output("exit-code")), (verdict, code.to_string().as_str()));
        assert!(runner.summary.starts_with(&format!("# distilgate: {verdict} ({result})\n")), "{}", runner.summary);
        assert!(runner.path(runner.output("junit")).is_file(), "{}", runner.output("junit"));
        for file in ["report.json", "report.sarif", "summary.md", "junit.xml"] {
            assert!(runner.path(runner.output("report")).join(file).is_file(), "{file}");
        }
        let title = format!("title=distilgate%3A {verdict}::");
        assert!(runner.log.contains(&title), "{}", runner.log);
        assert!(
            runner.outputs["key.files"].len() == 32 && runner.outputs["key.checked"].len() == 16,
            "{:?}",
            runner.outputs
        );
        // Every output that the action declares is one that the step sets.
        for (name, output) in action()["outputs"].as_object().unwrap() {
            assert_eq!(output["value"], format!("${{{{ steps.check.outputs.{name} }}}}"));
            assert!(!runner.output(name).is_empty(), "{name}");
        }
    }
}

#[test]
fn outputs_name_files_from_the_workspace_wherever_the_step_runs() {
    let mut runner = Runner::new(&[("working-directory", "collections"), ("config", "../honest.toml")]);
    assert_eq!(runner.run(), 0, "{}", runner.log);
    assert_eq!(runner.output("report"), "collections/distilgate-report");
    assert!(runner.path(runner.output("junit")).is_file());
}

#[test]
fn inputs_reach_the_command_and_no_shell() {
    let mut runner = Runner::new(&[
        ("config", "leaky.toml"),
        ("report", "a $(touch owned) `touch owned`; touch owned"),
        ("warn", "teacher-label-residual\nexcess-gain-divergence"),
        ("deny", "student-label-residual"),
    ]);
    assert_eq!(runner.run(), 1, "{}", runner.log);
    assert!(!runner.path("owned").exists());
    assert_eq!(runner.output("report"), "a $(touch owned) `touch owned`; touch owned");
    let mut runner = Runner::new(&[("config", "leaky.toml"), ("warn", "*")]);
    assert_eq!(runner.run(), 2, "{}", runner.log);
    assert!(runner.log.contains("-W names `*`"), "{}", runner.log);
    let mut runner = Runner::new(&[("sarif", "yes")]);
    assert_eq!((runner.run(), runner.output("exit-code").to_owned()), (2, "2".to_owned()), "{}", runner.log);
}

#[test]
fn a_share_gives_its_folder_and_no_verdict_and_a_merge_takes_files() {
    // A stand-in that says what it was asked for.
    let said = "#!/bin/sh\n[ \"$1\" = --version ] || printf 'asked:%s\\n' \"$*\"\nexit $(cat code)\n";
    let run = |inputs: &[(&'static str, &'static str)], code: &str| {
        let mut runner = Runner::new(inputs);
        runner.tool("distilgate", said);
        write(&runner.path("code"), code);
        write(&runner.path("all parts/part-1-of-2.json"), "{}");
        write(&runner.path("all parts/part-2-of-2.json"), "{}");
        write(&runner.path("collections/code"), code);
        let code = runner.run();
        (code, runner)
    };
    let share = [("partition", "2/4"), ("working-directory", "./collections"), ("report", "out"), ("deny", "drift")];
    let (code, runner) = run(&share, "0");
    assert!(
        runner.log.contains(" --report=out --partition=2/4 ") && runner.log.contains(" --deny=drift"),
        "{}",
        runner.log
    );
    assert_eq!((code, runner.output("exit-code"), runner.output("report")), (0, "0", "collections/out"));
    assert_eq!((runner.output("verdict"), runner.output("junit")), ("", ""));
    let (code, runner) = run(&share, "4");
    assert_eq!((code, runner.output("exit-code"), runner.output("report")), (4, "4", ""), "{}", runner.log);

    let (code, runner) = run(&[("merge", "all parts/part-*-of-2.json"), ("report", "out")], "1");
    assert_eq!(code, 1, "{}", runner.log);
    assert!(runner.log.contains("asked:report "), "{}", runner.log);
    let files = " --merge all parts/part-1-of-2.json all parts/part-2-of-2.json --out=out\n";
    assert!(runner.log.contains(files) && !runner.log.contains("--sarif"), "{}", runner.log);
    let (code, runner) = run(&[("merge", "all parts/*.json")], "2");
    assert_eq!((code, runner.output("verdict"), runner.output("exit-code")), (2, "", "2"), "{}", runner.log);
    for (input, value, why) in [
        ("merge", "none/*.json", "names no file"),
        ("partition", "1/2", "are for different jobs"),
        ("baseline", "report.json", "is for the shares"),
        ("dry-run", "true", "is for a check"),
    ] {
        let mut inputs = BTreeMap::from([("merge", "all parts/*.json")]);
        inputs.insert(input, value);
        let (code, runner) = run(&inputs.into_iter().collect::<Vec<_>>(), "0");
        assert_eq!((code, runner.output("exit-code")), (2, "2"), "{}", runner.log);
        assert!(runner.log.contains(why), "{}", runner.log);
    }
}

/// Puts a release on the server: the binary in an archive, and a checksum.
fn release(runner: &Runner, checksum: Option<&str>) {
    let folder = runner.temp.path().join("server/somebody/distilgate/releases/download/v1.2.3");
    fs::create_dir_all(&folder).unwrap();
    let archive = folder.join("distilgate-x86_64-unknown-linux-gnu.tar.gz");
    let binary = assert_cmd::cargo::cargo_bin("distilgate");
    let mut tar = Command::new("tar");
    tar.arg("-czf").arg(&archive).arg("-C").arg(binary.parent().unwrap()).arg("distilgate");
    assert!(tar.status().unwrap().success());
    let digest = distilgate::cache::digest_bytes(&fs::read(&archive).unwrap()).to_string();
    let name = "distilgate-x86_64-unknown-linux-gnu.tar.gz.sha256";
    fs::write(folder.join(name), format!("{}  {name}\n", checksum.unwrap_or(&digest))).unwrap();
}

#[test]
fn a_release_is_installed_where_its_checksum_holds_and_nothing_where_it_does_not() {
    let inputs = [("config", "honest.toml"), ("ref", "v1.2.3")];
    let mut runner = Runner::new(&inputs);
    release(&runner, None);
    runner.tool("cargo", "#!/bin/sh\nexit 9\n");
    assert_eq!(runner.run(), 0, "{}", runner.log);

    let mut runner = Runner::new(&inputs);
    release(&runner, Some("00"));
    assert_eq!(runner.run(), 4, "{}", runner.log);
    assert!(runner.log.contains("is not what its checksum says"), "{}", runner.log);
    assert!(!runner.temp.path().join("distilgate/bin/distilgate").exists());

    let mut runner = Runner::new(&inputs);
    assert_eq!(runner.run(), 0, "{}", runner.log);
    assert!(runner.log.contains("there is no release of v1.2.3") && runner.log.contains("cargo install --locked"));
}

#[test]
fn inputs_mirror_the_flags() {
    let mut command = distilgate::cli::command();
    command.build();
    let check = command.find_subcommand("check").unwrap();
    let flags: Vec<&str> = check.get_arguments().filter_map(|a| a.get_long()).filter(|name| *name != "help").collect();
    let action = action();
    let inputs = action["inputs"].as_object().unwrap();
    let script = fs::read_to_string(root().join("action/check.sh")).unwrap();
    for flag in &flags {
        assert!(inputs.contains_key(*flag), "action.yml has no input for --{flag}");
        let used = ["value", "flag", "levels"].iter().any(|kind| script.contains(&format!("\n{kind} {flag} ")));
        assert!(used, "action/check.sh leaves --{flag} out");
    }
    for input in inputs.keys() {
        let known = flags.contains(&input.as_str()) || OWN.contains(&input.as_str());
        assert!(known, "the input {input} is no flag of check");
    }
    let env = steps().iter().find(|step| step["id"] == "check").unwrap()["env"].clone();
    for input in inputs.keys().filter(|input| *input != "cache") {
        let name = format!("INPUT_{}", input.to_uppercase().replace('-', "_"));
        assert_eq!(env[&name], format!("${{{{ inputs.{input} }}}}"), "{name}");
    }
}

#[test]
fn scripts_hold_no_expression_and_other_actions_are_pinned() {
    for step in steps() {
        match step["run"].as_str() {
            Some(script) => assert!(!script.contains("${{"), "{script}"),
            None => {
                let (name, commit) = step["uses"].as_str().unwrap().split_once('@').unwrap();
                assert!(["actions/cache", "actions/cache/restore", "actions/cache/save"].contains(&name), "{name}");
                assert!(commit.len() == 40 && commit.chars().all(|c| c.is_ascii_hexdigit()), "{commit}");
            }
        }
    }
}

#[test]
fn example_workflows_ask_for_little_and_pin_what_they_use() {
    for entry in fs::read_dir(root().join("docs/examples/workflows")).unwrap() {
        let path = entry.unwrap().path();
        let workflow: Value = serde_saphyr::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        assert_eq!(workflow["permissions"], serde_json::json!({ "contents": "read" }), "{}", path.display());
        for job in workflow["jobs"].as_object().unwrap().values() {
            for step in job["steps"].as_array().unwrap() {
                let Some(uses) = step["uses"].as_str() else { continue };
                assert_eq!(uses.split_once('@').unwrap().1.len(), 40, "{uses}");
                if !uses.starts_with("distilgate/") {
                    continue;
                }
                for input in step["with"].as_object().into_iter().flat_map(|with| with.keys()) {
                    assert!(action()["inputs"].get(input).is_some(), "{}: no input {input}", path.display());
                }
            }
        }
    }
}
