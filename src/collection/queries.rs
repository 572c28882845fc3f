//! Reads queries: JSON lines as BEIR writes them, `id<TAB>text`, or TREC topics.
//!
//! The content tells the form. A query that stands twice with the same text is counted and taken once; with two texts
//! it is a fault. A query without text is kept and counted: it may have judgements.

use super::columns::{identifier, names_queries, plain};
use super::complaint::{Complaint, quoted};
use super::ids::QueryId;
use super::jsonl::{self, Names};
use super::lines::{Lines, Marks};
use super::markup::{self, Blocks};
use crate::error::{Error, Faults, Place, Result};
use std::collections::BTreeMap;
use std::path::Path;

/// What a file of queries holds, with what was counted while reading it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Queries {
    /// The texts, without the blanks around them.
    pub texts: BTreeMap<QueryId, String>,
    /// Queries that repeat an earlier one: same identifier and text.
    pub repeated: u64,
    /// Line breaks and byte order mark of the file.
    pub marks: Marks,
}

/// Reads queries.
///
/// Errors: the file cannot be read; lines that are no query, identifiers with two texts (all gathered); no query.
pub fn read_queries(path: &Path) -> Result<Queries> {
    let mut lines = Lines::open(path)?;
    let mut queries = Queries::default();
    let mut faults = Faults::new();
    let first = lines.peek()?.map(|first| first.lossy().into_owned()).unwrap_or_default();
    jsonl::refuse_whole_document(path, &first)?;
    let form = Form::of(&first);
    if let Form::Topics(name) = form {
        return queries.read_topics(Blocks::new(lines, name), faults);
    }
    if form == Form::HeaderAndTabs {
        lines.next_line()?;
    }
    while let Some(line) = lines.next_line()? {
        if line.is_blank() {
            continue;
        }
        let read = line.text().and_then(|text| match form {
            Form::Json => queries.add_json(text),
            _ => queries.add_tabbed(text),
        });
        if let Err(complaint) = read {
            complaint.record(&mut faults, path, line.number);
        }
    }
    queries.marks = lines.marks();
    queries.finish(path, faults)
}

/// The form of a file of queries.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Form {
    /// {"_id": .., "text": ..}
    Json,
    /// id, tab, text
    Tabs,
    /// the same below a header
    HeaderAndTabs,
    /// <top> .. </top>, or <topic number=".."> .. </topic>
    Topics(&'static str),
}

impl Form {
    /// The form that the first line shows.
    fn of(line: &str) -> Form {
        let line = line.trim_start();
        if jsonl::is_object(line) {
            return Form::Json;
        }
        if !markup::is_tagged(line) {
            return if is_header(line) { Form::HeaderAndTabs } else { Form::Tabs };
        }
        // Files with a prolog or a root element begin with another tag; classic topics begin with their own.
        match line.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("<top")) {
            true if !line.get(..6).is_some_and(|word| word.eq_ignore_ascii_case("<topic")) => Form::Topics("top"),
            _ => Form::Topics("topic"),
        }
    }
}

const JSON: [Names; 2] = [&["_id", "id", "query_id", "query-id", "qid"], &["text", "query", "title", "contents"]];

fn is_header(line: &str) -> bool {
    let texts = ["text", "query", "title", "querytext"];
    line.split_once('\t').is_some_and(|(id, text)| names_queries(id.trim()) && texts.contains(&plain(text).trim()))
}

impl Queries {
    fn add_json(&mut self, line: &str) -> Result<(), Complaint> {
        let [id, text] = jsonl::pick(line, &JSON)?;
        let id = id.ok_or_else(|| Complaint::line("there is no field _id"))?.identifier("query")?;
        let text = text.ok_or_else(|| Complaint::line("there is no field text"))?.text("text")?;
        self.insert(&id, &text)
    }

    fn add_tabbed(&mut self, line: &str) -> Result<(), Complaint> {
        let (id, text) = line.split_once('\t').ok_or_else(no_tab)?;
        self.insert(identifier(line, id.trim_ascii(), "query")?, text)
    }

    fn insert(&mut self, id: &str, text: &str) -> Result<(), Complaint> {
        let text = text.trim();
        match self.texts.get(id) {
            None => {
                self.texts.insert(QueryId::new(id), text.to_owned());
                Ok(())
            }
            Some(before) if before == text => {
                self.repeated += 1;
                Ok(())
            }
            Some(before) => Err(Complaint::line(format!(
                "query {} stands twice, with two texts: {} here, {} before",
                quoted(id),
                quoted(text),
                quoted(before)
            ))),
        }
    }

    fn read_topics(mut self, mut blocks: Blocks, mut faults: Faults) -> Result<Queries> {
        while let Some(topic) = blocks.next_block(&mut faults)? {
            let read = topic_of(&topic.attributes, &topic.text).and_then(|(id, text)| self.insert(id, &text));
            if let Err(complaint) = read {
                complaint.record(&mut faults, blocks.lines().path(), topic.line);
            }
        }
        self.marks = blocks.lines().marks();
        self.finish(blocks.lines().path(), faults)
    }

    fn finish(self, path: &Path, faults: Faults) -> Result<Queries> {
        faults.into_result(
            "these queries cannot be used",
            "a query is a line `{\"_id\": \"1\", \"text\": \"...\"}` or `id<TAB>text`, or a TREC topic `<top>`",
        )?;
        if self.texts.is_empty() {
            return Err(Error::input("there is no query in this file")
                .at(Place::file(path))
                .help("check that this is the file that was meant"));
        }
        Ok(self)
    }
}

fn no_tab() -> Complaint {
    Complaint::line("there is no tab between the query's id and its text")
}

/// Identifier and text of a topic: `<num>` and `<title>` as in TREC's classic topics, or `number="..."` and `<query>`.
///
/// The old files repeat the names of the fields in words (`Number: 301`, `Topic: ...`).
fn topic_of<'a>(attributes: &'a str, topic: &'a str) -> Result<(&'a str, String), Complaint> {
    let id = markup::element(topic, "num").or_else(|| markup::attribute(attributes, "number"));
    let id = id.ok_or_else(|| Complaint::line("this topic has no <num>"))?.trim();
    let id = id.strip_prefix("Number:").unwrap_or(id).trim();
    let id = identifier(id, id, "query").map_err(|complaint| Complaint::line(complaint.what))?;
    let title = markup::element(topic, "title").or_else(|| markup::element(topic, "query"));
    let title = markup::plain_text(title.ok_or_else(|| Complaint::line("this topic has no <title>"))?);
    Ok((id, title.strip_prefix("Topic:").unwrap_or(&title).trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn read_text(text: &str) -> Result<Queries> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        read_queries(file.path())
    }

    #[test]
    fn every_form_gives_the_same_queries() {
        let forms = [
            "{\"_id\": \"1\", \"text\": \"one\"}\n{\"_id\": \"2\", \"text\": \"two & three\", \"metadata\": {\"x\": []}}\n",
            "{\"id\": 1, \"text\": \" one \"}\n\n{\"query_id\": \"2\", \"query\": \"two & three\"}",
            "1\tone\n2\ttwo & three\r\n",
            "query-id\ttext\n1\tone\n2\ttwo & three\n",
            "<top>\n<num> Number: 1\n<title> Topic: one\n<desc> long\n</top>\n\n\
             <top>\n<num> Number: 2 \n<title>two\n& three\n</top>\n",
            "<?xml version=\"1.0\"?>\n<topics>\n<topic number=\"1\"><query>one</query></topic>\n\
             <topic number=\"2\"><query>two &amp; three</query><narrative>x</narrative></topic></topics>",
            "<topics><topic><num>1</num><title>one</title></topic><topic><num>2</num><title>two & three</title></topic>",
        ];
        for text in forms {
            let queries = read_text(text).unwrap();
            let texts: Vec<_> = queries.texts.iter().map(|(id, text)| (id.as_str(), text.as_str())).collect();
            assert_eq!(texts, [("1", "one"), ("2", "two & three")], "{text}");
        }
    }

    #[test]
    fn the_same_query_twice_is_counted_and_two_texts_are_a_fault() {
        assert_eq!(read_text("1\tone\n1\tone \n").unwrap().repeated, 1);
        let error = read_text("1\tone\n1\ttwo\n").unwrap_err();
        assert_eq!(error.faults()[0].what, "query \"1\" stands twice, with two texts: \"two\" here, \"one\" before");
    }

    #[test]
    fn an_empty_text_is_kept() {
        assert_eq!(read_text("1\t\n2\tx").unwrap().texts[&QueryId::new("1")], "");
    }

    #[test]
    fn what_is_no_query_is_a_fault() {
        let cases = [
            ("1 one", "no tab"),
            (".I 001\r\n.W\r\n", "SMART"),
            ("{\"_id\": \"1\"}", "no field text"),
            ("{\"text\": \"one\"}", "no field _id"),
            ("\tone", "query id is empty"),
            ("<top>\n<title> x\n</top>", "no <num>"),
            ("<top>\n<num> 1\n</top>", "no <title>"),
            ("<top>\n<num> 1\n<title> x\n", "ends before </top>"),
        ];
        for (text, what) in cases {
            let error = read_text(text).unwrap_err().to_string();
            assert!(error.contains(what), "{error}");
        }
        assert!(read_text("\n").unwrap_err().what().contains("no query"));
    }
}
