//! Levels and waivers, applied to what the checks found, here and nowhere else.

use super::{ALL, Case, Check, Status};
use crate::collection::Date;
use crate::config::{Config, Level, Waiver, nearest};
use crate::error::{Error, Result};
use std::collections::BTreeMap;

/// A case with the level that counts.
#[derive(Clone, Debug, PartialEq)]
pub struct SettledCase {
    /// What the check said.
    pub case: Case,
    /// The level of its finding: the check's, or what the configuration says.
    pub level: Level,
    /// The waiver that covers its finding.
    pub waived: Option<Waiver>,
    /// What an earlier result, the baseline, said of the same already.
    pub known: Option<String>,
}

impl SettledCase {
    /// Whether it is a finding at this level that neither a waiver nor the baseline covers.
    pub fn counts_at(&self, level: Level) -> bool {
        self.case.finding().is_some() && self.waived.is_none() && self.known.is_none() && self.level == level
    }
}

/// Everything that one check said, settled.
#[derive(Clone, Debug)]
pub struct Settled {
    /// The check.
    pub check: &'static Check,
    /// Its cases.
    pub cases: Vec<SettledCase>,
}

/// Holds the names of checks in a configuration to the list.
///
/// # Errors
/// A check that does not exist, with the nearest right name.
pub fn validate(config: &Config) -> Result<()> {
    let named = config.checks.keys().map(|id| ("[checks]", id));
    let waived = config.waiver.iter().map(|waiver| ("[[waiver]]", &waiver.check));
    for (place, id) in named.chain(waived) {
        check_of(place, id)?;
    }
    let of_waivers = |waiver: &&Waiver| [super::expired_waiver::ID, super::unused_waiver::ID].contains(&&*waiver.check);
    match config.waiver.iter().find(of_waivers) {
        Some(waiver) => {
            Err(Error::input(format!("a [[waiver]] is for `{}`, which is about waivers itself", waiver.check))
                .help("mend the waiver that it speaks of, or set the check's level in [checks]"))
        }
        None => Ok(()),
    }
}

/// The check that `place`, a table of the configuration or an option, calls `id`.
///
/// # Errors
/// A check that does not exist, with the nearest right name.
pub fn check_of(place: &str, id: &str) -> Result<&'static Check> {
    super::find(id).ok_or_else(|| {
        let error = Error::input(format!("{place} names `{id}`, and no check is called that"));
        match nearest(id, ALL.iter().map(|check| check.id)) {
            Some(name) => error.help(format!("did you mean `{name}`?")),
            None => error,
        }
        .help("`distilgate explain` lists the checks")
    })
}

/// What a waiver is for, in words: `document-overlap on dl19`, or the check alone.
pub(super) fn about(waiver: &Waiver) -> String {
    match &waiver.collection {
        Some(collection) => format!("{} on {collection}", waiver.check),
        None => waiver.check.clone(),
    }
}

/// Whether a waiver is for what a check says there, whatever its date.
pub(super) fn covers(waiver: &Waiver, check: &str, case: &Case) -> bool {
    let here = |name: &String| Some(name) == case.collection.as_ref() || *name == case.subject;
    waiver.check == check && waiver.collection.as_ref().is_none_or(here)
}

/// Applies levels, then waivers. A waiver past its date covers nothing; `today` decides that.
pub fn settle(
    cases: Vec<(&'static Check, Vec<Case>)>,
    levels: &BTreeMap<String, Level>,
    waivers: &[Waiver],
    today: Date,
) -> Vec<Settled> {
    cases
        .into_iter()
        .map(|(check, cases)| {
            let given = levels.get(check.id).copied();
            let cases = cases.into_iter().map(|case| settle_one(check, case, given, waivers, today)).collect();
            Settled { check, cases }
        })
        .collect()
}

fn settle_one(check: &Check, case: Case, given: Option<Level>, waivers: &[Waiver], today: Date) -> SettledCase {
    let own = match &case.status {
        Status::Found(finding) => finding.level.unwrap_or(check.level),
        _ => check.level,
    };
    let holds = |waiver: &&Waiver| today <= waiver.until && covers(waiver, check.id, &case);
    let waived = case.finding().and_then(|_| waivers.iter().find(holds)).cloned();
    SettledCase { level: given.unwrap_or(own), waived, known: None, case }
}
