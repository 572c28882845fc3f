//! `distilgate init`: looks at a folder and writes a commented configuration for what lies there.

use super::found::{Found, FoundCollection, FoundRuns, look};
use super::{Global, printing};
use crate::cache::write_atomically;
use crate::config::{self, CONFIG_NAME, meaning};
use crate::error::{Error, Exit, Place, Result};
use clap::Args;
use std::fmt::Write as _;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Options of `init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// The folder to look at and write to
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// Replace a configuration that is there already
    #[arg(long)]
    force: bool,
}

/// How many of the things that were passed over are named; the rest is counted.
const MOST_SKIPPED: usize = 8;

/// Words in a path that tell what a ranker is for.
const BEFORE: [&str; 4] = ["before", "base", "old", "previous"];
const AFTER: [&str; 4] = ["after", "release", "new", "distilled"];
const TEACHER: [&str; 1] = ["teacher"];
const FIRST_STAGE: [&str; 3] = ["bm25", "first", "candidates"];
const REFERENCE: [&str; 1] = ["reference"];

/// Writes the configuration and says what is still to be filled in.
///
/// # Errors
/// A folder that cannot be read or written to, or a configuration that is there already.
pub fn run(args: &InitArgs, _global: &Global, out: &mut dyn Write) -> Result<Exit> {
    if !args.dir.is_dir() {
        return Err(Error::input("there is no such folder")
            .at(Place::file(&args.dir))
            .help("name the folder of your project"));
    }
    let path = args.dir.join(CONFIG_NAME);
    if path.exists() && !args.force {
        return Err(Error::input("there is a configuration already")
            .at(Place::file(&path))
            .help("run `distilgate check`, or write a new one with `distilgate init --force`"));
    }
    let found = look(&args.dir)?;
    let text = template(&found);
    config::parse(&text, &path).map_err(|e| e.context("the configuration made from this folder"))?;
    write_atomically(&path, text.as_bytes())?;
    report(&found, &path, out).map_err(printing)?;
    Ok(Exit::Pass)
}

fn report(found: &Found, path: &Path, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "wrote {}", path.display())?;
    writeln!(
        out,
        "  {} collections, {} models, {} kinds of runs found",
        found.collections.len(),
        found.models.len(),
        found.runs.len()
    )?;
    if found.cut {
        writeln!(out, "  the folder holds more than was looked at")?;
    }
    for what in found.skipped.iter().take(MOST_SKIPPED) {
        writeln!(out, "  passed over {what}")?;
    }
    if found.skipped.len() > MOST_SKIPPED {
        writeln!(out, "  passed over {} more", found.skipped.len() - MOST_SKIPPED)?;
    }
    let missing = [
        (found.collections.is_empty(), "a [[collection]]: none was found (a folder with queries.jsonl and qrels/)"),
        (ranker(found, &BEFORE).is_none(), "[student.before]: the student as it was"),
        (ranker(found, &AFTER).is_none(), "[student.after]: the student that ships; or [distill], to train it here"),
        (true, "training-cutoff of the teacher and published of each collection: without dates everything is suspect"),
    ];
    writeln!(out, "to fill in:")?;
    for (_, what) in missing.iter().filter(|(is_missing, _)| *is_missing) {
        writeln!(out, "  - {what}")?;
    }
    writeln!(out, "then: distilgate check --dry-run")
}

/// The line that gives a ranker: `model = ...` or `runs = ...`, if one was found whose path has one of the words.
fn ranker(found: &Found, words: &[&str]) -> Option<String> {
    match found.models.iter().find(|path| has(path, words)) {
        Some(path) => Some(format!("model = {}", quoted(path))),
        None => widest(found, |path| has(path, words)).map(|runs| format!("runs = {}", list(runs))),
    }
}

/// Run files that have one of the words, and are no reference's.
fn files<'a>(found: &'a Found, words: &[&str]) -> Option<&'a FoundRuns> {
    widest(found, |path| has(path, words) && !has(path, &REFERENCE))
}

/// Whether a path has one of the words.
fn has(path: &str, words: &[&str]) -> bool {
    path.split(|c: char| !c.is_alphanumeric()).any(|part| words.contains(&part))
}

/// Of the runs whose path will do, those that cover most collections; the first of several.
fn widest(found: &Found, will_do: impl Fn(&str) -> bool) -> Option<&FoundRuns> {
    let will_do = found.runs.iter().filter(|runs| runs.files.iter().any(|path| will_do(path)));
    will_do.min_by_key(|runs| std::cmp::Reverse(runs.covers.len()))
}

/// A path, or a list of paths.
fn list(runs: &FoundRuns) -> String {
    let quoted: Vec<String> = runs.files.iter().map(|path| quoted(path)).collect();
    if quoted.len() == 1 { quoted.concat() } else { format!("[{}]", quoted.join(", ")) }
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// The commented configuration; every comment is the key's documentation.
fn template(found: &Found) -> String {
    let mut text =
        String::from("# What each key means: docs/config.md. What each check looks at: distilgate explain.\n");
    section(&mut text, "gate");
    for (key, value) in
        [("measure", "\"nDCG@10\""), ("margin", "0.05"), ("inconclusive", "\"fail\""), ("queries", "60")]
    {
        line(&mut text, "gate", key, value, false);
    }
    section(&mut text, "teacher");
    line(&mut text, "teacher", "name", "\"teacher\"", false);
    line(&mut text, "teacher", "training-cutoff", "2024-01-01", true);
    let scores = files(found, &TEACHER);
    line(&mut text, "teacher", "scores", &scores.map_or(quoted("teacher/{collection}.run"), list), scores.is_none());
    line(&mut text, "teacher", "command", "[\"python3\", \"ask.py\"]", true);
    for (name, words) in [("before", &BEFORE), ("after", &AFTER)] {
        let given = ranker(found, words);
        let _ = writeln!(text, "\n# {}", meaning(&format!("student.{name}")));
        match given {
            Some(given) => {
                let _ = writeln!(text, "[student.{name}]\n{given}");
            }
            None => {
                let _ = writeln!(
                    text,
                    "# [student.{name}]\n# model = \"student/{name}\"    # or runs = \"runs/{name}/{{collection}}.run\""
                );
            }
        }
    }
    reference(&mut text, found);
    distill(&mut text);
    section(&mut text, "first-stage");
    line(&mut text, "first-stage", "depth", "50", false);
    let run = files(found, &FIRST_STAGE);
    line(
        &mut text,
        "first-stage",
        "run",
        // Candidates come from one list: of several seeds the first.
        &quoted(run.map_or("runs/bm25/{collection}.run", |runs| &runs.files[0])),
        run.is_none(),
    );
    for of in &found.collections {
        collection(&mut text, of);
    }
    text
}

fn section(text: &mut String, name: &str) {
    let _ = writeln!(text, "\n# {}\n[{name}]", meaning(name));
}

fn line(text: &mut String, section: &str, key: &str, value: &str, commented_out: bool) {
    let mark = if commented_out { "# " } else { "" };
    let _ = writeln!(text, "# {}\n{mark}{key} = {value}", meaning(&format!("{section}.{key}")));
}

fn reference(text: &mut String, found: &Found) {
    let _ = writeln!(text, "\n# {}", meaning("reference"));
    match ranker(found, &REFERENCE) {
        Some(given) => {
            let _ = writeln!(text, "[[reference]]\nname = \"reference\"\n{given}");
        }
        None => text.push_str("# [[reference]]\n# name = \"open-ranker\"\n# model = \"references/open-ranker\"    # or scores = its scores, runs = its student's runs\n"),
    }
}

/// Training is asked for, never assumed: every line of it is commented out.
fn distill(text: &mut String) {
    let _ = writeln!(text, "\n# {}\n# [distill]", meaning("distill"));
    for (key, value) in [
        ("queries", "\"distill/queries.jsonl\""),
        ("corpus", "\"distill/corpus.jsonl\""),
        ("scores", "\"distill/teacher.run\""),
        ("loss", "\"margin-mse\""),
        ("steps", "90"),
    ] {
        line(text, "distill", key, value, true);
    }
}

fn collection(text: &mut String, of: &FoundCollection) {
    let _ = writeln!(
        text,
        "\n# {}\n[[collection]]\nname = {}\npath = {}",
        meaning("collection"),
        quoted(&of.name),
        quoted(&of.path)
    );
    line(text, "collection", "published", "2024-01-01", true);
    line(text, "collection", "rel", "1", false);
}
