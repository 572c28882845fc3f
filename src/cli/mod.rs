//! The commands, one file each. Data goes to stdout, everything else to stderr.

mod ask;
mod canary;
mod check;
mod completions;
mod demo;
mod distill;
mod doctor;
mod evaluate;
mod explain;
mod fingerprint;
mod found;
mod github;
mod init;
mod levels;
mod man;
mod merge;
mod outlet;
mod patterns;
mod plan;
mod probe;
mod progress;
mod report;
mod roles;
mod scan;
mod share;
mod template;
mod today;
mod twin;

use crate::audit::Surroundings;
use crate::audit::share::Work;
use crate::cache::{self, Cache};
use crate::collection::Date;
use crate::config;
use crate::error::{Error, Exit, Result};
use crate::onnx::Device;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use std::io::{self, Write};
use std::path::PathBuf;

/// The CI gate that tells whether the gains of a distilled ranker are real.
#[derive(Debug, Parser)]
#[command(name = "distilgate", version, about, after_help = exit_codes(), max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Options of every command.
#[derive(Clone, Debug, Args)]
pub struct Global {
    /// The configuration; without it distilgate.toml here or in a folder above
    #[arg(long, global = true, value_name = "FILE", help_heading = "Global options")]
    pub config: Option<PathBuf>,
    /// Colours: auto, always or never; NO_COLOR is honoured
    #[arg(long, global = true, value_enum, default_value = "auto", help_heading = "Global options")]
    pub color: Color,
    /// Say less: only the verdict and errors
    #[arg(short, long, global = true, help_heading = "Global options")]
    pub quiet: bool,
    /// Say more: what passed and what does not apply, too
    #[arg(short, long, global = true, conflicts_with = "quiet", help_heading = "Global options")]
    pub verbose: bool,
    /// Never use the network, not even to install ONNX Runtime
    #[arg(long, global = true, help_heading = "Global options")]
    pub offline: bool,
    /// Threads to score with; without it one per core
    #[arg(long, global = true, value_name = "N", help_heading = "Global options")]
    pub threads: Option<std::num::NonZeroUsize>,
    /// What ONNX Runtime computes on: cpu, or cuda with the library of onnxruntime-gpu
    #[arg(long, global = true, value_name = "DEVICE", default_value = "cpu", help_heading = "Global options")]
    pub device: Device,
    /// Where ONNX Runtime and scores are kept between runs
    #[arg(long, global = true, value_name = "DIR", env = "DISTILGATE_CACHE_DIR", help_heading = "Global options")]
    pub cache_dir: Option<PathBuf>,
}

/// When output is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal.
    Auto,
    /// Everywhere.
    Always,
    /// Nowhere.
    Never,
}

/// How a table is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs, in full precision.
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Two teachers on embedded data, one has seen the test: red and green side by side
    Demo(demo::DemoArgs),
    /// Look at what is there, write a commented distilgate.toml for it, and say what `check` still needs
    Init(init::InitArgs),
    /// Everything the configuration asks for; writes reports; the exit code is the verdict
    Check(check::CheckArgs),
    /// Hold the collections to distilgate.lock, or write it with --update
    Fingerprint(fingerprint::FingerprintArgs),
    /// What the teacher's scores know of the judgements, before anything is distilled
    Probe(probe::ProbeArgs),
    /// Have the teacher score training pairs, for `distill` and `check`
    Ask(ask::AskArgs),
    /// Train a student from scores and save it as ONNX
    Distill(distill::DistillArgs),
    /// Measure a run against judgements, like the `ir_measures` command
    Evaluate(evaluate::EvaluateArgs),
    /// Where test queries, judgements and documents turn up in files of any size
    Scan(scan::ScanArgs),
    /// Fresh queries for a suspect collection: how many, a sheet to write them in, the collection from it
    #[command(subcommand)]
    Twin(twin::TwinCommand),
    /// Planted documents with random labels: make them, and see whether a scorer knows the labels
    #[command(subcommand)]
    Canary(canary::CanaryCommand),
    /// Render any format again from report.json
    Report(report::ReportArgs),
    /// How many queries, collections and references are needed
    Plan(plan::PlanArgs),
    /// What a check looks at, why, and what to do; without a name the list
    Explain(explain::ExplainArgs),
    /// What was found: ONNX Runtime, models, collections, cores, cache
    Doctor(doctor::DoctorArgs),
    /// Shell completions
    Completions(completions::CompletionsArgs),
    /// The manual page
    Man,
}

/// Runs the program with the arguments of the process and says how it should exit.
pub fn main() -> Exit {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // clap prints help and versions to stdout and mistakes to stderr; both may be a closed pipe.
            let _ = error.print();
            return if error.use_stderr() { Exit::Unusable } else { Exit::Pass };
        }
    };
    cli.global.color.apply();
    match dispatch(&cli) {
        Ok(exit) => exit,
        Err(error) => {
            let bold = anstyle::Style::new().bold().fg_color(Some(anstyle::AnsiColor::Red.into()));
            let _ = writeln!(anstream::stderr().lock(), "{bold}error{bold:#}: {error}");
            error.exit()
        }
    }
}

fn dispatch(cli: &Cli) -> Result<Exit> {
    let global = &cli.global;
    let mut out = outlet::Outlet::new(anstream::stdout().lock());
    let result = match &cli.command {
        Command::Demo(args) => demo::run(args, global, &mut out),
        Command::Init(args) => init::run(args, global, &mut out),
        Command::Check(args) => check::run(args, global, &mut out),
        Command::Fingerprint(args) => fingerprint::run(args, global, &mut out),
        Command::Probe(args) => probe::run(args, global, &mut out),
        Command::Ask(args) => ask::run(args, global, &mut out),
        Command::Distill(args) => distill::run(args, global, &mut out),
        Command::Evaluate(args) => evaluate::run(args, &mut out),
        Command::Scan(args) => scan::run(args, global, &mut out),
        Command::Twin(command) => twin::run(command, global, &mut out),
        Command::Canary(command) => canary::run(command, global, &mut out),
        Command::Report(args) => report::run(args, global, &mut out),
        Command::Plan(args) => plan::run(args, global, &mut out),
        Command::Explain(args) => explain::run(args, &mut out),
        Command::Doctor(args) => doctor::run(args, global, &mut out),
        Command::Completions(args) => completions::run(args, &mut out),
        Command::Man => man::run(&mut out),
    };
    out.flush().map_err(printing)?;
    result
}

/// The command line's definition, for completions, the manual page and the docs.
pub fn command() -> clap::Command {
    Cli::command()
}

/// A failure to print. A reader who has seen enough (`| head`) is none: [`outlet::Outlet`] sees to that.
fn printing(error: io::Error) -> Error {
    Error::writing("stdout", error)
}

impl Color {
    fn apply(self) {
        match self {
            Color::Auto => {}
            Color::Always => anstream::ColorChoice::Always.write_global(),
            Color::Never => anstream::ColorChoice::Never.write_global(),
        }
    }
}

impl Global {
    /// The configuration that this call means.
    fn load(&self) -> Result<config::Loaded> {
        let here = std::env::current_dir().map_err(|e| Error::reading(".", e))?;
        let path = config::find(self.config.as_deref(), &here)?;
        let path = path.strip_prefix(&here).map(PathBuf::from).unwrap_or(path);
        config::load(&path)
    }

    /// The cache folder that this call means.
    fn cache(&self) -> Result<Cache> {
        match &self.cache_dir {
            Some(folder) => Ok(Cache::new(folder)),
            None => Ok(Cache::new(cache::default_folder(|name| std::env::var_os(name))?)),
        }
    }

    /// What an audit runs in, with the day that counts as today, where the command line names one.
    fn surroundings(&self, loaded: &config::Loaded, day: Option<Date>) -> Result<Surroundings> {
        Ok(Surroundings {
            cache: self.cache()?,
            offline: self.offline,
            threads: self.threads(),
            device: self.device,
            today: today::today(day, &loaded.config.lock),
            waiver_day: day.unwrap_or_else(today::by_the_clock),
            work: Work::Whole,
        })
    }

    /// Threads to score with.
    fn threads(&self) -> usize {
        match self.threads {
            Some(threads) => threads.get(),
            None => std::thread::available_parallelism().map_or(1, usize::from),
        }
    }
}

/// The table of exit codes, from the one enum that holds them.
fn exit_codes() -> String {
    let mut codes = Exit::BY_URGENCY;
    codes.sort_by_key(|exit| exit.code());
    let lines: Vec<String> = codes.iter().map(|exit| format!("  {:3}  {}", exit.code(), exit.meaning())).collect();
    format!("Exit codes:\n{}", lines.join("\n"))
}
