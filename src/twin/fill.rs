//! A filled sheet: fresh queries with their judgements, and every way in which a sheet can be half filled.
//!
//! A place in the file is line and column, the column counted in cells, as a spreadsheet shows them.

use super::COLUMNS;
use super::cells::plain_cell;
use crate::collection::complaint::quoted;
use crate::collection::source::{BOM, read_text};
use crate::collection::{Collection, DocumentId, Grade, Qrels, QueryId};
use crate::error::{Error, Faults, Place, Result};
use crate::text::normalise;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A sheet is filled by hand: nothing beyond this is one.
const MAX_BYTES: u64 = 64 << 20;

/// A fresh query identifier or a document's would not be longer in any run format.
const MAX_ID_CHARS: usize = 256;

/// What a filled sheet holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filled {
    /// The fresh queries.
    pub queries: BTreeMap<QueryId, String>,
    /// Their judgements.
    pub qrels: Qrels,
    /// Places for a query that nobody filled.
    pub empty: usize,
}

/// Where the columns that are read stand in a sheet, counted from one.
#[derive(Clone, Copy)]
struct Columns {
    query_id: usize,
    query: usize,
    document: usize,
    grade: usize,
}

/// A row with its line.
struct Row {
    line: u64,
    columns: Columns,
    query_id: String,
    query: String,
    document: String,
    grade: String,
}

/// Reads a filled sheet and holds it to the collection that it is a twin of; relevant from grade `rel` on.
///
/// # Errors
/// A file that is no sheet; rows that are half filled or contradict each other, grades that are no whole numbers,
/// documents that the corpus does not have, queries that are the collection's own or stand twice (exit 2).
pub fn read_sheet(path: &Path, collection: &Collection, rel: Grade) -> Result<Filled> {
    let text = read_text(path, MAX_BYTES)?;
    let rows = rows(path, &text)?;
    let mut by_query: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in &rows {
        by_query.entry(&row.query_id).or_default().push(row);
    }
    let wanted: BTreeSet<DocumentId> = rows.iter().map(|row| DocumentId::new(&row.document)).collect();
    let known: BTreeSet<DocumentId> = collection.texts_of(&wanted)?.into_keys().collect();
    let mut faults = Faults::new();
    let mut filled = Filled::default();
    for (id, rows) in by_query {
        let is_empty = rows.iter().all(|row| row.query.is_empty() && row.grade.is_empty());
        match is_empty {
            true => filled.empty += 1,
            false => one_query(path, id, &rows, rel, &known, &mut filled, &mut faults),
        }
    }
    fresh(path, &rows, collection, &filled, &mut faults);
    faults.into_result(
        format!("{} cannot be used as it is", path.display()),
        "fill or delete the rows; `twin plan` writes a new sheet",
    )?;
    match filled.queries.is_empty() {
        true => Err(Error::input("no query is filled in")
            .at(Place::file(path))
            .help("write a query into the column `query`, and a grade for each of its documents")),
        false => Ok(filled),
    }
}

/// The rows of a sheet, whatever the order of its columns and the delimiter of the spreadsheet.
fn rows(path: &Path, text: &str) -> Result<Vec<Row>> {
    let text = text.strip_prefix(std::str::from_utf8(&BOM).unwrap_or("")).unwrap_or(text);
    let header = text.lines().next().unwrap_or("");
    let delimiter = [b',', b';', b'\t'].into_iter().max_by_key(|d| header.bytes().filter(|b| b == d).count());
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter.unwrap_or(b','))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let broken = |e: csv::Error| Error::input(format!("this is no CSV: {e}")).at(Place::file(path));
    let mut records = reader.records();
    let header = records.next().transpose().map_err(broken)?.unwrap_or_default();
    let column = |name: &str| header.iter().position(|cell| cell.trim() == name);
    let number = |name: &str| column(name).map_or(1, |index| index + 1);
    let columns = Columns {
        query_id: number("query_id"),
        query: number("query"),
        document: number("document"),
        grade: number("grade"),
    };
    if let Some(missing) =
        COLUMNS.iter().filter(|name| **name != "region" && **name != "excerpt").find(|c| column(c).is_none())
    {
        return Err(Error::input(format!("there is no column `{missing}`"))
            .at(Place::line(path, 1))
            .help(format!("the first line names the columns: {}", COLUMNS.join(", "))));
    }
    let mut rows = Vec::new();
    for record in records {
        let record = record.map_err(broken)?;
        let cell =
            |name: &str| column(name).and_then(|i| record.get(i)).map_or("", |cell| plain_cell(cell.trim()).trim());
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        rows.push(Row {
            line: record.position().map_or(0, csv::Position::line),
            columns,
            query_id: cell("query_id").to_owned(),
            query: cell("query").to_owned(),
            document: cell("document").to_owned(),
            grade: cell("grade").to_owned(),
        });
    }
    Ok(rows)
}

/// Where a cell of a row is.
fn at(path: &Path, row: &Row, column: fn(&Columns) -> usize) -> Place {
    Place::column(path, row.line, column(&row.columns) as u64)
}

fn one_query(
    path: &Path,
    id: &str,
    rows: &[&Row],
    rel: Grade,
    known: &BTreeSet<DocumentId>,
    filled: &mut Filled,
    faults: &mut Faults,
) {
    if !is_identifier(id) {
        faults
            .push(at(path, rows[0], |c| c.query_id), format!("{} is no identifier: one word is expected", quoted(id)));
        return;
    }
    let Some(first) = rows.iter().find(|row| !row.query.is_empty()) else {
        let graded = rows.iter().find(|row| !row.grade.is_empty()).unwrap_or(&rows[0]);
        faults.push(at(path, graded, |c| c.query), format!("{id} has grades and no query"));
        return;
    };
    if let Some(other) = rows.iter().find(|row| !row.query.is_empty() && row.query != first.query) {
        faults.push(at(path, other, |c| c.query), format!("{id} has another query in line {}", first.line));
        return;
    }
    let mut judged: BTreeMap<DocumentId, Grade> = BTreeMap::new();
    let before = faults.total();
    for row in rows {
        let document = DocumentId::new(&row.document);
        if !known.contains(&document) {
            faults.push(at(path, row, |c| c.document), format!("the corpus has no document {}", quoted(&row.document)));
            continue;
        }
        match row.grade.parse::<Grade>() {
            Ok(grade) => {
                if judged.insert(document, grade).is_some_and(|other| other != grade) {
                    faults.push(
                        at(path, row, |c| c.grade),
                        format!("{id} has another grade for {}", quoted(&row.document)),
                    );
                }
            }
            Err(_) if row.grade.is_empty() => {
                let what = format!(
                    "{id} has a query, and no grade for {}: judge it, or delete the row",
                    quoted(&row.document)
                );
                faults.push(at(path, row, |c| c.grade), what);
            }
            Err(_) => {
                faults.push(at(path, row, |c| c.grade), format!("the grade {} is no whole number", quoted(&row.grade)))
            }
        }
    }
    if faults.total() == before && !judged.values().any(|grade| *grade >= rel) {
        let what = format!("no document is relevant to {id} (grade {rel} or more): it could not be measured");
        faults.push(at(path, first, |c| c.grade), what);
    }
    filled.queries.insert(QueryId::new(id), first.query.clone());
    filled.qrels.queries.insert(QueryId::new(id), judged);
}

/// One word: what every run format can hold.
fn is_identifier(id: &str) -> bool {
    !id.is_empty() && id.chars().count() <= MAX_ID_CHARS && !id.chars().any(|c| c.is_whitespace() || c.is_control())
}

/// A twin's queries are fresh: none is the collection's own, and none stands twice; word order and signs aside.
fn fresh(path: &Path, rows: &[Row], collection: &Collection, filled: &Filled, faults: &mut Faults) {
    let plain = |text: &str| {
        let normal = normalise(text);
        let mut words: Vec<&str> = normal.split(' ').collect();
        words.sort_unstable();
        words.join(" ")
    };
    let mut seen: BTreeMap<String, String> = collection
        .queries
        .iter()
        .map(|(id, text)| (plain(text), format!("query {id} of {}", collection.name)))
        .collect();
    for (id, text) in &filled.queries {
        let row = rows.iter().find(|row| row.query_id == id.as_str() && !row.query.is_empty());
        match (seen.insert(plain(text), format!("query {id}")), row) {
            (Some(other), Some(row)) => {
                faults.push(
                    at(path, row, |c| c.query),
                    format!("{} has the words of {other}: it is not fresh", quoted(text)),
                );
            }
            _ => continue,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collection::Location;
    use crate::collection::tests::{file, soup};
    use proptest::prelude::*;

    fn collection(folder: &Path) -> Collection {
        std::fs::create_dir_all(folder.join("qrels")).unwrap();
        std::fs::write(folder.join("corpus.jsonl"), "{\"_id\": \"d1\", \"text\": \"a knoll\"}\n").unwrap();
        std::fs::write(folder.join("queries.jsonl"), "{\"_id\": \"q1\", \"text\": \"what is a knoll\"}\n").unwrap();
        std::fs::write(folder.join("qrels/test.tsv"), "query-id\tcorpus-id\tscore\nq1\td1\t1\n").unwrap();
        Collection::open("old", &Location::folder(folder, None).unwrap()).unwrap()
    }

    fn read(sheet: &str) -> Result<Filled> {
        let folder = tempfile::tempdir().unwrap();
        read_sheet(file(sheet.as_bytes()).path(), &collection(folder.path()), 1)
    }

    #[test]
    fn a_query_may_stand_in_any_row_and_cells_may_hold_line_breaks() {
        let filled = read("grade,document,query,query_id\n1,d1,\"where, is\na knoll\",n1\n\n,,,\n,d1,,n2\n").unwrap();
        assert_eq!(filled.queries[&QueryId::new("n1")], "where, is\na knoll");
        assert_eq!(filled.qrels.grade(&"n1".into(), &"d1".into()), Some(1));
        assert_eq!(filled.empty, 1);
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        for (sheet, words) in [
            ("query_id,query,document,grade\nn1,a,d1,1\nn1,b,d1,1\n", ":3:2: n1 has another query in line 2"),
            ("query_id,query,document,grade\nn1,a,d1,1\nn1,,d1,0\n", ":3:4: n1 has another grade for"),
            ("query_id,query,document,grade\nn1,a,d1,1\nn2,A!,d1,1\n", "has the words of query n1"),
            ("query_id,query,document,grade\nn1,a,d1,99999999999\n", "is no whole number"),
            ("query_id,query,document,grade\n,a,d1,1\n", "is no identifier"),
            ("", "there is no column `query_id`"),
        ] {
            let error = read(sheet).unwrap_err();
            assert!(error.to_string().contains(words), "{error}");
            assert_eq!(error.exit().code(), 2);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_file_is_too_odd_to_be_read_or_refused(bytes in soup()) {
            let folder = tempfile::tempdir().unwrap();
            let old = collection(folder.path());
            let mut sheet = b"query_id,query,document,grade\n".to_vec();
            sheet.extend(&bytes);
            let _ = read_sheet(file(&sheet).path(), &old, 1);
            prop_assert!(read_sheet(file(&bytes).path(), &old, 1).is_err());
        }
    }
}
