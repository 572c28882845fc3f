//! `distilgate check`: everything that the configuration asks for.

use super::github::{self, Actions};
use super::levels::LevelArgs;
use super::progress::Bars;
use super::{Global, printing};
use crate::audit::share::{Share, Work};
use crate::audit::{self, Audited, Surroundings};
use crate::checks::{self, Baseline};
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
    pub report: PathBuf,
    /// Ask the teacher's command for at most so many pairs; stands before max-calls in the configuration
    #[arg(long, value_name = "N")]
    max_calls: Option<u64>,
    /// The day that counts as today, for the age of collections and for waivers, so that a run can be repeated
    #[arg(long, value_name = "DATE")]
    today: Option<Date>,
    /// The language of the page, the summary and the console: en or ja; stands before lang in the configuration
    #[arg(long, value_name = "LANG")]
    lang: Option<Language>,
    /// Write report.sarif too, for code hosts that show findings at lines
    #[arg(long)]
    sarif: bool,
    /// Fail only on what this earlier report.json has not found already; the verdict stays what it is
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Do only the K-th of N shares of the work and write part-K-of-N.json; `report --merge` decides when all are there
    #[arg(long, value_name = "K/N", conflicts_with = "dry_run")]
    pub partition: Option<Share>,
    #[command(flatten)]
    levels: LevelArgs,
}

/// What an audit is asked for beside the configuration.
#[derive(Debug)]
pub struct Wish<'a> {
    /// The folder that its report will lie in.
    pub folder: &'a Path,
    /// The day that counts as today.
    pub day: Option<Date>,
    /// What an earlier result had found.
    pub baseline: Option<Baseline>,
    /// Further options of the command line, in words.
    pub options: Vec<String>,
    /// Who does what takes long.
    pub work: Work,
}

impl Default for Wish<'_> {
    fn default() -> Self {
        let (options, work) = (Vec::new(), Work::Whole);
        Wish { folder: Path::new(report::FOLDER), day: None, baseline: None, options, work }
    }
}

/// Runs the gate, or a share of its work.
///
/// # Errors
/// Inputs that cannot be used (exit 2), surroundings that fail (exit 4).
pub fn run(args: &CheckArgs, global: &Global, out: &mut dyn Write) -> Result<Exit> {
    decide(args, global, Work::Whole, out)
}

/// Runs the gate: does the work, or takes what shares of it have computed.
///
/// # Errors
/// As [`run`].
pub fn decide(args: &CheckArgs, global: &Global, work: Work, out: &mut dyn Write) -> Result<Exit> {
    let actions = Actions::here(|name| std::env::var_os(name)).filter(|_| !args.dry_run);
    let done = match args.partition {
        Some(share) => super::share::run(args, share, global, out).map(|exit| (exit, Ok(()))),
        None => gate(args, global, work, actions.as_ref(), out),
    };
    match done {
        Ok((exit, published)) => published.map(|()| exit),
        Err(error) => {
            actions.inspect(|actions| actions.publish_error(&error, &mut std::io::stderr()));
            Err(error)
        }
    }
}

/// The verdict's exit, and whether everything that GitHub Actions is told could be written.
fn gate(
    args: &CheckArgs,
    global: &Global,
    work: Work,
    actions: Option<&Actions>,
    out: &mut dyn Write,
) -> Result<(Exit, Result<()>)> {
    let loaded = args.load(global)?;
    if args.dry_run {
        return super::plan::dry_run(&loaded, global, out).map(|exit| (exit, Ok(())));
    }
    actions.map_or(Ok(()), |actions| actions.takes(&args.report))?;
    let repository = github::repository(|name| std::env::var_os(name))?;
    let wish = Wish { work, ..args.wish(&loaded)? };
    report::prepare(&args.report)?;
    let (audited, report) = audit(&loaded, wish, global)?;
    let sarif = args.sarif.then(|| report::sarif(&report, &repository));
    let sarif = report::place_sarif(&args.report, sarif.as_deref())?;
    let written: Vec<PathBuf> = write(&args.report, &audited, &report)?.into_iter().chain(sarif).collect();
    print(&report, &written, global, actions.is_some(), out)?;
    let published = actions.map_or(Ok(()), |actions| {
        out.flush().map_err(printing)?;
        actions.publish(&report, &args.report, &repository, &mut std::io::stderr())
    });
    Ok((exit_of(&report), published))
}

/// Prints the report, or its verdict alone; inside GitHub Actions as a log that obeys nothing in it.
fn print(report: &Report, written: &[PathBuf], global: &Global, in_actions: bool, out: &mut dyn Write) -> Result<()> {
    let names: Vec<String> = written.iter().map(|path| quiet(&path.to_string_lossy())).collect();
    let text = match global.quiet {
        true => brief(report),
        false => format!("{}  Reports: {}\n", report::console(report, global.verbose), names.join(", ")),
    };
    let text = if in_actions { github::log(&text) } else { text };
    write!(out, "{text}").map_err(printing)
}

impl CheckArgs {
    /// The configuration with what the command line says in its place.
    pub fn load(&self, global: &Global) -> Result<Loaded> {
        let mut loaded = global.load()?;
        if let Some(most) = self.max_calls {
            bound_calls(&mut loaded, most)?;
        }
        if let Some(lang) = self.lang {
            loaded.config.report.lang = lang;
        }
        checks::validate(&loaded.config).map_err(|e| e.at(crate::error::Place::file(&loaded.path)))?;
        self.levels.apply(&mut loaded.config)?;
        Ok(loaded)
    }

    /// The options that decide what becomes of the facts, as the words of a command line.
    pub fn words(&self) -> Vec<String> {
        let day = self.today.iter().flat_map(|day| ["--today".to_owned(), day.to_string()]);
        let calls = self.max_calls.iter().flat_map(|most| ["--max-calls".to_owned(), most.to_string()]);
        day.chain(calls).chain(self.options()).collect()
    }

    /// Those of them that the report's command names after the day.
    fn options(&self) -> Vec<String> {
        // A name that begins with a dash would be an option.
        let name = |path: &PathBuf| {
            let text = path.to_string_lossy();
            if text.starts_with('-') { format!("./{text}") } else { text.into_owned() }
        };
        let baseline = self.baseline.iter().flat_map(|path| ["--baseline".to_owned(), name(path)]);
        let sarif = self.sarif.then(|| "--sarif".to_owned());
        let lang = self.lang.iter().flat_map(|lang| ["--lang".to_owned(), lang.to_string()]);
        baseline.chain(sarif).chain(self.levels.words()).chain(lang).collect()
    }

    /// What the command line asks of the audit; the baseline is read now, before anything takes minutes.
    pub fn wish(&self, loaded: &Loaded) -> Result<Wish<'_>> {
        let baseline = self.baseline.as_ref().map(|path| report::baseline(path, &loaded.config)).transpose()?;
        Ok(Wish { folder: &self.report, day: self.today, baseline, options: self.options(), work: Work::Whole })
    }
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

/// Gathers facts, checks them, decides, and builds the report. Writes and prints nothing but progress.
pub fn audit(loaded: &Loaded, wish: Wish<'_>, global: &Global) -> Result<(Audited, Report)> {
    let mut surroundings = Surroundings { work: wish.work.clone(), ..global.surroundings(loaded, wish.day)? };
    if let Some(parts) = surroundings.work.parts() {
        parts.are_of(loaded)?;
        surroundings.cache = parts.cache();
    }
    let mut bars = Bars::new(global.quiet);
    let audited = audit::run(loaded, &surroundings, &mut bars)?;
    bars.finish();
    let config = &loaded.config;
    let cases = checks::run(&audited.facts);
    let mut settled = checks::settle(cases, &config.checks, &config.waiver, surroundings.waiver_day);
    if let Some(baseline) = &wish.baseline {
        checks::accept(&mut settled, baseline);
    }
    let decision = verdict::decide(&audited.facts, &settled);
    let command = command(&loaded.path, &wish, surroundings.threads, surroundings.device);
    let report = report::build(&audited.facts, &settled, &decision, command);
    Ok((audited, report))
}

/// The command line that makes a report again, as a shell reads it.
fn command(config: &Path, wish: &Wish<'_>, threads: usize, device: Device) -> String {
    let report = match wish.folder == Path::new(report::FOLDER) {
        true => String::new(),
        false => format!(" --report {}", shell_word(&wish.folder.to_string_lossy())),
    };
    let device = match device {
        Device::Cpu => String::new(),
        other => format!(" --device {other}"),
    };
    let day = wish.day.map(|day| format!(" --today {day}")).unwrap_or_default();
    let options: String = wish.options.iter().map(|word| format!(" {}", shell_word(word))).collect();
    format!(
        "distilgate check --config {}{report}{day}{options} --threads {threads}{device}",
        shell_word(&config.to_string_lossy()),
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
            let wish = Wish { folder: Path::new(folder), ..Wish::default() };
            assert_eq!(command(Path::new(config), &wish, 2, Device::Cpu), expected);
        }
        let options = vec!["-D".to_owned(), "regressed".to_owned()];
        let wish = Wish { folder: Path::new(report::FOLDER), day: Some(Date::LAST), options, ..Wish::default() };
        let cuda = command(Path::new("a.toml"), &wish, 1, Device::Cuda);
        assert_eq!(cuda, "distilgate check --config a.toml --today 9999-12-31 -D regressed --threads 1 --device cuda");
    }
}
