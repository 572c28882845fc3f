//! `distilgate canary`: planted documents with random labels, and whether a scorer knows the labels.

use super::{Format, Global, printing};
use crate::audit;
use crate::cache::refuse_to_replace;
use crate::canary::{
    FEWEST_PAIRS, Key, LOCK_NAME, Tally, content, hold, label, matched_pairs, publish, read_key, read_lock, tally,
};
use crate::checks::wording::{count, p_value};
use crate::collection::{Collection, Location};
use crate::config::Bm25;
use crate::error::{Error, Exit, Result};
use crate::runs::{self, Run};
use crate::stats::{share_found, successes_needed};
use clap::{Args, Subcommand};
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The level of the test where no configuration says another.
const ALPHA: f64 = 0.05;

/// The chance with which what `mint` promises to find is found.
const POWER: f64 = 0.8;

/// What to do with canaries.
#[derive(Debug, Subcommand)]
pub enum CanaryCommand {
    /// Make pairs of like documents with random labels: a part to publish, a key to keep, a lock to commit
    Mint(MintArgs),
    /// How often a scorer prefers the labelled documents, with the exact binomial p-value
    Verify(VerifyArgs),
}

/// Options of `canary mint`.
#[derive(Debug, Args)]
pub struct MintArgs {
    /// Whose documents are taken: a BEIR folder, or a collection of the configuration
    #[arg(long, value_name = "COLLECTION")]
    corpus: String,
    /// Pairs to make: each is a toss of a coin
    #[arg(long, value_name = "N", default_value = "100", value_parser = clap::value_parser!(u32).range(i64::from(FEWEST_PAIRS)..=100_000))]
    pairs: u32,
    /// The seed with which documents are drawn; labels are the system's random numbers, which no seed repeats
    #[arg(long, value_name = "SEED", default_value = "1")]
    seed: u64,
    /// The folder to make and publish
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// The key: keep it where the teacher's makers cannot read it
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The commitment to the key: commit it to version control
    #[arg(long, value_name = "FILE", default_value = LOCK_NAME)]
    lock: PathBuf,
}

/// Options of `canary verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The key
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The commitment to it
    #[arg(long, value_name = "FILE", default_value = LOCK_NAME)]
    lock: PathBuf,
    /// Scores of both documents of every query, a run or score file; several are repeats of a noisy scorer
    #[arg(long, value_name = "FILE", num_args = 1.., required = true)]
    scores: Vec<PathBuf>,
    /// The folder that was published, to hold it to the key
    #[arg(long, value_name = "FOLDER")]
    published: Option<PathBuf>,
    /// The level of the test
    #[arg(long, default_value = "0.05", value_parser = alpha)]
    alpha: f64,
    /// How the result is printed
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

fn alpha(text: &str) -> std::result::Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number > 0.0 && number < 0.5 => Ok(number),
        _ => Err("a number between 0 and 0.5 is expected".to_owned()),
    }
}

/// Mints canaries, or counts them.
///
/// # Errors
/// A corpus, key, lock or run that cannot be used (exit 2); a file that cannot be written (exit 4).
pub fn run(command: &CanaryCommand, global: &Global, out: &mut dyn Write) -> Result<Exit> {
    match command {
        CanaryCommand::Mint(args) => mint(args, global, out),
        CanaryCommand::Verify(args) => verify(args, out),
    }
}

fn mint(args: &MintArgs, global: &Global, out: &mut dyn Write) -> Result<Exit> {
    for path in [&args.out, &args.key, &args.lock] {
        refuse_to_replace(path)?;
    }
    let (collection, bm25) = corpus(&args.corpus, global)?;
    let pairs = matched_pairs(&collection, &bm25, args.pairs as usize, args.seed)?;
    let labels = label(&pairs)?;
    let key = Key::new(content(&pairs), labels.clone())?;
    // The key first: a published part without one is of no use, and cannot be taken back.
    key.write_new(&args.key)?;
    let made = key.lock().write_new(&args.lock).and_then(|()| publish(&pairs, &labels, &args.out));
    if made.is_err() {
        // Nothing was published, so nothing is lost with a key that opens nothing.
        for path in [&args.key, &args.lock] {
            let _ = std::fs::remove_file(path);
        }
    }
    made?;
    let n = u64::from(args.pairs);
    let found = share_found(n, ALPHA, POWER).map_or_else(
        || "so few find nothing reliably".to_owned(),
        |share| {
            format!(
                "a teacher that remembers {:.0} % of the labels is found in {:.0} % of cases",
                100.0 * share,
                100.0 * POWER
            )
        },
    );
    let lines = [
        format!("minted {}; {found}", count(pairs.len(), "canary", "canaries")),
        format!("  {}: publish it where a teacher might read it, as a collection among others", args.out.display()),
        format!("  {}: keep it secret, and do not lose it", args.key.display()),
        format!(
            "  {}: commit it now; its age is what shows that the labels are older than a teacher",
            args.lock.display()
        ),
    ];
    writeln!(out, "{}", lines.join("\n")).map_err(printing)?;
    Ok(Exit::Pass)
}

/// The collection whose documents are taken, and how it is searched.
fn corpus(name: &str, global: &Global) -> Result<(Collection, Bm25)> {
    if Path::new(name).is_dir() {
        let open = || Collection::open(name, &Location::folder(Path::new(name), None)?);
        return Ok((open().map_err(|e| e.context(format!("collection {name}")))?, Bm25::default()));
    }
    let loaded =
        global.load().map_err(|e| e.context(format!("{name} is no folder, and no collection can be looked up")))?;
    let config = loaded.config.collection.iter().find(|config| config.name == name).ok_or_else(|| {
        let what = format!("{name} is neither a folder nor a collection of {}", loaded.path.display());
        let names = loaded.config.collection.iter().map(|config| config.name.as_str());
        match crate::config::nearest(name, names) {
            Some(nearest) => Error::input(what).help(format!("did you mean {nearest}?")),
            None => Error::input(what).help("name a BEIR folder, or one of its [[collection]] tables"),
        }
    })?;
    let open = || Collection::open(name, &audit::location(&loaded, config)?);
    Ok((open().map_err(|e| e.context(format!("collection {name}")))?, loaded.config.first_stage.bm25))
}

/// What `canary verify` says.
#[derive(Debug, Serialize)]
struct Verified {
    #[serde(flatten)]
    tally: Tally,
    /// Labelled documents that would be needed at alpha; `null` where too few pairs count.
    needed: Option<u64>,
    alpha: f64,
    rejects: bool,
}

fn verify(args: &VerifyArgs, out: &mut dyn Write) -> Result<Exit> {
    let (key, lock) = (read_key(&args.key)?, read_lock(&args.lock)?);
    hold(&key, &args.key, &lock, &args.lock, args.published.as_deref())?;
    let mut runs: Vec<(Run, &Path)> = Vec::new();
    for path in &args.scores {
        runs.push((runs::read(path)?, path));
    }
    let tally = tally(&key, &runs)?;
    let counted = (tally.labelled + tally.other) as u64;
    let needed = successes_needed(counted, args.alpha);
    let found = Verified { tally, needed, alpha: args.alpha, rejects: tally.p <= args.alpha };
    match args.format {
        Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(&found).expect("plain data")),
        Format::Text => text(&found, counted, out),
    }
    .map_err(printing)?;
    Ok(match (found.rejects, needed) {
        (true, _) => Exit::Fail,
        (false, Some(_)) => Exit::Pass,
        (false, None) => Exit::Inconclusive,
    })
}

fn text(found: &Verified, counted: u64, out: &mut dyn Write) -> std::io::Result<()> {
    let tally = &found.tally;
    writeln!(out, "the key matches its commitment")?;
    writeln!(
        out,
        "{}: {} with the labelled document above, {} with the other, {}",
        count(tally.pairs, "canary", "canaries"),
        tally.labelled,
        tally.other,
        count(tally.ties, "tie", "ties")
    )?;
    writeln!(out, "a coin does as well with {}", p_value(tally.p))?;
    match (found.rejects, found.needed) {
        (true, _) => writeln!(out, "the labels are known to this scorer"),
        (false, Some(needed)) => {
            writeln!(out, "nothing shows that it knows the labels; {needed} of {counted} would have")
        }
        (false, None) => writeln!(out, "nothing can be decided: {counted} of them count, and not even all would do"),
    }
}
