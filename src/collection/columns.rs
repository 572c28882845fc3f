//! Lines of columns: judgements and runs as TREC and BEIR write them.
//!
//! A line is split at tabs where that gives the wanted number of columns, otherwise at blanks, as trec_eval does.
//! So identifiers padded with a blank inside a tabbed field are read, and so are files that mix both.

use super::complaint::{Complaint, quoted};

/// Splits a line into exactly `N` columns, without the blanks around them; `None` where it has another number.
pub fn split<const N: usize>(line: &str) -> Option<[&str; N]> {
    if line.contains('\t')
        && let Some(columns) = exactly(line.trim_end_matches([' ', '\t']).split('\t').map(str::trim_ascii))
    {
        return Some(columns);
    }
    exactly(line.split_ascii_whitespace())
}

/// Splits a line at tabs into exactly `N` columns, blanks and all; texts keep theirs.
pub fn tabbed<const N: usize>(line: &str) -> Option<[&str; N]> {
    exactly(line.split('\t'))
}

/// How many columns a line has for a reader: by tabs where it has any, otherwise by blanks.
pub fn count(line: &str) -> usize {
    if line.contains('\t') {
        line.trim_end_matches([' ', '\t']).split('\t').count()
    } else {
        line.split_ascii_whitespace().count()
    }
}

fn exactly<'a, const N: usize>(mut parts: impl Iterator<Item = &'a str>) -> Option<[&'a str; N]> {
    let mut columns = [""; N];
    for column in &mut columns {
        *column = parts.next()?;
    }
    parts.next().is_none().then_some(columns)
}

/// Checks the text of an identifier: not empty, and without control characters, which no format could carry.
pub fn identifier<'a>(line: &str, text: &'a str, of: &str) -> Result<&'a str, Complaint> {
    let what = match text {
        "" => format!("the {of} id is empty"),
        text if text.bytes().any(|byte| byte.is_ascii_control()) => {
            format!("the {of} id {} has a control character in it", quoted(text))
        }
        text => return Ok(text),
    };
    Err(Complaint::field(line, text, what))
}

/// How many columns a line has, in words: "1 column", "3 columns".
pub fn columns_of(line: &str) -> String {
    in_words(count(line))
}

/// How many columns a line has where only tabs part them, in words.
pub fn tabbed_columns_of(line: &str) -> String {
    in_words(line.split('\t').count())
}

fn in_words(columns: usize) -> String {
    match columns {
        1 => "1 column".to_owned(),
        n => format!("{n} columns"),
    }
}

/// What a header may call the column of queries; compared without case, hyphens and underscores.
const QUERY_NAMES: [&str; 5] = ["queryid", "qid", "query", "topic", "topicid"];
/// What a header may call the column of documents.
const DOCUMENT_NAMES: [&str; 9] =
    ["corpusid", "docid", "documentid", "docno", "pid", "did", "passageid", "doc", "document"];

/// Whether a word is a header's name for the column of queries.
pub fn names_queries(word: &str) -> bool {
    QUERY_NAMES.contains(&plain(word).as_str())
}

/// Whether a word is a header's name for the column of documents.
pub fn names_documents(word: &str) -> bool {
    DOCUMENT_NAMES.contains(&plain(word).as_str())
}

/// A word of a header in lower case, without what separates its parts.
pub fn plain(word: &str) -> String {
    word.chars().filter(|letter| !matches!(letter, '-' | '_' | ' ')).collect::<String>().to_lowercase()
}

/// Whether a second column is the one that TREC files keep for nothing: `0`, `Q0` and what people typed instead.
pub fn is_placeholder(word: &str) -> bool {
    matches!(word, "0" | "Q0" | "q0" | "QO" | "qo" | "Qo")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_split_at_tabs_or_blanks() {
        let cases = [
            ("1 Q0 d1", Some(["1", "Q0", "d1"])),
            ("1  Q0 \t d1  ", Some(["1", "Q0", "d1"])),
            ("1\tQ0\t d1 \t", Some(["1", "Q0", "d1"])),
            ("a b\tQ0\td 1", Some(["a b", "Q0", "d 1"])),
            ("1\t\td1", Some(["1", "", "d1"])),
            ("1 Q0", None),
            ("1 Q0 d1 x", None),
            ("", None),
        ];
        for (line, expected) in cases {
            assert_eq!(split::<3>(line), expected, "{line:?}");
        }
    }

    #[test]
    fn headers_are_told_in_any_spelling() {
        assert!(["query-id", "query_id", "QID", "topic"].into_iter().all(names_queries));
        assert!(["corpus-id", "doc_id", "docno", "PID"].into_iter().all(names_documents));
        assert!(!names_queries("301") && !names_documents("d1"));
    }
}
