//! The answers that were given so far, kept in the cache one by one.

use crate::cache::{Cache, Key, Log};
use crate::error::Result;
use std::collections::{BTreeMap, BTreeSet};

/// The kind of cache entry that holds answers.
pub const ANSWERS: &str = "teacher-answers";

/// Hexadecimal digits that tell one program from another.
const BY: usize = 16;

/// Whose answers they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Its declared name. Whoever keeps the name keeps the answers, also when the program is mended.
    pub name: String,
    /// Its command.
    pub words: Vec<String>,
    /// The digest of the program's own files, where the command names some. Without a name it is part of the identity.
    pub program: Option<Key>,
}

impl Identity {
    fn key(&self) -> Key {
        let key = Key::of("teacher-answers/1").text(&self.name).number(self.words.len() as u64);
        let key = self.words.iter().fold(key, |key, word| key.text(word));
        match (&self.program, self.name.is_empty()) {
            (Some(program), true) => key.digest(&program.digest()).build(),
            _ => key.build(),
        }
    }

    /// The program's files in a few digits.
    fn by(&self) -> String {
        self.program.map_or_else(|| "-".to_owned(), |program| program.to_string()[..BY].to_owned())
    }
}

/// The answers of one program.
#[derive(Debug)]
pub struct Kept {
    cache: Cache,
    log: Log,
    by: String,
    answers: BTreeMap<Key, Answer>,
}

#[derive(Clone, Debug)]
struct Answer {
    score: f64,
    by: String,
}

impl Kept {
    /// What was answered before. Lines that are damaged are absent.
    pub fn of(cache: &Cache, identity: &Identity) -> Kept {
        let log = cache.log(ANSWERS, &identity.key());
        let answers = log.lines().iter().filter_map(|line| read(line)).collect();
        Kept { cache: cache.clone(), log, by: identity.by(), answers }
    }

    /// The score that is kept under a key.
    pub fn score(&self, key: &Key) -> Option<f64> {
        self.answers.get(key).map(|answer| answer.score)
    }

    /// Keeps answers that belong together.
    ///
    /// # Errors
    /// A cache that cannot be written to.
    pub fn keep(&mut self, answers: &[(Key, f64)]) -> Result<()> {
        let lines: Vec<String> = answers.iter().map(|(key, score)| format!("{key} {score:?} {}", self.by)).collect();
        self.cache.append(&mut self.log, &lines)?;
        for (key, score) in answers {
            self.answers.insert(*key, Answer { score: *score, by: self.by.clone() });
        }
        Ok(())
    }

    /// How many of these were answered by the program as it was before somebody changed its files.
    pub fn by_another(&self, keys: &BTreeSet<Key>) -> usize {
        keys.iter().filter_map(|key| self.answers.get(key)).filter(|answer| answer.by != self.by).count()
    }
}

fn read(line: &str) -> Option<(Key, Answer)> {
    let mut fields = line.split(' ');
    let key = Key::from_hex(fields.next()?)?;
    let score = fields.next()?.parse().ok().filter(|score: &f64| score.is_finite())?;
    Some((key, Answer { score, by: fields.next()?.to_owned() }))
}
