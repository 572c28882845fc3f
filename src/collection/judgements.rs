//! Reads judgements: TREC qrels (query, iteration, document, grade), BEIR TSV below a header, or JSON lines.
//!
//! The content tells the form, never the name of the file. A document judged twice with the same grade is counted
//! and taken once; with two grades it is a fault, since no rule says which one holds. Nothing is skipped in silence.

use super::columns::{self, columns_of, identifier, is_placeholder, names_documents, names_queries};
use super::complaint::{Complaint, quoted};
use super::ids::{DocumentId, QueryId};
use super::jsonl::{self, Names, Value};
use super::lines::{Lines, Marks};
use super::location::judgements_in;
use super::qrels::{Grade, Qrels};
use crate::error::{Error, Faults, Place, Result};
use std::borrow::Cow;
use std::path::Path;

/// What a judgement file holds, with what was counted while reading it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judgements {
    /// The judgements.
    pub qrels: Qrels,
    /// Judgements that repeat an earlier one: same query, document and grade.
    pub repeated: u64,
    /// Line breaks and byte order mark of the file.
    pub marks: Marks,
}

/// Reads judgements from a file, or from the `qrels/` of a BEIR folder.
///
/// Errors: the file cannot be read; lines that are no judgement, grades that are not whole, documents judged twice
/// with different grades (all gathered); no judgement at all; columns in another order.
pub fn read_qrels(path: &Path) -> Result<Qrels> {
    read_judgements(path).map(|judgements| judgements.qrels)
}

/// As [`read_qrels`], with what was counted.
pub fn read_judgements(path: &Path) -> Result<Judgements> {
    if path.is_dir() {
        return read_judgements(&judgements_in(path, None)?);
    }
    let mut lines = Lines::open(path)?;
    let Some(first) = lines.peek()? else { return Err(no_judgement(path)) };
    jsonl::refuse_whole_document(path, &first.lossy())?;
    let (form, header) = Form::of(&first.lossy()).map_err(|error| error.at(Place::line(path, first.number)))?;
    if header {
        lines.next_line()?;
    }
    let mut table = Table::default();
    let mut faults = Faults::new();
    while let Some(line) = lines.next_line()? {
        if line.is_blank() {
            continue;
        }
        if let Err(complaint) = line.text().and_then(|text| table.add(text, form)) {
            complaint.record(&mut faults, path, line.number);
        }
    }
    faults.into_result(
        "these judgements cannot be used",
        "each line has four columns, `query 0 document grade`, or three below a header, \
         `query-id<TAB>corpus-id<TAB>score`; a grade is a whole number. Scores and averaged labels are read as a run",
    )?;
    table.check_order(path)?;
    if table.judgements.qrels.queries.is_empty() {
        return Err(no_judgement(path));
    }
    Ok(Judgements { marks: lines.marks(), ..table.judgements })
}

fn no_judgement(path: &Path) -> Error {
    Error::input("there is no judgement in this file")
        .at(Place::file(path))
        .help("check that this is the file that was meant")
}

/// The form of a judgement file.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Form {
    /// query, iteration, document, grade
    Trec,
    /// query, document, grade, below a header
    Beir,
    /// {"query-id": .., "corpus-id": .., "score": ..}
    Json,
}

impl Form {
    /// The form that the first line shows, and whether that line is a header.
    fn of(line: &str) -> Result<(Form, bool)> {
        if jsonl::is_object(line) {
            return Ok((Form::Json, false));
        }
        let is_header = |query: &str, document: &str, grade: &str| {
            grade.parse::<f64>().is_err() && names_queries(query) && names_documents(document)
        };
        if let Some([document, query, _]) = columns::split::<3>(line)
            && names_documents(document)
            && names_queries(query)
        {
            return Err(Error::input("the header names the document first")
                .help("put the columns in order: query, document, grade"));
        }
        match (columns::split::<3>(line), columns::split::<4>(line)) {
            (Some([query, document, grade]), _) if is_header(query, document, grade) => Ok((Form::Beir, true)),
            (_, Some([query, _, document, grade])) if is_header(query, document, grade) => Ok((Form::Trec, true)),
            _ => Ok((Form::Trec, false)),
        }
    }
}

/// The fields of a judgement in JSON.
const JSON: [Names; 3] = [
    &["query-id", "query_id", "qid"],
    &["corpus-id", "corpus_id", "doc_id", "docid", "docno"],
    &["score", "relevance", "grade", "label", "rel"],
];

/// The judgements read so far.
#[derive(Default)]
struct Table {
    judgements: Judgements,
    rows: u64,
    /// How many rows had `0` or `Q0` where the document belongs, and something else where that belongs.
    shifted: u64,
}

impl Table {
    fn add(&mut self, line: &str, form: Form) -> Result<(), Complaint> {
        match form {
            Form::Trec => {
                let [query, iteration, document, grade] = columns::split(line).ok_or_else(|| wrong_count(line))?;
                if is_placeholder(document) && !is_placeholder(iteration) {
                    self.shifted += 1;
                }
                self.insert(line, query, document, parse_grade(line, grade)?)
            }
            Form::Beir => {
                let [query, document, grade] = columns::split(line).ok_or_else(|| {
                    Complaint::line(format!("{}; the header announces 3: query, document, grade", columns_of(line)))
                })?;
                self.insert(line, query, document, parse_grade(line, grade)?)
            }
            Form::Json => {
                let (query, document, grade) = from_json(line)?;
                self.insert(line, &query, &document, grade)
            }
        }
    }

    fn insert(&mut self, line: &str, query: &str, document: &str, grade: Grade) -> Result<(), Complaint> {
        let query_id = identifier(line, query, "query")?;
        let document_id = identifier(line, document, "document")?;
        self.rows += 1;
        let queries = &mut self.judgements.qrels.queries;
        let of_query = match queries.get_mut(query_id) {
            Some(of_query) => of_query,
            None => queries.entry(QueryId::new(query_id)).or_default(),
        };
        match of_query.get(document_id) {
            None => {
                of_query.insert(DocumentId::new(document_id), grade);
                Ok(())
            }
            Some(before) if *before == grade => {
                self.judgements.repeated += 1;
                Ok(())
            }
            Some(before) => Err(Complaint::line(format!(
                "document {} is judged twice for query {}: {grade} here, {before} before",
                quoted(document_id),
                quoted(query_id)
            ))),
        }
    }

    /// Refuses a file whose columns stand in another order: it would read as one document called `0`.
    fn check_order(&self, path: &Path) -> Result<()> {
        if self.rows < 2 || self.shifted < self.rows {
            return Ok(());
        }
        Err(Error::input("the third column, which names the document, is 0 in every line, and the second is not")
            .at(Place::file(path))
            .help("put the columns in order: `query 0 document grade`"))
    }
}

fn wrong_count(line: &str) -> Complaint {
    let hint = match columns::count(line) {
        3 => " (three columns need a header line: query-id, corpus-id, score)",
        6 => " (six columns make a run, which holds scores, not judgements)",
        _ => "",
    };
    Complaint::line(format!("{}; expected 4: query, 0, document, grade{hint}", columns_of(line)))
}

fn parse_grade(line: &str, field: &str) -> Result<Grade, Complaint> {
    if let Ok(grade) = field.parse() {
        return Ok(grade);
    }
    let number = field.parse::<f64>().ok().filter(|number| number.is_finite());
    let what = match number.map(whole) {
        Some(Some(grade)) => return Ok(grade),
        Some(None) => "is not a whole number",
        None => "is not a number",
    };
    Err(Complaint::field(line, field, format!("grade {} {what}", quoted(field))))
}

/// The grade that a number such as 2.0 means; `None` where it is not whole, or beyond all scales.
fn whole(number: f64) -> Option<Grade> {
    (number.fract() == 0.0 && number.abs() <= f64::from(Grade::MAX)).then_some(number as Grade)
}

fn from_json(line: &str) -> Result<(Cow<'_, str>, Cow<'_, str>, Grade), Complaint> {
    let [query, document, grade] = jsonl::pick(line, &JSON)?;
    if query.is_none() && document.is_none() && grade.is_none() {
        return Err(Complaint::line("this object has none of the fields query-id, corpus-id, score"));
    }
    let missing = |field: usize| Complaint::line(format!("there is no field {}", JSON[field][0]));
    let query = query.ok_or_else(|| missing(0))?.identifier("query")?;
    let document = document.ok_or_else(|| missing(1))?.identifier("document")?;
    let grade = match grade.ok_or_else(|| missing(2))? {
        Value::Integer(number) => Grade::try_from(number).ok(),
        Value::Number(number) => whole(number),
        _ => None,
    };
    let grade = grade.ok_or_else(|| Complaint::line("the grade is not a whole number"))?;
    Ok((query, document, grade))
}

#[cfg(test)]
mod tests {
    use super::super::tests::file;
    use super::*;

    /// Query, document and grade of every judgement, as text.
    fn read_text(text: &str) -> Vec<String> {
        let qrels = read_qrels(file(text.as_bytes()).path()).unwrap();
        let of_query = |(query, of_query): (&QueryId, &std::collections::BTreeMap<DocumentId, Grade>)| {
            of_query.iter().map(|(document, grade)| format!("{query} {document} {grade}")).collect::<Vec<_>>()
        };
        qrels.queries.iter().flat_map(of_query).collect()
    }

    #[test]
    fn every_form_gives_the_same_judgements() {
        let forms = [
            "q1 0 d1 2\nq1 0 d-2 -1\nq2 0 d1 0\n",
            "q1\tQ0\t d1\t2\r\n\r\nq2 0 d1 0  \r\nq1  0\td-2  -1",
            "q1 0 d1 2.0\nq1 0 d-2 -1.0\nq2 0 d1 0.00\n",
            "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td-2\t-1\nq2\td1\t0\n",
            "\u{FEFF}qid pid rel\nq1 d1 2\nq1 d-2 -1\nq2 d1 0\n",
            "query_id\titeration\tdoc_id\trelevance\nq1\t0\td1\t2\nq1\t0\td-2\t-1\nq2\t0\td1\t0\n",
            "{\"query-id\": \"q1\", \"corpus-id\": \"d1\", \"score\": 2}\n{\"qid\": \"q1\", \"docno\": \"d-2\", \"rel\": -1}\n\
             {\"query_id\": \"q2\", \"doc_id\": \"d1\", \"relevance\": 0.0}\n",
        ];
        for text in forms {
            assert_eq!(read_text(text), ["q1 d-2 -1", "q1 d1 2", "q2 d1 0"], "{text}");
        }
    }

    #[test]
    fn identifiers_keep_their_zeros_and_blanks_inside() {
        assert_eq!(read_text("query-id\tcorpus-id\tscore\n01\ta doc \t1\n1\ta\t1\n"), ["01 a doc 1", "1 a 1"]);
    }

    #[test]
    fn the_iteration_may_be_anything() {
        assert_eq!(read_text("1 3 d1 1\n2 ITER d2 1\n").len(), 2);
        // A document may be called 0; columns are in another order only where every row has it so.
        assert_eq!(read_text("1 7 0 1\n2 0 d2 1\n").len(), 2);
    }

    #[test]
    fn a_repeated_judgement_is_counted_and_taken_once() {
        let judgements = read_judgements(file(b"1 0 d 1\n1 1 d 1\n1 0 d 1.0\n").path()).unwrap();
        assert_eq!((judgements.repeated, judgements.qrels.queries.len()), (2, 1));
    }
}
