//! The forms of run files, and how the first line tells which one a file has.

use crate::collection::columns::{self, is_placeholder, names_documents, names_queries};
use crate::collection::jsonl;
use crate::error::{Error, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The form of a run or score file. Left out, the first line tells it; what it cannot tell, `format` has to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Six columns, as trec_eval reads them: query, `Q0`, document, rank, score, tag. The score decides, not the rank.
    Trec,
    /// Three columns, with or without a header: query, document, score.
    Tsv,
    /// A JSON object on each line: `query_id`, `doc_id`, `score`.
    Jsonl,
    /// Four columns, as qrels: query, `0`, document, label. The label is the score; here it may have a decimal point.
    Labels,
    /// Four columns, a run without `Q0` and tag: query, document, rank, score.
    FourColumns,
    /// Three columns, as MS MARCO runs: query, document, rank. Rank 1 is the best; the score is the negated rank.
    Ranks,
}

impl Format {
    /// Every form, in the order of the documentation.
    pub const ALL: [Format; 6] =
        [Format::Trec, Format::Tsv, Format::Jsonl, Format::Labels, Format::FourColumns, Format::Ranks];

    /// The name that `format = ` takes.
    pub fn name(self) -> &'static str {
        match self {
            Format::Trec => "trec",
            Format::Tsv => "tsv",
            Format::Jsonl => "jsonl",
            Format::Labels => "labels",
            Format::FourColumns => "four-columns",
            Format::Ranks => "ranks",
        }
    }

    /// What a line has to hold, for messages.
    pub fn expected(self) -> &'static str {
        match self {
            Format::Trec => "6: query, Q0, document, rank, score, tag",
            Format::Tsv => "3: query, document, score",
            Format::Jsonl => "a JSON object: query_id, doc_id, score",
            Format::Labels => "4: query, 0, document, label",
            Format::FourColumns => "4: query, document, rank, score",
            Format::Ranks => "3: query, document, rank",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What the first line of a file shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// The form of the file.
    pub format: Format,
    /// Whether the first line is a header, which holds no score.
    pub header: bool,
}

/// The form that the first line of a run shows, or the one that the user said.
///
/// Errors, without a place: the line could mean several things, or none.
pub fn told_by(line: &str, said: Option<Format>) -> Result<Told> {
    if let Some(format) = said {
        return Ok(Told { format, header: header(line).is_some() });
    }
    if jsonl::is_object(line) {
        return Ok(Told { format: Format::Jsonl, header: false });
    }
    if let Some(format) = header(line) {
        return Ok(Told { format, header: true });
    }
    let format = match columns::split::<6>(line) {
        Some(_) => Format::Trec,
        None => match columns::count(line) {
            3 => Format::Tsv,
            4 => four_columns(line)?,
            _ => return Err(unknown(line)),
        },
    };
    Ok(Told { format, header: false })
}

/// The form that a header announces, if the line is one.
fn header(line: &str) -> Option<Format> {
    let [query, document, last] = columns::split::<3>(line)?;
    let is_header = last.parse::<f64>().is_err() && names_queries(query) && names_documents(document);
    is_header.then(|| if columns::plain(last) == "rank" { Format::Ranks } else { Format::Tsv })
}

/// Four columns are labels, or a run that lost two columns; only an untouched qrels line is told without help.
fn four_columns(line: &str) -> Result<Format> {
    match columns::split::<4>(line) {
        Some([_, second, _, label]) if is_placeholder(second) && label.parse::<i64>().is_ok() => Ok(Format::Labels),
        _ => Err(Error::input(
            "four columns may be labels or a run without Q0 and tag, and this line does not say which",
        )
        .help("say `format = \"labels\"` for: query, 0, document, label")
        .help("or `format = \"four-columns\"` for: query, document, rank, score")),
    }
}

fn unknown(line: &str) -> Error {
    Error::input(format!("a line with {} is no form of run that is known", columns::columns_of(line)))
        .help("a run has six columns, `query Q0 document rank score tag`")
        .help("or three, `query<TAB>document<TAB>score`; or a JSON object on each line with query_id, doc_id, score")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_tells_the_form() {
        let cases = [
            ("q1 Q0 d1 1 12.5 tag", Some((Format::Trec, false))),
            ("01 QO 1938 1 10.518622 bm25", Some((Format::Trec, false))),
            ("1\tQ0\t 971\t2\t11.4\ttag", Some((Format::Trec, false))),
            ("q1\td1\t0.5", Some((Format::Tsv, false))),
            ("query_id\tdoc_id\tscore", Some((Format::Tsv, true))),
            ("qid\tpid\trank", Some((Format::Ranks, true))),
            ("q1 0 d1 2", Some((Format::Labels, false))),
            ("q1 Q0 d1 0", Some((Format::Labels, false))),
            ("{\"query_id\": \"q1\"}", Some((Format::Jsonl, false))),
            ("{ Q0 d1 1 12.5 tag", Some((Format::Trec, false))),
            ("1030303\t8726437\t1\t0.876", None),
            ("156493 0 1034435 1.7", None),
            ("q1 d1", None),
            ("some words of a text that is no run", None),
        ];
        for (line, expected) in cases {
            let told = told_by(line, None).ok().map(|told| (told.format, told.header));
            assert_eq!(told, expected, "{line}");
        }
    }

    #[test]
    fn what_the_user_says_holds() {
        let told = told_by("156493 0 1034435 1.7", Some(Format::Labels)).unwrap();
        assert_eq!(told, Told { format: Format::Labels, header: false });
    }

    #[test]
    fn names_are_those_of_the_config() {
        for format in Format::ALL {
            assert_eq!(serde_json::to_value(format).unwrap(), format.name());
        }
    }
}
