//! What is asked, how often, and what becomes of the answers.

use super::batch::Batch;
use super::kept::Kept;
use super::process::Program;
use super::talk::{Ending, Talk, talk};
use crate::cache::Key;
use crate::error::{Error, Result};
use std::collections::{BTreeMap, BTreeSet};

/// How a program is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Terms {
    /// The program.
    pub program: Program,
    /// How often pairs without an answer are asked again, in a new process each time.
    pub retries: u64,
    /// Pairs that are given to the program in all, at most.
    pub max_calls: Option<u64>,
}

/// Hears how the asking goes.
pub trait Listener {
    /// So many further pairs have an answer.
    fn answered(&mut self, pairs: usize);
    /// Something that whoever waits should know.
    fn note(&mut self, what: &str);
}

/// Asks a program, and keeps what it answers.
#[derive(Debug)]
pub struct Asker {
    terms: Terms,
    /// What was answered so far.
    pub kept: Kept,
    calls: u64,
}

impl Asker {
    /// An asker that knows what was answered before.
    pub fn new(terms: Terms, kept: Kept) -> Asker {
        Asker { terms, kept, calls: 0 }
    }

    /// The score of each pair of a batch; `None` where the program gave none, however often it was asked.
    ///
    /// # Errors
    /// A program that cannot be started, dies, hangs (exit 4), or writes what cannot be used (exit 2). What it answered
    /// until then is kept.
    pub fn ask(&mut self, batch: &Batch, listener: &mut dyn Listener) -> Result<Vec<Option<f64>>> {
        let mut open = self.open(batch);
        for attempt in 0..=self.terms.retries {
            if open.is_empty() {
                break;
            }
            let talk = self.talk(batch, &open, listener)?;
            self.calls += talk.fed as u64;
            note(&talk, listener);
            let asked = open.len();
            open = self.open(batch);
            // One that hung before its first answer would be waited for in vain again.
            let is_stuck = talk.ending == Ending::Hung && open.len() == asked;
            let is_last = attempt == self.terms.retries || is_stuck;
            let affordable = self.terms.max_calls.is_none_or(|most| self.calls + open.len() as u64 <= most);
            match (open.is_empty(), is_last, affordable) {
                (true, ..) => {}
                (false, false, true) => {
                    listener.note(&format!("asking again for {} pairs of {}", open.len(), batch.name));
                }
                (false, is_last, _) => {
                    if !is_last {
                        listener.note("max-calls leaves too few calls to ask again for what has no answer");
                    }
                    self.is_enough(batch, &talk)?;
                    break;
                }
            }
        }
        Ok(batch.keys.iter().map(|key| self.kept.score(key)).collect())
    }

    /// Some pairs have no answer, and nobody will ask again: is that a gap, or an end?
    fn is_enough(&self, batch: &Batch, talk: &Talk) -> Result<()> {
        let answered = batch.keys.iter().filter(|key| self.kept.score(key).is_some()).count();
        match (&talk.ending, answered) {
            (Ending::Finished, 0) => Err(self.nothing_said(batch, talk)),
            (Ending::Finished, _) => Ok(()),
            _ => Err(self.lost(batch, answered, talk)),
        }
    }

    /// The places of the pairs that have to be asked: units that are not answered in full, each once.
    fn open(&self, batch: &Batch) -> Vec<usize> {
        let mut seen: BTreeSet<Key> = BTreeSet::new();
        let units = batch.units.iter().filter(|unit| {
            let open = (*unit).clone().any(|index| self.kept.score(&batch.keys[index]).is_none());
            open && seen.insert(batch.keys[unit.start])
        });
        units.flat_map(Clone::clone).collect()
    }

    fn talk(&mut self, batch: &Batch, open: &[usize], listener: &mut dyn Listener) -> Result<Talk> {
        let pairs: Vec<_> = open.iter().map(|index| batch.pairs[*index].clone()).collect();
        let unit_of: BTreeMap<usize, usize> =
            batch.units.iter().enumerate().flat_map(|(n, unit)| unit.clone().map(move |index| (index, n))).collect();
        let mut heard: BTreeMap<usize, Vec<(Key, f64)>> = BTreeMap::new();
        let kept = &mut self.kept;
        let mut hear = |place: usize, score: f64| {
            let index = open[place];
            let Some(unit) = unit_of.get(&index) else { return Ok(()) };
            let answers = heard.entry(*unit).or_default();
            answers.push((batch.keys[index], score));
            // A list is kept when all of it was answered in one conversation: parts of two do not make an order.
            if answers.len() == batch.units[*unit].len() {
                kept.keep(answers)?;
                listener.answered(answers.len());
            }
            Ok(())
        };
        talk(&self.terms.program, &pairs, batch.repeat, &mut hear)
    }

    fn lost(&self, batch: &Batch, answered: usize, talk: &Talk) -> Error {
        let seconds = self.terms.program.timeout.as_secs_f64();
        let how = match &talk.ending {
            Ending::Hung => format!("hung: no answer for {seconds} seconds, and it was killed"),
            Ending::Died(how) => format!("died ({how})"),
            Ending::Finished => "ended".to_owned(),
        };
        let error = Error::surroundings(format!(
            "teacher command `{}` {how}: {answered} of {} pairs of {} are answered",
            self.terms.program.name(),
            batch.pairs.len(),
            batch.name
        ))
        .help("what was answered is kept: run it again, and it goes on from there");
        let error = match talk.ending {
            Ending::Hung => error.help("a teacher that needs longer for one answer has `timeout` in [teacher]"),
            _ => error,
        };
        said_last(error, talk)
    }

    fn nothing_said(&self, batch: &Batch, talk: &Talk) -> Error {
        let error = Error::input(format!(
            "teacher command `{}` answered none of the {} pairs of {}",
            self.terms.program.name(),
            batch.pairs.len(),
            batch.name
        ))
        .help("write {\"query_id\": .., \"doc_id\": .., \"score\": ..} to stdout, a line for each line that was read");
        said_last(talk.log.iter().fold(error, |error, line| error.help(format!("it wrote: {line}"))), talk)
    }
}

fn said_last(error: Error, talk: &Talk) -> Error {
    talk.last_words.iter().fold(error, |error, line| error.help(format!("it wrote to stderr: {line}")))
}

/// What is odd about a conversation, and no reason to stop.
fn note(talk: &Talk, listener: &mut dyn Listener) {
    if talk.log_lines > 0 {
        let shown = talk.log.join(" | ");
        listener.note(&format!("the teacher command wrote {} lines that are no answers: {shown}", talk.log_lines));
    }
    if talk.repeated > 0 {
        listener.note(&format!("the teacher command gave {} answers again, with the same score", talk.repeated));
    }
    if let Ending::Died(how) = &talk.ending {
        let words = talk.last_words.last().map(|line| format!(": {line}")).unwrap_or_default();
        listener.note(&format!("the teacher command ended with {how}{words}"));
    }
    if talk.ending == Ending::Hung {
        listener.note("the teacher command hung and was killed");
    }
}
