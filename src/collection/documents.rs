//! Streams the documents of a corpus: JSON lines, `id<TAB>text`, `id<TAB>title<TAB>text`, or TREC's `<DOC>` blocks.
//!
//! Memory holds one document at a time, and two digests of 64 bits for each (xxh3): of its identifier, by which among
//! ten million documents two are confused with a chance of 3 in a million, and of its content. So a document that
//! stands twice is given once and counted; with two contents it is a fault. After the first fault no document
//! is given any more, only the other faults are looked for: nothing can be done with part of a corpus.

use super::columns::{identifier, names_documents, plain, tabbed, tabbed_columns_of};
use super::complaint::{Complaint, quoted};
use super::ids::DocumentId;
use super::jsonl::{self, Names};
use super::lines::{Lines, Marks};
use super::markup::{self, Block, Blocks};
use crate::error::{Error, Faults, Place, Result};
use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map;
use std::hash::{BuildHasherDefault, Hasher};
use std::mem;
use std::path::{Path, PathBuf};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// A document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its identifier.
    pub id: DocumentId,
    /// Its title; empty where it has none.
    pub title: String,
    /// Its text; may be empty.
    pub text: String,
}

impl Document {
    /// Title and text as BEIR joins them: with one blank, trimmed.
    pub fn joined(&self) -> String {
        join(&self.title, &self.text)
    }
}

fn join(title: &str, text: &str) -> String {
    format!("{title} {text}").trim().to_owned()
}

/// A document, borrowed from the line that it stands in.
pub(super) struct Entry<'a> {
    pub(super) id: Cow<'a, str>,
    title: Cow<'a, str>,
    text: Cow<'a, str>,
}

impl Entry<'_> {
    pub(super) fn joined(&self) -> String {
        join(&self.title, &self.text)
    }

    fn to_document(&self) -> Document {
        Document {
            id: DocumentId::new(&self.id),
            title: self.title.clone().into_owned(),
            text: self.text.clone().into_owned(),
        }
    }
}

/// The documents of a corpus, one after the other. After an error it ends; a corpus without a document is one.
pub struct Documents {
    reader: Reader,
    ledger: Ledger,
    ended: bool,
}

/// Where documents come from.
enum Reader {
    Lines(Lines, Form),
    Blocks(Box<Blocks>),
}

/// What a line holds.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Form {
    /// {"_id": .., "title": .., "text": ..}
    Json,
    /// id, tab, text
    TwoColumns,
    /// id, tab, title, tab, text
    ThreeColumns,
}

impl Documents {
    /// Opens a corpus and tells its form from the first line. Errors as [`Lines::peek`].
    pub fn open(path: &Path) -> Result<Documents> {
        let mut lines = Lines::open(path)?;
        let first = lines.peek()?.map(|line| line.lossy().into_owned()).unwrap_or_default();
        jsonl::refuse_whole_document(path, &first)?;
        let reader = if markup::is_tagged(&first) {
            Reader::Blocks(Box::new(Blocks::new(lines, "doc")))
        } else {
            let (form, header) = Form::of(&first);
            if header {
                lines.next_line()?;
            }
            Reader::Lines(lines, form)
        };
        Ok(Documents { reader, ledger: Ledger::of(path), ended: false })
    }

    /// Different documents so far; of the whole corpus once the iterator ended without an error.
    pub fn documents(&self) -> u64 {
        self.ledger.seen.len() as u64
    }

    /// Documents so far that repeated an earlier one, and were not given again.
    pub fn repeated(&self) -> u64 {
        self.ledger.repeated
    }

    /// Documents so far with neither title nor text.
    pub fn empty(&self) -> u64 {
        self.ledger.empty
    }

    /// Line breaks and byte order mark, as far as the file was read.
    pub fn marks(&self) -> Marks {
        match &self.reader {
            Reader::Lines(lines, _) => lines.marks(),
            Reader::Blocks(blocks) => blocks.lines().marks(),
        }
    }

    /// Whether a document of this identifier was read, told by its digest.
    pub(super) fn has_read(&self, id: &DocumentId) -> bool {
        self.ledger.seen.contains_key(&xxh3_64(id.as_str().as_bytes()))
    }

    /// What `take` makes of the next document, without copying what it leaves; `None` at the end.
    pub(super) fn next_as<T>(&mut self, mut take: impl FnMut(&Entry<'_>) -> T) -> Result<Option<T>> {
        while !self.ended {
            // Only a step that comes back without an error leaves the corpus open.
            self.ended = true;
            match self.step(&mut take)? {
                Step::Document(taken) => {
                    self.ended = false;
                    return Ok(Some(taken));
                }
                Step::Nothing => self.ended = false,
                Step::End => self.ledger.close()?,
            }
        }
        Ok(None)
    }

    fn step<T>(&mut self, take: &mut impl FnMut(&Entry<'_>) -> T) -> Result<Step<T>> {
        match &mut self.reader {
            Reader::Blocks(blocks) => {
                let Some(block) = blocks.next_block(&mut self.ledger.faults)? else { return Ok(Step::End) };
                Ok(self.ledger.admit(from_block(&block), block.line, take))
            }
            Reader::Lines(lines, form) => {
                let Some(line) = lines.next_line()? else { return Ok(Step::End) };
                if line.is_blank() {
                    return Ok(Step::Nothing);
                }
                let entry = line.text().and_then(|text| form.read(text));
                Ok(self.ledger.admit(entry, line.number, take))
            }
        }
    }
}

impl Iterator for Documents {
    type Item = Result<Document>;

    fn next(&mut self) -> Option<Result<Document>> {
        self.next_as(|entry| entry.to_document()).transpose()
    }
}

/// What one step through a corpus met.
enum Step<T> {
    /// A document, and what was made of it.
    Document(T),
    /// A blank line, a repeated document, or a fault that was noted.
    Nothing,
    /// The end of the file.
    End,
}

/// What is remembered of the documents that went by.
struct Ledger {
    path: PathBuf,
    /// The digest of the content by the digest of the identifier.
    seen: HashMap<u64, u64, BuildHasherDefault<Digested>>,
    repeated: u64,
    empty: u64,
    faults: Faults,
}

impl Ledger {
    fn of(path: &Path) -> Ledger {
        let path = path.to_owned();
        Ledger { path, seen: HashMap::default(), repeated: 0, empty: 0, faults: Faults::new() }
    }

    fn admit<T>(
        &mut self,
        entry: Result<Entry<'_>, Complaint>,
        line: u64,
        take: &mut impl FnMut(&Entry<'_>) -> T,
    ) -> Step<T> {
        match entry.and_then(|entry| Ok(self.is_new(&entry)?.then_some(entry))) {
            Ok(Some(entry)) if self.faults.total() == 0 => Step::Document(take(&entry)),
            Ok(_) => Step::Nothing,
            Err(complaint) => {
                complaint.record(&mut self.faults, &self.path, line);
                Step::Nothing
            }
        }
    }

    fn is_new(&mut self, entry: &Entry<'_>) -> Result<bool, Complaint> {
        let content = xxh3_64_with_seed(entry.text.as_bytes(), xxh3_64(entry.title.as_bytes()));
        match self.seen.entry(xxh3_64(entry.id.as_bytes())) {
            hash_map::Entry::Vacant(place) => {
                place.insert(content);
                self.empty += u64::from(entry.title.trim().is_empty() && entry.text.trim().is_empty());
                Ok(true)
            }
            hash_map::Entry::Occupied(before) if *before.get() == content => {
                self.repeated += 1;
                Ok(false)
            }
            hash_map::Entry::Occupied(_) => {
                Err(Complaint::line(format!("document {} stands twice, with two contents", quoted(&entry.id))))
            }
        }
    }

    /// The end of the corpus: an error that tells all faults, or that there was nothing.
    fn close(&mut self) -> Result<()> {
        mem::take(&mut self.faults).into_result(
            "this corpus cannot be used",
            "a document is a line `{\"_id\": \"d1\", \"title\": \"...\", \"text\": \"...\"}`, `id<TAB>text` or \
             `id<TAB>title<TAB>text`, or a TREC `<DOC>` with `<DOCNO>`",
        )?;
        if self.seen.is_empty() {
            return Err(Error::input("there is no document in this corpus")
                .at(Place::file(&self.path))
                .help("check that this is the file that was meant"));
        }
        Ok(())
    }
}

/// A hasher for keys that are digests already.
#[derive(Default)]
struct Digested(u64);

impl Hasher for Digested {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxh3_64(bytes);
    }

    fn write_u64(&mut self, digest: u64) {
        self.0 = digest;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

const JSON: [Names; 3] =
    [&["_id", "id", "docno", "doc_id", "docid"], &["title"], &["text", "contents", "body", "passage", "abstract"]];

impl Form {
    /// The form that the first line shows, and whether that line is a header.
    fn of(line: &str) -> (Form, bool) {
        if jsonl::is_object(line) {
            return (Form::Json, false);
        }
        let columns: Vec<&str> = line.split('\t').collect();
        let form = if columns.len() == 3 { Form::ThreeColumns } else { Form::TwoColumns };
        let is_header = columns.len() > 1
            && (names_documents(columns[0].trim()) || plain(columns[0].trim()) == "id")
            && columns[1..].iter().all(|name| ["title", "text", "body", "contents", "passage"].contains(&name.trim()));
        (form, is_header)
    }

    fn read<'a>(self, line: &'a str) -> Result<Entry<'a>, Complaint> {
        match self {
            Form::Json => from_json(line),
            Form::TwoColumns => match tabbed(line) {
                Some([id, text]) => from_columns(line, id, "", text),
                None => Err(Complaint::line(format!("{}; expected 2: id, text", tabbed_columns_of(line)))),
            },
            Form::ThreeColumns => match tabbed(line) {
                Some([id, title, text]) => from_columns(line, id, title, text),
                None => Err(Complaint::line(format!("{}; expected 3: id, title, text", tabbed_columns_of(line)))),
            },
        }
    }
}

fn from_json(line: &str) -> Result<Entry<'_>, Complaint> {
    let [id, title, text] = jsonl::pick(line, &JSON)?;
    let id = id.ok_or_else(|| Complaint::line("there is no field _id"))?.identifier("document")?;
    let title = title.map_or(Ok(Cow::Borrowed("")), |title| title.text("title"))?;
    let text = text.ok_or_else(|| Complaint::line("there is no field text"))?.text("text")?;
    Ok(Entry { id, title, text })
}

fn from_columns<'a>(line: &'a str, id: &'a str, title: &'a str, text: &'a str) -> Result<Entry<'a>, Complaint> {
    let id = Cow::Borrowed(identifier(line, id.trim_ascii(), "document")?);
    Ok(Entry { id, title: Cow::Borrowed(title), text: Cow::Borrowed(text) })
}

/// A TREC document: its text is in `<TEXT>`, or else all that follows `<DOCNO>`.
fn from_block(block: &Block) -> Result<Entry<'_>, Complaint> {
    let id = markup::element(&block.text, "docno").ok_or_else(|| Complaint::line("this document has no <DOCNO>"))?;
    let id = identifier(id, id.trim(), "document").map_err(|complaint| Complaint::line(complaint.what))?;
    let texts = markup::elements(&block.text, "text");
    let (title, text) = if texts.is_empty() {
        ("", block.text.split_once(id).map_or_else(String::new, |(_, rest)| rest.to_owned()))
    } else {
        let title = ["title", "headline", "head"].iter().find_map(|name| markup::element(&block.text, name));
        (title.unwrap_or_default(), texts.join(" "))
    };
    let (title, text) = (markup::plain_text(title), markup::plain_text(&text));
    Ok(Entry { id: Cow::Borrowed(id), title: Cow::Owned(title), text: Cow::Owned(text) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn documents_of(text: &str) -> Documents {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        // The file is open, so that it may lose its name here.
        Documents::open(file.path()).unwrap()
    }

    #[test]
    fn every_form_gives_the_same_documents() {
        let titled = [
            "{\"_id\": \"1\", \"title\": \"A\", \"text\": \"one\"}\n{\"_id\": \"2\", \"title\": \"\", \"text\": \"two\", \"url\": {}}",
            "{\"id\": 1, \"title\": \"A\", \"contents\": \"one\"}\n\n{\"docno\": \"2\", \"title\": null, \"body\": \"two\"}\r\n",
            "1\tA\tone\n2\t\ttwo\n",
            "id\ttitle\ttext\n1\tA\tone\n2\t\ttwo\n",
            "<DOC>\n<DOCNO> 1 </DOCNO>\n<TITLE>A</TITLE>\n<TEXT>\none\n</TEXT>\n</DOC>\n\
             <DOC>\n<DOCNO>2</DOCNO><TEXT> two\n</TEXT></DOC>",
        ];
        for text in titled {
            let documents: Vec<_> = documents_of(text).map(Result::unwrap).collect();
            let joined: Vec<_> = documents.iter().map(|d| (d.id.as_str(), d.title.as_str(), d.joined())).collect();
            assert_eq!(joined, [("1", "A", "A one".to_owned()), ("2", "", "two".to_owned())], "{text}");
        }
        for text in ["1\tone", "docid\ttext\n1\tone", "<doc><docno>1</docno>one</doc>"] {
            let documents: Vec<_> = documents_of(text).map(Result::unwrap).collect();
            assert_eq!((documents.len(), documents[0].joined()), (1, "one".to_owned()), "{text}");
        }
    }

    #[test]
    fn a_repeated_document_is_given_once() {
        let mut documents = documents_of("1\tone\n2\t\n1\tone\n");
        assert_eq!(documents.by_ref().map(|document| document.unwrap().id.to_string()).collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!((documents.documents(), documents.repeated(), documents.empty()), (2, 1, 1));
    }

    #[test]
    fn an_error_tells_all_faults_and_ends_the_corpus() {
        let mut documents = documents_of("1\tone\n1\ttwo\n2\tx\nthree\n4\ta\tb\n");
        assert!(documents.next().unwrap().is_ok());
        let error = documents.next().unwrap().unwrap_err();
        let faults: Vec<_> = error.faults().iter().map(|fault| (fault.place.line.unwrap(), &*fault.what)).collect();
        let expected = [
            (2, "document \"1\" stands twice, with two contents"),
            (4, "1 column; expected 2: id, text"),
            (5, "3 columns; expected 2: id, text"),
        ];
        assert_eq!(faults, expected);
        assert!(documents.next().is_none());
    }

    #[test]
    fn what_is_no_document_is_a_fault() {
        let cases = [
            ("{\"_id\": \"1\"}", "no field text"),
            ("{\"_id\": {}, \"text\": \"\"}", "id is an object"),
            ("{\"_id\": \"1\", \"text\": [\"a\"]}", "text is a list"),
            ("\ttext", "document id is empty"),
            ("<DOC>\n<TEXT>x</TEXT></DOC>", "no <DOCNO>"),
            ("<DOC>\n<DOCNO>1</DOCNO>", "ends before </doc>"),
            ("", "no document"),
            ("id\ttext\n", "no document"),
        ];
        for (text, what) in cases {
            let error = documents_of(text).next().unwrap().unwrap_err().to_string();
            assert!(error.contains(what), "{error}");
        }
    }
}
