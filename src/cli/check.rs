//! `distilgate check`: everything that the configuration asks for.

use super::progress::Bars;
use super::today::{by_the_clock, today};
use super::{Global, printing};
use crate::audit::{self, Audited, Surroundings};
use crate::checks;
use crate::collection::Date;
use crate::config::{Language, Loaded};
use crate::error::{Error, Exit, Result, quiet};
use crate::onnx::Device;
use crate::report::{self, Report, Stamp};
use crate::verdict::{self, Outcome as GateResult};
use clap::Args;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Options of `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Only say what would run and what this set-up can reach: its chance of a pass if innocent, the smallest effect it finds
    #[arg(long)]
    dry_run: bool,
    /// The folder that reports go to
    #[arg(long, value_name = "DIR", default_value = report::FOLDER)]
    report: PathBuf,
    /// Ask the teacher's command for at most so many pairs; stands before max-calls in the configuration
    #[arg(long, value_name = "N")]
    max_calls: Option<u64>,
    /// The day that counts as today, for the age of collections and for waivers, so that a run can be repeated
    #[arg(long, value_name = "DATE")]
    today: Option<Date>,
    /// The language of the page, the summary and the console: en or ja; stands before lang in the configuration
    #[arg(long, value_name = "LANG")]
    lang: Option<Language>,
}

/// Runs the gate.
///
/// # Errors
/// Inputs that cannot be used (exit 2), surroundings that fail (exit 4).
pub fn run(args: &CheckArgs, global: &Global, out: &mut dyn Write) -> Result<Exit> {
    let mut loaded = global.load()?;
    if let Some(most) = args.max_calls {
        bound_calls(&mut loaded, most)?;
    }
    if let Some(lang) = args.lang {
        loaded.config.report.lang = lang;
    }
    checks::validate(&loaded.config).map_err(|e| e.at(crate::error::Place::file(&loaded.path)))?;
    if args.dry_run {
        return super::plan::dry_run(&loaded, global, out);
    }
    report::prepare(&args.report)?;
    let (audited, mut report) = audit(&loaded, &args.report, args.today, global)?;
    if let Some(lang) = args.lang {
        report.command += &format!(" --lang {lang}");
    }
    let written = write(&args.report, &audited, &report)?;
    if global.quiet {
        write!(out, "{}", brief(&report)).map_err(printing)?;
    } else {
        write!(out, "{}", report::console(&report, global.verbose)).map_err(printing)?;
        let names: Vec<String> = written.iter().map(|path| path.display().to_string()).collect();
        writeln!(out, "  Reports: {}", names.join(", ")).map_err(printing)?;
    }
    Ok(exit_of(&report))
}

/// Puts the bound of the command line into the configuration.
pub(super) fn bound_calls(loaded: &mut Loaded, most: u64) -> Result<()> {
    match loaded.config.teacher.as_mut().filter(|teacher| teacher.command.is_some()) {
        Some(teacher) => {
            teacher.max_calls = Some(most);
            Ok(())
        }
        None => Err(Error::input("--max-calls is for a teacher with a `command`, and there is none")
            .help("leave it out: finished scores and models cost no calls")),
    }
}

/// The verdict, what becomes of the build, and why that is not simply the verdict's: all that `--quiet` leaves.
fn brief(report: &Report) -> String {
    let result = match report.result {
        GateResult::Pass => "pass",
        GateResult::Fail => "fail",
        GateResult::Inconclusive => "not decided",
    };
    let verdict = format!("{} ({result}, exit {}): {}\n", report.verdict, report.exit_code, quiet(&report.sentence));
    report.remarks.iter().fold(verdict, |text, remark| text + "  " + &quiet(remark) + "\n")
}

/// Gathers facts, checks them, decides, and builds the report, which will lie in `folder`. Writes and prints nothing
/// but progress.
pub fn audit(loaded: &Loaded, folder: &Path, day: Option<Date>, global: &Global) -> Result<(Audited, Report)> {
    let surroundings = Surroundings {
        cache: global.cache()?,
        offline: global.offline,
        threads: global.threads(),
        device: global.device,
        today: today(day, &loaded.config.lock),
    };
    let mut bars = Bars::new(global.quiet);
    let audited = audit::run(loaded, &surroundings, &mut bars)?;
    bars.finish();
    let config = &loaded.config;
    let settled =
        checks::settle(checks::run(&audited.facts), &config.checks, &config.waiver, day.unwrap_or_else(by_the_clock));
    let decision = verdict::decide(&audited.facts, &settled);
    let command = command(&loaded.path, folder, day, surroundings.threads, surroundings.device);
    let report = report::build(&audited.facts, &settled, &decision, command);
    Ok((audited, report))
}

/// The command line that makes a report again, as a shell reads it.
fn command(config: &Path, folder: &Path, day: Option<Date>, threads: usize, device: Device) -> String {
    let report = match folder == Path::new(report::FOLDER) {
        true => String::new(),
        false => format!(" --report {}", shell_word(&folder.to_string_lossy())),
    };
    let device = match device {
        Device::Cpu => String::new(),
        other => format!(" --device {other}"),
    };
    let day = day.map(|day| format!(" --today {day}")).unwrap_or_default();
    format!(
        "distilgate check --config {}{report}{day} --threads {threads}{device}",
        shell_word(&config.to_string_lossy())
    )
}

/// A text as one word of a POSIX shell: as it is where no character means anything there, otherwise in single quotes.
fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-+=:,@%".contains(c);
    match !text.is_empty() && text.chars().all(plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

/// Writes the report folder and says which files the formats are.
pub fn write(folder: &Path, audited: &Audited, report: &Report) -> Result<Vec<PathBuf>> {
    let inspection = report::inspection(&audited.facts);
    report::write(folder, report, stamp(audited), &audited.runs, &audited.students, inspection.as_deref())
}

/// `SOURCE_DATE_EPOCH` stands for the time and takes the durations out, so that files can be compared.
fn stamp(audited: &Audited) -> Stamp {
    match fixed_time() {
        Some(unix_seconds) => Stamp { unix_seconds, seconds: 0.0 },
        None => {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
            Stamp { unix_seconds: now.map_or(0, |d| d.as_secs() as i64), seconds: audited.duration.as_secs_f64() }
        }
    }
}

/// The time that outputs are to carry, where they are to be the same whenever they are made.
pub fn fixed_time() -> Option<i64> {
    std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|text| text.parse().ok())
}

/// Whether outputs may tell how long something took.
pub fn durations_are_shown() -> bool {
    fixed_time().is_none()
}

/// The exit code that the report names.
pub fn exit_of(report: &Report) -> Exit {
    Exit::BY_URGENCY.into_iter().find(|exit| exit.code() == report.exit_code).unwrap_or(Exit::Surroundings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_in_a_report_can_be_typed_as_it_stands() {
        for (config, folder, expected) in [
            ("a/distilgate.toml", report::FOLDER, "distilgate check --config a/distilgate.toml --threads 2"),
            ("a.toml", "out/é", "distilgate check --config a.toml --report out/é --threads 2"),
            ("my file.toml", "$(x)", "distilgate check --config 'my file.toml' --report '$(x)' --threads 2"),
            ("it's.toml", report::FOLDER, r"distilgate check --config 'it'\''s.toml' --threads 2"),
        ] {
            assert_eq!(command(Path::new(config), Path::new(folder), None, 2, Device::Cpu), expected);
        }
        let day = Some(Date::LAST);
        let cuda = command(Path::new("a.toml"), Path::new(report::FOLDER), day, 1, Device::Cuda);
        assert_eq!(cuda, "distilgate check --config a.toml --today 9999-12-31 --threads 1 --device cuda");
    }
}
