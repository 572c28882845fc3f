//! Students learn: the loss falls, and candidates come into the teacher's order.

use super::toy::{agreement, lesson, recipe, scores, student, teach};
use crate::distill::losses::LOSSES;

/// Teaches a lesson and says how the loss went, and how many pairs were in order before and after.
fn learned(name: &str, loss: &str) -> ([f32; 2], [f64; 2], bool) {
    let data = lesson(3, 6, 5);
    let recipe = recipe(loss, 80);
    let taught = teach(name, &data, &recipe, 1, 1).unwrap_or_else(|error| panic!("{name}, {loss}: {error}"));
    let [before, after] = [&student(name), &taught.trained.folder].map(|folder| scores(folder, name, &data));
    let best = |query| after.ranking(query)[0].document == data.teacher.ranking(query)[0].document;
    let best = data.teacher.queries.keys().all(best);
    let losses = &taught.trained.history.losses;
    let mean = |losses: &[Option<f32>]| losses.iter().flatten().sum::<f32>() / losses.len() as f32;
    let loss = [mean(&losses[..5]), mean(&losses[losses.len() - 5..])];
    (loss, [agreement(&before, &data), agreement(&after, &data)], best)
}

fn learns(name: &str, loss: &str) {
    let (losses, order, best) = learned(name, loss);
    eprintln!("{name}, {loss}: loss {losses:?}, pairs in order {order:?}");
    assert!(losses[1].is_finite() && losses[1] < losses[0], "{name}, {loss}: {losses:?}");
    assert!(best, "{name}, {loss}: the teacher's best is not on top of every list");
    // LCE names one document as relevant and says nothing of the order of the others.
    let enough = if loss == "lce" { 0.6 } else { 0.9 };
    assert!(order[0] < 0.8 && order[1] >= enough, "{name}, {loss}: {order:?}");
}

#[test]
fn a_cross_encoder_learns_by_every_loss() {
    LOSSES.iter().for_each(|loss| learns("cross-one", loss.name));
}

#[test]
fn a_bi_encoder_learns_by_every_loss() {
    LOSSES.iter().for_each(|loss| learns("bi-mean", loss.name));
}

#[test]
fn two_logits_first_tokens_vectors_of_the_graph_and_mixes_are_learned_too() {
    for (name, loss) in [
        ("cross-two", "margin-mse + 0.1 lce"),
        ("cross-external", "kl"),
        ("bi-cls", "margin-mse"),
        ("bi-embedding", "0.5 kl + ranknet"),
    ] {
        learns(name, loss);
    }
}

#[test]
fn what_is_not_to_be_trained_stays_bit_by_bit() {
    let data = lesson(3, 6, 5);
    let head: &[&str] = &["pooler", "classifier"];
    // Matrices have no names any more: 320 to 332 are the first layer's, and what follows the second's. All
    // normalisations share their gains, which are all 1, in one tensor, so they are used before the last layer too.
    let last: &[&str] = &["pooler", "classifier", "layer.1.", "MatMul_333", "MatMul_34"];
    let all: &[&str] = &[""];
    for (train, trained) in [("head", head), ("last-1", last), ("last-2", all), ("all", all)] {
        let recipe = crate::distill::Recipe { train: train.parse().unwrap(), ..recipe("margin-mse", 3) };
        let taught = teach("cross-one", &data, &recipe, 1, 1).unwrap();
        let before = super::toy::tensors(&student("cross-one").join("model.onnx"));
        let after = super::toy::tensors(&taught.trained.folder.join("model.onnx"));
        assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
        for (name, values) in before.iter().filter(|(_, values)| !values.is_empty()) {
            // What is before the first layer is not the layers'.
            let before_layers =
                train == "last-2" && (name.contains("embeddings") || name.ends_with("LayerNorm.weight"));
            let expected = !before_layers && trained.iter().any(|part| name.contains(part));
            let same = values.iter().zip(&after[name]).all(|(a, b)| a.to_bits() == b.to_bits());
            assert_eq!(same, !expected, "{train}: {name}");
        }
        let history = &taught.trained.history;
        assert_eq!(history.trained_weights == history.all_weights, train == "all");
    }
}

#[test]
fn rows_of_tokens_that_no_text_has_stay() {
    let data = lesson(3, 6, 5);
    let taught = teach("bi-mean", &data, &recipe("kl", 3), 1, 1).unwrap();
    let table = "model.embeddings.word_embeddings.weight";
    let before = &super::toy::tensors(&student("bi-mean").join("onnx/model.onnx"))[table];
    let after = &super::toy::tensors(&taught.trained.folder.join("onnx/model.onnx"))[table];
    let moved: Vec<usize> =
        (0..before.len() / 32).filter(|row| before[row * 32..][..32] != after[row * 32..][..32]).collect();
    // [CLS] and [SEP], and some of the words; neither [PAD] nor [UNK], nor any letter.
    assert!(moved.starts_with(&[2, 3]) && moved[2] > 5 && moved.len() > 20 && moved.len() < 40, "{moved:?}");
}

#[test]
fn a_bi_encoder_has_no_head() {
    let recipe = crate::distill::Recipe { train: "head".parse().unwrap(), ..recipe("kl", 3) };
    let error = teach("bi-mean", &lesson(3, 6, 5), &recipe, 1, 1).err().unwrap().to_string();
    assert!(error.contains("train = \"head\"") && error.contains("help: "), "{error}");
}
