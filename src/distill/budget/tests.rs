//! What a budget allows, and the file that fixes it.

use super::*;
use crate::Exit;
use crate::cache::{Cache, digest_bytes};
use crate::config::{Distill, ModelOptions};
use crate::distill::TrainingData;
use crate::onnx::runtime_for_tests;
use crate::runs::Scored;

fn budget(text: &str) -> Budget {
    text.parse().unwrap()
}

fn recipe() -> Recipe {
    Recipe::of(&Distill::default(), 300)
}

#[test]
fn steps_are_what_fits_and_too_few_are_refused() {
    let pace = Pace { start: 2.0, step: 0.5 };
    for (trainings, time, steps) in [(1, "1m", 116), (12, "10m", 96), (4, "48s", 20)] {
        assert_eq!(pace.steps(trainings, budget(time)).unwrap(), steps, "{trainings} {time}");
    }
    for (trainings, time, allowed, would) in [(12, "1m", "allows 6 steps", "3m"), (3, "1s", "allows 0 steps", "1m")] {
        let error = pace.steps(trainings, budget(time)).unwrap_err();
        assert_eq!(error.exit(), Exit::Unusable);
        let said = error.to_string();
        assert!(said.contains(allowed) && said.contains(&format!("budget = \"{would}\"")), "{said}");
    }
}

#[test]
fn a_number_is_fixed_for_what_it_was_measured_for() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("distilgate.toml");
    let recipe = recipe();
    let student = digest_bytes(b"student");
    let purpose = Purpose { student, recipe: &recipe, trainings: 12, budget: budget("10m") };
    let mut steps = FixedSteps::of_config(&config).unwrap();
    assert!(steps.get(&purpose).unwrap().is_none());
    steps.fix(&purpose, 96).unwrap();
    assert_eq!(steps.path(), folder.path().join("distilgate.steps.json"));
    let text = fs::read_to_string(steps.path()).unwrap();
    assert!(text.ends_with("}\n") && text.contains("\"steps\": 96"), "{text}");

    let again = FixedSteps::of_config(&config).unwrap();
    let longer = Recipe { steps: 7, ..recipe.clone() };
    assert_eq!(again.get(&Purpose { recipe: &longer, ..purpose }).unwrap(), Some(96));
    let other = Recipe { candidates: 16, ..recipe.clone() };
    for changed in [
        Purpose { student: digest_bytes(b"another"), ..purpose },
        Purpose { recipe: &other, ..purpose },
        Purpose { trainings: 9, ..purpose },
        Purpose { budget: budget("11m"), ..purpose },
    ] {
        assert_eq!(again.get(&changed).unwrap(), None);
        FixedSteps::of_config(&config).unwrap().fix(&changed, 20).unwrap();
    }
    let all = FixedSteps::of_config(&config).unwrap();
    assert_eq!((all.entries.len(), all.get(&purpose).unwrap()), (5, Some(96)));
}

#[test]
fn a_file_that_somebody_spoilt_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("distilgate.toml");
    for text in
        ["", "[]", "{\"a\": 1}", "<<<<<<< HEAD\n{}", "{\"a\": {\"budget\": \"1m\", \"trainings\": 1, \"steps\": -1}}"]
    {
        fs::write(folder.path().join("distilgate.steps.json"), text).unwrap();
        let error = FixedSteps::of_config(&config).unwrap_err();
        assert!(error.to_string().contains("distilgate.steps.json") && error.exit() == Exit::Unusable, "{error}");
    }
}

/// The least that can be trained on: two queries, and two documents that the teacher tells apart.
fn data() -> TrainingData {
    let mut data = TrainingData::default();
    for (query, text) in [("q1", "amber bench"), ("q2", "cedar delta")] {
        data.queries.insert(query.into(), text.to_owned());
        let list = [("d1", 1.0), ("d2", 0.0)];
        let list = list.map(|(document, score)| Scored { document: document.into(), score });
        data.teacher.queries.insert(query.into(), list.to_vec());
    }
    data.documents = [("d1", "amber"), ("d2", "delta ember")].map(|(id, text)| (id.into(), text.to_owned())).into();
    data
}

#[test]
fn what_was_measured_is_fixed_for_whoever_asks_again() {
    let folder = tempfile::tempdir().unwrap();
    let (config, cache) = (folder.path().join("ci.toml"), Cache::new(folder.path().join("cache")));
    let data = data();
    let recipe = Recipe::of(&Distill { candidates: 2, groups: 2, ..Distill::default() }, 300);
    let student = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/models/cross-one");
    let job = Job { student: &student, options: &ModelOptions::default(), data: &data, recipe: &recipe, seed: 1 };
    let asked = Asked { config: &config, job: &job, trainings: 2, budget: budget("9h") };
    assert_eq!(asked.fixed().unwrap(), None);
    let place = Workplace::new(runtime_for_tests(), &cache, 1);
    let (steps, said) = asked.measured(&place).unwrap();
    assert!(steps >= FEWEST && said.contains(&format!("{steps} steps")) && said.contains("ci.steps.json"), "{said}");
    assert_eq!(asked.fixed().unwrap(), Some(steps));
    let more = Asked { trainings: 3, ..asked };
    assert_eq!(more.fixed().unwrap(), None);
    let (_, said) = more.measured(&place).unwrap();
    assert!(said.contains("changed, measured anew"), "{said}");
    assert_eq!(asked.fixed().unwrap(), Some(steps));
}
