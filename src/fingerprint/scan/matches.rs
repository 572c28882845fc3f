//! What was found in a record, as it is told: a query, a judgement, or a document, with its place.

use super::documents::{DocumentFound, Shape};
use super::effort::{Effort, TOLD};
use super::index::Fingerprints;
use super::queries::{Manner, QueryFound};
use super::record::Record;
use super::told::{Numbered, Told};
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

/// Stands for no query or no document.
const NONE: u32 = u32::MAX;

/// Steps that it takes to look at a query beside a document.
const PAIR: usize = 64;

/// What was found in a record of a file; not every judgement, where that is more effort than pairs may take.
pub(super) fn of_record(
    fingerprints: &Fingerprints,
    file: &str,
    record: &Record,
    (queries, documents): (&[QueryFound], &[DocumentFound]),
    pairs: &mut Effort,
    out: &mut Told,
) {
    let tell = Teller { fingerprints, file, record };
    queries.iter().for_each(|hit| out.add(tell.numbered_query(hit), || tell.query(hit)));
    documents.iter().for_each(|hit| out.add(tell.numbered_document(hit), || tell.document(hit)));
    for query in queries {
        if !pairs.spend(PAIR * documents.len()) {
            return;
        }
        for document in documents {
            if let Some(grade) = fingerprints.judged.get(&(query.query, document.document))
                && tell.belongs_together(query, document)
                && pairs.spend(TOLD)
            {
                out.add(tell.numbered_judgement(query, document), || tell.judgement(query, document, *grade));
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
    fn query(&self, hit: &QueryFound) -> Match {
        let about = &self.fingerprints.queries.all[hit.query as usize];
        let excerpt = self.excerpt(hit.words, if hit.whole { 0 } else { AROUND });
        let found =
            self.told(about.collection, hit.words, (Kind::Query, how_of_query(hit)), about.id.as_str(), excerpt);
        Match { similarity: rounded(hit.similarity), ..found }
    }

    fn numbered_query(&self, hit: &QueryFound) -> Numbered {
        let about = &self.fingerprints.queries.all[hit.query as usize];
        let how = how_of_query(hit);
        let evident = how == How::Exact && about.is_long();
        let (collection, query, common) = (about.collection, hit.query, hit.common);
        Numbered { collection, query, document: NONE, kind: Kind::Query, how, common, evident }
    }

    fn document(&self, hit: &DocumentFound) -> Match {
        let about = &self.fingerprints.documents.all[hit.document as usize];
        let excerpt = self.excerpt(hit.words, 0);
        let found = self.told(about.collection, hit.words, (Kind::Document, how_of_document(hit)), &about.id, excerpt);
        Match { similarity: rounded(hit.similarity), contained: Some(rounded(hit.contained)), ..found }
    }

    fn numbered_document(&self, hit: &DocumentFound) -> Numbered {
        let collection = self.fingerprints.documents.all[hit.document as usize].collection;
        let (document, how) = (hit.document, how_of_document(hit));
        Numbered { collection, query: NONE, document, kind: Kind::Document, how, common: false, evident: false }
    }

    fn judgement(&self, query: &QueryFound, document: &DocumentFound, grade: Grade) -> Match {
        let of_document = &self.fingerprints.documents.all[document.document as usize];
        Match {
            kind: Kind::Judgement,
            document: Some(of_document.id.to_string()),
            grade: Some(grade),
            how: how_of_query(query).max(how_of_document(document)),
            similarity: rounded(query.similarity.min(document.similarity)),
            ..self.query(query)
        }
    }

    fn numbered_judgement(&self, query: &QueryFound, document: &DocumentFound) -> Numbered {
        let (of_query, of_document) = (how_of_query(query), how_of_document(document));
        let evident = matches!(of_query, How::Exact | How::Contained) && of_document != How::Part;
        let how = of_query.max(of_document);
        let document = document.document;
        Numbered { document, kind: Kind::Judgement, how, common: false, evident, ..self.numbered_query(query) }
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
