//! What was found, counted for each collection.

use super::index::Fingerprinted;
use super::matches::{How, Kind};
use super::told::Numbered;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::hash::Hash;

/// So many exact copies are no chance however short they are, if they are a tenth of all queries.
const MANY: u64 = 5;

/// Different queries, judgements or documents of a collection that were found, each by the strongest evidence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// A whole text is it.
    pub exact: u64,
    /// A longer text holds it.
    pub contained: u64,
    /// Nearly.
    pub near: u64,
    /// In part.
    pub part: u64,
    /// In how many places, all together.
    pub places: u64,
}

impl Counted {
    /// How many different ones were found.
    pub fn different(&self) -> u64 {
        self.exact + self.contained + self.near + self.part
    }

    /// How many are there word for word: alone, or within a longer text.
    pub fn word_for_word(&self) -> u64 {
        self.exact + self.contained
    }
}

/// What was found of one collection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// The collection.
    pub collection: String,
    /// Its queries that are looked for.
    pub queries_sought: u64,
    /// Its documents that are looked for.
    pub documents_sought: u64,
    /// Its documents that have too few words to be looked for.
    pub short_documents: u64,
    /// Queries that were found.
    pub queries: Counted,
    /// Judgements that were found: a query with a relevant document.
    pub judgements: Counted,
    /// Documents that were found.
    pub documents: Counted,
    /// Of the queries those that are evidence: texts of their own, of four words or more, or of any length where a tenth of
    /// all queries stand there, and five at least. A tag or a name may be a query by chance.
    pub evident_queries: u64,
    /// Of the judgements those that are evidence: the query word for word, with more than a part of the document.
    pub evident_judgements: u64,
    /// Queries that are ordinary language and were found as such: no evidence of anything.
    pub common_queries: u64,
    /// In how many places.
    pub common_places: u64,
    /// Its queries of more than 1,024 words: those beyond are compared without their order.
    #[serde(default, skip_serializing_if = "is_none")]
    pub long_queries: u64,
    /// Its documents that are so like the queries that not every place in them was compared.
    #[serde(default, skip_serializing_if = "is_none")]
    pub crowded_documents: u64,
}

/// Whether there is none of something that is seldom there.
fn is_none(count: &u64) -> bool {
    *count == 0
}

/// What is found: its kind, its query and its document.
type Text = (Kind, u32, u32);

/// Matches on their way to be counted: what was found, by the numbers of collections, queries and documents.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Listed", into = "Listed")]
pub struct Tallies {
    /// The strongest evidence for each kind, query and document, with its collection.
    best: HashMap<Text, (u32, How)>,
    common: HashMap<u32, u32>,
    evident: HashSet<(Kind, u32, u32, u32)>,
    places: HashMap<(u32, Kind), u64>,
    common_places: HashMap<u32, u64>,
}

/// The same as lists in a stable order, for JSON has no other keys than texts.
#[derive(Serialize, Deserialize)]
struct Listed {
    best: Vec<(Text, (u32, How))>,
    common: Vec<(u32, u32)>,
    evident: Vec<(Kind, u32, u32, u32)>,
    places: Vec<((u32, Kind), u64)>,
    common_places: Vec<(u32, u64)>,
}

impl From<Tallies> for Listed {
    fn from(tallies: Tallies) -> Listed {
        Listed {
            best: sorted(tallies.best),
            common: sorted(tallies.common),
            evident: sorted(tallies.evident),
            places: sorted(tallies.places),
            common_places: sorted(tallies.common_places),
        }
    }
}

fn sorted<T: Ord>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.into_iter().collect();
    items.sort_unstable();
    items
}

impl From<Listed> for Tallies {
    fn from(listed: Listed) -> Tallies {
        Tallies {
            best: listed.best.into_iter().collect(),
            common: listed.common.into_iter().collect(),
            evident: listed.evident.into_iter().collect(),
            places: listed.places.into_iter().collect(),
            common_places: listed.common_places.into_iter().collect(),
        }
    }
}

impl Tallies {
    pub(super) fn add(&mut self, numbered: &Numbered) {
        let Numbered { collection, query, document, kind, how, common, evident } = numbered;
        if *common {
            self.common.insert(*query, *collection);
            *self.common_places.entry(*collection).or_default() += 1;
            return;
        }
        *self.places.entry((*collection, *kind)).or_default() += 1;
        if *evident {
            self.evident.insert((*kind, *collection, *query, *document));
        }
        let best = self.best.entry((*kind, *query, *document)).or_insert((*collection, *how));
        best.1 = best.1.min(*how);
    }

    /// Adds what was found elsewhere of the same collections.
    pub(super) fn join(&mut self, other: Tallies) {
        for (key, (collection, how)) in other.best {
            let best = self.best.entry(key).or_insert((collection, how));
            best.1 = best.1.min(how);
        }
        self.common.extend(other.common);
        self.evident.extend(other.evident);
        add(&mut self.places, other.places);
        add(&mut self.common_places, other.common_places);
    }

    /// The counts: `tallies` says of each collection what was looked for.
    pub(super) fn of(&self, mut tallies: Vec<Tally>) -> Vec<Tally> {
        for ((kind, ..), (collection, how)) in &self.best {
            let Some(tally) = tallies.get_mut(*collection as usize) else { continue };
            let counted = tally.counted(*kind);
            *match how {
                How::Exact => &mut counted.exact,
                How::Contained => &mut counted.contained,
                How::Near => &mut counted.near,
                How::Part => &mut counted.part,
            } += 1;
        }
        for (kind, collection, ..) in &self.evident {
            let Some(tally) = tallies.get_mut(*collection as usize) else { continue };
            match kind {
                Kind::Query => tally.evident_queries += 1,
                Kind::Judgement => tally.evident_judgements += 1,
                Kind::Document => {}
            }
        }
        for tally in &mut tallies {
            if tally.queries.exact >= MANY.max(tally.queries_sought.div_ceil(10)) {
                tally.evident_queries = tally.queries.exact;
            }
        }
        for ((collection, kind), places) in &self.places {
            if let Some(tally) = tallies.get_mut(*collection as usize) {
                tally.counted(*kind).places = *places;
            }
        }
        for collection in self.common.values() {
            if let Some(tally) = tallies.get_mut(*collection as usize) {
                tally.common_queries += 1;
            }
        }
        for (collection, places) in &self.common_places {
            if let Some(tally) = tallies.get_mut(*collection as usize) {
                tally.common_places = *places;
            }
        }
        tallies
    }
}

fn add<K: Eq + Hash>(counts: &mut HashMap<K, u64>, others: HashMap<K, u64>) {
    for (key, count) in others {
        let sum = counts.entry(key).or_default();
        *sum = sum.saturating_add(count);
    }
}

impl Tally {
    /// What is looked for of a collection, and nothing found.
    pub(super) fn of_none(about: &Fingerprinted) -> Tally {
        Tally {
            collection: about.name.clone(),
            queries_sought: about.queries,
            documents_sought: about.documents,
            short_documents: about.short_documents,
            long_queries: about.long_queries,
            crowded_documents: about.crowded_documents,
            ..Tally::default()
        }
    }

    /// Whether what was found shows that whoever read it has read the test. A name in running text and a near copy show
    /// nothing by themselves.
    pub fn is_evidence(&self) -> bool {
        self.evident_queries > 0 || self.evident_judgements > 0
    }

    fn counted(&mut self, kind: Kind) -> &mut Counted {
        match kind {
            Kind::Query => &mut self.queries,
            Kind::Judgement => &mut self.judgements,
            Kind::Document => &mut self.documents,
        }
    }
}
