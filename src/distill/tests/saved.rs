//! A saved student is a student like any other.

use super::toy::{lesson, recipe, scores, student, teach};
use crate::cache::Cache;
use crate::distill::{Job, Keys, name_teacher, recorded_teacher, trained};
use crate::onnx::Device;
use std::fs;
use std::path::{Path, PathBuf};

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(Result::unwrap);
    let files = entries.filter(|entry| entry.file_type().is_file());
    files.map(|entry| entry.path().strip_prefix(folder).unwrap().to_owned()).collect()
}

#[test]
fn it_has_the_layout_that_it_came_in_and_scores_the_same_every_time() {
    let data = lesson(3, 6, 5);
    for name in ["bi-mean", "bi-cls", "cross-one", "cross-two", "cross-external"] {
        let taught = teach(name, &data, &recipe("margin-mse", 4), 1, 1).unwrap();
        let mut expected = files(&student(name));
        // Weights that lay beside the graph are inside it now.
        expected.retain(|file| file != Path::new("model.onnx_data"));
        expected.push("distilled.json".into());
        expected.sort();
        let mut found = files(&taught.trained.folder);
        found.sort();
        assert_eq!(found, expected, "{name}");
        for file in found.iter().filter(|file| file.extension().is_some_and(|e| e == "json")) {
            let original = student(name).join(file);
            if original.exists() {
                assert_eq!(fs::read(original).unwrap(), fs::read(taught.trained.folder.join(file)).unwrap());
            }
        }
        let first = scores(&taught.trained.folder, name, &data);
        assert_eq!(first, scores(&taught.trained.folder, name, &data), "{name}");
        assert_ne!(first, scores(&student(name), name, &data), "{name}");
    }
}

#[test]
fn a_student_that_was_cut_short_is_trained_again() {
    let data = lesson(3, 6, 5);
    let recipe = recipe("kl", 2);
    let taught = teach("cross-one", &data, &recipe, 1, 1).unwrap();
    let path = student("cross-one");
    let job = Job { student: &path, options: &super::toy::options("cross-one"), data: &data, recipe: &recipe, seed: 1 };
    let cache = Cache::new(taught.cache.path());
    let key = Keys::of(&job, 1, Device::Cpu).unwrap().student;
    assert_eq!(trained(&key, &cache), Some(taught.trained.clone()));
    let model = taught.trained.folder.join("model.onnx");
    let whole = fs::read(&model).unwrap();
    fs::write(&model, &whole[..whole.len() / 2]).unwrap();
    assert_eq!(trained(&key, &cache), None);
    let place = crate::distill::Workplace::new(crate::onnx::runtime_for_tests(), &cache, 1);
    let again = crate::distill::train(&job, &place, &mut |_| ()).unwrap();
    assert_eq!(again, taught.trained);
    assert_eq!(fs::read(&model).unwrap(), whole);
    let left: Vec<_> = fs::read_dir(model.parent().unwrap().parent().unwrap()).unwrap().collect();
    assert_eq!(left.len(), 1, "what was damaged is gone, and nothing else lies there: {left:?}");
}

#[test]
fn a_record_names_the_teacher_wherever_the_model_is_named() {
    let taught = teach("cross-one", &lesson(3, 6, 5), &recipe("kl", 2), 1, 1).unwrap();
    let folder = &taught.trained.folder;
    let record = folder.join("distilled.json");
    assert_eq!(recorded_teacher(folder).unwrap(), Some((record.clone(), None)));
    name_teacher(folder, "big \"one\"").unwrap();
    let named = Some((record.clone(), Some("big \"one\"".to_owned())));
    for model in [folder.clone(), folder.join("model.onnx"), folder.join("onnx/model.onnx")] {
        assert_eq!(recorded_teacher(&model).unwrap(), named);
    }
    assert_eq!(recorded_teacher(&student("cross-one")).unwrap(), None);
    assert!(crate::distill::save::read(folder).is_some(), "the student is whole all the same");
    fs::write(&record, "{").unwrap();
    assert!(recorded_teacher(folder).unwrap_err().to_string().contains("no record of a training"));
}
