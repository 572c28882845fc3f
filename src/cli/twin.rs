//! `distilgate twin`: how many fresh queries settle an open question, a sheet to write them in, the collection from it.

use super::{Format, Global, printing};
use crate::audit;
use crate::cache::{refuse_to_replace, write_atomically};
use crate::checks::wording::count;
use crate::collection::Collection;
use crate::config::{CollectionConfig, Gate, Loaded, nearest};
use crate::error::{Error, Exit, Place, Result};
use crate::report::{self, Outcome, Report};
use crate::stats::{self, MIN_QUERIES, Summary, one_seed};
use crate::twin::{self, Order, Sheet};
use clap::{Args, Subcommand};
use comfy_table::{Table, presets};
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};

/// A sheet with more documents for a query is nobody's work; what is judged deeper is said.
const MOST_DOCUMENTS: usize = 50;

/// Regions that a sheet tells apart.
const REGIONS: usize = 8;

/// What to do with twins.
#[derive(Debug, Subcommand)]
pub enum TwinCommand {
    /// How many fresh queries a twin needs, what they should be about, and a sheet to write and judge them in
    Plan(PlanArgs),
    /// Make the collection that a filled sheet holds
    Import(ImportArgs),
}

/// Options of `twin plan`.
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// The suspect collection, by its name in the configuration
    #[arg(long = "for", value_name = "COLLECTION")]
    collection: String,
    /// A report.json of this configuration, for the variances that were measured; without it those of docs/statistics.md
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// The chance with which a difference as large as the margin is to be found, 0.5 to 0.99
    #[arg(long, default_value = "0.8", value_parser = power)]
    power: f64,
    /// Fresh queries to make room for; without it as many as the first test needs
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    queries: Option<u32>,
    /// Documents to judge for each; without it as many as are judged for a query of the collection, 50 at most
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    documents: Option<u32>,
    /// The seed with which documents are drawn
    #[arg(long, value_name = "SEED", default_value = "1")]
    seed: u64,
    /// Write the sheet to this file, as CSV
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// How the plan is printed
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// Options of `twin import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The filled sheet
    #[arg(value_name = "SHEET")]
    sheet: PathBuf,
    /// The suspect collection that it is a twin of, by its name in the configuration
    #[arg(long, value_name = "COLLECTION")]
    of: String,
    /// The folder to make
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
}

fn power(text: &str) -> std::result::Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if (0.5..=0.99).contains(&number) => Ok(number),
        _ => Err("a number from 0.5 to 0.99 is expected".to_owned()),
    }
}

/// Plans a twin, or makes one.
///
/// # Errors
/// A configuration, collection, report or sheet that cannot be used (exit 2); a file that cannot be written (exit 4).
pub fn run(command: &TwinCommand, global: &Global, out: &mut dyn Write) -> Result<Exit> {
    match command {
        TwinCommand::Plan(args) => plan(args, global, out),
        TwinCommand::Import(args) => import(args, global, out),
    }
}

/// How many fresh queries one test needs.
#[derive(Debug, Serialize)]
struct Need {
    outcome: String,
    /// The standard deviation between queries.
    sd: f64,
    /// Whether it was measured, or is the one of docs/statistics.md.
    measured: bool,
    /// The difference that is to be found: the margin.
    difference: f64,
    /// Queries of the suspect collection.
    suspect_queries: usize,
    /// Fresh queries; `null` where no number is enough.
    fresh_queries: Option<usize>,
}

/// What `twin plan` says.
#[derive(Debug, Serialize)]
struct Planned {
    collection: String,
    power: f64,
    needs: Vec<Need>,
    queries: usize,
    documents_each: usize,
    judged_each: usize,
    regions: Vec<PlannedRegion>,
}

#[derive(Debug, Serialize)]
struct PlannedRegion {
    words: Vec<String>,
    queries: usize,
    fresh_queries: usize,
}

fn plan(args: &PlanArgs, global: &Global, out: &mut dyn Write) -> Result<Exit> {
    // Somebody may have filled in the sheet that is there.
    args.out.as_deref().map_or(Ok(()), refuse_to_replace)?;
    let loaded = global.load()?;
    let config = named(&loaded, &args.collection)?;
    not_a_twin(&loaded, config)?;
    let collection = open(&loaded, config)?;
    let report = args.report.as_deref().map(report::read).transpose()?;
    let usable = judged_counts(&collection, config.rel);
    // Finished runs are read whole: a sample is drawn where models are scored.
    let scores_models = audit::Request::of(&loaded).map_or(true, |request| request.scores_models);
    let suspect_queries = match loaded.config.gate.queries {
        most if scores_models && most > 0 => usable.len().min(most),
        _ => usable.len(),
    };
    let needs = needs(args, &loaded.config.gate, report.as_ref(), suspect_queries)?;
    let needed = needs.iter().find_map(|need| need.fresh_queries);
    let queries = args.queries.map(|n| n as usize).or(needed).unwrap_or(MIN_QUERIES).max(MIN_QUERIES);
    let judged_each = usable.get(usable.len() / 2).copied().unwrap_or(0);
    let documents = args.documents.map_or(judged_each.clamp(1, MOST_DOCUMENTS), |n| n as usize);
    let order = Order { rel: config.rel, queries, documents, regions: REGIONS, seed: args.seed };
    let sheet = twin::draw(&collection, &loaded.config.first_stage.bm25, order)?;
    if let Some(path) = &args.out {
        write_atomically(path, &twin::write_sheet(&sheet)?)?;
    }
    let planned = Planned {
        collection: collection.name.clone(),
        power: args.power,
        needs,
        queries,
        documents_each: documents,
        judged_each,
        regions: planned_regions(&sheet),
    };
    match args.format {
        Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(&planned).expect("plain data")),
        Format::Text => text(&planned, args, out),
    }
    .map_err(printing)?;
    Ok(Exit::Pass)
}

fn planned_regions(sheet: &Sheet) -> Vec<PlannedRegion> {
    let region = |(region, fresh): &(twin::Region, usize)| PlannedRegion {
        words: region.words.clone(),
        queries: region.queries.len(),
        fresh_queries: *fresh,
    };
    sheet.regions.iter().map(region).collect()
}

/// The number of judged documents of each query that has a relevant one, sorted.
fn judged_counts(collection: &Collection, rel: i32) -> Vec<usize> {
    let judged = collection.qrels.queries.values();
    let mut counts: Vec<usize> =
        judged.filter(|judged| judged.values().any(|g| *g >= rel)).map(std::collections::BTreeMap::len).collect();
    counts.sort_unstable();
    counts
}

/// Tests with the standard deviation between queries that docs/statistics.md takes for them, the sharpest first.
const TESTS: [(&str, f64, bool); 3] =
    [("label residual of the teacher", 0.30, false), ("excess gain", 0.10, true), ("gain", 0.20, true)];

fn needs(args: &PlanArgs, gate: &Gate, report: Option<&Report>, suspect_queries: usize) -> Result<Vec<Need>> {
    let mut needs = Vec::new();
    for (name, usual, is_gain) in TESTS {
        let difference = if is_gain { gate.margin } else { gate.residual_margin };
        let measured = match report {
            Some(report) => measured(report, name, &args.collection),
            None => None,
        };
        let is_measured = measured.is_some();
        // A report that lacks an outcome says nothing about it, and then nobody asks for it.
        let summary = match (measured, report) {
            (Some(summary), _) => summary,
            (None, Some(_)) => continue,
            (None, None) => Summary {
                n_queries: suspect_queries,
                n_seeds: 1,
                mean: 0.0,
                query_variance: usual * usual,
                seed_variance: 0.0,
            },
        };
        needs.push(Need {
            outcome: name.to_owned(),
            sd: summary.query_variance.sqrt(),
            measured: is_measured,
            difference,
            suspect_queries: summary.n_queries,
            fresh_queries: stats::twin_queries_at(&summary, difference, gate.alpha, args.power)
                .map(|n| n.max(MIN_QUERIES)),
        });
    }
    match (needs.is_empty(), &args.report) {
        (true, Some(path)) => Err(Error::input(format!("the report has no outcome on {}", args.collection))
            .at(Place::file(path))
            .help("take the report of a check of this configuration, or leave --report out")),
        _ => Ok(needs),
    }
}

/// The outcome as the report measured it on a collection; seeds are averaged there.
fn measured(report: &Report, name: &str, collection: &str) -> Option<Summary> {
    let outcome: &Outcome = report.outcomes.iter().find(|outcome| outcome.name == name)?;
    let on = outcome.collections.iter().find(|on| on.collection == collection)?;
    let values: Vec<f64> = on.by_query.values().copied().collect();
    stats::summary(&one_seed(&values)).ok()
}

fn text(plan: &Planned, args: &PlanArgs, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(
        out,
        "Fresh queries that find a difference as large as the margin in {:.0} % of cases",
        100.0 * plan.power
    )?;
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["test", "margin", "sd of a query", "suspect queries", "fresh queries"]);
    for need in &plan.needs {
        let source = if need.measured { "measured" } else { "usual" };
        let fresh = need.fresh_queries.map_or_else(
            || format!("none is enough: {} suspect queries are too few", need.suspect_queries),
            |n| n.to_string(),
        );
        table.add_row([
            need.outcome.clone(),
            need.difference.to_string(),
            format!("{:.3} ({source})", need.sd),
            need.suspect_queries.to_string(),
            fresh,
        ]);
    }
    for line in table.to_string().lines() {
        writeln!(out, "  {}", line.trim_end())?;
    }
    if plan.needs.iter().any(|need| !need.measured) {
        writeln!(
            out,
            "  after a check, --report distilgate-report/report.json takes the deviations that were measured"
        )?;
    }
    writeln!(out, "\nWhat the queries of {} are about, and how many fresh ones that makes", plan.collection)?;
    for region in &plan.regions {
        let words = if region.words.is_empty() { "(no word in common)".to_owned() } else { region.words.join(", ") };
        writeln!(out, "  {:3} of {:3}  {words}", region.fresh_queries, region.queries)?;
    }
    writeln!(
        out,
        "\n{} with {} each to judge; a query of {} has {} judged in the median",
        count(plan.queries, "fresh query", "fresh queries"),
        count(plan.documents_each, "document", "documents"),
        plan.collection,
        plan.judged_each
    )?;
    if plan.documents_each < plan.judged_each {
        writeln!(out, "judge deeper where you can (add rows): a twin that is judged less deep is not matched")?;
    }
    match &args.out {
        Some(path) => writeln!(
            out,
            "wrote {}: write a query for each query_id, as those of {} are written, grade each of its documents, delete the \
             rows that you do not need, and then: distilgate twin import {} --of {} --out FOLDER",
            path.display(),
            plan.collection,
            path.display(),
            plan.collection
        ),
        None => writeln!(out, "write the sheet with: --out sheet.csv"),
    }
}

fn import(args: &ImportArgs, global: &Global, out: &mut dyn Write) -> Result<Exit> {
    let loaded = global.load()?;
    let config = named(&loaded, &args.of)?;
    not_a_twin(&loaded, config)?;
    let collection = open(&loaded, config)?;
    let filled = twin::read_sheet(&args.sheet, &collection, config.rel)?;
    twin::make(&filled, &args.out)?;
    let judgements: usize = filled.qrels.queries.values().map(std::collections::BTreeMap::len).sum();
    write!(
        out,
        "wrote {}: {} and {}",
        args.out.display(),
        count(filled.queries.len(), "query", "queries"),
        count(judgements, "judgement", "judgements")
    )
    .map_err(printing)?;
    if filled.empty > 0 {
        write!(out, "; {} of the sheet not filled in", count(filled.empty, "place", "places")).map_err(printing)?;
    }
    let lines = lines(&loaded, config, &collection, &args.out);
    writeln!(out, "\n\nAdd to {}, and say when the queries were written:\n\n{lines}", loaded.path.display())
        .map_err(printing)?;
    if filled.queries.len() < MIN_QUERIES {
        writeln!(out, "{} are needed before it counts", MIN_QUERIES).map_err(printing)?;
    }
    Ok(Exit::Pass)
}

/// The `[[collection]]` of a new twin; its day of publication is for its authors to say.
fn lines(loaded: &Loaded, suspect: &CollectionConfig, collection: &Collection, folder: &Path) -> String {
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let from_config = |path: &Path| {
        let base = loaded.path.parent().filter(|base| *base != Path::new(""));
        let path = match base {
            None => path.to_owned(),
            Some(base) => path
                .strip_prefix(base)
                .map(Path::to_owned)
                .ok()
                .or_else(|| path.canonicalize().ok())
                .unwrap_or_default(),
        };
        path.display().to_string()
    };
    let name = folder.file_name().map_or("twin".to_owned(), |name| name.to_string_lossy().into_owned());
    let corpus = suspect.corpus.clone().or_else(|| collection.location.corpus.as_deref().map(from_config));
    let corpus = corpus.map_or(String::new(), |corpus| format!("corpus = {}\n", quoted(&corpus)));
    format!(
        "[[collection]]\nname = {}\npath = {}\n{corpus}twin-of = {}\nrel = {}\n# published = YYYY-MM-DD, the day on which the queries were written\n",
        quoted(&name),
        quoted(&from_config(folder)),
        quoted(&suspect.name),
        suspect.rel
    )
}

/// The collection of this name in the configuration.
fn named<'a>(loaded: &'a Loaded, name: &str) -> Result<&'a CollectionConfig> {
    let all = &loaded.config.collection;
    all.iter().find(|config| config.name == name).ok_or_else(|| {
        let error = Error::input(format!("the configuration has no collection {name}")).at(Place::file(&loaded.path));
        match nearest(name, all.iter().map(|config| config.name.as_str())) {
            Some(nearest) => error.help(format!("did you mean {nearest}?")),
            None => error.help("name one of its [[collection]] tables"),
        }
    })
}

/// A twin's twin would compare nothing: its original is the suspect one.
fn not_a_twin(loaded: &Loaded, config: &CollectionConfig) -> Result<()> {
    match &config.twin_of {
        None => Ok(()),
        Some(original) => Err(Error::input(format!("{} is a twin of {original} itself", config.name))
            .at(loaded.collection_place(&config.name))
            .help(format!("name the suspect collection: {original}"))),
    }
}

fn open(loaded: &Loaded, config: &CollectionConfig) -> Result<Collection> {
    let read = || Collection::open(&config.name, &audit::location(loaded, config)?);
    read().map_err(|e| e.context(format!("collection {}", config.name)))
}
