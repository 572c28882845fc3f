//! What frozen layers make of texts or pairs, kept for the next time that they come.
//!
//! A row is always computed alone and without padding, so its numbers are the same whether they are kept or computed
//! anew, in whatever company, after an interruption or in another arm: what is kept changes no byte of a student.

use super::recipe::Recipe;
use super::sample::Sampler;
use crate::cache::Digest;
use crate::config::Architecture;
use crate::ranker::TypedToken;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

/// The most memory that is used, in bytes.
const LIMIT: usize = 1 << 30;

/// How often a row must come, on average, to be kept. Keeping costs two copies of 4 bytes for each number, which is far
/// less than one layer takes to compute it (a few thousand multiplications); but where hardly any row comes twice,
/// memory would be filled for nothing.
const OFTEN: f64 = 1.1;

/// The outputs of frozen layers, up to a bound: what comes first stays. Trainings of one student with the same layers
/// frozen share it, whatever they learn; for another student it begins anew.
#[derive(Debug)]
pub struct Kept {
    limit: usize,
    arms: usize,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    of: Option<(Digest, String)>,
    rows: BTreeMap<Box<[TypedToken]>, Arc<[f32]>>,
    bytes: usize,
    found: usize,
}

impl Kept {
    /// Nothing yet, for so many trainings that see the same texts (arms that share a seed).
    pub fn for_arms(arms: usize) -> Kept {
        Kept { limit: LIMIT, arms: arms.max(1), inner: Mutex::default() }
    }

    /// The same with another bound of memory, in bytes.
    pub fn up_to(self, limit: usize) -> Kept {
        Kept { limit, ..self }
    }

    /// What is kept is of this student, cut at this value, from now on.
    pub fn begin(&self, student: Digest, value: &str) {
        let of = Some((student, value.to_owned()));
        let mut inner = self.inner();
        if inner.of != of {
            *inner = Inner { of, ..Inner::default() };
        }
    }

    /// What is kept of a row.
    pub fn get(&self, row: &[TypedToken]) -> Option<Arc<[f32]>> {
        let mut inner = self.inner();
        let found = inner.rows.get(row).cloned();
        inner.found += usize::from(found.is_some());
        found
    }

    /// Keeps a row, if there is room.
    pub fn put(&self, row: &[TypedToken], numbers: &Arc<[f32]>) {
        let mut inner = self.inner();
        let bytes = size_of_val(row) + size_of_val::<[f32]>(numbers);
        if inner.bytes + bytes <= self.limit && inner.rows.insert(row.into(), Arc::clone(numbers)).is_none() {
            inner.bytes += bytes;
        }
    }

    /// Rows that are kept, and how often one was found.
    pub fn counts(&self) -> (usize, usize) {
        let inner = self.inner();
        (inner.rows.len(), inner.found)
    }

    /// Whether rows that come so often are worth keeping.
    pub fn pays(&self, reuse: &Reuse) -> bool {
        reuse.is_often(self.arms)
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // Nothing that is guarded can be left half done.
        self.inner.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// How often the rows of a training come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reuse {
    /// Different rows.
    pub rows: usize,
    /// How often one is used.
    pub uses: usize,
}

impl Reuse {
    /// Counts the rows of all steps.
    pub fn of(sampler: &Sampler, recipe: &Recipe, architecture: Architecture) -> Reuse {
        let (mut rows, mut uses) = (BTreeSet::new(), 0);
        for step in 0..recipe.steps {
            let groups = sampler.step(step, recipe.groups, recipe.teacher_scale);
            let mut of_step = BTreeSet::new();
            for group in groups.iter().filter(|group| !group.is_flat()) {
                let pair = |document| match architecture {
                    Architecture::CrossEncoder => (Some(group.query), Some(document)),
                    Architecture::BiEncoder => (None, Some(document)),
                };
                of_step.extend(group.documents.iter().map(|document| pair(*document)));
                of_step.extend((architecture == Architecture::BiEncoder).then_some((Some(group.query), None)));
            }
            uses += of_step.len();
            rows.append(&mut of_step);
        }
        Reuse { rows: rows.len(), uses }
    }

    /// Whether a row comes twice often enough in so many trainings on the same rows.
    fn is_often(&self, trainings: usize) -> bool {
        (self.uses * trainings) as f64 >= OFTEN * self.rows as f64
    }

    /// What is done with frozen layers, for a report. `layers` says which they are. The same whatever else is trained
    /// beside it, as the student is.
    pub fn in_words(&self, layers: &str, architecture: Architecture) -> String {
        let Reuse { rows, uses } = self;
        let what = if architecture == Architecture::CrossEncoder { "pairs" } else { "texts" };
        match self.is_often(1) {
            true => format!(
                "{layers} frozen; their output is computed once for each of {rows} {what} and used {uses} times, as far as {} MiB hold it",
                LIMIT >> 20
            ),
            false => format!(
                "{layers} frozen; their output is computed anew in every step, for hardly any {what} come twice ({rows} in {uses} uses), but for other arms"
            ),
        }
    }
}
