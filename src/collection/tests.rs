//! The readers over `fixtures/`: every layout, everything odd that is counted, every error message, and byte soup.

use super::*;
use crate::error::{Exit, Result};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Cargo runs tests in the root of the crate, so that messages name the same path everywhere.
const BROKEN: &str = "fixtures/broken";

/// The files and folders in a folder whose names begin with a word, sorted.
fn named(folder: &str, word: &str) -> Vec<PathBuf> {
    let begins = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(word));
    let mut found: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(begins).collect();
    found.sort();
    assert!(!found.is_empty(), "no {word}* in {folder}");
    found
}

/// All error messages of a reader on its broken files, as users see them.
fn messages(word: &str, read: impl Fn(&Path) -> Result<()>) -> String {
    let message = |path: &PathBuf| {
        let error = read(path).expect_err(&format!("{} was read", path.display()));
        assert_eq!(error.exit(), Exit::Unusable);
        format!("## {}\n{error}\n", path.file_name().unwrap().to_string_lossy())
    };
    named(BROKEN, word).iter().map(message).collect::<Vec<_>>().join("\n")
}

fn read_corpus(path: &Path) -> Result<()> {
    Documents::open(path)?.try_for_each(|document| document.map(drop))
}

fn read_collection(folder: &Path) -> Result<()> {
    let mut collection = Collection::open("garden", &Location::folder(folder, None)?)?;
    if collection.has_corpus() { collection.survey() } else { Ok(()) }
}

#[test]
fn broken_judgements() {
    insta::assert_snapshot!(messages("qrels.", |path| read_qrels(path).map(drop)));
}

#[test]
fn broken_queries() {
    insta::assert_snapshot!(messages("queries.", |path| read_queries(path).map(drop)));
}

#[test]
fn broken_corpora() {
    insta::assert_snapshot!(messages("corpus.", read_corpus));
}

#[test]
fn broken_collections() {
    insta::assert_snapshot!(messages("collection.", read_collection));
}

#[test]
fn every_layout_gives_the_same_collection() {
    let open = |folder: &str| {
        let folder = Path::new("fixtures/collections").join(folder);
        let mut collection = Collection::open("garden", &Location::folder(&folder, None).unwrap()).unwrap();
        collection.survey().unwrap();
        let all: BTreeSet<DocumentId> = collection.documents().unwrap().map(|document| document.unwrap().id).collect();
        assert_eq!(all.len(), 6);
        let texts = collection.texts_of(&all).unwrap();
        (collection.queries, collection.qrels, collection.counts, texts)
    };
    let beir = open("beir");
    assert_eq!(beir.0[&QueryId::new("q2")], "how to keep slugs & snails away");
    assert_eq!(beir.1.grade(&QueryId::new("q1"), &DocumentId::new("d1")), Some(2));
    assert_eq!(beir.3[&DocumentId::new("d1")], "Watering Water tomatoes in the morning, at the root.");
    assert_eq!(beir, open("trec"));
    assert_eq!(beir, open("tsv"));
}

#[test]
fn a_split_is_taken_when_it_is_named() {
    let location = Location::folder(Path::new("fixtures/collections/beir"), Some("train")).unwrap();
    let collection = Collection::open("garden", &location).unwrap();
    assert!(collection.qrels.queries.keys().eq([&QueryId::new("q3")]));
    assert_eq!(collection.counts.queries.unwrap().without_judgements, 2);
    assert!(read_qrels(Path::new("fixtures/collections/beir")).unwrap().queries.contains_key("q1"));
}

#[test]
fn everything_odd_is_counted() {
    let location = Location::folder(Path::new("fixtures/collections/odd"), None).unwrap();
    let mut collection = Collection::open("garden", &location).unwrap();
    assert_eq!(collection.counts.documents, None, "the corpus was not read yet");
    collection.survey().unwrap();
    collection.survey().unwrap();
    insta::assert_json_snapshot!(collection.counts);
}

#[test]
fn a_collection_of_judgements_alone_opens() {
    let qrels = Some(PathBuf::from("fixtures/collections/trec/qrels.txt"));
    let collection = Collection::open("garden", &Location { qrels, ..Location::default() }).unwrap();
    assert_eq!((collection.counts.queries, collection.has_corpus()), (None, false));
    assert!(collection.documents().err().unwrap().what().contains("has no corpus"));
    assert!(Collection::open("garden", &Location::default()).unwrap_err().what().contains("no judgements"));
}

#[test]
fn judges_non_relevant_tells_pools_from_lists_of_positives() {
    let counts = |grades: &[Grade]| Counts {
        judgements: JudgementCounts { grades: grades.iter().map(|grade| (*grade, 1)).collect(), ..Default::default() },
        ..Counts::default()
    };
    assert!(!counts(&[1, 2]).judges_non_relevant(1));
    assert!(counts(&[1, 2]).judges_non_relevant(2));
    assert!(counts(&[-1, 2]).judges_non_relevant(1));
}

/// Pieces that the formats are made of, so that soup comes near to what is read.
pub(crate) fn soup() -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<&[u8]> = vec![
        b"\n",
        b"\r\n",
        b"\t",
        b" ",
        b"0",
        b"Q0",
        b"1",
        b"-1",
        b"1.5",
        b"1,5",
        b"NaN",
        b"1e999",
        b"q1",
        b"d1",
        b"query-id\tcorpus-id\tscore\n",
        b"qid\tpid\trank\n",
        b"q1 0 d1 1\n",
        b"q1 Q0 d1 1 0.5 t\n",
        b"q1\td1\t0.5\n",
        b"<top>",
        b"</top>",
        b"<num>",
        b"<title>",
        b"<",
        b">",
        b"</",
        b"<DOC>",
        b"</DOC>",
        b"<DOCNO>",
        b"</DOCNO>",
        b"<TEXT>",
        b"<topic number=\"1\">",
        b"number=",
        b"{",
        b"}",
        b"[",
        b"]",
        b":",
        b",",
        b"\"",
        b"\"_id\"",
        b"\"text\"",
        b"{\"_id\": \"1\", \"text\": \"x\"}\n",
        b"{\"query_id\": \"1\", \"doc_id\": \"1\", \"score\": 1}\n",
        b"null",
        b"\\u0000",
        b"\\ud800",
        b"\xEF\xBB\xBF",
        b"\xFF",
        b"\xE9",
        "é語😀".as_bytes(),
        b"\0",
        b"\x1b[31m",
        b"\x1F\x8B\x08\0\0\0\0\0\0\x03",
        b"\x28\xB5\x2F\xFD",
        b"\x50\x2A\x4D\x18\x02\0\0\0xx",
        b".I 1",
    ];
    let piece = prop_oneof![
        8 => prop::sample::select(pieces).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 1..8),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// A file with this content.
pub(crate) fn file(bytes: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    file
}

proptest! {
    #[test]
    fn no_reader_panics_on_soup(bytes in soup()) {
        for bytes in [bytes.clone(), zstd::encode_all(&*bytes, 1).unwrap()] {
            let file = file(&bytes);
            let path = file.path();
            let results = [
                read_qrels(path).map(drop),
                read_queries(path).map(drop),
                read_corpus(path),
                source::read_text(path, 64).map(drop),
            ];
            for error in results.into_iter().filter_map(Result::err) {
                prop_assert_eq!(error.exit(), Exit::Unusable);
                prop_assert!(!error.to_string().contains('\x1b'), "text of the file acts on the terminal");
            }
        }
    }

    #[test]
    fn judgements_read_back_whatever_their_form(
        rows in prop::collection::btree_map(("[a-z0-9]{1,4}", "[a-z0-9-]{1,4}x"), -2..4, 1..20)
    ) {
        let trec: String = rows.iter().map(|((q, d), grade)| format!("{q} 0 {d} {grade}\n")).collect();
        let beir: String = rows.iter().map(|((q, d), grade)| format!("{q}\t{d}\t{grade}\r\n")).collect();
        let trec = read_qrels(file(trec.as_bytes()).path()).unwrap();
        let beir = read_qrels(file(format!("query-id\tcorpus-id\tscore\r\n{beir}").as_bytes()).path()).unwrap();
        prop_assert_eq!(&trec, &beir);
        prop_assert_eq!(trec.queries.values().map(|of_query| of_query.len()).sum::<usize>(), rows.len());
        for ((query, document), grade) in &rows {
            prop_assert_eq!(trec.grade(&query.as_str().into(), &document.as_str().into()), Some(*grade));
        }
    }
}
