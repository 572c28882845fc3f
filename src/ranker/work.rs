//! Sessions at work: batches are handed out to threads, each with a session of its own.
//!
//! Which thread computes a batch makes no difference to its result, and results are put in their place by the
//! number of the batch, so scores do not depend on the number of threads.

use super::batch::Batch;
use super::recipe::{Feeding, Input, Recipe};
use super::tokens::TypedToken;
use crate::error::{Error, Result};
use crate::onnx::{Elements, Feed, Session};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// Computes every batch and hands each result to `take`, in the order in which they are done. `row` makes the
/// tokens of a member; `read` makes of the model's output what is kept of it, in the thread that ran it.
/// `progress` is told how many members are done, out of all.
pub fn compute<T: Send>(
    sessions: &mut [Session],
    recipe: &Recipe,
    batches: &[Batch],
    row: impl Fn(usize) -> Vec<TypedToken> + Sync,
    read: impl Fn(&[usize], &[f32]) -> Result<T> + Sync,
    mut take: impl FnMut(&Batch, T),
    progress: &mut dyn FnMut(usize, usize),
) -> Result<()> {
    let total = batches.iter().map(|batch| batch.members.len()).sum();
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        for session in sessions {
            let (sender, next, stop, row, read) = (sender.clone(), &next, &stop, &row, &read);
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(batch) = batches.get(number) else { break };
                    let rows = batch.members.iter().map(|member| row(*member)).collect::<Vec<_>>();
                    let result = run(session, recipe, &rows, read);
                    // The receiver lives as long as this scope.
                    if sender.send((number, result)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        let (mut done, mut failure) = (0, None::<(usize, Error)>);
        for (number, result) in receiver {
            match result {
                Ok(result) => {
                    take(&batches[number], result);
                    done += batches[number].members.len();
                    progress(done, total);
                }
                Err(error) => {
                    stop.store(true, Ordering::Relaxed);
                    if failure.as_ref().is_none_or(|(first, _)| number < *first) {
                        failure = Some((number, error));
                    }
                }
            }
        }
        failure.map_or(Ok(()), |(_, error)| Err(error))
    })
}

/// Runs one batch of rows that all have the same length.
pub fn run<T>(
    session: &mut Session,
    recipe: &Recipe,
    rows: &[Vec<TypedToken>],
    read: impl Fn(&[usize], &[f32]) -> Result<T>,
) -> Result<T> {
    let columns = Columns::new(recipe, rows);
    let length = columns.shape[1];
    session
        .run(&columns.feeds(recipe), &recipe.output, |dimensions, data| {
            if dimensions.first() != Some(&rows.len()) {
                return Err(Error::input(format!(
                    "the model's output \"{}\" has the shape {dimensions:?} for a batch of {}",
                    recipe.output,
                    rows.len()
                ))
                .help("export the model with a dynamic batch size"));
            }
            read(dimensions, data)
        })
        .map_err(|error| error.context(format!("texts of {length} tokens")).help(TOO_LONG))?
}

/// A model that has fewer positions than its folder says fails with an index out of bounds.
const TOO_LONG: &str = "if it cannot read that many, set max-length; otherwise run the model in Python on such a text";

/// The numbers for every input of the graph.
pub struct Columns {
    /// Texts, and tokens of each.
    shape: [usize; 2],
    columns: Vec<Column>,
}

impl Columns {
    /// Those of rows that all have the same length.
    pub fn new(recipe: &Recipe, rows: &[Vec<TypedToken>]) -> Columns {
        let column = |input: &Input| Column::new(input.feeding, input.narrow, rows);
        let shape = [rows.len(), rows.first().map_or(0, Vec::len)];
        Columns { shape, columns: recipe.inputs.iter().map(column).collect() }
    }

    /// What is fed.
    pub fn feeds<'a>(&'a self, recipe: &'a Recipe) -> Vec<Feed<'a>> {
        let inputs = recipe.inputs.iter().zip(&self.columns);
        inputs.map(|(input, column)| Feed { name: &input.name, shape: &self.shape, data: column.elements() }).collect()
    }
}

/// The numbers for one input of the graph.
enum Column {
    Wide(Vec<i64>),
    Narrow(Vec<i32>),
}

impl Column {
    fn new(feeding: Feeding, narrow: bool, rows: &[Vec<TypedToken>]) -> Column {
        let number = |position: usize, token: &TypedToken| match feeding {
            Feeding::InputIds => i64::from(token.id),
            Feeding::AttentionMask => 1,
            Feeding::TokenTypeIds => i64::from(token.kind),
            Feeding::PositionIds => position as i64,
        };
        let numbers =
            rows.iter().flat_map(|row| row.iter().enumerate().map(|(position, token)| number(position, token)));
        if narrow {
            // Ids and positions are far below 2^31; an id beyond it is out of the model's range as -1 is.
            Column::Narrow(numbers.map(|number| i32::try_from(number).unwrap_or(-1)).collect())
        } else {
            Column::Wide(numbers.collect())
        }
    }

    fn elements(&self) -> Elements<'_> {
        match self {
            Column::Wide(numbers) => Elements::I64(numbers),
            Column::Narrow(numbers) => Elements::I32(numbers),
        }
    }
}
