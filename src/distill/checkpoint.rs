//! The state of a training, kept so that a killed one goes on where it was.
//!
//! Weights, moments and losses after a whole number of steps: everything that later steps depend on. The order of
//! texts needs no state. An entry of the cache is written whole or not at all, and has a checksum.

use super::adamw::AdamW;
use super::history::History;
use super::trainer::Trainer;
use crate::cache::{Cache, Key};
use crate::error::Result;
use serde::{Deserialize, Serialize};

/// The kind of cache entry.
const KIND: &str = "checkpoints";

/// What was kept.
pub struct State {
    /// Steps that were done.
    pub step: usize,
    /// The losses of these steps.
    pub losses: Vec<Option<f32>>,
    /// Groups that taught nothing.
    pub flat_groups: usize,
    /// The weights.
    pub values: Vec<f32>,
    /// The optimiser.
    pub adam: AdamW,
}

/// What stands in front of the numbers.
#[derive(Serialize, Deserialize)]
struct Head {
    step: usize,
    losses: Vec<Option<f32>>,
    flat_groups: usize,
    awake: Vec<Vec<u64>>,
}

/// Keeps the state after `step` steps.
///
/// # Errors
/// A full disk (exit 4).
pub fn write(cache: &Cache, key: &Key, step: usize, trainer: &Trainer, history: &History) -> Result<()> {
    let head = Head {
        step,
        losses: history.losses.clone(),
        flat_groups: history.flat_groups,
        awake: trainer.adam.awake.clone(),
    };
    let head = serde_json::to_vec(&head).expect("a head is plain data");
    let numbers = [&trainer.values, &trainer.adam.first, &trainer.adam.second];
    let mut content = Vec::with_capacity(8 + head.len() + 4 * numbers.iter().map(|n| n.len()).sum::<usize>());
    content.extend((head.len() as u64).to_le_bytes());
    content.extend(head);
    numbers.into_iter().flatten().for_each(|number| content.extend(number.to_le_bytes()));
    cache.put(KIND, key, &content)
}

/// The state that was kept under a key, if there is one that fits the student.
pub fn read(cache: &Cache, key: &Key, trainer: &Trainer) -> Option<State> {
    let content = cache.get(KIND, key)?;
    let (length, rest) = content.split_first_chunk::<8>()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok().filter(|length| *length <= rest.len())?;
    let (head, numbers) = rest.split_at(length);
    let head: Head = serde_json::from_slice(head).ok()?;
    let (weights, moments) = (trainer.values.len(), trainer.adam.first.len());
    let fits = numbers.len() == 4 * (weights + 2 * moments)
        && head.awake.iter().map(Vec::len).eq(trainer.adam.awake.iter().map(Vec::len));
    let mut numbers = numbers.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes));
    let mut take = |count: usize| numbers.by_ref().take(count).collect::<Vec<f32>>();
    fits.then(|| State {
        step: head.step,
        losses: head.losses,
        flat_groups: head.flat_groups,
        values: take(weights),
        adam: AdamW { first: take(moments), second: take(moments), awake: head.awake },
    })
}

/// Removes what a finished training needs no more; what cannot be removed does no harm.
pub fn remove(cache: &Cache, key: &Key) {
    let _ = std::fs::remove_file(cache.path(KIND, key));
}

#[cfg(test)]
mod tests {
    use super::super::tests::toy::{lesson, options, recipe, student};
    use super::super::{Job, history::History, sample::Sampler};
    use super::*;
    use crate::onnx::runtime_for_tests as runtime;
    use crate::ranker::Prepared;

    #[test]
    fn what_was_kept_is_read_again_by_a_student_that_it_fits_and_by_no_other() {
        let (data, recipe) = (lesson(3, 6, 5), recipe("kl", 5));
        let head = crate::distill::Recipe { train: "head".parse().unwrap(), ..recipe.clone() };
        let prepared = Prepared::read(&student("cross-one"), &options("cross-one")).unwrap();
        let sampler = Sampler::new(&data, 6, 1).unwrap();
        let mut trainer = Trainer::new(runtime(), &prepared, &recipe, 1).unwrap();
        let path = student("cross-one");
        let job = Job { student: &path, options: &options("cross-one"), data: &data, recipe: &recipe, seed: 1 };
        let mut history = History::new(&trainer.graph, &sampler, &job);
        let found = trainer.step(0, &data, &sampler.step(0, 3, 1.0)).unwrap();
        history.losses.push(found.loss);
        let folder = tempfile::tempdir().unwrap();
        let (cache, key) = (Cache::new(folder.path()), Key::of("test").build());
        assert!(read(&cache, &key, &trainer).is_none());
        write(&cache, &key, 1, &trainer, &history).unwrap();
        let state = read(&cache, &key, &trainer).unwrap();
        assert_eq!((state.step, &state.losses, state.flat_groups), (1, &history.losses, 0));
        assert!(state.values == trainer.values && state.adam == trainer.adam);

        // The weights of another recipe's moments are fewer.
        let other = Trainer::new(runtime(), &prepared, &head, 1).unwrap();
        assert!(read(&cache, &key, &other).is_none());
        // Content that nobody wrote.
        for content in [&b""[..], b"1234567", &[0xff; 8], &[0; 40], b"\x02\0\0\0\0\0\0\0{}"] {
            cache.put(KIND, &key, content).unwrap();
            assert!(read(&cache, &key, &trainer).is_none(), "{content:?}");
        }
        remove(&cache, &key);
        remove(&cache, &key);
        assert!(!cache.path(KIND, &key).exists());
    }
}
