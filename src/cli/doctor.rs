//! `distilgate doctor`: what was found on this machine and in this folder. It changes nothing and installs nothing.

use super::found::look;
use super::{Format, Global, printing};
use crate::audit::{Purpose, Request, Source, Supervision};
use crate::checks;
use crate::config;
use crate::error::{Error, Exit, Faults, Place, Result};
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
    onnx_runtime_needed: bool,
    config: Option<String>,
    config_problem: Option<String>,
    collections: Vec<String>,
    models: Vec<String>,
    runs: Vec<String>,
    passed_over: Vec<String>,
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

/// What the configuration asks for, held to what `check` holds it to before it reads anything.
fn usable(path: &Path) -> Result<Request> {
    let loaded = config::load(path)?;
    checks::validate(&loaded.config).map_err(|e| e.at(Place::file(path)))?;
    let request = Request::of(&loaded)?;
    let mut missing = Faults::new();
    for collection in &loaded.config.collection {
        let named = [&collection.path, &collection.corpus, &collection.queries, &collection.qrels];
        for file in named.into_iter().flatten().filter(|file| !loaded.resolve(file).exists()) {
            let place = loaded.collection_place(&collection.name);
            missing.push(place, format!("collection {}: there is no {file}", collection.name));
        }
    }
    for scorer in request.scorers.iter().filter(|scorer| scorer.purpose != Purpose::OtherLoss) {
        let files = match &scorer.source {
            Source::Model(model, _) | Source::Trained(Supervision::Model(model, _), _) => vec![model.clone()],
            Source::Trained(Supervision::File(path, _), _) => vec![path.clone()],
            // [distill] names its files, below.
            Source::Trained(..) => continue,
            // A program may be anywhere on the system's path: starting it tells.
            Source::Command(_) => continue,
            Source::Files(files, _) => loaded.config.collection.iter().flat_map(|c| files.of(&c.name)).collect(),
        };
        // An arm may leave collections out, but not all of them.
        if !files.iter().any(|file| loaded.resolve(file).exists()) {
            missing.push(Place::file(path), format!("{}: there is no {}", scorer.name, files.join(", no ")));
        }
    }
    if let Some(distill) = &loaded.config.distill {
        let named = [&distill.queries, &distill.corpus, &distill.scores].into_iter().chain(&distill.qrels);
        for file in named.filter(|file| !loaded.resolve(file).exists()) {
            missing.push(Place::file(path), format!("[distill]: there is no {file}"));
        }
    }
    missing.into_result(
        "what the configuration names is not there",
        "paths in a config are relative to the config file",
    )?;
    Ok(request)
}

/// Prints what was found; exit 2 where the configuration cannot be used, 4 where it names a model and ONNX Runtime is
/// missing.
///
/// # Errors
/// Where the folder cannot be looked at.
pub fn run(args: &DoctorArgs, global: &Global, out: &mut dyn Write) -> Result<Exit> {
    let cache = global.cache()?;
    let runtime = onnx::find(&onnx::Search::from_environment(cache.folder(), true).on(global.device)).and_then(present);
    let here = Path::new(".");
    let config = config::find(global.config.as_deref(), &std::env::current_dir().unwrap_or_default());
    let request = config.as_ref().ok().map(|path| usable(path));
    let found = look(here)?;
    let needed = matches!(&request, Some(Ok(request)) if request.scores_models);
    let mut exit = Exit::Pass;
    if let (Err(error), true) = (&runtime, needed) {
        exit = exit.or(error.exit());
    }
    if let Some(Err(error)) = &request {
        exit = exit.or(error.exit());
    }
    let diagnosis = Diagnosis {
        version: env!("CARGO_PKG_VERSION"),
        platform: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        cores: std::thread::available_parallelism().map_or(1, usize::from),
        threads: global.threads(),
        cache: cache.folder().display().to_string(),
        onnx_runtime: runtime.as_ref().ok().map(runtime_line),
        onnx_runtime_problem: runtime.as_ref().err().map(ToString::to_string),
        config: config.as_ref().ok().map(|path| path.display().to_string()),
        onnx_runtime_needed: needed,
        config_problem: request.and_then(|request| request.err()).map(|error| error.to_string()),
        collections: found.collections.into_iter().map(|collection| collection.path).collect(),
        models: found.models,
        runs: found.runs.into_iter().flat_map(|runs| runs.files).collect(),
        passed_over: found.skipped,
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
        (None, _) if !d.onnx_runtime_needed => {
            let who = if d.config.is_some() { "the configuration names no model" } else { "finished runs need none" };
            writeln!(out, "ONNX Runtime  not found, and not needed: {who}")?;
        }
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
    for what in &d.passed_over {
        writeln!(out, "passed over   {what}")?;
    }
    Ok(())
}
