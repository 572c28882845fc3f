//! What reviewers said of the sample: a CSV that is written with empty columns, and read back filled in.

use super::inspection::Inspected;
use crate::error::{Error, Place, Result};
use crate::twin::{harmless_cell, plain_cell};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;
use xxhash_rust::xxh3::xxh3_64;

/// The columns of the file, in this order.
const COLUMNS: [&str; 10] =
    ["item", "collection", "query_id", "document_id", "query", "document", "verdict", "reviewer", "date", "comment"];

/// The longest file that is read.
const MOST_BYTES: u64 = 64 << 20;

/// What a reviewer says of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReviewVerdict {
    /// The teacher's answer follows from the texts.
    Fine,
    /// It does not: it looks remembered.
    Suspicious,
    /// Nobody can tell.
    Unsure,
}

impl ReviewVerdict {
    /// Every verdict, with its word.
    pub const ALL: [(&str, ReviewVerdict); 3] =
        [("fine", ReviewVerdict::Fine), ("suspicious", ReviewVerdict::Suspicious), ("unsure", ReviewVerdict::Unsure)];
}

/// Who said what of a pair, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// What.
    pub verdict: ReviewVerdict,
    /// Who.
    pub reviewer: String,
    /// When, as the reviewer wrote it.
    pub date: String,
    /// What else.
    pub comment: String,
}

/// The name of a pair in the file: `i` and eight hexadecimal digits that follow from it. The letter keeps a spreadsheet from
/// taking it for a number.
pub fn item(inspected: &Inspected) -> String {
    let name = format!("{}\n{}\n{}", inspected.collection, inspected.query, inspected.document);
    format!("i{:08x}", xxh3_64(name.as_bytes()) >> 32)
}

/// The file for reviewers. `texts` gives the query's and the document's, as far as they may be shown. Why a pair was
/// picked is not in it, nor how it is judged, so that a reviewer looks with open eyes.
pub fn write<'a>(
    sample: impl Iterator<Item = (&'a Inspected, Option<&'a Review>)>,
    texts: impl Fn(&Inspected) -> (String, String),
) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut rows = vec![COLUMNS.map(str::to_owned)];
    for (inspected, review) in sample {
        let (query, document) = texts(inspected);
        let word =
            |review: &Review| ReviewVerdict::ALL.iter().find(|(_, v)| *v == review.verdict).map(|(word, _)| *word);
        let said = |field: fn(&Review) -> &String| review.map(field).cloned().unwrap_or_default();
        rows.push([
            item(inspected),
            inspected.collection.clone(),
            inspected.query.to_string(),
            inspected.document.to_string(),
            query,
            document,
            review.and_then(word).unwrap_or_default().to_owned(),
            said(|review| &review.reviewer),
            said(|review| &review.date),
            said(|review| &review.comment),
        ]);
    }
    for row in rows {
        writer.write_record(row.map(|cell| harmless_cell(&cell).into_owned())).expect("a vector takes every byte");
    }
    writer.into_inner().expect("a vector takes every byte")
}

/// Reads what reviewers wrote, by the item of the sample. Rows without a verdict are not there.
///
/// # Errors
/// A file that cannot be read or is no such table; a row of a pair that is not in the sample; a verdict that is none;
/// two verdicts on one pair.
pub fn read(path: &Path, sample: &[Inspected]) -> Result<BTreeMap<String, Review>> {
    let text = crate::collection::source::read_text(path, MOST_BYTES)?;
    let known: BTreeMap<String, &Inspected> = sample.iter().map(|inspected| (item(inspected), inspected)).collect();
    let mut reader = reader(&text);
    let columns = columns(reader.headers().map_err(|error| broken(path, &error))?, path)?;
    let mut reviews = BTreeMap::new();
    for record in reader.records() {
        let record = record.map_err(|error| broken(path, &error))?;
        let place = || Place::line(path, record.position().map_or(0, csv::Position::line));
        let cell = |column: usize| record.get(column).unwrap_or_default().trim();
        let [name, verdict, reviewer, date, comment] = columns.map(cell);
        if !known.contains_key(name) && !verdict.is_empty() {
            return Err(Error::input(format!("there is no item {name:?} in this sample"))
                .at(place())
                .help("the sample was drawn from other scores, or with another size or seed: run once without `reviews` for the new form")
                .help("or take the row out"));
        }
        if verdict.is_empty() {
            continue;
        }
        let verdict = verdict_of(verdict).map_err(|error| error.at(place()))?;
        let owned = |text: &str| plain_cell(text).to_owned();
        let review = Review { verdict, reviewer: owned(reviewer), date: owned(date), comment: owned(comment) };
        if reviews.insert(name.to_owned(), review).is_some() {
            return Err(Error::input(format!("item {name} has two verdicts"))
                .at(place())
                .help("keep one row for each item"));
        }
    }
    Ok(reviews)
}

/// Reads a table with commas, or with semicolons as spreadsheets of many countries write it.
fn reader(text: &str) -> csv::Reader<&[u8]> {
    let head = text.lines().next().unwrap_or_default();
    let semicolons = head.matches(';').count() > head.matches(',').count();
    csv::ReaderBuilder::new().delimiter(if semicolons { b';' } else { b',' }).from_reader(text.as_bytes())
}

/// Whether a form holds anything in the column `verdict`; one that cannot be read may.
pub fn is_filled_in(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let mut reader = reader(&text);
    let Some(column) = reader.headers().ok().and_then(|header| header.iter().position(|name| name.trim() == "verdict"))
    else {
        return true;
    };
    reader
        .records()
        .any(|record| record.map_or(true, |row| row.get(column).is_some_and(|cell| !cell.trim().is_empty())))
}

/// Where the columns are that are read: item, verdict, reviewer, date, comment.
fn columns(header: &csv::StringRecord, path: &Path) -> Result<[usize; 5]> {
    let find = |name: &str| header.iter().position(|column| column.trim() == name);
    let mut found = [0; 5];
    for (place, name) in ["item", "verdict", "reviewer", "date", "comment"].into_iter().enumerate() {
        found[place] = find(name).ok_or_else(|| {
            Error::input(format!("there is no column {name:?}"))
                .at(Place::line(path, 1))
                .help(format!("the first line names the columns: {}", COLUMNS.join(",")))
        })?;
    }
    Ok(found)
}

fn verdict_of(word: &str) -> Result<ReviewVerdict> {
    let lower = word.to_lowercase();
    ReviewVerdict::ALL.iter().find(|(name, _)| *name == lower).map(|(_, verdict)| *verdict).ok_or_else(|| {
        Error::input(format!("{word:?} is no verdict"))
            .help("a verdict is fine, suspicious or unsure; leave it empty where nobody looked")
    })
}

fn broken(path: &Path, error: &csv::Error) -> Error {
    let place = error.position().map_or(Place::file(path), |position| Place::line(path, position.line()));
    Error::input(format!("this is no table in CSV: {error}")).at(place).help("save it as CSV with commas, in UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::inspection::sample;
    use crate::probe::tests::probed;

    fn written(sample: &[Inspected]) -> String {
        let texts = |inspected: &Inspected| (format!("=text of {}", inspected.query), "a \"quoted\", text".to_owned());
        String::from_utf8(write(sample.iter().map(|inspected| (inspected, None)), texts)).unwrap()
    }

    fn read_back(text: &str, sample: &[Inspected]) -> Result<BTreeMap<String, Review>> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        read(file.path(), sample)
    }

    #[test]
    fn what_reviewers_fill_in_is_read_back() {
        let sample = sample(&[probed(20, 1.0)], &[], 6, 1);
        let empty = written(&sample);
        assert!(empty.contains("'=text of q"), "{empty}");
        assert_eq!(read_back(&empty, &sample).unwrap(), BTreeMap::new());
        let first = item(&sample[0]);
        let filled: String = empty
            .lines()
            .map(|line| match line.starts_with(&first) {
                true => line.replace(",,,,", ",Suspicious,ada,2026-03-01,knows the id") + "\n",
                false => line.to_owned() + "\n",
            })
            .collect();
        let reviews = read_back(&filled, &sample).unwrap();
        assert_eq!(reviews.len(), 1);
        assert_eq!(reviews[&first].verdict, ReviewVerdict::Suspicious);
        assert_eq!((reviews[&first].reviewer.as_str(), reviews[&first].date.as_str()), ("ada", "2026-03-01"));
    }

    #[test]
    fn what_does_not_fit_the_sample_is_refused_with_its_line() {
        let sample = sample(&[probed(20, 1.0)], &[], 4, 1);
        let head = COLUMNS.join(",");
        let item = item(&sample[0]);
        let cases = [
            (format!("{head}\ni00000000,c,q,d,,,fine,,,\n"), ":2", "no item \"i00000000\""),
            (format!("{head}\n{item},c,q,d,,,perhaps,,,\n"), ":2", "\"perhaps\" is no verdict"),
            (format!("{head}\n{item},c,q,d,,,fine,,,\n{item},c,q,d,,,fine,,,\n"), ":3", "two verdicts"),
            ("item,query\n".to_owned(), ":1", "no column \"verdict\""),
            (format!("{head}\n{item},c\n"), ":2", "no table in CSV"),
        ];
        for (text, place, part) in cases {
            let error = read_back(&text, &sample).unwrap_err().to_string();
            assert!(error.contains(part) && error.contains(place), "{error}");
        }
    }
}
