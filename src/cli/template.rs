//! The configuration that `init` writes: commented, with what was found in its place and every guess said.

use super::found::{Found, FoundCollection};
use super::roles::{self, Candidate, Guess, Role, Roles};
use crate::config::{UNKNOWN_DAY, meaning};
use std::fmt::Write as _;

/// Rankers that nobody can tell are offered up to this number.
const MOST_OFFERED: usize = 12;

/// The commented configuration; the comment of a key is its documentation.
pub fn text(found: &Found, roles: &Roles) -> String {
    let mut text = String::from(
        "# Paths are relative to this file. `distilgate explain keys` lists every key, `distilgate explain` every check,\n\
         # and `distilgate doctor` says what was found here and whether this file can be used.\n",
    );
    section(&mut text, "gate");
    for (key, value) in
        [("measure", "\"nDCG@10\""), ("margin", "0.05"), ("inconclusive", "\"fail\""), ("queries", "60")]
    {
        line(&mut text, "gate", key, value, false);
    }
    teacher(&mut text, roles);
    students(&mut text, roles);
    reference(&mut text, roles);
    distill(&mut text);
    first_stage(&mut text, roles);
    for (number, of) in found.collections.iter().enumerate() {
        collection(&mut text, of, number == 0);
    }
    text
}

/// Whether a student after is better left commented out: without one before, `check` refuses it, and the teacher's scores
/// alone are something to audit.
pub fn after_waits(roles: &Roles) -> bool {
    roles.with(Role::Before).is_empty() && roles.with(Role::Teacher).iter().any(|c| !c.is_model)
}

/// How a configuration gives a ranker: `model = "a"`, `runs = "b"`, `runs = ["b", "c"]`.
pub fn given(candidate: &Candidate, key: &str) -> String {
    let key = if candidate.is_model { "model" } else { key };
    format!("{key} = {}", list(&candidate.files))
}

/// A path, or a list of paths.
fn list(files: &[String]) -> String {
    let quoted: Vec<String> = files.iter().map(|path| quoted(path)).collect();
    if quoted.len() == 1 { quoted.concat() } else { format!("[{}]", quoted.join(", ")) }
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn section(text: &mut String, name: &str) {
    let _ = writeln!(text, "\n# {}\n[{name}]", meaning(name));
}

fn line(text: &mut String, section: &str, key: &str, value: &str, commented_out: bool) {
    let mark = if commented_out { "# " } else { "" };
    let _ = writeln!(text, "# {}\n{mark}{key} = {value}", meaning(&format!("{section}.{key}")));
}

/// Says that what follows is a guess, and by which word.
fn guessed(text: &mut String, candidate: &Candidate) {
    if let Guess::Is(_, word) = &candidate.guess {
        let _ = writeln!(text, "# Guessed by the word \"{word}\" in its path: make sure that it is this.");
    }
}

/// What has the same words as what was taken, ready to be taken instead.
fn others(text: &mut String, others: &[&Candidate], key: &str) {
    if !others.is_empty() {
        text.push_str("# Found too, with words that say the same; is it this instead?\n");
        listed(text, others, key);
    }
}

/// Candidates, each a line that can be uncommented, up to a number.
fn listed(text: &mut String, candidates: &[&Candidate], key: &str) {
    for candidate in candidates.iter().take(MOST_OFFERED) {
        let _ = writeln!(text, "# {}", given(candidate, key));
    }
    if candidates.len() > MOST_OFFERED {
        let _ = writeln!(text, "# ... and {} more", candidates.len() - MOST_OFFERED);
    }
}

fn teacher(text: &mut String, roles: &Roles) {
    section(text, "teacher");
    line(text, "teacher", "name", "\"teacher\"", false);
    line(text, "teacher", "training-cutoff", UNKNOWN_DAY, true);
    text.push_str("# Known by its month only: the month's last day.\n");
    let found = roles.with(Role::Teacher);
    let (runs, models): (Vec<&Candidate>, Vec<&Candidate>) = found.into_iter().partition(|c| !c.is_model);
    match runs.split_first() {
        Some((first, rest)) => {
            guessed(text, first);
            line(text, "teacher", "scores", &list(&first.files), false);
            others(text, rest, "scores");
        }
        None => line(text, "teacher", "scores", "\"teacher/{collection}.run\"", true),
    }
    others(text, &models, "model");
    line(text, "teacher", "command", "[\"python3\", \"ask.py\"]", true);
}

fn students(text: &mut String, roles: &Roles) {
    let mut missing = false;
    for (role, name) in [(Role::Before, "before"), (Role::After, "after")] {
        let _ = writeln!(text, "\n# {}", meaning(&format!("student.{name}")));
        match roles.with(role).split_first() {
            Some((first, rest)) => {
                let waits = role == Role::After && after_waits(roles);
                if waits {
                    text.push_str("# Found, and commented out: there is no gain without [student.before]. With that one, take the # away.\n");
                }
                let mark = if waits { "# " } else { "" };
                guessed(text, first);
                let _ = writeln!(text, "{mark}[student.{name}]\n{mark}{}", given(first, "runs"));
                others(text, rest, "runs");
            }
            None => {
                missing = true;
                absent(text, name, &roles.open());
            }
        }
    }
    if !missing && !roles.open().is_empty() {
        text.push_str("\n# Found too, and no word in their paths says what they are. A reference's student belongs below, as `runs`.\n");
        listed(text, &roles.open(), "runs");
    }
}

/// A student that was not found: what it may be, or how it is given.
fn absent(text: &mut String, name: &str, open: &[&Candidate]) {
    if open.is_empty() {
        let _ = writeln!(
            text,
            "# Not found: no path has a word that says it is this one.\n# [student.{name}]\n# runs = \"runs/{name}/{{collection}}.run\"    # or model = \"student/{name}\""
        );
        return;
    }
    let _ = writeln!(
        text,
        "# Not found: no path has a word that says it is this one. If it is among these, take the # from the header and its line.\n# [student.{name}]"
    );
    listed(text, open, "runs");
}

fn reference(text: &mut String, roles: &Roles) {
    let _ = writeln!(text, "\n# {}", meaning("reference"));
    let (of_students, own) = (roles.with(Role::Reference), roles.with(Role::ReferenceScores));
    let Some(first) = of_students.first().or(own.first()) else {
        text.push_str("# [[reference]]\n# name = \"open-ranker\"\n# model = \"references/open-ranker\"    # or scores = its scores, runs = its student's runs\n");
        return;
    };
    guessed(text, first);
    text.push_str("[[reference]]\nname = \"reference\"\n");
    let _ = writeln!(text, "{}", given(first, if of_students.is_empty() { "scores" } else { "runs" }));
    match of_students.split_first() {
        Some((_, rest)) => others(text, rest, "runs"),
        None => others(text, &own[1..], "scores"),
    }
    let Some((scores, rest)) = own.split_first().filter(|_| !of_students.is_empty()) else { return };
    // A model scores for itself, and takes no other scores; those of another ranker would explain the wrong one.
    let own_of_it = roles::rest(&scores.files[0]) == roles::rest(&first.files[0]);
    if !own_of_it || first.is_model {
        text.push_str("# The reference's own scores? Take the # away if they are of the same ranker.\n");
    } else {
        guessed(text, scores);
    }
    let _ = writeln!(text, "{}{}", if own_of_it && !first.is_model { "" } else { "# " }, given(scores, "scores"));
    others(text, rest, "scores");
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

fn first_stage(text: &mut String, roles: &Roles) {
    section(text, "first-stage");
    line(text, "first-stage", "depth", "50", false);
    let runs: Vec<&Candidate> = roles.with(Role::FirstStage).into_iter().filter(|c| !c.is_model).collect();
    match runs.split_first() {
        Some((first, rest)) => {
            guessed(text, first);
            // Candidates come from one list: of several seeds the first.
            line(text, "first-stage", "run", &quoted(&first.files[0]), false);
            others(text, rest, "run");
        }
        None => line(text, "first-stage", "run", "\"runs/bm25/{collection}.run\"", true),
    }
}

/// A collection; the first one says what its keys mean.
fn collection(text: &mut String, of: &FoundCollection, explained: bool) {
    let said = if explained { format!("\n# {}", meaning("collection")) } else { String::new() };
    let _ = writeln!(text, "{said}\n[[collection]]\nname = {}\npath = {}", quoted(&of.name), quoted(&of.path));
    if !explained {
        let _ = writeln!(text, "# published = {UNKNOWN_DAY}\nrel = 1");
        return;
    }
    line(text, "collection", "published", UNKNOWN_DAY, true);
    text.push_str("# Known by its month only: the month's first day. Never public: role = \"clean\" and because = \"who has had it\".\n");
    line(text, "collection", "rel", "1", false);
}
