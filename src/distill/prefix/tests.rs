//! Training with frozen layers that are cut off, beside the same training of the whole student.

use super::Prefix;
use crate::autodiff::sample::{family, fixtures as encoders};
use crate::autodiff::{first_token, hoist_shapes, parameters};
use crate::collection::{DocumentId, QueryId};
use crate::config::{Architecture, Distill, ModelOptions, Pooling, Train};
use crate::distill::graph::{self, Weight};
use crate::distill::kept::{Kept, Reuse};
use crate::distill::layers;
use crate::distill::recipe::Recipe;
use crate::distill::sample::Sampler;
use crate::distill::trainer::Trainer;
use crate::distill::{Job, TrainingData, Workplace, train};
use crate::onnx::runtime_for_tests as runtime;
use crate::ranker::Prepared;
use crate::runs::Scored;
use std::path::{Path, PathBuf};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/models").join(name)
}

/// Four queries, five documents, and a teacher that prefers some of them.
fn data() -> TrainingData {
    let words = ["amber", "bench", "cedar", "delta", "ember"];
    let mut data = TrainingData::default();
    for d in 0..5 {
        let text = (0..=3 * d).map(|at| words[(d + at) % 5]).collect::<Vec<_>>().join(" ");
        data.documents.insert(DocumentId::new(format!("d{d}")), text);
    }
    for q in 0..4 {
        let query = QueryId::new(format!("q{q}"));
        data.queries.insert(query.clone(), format!("{} {}", words[q], words[q + 1]));
        let scored =
            |d: usize| Scored { document: DocumentId::new(format!("d{d}")), score: ((q * 3 + d * 2) % 5) as f64 };
        data.teacher.queries.insert(query, (0..5).map(scored).collect());
    }
    data
}

fn recipe(train: Train, steps: usize) -> Recipe {
    let config = Distill { train, groups: 2, candidates: 3, learning_rate: 1e-3, ..Distill::default() };
    Recipe::of(&config, steps)
}

/// Students of both architectures, and what of them can be frozen.
fn students() -> Vec<(&'static str, ModelOptions, Train)> {
    let cls = ModelOptions { pooling: Some(Pooling::Cls), ..ModelOptions::default() };
    vec![
        ("bi-mean", ModelOptions::default(), Train::Last(1)),
        ("bi-cls", cls, Train::Last(1)),
        ("cross-one", ModelOptions::default(), Train::Last(1)),
        ("cross-one", ModelOptions::default(), Train::Head),
        ("cross-two", ModelOptions::default(), Train::Head),
    ]
}

/// The weights after some steps.
fn weights(trainer: &mut Trainer, recipe: &Recipe, data: &TrainingData) -> Vec<f32> {
    let sampler = Sampler::new(data, recipe.candidates, 1).unwrap();
    for step in 0..recipe.steps {
        trainer.step(step, data, &sampler.step(step, recipe.groups, recipe.teacher_scale)).unwrap();
    }
    trainer.values.clone()
}

#[test]
fn frozen_layers_are_cut_off_and_students_learn_the_same() {
    let data = data();
    for (name, options, what) in students() {
        let prepared = Prepared::read(&fixture(name), &options).unwrap();
        let recipe = recipe(what, 4);
        let mut whole = Trainer::whole(runtime(), &prepared, &recipe, 2).unwrap();
        let mut anew = Trainer::new(runtime(), &prepared, &recipe, 2).unwrap();
        let mut kept = Trainer::new(runtime(), &prepared, &recipe, 2).unwrap();
        let (store, small) = (Kept::for_arms(1), Kept::for_arms(1).up_to(5000));
        kept.kept = Some(&store);
        let mut some = Trainer::new(runtime(), &prepared, &recipe, 2).unwrap();
        some.kept = Some(&small);
        assert!(whole.graph.prefix.is_none() && anew.graph.prefix.is_some(), "{name} {what}");
        let [whole, anew, kept, some] =
            [&mut whole, &mut anew, &mut kept, &mut some].map(|trainer| weights(trainer, &recipe, &data));
        // Whether something is kept changes no byte; without padding sums are rounded otherwise.
        assert!(anew == kept && anew == some, "{name} {what}");
        let start = graph::student(runtime(), &prepared, what).unwrap();
        // A loss of differences does not see the bias of a logit: it moves by what rounding leaves of its gradient.
        let seen = || start.weights.iter().filter(|weight| weight.len() > 2).flat_map(Weight::range);
        let moved = |a: &[f32], b: &[f32]| seen().map(|at| f64::from(a[at] - b[at]).powi(2)).sum::<f64>().sqrt();
        let (off, way) = (moved(&whole, &anew), moved(&whole, &start.initial));
        assert!(off < 1e-3 * way && way > 0.0, "{name} {what}: {off} of {way}");
        let ((rows, found), (fewer, _)) = (store.counts(), small.counts());
        assert!(found > 0 && rows > 0 && fewer > 0 && fewer < rows, "{name} {what}: {rows} {found} {fewer}");
    }
}

#[test]
fn every_encoder_is_cut_in_front_of_what_is_trained() {
    let mut complaints = Vec::new();
    let mut files: Vec<_> = std::fs::read_dir(encoders().join("models")).unwrap().flatten().collect();
    files.sort_by_key(std::fs::DirEntry::file_name);
    for file in files {
        let called = file.file_name().into_string().unwrap();
        let expected = family(called.split('.').next().unwrap()).expected;
        let (mut graph, mut known) = layers::tests::open(&file.path(), &expected.output);
        let data = ["input_ids", "token_type_ids"];
        let layers = layers::find(&graph, &known, &data);
        let names = parameters(&graph, &data);
        let trained =
            [layers.last(1), layers.head()].map(|from| layers::weights_behind(&graph, &from.unwrap(), &names));
        hoist_shapes(&mut graph, &known);
        first_token(&mut graph, &mut known);
        let hidden = if called.starts_with("modernbert") { 24 } else { 16 };
        let is_cross = called.contains("-cross");
        for (trained, of_tokens) in trained.iter().zip([true, false]) {
            if !of_tokens && !is_cross {
                continue;
            }
            let mut rest = graph.clone();
            let Some(prefix) = Prefix::cut_off(&mut rest, &known, &data, trained) else {
                complaints.push(format!("{called}: cannot be cut"));

                continue;
            };
            let of_frozen = |name: &String| rest.initializers.contains_key(name) && !trained.contains(name);
            let left: Vec<&String> = names.iter().filter(|name| of_frozen(name)).collect();
            // A bias by relative position is made of sizes alone, in front of the cut and behind it.
            let left = left.len() - usize::from(called.starts_with("mpnet"));
            let reads_ids = rest.inputs.iter().any(|input| input.name == "input_ids");
            if prefix.of_tokens != of_tokens || prefix.vector.last() != Some(&hidden) || left > 0 {
                complaints.push(format!("{called}: {of_tokens} {:?} {left} left {reads_ids}", prefix.vector));
            }
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn a_report_says_what_was_kept_and_another_arm_finds_it() {
    let data = data();
    let cache = tempfile::tempdir().unwrap();
    let cache = crate::cache::Cache::new(cache.path());
    let options = ModelOptions::default();
    for (name, what, said) in [
        ("bi-mean", Train::Last(1), "layer 1 of 2 is frozen; their output is computed once for each of"),
        ("cross-one", Train::Head, "all 2 layers are frozen"),
    ] {
        let recipe = recipe(what, 4);
        let store = Kept::for_arms(2);
        let place = Workplace { kept: Some(&store), ..Workplace::new(runtime(), &cache, 1) };
        let train = |seed| {
            let job = Job { student: &fixture(name), options: &options, data: &data, recipe: &recipe, seed };
            train(&job, &place, &mut |_| ()).unwrap().history.notes
        };
        let notes = train(1);
        assert!(notes.iter().any(|note| note.contains(said)), "{notes:?}");
        let (rows, _) = store.counts();
        train(2);
        assert!(store.counts().0 >= rows && store.counts().1 > rows);
    }
}

#[test]
fn what_hardly_comes_twice_is_not_kept() {
    let data = data();
    let sampler = Sampler::new(&data, 3, 1).unwrap();
    let reuse = |steps, architecture| Reuse::of(&sampler, &recipe(Train::Head, steps), architecture);
    let once = reuse(1, Architecture::CrossEncoder);
    assert_eq!(once, Reuse { rows: 6, uses: 6 });
    assert!(!Kept::for_arms(1).pays(&once) && Kept::for_arms(2).pays(&once));
    let often = reuse(20, Architecture::CrossEncoder);
    assert_eq!(often, Reuse { rows: 20, uses: 120 });
    let texts = reuse(20, Architecture::BiEncoder);
    assert!(Kept::for_arms(1).pays(&often) && texts.rows == 9 && texts.uses > 100);
    let words = once.in_words("layer 1 of 2 is", Architecture::CrossEncoder);
    assert!(words.contains("anew in every step"), "{words}");
}

#[test]
fn another_student_or_cut_begins_anew() {
    let kept = Kept::for_arms(1);
    let row = [crate::ranker::TypedToken { id: 1, kind: 0 }];
    let numbers: std::sync::Arc<[f32]> = vec![1.0; 4].into();
    let digests = [crate::cache::digest_bytes(b"one"), crate::cache::digest_bytes(b"other")];
    for (digest, value, found) in [(0, "a", false), (0, "a", true), (0, "b", false), (1, "b", false), (1, "b", true)] {
        kept.begin(digests[digest], value);
        assert_eq!(kept.get(&row).is_some(), found);
        kept.put(&row, &numbers);
    }
}
