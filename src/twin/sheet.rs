//! The sheet: for each fresh query some documents of its region, to write it from and to judge it on.

use super::COLUMNS;
use super::cells::harmless_cell;
use super::regions::{Frequencies, Region, regions, share};
use crate::collection::{Collection, DocumentId, Grade, QueryId};
use crate::config::Bm25;
use crate::error::{Error, Result};
use crate::retrieve::Index;
use crate::text::excerpt;
use std::collections::{BTreeMap, BTreeSet};
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Of a query's relevant documents so many say what it is about.
const RELEVANT: usize = 5;

/// For each fresh query of a region so many of its first documents are drawn among.
const POOL: usize = 5;

/// Characters of a document that are searched with for its neighbours, and shown.
const SHOWN: usize = 300;

/// What a sheet is made for.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    /// Relevant from this grade on.
    pub rel: Grade,
    /// Fresh queries in all.
    pub queries: usize,
    /// Documents to judge for each.
    pub documents: usize,
    /// Regions at most.
    pub regions: usize,
    /// The seed of the draw.
    pub seed: u64,
}

/// A sheet before it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    /// The regions, with the number of fresh queries for each.
    pub regions: Vec<(Region, usize)>,
    /// The fresh queries' places: region, and documents to judge with excerpts.
    pub places: Vec<(usize, Vec<(DocumentId, String)>)>,
}

/// Groups the queries of a collection and draws documents for fresh ones. The corpus is read four times.
///
/// # Errors
/// A collection without corpus or texts of its queries; a corpus that cannot be read.
pub fn draw(collection: &Collection, bm25: &Bm25, order: Order) -> Result<Sheet> {
    let texts = what_queries_are_about(collection, order.rel)?;
    let mut frequencies = Frequencies::default();
    for document in collection.documents()? {
        frequencies.add(&document?.joined());
    }
    let found = regions(&texts, &frequencies, order.regions);
    let shares = share(order.queries, &found);
    let index = Index::of_corpus(collection.documents()?, bm25)?;
    let relevant: BTreeSet<&DocumentId> = relevant(collection, order.rel).map(|(_, document)| document).collect();
    let mut centres = Vec::new();
    for (number, (region, n)) in found.iter().zip(&shares).enumerate() {
        let pool = index.search(&region.words.join(" "), POOL * n);
        let mut pool: Vec<DocumentId> = pool.into_iter().map(|scored| scored.document).collect();
        // Documents that answer a suspect query would bring it back in other words; they are the last choice.
        pool.sort_by_key(|id| (relevant.contains(id), xxh3_64_with_seed(id.as_str().as_bytes(), order.seed)));
        centres.extend(pool.into_iter().cycle().take(*n).map(|id| (number, id)));
    }
    let starts = collection.texts_of(&centres.iter().map(|(_, id)| id.clone()).collect())?;
    let places: Vec<(usize, Vec<DocumentId>)> = centres
        .into_iter()
        .map(|(region, id)| {
            let near = starts.get(&id).map(|text| index.search(&excerpt(text, SHOWN), order.documents + 1));
            let near = near.into_iter().flatten().map(|scored| scored.document).filter(|other| *other != id);
            let all: Vec<DocumentId> = std::iter::once(id.clone()).chain(near).take(order.documents.max(1)).collect();
            (region, all)
        })
        .collect();
    let shown = collection.texts_of(&places.iter().flat_map(|(_, ids)| ids.iter().cloned()).collect())?;
    let with_text = |id: DocumentId| {
        let text = shown.get(&id).map_or(String::new(), |text| excerpt(text, SHOWN));
        (id, text)
    };
    Ok(Sheet {
        regions: found.into_iter().zip(shares).collect(),
        places: places.into_iter().map(|(r, ids)| (r, ids.into_iter().map(with_text).collect())).collect(),
    })
}

/// Pairs of a query and a relevant document, in the order of their names.
fn relevant(collection: &Collection, rel: Grade) -> impl Iterator<Item = (&QueryId, &DocumentId)> {
    collection.qrels.queries.iter().flat_map(move |(query, judged)| {
        judged.iter().filter(move |(_, grade)| **grade >= rel).map(move |(document, _)| (query, document))
    })
}

/// Each usable query with its first relevant documents, as one text.
fn what_queries_are_about(collection: &Collection, rel: Grade) -> Result<BTreeMap<QueryId, String>> {
    let mut by_query: BTreeMap<&QueryId, Vec<&DocumentId>> = BTreeMap::new();
    for (query, document) in relevant(collection, rel) {
        let documents = by_query.entry(query).or_default();
        if documents.len() < RELEVANT {
            documents.push(document);
        }
    }
    if let Some(query) = by_query.keys().find(|query| !collection.queries.contains_key(**query)) {
        return Err(Error::input(format!("query {query} of collection {} has no text", collection.name))
            .help("add the queries, in `queries.jsonl` or the file that `queries` names"));
    }
    let texts = collection.texts_of(&by_query.values().flatten().map(|id| (*id).clone()).collect())?;
    let about = |(query, documents): (&QueryId, Vec<&DocumentId>)| {
        let documents = documents.iter().filter_map(|id| texts.get(*id)).map(|text| excerpt(text, SHOWN));
        let all: Vec<String> = std::iter::once(collection.queries[query].clone()).chain(documents).collect();
        (query.clone(), all.join(" "))
    };
    Ok(by_query.into_iter().map(about).collect())
}

/// The sheet as CSV: a row for each document of each fresh query, `query` and `grade` empty.
pub fn write_sheet(sheet: &Sheet) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut write = |row: [&str; 6]| {
        let cells: Vec<_> = row.iter().map(|cell| harmless_cell(cell)).collect();
        writer.write_record(cells.iter().map(|cell| cell.as_bytes()))
    };
    let failed = |e: csv::Error| Error::surroundings(format!("the sheet cannot be written: {e}"));
    write(COLUMNS).map_err(failed)?;
    let digits = sheet.places.len().to_string().len();
    for (number, (region, documents)) in sheet.places.iter().enumerate() {
        let id = format!("fresh-{:0digits$}", number + 1);
        let words = sheet.regions[*region].0.words.join(" ");
        for (document, text) in documents {
            write([&id, &words, "", document.as_str(), text, ""]).map_err(failed)?;
        }
    }
    writer.into_inner().map_err(|e| Error::surroundings(format!("the sheet cannot be written: {e}")))
}
