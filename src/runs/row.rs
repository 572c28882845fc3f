//! One line of a run: which query, which document, which score.

use super::format::Format;
use crate::collection::columns::{self, columns_of, identifier};
use crate::collection::complaint::{Complaint, quoted};
use crate::collection::jsonl::{self, Names, Value};
use std::borrow::Cow;

/// What a line of a run says, borrowed from it where it can be.
#[derive(Debug)]
pub struct Row<'a> {
    /// The query's identifier.
    pub query: Cow<'a, str>,
    /// The document's identifier.
    pub document: Cow<'a, str>,
    /// The score, finite.
    pub score: f64,
}

impl<'a> Row<'a> {
    /// Reads a line in the given form.
    pub fn of(line: &'a str, format: Format) -> Result<Row<'a>, Complaint> {
        match format {
            Format::Trec => {
                let [query, _, document, _, score, _] = split(line, format)?;
                Row::from_columns(line, query, document, number(line, score, "score")?)
            }
            Format::Tsv => {
                let [query, document, score] = split(line, format)?;
                Row::from_columns(line, query, document, number(line, score, "score")?)
            }
            Format::Labels => {
                let [query, _, document, label] = split(line, format)?;
                Row::from_columns(line, query, document, number(line, label, "label")?)
            }
            Format::FourColumns => {
                let [query, document, _, score] = split(line, format)?;
                Row::from_columns(line, query, document, number(line, score, "score")?)
            }
            Format::Ranks => {
                let [query, document, rank] = split(line, format)?;
                Row::from_columns(line, query, document, -number(line, rank, "rank")?)
            }
            Format::Jsonl => Row::from_json(line),
        }
    }

    fn from_columns(line: &'a str, query: &'a str, document: &'a str, score: f64) -> Result<Row<'a>, Complaint> {
        let query = Cow::Borrowed(identifier(line, query, "query")?);
        let document = Cow::Borrowed(identifier(line, document, "document")?);
        Ok(Row { query, document, score })
    }

    fn from_json(line: &'a str) -> Result<Row<'a>, Complaint> {
        let [query, document, score] = jsonl::pick(line, &JSON)?;
        if query.is_none() && document.is_none() && score.is_none() {
            return Err(Complaint::line(
                "this object has none of the fields query_id, doc_id, score; each line is one pair of query and document",
            ));
        }
        let missing = |field: usize| Complaint::line(format!("there is no field {}", JSON[field][0]));
        let query = query.ok_or_else(|| missing(0))?.identifier("query")?;
        let document = document.ok_or_else(|| missing(1))?.identifier("document")?;
        let score = match score.ok_or_else(|| missing(2))? {
            Value::Number(score) => score,
            Value::Integer(score) => score as f64,
            other => return Err(Complaint::line(format!("the score is {}; it has to be a number", other.kind()))),
        };
        Ok(Row { query, document, score })
    }
}

/// The fields of a score in JSON.
const JSON: [Names; 3] = [
    &["query_id", "query-id", "qid", "queryid"],
    &["doc_id", "doc-id", "docid", "document_id", "docno", "corpus-id", "corpus_id"],
    &["score"],
];

fn split<const N: usize>(line: &str, format: Format) -> Result<[&str; N], Complaint> {
    columns::split(line).ok_or_else(|| Complaint::line(format!("{}; expected {}", columns_of(line), format.expected())))
}

/// A finite number; everything else would leave the order of a ranking open.
fn number(line: &str, field: &str, name: &str) -> Result<f64, Complaint> {
    let what = match field.parse::<f64>() {
        Ok(number) if number.is_finite() => return Ok(number),
        Ok(number) if number.is_nan() => "is not a number, so that no order follows from it",
        Ok(_) => "is not finite, so that no order follows from it",
        Err(_) if is_decimal_comma(field) => "is not a number; a run uses a decimal point, as in 1.25",
        Err(_) => "is not a number",
    };
    Err(Complaint::field(line, field, format!("{name} {} {what}", quoted(field))))
}

/// Whether a field would be a number with a point in place of its comma.
fn is_decimal_comma(field: &str) -> bool {
    field.contains(',') && field.replacen(',', ".", 1).parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_gives_the_same_row() {
        let cases = [
            ("q1 Q0 d1 7 2.5 tag", Format::Trec),
            ("q1\tQ0\t d1\t1\t25e-1\ttag", Format::Trec),
            ("q1\td1\t2.5", Format::Tsv),
            ("q1 0 d1 2.5", Format::Labels),
            ("q1\td1\t1\t2.5", Format::FourColumns),
            ("q1 d1 -2.5", Format::Ranks),
            ("{\"query_id\": \"q1\", \"doc_id\": \"d1\", \"score\": 2.5}", Format::Jsonl),
            ("{\"qid\": \"q1\", \"docno\": \" d1\", \"score\": 2.5, \"text\": {}}", Format::Jsonl),
        ];
        for (line, format) in cases {
            let row = Row::of(line, format).unwrap();
            assert_eq!((&*row.query, &*row.document, row.score), ("q1", "d1", 2.5), "{line}");
        }
    }

    #[test]
    fn what_is_wrong_has_a_column() {
        let cases = [
            ("q Q0 d 1 1,25 tag", Format::Trec, Some(10), "score \"1,25\" is not a number; a run uses a decimal point"),
            ("q Q0 é 1 NaN tag", Format::Trec, Some(10), "no order follows"),
            ("q\td\t-inf", Format::Tsv, Some(5), "not finite"),
            ("q\td\t1e999", Format::Tsv, Some(5), "not finite"),
            ("q\t\t1", Format::Tsv, Some(3), "document id is empty"),
            ("q\td\u{7}\t1", Format::Tsv, Some(3), "control character"),
            ("q d", Format::Tsv, None, "2 columns; expected 3: query, document, score"),
            ("{\"query_id\": \"q\", \"doc_id\": \"d\"}", Format::Jsonl, None, "no field score"),
            ("{\"query_id\": \"q\", \"doc_id\": \"d\", \"score\": NaN}", Format::Jsonl, Some(43), "not numbers"),
            ("{\"query_id\": \"q\", \"doc_id\": \"d\", \"score\": \"1\"}", Format::Jsonl, None, "a string"),
        ];
        for (line, format, column, what) in cases {
            let complaint = Row::of(line, format).unwrap_err();
            assert_eq!(complaint.column, column, "{line}");
            assert!(complaint.what.contains(what), "{complaint:?}");
        }
    }
}
