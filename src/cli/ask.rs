//! `distilgate ask`: the teacher's scores of training pairs, for `[distill] scores`, or of a collection's judged pairs, for
//! canaries.

use super::check::bound_calls;
use super::progress::Bars;
use super::{Global, printing};
use crate::audit::teach::{self, PairsToTeach};
use crate::cache::{NewFile, refuse_to_replace};
use crate::checks::wording::count;
use crate::config::Loaded;
use crate::error::{Error, Exit, Result, quiet};
use crate::runs::{Run, write_trec};
use clap::Args;
use std::io::Write;
use std::path::PathBuf;

/// Options of `ask`.
#[derive(Debug, Args)]
pub struct AskArgs {
    /// How many documents of each training query: those that BM25 ranks first
    #[arg(long, value_name = "N", default_value = "20")]
    depth: std::num::NonZeroUsize,
    /// Ask about every judged pair of this BEIR folder instead, such as published canaries; needs --out
    #[arg(long, value_name = "FOLDER", requires = "out", conflicts_with = "depth")]
    judged: Option<PathBuf>,
    /// Where the scores go, as a run; without it the file that `scores` in [distill] names
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Ask the teacher's command for at most so many pairs; stands before max-calls in the configuration
    #[arg(long, value_name = "N")]
    max_calls: Option<u64>,
    /// Only say how many pairs there are and what they cost
    #[arg(long)]
    dry_run: bool,
}

/// Has the teacher score training pairs and writes a run.
///
/// # Errors
/// Inputs that cannot be used, a file that is there (exit 2); surroundings that fail (exit 4).
pub fn run(args: &AskArgs, global: &Global, out: &mut dyn Write) -> Result<Exit> {
    let mut loaded = global.load()?;
    if let Some(most) = args.max_calls {
        bound_calls(&mut loaded, most)?;
    }
    teach::can_score(&loaded)?;
    let target = target(args, &loaded)?;
    let cache = global.cache()?;
    let mut bars = Bars::new(global.quiet);
    let pairs = match &args.judged {
        Some(folder) => teach::judged(folder)?,
        None => teach::pairs(&loaded, args.depth.get(), &mut bars)?,
    };
    if args.dry_run {
        let cost = teach::cost(&loaded, &pairs, &cache)?;
        bars.finish();
        let cost = cost.map_or_else(|| "scored by the teacher's model here".to_owned(), |cost| cost.in_words());
        said(&pairs, None).and_then(|said| writeln!(out, "{said}  {cost}").map_err(printing))?;
        return Ok(Exit::Pass);
    }
    // The file is begun before anything is paid for.
    let file = NewFile::create(&target)?;
    let scores = teach::score(&loaded, &pairs, &global.surroundings(&loaded, None)?, &mut bars)?;
    bars.finish();
    let said = said(&pairs, Some(&scores))?;
    let mut bytes = Vec::new();
    let teacher = loaded.config.teacher.as_ref().map_or("", |teacher| teacher.name.as_str());
    write_trec(&scores, teacher, &mut bytes).map_err(|e| Error::writing(&target, e))?;
    file.finish(&bytes)?;
    let is_ours = loaded.config.distill.as_ref().is_some_and(|distill| loaded.resolve(&distill.scores) == target);
    let next = match (is_ours, &args.judged) {
        (true, _) => ": `check` and `distill` read it",
        (false, None) => ": name it as `scores` in [distill]",
        (false, Some(_)) => "",
    };
    write!(out, "{}{next}\n{said}", quiet(&target.to_string_lossy())).map_err(printing)?;
    Ok(Exit::Pass)
}

/// Where the scores go; nothing that is there is replaced.
fn target(args: &AskArgs, loaded: &Loaded) -> Result<PathBuf> {
    let named = loaded.config.distill.as_ref().map(|distill| distill.scores.as_str()).filter(|path| !path.is_empty());
    let target = match (&args.out, named) {
        (Some(path), _) => path.clone(),
        (None, Some(path)) => loaded.resolve(path),
        (None, None) => {
            return Err(Error::input("it is not said where the scores go")
                .help("name a file: --out FILE, or `scores` in [distill]"));
        }
    };
    if !args.dry_run {
        refuse_to_replace(&target)?;
    }
    Ok(target)
}

/// How many pairs there are, what was left out, and what has no answer.
fn said(pairs: &PairsToTeach, scores: Option<&Run>) -> Result<String> {
    let number = |run: &Run| run.queries.values().map(Vec::len).sum::<usize>();
    let all = number(&pairs.candidates);
    let mut lines = format!("  {all} pairs: {}\n", pairs.which);
    let unanswered = scores.map_or(0, |scores| all - number(scores));
    for (number, one, several) in [
        (
            pairs.test_copies,
            "training query is a test query, word for word, and left out",
            "training queries are test queries, word for word, and left out",
        ),
        (
            pairs.too_few,
            "training query finds too few documents, and is left out",
            "training queries find too few documents, and are left out",
        ),
        (unanswered, "pair has no answer", "pairs have no answer"),
    ] {
        if number > 0 {
            lines.push_str(&format!("  {}\n", count(number, one, several)));
        }
    }
    match scores.is_some_and(|scores| number(scores) == 0) {
        true => Err(Error::surroundings("the teacher gave no score for any pair")
            .help("try its command by hand; see docs/teacher-command.md")),
        false => Ok(lines),
    }
}
