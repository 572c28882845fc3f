//! Scans of small texts: what is found, how, and that it is the same however it is read.

use super::*;
use crate::collection::{Collection, Location};
use proptest::prelude::*;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

struct Silent;

impl Listener for Silent {
    fn reached(&self, _: u64, _: u64) {}
}

/// A collection of these queries and documents, each query relevant to the document of the same place.
pub(super) fn fingerprints(queries: &[&str], documents: &[&str]) -> Fingerprints {
    let folder = TempDir::new().unwrap();
    let lines = |texts: &[&str], kind: char| -> String {
        let line = |(n, text): (usize, &&str)| {
            serde_json::json!({"_id": format!("{kind}{n}"), "text": text}).to_string() + "\n"
        };
        texts.iter().enumerate().map(line).collect()
    };
    let judged = |n: usize| format!("q{n}\t0\td{n}\t1\n");
    fs::write(folder.path().join("queries.jsonl"), lines(queries, 'q')).unwrap();
    fs::write(folder.path().join("corpus.jsonl"), lines(documents, 'd')).unwrap();
    fs::write(folder.path().join("qrels.txt"), (0..queries.len()).map(judged).collect::<String>()).unwrap();
    let location = Location::folder(folder.path(), None).unwrap();
    let collection = Collection::open("test", &location).unwrap();
    let mut builder = FingerprintsBuilder::default();
    builder.add(&collection, 1);
    builder.build().unwrap()
}

/// Scans files of these names and contents.
pub(super) fn scan_files(
    fingerprints: &Fingerprints,
    files: &[(&str, &[u8])],
    threads: usize,
) -> (Scanned, Vec<Match>) {
    let folder = TempDir::new().unwrap();
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    let (inputs, unread) = inputs(&[folder.path().to_owned()]);
    assert!(unread.is_empty(), "{unread:?}");
    let mut found = Vec::new();
    let settings = Settings { threads, ..Settings::default() };
    let scanned = scan(&inputs, fingerprints, settings, &Silent, |one| {
        let file = PathBuf::from(&one.file).file_name().unwrap().to_string_lossy().into_owned();
        found.push(Match { file, ..one.clone() });
        Ok(())
    });
    (scanned.unwrap(), found)
}

pub(super) const DOCUMENT: &str = "Butterflies fly by day and rest with their wings closed, while moths are active at night and keep \
    their wings open. The feelers of butterflies end in small knobs; those of moths look like feathers or threads. Both \
    begin as caterpillars and go through the same four stages, but only moths spin a cocoon of silk around the pupa.";

#[test]
fn cases_of_queries() {
    let cases = include_str!("../../../fixtures/scan/cases.tsv");
    for line in cases.lines().filter(|line| !line.starts_with('#')) {
        let [query, text, expected, least] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let prints = fingerprints(&[query], &["a document about something else altogether, as it happens"]);
        let (scanned, found) =
            scan_files(&prints, &[("a.txt", format!("first line\n{text}\nlast line\n").as_bytes())], 1);
        let tally = &scanned.collections[0];
        let how = match found.first() {
            Some(one) => one.how.to_string(),
            None if tally.common_queries > 0 => "common".to_owned(),
            None => "nothing".to_owned(),
        };
        assert_eq!(how, expected, "{line}: {found:?}");
        if let Some(one) = found.first() {
            assert!(one.similarity >= least.parse().unwrap(), "{line}: {}", one.similarity);
            assert_eq!((one.line, found.len()), (2, 1), "{line}");
        }
    }
}

#[test]
fn documents_are_found_whole_wrapped_cut_and_within_others() {
    let prints = fingerprints(&["x"], &[DOCUMENT]);
    let words: Vec<&str> = DOCUMENT.split_whitespace().collect();
    let wrapped: String = words.chunks(8).map(|line| line.join(" ") + "\n").collect();
    let other =
        "Nothing in this sentence has any words in common with what is looked for, it only takes room. ".repeat(20);
    let changed: Vec<String> =
        words.iter().enumerate().map(|(n, word)| if n == 20 { "XX".to_owned() } else { (*word).to_owned() }).collect();
    let cases: [(&str, String, Option<How>); 7] = [
        ("whole.txt", DOCUMENT.to_owned(), Some(How::Exact)),
        ("wrapped.txt", wrapped.clone(), Some(How::Exact)),
        ("within.txt", format!("{other}\n{wrapped}\n{other}"), Some(How::Contained)),
        ("header.txt", format!("Insects, page 12\n{DOCUMENT}"), Some(How::Near)),
        ("changed.txt", changed.join(" "), Some(How::Near)),
        ("half.jsonl", serde_json::json!({ "text": words[..words.len() / 2].join(" ") }).to_string(), Some(How::Part)),
        ("other.txt", other.clone(), None),
    ];
    for (name, text, expected) in cases {
        let (_, found) = scan_files(&prints, &[(name, text.as_bytes())], 1);
        assert_eq!(found.first().map(|one| one.how), expected, "{name}: {found:?}");
        assert!(found.iter().all(|one| one.kind == Kind::Document && one.id == "d0"), "{found:?}");
    }
}

#[test]
fn a_judgement_is_a_query_beside_its_document_and_not_within_it() {
    let query = "what is the difference between moths and butterflies";
    let holds = format!("What is the difference between moths and butterflies? {DOCUMENT}");
    let beside = |prints: &Fingerprints, texts: &[&str]| {
        let line = serde_json::json!({ "all": texts }).to_string();
        let (scanned, found) = scan_files(prints, &[("a.jsonl", line.as_bytes())], 1);
        let judgement = found.iter().find(|one| one.kind == Kind::Judgement);
        (scanned.collections[0].judgements.different(), judgement.and_then(|one| one.document.clone()))
    };
    let plain = fingerprints(&[query], &[DOCUMENT]);
    assert_eq!(beside(&plain, &[query, DOCUMENT]), (1, Some("d0".to_owned())));
    assert_eq!(beside(&plain, &[&format!("Rank for: {query}. {DOCUMENT}")]), (1, Some("d0".to_owned())));
    let within = fingerprints(&[query], &[&holds]);
    assert_eq!(beside(&within, &[&holds]), (0, None));
    assert_eq!(beside(&within, &[query, &holds]), (1, Some("d0".to_owned())));
}

#[test]
fn every_form_of_file_gives_its_texts() {
    let query = "what is the difference between moths and butterflies";
    let prints = fingerprints(&[query], &[DOCUMENT]);
    let packed = zstd::encode_all(format!("{{\"q\":\"{query}\"}}\n").as_bytes(), 1).unwrap();
    let files: [(&str, Vec<u8>, u64, How); 9] = [
        ("a.jsonl", format!("{{\"n\": 1}}\n{{\"m\": [{{\"q\": \"{query}\"}}]}}\n").into_bytes(), 2, How::Exact),
        ("b.json", format!("[\n {{\n  \"q\":\n   \"{query}\"\n }}\n]\n").into_bytes(), 4, How::Exact),
        ("c.tsv", format!("1\tx\n2\t{query}\n").into_bytes(), 2, How::Exact),
        ("d.csv", format!("id,text\n1,\"a \"\"quoted\"\", \n column\"\n2,{query}\n").into_bytes(), 4, How::Exact),
        ("e.xml", format!("<top>\n<title> {query} </title>\n</top>\n").into_bytes(), 2, How::Exact),
        ("f.txt", format!("\u{FEFF}{query}\r\n").into_bytes(), 1, How::Exact),
        ("g.txt", b"what is the difference\nbetween moths\nand butterflies".to_vec(), 1, How::Contained),
        ("h.zst", packed, 1, How::Exact),
        ("i.txt", [b"\xFF\xE9 ", query.as_bytes()].concat(), 1, How::Exact),
    ];
    for (name, bytes, line, how) in files {
        let (_, found) = scan_files(&prints, &[(name, &bytes)], 1);
        assert_eq!(found.len(), 1, "{name}: {found:?}");
        assert_eq!((found[0].line, found[0].how), (line, how), "{name}");
    }
}

#[test]
fn what_cannot_be_read_is_told_and_what_was_read_of_it_is_looked_at() {
    use std::io::Write;
    let query = "what is the difference between moths and butterflies";
    let prints = fingerprints(&[query], &[DOCUMENT]);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    gzip.write_all(format!("{query}\n{}", "filler line\n".repeat(10_000)).as_bytes()).unwrap();
    let gzip = gzip.finish().unwrap();
    let files: [(&str, &[u8]); 4] = [
        ("cut.gz", &gzip[..gzip.len() / 2]),
        ("p.parquet", b"PAR1...."),
        ("u.txt", b"\xFF\xFEa\0"),
        ("z.bin", b"ab\0cd"),
    ];
    let (scanned, found) = scan_files(&prints, &files, 2);
    let why: Vec<&str> = scanned.unread.iter().map(|unread| unread.why.as_str()).collect();
    for (why, part) in why.iter().zip(["ends too early", "Parquet", "UTF-16", "zero bytes"]) {
        assert!(why.contains(part), "{why}");
    }
    assert_eq!((why.len(), found.len()), (4, 1));
}

#[test]
fn a_long_query_is_found_with_a_word_edited_or_its_halves_exchanged() {
    let words: Vec<String> = (0..300).map(|n| format!("word{}", n * n % 7919)).collect();
    let (query, mut edited) = (words.join(" "), words.clone());
    edited[150] = "another".to_owned();
    let turned = [&words[200..], &words[..200]].concat();
    let prints = fingerprints(&[&query], &[DOCUMENT]);
    let file = [query.clone(), edited.join(" "), turned.join(" ")].join("\n").replace("\n", "\"}\n{\"q\": \"");
    let (_, found) = scan_files(&prints, &[("a.jsonl", format!("{{\"q\": \"{file}\"}}\n").as_bytes())], 1);
    let told: Vec<(How, u64)> = found.iter().map(|one| (one.how, one.line)).collect();
    assert_eq!(told, [(How::Exact, 1), (How::Near, 2), (How::Near, 3)]);
}

#[test]
fn rows_of_parquet_are_records() {
    let prints = fingerprints(&["what is the difference between moths and butterflies"], &[DOCUMENT]);
    let bytes = fs::read("fixtures/scan/nested.zstd.parquet").unwrap();
    let (scanned, found) = scan_files(&prints, &[("train.parquet", &bytes)], 2);
    let told: Vec<(Kind, How, u64)> = found.iter().map(|one| (one.kind, one.how, one.line)).collect();
    assert_eq!(told, [3, 4, 5, 6].map(|row| (Kind::Query, How::Exact, row)));
    assert_eq!((scanned.lines, scanned.unread.len()), (6, 0));
}

#[test]
fn a_text_without_end_of_line_is_read_in_pieces() {
    let query = "what is the difference between moths and butterflies";
    let prints = fingerprints(&[query], &[DOCUMENT]);
    let filler = "filler words without end ".repeat(60_000);
    let text =
        format!("{{\"text\": \"{filler}{query} {filler}{filler}{DOCUMENT} {filler}\"}}\n{{\"q\": \"{query}\"}}\n");
    assert!(text.len() > blocks::LONG_LINE);
    let (scanned, found) = scan_files(&prints, &[("long.jsonl", text.as_bytes())], 2);
    assert_eq!((scanned.long_lines, scanned.lines), (1, 2));
    let told: Vec<(Kind, u64)> = found.iter().map(|one| (one.kind, one.line)).collect();
    assert_eq!(told, [(Kind::Query, 1), (Kind::Document, 1), (Kind::Query, 2)]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn a_query_is_found_wherever_it_stands(
        before in proptest::collection::vec("[a-z]{1,9}", 0..200),
        after in proptest::collection::vec("[a-z]{1,9}", 0..200),
        wrap in 1_usize..40,
    ) {
        let query = "obscure quartz vortices jinx glyphs";
        let prints = fingerprints(&[query], &[DOCUMENT]);
        let words: Vec<&str> = before.iter().map(String::as_str).chain(query.split(' ')).chain(after.iter().map(String::as_str)).collect();
        let text: String = words.chunks(wrap).map(|line| line.join(" ") + "\n").collect();
        let (scanned, found) = scan_files(&prints, &[("a.txt", text.as_bytes())], 1);
        prop_assert_eq!(scanned.collections[0].queries.word_for_word(), 1);
        prop_assert_eq!(found[0].line as usize, before.len() / wrap + 1);
    }

}

proptest! {
    // Each case reads some megabytes.
    #![proptest_config(ProptestConfig::with_cases(4))]

    #[test]
    fn threads_and_blocks_change_nothing(places in proptest::collection::vec(0_usize..24_000, 1..6)) {
        let query = "obscure quartz vortices jinx glyphs";
        let prints = fingerprints(&[query], &[DOCUMENT]);
        let mut lines = vec!["a line of no meaning but of some length, to fill blocks".to_owned(); 24_000];
        for place in &places {
            lines[*place] = query.to_owned();
        }
        let text = lines.join("\n");
        let files: [(&str, &[u8]); 2] = [("a.txt", text.as_bytes()), ("b.txt", text.as_bytes())];
        let (scanned, found) = scan_files(&prints, &files, 1);
        let different: std::collections::BTreeSet<_> = places.iter().collect();
        prop_assert_eq!(found.len(), 2 * different.len());
        prop_assert_eq!(scan_files(&prints, &files, 3), (scanned, found));
    }
}

#[test]
fn what_shares_of_the_files_saw_counts_as_one_scan_does() {
    let queries = ["how do butterflies rest", "amber road", "when do moths fly", "a silk cocoon around the pupa"];
    let fingerprints = fingerprints(&queries, &[DOCUMENT, "b c", "d e", "f g"]);
    let folder = TempDir::new().unwrap();
    let texts =
        [queries[0].to_owned(), format!("{} {DOCUMENT}", queries[0]), queries[3].repeat(2), queries[2].to_owned()];
    for (number, text) in texts.iter().chain([&texts[0]]).enumerate() {
        fs::write(folder.path().join(format!("{number}.txt")), text).unwrap();
    }
    fs::write(folder.path().join("5.zst"), b"\x28\xb5\x2f\xfd no frame").unwrap();
    let (files, _) = inputs(&[folder.path().to_owned()]);
    let see_some = |own: &[usize]| {
        let some: Vec<Input> = own.iter().map(|number| files[*number].clone()).collect();
        see(&some, &fingerprints, Settings::default(), &Silent, |_| Ok(())).unwrap().renumbered(own)
    };
    let whole = see_some(&[0, 1, 2, 3, 4, 5]);
    assert_eq!((whole.unread.len(), whole.unread[0].0), (1, 5));
    for shares in [
        vec![vec![0, 1, 2, 3, 4, 5]],
        vec![vec![4, 5], vec![0, 2], vec![1, 3]],
        vec![vec![5], vec![], vec![0, 1, 2, 3, 4]],
    ] {
        let mut joined = Seen::default();
        shares.iter().for_each(|own: &Vec<usize>| joined.join(see_some(own)));
        assert_eq!(joined, whole, "{shares:?}");
        let text = serde_json::to_string(&joined).unwrap();
        assert_eq!(serde_json::from_str::<Seen>(&text).unwrap().scanned(), whole.clone().scanned());
    }
    let counted = whole.scanned();
    assert!(counted.collections[0].queries.places > counted.collections[0].queries.different(), "{counted:?}");
}
