//! The readers of runs over `fixtures/`, byte soup, and the real files in `shared/data` where they are there.

use super::*;
use crate::collection::tests::{file, soup};
use crate::collection::{Collection, Documents, Location, read_qrels, read_queries};
use crate::error::{Exit, Result};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn broken_runs() {
    let mut files: Vec<_> = fs::read_dir("fixtures/broken").unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("run.")));
    files.sort();
    let message = |path: &PathBuf| {
        let error = read(path).expect_err(&format!("{} was read", path.display()));
        assert_eq!(error.exit(), Exit::Unusable);
        format!("## {}\n{error}\n", path.file_name().unwrap().to_string_lossy())
    };
    insta::assert_snapshot!(files.iter().map(message).collect::<Vec<_>>().join("\n"));
}

#[test]
fn every_form_gives_the_same_run() {
    let fixture = |name: &str| Path::new("fixtures/runs").join(name);
    let expected = read(&fixture("trec.run")).unwrap();
    let forms = [
        ("tabs.run", Format::Trec, None),
        ("trec.run.gz", Format::Trec, None),
        ("trec.run.zst", Format::Trec, None),
        ("plain.tsv", Format::Tsv, None),
        ("header.tsv", Format::Tsv, None),
        ("scores.jsonl", Format::Jsonl, None),
        ("four-columns.run", Format::FourColumns, Some(Format::FourColumns)),
    ];
    for (name, format, said) in forms {
        let reading = read_counted(&fixture(name), said).unwrap();
        assert_eq!((reading.format, &reading.run), (format, &expected), "{name}");
    }
    // Labels and ranks keep the order and lose the scores.
    let order = |run: &Run| -> Vec<_> {
        let ranking = |(query, ranking): (&crate::collection::QueryId, &Vec<Scored>)| {
            (query.clone(), ranking.iter().map(|scored| scored.document.clone()).collect::<Vec<_>>())
        };
        run.queries.iter().map(ranking).collect()
    };
    for name in ["labels.qrels", "ranks.tsv"] {
        assert_eq!(order(&read(&fixture(name)).unwrap()), order(&expected), "{name}");
    }
}

proptest! {
    #[test]
    fn no_form_panics_on_soup(bytes in soup()) {
        let file = file(&bytes);
        for format in Format::ALL.into_iter().map(Some).chain([None]) {
            if let Err(error) = read_as(file.path(), format) {
                prop_assert_eq!(error.exit(), Exit::Unusable);
                prop_assert!(!error.to_string().contains('\x1b'), "text of the file acts on the terminal");
            }
        }
    }
}

/// The real files that lie beside a checkout, or nothing.
#[allow(clippy::print_stderr, reason = "whoever runs the tests should see what was not tested")]
fn real(under: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(under);
    if !path.exists() {
        eprintln!("{} is not here, nothing is tested", path.display());
        return None;
    }
    Some(path)
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn rows(run: &Run) -> usize {
    run.queries.values().map(Vec::len).sum()
}

#[test]
fn real_collections_have_the_numbers_that_their_readme_gives() {
    let Some(data) = real("") else { return };
    // Documents, queries, judged queries, judgements, empty documents.
    let expected = [
        ("cacm", [3204, 64, 52, 796, 0]),
        ("cranfield", [1400, 225, 225, 1837, 2]),
        ("dl19", [16157, 43, 43, 9260, 0]),
        ("dl20", [20314, 54, 54, 11386, 0]),
        ("jaquad-dev", [1431, 3939, 3939, 3939, 0]),
        ("nfcorpus", [3395, 3237, 323, 12334, 0]),
        ("noveleval", [420, 21, 21, 420, 0]),
        ("scifact", [5183, 1109, 300, 339, 0]),
        ("vaswani", [11429, 93, 93, 2083, 0]),
    ];
    for (name, numbers) in expected {
        let mut collection = Collection::open(name, &Location::folder(&data.join(name), None).unwrap()).unwrap();
        collection.survey().unwrap();
        let counts = &collection.counts;
        let (queries, documents) = (counts.queries.unwrap(), counts.documents.unwrap());
        let judgements = &counts.judgements;
        let found =
            [documents.documents, queries.queries, judgements.judged_queries, judgements.judgements, documents.empty];
        assert_eq!(found, numbers, "{name}");
        let never = [
            queries.repeated,
            queries.judged_without_text,
            judgements.repeated,
            judgements.negative,
            documents.repeated,
            documents.judgements_of_unknown_documents,
            counts.crlf_lines,
            counts.byte_order_marks,
        ];
        assert_eq!(never, [0; 8], "{name}");
    }
    let train = Location::folder(&data.join("nfcorpus"), Some("train")).unwrap();
    assert_eq!(Collection::open("nfcorpus", &train).unwrap().counts.judgements.judgements, 110_075);
}

#[test]
fn real_runs_cover_their_collections() {
    let Some(data) = real("runs") else { return };
    let candidates = |name: &str| data.join("..").join(name).join("candidates/bm25.run");
    let bm25: BTreeMap<&str, Run> = ["dl19", "dl20"].map(|name| (name, read(&candidates(name)).unwrap())).into();
    for path in files_in(&data) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let reading = read_counted(&path, None).unwrap();
        let candidates = &bm25[&name[..4]];
        assert_eq!((reading.format, reading.repeated), (Format::Trec, 0), "{name}");
        assert_eq!(rows(&reading.run), rows(candidates), "{name}");
        let covered = coverage(&reading.run, candidates);
        assert!(covered.queries_missing_entirely.is_empty(), "{name}");
        if ["gpt-3.5", "rankvicuna.bm25", "vicuna-13b"].iter().any(|reranked| name.contains(reranked)) {
            assert_eq!((covered.missing_pairs, covered.extra_pairs), (0, 0), "{name}");
        }
    }
    let v3 = read(&data.join("dl19.vicuna-13b-v1.5.bm25.v3.run.gz")).unwrap();
    assert_eq!(v3, bm25["dl19"], "this reranked run is BM25 itself");
}

#[test]
fn real_labels_are_judgements_and_runs() {
    let Some(data) = real("teacher_labels") else { return };
    for path in files_in(&data) {
        if path.ends_with("llmjudge-dl23.queries.tsv") {
            assert_eq!(read_queries(&path).unwrap().texts.len(), 50);
            continue;
        }
        let qrels = read_qrels(&path).unwrap();
        let reading = read_counted(&path, None).unwrap();
        assert_eq!(reading.format, Format::Labels);
        assert_eq!(rows(&reading.run), qrels.queries.values().map(BTreeMap::len).sum::<usize>());
    }
}

/// What a reader makes of an odd file: how many rows, or a part of the error.
type Outcome = Result<usize, &'static str>;

/// A file with what it is as judgements, as a run (in a form that has to be said, if any), as queries, as documents.
struct Odd(&'static str, Outcome, Option<Format>, Outcome, Outcome, Outcome);

/// Every odd file, and what happens to it: it is read as what it is, and refused with a reason as anything else.
const ODD: [Odd; 15] = [
    Odd("cacm.bm25_results.res", Err("six columns make a run"), None, Ok(5859), NO_TAB, NO_TAB_2),
    Odd("cacm.cacm.qrels", Ok(796), None, Ok(796), NO_TAB, NO_TAB_2),
    Odd("cacm.qrels.text", Err("third column, which names the document, is 0"), None, WHICH, NO_TAB, NO_TAB_2),
    Odd("cacm.solr_core_1.run.head1500", Err("six columns make a run"), None, Ok(1500), Err("two texts"), SIX),
    Odd("cacm.title.query", Err("columns; expected 4"), None, Err("no form of run"), NO_TAB, NO_TAB_2),
    Odd("cranfield.cran.qry.smart.txt", Err("SMART"), None, Err("SMART"), Err("SMART"), Err("SMART")),
    Odd("cranfield.cranqrel.3col.txt", Err("three columns need a header"), None, Ok(1837), NO_TAB, NO_TAB_2),
    Odd("cranfield.cranqrel.trec.crlf.txt", Ok(1837), None, Ok(1837), NO_TAB, NO_TAB_2),
    Odd(
        "dl19.exam-mean-gpt4.float-grades.qrels.head1000",
        Err("\"1.7\" is not a whole"),
        LABELS,
        Ok(1000),
        NO_TAB,
        NO_TAB_2,
    ),
    Odd(
        "dl20.repllama.4col.run.head2000",
        Err("\"0.876\" is not a whole"),
        FOUR,
        Ok(2000),
        Err("two texts"),
        Err("4 columns"),
    ),
    Odd("lightning-ir.test.run.tsv", Err("six columns make a run"), None, Ok(10), Err("two texts"), SIX),
    Odd("msmarco.mojibake.raw60.jsonl", Err("none of the fields"), None, Err("none of the fields"), Ok(60), Ok(60)),
    Odd("noveleval.qrels.Q0.txt", Ok(420), None, Ok(420), NO_TAB, NO_TAB_2),
    Odd("scifact.test.crlf.tsv", Ok(339), None, Ok(339), Err("two texts"), Err("two contents")),
    Odd("shakespeare-merchant.qrels", Ok(51), None, Ok(51), NO_TAB, NO_TAB_2),
];

const LABELS: Option<Format> = Some(Format::Labels);
const FOUR: Option<Format> = Some(Format::FourColumns);
const NO_TAB: Outcome = Err("there is no tab");
const NO_TAB_2: Outcome = Err("expected 2: id, text");
const SIX: Outcome = Err("6 columns; expected 2");
const WHICH: Outcome = Err("four columns may be labels or a run");

fn same(found: Result<usize>, expected: Outcome, what: &str) {
    match (found, expected) {
        (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{what}"),
        (Err(error), Err(expected)) => assert!(error.to_string().contains(expected), "{what}: {error}"),
        (found, expected) => panic!("{what}: {expected:?} was expected, not {found:?}"),
    }
}

#[test]
fn every_odd_file_is_read_as_what_it_is_and_refused_as_anything_else() {
    let Some(data) = real("odd") else { return };
    assert_eq!(files_in(&data).len(), ODD.len(), "every odd file has its row");
    for Odd(name, judgements, said, run, queries, documents) in ODD {
        let path = data.join(name);
        let qrels = read_qrels(&path).map(|qrels| qrels.queries.values().map(BTreeMap::len).sum());
        same(qrels, judgements, &format!("{name} as judgements"));
        if said.is_some() {
            same(read(&path).map(|run| rows(&run)), WHICH, &format!("{name} as a run of unknown form"));
        }
        same(read_as(&path, said).map(|run| rows(&run)), run, &format!("{name} as a run"));
        same(read_queries(&path).map(|queries| queries.texts.len()), queries, &format!("{name} as queries"));
        let all: Result<Vec<_>> = Documents::open(&path).and_then(Iterator::collect);
        same(all.map(|all| all.len()), documents, &format!("{name} as documents"));
    }
}

#[test]
fn distillation_records_are_neither_runs_nor_judgements_nor_documents() {
    let Some(data) = real("distill") else { return };
    let files = files_in(&data);
    assert_eq!(files.len(), 7);
    for path in files {
        let margins = path.ends_with("gpl-fiqa-margins.jsonl.zst");
        let refused = Err(if margins { "there is no field" } else { "none of the fields" });
        same(read(&path).map(|run| rows(&run)), refused, "as a run");
        same(read_qrels(&path).map(|_| 0), refused, "as judgements");
        let documents: Result<Vec<_>> = Documents::open(&path).and_then(Iterator::collect);
        same(documents.map(|all| all.len()), Err("there is no field _id"), "as documents");
        // The margins carry their generated queries with identifiers, in other fields beside them.
        let queries = if margins { Ok(20) } else { Err("there is no field _id") };
        same(read_queries(&path).map(|queries| queries.texts.len()), queries, "as queries");
    }
}
