//! `distilgate init`: looks at a folder and writes a commented configuration for what lies there.

use super::found::{Found, look};
use super::roles::{Candidate, Guess, Role, Roles};
use super::{Global, printing, template};
use crate::audit::Request;
use crate::cache::write_atomically;
use crate::config::{self, CONFIG_NAME, Loaded};
use crate::error::{Error, Exit, Place, Result, quiet};
use clap::Args;
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
/// How many rankers are listed with what became of them.
const MOST_RANKERS: usize = 20;

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
    let roles = Roles::of(&found);
    let mut text = template::text(&found, &roles);
    let refused = refusal(&text, &path)?;
    if let Some(why) = &refused {
        text = format!("{}{text}", first_of_all(why, &needs(&found, &roles)));
    }
    write_atomically(&path, text.as_bytes())?;
    report(&found, &roles, &path, refused.is_some(), out).map_err(printing)?;
    Ok(Exit::Pass)
}

/// Why `check` refuses a configuration before it reads anything else, if it does.
fn refusal(text: &str, path: &Path) -> Result<Option<String>> {
    let config = config::parse(text, path).map_err(|e| e.context("the configuration made from this folder"))?;
    let loaded = Loaded { config, path: path.to_owned(), text: text.to_owned() };
    Ok(Request::of(&loaded).err().map(|error| error.what().to_owned()))
}

/// The comment that stands first in a file that cannot be used yet.
fn first_of_all(why: &str, needs: &[String]) -> String {
    let needs: String = needs.iter().map(|need| format!("#   - {need}\n")).collect();
    format!("# `distilgate check` refuses this file as it stands: {why}. Before it runs, fill in:\n{needs}#\n")
}

/// What is missing, without which nothing can be audited or less than was found.
fn needs(found: &Found, roles: &Roles) -> Vec<String> {
    let mut needs = Vec::new();
    if found.collections.is_empty() {
        needs.push(
            "a [[collection]]: none was found (a folder with queries.jsonl and qrels/); files of other forms are named one \
             by one: queries = \"topics.tsv\", qrels = \"qrels.txt\""
                .to_owned(),
        );
    }
    let open = match roles.open().len() {
        0 => String::new(),
        1 => "; what was found and no name tells may be it: a comment in the file".to_owned(),
        n => format!("; one of {n} that were found and no name tells may be it: comments in the file"),
    };
    if roles.with(Role::Before).is_empty() {
        let waits = if template::after_waits(roles) { "; [student.after] waits for it, commented out" } else { "" };
        needs.push(format!("[student.before]: the student as it was{open}{waits}"));
    }
    if roles.with(Role::After).is_empty() {
        needs.push(format!("[student.after]: the student that ships{open}; or [distill], to train it here"));
    }
    needs
}

fn report(found: &Found, roles: &Roles, path: &Path, refused: bool, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "wrote {}", quiet(&path.to_string_lossy()))?;
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
    for candidate in roles.all.iter().take(MOST_RANKERS) {
        let covers = match candidate.is_model {
            true => "a model".to_owned(),
            false => format!("{} of {} collections", candidate.covers, found.collections.len()),
        };
        writeln!(out, "  {} ({covers}): {}", quiet(&candidate.files.join(", ")), became(candidate, roles))?;
    }
    if roles.all.len() > MOST_RANKERS {
        writeln!(out, "  and {} more", roles.all.len() - MOST_RANKERS)?;
    }
    for what in found.skipped.iter().take(MOST_SKIPPED) {
        writeln!(out, "  passed over {what}")?;
    }
    if found.skipped.len() > MOST_SKIPPED {
        writeln!(out, "  passed over {} more", found.skipped.len() - MOST_SKIPPED)?;
    }
    writeln!(out, "to fill in:")?;
    for need in needs(found, roles) {
        writeln!(out, "  - {need}")?;
    }
    writeln!(
        out,
        "  - training-cutoff of the teacher and published of each collection: without dates everything is suspect, and nothing\n    \
         can be compared"
    )?;
    match refused {
        true => writeln!(out, "check refuses the file until then; `distilgate doctor` says whether it can be used"),
        false => writeln!(
            out,
            "then: distilgate check --dry-run    (distilgate doctor shows what was found, explain keys every key)"
        ),
    }
}

/// What became of a ranker that was found.
fn became(candidate: &Candidate, roles: &Roles) -> String {
    match &candidate.guess {
        Guess::Is(role, word) => {
            // A model of a teacher is never taken: it may be large, and scoring with it has to be asked for.
            let may_be = !candidate.is_model || matches!(role, Role::Before | Role::After | Role::Reference);
            let taken = may_be && roles.with(*role).first().is_some_and(|first| *first == candidate);
            let waits = *role == Role::After && template::after_waits(roles);
            match (taken, waits) {
                (true, false) => format!("{}, guessed by \"{word}\"", role.key()),
                (true, true) => format!("{}, commented out until there is a [student.before]", role.key()),
                (false, _) => format!("not taken, a comment beside {}", role.key()),
            }
        }
        Guess::Torn(words) => format!("not taken; a comment, for its words say different things: {}", words.join(", ")),
        Guess::Silent => "not taken; a comment, for no word in its path says what it is".to_owned(),
    }
}
