//! The same seed and number of threads give the same bytes; another seed gives others; threads change only rounding.

use super::toy::{lesson, recipe, scores, teach};
use crate::distill::Recipe;
use std::fs;

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_one_others() {
    let data = lesson(4, 9, 5);
    let recipe = Recipe { groups: 2, candidates: 4, ..recipe("margin-mse", 6) };
    for (name, file, threads) in [("cross-one", "model.onnx", 2), ("bi-mean", "onnx/model.onnx", 1)] {
        let bytes = |seed| {
            let taught = teach(name, &data, &recipe, seed, threads).unwrap();
            let record = fs::read(taught.trained.folder.join("distilled.json")).unwrap();
            (fs::read(taught.trained.folder.join(file)).unwrap(), record)
        };
        let first = bytes(1);
        assert!(first == bytes(1), "{name}: the same seed");
        assert!(first.0 != bytes(2).0, "{name}: another seed");
    }
}

#[test]
fn parts_and_threads_change_losses_and_scores_only_by_rounding() {
    let data = lesson(4, 9, 5);
    for name in ["cross-one", "bi-mean"] {
        let with = |accumulate, threads| {
            let recipe =
                Recipe { groups: 3, candidates: 4, learning_rate: 3e-4, accumulate, ..recipe("margin-mse", 10) };
            let taught = teach(name, &data, &recipe, 1, threads).unwrap();
            (taught.trained.history.finite_losses(), scores(&taught.trained.folder, name, &data))
        };
        let (losses, run) = with(1, 1);
        for (accumulate, threads) in [(2, 1), (1, 2), (3, 2)] {
            let (other_losses, other_run) = with(accumulate, threads);
            let far = losses.iter().zip(&other_losses).map(|(a, b)| (a - b).abs() / a).fold(0.0, f64::max);
            let scored = run.queries.values().flatten().zip(other_run.queries.values().flatten());
            let apart = scored.map(|(a, b)| (a.score - b.score).abs()).fold(0.0, f64::max);
            eprintln!("{name}, {accumulate} parts, {threads} threads: losses off by {far:.1e}, scores by {apart:.1e}");
            // The bias of a cross-encoder's logit has no gradient but rounding, and Adam moves it by that; so scores differ
            // a little more than losses, which see nothing of it.
            assert!(losses.len() == other_losses.len() && far < 1e-4 && apart < 1e-3, "{losses:?}, {other_losses:?}");
        }
    }
}
