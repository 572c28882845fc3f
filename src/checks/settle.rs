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
}

impl SettledCase {
    /// Whether it is a finding that nobody waived, at this level.
    pub fn counts_at(&self, level: Level) -> bool {
        self.case.finding().is_some() && self.waived.is_none() && self.level == level
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
        if super::find(id).is_none() {
            let error = Error::input(format!("{place} names `{id}`, and no check is called that"));
            return Err(match nearest(id, ALL.iter().map(|check| check.id)) {
                Some(name) => error.help(format!("did you mean `{name}`?")),
                None => error,
            }
            .help("`distilgate explain` lists the checks"));
        }
    }
    Ok(())
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
    let covers = |waiver: &&Waiver| {
        waiver.check == check.id
            && today <= waiver.until
            && waiver
                .collection
                .as_ref()
                .is_none_or(|name| Some(name) == case.collection.as_ref() || *name == case.subject)
    };
    let waived = case.finding().and_then(|_| waivers.iter().find(covers)).cloned();
    SettledCase { level: given.unwrap_or(own), waived, case }
}
