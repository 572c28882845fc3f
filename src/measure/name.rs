//! Names: ir_measures' notation, `NAME(key=value, ...)@cutoff`, to a measure and back.
//!
//! Grammar, names, aliases and parameters are those of ir_measures 0.4 (`parse_measure` and the measures' pages).
//! What ir_measures knows and this crate does not compute is refused by name, never replaced by something near.

use super::Measure;
use crate::error::{Error, Result};
use std::fmt;
use std::str::FromStr;

/// What is measured, without parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Normalised discounted cumulative gain.
    Ndcg,
    /// Average precision.
    Ap,
    /// Reciprocal rank.
    Rr,
    /// Recall: the share of the relevant documents that was found.
    R,
    /// Precision: the share of the first results that is relevant.
    P,
    /// The share of the results that was judged.
    Judged,
    /// Whether a relevant result was found.
    Success,
}

/// One row of the list of measures; reading, printing and help come from it.
struct Row {
    kind: Kind,
    name: &'static str,
    alias: Option<&'static str>,
    /// trec_eval's names: not accepted, but who types one is told the right one.
    trec_eval: &'static [&'static str],
    needs_cutoff: bool,
    params: &'static [&'static str],
}

const GRADED: &[&str] = &["cutoff", "dcg", "gains", "judged_only"];
const BINARY: &[&str] = &["cutoff", "rel", "judged_only"];
const PLAIN: &[&str] = &["cutoff"];

/// Every measure there is, in the order of [`Kind`].
#[rustfmt::skip]
const ROWS: [Row; 7] = [
    Row { kind: Kind::Ndcg, name: "nDCG", alias: Some("NDCG"), trec_eval: &["ndcg", "ndcg_cut"], needs_cutoff: false, params: GRADED },
    Row { kind: Kind::Ap, name: "AP", alias: Some("MAP"), trec_eval: &["map", "map_cut"], needs_cutoff: false, params: BINARY },
    Row { kind: Kind::Rr, name: "RR", alias: Some("MRR"), trec_eval: &["recip_rank"], needs_cutoff: false, params: BINARY },
    Row { kind: Kind::R, name: "R", alias: Some("Recall"), trec_eval: &["recall"], needs_cutoff: true, params: BINARY },
    Row { kind: Kind::P, name: "P", alias: Some("Precision"), trec_eval: &["P"], needs_cutoff: true, params: BINARY },
    Row { kind: Kind::Judged, name: "Judged", alias: None, trec_eval: &[], needs_cutoff: false, params: PLAIN },
    Row { kind: Kind::Success, name: "Success", alias: None, trec_eval: &["success"], needs_cutoff: true, params: BINARY },
];

/// Names that ir_measures knows and this crate does not compute.
const ELSEWHERE: [&str; 39] = [
    "AP_IA",
    "Accuracy",
    "BPM",
    "BPref",
    "Bpref",
    "Compat",
    "ERR",
    "ERR_IA",
    "INSQ",
    "INST",
    "IPrec",
    "MAP_IA",
    "NERR10",
    "NERR11",
    "NERR8",
    "NERR9",
    "NRBP",
    "NumQ",
    "NumRel",
    "NumRelRet",
    "NumRet",
    "P_IA",
    "RBP",
    "RPrec",
    "Rprec",
    "SDCG",
    "SetAP",
    "SetF",
    "SetP",
    "SetR",
    "SetRelP",
    "StRecall",
    "alpha_DCG",
    "alpha_nDCG",
    "infAP",
    "nERR_IA",
    "nNRBP",
    "α_DCG",
    "α_nDCG",
];

/// How alike (Jaro-Winkler, lower case) two names must be for one to be offered for the other.
const NEAR: f64 = 0.85;

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 7] = [Kind::Ndcg, Kind::Ap, Kind::Rr, Kind::R, Kind::P, Kind::Judged, Kind::Success];

    /// Its canonical name, as ir_measures prints it.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// Whether it has the parameter `rel`.
    pub(super) fn has_rel(self) -> bool {
        self.row().params.contains(&"rel")
    }

    fn row(self) -> &'static Row {
        &ROWS[self as usize]
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = self.kind.name().to_owned();
        match (self.rel, self.judged_only) {
            (1, false) => {}
            (1, true) => text.push_str("(judged_only=True)"),
            (rel, false) => text.push_str(&format!("(rel={rel})")),
            (rel, true) => text.push_str(&format!("(rel={rel},judged_only=True)")),
        }
        if let Some(cutoff) = self.cutoff {
            text.push_str(&format!("@{cutoff}"));
        }
        f.pad(&text)
    }
}

impl FromStr for Measure {
    type Err = Error;

    fn from_str(text: &str) -> Result<Measure> {
        let notation = Notation::read(text)?;
        let row = named(notation.name, text)?;
        let mut measure = Measure { kind: row.kind, cutoff: None, rel: 1, judged_only: false };
        let mut keys: Vec<&str> = Vec::new();
        for param in notation.params {
            let (key, value) = key_and_value(param, text)?;
            if keys.contains(&key) {
                return Err(fault(text, format!("`{key}` is given twice")));
            }
            measure.set(row, key, value, text)?;
            keys.push(key);
        }
        if let Some(cutoff) = notation.cutoff {
            measure.set(row, "cutoff", cutoff, text)?;
        }
        if row.needs_cutoff && measure.cutoff.is_none() {
            return Err(fault(text, format!("{} needs a cutoff", row.name)).help(format!("as in `{}@10`", row.name)));
        }
        Ok(measure)
    }
}

impl Measure {
    /// Gives one parameter its value.
    fn set(&mut self, row: &Row, key: &str, value: &str, text: &str) -> Result<()> {
        if !row.params.contains(&key) {
            let params = row.params.join(", ");
            return Err(fault(text, format!("{} has no parameter `{}`", row.name, shown(key)))
                .help(format!("its parameters are {params}")));
        }
        match (key, value) {
            ("cutoff", _) => self.cutoff = Some(cutoff(value, text)?),
            ("rel", _) => self.rel = rel(value, text)?,
            ("judged_only", "True") => self.judged_only = true,
            ("judged_only", "False") => self.judged_only = false,
            ("judged_only", _) => return Err(fault(text, "`judged_only` is True or False")),
            ("dcg", "'log2'" | "\"log2\"") => {}
            ("dcg", "'exp-log2'" | "\"exp-log2\"") => {
                return Err(fault(text, "exponential gains are not computed here")
                    .help("nDCG has the grade as gain and the discount log2(rank + 1)"));
            }
            ("dcg", _) => return Err(fault(text, "`dcg` is 'log2'")),
            _ => {
                return Err(fault(text, format!("the parameter `{key}` is not supported here"))
                    .help("the gain of nDCG is the grade; change the grades in the judgements instead"));
            }
        }
        Ok(())
    }
}

/// A measure's text taken apart, nothing understood yet.
struct Notation<'a> {
    name: &'a str,
    params: Vec<&'a str>,
    cutoff: Option<&'a str>,
}

impl<'a> Notation<'a> {
    fn read(text: &'a str) -> Result<Notation<'a>> {
        let (name, rest) = split_name(text);
        let (params, rest) = match rest.strip_prefix('(') {
            None => ("", rest),
            Some(inside) => inside.split_once(')').ok_or_else(|| fault(text, "the closing `)` is missing"))?,
        };
        let rest = rest.trim();
        let cutoff = rest.strip_prefix('@').map(str::trim);
        if name.is_empty() || (cutoff.is_none() && !rest.is_empty()) {
            return Err(fault(text, "this is not how a measure is written").help("as in `nDCG@10` or `AP(rel=2)@100`"));
        }
        let params = params.trim();
        let params = params.strip_suffix(',').unwrap_or(params);
        let params = if params.is_empty() { Vec::new() } else { params.split(',').collect() };
        Ok(Notation { name, params, cutoff })
    }
}

/// `rel=2` taken apart.
fn key_and_value<'a>(param: &'a str, text: &str) -> Result<(&'a str, &'a str)> {
    let Some((key, value)) = param.split_once('=') else {
        return Err(fault(text, format!("`{}` is not a parameter", shown(param.trim()))).help("as in `rel=2`"));
    };
    Ok((key.trim(), value.trim()))
}

/// The name in front of parameters and cutoff, and what follows it.
fn split_name(text: &str) -> (&str, &str) {
    let text = text.trim();
    let (name, rest) = text.split_at(text.find(['(', '@']).unwrap_or(text.len()));
    (name.trim(), rest)
}

/// The row of a name or alias; otherwise an error that names the nearest.
fn named(name: &str, text: &str) -> Result<&'static Row> {
    if let Some(row) = ROWS.iter().find(|row| row.name == name || row.alias == Some(name)) {
        return Ok(row);
    }
    let all = format!("measures are {}", Kind::ALL.map(Kind::name).join(", "));
    if let Some(known) = ELSEWHERE.iter().find(|known| known.eq_ignore_ascii_case(name)) {
        return Err(fault(text, format!("{known} is a measure of ir_measures that is not computed here")).help(all));
    }
    let error = fault(text, "there is no such measure");
    Err(match nearest(text) {
        Some(measure) => error.help(format!("did you mean `{measure}`?")).help(all),
        None => error.help(all),
    })
}

/// What was probably meant: the nearest name, with the parameters and the cutoff that were given.
fn nearest(text: &str) -> Option<Measure> {
    let (name, rest) = split_name(text);
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let cutoff = &name[stem.len()..];
    let stem = stem.trim_end_matches(['_', '.']).to_lowercase();
    let likeness = |known: &str| strsim::jaro_winkler(&known.to_lowercase(), &stem);
    let likeness_of = |row: &Row| {
        let names = row.trec_eval.iter().copied().chain([row.name]).chain(row.alias);
        names.map(likeness).fold(0.0, f64::max)
    };
    let row = ROWS.iter().max_by(|a, b| likeness_of(a).total_cmp(&likeness_of(b)))?;
    if likeness_of(row) < NEAR {
        return None;
    }
    let at = if cutoff.is_empty() { String::new() } else { format!("@{cutoff}") };
    let tries = [format!("{}{rest}{at}", row.name), format!("{}{at}", row.name), format!("{}@10", row.name)];
    tries.iter().find_map(|text| text.parse().ok())
}

/// A cutoff: a whole number from 1 on.
fn cutoff(value: &str, text: &str) -> Result<usize> {
    match digits(value).and_then(|digits| digits.parse().ok()) {
        Some(cutoff) if cutoff > 0 => Ok(cutoff),
        _ => Err(fault(text, format!("the cutoff `{}` is not a whole number from 1 on", shown(value)))),
    }
}

/// A lowest relevant grade: a whole number from 1 on.
fn rel(value: &str, text: &str) -> Result<i32> {
    let number = value.strip_prefix('-').unwrap_or(value);
    match digits(number).and(value.parse().ok()) {
        Some(rel) if rel >= 1 => Ok(rel),
        Some(rel) => Err(rel_too_low(rel).context(format!("measure `{}`", shown(text)))),
        None => Err(fault(text, format!("the grade `{}` is not a whole number", shown(value)))),
    }
}

/// The complaint about a `rel` below 1; pytrec_eval refuses it too.
pub(super) fn rel_too_low(rel: i32) -> Error {
    Error::input(format!("rel={rel} would count documents as relevant that were judged not to be"))
        .help("`rel` is the lowest grade that is relevant, 1 or higher")
}

/// The text where it consists of digits only: `usize::from_str` would also take a sign.
fn digits(text: &str) -> Option<&str> {
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then_some(text)
}

/// A complaint about a measure's text.
fn fault(text: &str, what: impl fmt::Display) -> Error {
    Error::input(format!("measure `{}`: {what}", shown(text)))
}

/// Text from outside as it may stand in a message: short, and on one line.
fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut short: String = text.chars().take(LONGEST).flat_map(char::escape_debug).collect();
    if text.chars().nth(LONGEST).is_some() {
        short.push('…');
    }
    short
}

impl TryFrom<String> for Measure {
    type Error = Error;

    fn try_from(text: String) -> Result<Measure> {
        text.parse()
    }
}

impl From<Measure> for String {
    fn from(measure: Measure) -> String {
        measure.to_string()
    }
}

#[cfg(test)]
mod tests;
