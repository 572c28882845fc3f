//! Fingerprints: everything that is looked for, made from the collections once and asked from every core.
//!
//! Memory holds the queries' words, and for each document its identifier and 32 bits for each of its shingles; no text
//! of a document is kept. Documents are read twice: to count how frequent the words of the queries are and to take
//! shingles, and then to see which queries the documents hold as a phrase.

use super::documents::{self, Documents, DocumentsBuilder};
use super::effort::Effort;
use super::queries::{Queries, QueriesBuilder, QueryScratch};
use super::record::Record;
use super::surprise;
use crate::collection::{Collection, Grade};
use crate::error::Result;
use std::collections::{HashMap, HashSet};

/// Nothing below this similarity is language that a query shares with documents.
const LEARNT_FROM: f32 = 0.7;

/// What was made of one collection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fingerprinted {
    /// Its name.
    pub name: String,
    /// Queries with a relevant judgement: those that are looked for.
    pub queries: u64,
    /// Documents that are looked for.
    pub documents: u64,
    /// Documents of fewer words than a shingle has; they are not looked for.
    pub short_documents: u64,
    /// Relevant judgements of queries and documents that are looked for.
    pub judgements: u64,
    /// Queries of more words than are aligned with a text.
    pub long_queries: u64,
    /// Documents in which not every place could be compared with the queries.
    pub crowded_documents: u64,
}

/// Everything that is looked for.
#[derive(Debug)]
pub struct Fingerprints {
    /// The collections.
    pub collections: Vec<Fingerprinted>,
    /// Their queries.
    pub(super) queries: Queries,
    /// Their documents.
    pub(super) documents: Documents,
    /// The grade of each relevant judgement, by the numbers of query and document.
    pub(super) judged: HashMap<(u32, u32), Grade>,
    /// Judged pairs whose document holds the query itself.
    pub(super) within: HashSet<(u32, u32)>,
}

/// Gathers collections.
#[derive(Debug, Default)]
pub struct FingerprintsBuilder<'a> {
    collections: Vec<(&'a Collection, Grade)>,
}

impl<'a> FingerprintsBuilder<'a> {
    /// Adds a collection, in which a document is relevant from a grade on.
    pub fn add(&mut self, collection: &'a Collection, relevant_from: Grade) {
        self.collections.push((collection, relevant_from));
    }

    /// Reads the documents and makes the fingerprints.
    ///
    /// Errors: a corpus that cannot be read.
    pub fn build(self) -> Result<Fingerprints> {
        let mut made = Vec::new();
        let mut queries = QueriesBuilder::default();
        let mut query_numbers = HashMap::new();
        for (number, (collection, relevant_from)) in self.collections.iter().enumerate() {
            let mut about = Fingerprinted { name: collection.name.clone(), ..Fingerprinted::default() };
            for (query, judged) in &collection.qrels.queries {
                let relevant = judged.values().any(|grade| grade >= relevant_from);
                let Some(text) = collection.queries.get(query).filter(|_| relevant) else { continue };
                if let Some(added) = queries.add(number as u32, query, text) {
                    query_numbers.insert((number as u32, query.as_str()), added);
                    about.queries += 1;
                    about.long_queries += u64::from(queries.is_long(added));
                }
            }
            made.push(about);
        }
        let mut documents = DocumentsBuilder::default();
        let (counts, total) = self.count(&queries, &mut documents, &mut made)?;
        let bits = surprise::bits(queries.vocabulary().1, &counts, total);
        let mut queries = queries.build(&bits);
        let documents = documents.build();
        let judged = self.judged(&query_numbers, &documents, &mut made);
        let within = self.learn(&mut queries, &documents, &judged, &mut made)?;
        Ok(Fingerprints { collections: made, queries, documents, judged, within })
    }

    /// Takes shingles of all documents, and counts in them the words of the queries, and all words.
    fn count(
        &self,
        queries: &QueriesBuilder,
        documents: &mut DocumentsBuilder,
        made: &mut [Fingerprinted],
    ) -> Result<(Vec<u64>, u64)> {
        let (vocabulary, hashes) = queries.vocabulary();
        let (mut counts, mut total) = (vec![0; hashes.len()], 0);
        for (number, (collection, _)) in self.collections.iter().enumerate().filter(|(_, (c, _))| c.has_corpus()) {
            for document in collection.documents()? {
                let document = document?;
                let words = documents::words_of(&document.joined());
                total += words.len() as u64;
                for known in words.iter().filter_map(|word| vocabulary.get(word.hash)) {
                    counts[known as usize] += 1;
                }
                match documents.add(number as u32, document.id.as_str(), &words) {
                    true => made[number].documents += 1,
                    false => made[number].short_documents += 1,
                }
            }
        }
        Ok((counts, total))
    }

    /// The relevant judgements by number.
    fn judged(
        &self,
        query_numbers: &HashMap<(u32, &str), u32>,
        documents: &Documents,
        made: &mut [Fingerprinted],
    ) -> HashMap<(u32, u32), Grade> {
        let mut judged = HashMap::new();
        let numbers: HashMap<(u32, &str), u32> = documents
            .all
            .iter()
            .zip(0..)
            .map(|(about, number)| ((about.collection, about.id.as_str()), number))
            .collect();
        for (number, (collection, relevant_from)) in self.collections.iter().enumerate() {
            let number = number as u32;
            for (query, grades) in &collection.qrels.queries {
                let Some(query) = query_numbers.get(&(number, query.as_str())) else { continue };
                for (document, grade) in grades.iter().filter(|(_, grade)| *grade >= relevant_from) {
                    if let Some(document) = numbers.get(&(number, document.as_str())) {
                        judged.insert((*query, *document), *grade);
                        made[number as usize].judgements += 1;
                    }
                }
            }
        }
        judged
    }

    /// Teaches the queries how the documents talk; gives the judged pairs whose document holds the query itself.
    fn learn(
        &self,
        queries: &mut Queries,
        documents: &Documents,
        judged: &HashMap<(u32, u32), Grade>,
        made: &mut [Fingerprinted],
    ) -> Result<HashSet<(u32, u32)>> {
        let mut within = HashSet::new();
        let (mut record, mut scratch, mut found) = (Record::default(), QueryScratch::default(), Vec::new());
        let mut at = 0;
        for (number, (collection, _)) in self.collections.iter().enumerate().filter(|(_, (c, _))| c.has_corpus()) {
            for document in collection.documents()? {
                let document = document?;
                record.clear();
                record.push(document.joined().as_bytes(), 1);
                found.clear();
                scratch.begin(Effort::for_bytes(record.text.len()));
                queries.find(&record, LEARNT_FROM, &mut scratch, &mut found);
                let next = documents.all.get(at as usize);
                if next.is_some_and(|n| n.collection == number as u32 && n.id == document.id.as_str()) {
                    let inside = found.iter().map(|hit| (hit.query, at)).filter(|pair| judged.contains_key(pair));
                    within.extend(inside);
                    at += 1;
                }
                queries.learn(&found);
                made[number].crowded_documents += u64::from(scratch.effort.ran_out());
            }
        }
        Ok(within)
    }
}
