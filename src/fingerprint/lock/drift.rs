//! What has changed in a collection since it came into the lock: what was added, removed and changed, by name.

use super::file::Locked;
use super::names::Names;
use super::part::Part;
use super::print::{PAIR_DIGITS, Print};
use super::seal::Seal;
use crate::collection::Collection;
use compact_str::CompactString;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How many items of a kind are named; the rest is counted.
pub const MOST_NAMES: usize = 20;

/// What has changed in a collection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drift {
    /// Among its queries.
    pub queries: PartDrift,
    /// Among its judgements.
    pub judgements: PartDrift,
    /// Among its documents.
    pub documents: PartDrift,
}

/// What has changed in a part of a collection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartDrift {
    /// Nothing.
    #[default]
    Same,
    /// Something.
    Changed(Changes),
    /// The lock has it, and the collection has it no more.
    Gone,
    /// The collection has it, and the lock has not.
    New,
}

/// What has changed, item by item.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// Items in the lock.
    pub before: u64,
    /// Items now.
    pub now: u64,
    /// Items that the lock has not.
    pub added: Named,
    /// Items that the lock has, and the collection has not.
    pub removed: Named,
    /// Items whose text or grade is another.
    pub changed: Named,
}

/// Items: how many, and the first few by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// How many.
    pub count: u64,
    /// The first of them, at most [`MOST_NAMES`].
    pub names: Vec<String>,
}

impl Drift {
    /// Whether anything has changed.
    pub fn is_any(&self) -> bool {
        self.parts().iter().any(|(_, part)| **part != PartDrift::Same)
    }

    /// The parts with their names, in the order of reports.
    pub fn parts(&self) -> [(&'static str, &PartDrift); 3] {
        [("queries", &self.queries), ("judgements", &self.judgements), ("documents", &self.documents)]
    }
}

impl Changes {
    /// Whether it is known that something changed, and not what: the lock has no tag per item, or, once in many million
    /// changes, two texts have the same tag.
    pub fn is_unnamed(&self) -> bool {
        self.added.count + self.removed.count + self.changed.count == 0
    }
}

impl Named {
    fn add(&mut self, name: impl FnOnce() -> String) {
        self.count += 1;
        if self.names.len() < MOST_NAMES {
            self.names.push(name());
        }
    }
}

/// Compares a collection with what the lock has of it. `seal` is the one that both were taken with.
pub fn drift(locked: &Locked, print: &Print, collection: &Collection, seal: &Seal) -> Drift {
    let mut names = Names::of(seal, locked, print, collection);
    Drift {
        queries: part(locked.queries.as_ref(), print.queries.as_ref(), |old, new, changes| {
            items(old, new, changes, |name| names.query(name));
        }),
        documents: part(locked.documents.as_ref(), print.documents.as_ref(), |old, new, changes| {
            items(old, new, changes, |name| names.document(name));
        }),
        judgements: part(Some(&locked.judgements), Some(&print.judgements), |old, new, changes| {
            judgements(old, new, changes, &mut names);
        }),
    }
}

type Items = BTreeMap<CompactString, CompactString>;

fn part(before: Option<&Part>, now: Option<&Part>, compare: impl FnOnce(&Items, &Items, &mut Changes)) -> PartDrift {
    let (before, now) = match (before, now) {
        (None, None) => return PartDrift::Same,
        (Some(_), None) => return PartDrift::Gone,
        (None, Some(_)) => return PartDrift::New,
        (Some(before), Some(now)) if before.sha256 == now.sha256 => return PartDrift::Same,
        (Some(before), Some(now)) => (before, now),
    };
    let mut changes = Changes { before: before.count, now: now.count, ..Changes::default() };
    if let (Some(old), Some(new)) = (&before.items, &now.items) {
        compare(old, new, &mut changes);
    }
    PartDrift::Changed(changes)
}

fn items(old: &Items, new: &Items, changes: &mut Changes, shown: impl Fn(&str) -> String) {
    for (name, tag) in new {
        match old.get(name) {
            None => changes.added.add(|| shown(name)),
            Some(before) if before != tag => changes.changed.add(|| shown(name)),
            Some(_) => {}
        }
    }
    for name in old.keys().filter(|name| !new.contains_key(*name)) {
        changes.removed.add(|| shown(name));
    }
}

/// Query by query, since a query's judgements are one entry of the lock.
fn judgements(old: &Items, new: &Items, changes: &mut Changes, names: &mut Names<'_>) {
    let none = CompactString::default();
    let queries: std::collections::BTreeSet<&CompactString> = old.keys().chain(new.keys()).collect();
    for query in queries {
        let (old, new) = (old.get(query).unwrap_or(&none), new.get(query).unwrap_or(&none));
        if old == new {
            continue;
        }
        let (old, new) = (pairs(old), pairs(new));
        for (pair, grade) in &new {
            match old.get(pair) {
                None => changes.added.add(|| names.judged(query, pair)),
                Some(before) if before != grade => changes.changed.add(|| names.graded(query, pair, before)),
                Some(_) => {}
            }
        }
        for pair in old.keys().filter(|pair| !new.contains_key(*pair)) {
            changes.removed.add(|| names.judged(query, pair));
        }
    }
}

/// The tags of a query's judgements: of the grade by that of the document.
fn pairs(tags: &str) -> BTreeMap<&str, &str> {
    let mut pairs = BTreeMap::new();
    let mut rest = tags;
    while let Some((tag, more)) = rest.split_at_checked(super::print::JUDGEMENT_DIGITS) {
        if let Some((pair, grade)) = tag.split_at_checked(PAIR_DIGITS) {
            pairs.insert(pair, grade);
        }
        rest = more;
    }
    pairs
}
