//! `distilgate doctor`: what was found on this machine and in this folder. It changes nothing and installs nothing.

use super::found::look;
use super::{Format, Global, printing};
use crate::config;
use crate::error::{Error, Exit, Result};
use crate::onnx;
use clap::Args;
use serde::Serialize;
use std::io::Write;
use std::path::Path;

/// Options of `doctor`.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// How it is printed
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// What was found.
#[derive(Debug, Serialize)]
struct Diagnosis {
    version: &'static str,
    platform: String,
    cores: usize,
    threads: usize,
    cache: String,
    onnx_runtime: Option<String>,
    onnx_runtime_problem: Option<String>,
    config: Option<String>,
    config_problem: Option<String>,
    collections: Vec<String>,
    models: Vec<String>,
    runs: Vec<String>,
}

/// The library that was found, or what to do where there is none.
fn present(sighting: onnx::Sighting) -> Result<onnx::Found> {
    let missing = || {
        let passed_over = sighting.passed_over.iter().map(|why| format!("passed over: {why}"));
        let error = Error::surroundings("ONNX Runtime was not found; the first command that needs it installs it");
        passed_over.fold(error, Error::help)
    };
    sighting.found.clone().ok_or_else(missing)
}

/// Prints what was found; exit 4 where ONNX Runtime is missing, 2 where the configuration cannot be used.
///
/// # Errors
/// Where the folder cannot be looked at.
pub fn run(args: &DoctorArgs, global: &Global, out: &mut dyn Write) -> Result<Exit> {
    let cache = global.cache()?;
    let runtime = onnx::find(&onnx::Search::from_environment(cache.folder(), true)).and_then(present);
    let here = Path::new(".");
    let config = config::find(global.config.as_deref(), &std::env::current_dir().unwrap_or_default());
    let loaded = config.as_ref().ok().map(|path| config::load(path));
    let found = look(here)?;
    let mut exit = Exit::Pass;
    if let Err(error) = &runtime {
        exit = exit.or(error.exit());
    }
    if let Some(Err(error)) = &loaded {
        exit = exit.or(error.exit());
    }
    let names = |paths: &[std::path::PathBuf]| paths.iter().map(|path| path.display().to_string()).collect();
    let diagnosis = Diagnosis {
        version: env!("CARGO_PKG_VERSION"),
        platform: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        cores: std::thread::available_parallelism().map_or(1, usize::from),
        threads: global.threads(),
        cache: cache.folder().display().to_string(),
        onnx_runtime: runtime.as_ref().ok().map(runtime_line),
        onnx_runtime_problem: runtime.as_ref().err().map(ToString::to_string),
        config: config.as_ref().ok().map(|path| path.display().to_string()),
        config_problem: loaded.and_then(|loaded| loaded.err()).map(|error| error.to_string()),
        collections: names(&found.collections),
        models: names(&found.models),
        runs: found.runs.keys().cloned().collect(),
    };
    match args.format {
        Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(&diagnosis).expect("plain data")),
        Format::Text => text(&diagnosis, out),
    }
    .map_err(printing)?;
    Ok(exit)
}

fn runtime_line(found: &onnx::Found) -> String {
    let how = match &found.how {
        onnx::How::Named(variable) => format!("named by {variable}"),
        onnx::How::Cached => "in the cache".to_owned(),
        onnx::How::Package(python) => format!("in the package onnxruntime of {python}"),
        onnx::How::Installed => "installed just now".to_owned(),
    };
    format!("{}, {how}: {}", found.version.as_deref().unwrap_or("unknown version"), found.path.display())
}

fn text(d: &Diagnosis, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "distilgate    {} on {}, {} cores, {} threads used", d.version, d.platform, d.cores, d.threads)?;
    writeln!(out, "cache         {}", d.cache)?;
    match (&d.onnx_runtime, &d.onnx_runtime_problem) {
        (Some(found), _) => writeln!(out, "ONNX Runtime  {found}")?,
        (None, problem) => writeln!(out, "ONNX Runtime  not found\n{}", problem.as_deref().unwrap_or_default())?,
    }
    match (&d.config, &d.config_problem) {
        (Some(path), None) => writeln!(out, "config        {path}, can be used")?,
        (Some(path), Some(problem)) => writeln!(out, "config        {path}, cannot be used\n{problem}")?,
        (None, _) => writeln!(out, "config        none; write one with: distilgate init")?,
    }
    for (what, paths) in [("collections", &d.collections), ("models", &d.models), ("runs", &d.runs)] {
        let shown: Vec<&str> = paths.iter().take(8).map(String::as_str).collect();
        let more = paths.len() - shown.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        writeln!(out, "{what:13} {}{more}", if shown.is_empty() { "none here".to_owned() } else { shown.join(", ") })?;
    }
    Ok(())
}
