//! What was found in a record, as it is told: a query, a judgement, or a document, with its place.

use super::documents::{DocumentFound, Shape};
use super::effort::Effort;
use super::index::Fingerprints;
use super::queries::{Manner, QueryFound};
use super::record::Record;
use crate::collection::Grade;
use crate::text::excerpt;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Characters of an excerpt.
const EXCERPT: usize = 160;

/// Bytes around a query that an excerpt shows.
const AROUND: usize = 40;

/// In text without records, a query and a document belong together if no more words than this part them.
const TOGETHER_WORDS: u32 = 100;

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A query.
    Query,
    /// A query together with a document that is relevant to it.
    Judgement,
    /// A document.
    Document,
}

/// How it was found. Of two, the lesser is the stronger evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// A whole text is it, after normalisation.
    Exact,
    /// A longer text holds it: a query word for word, a document at least nearly.
    Contained,
    /// A text is it, or holds it, but for some words.
    Near,
    /// A text is a part of the document.
    Part,
}

impl fmt::Display for How {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            How::Exact => "exact",
            How::Contained => "contained",
            How::Near => "near",
            How::Part => "part",
        })
    }
}

/// A text of a collection in a scanned file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Match {
    /// The file, as the user named it or its folder.
    pub file: String,
    /// The line, counted from one.
    pub line: u64,
    /// The collection.
    pub collection: String,
    /// What was found.
    pub kind: Kind,
    /// The identifier of the query; of the document, where it is found alone.
    pub id: String,
    /// The identifier of the document of a judgement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// The grade of a judgement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
    /// How it was found.
    pub how: How,
    /// One for the same text. Of queries the share of what their words say that is left; of documents the Jaccard
    /// similarity of the shingles of five words, with the stretch of text that it was found in; of judgements the lesser.
    pub similarity: f64,
    /// The share of a document's shingles that the text holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contained: Option<f64>,
    /// The text there, on one line.
    pub excerpt: String,
}

/// A match with the numbers of what it is about, for counting.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Numbered {
    pub(super) collection: u32,
    pub(super) query: u32,
    pub(super) document: u32,
    /// Whether it is ordinary language: it is counted, and not told.
    pub(super) common: bool,
    /// Whether it stands there by no chance, see [`super::tally::Tally`].
    pub(super) evident: bool,
    pub(super) found: Match,
}

/// Stands for no query or no document.
const NONE: u32 = u32::MAX;

/// Steps that a judgement takes that was found, to be written down with an excerpt.
const TOLD: usize = 4000;

/// What was found in a record of a file; not every judgement, where that is too much effort.
pub(super) fn of_record(
    fingerprints: &Fingerprints,
    file: &str,
    record: &Record,
    (queries, documents): (&[QueryFound], &[DocumentFound]),
    effort: &mut Effort,
    out: &mut Vec<Numbered>,
) {
    let tell = Teller { fingerprints, file, record };
    out.extend(queries.iter().map(|hit| tell.query(hit)));
    out.extend(documents.iter().map(|hit| tell.document(hit)));
    for query in queries {
        if !effort.spend(documents.len()) {
            return;
        }
        for document in documents {
            if let Some(grade) = fingerprints.judged.get(&(query.query, document.document))
                && tell.belongs_together(query, document)
                && effort.spend(TOLD)
            {
                out.push(tell.judgement(query, document, *grade));
            }
        }
    }
}

struct Teller<'a> {
    fingerprints: &'a Fingerprints,
    file: &'a str,
    record: &'a Record,
}

impl Teller<'_> {
    fn query(&self, hit: &QueryFound) -> Numbered {
        let about = &self.fingerprints.queries.all[hit.query as usize];
        let how = how_of_query(hit);
        let excerpt = self.excerpt(hit.words, if hit.whole { 0 } else { AROUND });
        let found = self.told(about.collection, hit.words, (Kind::Query, how), about.id.as_str(), excerpt);
        let found = Match { similarity: rounded(hit.similarity), ..found };
        let evident = how == How::Exact && about.is_long();
        let (collection, query, common) = (about.collection, hit.query, hit.common);
        Numbered { collection, query, document: NONE, common, evident, found }
    }

    fn document(&self, hit: &DocumentFound) -> Numbered {
        let about = &self.fingerprints.documents.all[hit.document as usize];
        let how = how_of_document(hit);
        let excerpt = self.excerpt(hit.words, 0);
        let found = self.told(about.collection, hit.words, (Kind::Document, how), &about.id, excerpt);
        let (similarity, contained) = (rounded(hit.similarity), Some(rounded(hit.contained)));
        let found = Match { similarity, contained, ..found };
        let (collection, document) = (about.collection, hit.document);
        Numbered { collection, query: NONE, document, common: false, evident: false, found }
    }

    fn judgement(&self, query: &QueryFound, document: &DocumentFound, grade: Grade) -> Numbered {
        let of_query = self.query(query);
        let of_document = &self.fingerprints.documents.all[document.document as usize];
        let evident =
            matches!(of_query.found.how, How::Exact | How::Contained) && how_of_document(document) != How::Part;
        let found = Match {
            kind: Kind::Judgement,
            document: Some(of_document.id.to_string()),
            grade: Some(grade),
            how: of_query.found.how.max(how_of_document(document)),
            similarity: rounded(query.similarity.min(document.similarity)),
            ..of_query.found
        };
        Numbered { document: document.document, common: false, evident, found, ..of_query }
    }

    /// Whether a query that was found is beside the document and not within it.
    fn belongs_together(&self, query: &QueryFound, document: &DocumentFound) -> bool {
        let inside = query.words.0 >= document.words.0 && query.words.1 <= document.words.1;
        let of_document = self.fingerprints.within.contains(&(query.query, document.document));
        let tells = match (inside, of_document || query.common) {
            // A document with its query in it says nothing of the judgement, wherever the title stands.
            (true, _) => false,
            (false, true) => query.whole,
            (false, false) => true,
        };
        let gap = query.words.0.saturating_sub(document.words.1).max(document.words.0.saturating_sub(query.words.1));
        tells && (!self.record.loose || gap <= TOGETHER_WORDS)
    }

    fn told(&self, collection: u32, words: (u32, u32), (kind, how): (Kind, How), id: &str, excerpt: String) -> Match {
        Match {
            file: self.file.to_owned(),
            line: self.record.line_of(words.0),
            collection: self.fingerprints.collections[collection as usize].name.clone(),
            kind,
            id: id.to_owned(),
            document: None,
            grade: None,
            how,
            similarity: 1.0,
            contained: None,
            excerpt,
        }
    }

    fn excerpt(&self, words: (u32, u32), around: usize) -> String {
        excerpt(&self.record.around(words.0, words.1, around), EXCERPT)
    }
}

fn how_of_query(hit: &QueryFound) -> How {
    match hit.manner {
        Manner::Exact => How::Exact,
        Manner::Contained => How::Contained,
        Manner::Near => How::Near,
    }
}

fn how_of_document(hit: &DocumentFound) -> How {
    match hit.shape {
        Shape::Exact => How::Exact,
        Shape::Contained => How::Contained,
        Shape::Near => How::Near,
        Shape::Part => How::Part,
    }
}

/// Three decimal places: more would show how numbers are summed.
fn rounded(similarity: f32) -> f64 {
    (f64::from(similarity) * 1000.0).round() / 1000.0
}
