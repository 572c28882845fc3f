//! `distilgate demo`: two teachers over the same small collections, one of which has seen the test.
//!
//! The data are embedded; how they were made, and with what dose of leak, stands in `fixtures/demo/README.md`. Nothing
//! about them is special to the program: the demo writes them to a folder and runs what `check` runs, twice.

use super::check::{Wish, audit, durations_are_shown, write};
use super::{Global, printing};
use crate::audit::Audited;
use crate::cache::write_atomically;
use crate::checks::wording::{p_value, signed};
use crate::config;
use crate::error::{Error, Exit, Result};
use crate::report::{self, Outcome, Report};
use crate::verdict::Outcome as GateResult;
use anstyle::{AnsiColor, Style};
use clap::Args;
use comfy_table::{Table, presets};
use include_dir::{Dir, include_dir};
use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The data of the demo, with the script that made them.
static DATA: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/fixtures/demo");

/// What is not data, by the end of its name.
const NOT_DATA: [&str; 3] = [".py", ".md", ".gitignore"];

/// Options of `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// The folder that the data and both reports are written to
    #[arg(default_value = "distilgate-demo")]
    dir: PathBuf,
}

/// Runs both audits and shows them side by side. Exit 0 if it saw what it should.
///
/// # Errors
/// A folder that cannot be written to, or ONNX Runtime missing.
pub fn run(args: &DemoArgs, global: &Global, out: &mut dyn Write) -> Result<Exit> {
    unpack(&DATA, &args.dir)?;
    writeln!(
        out,
        "Two teachers, the same six small collections, the same student and recipe. One teacher has seen the test.\n"
    )
    .map_err(printing)?;
    let (of_honest, honest) = one(&args.dir, "honest", global)?;
    let (of_leaky, leaky) = one(&args.dir, "leaky", global)?;
    writeln!(out, " {}\n", trained(&[&of_honest, &of_leaky])).map_err(printing)?;
    show(&honest, &leaky, out).map_err(printing)?;
    next(&args.dir, out).map_err(printing)?;
    let as_expected = honest.result == GateResult::Pass && leaky.result == GateResult::Fail;
    if !as_expected {
        writeln!(out, "\nThis is not what the demo should show: the honest teacher passes and the leaky one fails.")
            .map_err(printing)?;
    }
    Ok(if as_expected { Exit::Pass } else { Exit::Fail })
}

fn unpack(dir: &Dir<'_>, target: &Path) -> Result<()> {
    for file in dir.files() {
        if NOT_DATA.iter().any(|end| file.path().to_string_lossy().ends_with(end)) {
            continue;
        }
        let path = target.join(file.path());
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|e| Error::writing(folder, e))?;
        }
        write_atomically(&path, file.contents())?;
    }
    dir.dirs().try_for_each(|below| unpack(below, target))
}

/// Runs `check` with one of the two configurations.
fn one(dir: &Path, name: &str, global: &Global) -> Result<(Audited, Report)> {
    let loaded = config::load(&dir.join(format!("{name}.toml")))?;
    let folder = dir.join(format!("{}-{name}", report::FOLDER));
    report::prepare(&folder)?;
    let (audited, report) = audit(&loaded, Wish { folder: &folder, ..Wish::default() }, global)?;
    write(&folder, &audited, &report)?;
    Ok((audited, report))
}

/// What was trained, how much of it in this run, and how long that took: durations are left out where outputs are to be
/// compared.
fn trained(audits: &[&Audited]) -> String {
    let facts = audits.iter().find_map(|audited| audited.facts.training.as_ref());
    let (Some(facts), Some(threads)) = (facts, audits.first().map(|audited| audited.facts.threads)) else {
        return "No student was trained.".to_owned();
    };
    // The students of the reference are the same for both teachers: they are counted once.
    let keys: BTreeSet<&str> = audits
        .iter()
        .filter_map(|audited| audited.facts.training.as_ref())
        .flat_map(|training| &training.arms)
        .flat_map(|arm| arm.students.iter().map(|student| student.key.as_str()))
        .collect();
    let seeds = facts.seeds.len();
    let arms = keys.len() / seeds.max(1);
    let all = format!("{arms} arms x {seeds} seeds, {} steps each", facts.recipe.steps);
    let fresh: usize = audits.iter().map(|audited| audited.fresh.students).sum();
    let seconds: f64 = audits.iter().map(|audited| audited.fresh.duration.as_secs_f64()).sum();
    let took = if durations_are_shown() { format!(", {seconds:.0} s with {threads} threads") } else { String::new() };
    match (fresh, keys.len()) {
        (0, all_of_them) => {
            format!("{all_of_them} students were trained here before ({all}), and taken from the cache.")
        }
        (fresh, all_of_them) if fresh == all_of_them => {
            format!("{fresh} students were trained here just now: {all}{took}.")
        }
        (fresh, all_of_them) => {
            format!(
                "{fresh} of {all_of_them} students were trained here just now ({all}){took}; the others were in the cache."
            )
        }
    }
}

fn show(honest: &Report, leaky: &Report, out: &mut dyn Write) -> std::io::Result<()> {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["", "honest teacher", "leaky teacher"]);
    for outcome in &honest.outcomes {
        let other = leaky.outcomes.iter().find(|o| o.name == outcome.name);
        table.add_row([outcome.name.clone(), cell(Some(outcome)), cell(other)]);
    }
    let lines = table.to_string();
    for line in lines.lines() {
        writeln!(out, " {}", line.trim_end())?;
    }
    writeln!(out, " (suspect minus clean, 90 % interval)\n")?;
    for (name, report) in [("honest teacher", honest), ("leaky teacher", leaky)] {
        let colour = if report.result == GateResult::Pass { AnsiColor::Green } else { AnsiColor::Red };
        let style = Style::new().bold().fg_color(Some(colour.into()));
        let verdict = report.verdict.to_string().to_uppercase();
        writeln!(
            out,
            " {name}: {style}{verdict}{style:#} (exit {})\n   {}\n   {}\n",
            report.exit_code, report.sentence, report.meaning
        )?;
    }
    Ok(())
}

fn cell(outcome: Option<&Outcome>) -> String {
    let Some((outcome, contrast)) = outcome.and_then(|o| Some((o, o.contrast.as_ref()?))) else {
        return "-".to_owned();
    };
    let together = &contrast.together;
    let rejects = if outcome.rejects { "  rejects" } else { "" };
    let bounds = format!("[{}, {}]", signed(together.lower), signed(together.upper));
    format!("{} {bounds}, {}{rejects}", signed(together.delta), p_value(contrast.deciding_p))
}

fn next(dir: &Path, out: &mut dyn Write) -> std::io::Result<()> {
    let dir = dir.display();
    writeln!(
        out,
        " Reports: {dir}/{0}-honest/ and {dir}/{0}-leaky/ (report.html, summary.md, junit.xml, report.json, students/)",
        report::FOLDER
    )?;
    writeln!(out, " Next:    distilgate check --config {dir}/leaky.toml")?;
    writeln!(out, "          distilgate explain teacher-label-residual")?;
    writeln!(out, "          distilgate init        in the folder of your own collections, models and runs")
}
