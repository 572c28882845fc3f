//! The lock on collections made here: what is the same, what has drifted and how it is named, and what is no lock.

use super::file::parse;
use super::*;
use crate::collection::{Collection, Date, Location};
use proptest::prelude::*;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;
use tempfile::TempDir;

/// A collection as lists: queries, documents, judgements.
#[derive(Clone, Debug)]
struct Small {
    queries: Vec<(&'static str, &'static str)>,
    documents: Vec<(&'static str, &'static str)>,
    judgements: Vec<(&'static str, &'static str, i32)>,
}

fn small() -> Small {
    Small {
        queries: vec![("q1", "What is BM25?"), ("q2", "who wrote it"), ("q3", "日本の首都")],
        documents: vec![("d1", "A ranking function."), ("d2", "Robertson and others"), ("d3", ""), ("d4", "東京")],
        judgements: vec![("q1", "d1", 2), ("q1", "d2", 0), ("q2", "d2", 1), ("q3", "d4", 3)],
    }
}

impl Small {
    fn open(&self) -> Collection {
        let folder = TempDir::new().unwrap();
        let write = |name: &str, lines: Vec<String>| fs::write(folder.path().join(name), lines.join("\n")).unwrap();
        write("queries.tsv", self.queries.iter().map(|(id, text)| format!("{id}\t{text}")).collect());
        write("corpus.tsv", self.documents.iter().map(|(id, text)| format!("{id}\t{text}")).collect());
        write("qrels.txt", self.judgements.iter().map(|(q, d, grade)| format!("{q} 0 {d} {grade}")).collect());
        let location = Location {
            corpus: Some(folder.path().join("corpus.tsv")),
            queries: Some(folder.path().join("queries.tsv")),
            qrels: Some(folder.path().join("qrels.txt")),
        };
        let mut collection = Collection::open("small", &location).unwrap();
        // The corpus is read again for the print, so the folder has to outlive it.
        let kept = folder.keep();
        collection.location.corpus = Some(kept.join("corpus.tsv"));
        collection
    }

    fn print(&self, seal: &Seal) -> (Collection, Print) {
        let mut collection = self.open();
        let print = Print::of(&mut collection, seal, Detail::Each).unwrap();
        if let Some(folder) = collection.location.corpus.as_deref().and_then(Path::parent) {
            fs::remove_dir_all(folder).unwrap();
        }
        (collection, print)
    }
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn seals() -> [Seal; 2] {
    [Seal::Open, Seal::keyed(&Salt::new("a salt of sixteen letters").unwrap())]
}

fn locked(print: &Print) -> Lock {
    updated(None, &[("small", print)], &Seal::Open, day("2026-01-02"))
}

/// What drifts when a collection changes in one way, a line for each kind.
fn drifted(seal: &Seal, change: impl FnOnce(&mut Small)) -> Vec<String> {
    let (_, before) = small().print(seal);
    let mut now = small();
    change(&mut now);
    let (collection, print) = now.print(seal);
    let drift = drift(&Locked::of("small", &before, day("2026-01-02")), &print, &collection, seal);
    let mut lines = Vec::new();
    for (part, drift) in drift.parts() {
        match drift {
            PartDrift::Same => {}
            PartDrift::Changed(changes) => {
                for (what, named) in
                    [("added", &changes.added), ("removed", &changes.removed), ("changed", &changes.changed)]
                {
                    assert_eq!(named.count as usize, named.names.len());
                    lines.extend(named.names.iter().map(|name| format!("{part} {what}: {name}")));
                }
            }
            other => lines.push(format!("{part}: {other:?}")),
        }
    }
    lines
}

#[test]
fn what_changed_is_named_with_and_without_a_salt() {
    type Change = fn(&mut Small);
    let cases: [(Change, &[&str]); 8] = [
        (|_| (), &[]),
        (|s| s.queries[1].1 = "who wrote that", &["queries changed: q2"]),
        (|s| s.queries.push(("q4", "new")), &["queries added: q4"]),
        (|s| s.documents[0].1 = "A function of ranks.", &["documents changed: d1"]),
        (|s| s.documents.push(("d5", "new")), &["documents added: d5"]),
        (|s| s.judgements[1].2 = 1, &["judgements changed: query q1, document d2: grade 0 before, 1 now"]),
        (|s| s.judgements.push(("q3", "d1", -1)), &["judgements added: query q3, document d1"]),
        (|s| s.judgements.retain(|judged| judged.1 != "d1"), &["judgements removed: query q1, document d1"]),
    ];
    for seal in seals() {
        for (change, expected) in cases {
            assert_eq!(drifted(&seal, change), expected, "{seal:?}");
        }
    }
}

#[test]
fn what_is_gone_is_named_by_its_identifier_or_by_a_tag_where_that_is_secret() {
    let [open, keyed] = seals();
    let gone: fn(&mut Small) = |s| {
        s.queries.remove(1);
        s.judgements.remove(2);
        s.documents.remove(3);
    };
    assert_eq!(
        drifted(&open, gone),
        ["queries removed: q2", "judgements removed: query q2, document d2", "documents removed: d4"]
    );
    let lines = drifted(&keyed, gone);
    assert!(lines.iter().all(|line| line.contains("with tag ")), "{lines:?}");
}

#[test]
fn what_nobody_reads_does_not_drift() {
    for seal in seals() {
        let lines = drifted(&seal, |s| {
            s.queries[0].1 = "what is  bm25";
            s.documents[1].1 = "ROBERTSON, and others!";
            s.documents.reverse();
            s.judgements.reverse();
            s.queries.rotate_left(1);
        });
        assert_eq!(lines, Vec::<String>::new());
    }
}

#[test]
fn a_text_under_another_identifier_is_another_item() {
    let lines = drifted(&Seal::Open, |s| {
        (s.documents[0].1, s.documents[1].1) = (s.documents[1].1, s.documents[0].1);
    });
    assert_eq!(lines, ["documents changed: d1", "documents changed: d2"]);
}

#[test]
fn a_part_that_is_gone_or_new_is_said() {
    let (_, with) = small().print(&Seal::Open);
    let mut collection = small().open();
    collection.location.corpus = None;
    let without = Print::of(&mut collection, &Seal::Open, Detail::Each).unwrap();
    let of = |before: &Print, now: &Print| {
        drift(&Locked::of("small", before, day("2026-01-02")), now, &collection, &Seal::Open).documents
    };
    assert_eq!(of(&with, &without), PartDrift::Gone);
    assert_eq!(of(&without, &with), PartDrift::New);
}

#[test]
fn without_tags_it_is_known_that_documents_changed() {
    let print = |text| {
        let mut small = small();
        small.documents[0].1 = text;
        let mut collection = small.open();
        Print::of(&mut collection, &Seal::Open, Detail::Whole).map(|print| (collection, print)).unwrap()
    };
    let ((_, before), (collection, now)) = (print("one"), print("two"));
    let locked = Locked::of("small", &before, day("2026-01-02"));
    assert!(render(&Lock { keyed: None, collections: vec![locked.clone()] }).len() < 1200);
    match drift(&locked, &now, &collection, &Seal::Open).documents {
        PartDrift::Changed(changes) => assert!(changes.is_unnamed() && changes.now == 4),
        other => panic!("{other:?}"),
    }
}

#[test]
fn names_are_few_and_counts_are_whole() {
    let many = |n: usize| -> Vec<(&'static str, i32)> {
        (0..n).map(|i| (&*Box::leak(format!("x{i:03}").into_boxed_str()), 1)).collect()
    };
    let (_, before) = small().print(&Seal::Open);
    let mut now = small();
    now.judgements.extend(many(50).into_iter().map(|(id, grade)| ("q1", id, grade)));
    let (collection, print) = now.print(&Seal::Open);
    match drift(&Locked::of("small", &before, day("2026-01-02")), &print, &collection, &Seal::Open).judgements {
        PartDrift::Changed(changes) => {
            assert_eq!((changes.added.count, changes.added.names.len()), (50, MOST_NAMES));
            assert_eq!(
                changes.added.names[0],
                "query q1, document x001".replace("x001", &changes.added.names[0][19..])
            );
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_lock_reads_well_and_is_read_back() {
    let (_, print) = small().print(&Seal::Open);
    let lock = locked(&print);
    let text = render(&lock);
    insta::assert_snapshot!(text);
    assert_eq!(parse(&text).unwrap(), lock);
    assert_eq!(parse(&text.replace('\n', "\r\n")).unwrap(), lock, "line breaks are the version control's");
}

#[test]
fn one_change_is_few_lines_of_the_lock() {
    let (_, before) = small().print(&Seal::Open);
    let mut changed = small();
    changed.documents[1].1 = "Robertson alone";
    let (_, now) = changed.print(&Seal::Open);
    let (before, now) = (render(&locked(&before)), render(&locked(&now)));
    let differ = before.lines().zip(now.lines()).filter(|(a, b)| a != b).count();
    // The document, and the digests of the documents, the collection and the lock.
    assert_eq!((before.lines().count(), differ), (now.lines().count(), 4));
}

#[test]
fn first_seen_stays_until_a_collection_is_another() {
    let (_, print) = small().print(&Seal::Open);
    let old = locked(&print);
    let first_seen = |change: fn(&mut Small), seal: &Seal| {
        let mut now = small();
        change(&mut now);
        let (_, print) = now.print(seal);
        updated(Some(&old), &[("small", &print), ("fresh", &print)], seal, day("2027-05-06"))
    };
    let [open, keyed] = seals();
    let same: fn(&mut Small) = |s| s.queries[0].1 = "another";
    let other: fn(&mut Small) = |s| s.queries.iter_mut().for_each(|(_, text)| *text = "another");
    for (change, seal, day) in
        [(same, &open, "2026-01-02"), (other, &open, "2027-05-06"), (other, &keyed, "2026-01-02")]
    {
        let lock = first_seen(change, seal);
        assert_eq!(lock.collection("small").unwrap().first_seen.to_string(), day);
        assert_eq!(lock.collection("fresh").unwrap().first_seen.to_string(), "2027-05-06");
        assert_eq!(lock.collections[0].name, "fresh", "sorted by name");
        assert_eq!(lock.keyed.is_some(), seal.is_keyed());
    }
}

#[test]
fn what_is_no_lock_is_refused_with_what_to_do() {
    let (_, print) = small().print(&Seal::Open);
    let lock = locked(&print);
    let text = render(&lock);
    let twice = Lock { collections: vec![lock.collections[0].clone(), lock.collections[0].clone()], ..Lock::default() };
    let cases = [
        (text.replace("\"distilgate-lock\": 1", "\"distilgate-lock\": 2"), "this lock has format 2", "or a later one"),
        (text.replace("\"count\": 3", "\"count\": 4"), "changed by hand", "restore it from version control"),
        (text.replace("2026-01-02", "2020-01-02"), "changed by hand", "restore"),
        (render(&twice), "two collections are called small", "restore"),
        (text.replace("\"v1\"", "\"v0\""), "normalisation \"v0\"", "delete the lock"),
        (format!("<<<<<<< HEAD\n{text}"), "merge conflict", "git checkout --ours"),
        (text.replace("\"count\": 3,", ""), "missing field `count`", "restore"),
        (text.replace("\"first-seen\"", "\"seen\""), "unknown field `seen`", "restore"),
        (text.replace("2026-01-02", "2026-13-02"), "is not a date", "restore"),
        (text[..text.len() / 2].to_owned(), "EOF while parsing", "restore"),
        ("[]".to_owned(), "this is no lock", "restore"),
        ("{\"distilgate-lock\": 1}".to_owned(), "missing field", "restore"),
        (String::new(), "this is no lock", "restore"),
        ("[".repeat(100_000), "this is no lock", "restore"),
    ];
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(FILE);
    for (text, what, help) in cases {
        fs::write(&path, &text).unwrap();
        let error = read(&path).unwrap_err();
        assert_eq!(error.exit(), crate::Exit::Unusable);
        let said = error.to_string();
        assert!(said.contains(FILE) && said.contains(what) && said.contains(help), "{said}");
    }
    fs::write(&path, b"\xff\xfe").unwrap();
    assert!(read(&path).unwrap_err().to_string().contains("not UTF-8"));
    assert!(read(folder.path()).unwrap_err().to_string().contains("not a regular file"));
    assert_eq!(read(&folder.path().join("none")).unwrap(), None);
}

/// A lock that was taken once.
fn once() -> Lock {
    static LOCK: LazyLock<Lock> = LazyLock::new(|| locked(&small().print(&Seal::Open).1));
    LOCK.clone()
}

proptest! {
    /// Whatever stands in identifiers and texts: what is written is read back.
    #[test]
    fn any_lock_is_read_back(names in prop::collection::vec(".{0,12}", 0..6), tags in prop::collection::vec(".{0,12}", 0..6)) {
        let mut lock = once();
        let items = names.iter().zip(&tags).map(|(name, tag)| (name.as_str().into(), tag.as_str().into()));
        lock.collections[0].judgements.items = Some(items.collect());
        lock.collections[0].name = names.concat();
        prop_assert_eq!(parse(&render(&lock)).unwrap(), lock);
    }

    /// One byte changed anywhere is an error or the same lock; it never panics and is never another lock.
    #[test]
    fn no_edit_goes_unseen(place in any::<prop::sample::Index>(), byte in 32_u8..127) {
        let lock = once();
        let mut bytes = render(&lock).into_bytes();
        let place = place.index(bytes.len());
        bytes[place] = byte;
        if let Ok(read) = parse(&String::from_utf8(bytes).unwrap()) {
            prop_assert_eq!(read, lock);
        }
    }
}
