//! Students that cannot be trained, and trainings that fail: what is said, and that nothing is left.

use super::toy::{lesson, options, recipe, student, teach};
use crate::cache::Cache;
use crate::distill::{Job, Recipe, Workplace, train};
use crate::onnx::proto::ModelProto;
use crate::onnx::proto::type_proto::Value;
use crate::onnx::runtime_for_tests as runtime;
use crate::{Error, Exit};
use prost::Message;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// The error of training a folder on a small lesson.
fn refused(folder: &Path, name: &str) -> Error {
    let (data, recipe) = (lesson(3, 6, 5), recipe("margin-mse", 2));
    let cache = TempDir::new().unwrap();
    let job = Job { student: folder, options: &options(name), data: &data, recipe: &recipe, seed: 1 };
    let error = train(&job, &Workplace::new(runtime(), &Cache::new(cache.path()), 1), &mut |_| ()).unwrap_err();
    assert_eq!(error.exit(), Exit::Unusable, "{error}");
    assert!(!error.helps().is_empty() && (error.place().is_some() || !error.faults().is_empty()), "{error}");
    assert!(!cache.path().join("students").exists(), "nothing is saved: {error}");
    error
}

fn says(error: &Error, parts: &[&str]) {
    for part in parts {
        assert!(error.to_string().contains(part), "{part} is not in: {error}");
    }
}

/// A folder with a graph of `fixtures/autodiff` and a tokenizer of as many words as it has embeddings.
fn with_graph(graph: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/autodiff");
    fs::copy(models.join(graph), folder.path().join("model.onnx")).unwrap();
    let mut tokenizer: serde_json::Value =
        serde_json::from_slice(&fs::read(student("bi-cls").join("tokenizer.json")).unwrap()).unwrap();
    let vocabulary = tokenizer["model"]["vocab"].as_object_mut().unwrap();
    vocabulary.retain(|_, id| id.as_u64().unwrap() < 40);
    fs::write(folder.path().join("tokenizer.json"), tokenizer.to_string()).unwrap();
    fs::write(folder.path().join("tokenizer_config.json"), "{\"model_max_length\": 20}").unwrap();
    folder
}

#[test]
fn graphs_without_a_gradient() {
    for (file, parts) in [
        ("operators.onnx", &["model.onnx: ", "Einsum (at \"/head/Einsum\")", "LSTM (at \"/head/LSTM\")"][..]),
        ("int8.onnx", &["model.onnx: ", "cannot be trained here: its weights are quantised", "fp32"]),
        (
            "fp16.onnx",
            &["model.onnx: ", "last_hidden_state float16", "is not of 32-bit floats", "export the model in fp32"],
        ),
    ] {
        let folder = with_graph(&format!("refused/{file}"));
        says(&refused(folder.path(), "bi-mean"), parts);
    }
}

/// The same folder with a graph that a tokenizer of its size belongs to can be trained: the cause is the graph.
#[test]
fn the_folder_of_the_refused_graphs_is_good() {
    let folder = with_graph("models/bert-bi.ts17-sdpa.onnx");
    let (data, recipe) = (lesson(3, 6, 5), recipe("margin-mse", 2));
    let cache = TempDir::new().unwrap();
    let job = Job { student: folder.path(), options: &options("bi-mean"), data: &data, recipe: &recipe, seed: 1 };
    train(&job, &Workplace::new(runtime(), &Cache::new(cache.path()), 1), &mut |_| ()).unwrap();
}

#[test]
fn weights_of_16_bits_behind_a_cast() {
    let folder = copied("cross-one", |model| {
        let weight =
            model.graph.as_mut().unwrap().initializer.iter_mut().find(|t| t.name().contains("pooler.dense.weight"));
        let weight = weight.unwrap();
        weight.data_type = Some(crate::onnx::proto::tensor_proto::DataType::Float16 as i32);
        weight.raw_data = Some(vec![0; 2 * 32 * 32].into());
    });
    says(&refused(folder.path(), "cross-one"), &["its weights have 16 bits", "pooler.dense.weight", "fp32"]);
}

/// A copy of a model of the fixtures with a change to its graph.
fn copied(name: &str, change: impl Fn(&mut ModelProto)) -> TempDir {
    let folder = TempDir::new().unwrap();
    for entry in fs::read_dir(student(name)).unwrap().map(Result::unwrap) {
        fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
    }
    let path = folder.path().join("model.onnx");
    let mut model = ModelProto::decode(fs::read(&path).unwrap().as_slice()).unwrap();
    change(&mut model);
    fs::write(path, model.encode_to_vec()).unwrap();
    folder
}

#[test]
fn weights_outside_of_the_folder_or_nowhere() {
    says(&refused(&student("bad-outside"), "cross-one"), &["../cross-external/model.onnx_data"]);
    says(&refused(&student("bad-missing"), "cross-one"), &["model.onnx_data"]);
}

#[test]
fn outputs_of_another_shape() {
    // A file may leave open how many numbers come out; that is found by running it.
    let undeclared = |model: &mut ModelProto, name: &str| {
        let output = model.graph.as_mut().unwrap().output.iter_mut().find(|output| output.name() == name).unwrap();
        if let Some(Value::TensorType(tensor)) = output.r#type.as_mut().and_then(|of| of.value.as_mut()) {
            tensor.shape = None;
        }
    };
    // A cross-encoder's head of three classes.
    let three = copied("cross-one", |model| {
        undeclared(model, "logits");
        for tensor in &mut model.graph.as_mut().unwrap().initializer {
            let (dims, size) = match tensor.name() {
                "model.classifier.weight" => (vec![3, 32], 96),
                "model.classifier.bias" => (vec![3], 3),
                _ => continue,
            };
            tensor.dims = dims;
            tensor.raw_data =
                Some([0.5_f32; 96][..size].iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>().into());
        }
    });
    let id2label = "{\"id2label\": {\"0\": \"LABEL_0\"}}";
    fs::write(three.path().join("config.json"), id2label).unwrap();
    says(
        &refused(three.path(), "cross-one"),
        &["the output \"logits\"", "[any, 3]", "one or two numbers for each pair"],
    );

    // Vectors of tokens that are called vectors of texts.
    let tokens = copied("bi-cls", |model| {
        undeclared(model, "last_hidden_state");
        let graph = model.graph.as_mut().unwrap();
        let identity = crate::onnx::proto::NodeProto {
            op_type: Some("Identity".into()),
            input: vec!["last_hidden_state".into()],
            output: vec!["sentence_embedding".into()],
            ..Default::default()
        };
        graph.node.push(identity);
        graph.output[0].name = Some("sentence_embedding".into());
    });
    let error = refused(tokens.path(), "bi-mean");
    says(&error, &["the output \"sentence_embedding\"", "[any, any, 32]", "a vector of one size for each text"]);
}

#[test]
fn a_tokenizer_that_has_more_words_than_the_model() {
    let folder = copied("cross-one", |_| ());
    let path = folder.path().join("tokenizer.json");
    let mut tokenizer: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let vocabulary = tokenizer["model"]["vocab"].as_object_mut().unwrap();
    assert_eq!(vocabulary.len(), 133);
    vocabulary.insert("photosynthesis".into(), 133.into());
    fs::write(&path, tokenizer.to_string()).unwrap();
    let error = refused(folder.path(), "cross-one");
    says(&error, &["tokenizer.json: ", "ids up to 133", "word_embeddings.weight", "133 rows", "resize"]);
}

#[test]
fn texts_that_are_longer_than_a_student_can_read() {
    let folder = copied("bi-cls", |_| ());
    let path = folder.path().join("config.json");
    let config = fs::read_to_string(&path).unwrap();
    fs::write(&path, config.replace("\"max_position_embeddings\": 64", "\"max_position_embeddings\": 512")).unwrap();
    let (data, recipe) = (lesson(3, 6, 80), recipe("margin-mse", 2));
    let cache = TempDir::new().unwrap();
    let job = Job { student: folder.path(), options: &options("bi-cls"), data: &data, recipe: &recipe, seed: 1 };
    let error = train(&job, &Workplace::new(runtime(), &Cache::new(cache.path()), 2), &mut |_| ()).unwrap_err();
    assert_eq!(error.exit(), Exit::Unusable);
    says(&error, &["model.onnx: texts of 82 tokens: the model failed: ", "set distill.max-length"]);
}

#[test]
fn a_teacher_that_says_the_same_of_everything() {
    let mut data = lesson(3, 6, 5);
    data.teacher.queries.values_mut().flatten().for_each(|scored| scored.score = 2.0);
    let error = teach("cross-one", &data, &recipe("kl", 2), 1, 1).err().unwrap();
    says(&error, &["the same score, for every training query", "distill.scores"]);
}

#[test]
fn a_training_that_runs_away_stops_and_leaves_nothing() {
    let data = lesson(3, 6, 5);
    for (rate, steps, parts) in [
        (1e36, 20, &["training stopped at step ", "set distill.learning-rate lower"][..]),
        // The last update is not followed by a loss that would show what it did.
        (1e39, 1, &["training stopped at step 1: a weight became ", "set distill.learning-rate lower"]),
    ] {
        let recipe = Recipe { learning_rate: rate, warm_up: 0.0, ..recipe("margin-mse", steps) };
        let cache = TempDir::new().unwrap();
        let path = student("cross-one");
        let job = Job { student: &path, options: &options("cross-one"), data: &data, recipe: &recipe, seed: 1 };
        let error = train(&job, &Workplace::new(runtime(), &Cache::new(cache.path()), 1), &mut |_| ()).unwrap_err();
        assert_eq!(error.exit(), Exit::Unusable);
        says(&error, parts);
        assert!(!cache.path().join("students").exists());
    }
}
