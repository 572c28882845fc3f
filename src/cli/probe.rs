//! `distilgate probe`: the teacher's scores alone, before anything is distilled.

use super::progress::Bars;
use super::{Format, Global, printing};
use crate::audit::export::{self, ExportedPairs, PairToScore, RewordingPlan};
use crate::audit::{self, Audited};
use crate::cache::WholeFile;
use crate::checks::{self, Family, Status};
use crate::config::{Inconclusive, Loaded, ReferenceKind};
use crate::error::{Error, Exit, Place, Result, quiet};
use crate::facts::{Facts, OutcomeFacts, OutcomeKind, Weight};
use crate::probe::reword::Rewording;
use crate::report;
use clap::{Args, Subcommand};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Options of `probe`.
#[derive(Debug, Args)]
pub struct ProbeArgs {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    run: RunArgs,
}

#[derive(Debug, Subcommand)]
enum What {
    /// What the teacher's scores show (what `probe` alone does)
    Run(RunArgs),
    /// Write the pairs of reworded queries and documents that a teacher is to score
    Export(ExportArgs),
    /// One query's numbers, from scores to its weight in the verdict
    Explain(ExplainArgs),
}

#[derive(Debug, Default, Args)]
struct RunArgs {
    /// Show one query's numbers instead, as `probe explain` does
    #[arg(long, value_name = "QUERY_ID")]
    explain: Option<String>,
    /// text, or json
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Ask the teacher's command for at most so many pairs; stands before max-calls in the configuration
    #[arg(long, value_name = "N")]
    max_calls: Option<u64>,
}

#[derive(Debug, Args)]
struct ExplainArgs {
    /// The query's identifier
    query: String,
    /// Its collection, where several have a query of this name
    #[arg(long, value_name = "NAME")]
    collection: Option<String>,
}

#[derive(Debug, Args)]
struct ExportArgs {
    /// The folder that a file for each collection goes to
    #[arg(long, value_name = "DIR", default_value = "reworded")]
    out: PathBuf,
    /// How queries are reworded: typo, order, drop; without it all three
    #[arg(long, value_name = "HOW", value_delimiter = ',', value_parser = rewording)]
    rewordings: Vec<Rewording>,
    /// Your own words too: a file of queries, by the identifiers of the collections'
    #[arg(long, value_name = "FILE")]
    paraphrases: Option<PathBuf>,
    /// The seed of the rewordings
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Documents of each query at most: the best of the teacher's, or of the first stage
    #[arg(long, value_name = "N", default_value = "20")]
    depth: std::num::NonZeroUsize,
}

fn rewording(word: &str) -> std::result::Result<Rewording, String> {
    Rewording::MADE
        .into_iter()
        .find(|rewording| rewording.to_string() == word)
        .ok_or_else(|| "a rewording is typo, order or drop".to_owned())
}

/// Looks at the teacher's scores.
///
/// # Errors
/// A configuration without a teacher's scores; inputs that cannot be used; surroundings that fail.
pub fn run(args: &ProbeArgs, global: &Global, out: &mut dyn Write) -> Result<Exit> {
    let mut loaded = global.load()?;
    let asked = match &args.what {
        Some(What::Run(run)) => run.max_calls,
        _ => args.run.max_calls,
    };
    if let Some(most) = asked {
        super::check::bound_calls(&mut loaded, most)?;
    }
    checks::validate(&loaded.config).map_err(|e| e.at(Place::file(&loaded.path)))?;
    let loaded = teacher_alone(loaded)?;
    match &args.what {
        Some(What::Export(export)) => write_pairs(export, &loaded, global, out),
        Some(What::Explain(explain)) => {
            explain_query(&loaded, global, &explain.query, explain.collection.as_deref(), out)
        }
        Some(What::Run(run)) => show(run, &loaded, global, out),
        None => show(&args.run, &loaded, global, out),
    }
}

fn show(args: &RunArgs, loaded: &Loaded, global: &Global, out: &mut dyn Write) -> Result<Exit> {
    if let Some(query) = &args.explain {
        if matches!(args.format, Format::Json) {
            return Err(Error::input("one query is explained as text, and not as JSON")
                .help("probe --format json has every query's outcome in by_query"));
        }
        return explain_query(loaded, global, query, None, out);
    }
    let facts = gather(loaded, global)?.facts;
    let text = match args.format {
        Format::Text => in_words(&facts),
        Format::Json => report::probe_json(&facts),
    };
    out.write_all(text.as_bytes()).map_err(printing)?;
    Ok(exit(&facts))
}

/// The same configuration without students: nothing is trained, and no finished run of a student is read.
fn teacher_alone(mut loaded: Loaded) -> Result<Loaded> {
    let config = &mut loaded.config;
    let has_scores = |t: &crate::config::Teacher| t.scores.is_some() || t.model.is_some() || t.command.is_some();
    if !config.teacher.as_ref().is_some_and(has_scores) {
        return Err(Error::input("there are no scores of the teacher to look at")
            .at(Place::file(&loaded.path))
            .help("add `scores`, `model` or `command` to [teacher]"));
    }
    config.student.after = None;
    config.distill = None;
    config.scan = None;
    for reference in &mut config.reference {
        reference.runs = None;
        reference.training_scores = None;
    }
    let explains =
        |r: &crate::config::Reference| r.scores.is_some() || r.model.is_some() || r.kind == Some(ReferenceKind::Bm25);
    config.reference.retain(explains);
    Ok(loaded)
}

fn gather(loaded: &Loaded, global: &Global) -> Result<Audited> {
    let surroundings = global.surroundings(loaded, None)?;
    let mut bars = Bars::new(global.quiet);
    let audited = audit::run(loaded, &surroundings, &mut bars)?;
    bars.finish();
    Ok(audited)
}

/// Whether the teacher's test rejects, passes, or decides nothing.
fn exit(facts: &Facts) -> Exit {
    let kind = OutcomeKind::TeacherLabelResidual;
    let undecided = match facts.config.gate.inconclusive {
        Inconclusive::Fail => Exit::Inconclusive,
        Inconclusive::Warn => Exit::Pass,
    };
    let Some(outcome) = facts.outcome(kind.clone()) else { return undecided };
    let margin = kind.margin(&facts.config.gate);
    match (facts.test(kind), &outcome.contrast) {
        (Some(test), _) if test.rejects => Exit::Fail,
        (Some(_), Some(contrast)) if checks::wording::upper_bound(contrast) < margin => Exit::Pass,
        _ => undecided,
    }
}

/// What the teacher's scores show, for people.
fn in_words(facts: &Facts) -> String {
    let name = facts.teacher.as_ref().map_or("", |teacher| teacher.name.as_str());
    let mut lines = vec![format!("The teacher {}: what its scores know of the judgements", quiet(name)), String::new()];
    for outcome in facts.outcomes.iter().filter(|outcome| outcome.arm == "teacher") {
        lines.extend(about(facts, outcome));
        lines.push(String::new());
    }
    lines.push("What each reference explains".to_owned());
    lines.extend(checks::wording::references(facts).iter().map(|line| format!("  {}", quiet(line))));
    lines.push(String::new());
    lines.push("Pairs that carry the label residual on suspect collections".to_owned());
    lines.extend(checks::wording::carrying_pairs(facts).iter().map(|line| format!("  {}", quiet(line))));
    lines.push(String::new());
    lines.push("Checks".to_owned());
    lines.extend(probes(facts));
    lines.join("\n") + "\n"
}

/// An outcome: whether it decides, what came out, and each collection.
fn about(facts: &Facts, outcome: &OutcomeFacts) -> Vec<String> {
    let weight = match &outcome.weight {
        Weight::Decides => "decides".to_owned(),
        Weight::Shown(why) => format!("shown: {why}"),
    };
    let mut lines = vec![format!("{} ({weight})", outcome.kind)];
    match &outcome.contrast {
        Some(contrast) => {
            lines.push(format!("  {}", checks::wording::sentence(facts, outcome, contrast)));
            lines.extend(checks::wording::per_collection(contrast).iter().map(|line| format!("    {line}")));
        }
        None => lines.push("  no comparison: it takes one suspect and two clean collections".to_owned()),
    }
    lines.extend(outcome.left_out.iter().map(|left| format!("    without {}: {}", left.collection, left.reason)));
    lines.iter().map(|line| quiet_keeping_indent(line)).collect()
}

fn quiet_keeping_indent(line: &str) -> String {
    let indent = line.len() - line.trim_start().len();
    format!("{}{}", &line[..indent], quiet(line.trim_start()))
}

/// Every finding of the family, and what does not apply with the reason.
fn probes(facts: &Facts) -> Vec<String> {
    let mut lines = Vec::new();
    for (check, cases) in checks::run(facts).into_iter().filter(|(check, _)| check.family == Family::Probes) {
        for case in cases {
            let said = match &case.status {
                Status::Found(finding) => format!("{}; {}", finding.message, finding.help),
                Status::NotApplicable(why) | Status::CouldNotRun(why) => format!("does not apply: {why}"),
                Status::Passed(_) => continue,
            };
            lines.push(format!("  {} {}: {}", check.id, quiet(&case.subject), quiet(&said)));
        }
    }
    if lines.is_empty() {
        lines.push("  none has anything to say".to_owned());
    }
    lines
}

/// One query's numbers.
fn explain_query(
    loaded: &Loaded,
    global: &Global,
    query: &str,
    collection: Option<&str>,
    out: &mut dyn Write,
) -> Result<Exit> {
    let audited = gather(loaded, global)?;
    let text = report::explain_query(&audited.facts, &audited.probed, query, collection)?;
    out.write_all(text.as_bytes()).map_err(printing)?;
    Ok(Exit::Pass)
}

/// Writes a file of pairs for each collection.
fn write_pairs(args: &ExportArgs, loaded: &Loaded, global: &Global, out: &mut dyn Write) -> Result<Exit> {
    std::fs::create_dir_all(&args.out).map_err(|error| Error::writing(&args.out, error))?;
    let rewordings = if args.rewordings.is_empty() { Rewording::MADE.to_vec() } else { args.rewordings.clone() };
    let plan =
        RewordingPlan { rewordings, paraphrases: args.paraphrases.clone(), seed: args.seed, depth: args.depth.get() };
    let mut bars = Bars::new(global.quiet);
    let mut files: Vec<(PathBuf, BufWriter<WholeFile>)> = Vec::new();
    let files_cell = std::cell::RefCell::new(&mut files);
    let begin = |name: &str| {
        let path = args.out.join(file_name(name)?);
        let file = WholeFile::create(&path).map_err(|error| Error::writing(&path, error))?;
        files_cell.borrow_mut().push((path, BufWriter::new(file)));
        Ok(())
    };
    let each = |pair: &PairToScore| {
        let mut files = files_cell.borrow_mut();
        let Some((path, file)) = files.last_mut() else { return Ok(()) };
        let line = serde_json::to_string(pair).expect("plain data with text for keys");
        writeln!(file, "{line}").map_err(|error| Error::writing(path, error))
    };
    let written = export::export(loaded, &plan, &mut bars, begin, each)?;
    bars.finish();
    for (path, file) in files {
        let file = file.into_inner().map_err(|error| Error::writing(&path, error.into_error()))?;
        file.finish().map_err(|error| Error::writing(&path, error))?;
    }
    for (name, pairs) in &written {
        writeln!(out, "{}", exported(&args.out, name, pairs)).map_err(printing)?;
    }
    Ok(Exit::Pass)
}

/// The file of a collection; its name may not lead elsewhere.
fn file_name(collection: &str) -> Result<String> {
    match collection.contains(['/', '\\']) || collection.starts_with('.') {
        true => Err(Error::input(format!("the collection's name {collection} cannot be that of a file"))
            .help("give it a name without slashes, and without a dot in front")),
        false => Ok(format!("{collection}.jsonl")),
    }
}

fn exported(folder: &Path, name: &str, written: &ExportedPairs) -> String {
    let ways: Vec<String> = written.queries.iter().map(|(how, n)| format!("{n} {how}")).collect();
    let short = match written.too_short {
        0 => String::new(),
        n => format!("; {n} rewordings left out, the query being too short"),
    };
    format!(
        "{}: {} pairs, roughly {} tokens ({}){short}",
        quiet(&folder.join(format!("{name}.jsonl")).display().to_string()),
        written.pairs,
        crate::command::tokens(written.bytes),
        ways.join(", ")
    )
}
