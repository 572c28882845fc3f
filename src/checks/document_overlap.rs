//! Documents of a collection stand in what was read.
//!
//! # What it looks at
//! The files of `[scan]` and `[distill]`: how many documents of a collection turn up in them, whole, nearly (Jaccard
//! similarity of the shingles of five words), within longer texts, or in part. Each is verified by all its shingles.
//!
//! # Why it matters
//! Retrieval is often trained and tested on one corpus, as with MS MARCO and TREC Deep Learning: documents alone teach no
//! answer. But if a collection is meant to be new to the teacher, its documents should be, too.
//!
//! # Example
//! 1,200 of the 16,157 documents of `dl19` stand in the training passages.
//!
//! # What to do
//! Nothing where the corpus is shared by construction; waive it, so that the report says so.
//!
//! # References
//! Broder, *On the resemblance and containment of documents*, 1997.

use super::{Case, Family, Finding, found_in_files};
use crate::config::Level;
use crate::facts::{Facts, Searched};
use crate::fingerprint::scan::{Kind, Tally};

pub(super) const ID: &str = "document-overlap";
pub(super) const FAMILY: Family = Family::Fingerprints;
pub(super) const LEVEL: Level = Level::Note;

pub(super) fn run(facts: &Facts) -> Vec<Case> {
    found_in_files::in_both(facts, case)
}

fn case(searched: &Searched, tally: &Tally, subject: String) -> Case {
    let documents = &tally.documents;
    match (tally.documents_sought, documents.different()) {
        (0, _) => Case::not_applicable(subject, "the collection has no documents here"),
        (sought, 0) => Case::passed(subject, format!("none of its {sought} documents stand there")),
        (sought, n) => {
            let finding = Finding::new(
                format!(
                    "{n} of its {sought} documents stand there: {} word for word, {} within longer texts, {} nearly, {} in part",
                    documents.exact, documents.contained, documents.near, documents.part
                ),
                "nothing, where the corpus is shared by construction; waive it with that reason",
            );
            Case::found(
                subject,
                finding.evidence(found_in_files::examples(searched, &tally.collection, Kind::Document)),
            )
        }
    }
}
