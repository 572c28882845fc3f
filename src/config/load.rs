//! Finding and reading `distilgate.toml`; its errors show the line, and the nearest right key.

use super::{Config, Distill, Scan, Teacher, Waiver, dates};
use crate::cache::read_at_most;
use crate::error::{Error, Place, Result};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The file that is looked for when no `--config` is given.
pub const CONFIG_NAME: &str = "distilgate.toml";

/// A configuration is written by hand: nothing beyond this is one.
const MAX_CONFIG_BYTES: u64 = 4 << 20;

/// A scale of heterogeneity beyond this lies outside every measure, and nothing could be decided with it.
const MAX_HETEROGENEITY: f64 = 10.0;

/// How alike two names must be (Jaro-Winkler) for one to be suggested for the other.
const ALIKE: f64 = 0.75;

/// A shorter name is part of too many others to be meant for one of them.
const SHORTEST_PART: usize = 3;

/// Where every key stands, for whoever has the program and not its pages.
const EVERY_KEY: &str = "`distilgate explain keys` lists every key";

/// A configuration with the place it came from.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// What it says, with defaults filled in.
    pub config: Config,
    /// The file.
    pub path: PathBuf,
    /// Its text, so that findings can point at lines.
    pub text: String,
}

impl Loaded {
    /// A path of the configuration, which is relative to its file.
    pub fn resolve(&self, path: &str) -> PathBuf {
        match self.path.parent() {
            Some(folder) if folder != Path::new("") => folder.join(path),
            _ => PathBuf::from(path),
        }
    }

    /// The line of a table's header, such as `[teacher]`.
    pub fn table_place(&self, header: &str) -> Place {
        let begins = |line: &str| {
            let rest = line.trim_start().strip_prefix(header).map(str::trim_start);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('#'))
        };
        match self.text.lines().position(begins) {
            Some(index) => Place::line(&self.path, index as u64 + 1),
            None => Place::file(&self.path),
        }
    }

    /// The line of the `[[collection]]` table with this name, for findings about it.
    pub fn collection_place(&self, name: &str) -> Place {
        let value = |line: &str| line.trim().strip_prefix("name")?.trim_start().strip_prefix('=').map(str::to_owned);
        let quoted = [format!("\"{name}\""), format!("'{name}'")];
        let line = self
            .text
            .lines()
            .position(|line| value(line).is_some_and(|v| quoted.iter().any(|q| v.trim().starts_with(q.as_str()))));
        match line {
            Some(index) => Place::line(&self.path, index as u64 + 1),
            None => Place::file(&self.path),
        }
    }
}

/// The configuration to use: the one given, or `distilgate.toml` in this folder or one above it.
///
/// # Errors
/// Where none is found; the message says how to get one.
pub fn find(given: Option<&Path>, start: &Path) -> Result<PathBuf> {
    if let Some(path) = given {
        return Ok(path.to_owned());
    }
    let mut folder = Some(start);
    while let Some(here) = folder {
        let path = here.join(CONFIG_NAME);
        if path.is_file() {
            return Ok(path);
        }
        folder = here.parent();
    }
    Err(Error::input(format!("no {CONFIG_NAME} here or in a folder above"))
        .help("write one with: distilgate init")
        .help("or name one with: --config FILE"))
}

/// Reads a configuration.
///
/// # Errors
/// A file that cannot be read, is too large, is not TOML, or says what no key or value stands for.
pub fn load(path: &Path) -> Result<Loaded> {
    let Some(bytes) = read_at_most(path, MAX_CONFIG_BYTES)? else {
        return Err(Error::input(format!("more than {MAX_CONFIG_BYTES} bytes are too many for a configuration"))
            .at(Place::file(path))
            .help("check that --config names the right file"));
    };
    let text = String::from_utf8(bytes).map_err(|e| {
        Error::input("this is not UTF-8 text")
            .at(place_of(path, &String::from_utf8_lossy(e.as_bytes()), e.utf8_error().valid_up_to()))
            .help("save the file as UTF-8")
    })?;
    let config = parse(&text, path)?;
    Ok(Loaded { config, path: path.to_owned(), text })
}

/// Reads a configuration from its text; `path` is what errors name.
///
/// # Errors
/// As [`load`].
pub fn parse(text: &str, path: &Path) -> Result<Config> {
    let config: Config = toml::from_str(text).map_err(|e| explain(&e, text, path))?;
    sensible(&config).map_err(|e| e.at(Place::file(path)))?;
    Ok(config)
}

/// What types alone do not say: ranges, names given twice, twins of nothing.
fn sensible(config: &Config) -> Result<()> {
    let gate = &config.gate;
    let positive = [
        ("gate.margin", gate.margin),
        ("gate.residual-margin", gate.residual_margin),
        ("gate.heterogeneity.gain", gate.heterogeneity.gain),
        ("gate.heterogeneity.excess-gain", gate.heterogeneity.excess_gain),
        ("gate.heterogeneity.label-residual", gate.heterogeneity.label_residual),
    ];
    for (key, value) in positive {
        if !(value.is_finite() && value > 0.0) {
            return Err(Error::input(format!("{key} is {value}, and must be above 0"))
                .help("leave it out for the default, which `distilgate explain keys` lists"));
        }
        if key.starts_with("gate.heterogeneity.") && value > MAX_HETEROGENEITY {
            return Err(Error::input(format!("{key} is {value}, and must be at most {MAX_HETEROGENEITY}"))
                .help("give it in units of the measure, or of standard deviations for label-residual: 0.05, 0.1"));
        }
    }
    if !(gate.tolerance.is_finite() && gate.tolerance >= 0.0) {
        return Err(Error::input(format!("gate.tolerance is {}, and must be 0 or more", gate.tolerance)));
    }
    if !(gate.alpha > 0.0 && gate.alpha < 0.5) {
        return Err(Error::input(format!("gate.alpha is {}, and must lie between 0 and 0.5", gate.alpha)));
    }
    if let Some(scan) = &config.scan {
        scan_makes_sense(scan)?;
    }
    config.teacher.as_ref().map_or(Ok(()), Teacher::validate)?;
    if config.first_stage.depth == 0 {
        return Err(Error::input("first-stage.depth is 0: a list without candidates cannot be ranked"));
    }
    config.distill.as_ref().map_or(Ok(()), Distill::validate)?;
    config.first_stage.bm25.validate().map_err(|e| e.context("first-stage"))?;
    names_once("collection", config.collection.iter().map(|c| c.name.as_str()))?;
    names_once("reference", config.reference.iter().map(|r| r.name.as_str()))?;
    let names: Vec<&str> = config.collection.iter().map(|c| c.name.as_str()).collect();
    for collection in &config.collection {
        if collection.rel < 1 {
            return Err(Error::input(format!(
                "collection {}: rel is {}, and must be 1 or more",
                collection.name, collection.rel
            ))
            .help("grade 0 is not relevant; give the lowest grade that is: 1, or 2 for TREC Deep Learning"));
        }
        let Some(of) = &collection.twin_of else { continue };
        if of == &collection.name || !names.contains(&of.as_str()) {
            let error =
                Error::input(format!("collection {} is a twin of {of}, which is no other collection", collection.name));
            return Err(with_nearest(error, of, names.iter().copied().filter(|n| *n != collection.name)));
        }
        if let Some(further) = config.collection.iter().find(|c| c.name == *of).and_then(|c| c.twin_of.as_ref()) {
            let chain =
                format!("collection {} is a twin of {of}, which is a twin of {further} itself", collection.name);
            return Err(
                Error::input(chain).help("a twin is clean and its original suspect: name the suspect collection")
            );
        }
    }
    config.waiver.iter().try_for_each(|waiver| waiver_makes_sense(waiver, config))
}

/// There is something to scan, and it is not told to take everything for everything.
fn scan_makes_sense(scan: &Scan) -> Result<()> {
    if scan.paths.is_empty() {
        return Err(Error::input("scan.paths is empty: nothing would be looked at, and nothing found")
            .help("name the files and folders that were read, or leave [scan] out"));
    }
    for (key, value) in [("query-similarity", scan.query_similarity), ("document-similarity", scan.document_similarity)]
    {
        if !(0.5..=1.0).contains(&value) {
            return Err(Error::input(format!("scan.{key} is {value}, and must lie from 0.5 to 1"))
                .help("leave it out for the default, which `distilgate explain keys` lists"));
        }
    }
    Ok(())
}

/// A waiver says why, and is for something that is there.
fn waiver_makes_sense(waiver: &Waiver, config: &Config) -> Result<()> {
    if waiver.reason.trim().is_empty() {
        return Err(Error::input(format!("the waiver of {} has no reason", waiver.check))
            .help("say in `reason` why the finding is accepted; it stands in every report"));
    }
    let Some(subject) = &waiver.collection else { return Ok(()) };
    let arms = ["before", "after", "redistilled", "teacher", "bm25"].map(str::to_owned).into_iter();
    let references =
        config.reference.iter().flat_map(|r| ["reference", "scorer"].map(|kind| format!("{kind}.{}", r.name)));
    let known: Vec<String> = config.collection.iter().map(|c| c.name.clone()).chain(arms).chain(references).collect();
    if known.contains(subject) {
        return Ok(());
    }
    let error = Error::input(format!("the waiver of {} is for {subject}, which is no collection or arm", waiver.check));
    Err(with_nearest(error, subject, known.iter().map(String::as_str)))
}

fn names_once<'a>(kind: &str, names: impl Iterator<Item = &'a str>) -> Result<()> {
    let mut seen = BTreeSet::new();
    for name in names {
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
        if name.is_empty() || name.starts_with('.') || !name.chars().all(plain) {
            return Err(Error::input(format!("{kind} name {name:?} cannot be used"))
                .help("a name has letters, digits, '-', '_' and '.', for it becomes part of file names"));
        }
        if !seen.insert(name) {
            return Err(Error::input(format!("two {kind}s are called {name}")).help("give each a name of its own"));
        }
    }
    Ok(())
}

/// A TOML error as a person wants it: line and column, the message without its list, the nearest right name.
fn explain(error: &toml::de::Error, text: &str, path: &Path) -> Error {
    let place = match error.span() {
        Some(span) => place_of(path, text, span.start),
        None => Place::file(path),
    };
    let message = error.message().trim();
    if let Some(date) = error.span().and_then(|span| dates::not_a_day(text, span.start)) {
        return Error::input(date.what).at(place).help(date.help);
    }
    if message == "missing field `until`" {
        return Error::input(message.to_owned())
            .at(place)
            .help("add the last day that this waiver holds, such as until = 2030-06-30: without an end it would hide its findings for ever");
    }
    let Some((wrong, known)) = unknown_name(message) else {
        return Error::input(message.to_owned()).at(place).help(EVERY_KEY);
    };
    let kind = if message.starts_with("unknown field") { "key" } else { "value" };
    let plain = Error::input(format!("unknown {kind} `{wrong}`")).at(place);
    with_nearest(plain, wrong, known.into_iter()).help(EVERY_KEY)
}

/// The wrong name, and those that would be right, in serde's "unknown field `x`, expected one of `a`, `b`".
fn unknown_name(message: &str) -> Option<(&str, Vec<&str>)> {
    if !message.starts_with("unknown field") && !message.starts_with("unknown variant") {
        return None;
    }
    let mut quoted = message.split('`').skip(1).step_by(2);
    let wrong = quoted.next()?;
    Some((wrong, quoted.collect()))
}

/// Adds "did you mean" to an error, and what would be right.
fn with_nearest<'a>(error: Error, wrong: &str, known: impl Iterator<Item = &'a str>) -> Error {
    let known: Vec<&str> = known.collect();
    let error = match nearest(wrong, known.iter().copied()) {
        Some(name) => error.help(format!("did you mean `{name}`?")),
        None => error,
    };
    match known.is_empty() {
        true => error,
        false => error.help(format!("known here: {}", known.join(", "))),
    }
}

/// The known name that is most like a wrong one, if any is alike at all, or is part of it, or has it as a part: `cutoff`
/// is meant for `training-cutoff`.
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let part = |a: &str, b: &str| a.len() >= SHORTEST_PART && b.contains(a);
    known
        .into_iter()
        .map(|name| (part(wrong, name) || part(name, wrong), strsim::jaro_winkler(wrong, name), name))
        .filter(|(part, likeness, _)| *part || *likeness >= ALIKE)
        .max_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then_with(|| b.2.cmp(a.2)))
        .map(|(.., name)| name)
}

/// Line and column of a byte offset.
fn place_of(path: &Path, text: &str, offset: usize) -> Place {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() as u64 + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() as u64 + 1;
    Place::column(path, line, column)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaint(text: &str) -> String {
        parse(text, Path::new("distilgate.toml")).unwrap_err().to_string()
    }

    #[test]
    fn a_misspelt_key_gets_its_line_and_the_right_key() {
        let text = complaint("[gate]\nmeasure = \"nDCG@10\"\ntolerence = 0.1\n");
        assert!(text.starts_with("distilgate.toml:3:1: unknown key `tolerence`"), "{text}");
        assert!(text.contains("did you mean `tolerance`?"), "{text}");
    }

    #[test]
    fn a_misspelt_value_gets_the_right_one() {
        let text = complaint("[gate]\ninconclusive = \"wran\"\n");
        assert!(text.starts_with("distilgate.toml:2:16: unknown value `wran`"), "{text}");
        assert!(text.contains("did you mean `warn`?"), "{text}");
    }

    #[test]
    fn a_part_of_a_key_gets_the_whole_one() {
        for (text, right) in [
            ("[teacher]\ncutoff = 2020-01-31\n", "training-cutoff"),
            ("[[collection]]\nname = \"a\"\npublished-on = 2020-01-31\n", "published"),
            ("[student.before]\nrun = \"a\"\n", "runs"),
        ] {
            assert!(complaint(text).contains(&format!("did you mean `{right}`?")), "{}", complaint(text));
        }
        assert_eq!(nearest("in", ["training-cutoff"]), None);
    }

    #[test]
    fn a_month_or_a_year_is_told_which_day_to_give() {
        let of = |table: &str, key: &str, value: &str| complaint(&format!("{table}\n{key} = {value} # said\n"));
        let collection = "[[collection]]\nname = \"a\"";
        for value in ["2019-12", "\"2019-12\"", "2019", "'2019'"] {
            let text = of("[teacher]", "training-cutoff", value);
            assert!(text.contains("distilgate.toml:2:") && text.contains("training-cutoff = 2019-12-31"), "{text}");
        }
        for (value, day) in [("2019-12", "2019-12-01"), ("\"2019\"", "2019-01-01")] {
            let text = of(collection, "published", value);
            assert!(text.contains("distilgate.toml:3:") && text.contains(&format!("published = {day}")), "{text}");
        }
        for table in ["[teacher]\ntraining-cutoff", "[[collection]]\nname = \"a\"\npublished"] {
            let text = complaint(&format!("{table} = YYYY-MM-DD\n"));
            assert!(text.contains("is not filled in"), "{text}");
        }
        let inline = complaint("teacher = { name = \"t\", training-cutoff = 2020-02 }\n");
        assert!(inline.contains("training-cutoff = 2020-02-29"), "{inline}");
        for value in ["2019-13-01", "2019-13", "0000", "\"2019-02-30\"", "\"Feb 2019\""] {
            let other = of("[teacher]", "training-cutoff", value);
            assert!(other.contains("has to be a day") && other.contains("as training-cutoff = 2019-11-15"), "{other}");
        }
        let endless = complaint("[[waiver]]\ncheck = \"drift\"\nreason = \"known\"\n");
        assert!(endless.contains("distilgate.toml:1:1: missing field `until`"), "{endless}");
        assert!(endless.contains("help: add the last day that this waiver holds"), "{endless}");
        // What a text says is no date that was given.
        let text = complaint("[teacher]\nreasn = \"wait, published = 2019-02 is a month\"\n");
        assert!(text.contains("unknown key `reasn`"), "{text}");
    }

    #[test]
    fn what_types_do_not_say_is_checked_too() {
        for (text, part) in [
            ("[gate]\nmargin = 0.0\n", "gate.margin is 0"),
            ("[gate]\nalpha = 1.5\n", "gate.alpha is 1.5"),
            ("[first-stage]\ndepth = 0\n", "depth is 0"),
            ("[teacher]\ncommand = []\n", "teacher.command names no program"),
            ("[teacher]\ncommand = [\" \", \"x\"]\n", "teacher.command names no program"),
            ("[teacher]\ncommand = [\"a\"]\nrate = 0\n", "teacher.rate is 0"),
            ("[teacher]\ncommand = [\"a\"]\ntimeout = 0\n", "teacher.timeout is 0, and must lie between 1 and"),
            ("[teacher]\ncommand = [\"a\"]\nrepeats = 101\n", "teacher.repeats is 101"),
            ("[teacher]\ncommand = [\"a\"]\nretries = 101\n", "teacher.retries is 101, and must lie between 0 and 100"),
            ("[teacher]\nscores = \"t\"\nrepeats = 3\n", "teacher.repeats is for a `command`"),
            ("[teacher]\nmax-calls = 3\n", "teacher.max-calls is for a `command`"),
            ("[[collection]]\nname = \"a\"\n[[collection]]\nname = \"a\"\n", "two collections are called a"),
            ("[[collection]]\nname = \"../a\"\n", "cannot be used"),
            ("[[collection]]\nname = \"a\"\ntwin-of = \"b\"\n", "a twin of b"),
            (
                "[[collection]]\nname = \"a\"\n[[collection]]\nname = \"b\"\ntwin-of = \"a\"\n\
                 [[collection]]\nname = \"c\"\ntwin-of = \"b\"\n",
                "c is a twin of b, which is a twin of a itself",
            ),
            ("[[collection]]\nname = \"a\"\nrel = 0\n", "collection a: rel is 0"),
            ("[[collection]]\nname = \"a\"\nrel = -1\n", "rel is -1"),
            ("[gate]\nheterogeneity = { gain = 1e7 }\n", "gate.heterogeneity.gain is 10000000"),
            ("[gate]\nheterogeneity = { label-residual = 10.1 }\n", "must be at most 10"),
            ("[[waiver]]\ncheck = \"c\"\nuntil = 2030-01-01\nreason = \" \"\n", "the waiver of c has no reason"),
            (
                "[[waiver]]\ncheck = \"c\"\nuntil = 2030-01-01\nreason = \"r\"\ncollection = \"dl19\"\n",
                "for dl19, which is no collection or arm",
            ),
        ] {
            assert!(complaint(text).contains(part), "{text}: {}", complaint(text));
        }
    }

    #[test]
    fn a_waiver_may_name_a_collection_or_an_arm() {
        for subject in ["dl19", "after", "reference.open", "scorer.open"] {
            let text = format!(
                "[[reference]]\nname = \"open\"\n[[collection]]\nname = \"dl19\"\n[[waiver]]\ncheck = \"regressed\"\n\
                 collection = \"{subject}\"\nuntil = 2030-01-01\nreason = \"known\"\n"
            );
            assert!(parse(&text, Path::new("distilgate.toml")).is_ok(), "{text}");
        }
    }

    #[test]
    fn one_path_and_a_list_of_paths_are_both_fine() {
        let text = "[student.before]\nruns = \"a/{collection}.run\"\n[student.after]\nruns = [\"1\", \"2\"]\n";
        let config = parse(text, Path::new("x")).unwrap();
        assert_eq!(config.student.before.unwrap().runs.unwrap().of("dl19"), ["a/dl19.run"]);
        assert_eq!(config.student.after.unwrap().runs.unwrap().0.len(), 2);
    }
}
