//! Rankers against what PyTorch says about the same models and texts: `fixtures/models/make.py`.

use super::*;
use crate::Exit;
use crate::config::{Pooling, Similarity};
use crate::onnx::runtime_for_tests as runtime;
use crate::runs::Scored;
use std::fs;
use std::path::PathBuf;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/models").join(name)
}

/// The texts of the fixtures, and every pair of them as candidates.
struct Texts {
    queries: BTreeMap<QueryId, String>,
    documents: BTreeMap<DocumentId, String>,
    candidates: Run,
}

fn texts() -> Texts {
    let mut all: BTreeMap<String, BTreeMap<String, String>> =
        serde_json::from_slice(&fs::read(fixture("texts.json")).unwrap()).unwrap();
    let documents: BTreeMap<DocumentId, String> =
        all.remove("documents").unwrap().into_iter().map(|(id, text)| (DocumentId::new(id), text)).collect();
    let queries: BTreeMap<QueryId, String> =
        all.remove("queries").unwrap().into_iter().map(|(id, text)| (QueryId::new(id), text)).collect();
    let ranking = || documents.keys().map(|id| Scored { document: id.clone(), score: 0.0 }).collect();
    let candidates = Run { queries: queries.keys().map(|id| (id.clone(), ranking())).collect() };
    Texts { queries, documents, candidates }
}

/// PyTorch's scores of a model: a row per query, a column per document.
fn expected(name: &str) -> Vec<Vec<f64>> {
    let mut all: BTreeMap<String, Vec<Vec<f64>>> =
        serde_json::from_slice(&fs::read(fixture("expected.json")).unwrap()).unwrap();
    all.remove(name).unwrap()
}

fn score(name: &str, options: &ModelOptions) -> Scores {
    score_with(name, options, 1)
}

fn score_with(name: &str, options: &ModelOptions, threads: usize) -> Scores {
    let Texts { queries, documents, candidates } = texts();
    let open = Ranker::open(runtime(), &fixture(name), options, threads);
    let mut ranker = open.unwrap_or_else(|error| panic!("{name}: {error}"));
    ranker.score(&queries, &candidates, &documents, &mut |_, _| ()).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn score_of(run: &Run, query: &QueryId, document: &DocumentId) -> f64 {
    run.ranking(query).iter().find(|scored| scored.document == *document).unwrap().score
}

/// What the folders of the fixtures do not say.
fn options(name: &str) -> ModelOptions {
    match name {
        "bi-cls" => ModelOptions { pooling: Some(Pooling::Cls), ..ModelOptions::default() },
        _ => ModelOptions::default(),
    }
}

const GOOD: [&str; 7] = ["bi-mean", "bi-cls", "bi-prompts", "bi-embedding", "cross-one", "cross-two", "cross-external"];

#[test]
fn scores_are_those_of_pytorch() {
    let Texts { queries, documents, .. } = texts();
    for name in GOOD {
        let run = score(name, &options(name)).run;
        for (query, row) in queries.keys().zip(expected(name)) {
            for (document, expected) in documents.keys().zip(row) {
                let score = score_of(&run, query, document);
                assert!((score - expected).abs() < 1e-4, "{name}, {query}, {document}: {score} and {expected}");
            }
        }
    }
}

#[test]
fn leaving_out_what_no_score_needs_changes_no_score() {
    let Texts { queries, documents, candidates } = texts();
    let masks = "rewritten: no attention masks";
    let both = "rewritten: first token only in the last layer, no attention masks";
    for (name, graph) in [
        ("bi-mean", masks),
        ("bi-cls", both),
        ("bi-prompts", masks),
        ("bi-embedding", masks),
        ("cross-one", both),
        ("cross-two", both),
        ("cross-external", both),
    ] {
        let mut ranker = Ranker::open(runtime(), &fixture(name), &options(name), 1).unwrap();
        assert_eq!(ranker.graph(), graph, "{name}");
        let mut exported = Ranker::open_as_exported(runtime(), &fixture(name), &options(name), 1).unwrap();
        let score = |ranker: &mut Ranker| ranker.score(&queries, &candidates, &documents, &mut |_, _| ()).unwrap().run;
        let (rewritten, exported) = (score(&mut ranker), score(&mut exported));
        for (query, ranking) in &exported.queries {
            for pair in ranking {
                let score = score_of(&rewritten, query, &pair.document);
                assert!((score - pair.score).abs() < 1e-5 * pair.score.abs().max(1.0), "{name}: {score} {pair:?}");
            }
        }
    }
}

#[test]
fn what_cannot_be_rewritten_is_run_as_it_was_exported() {
    let quantised = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/autodiff/refused/int8.onnx");
    let folder = tempfile::tempdir().unwrap();
    for file in ["config.json", "tokenizer.json"] {
        fs::copy(fixture("bi-mean").join(file), folder.path().join(file)).unwrap();
    }
    fs::copy(quantised, folder.path().join("model.onnx")).unwrap();
    let ranker = Ranker::open(runtime(), folder.path(), &ModelOptions::default(), 1).unwrap();
    assert!(ranker.graph().starts_with("as exported: it has a DynamicQuantizeLinear"), "{}", ranker.graph());
}

#[test]
fn scores_are_the_same_bytes_with_any_number_of_threads() {
    for name in GOOD {
        let one = score(name, &options(name));
        for threads in [0, 2, 5] {
            assert_eq!(one, score_with(name, &options(name), threads), "{name} with {threads}");
        }
    }
}

/// To rounding: a graph that pools its tokens itself adds them up in another order when it has one text only.
#[test]
fn a_pair_gets_the_same_score_in_any_company() {
    let Texts { queries, documents, candidates } = texts();
    for name in GOOD {
        let together = score(name, &options(name)).run;
        let mut ranker = Ranker::open(runtime(), &fixture(name), &options(name), 1).unwrap();
        for (query, ranking) in &candidates.queries {
            for pair in ranking {
                let alone = Run { queries: BTreeMap::from([(query.clone(), vec![pair.clone()])]) };
                let alone = ranker.score(&queries, &alone, &documents, &mut |_, _| ()).unwrap().run;
                let [alone, together] = [alone, together.clone()].map(|run| score_of(&run, query, &pair.document));
                assert!((alone - together).abs() < 1e-6 * together.abs().max(1.0), "{name}: {alone} and {together}");
            }
        }
    }
}

#[test]
fn rankings_are_in_the_order_of_their_scores() {
    for name in GOOD {
        for ranking in score(name, &options(name)).run.queries.values() {
            assert!(ranking.is_sorted_by(|a, b| crate::runs::by_rank(a, b).is_lt()), "{name}");
        }
    }
}

#[test]
fn texts_that_were_cut_are_counted() {
    // By Python's tokenizers: q5 has 48 tokens; d2, d5 and d6 have 21, 70 and 49; the others at most 14.
    let truncated = |name: &str| score(name, &options(name)).truncated;
    let expected = Truncated { queries: 1, of_queries: 5, documents: 2, of_documents: 7 };
    assert_eq!(truncated("bi-mean"), expected, "at most 24");
    assert_eq!(truncated("bi-cls"), Truncated { queries: 0, documents: 1, ..expected }, "at most 64");
    assert_eq!(truncated("cross-one"), Truncated { documents: 3, ..expected }, "at most 40 for both");
    assert_eq!(truncated("cross-two"), expected, "at most 64 for both");
}

#[test]
fn progress_counts_up_to_all() {
    let Texts { queries, documents, candidates } = texts();
    for (name, all) in [("bi-mean", 12), ("cross-one", 35)] {
        let mut seen = Vec::new();
        let mut ranker = Ranker::open(runtime(), &fixture(name), &options(name), 1).unwrap();
        ranker.score(&queries, &candidates, &documents, &mut |done, total| seen.push((done, total))).unwrap();
        assert!(seen.is_sorted() && seen.last() == Some(&(all, all)), "{name}: {seen:?}");
    }
}

#[test]
fn nothing_to_score_is_no_error() {
    let mut ranker = Ranker::open(runtime(), &fixture("cross-one"), &ModelOptions::default(), 1).unwrap();
    let nothing = Run { queries: BTreeMap::from([(QueryId::new("q1"), Vec::new())]) };
    let queries = texts().queries;
    let scores = ranker.score(&queries, &nothing, &BTreeMap::new(), &mut |_, _| ()).unwrap();
    assert_eq!(scores.run, nothing);
}

#[test]
fn a_text_that_is_missing_is_named() {
    let Texts { queries, mut documents, candidates } = texts();
    documents.remove("d3");
    let mut ranker = Ranker::open(runtime(), &fixture("bi-mean"), &ModelOptions::default(), 1).unwrap();
    let error = ranker.score(&queries, &candidates, &documents, &mut |_, _| ()).unwrap_err();
    assert_eq!(error.exit(), Exit::Unusable);
    assert!(error.to_string().contains("the document d3"), "{error}");
}

#[test]
fn models_that_cannot_be_used_are_refused_without_running_anything() {
    for (name, reason) in [
        ("bad-missing", "\"model.onnx_data\" is missing"),
        ("bad-outside", "leads out of the model's folder"),
        ("no-such-model", "cannot read"),
        ("texts.json", "no tokenizer.json"),
    ] {
        let error = Ranker::check(&fixture(name), &ModelOptions::default()).unwrap_err();
        assert_eq!(error.exit(), Exit::Unusable, "{name}");
        assert!(error.to_string().contains(reason) && error.to_string().contains("help:"), "{error}");
    }
    let too_long = ModelOptions { max_length: Some(65), ..ModelOptions::default() };
    let error = Ranker::check(&fixture("cross-one"), &too_long).unwrap_err().to_string();
    assert!(error.contains("max-length 65 is more than the 64 tokens"), "{error}");
    let idle = ModelOptions { pooling: Some(Pooling::Mean), ..ModelOptions::default() };
    for (name, reason) in [("cross-one", "of no use to a cross-encoder"), ("bi-embedding", "pools its tokens itself")] {
        assert!(Ranker::check(&fixture(name), &idle).unwrap_err().to_string().contains(reason));
    }
    let wrong = ModelOptions { architecture: Some(Architecture::BiEncoder), ..ModelOptions::default() };
    assert!(Ranker::check(&fixture("cross-one"), &wrong).is_ok(), "two dimensions can be an embedding");
    let wrong = ModelOptions { architecture: Some(Architecture::CrossEncoder), ..ModelOptions::default() };
    assert!(Ranker::check(&fixture("bi-mean"), &wrong).unwrap_err().to_string().contains("set architecture"));
}

#[test]
fn a_description_says_what_was_found_and_what_was_assumed() {
    let description = |name: &str| Ranker::check(&fixture(name), &ModelOptions::default()).unwrap();
    let mean = description("bi-mean");
    assert_eq!((mean.recipe.pooling, mean.recipe.normalise, mean.recipe.max_length), (Some(Pooling::Mean), true, 24));
    assert!(mean.recipe.notes.is_empty());
    let unsaid = description("bi-cls").recipe;
    assert_eq!((unsaid.pooling, unsaid.similarity), (Some(Pooling::Mean), Some(Similarity::Cosine)));
    assert_eq!(unsaid.notes.len(), 2);
    let prompts = description("bi-prompts").recipe;
    assert_eq!((prompts.query_prefix.as_str(), prompts.document_prefix.as_str()), ("query: ", "document: "));
    assert_eq!((prompts.pooling, prompts.similarity), (Some(Pooling::Max), Some(Similarity::Dot)));
    assert_eq!(description("cross-two").opset, 20);
    assert_eq!(description("cross-one").parameters, description("cross-external").parameters);
    assert!(mean.working_parameters < mean.parameters, "tables of tokens and positions are only looked up");
    let json = serde_json::to_string(&mean).unwrap();
    assert_eq!(serde_json::from_str::<Description>(&json).unwrap(), mean);
}

#[test]
fn whatever_changes_scores_changes_the_digest() {
    let digest = |name: &str, options: &ModelOptions| Ranker::check(&fixture(name), options).unwrap().digest;
    let plain = ModelOptions::default();
    let other = [
        digest("bi-mean", &plain),
        digest("bi-cls", &plain),
        digest("bi-mean", &ModelOptions { pooling: Some(Pooling::Cls), ..plain.clone() }),
        digest("bi-mean", &ModelOptions { normalise: Some(false), ..plain.clone() }),
        digest("bi-mean", &ModelOptions { similarity: Some(Similarity::Dot), ..plain.clone() }),
        digest("bi-mean", &ModelOptions { max_length: Some(23), ..plain.clone() }),
        digest("bi-mean", &ModelOptions { query_prefix: Some("q".into()), ..plain.clone() }),
        digest("bi-mean", &ModelOptions { document_prefix: Some("q".into()), ..plain.clone() }),
    ];
    for (i, a) in other.iter().enumerate() {
        assert!(other[i + 1..].iter().all(|b| a != b), "{i}");
    }
}

/// A copy of a fixture whose graph has been changed.
fn changed(name: &str, change: impl FnOnce(&mut crate::onnx::proto::GraphProto)) -> tempfile::TempDir {
    use prost::Message;
    let folder = tempfile::tempdir().unwrap();
    for file in ["config.json", "tokenizer.json"] {
        fs::copy(fixture(name).join(file), folder.path().join(file)).unwrap();
    }
    let mut model = Model::read(&fixture(name).join("model.onnx")).unwrap().proto;
    change(model.graph.as_mut().unwrap());
    fs::write(folder.path().join("model.onnx"), model.encode_to_vec()).unwrap();
    folder
}

fn failure(folder: &Path) -> String {
    let Texts { queries, documents, candidates } = texts();
    let mut ranker = Ranker::open(runtime(), folder, &ModelOptions::default(), 1).unwrap();
    let error = ranker.score(&queries, &candidates, &documents, &mut |_, _| ()).unwrap_err();
    assert_eq!(error.exit(), Exit::Unusable);
    error.to_string()
}

#[test]
fn a_model_whose_weights_are_nan_is_told() {
    let folder = changed("cross-one", |graph| {
        let weight = graph.initializer.iter_mut().find(|w| w.name().ends_with("classifier.bias")).unwrap();
        weight.raw_data = Some(f32::NAN.to_le_bytes().to_vec().into());
    });
    let error = failure(folder.path());
    assert!(error.contains("gives NaN for query q1") && error.contains("model.onnx"), "{error}");
}

#[test]
fn a_model_that_fails_while_it_runs_is_told() {
    // The table of words is cut to ten rows: any other token is out of its bounds.
    let folder = changed("cross-one", |graph| {
        let words = graph.initializer.iter_mut().find(|w| w.name().ends_with("word_embeddings.weight")).unwrap();
        words.dims[0] = 10;
        words.raw_data = words.raw_data.as_ref().map(|data| data.slice(..10 * 32 * 4));
    });
    let error = failure(folder.path());
    assert!(error.contains("texts of ") && error.contains("the model failed") && error.contains("Gather"), "{error}");
}

#[test]
fn a_bare_file_with_its_tokenizer_will_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("student.onnx");
    fs::copy(fixture("cross-two").join("model.onnx"), &path).unwrap();
    fs::copy(fixture("cross-two").join("tokenizer.json"), folder.path().join("tokenizer.json")).unwrap();
    let Texts { queries, documents, candidates } = texts();
    let mut ranker = Ranker::open(runtime(), &path, &ModelOptions::default(), 1).unwrap();
    assert_eq!(ranker.describe().recipe.max_length, 64, "told from the table of positions");
    let scores = ranker.score(&queries, &candidates, &documents, &mut |_, _| ()).unwrap();
    assert_eq!(scores, score("cross-two", &ModelOptions::default()));
}
