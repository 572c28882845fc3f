//! What a student is trained towards: one file per loss, with its paper and its formula, and one list of them all.
//!
//! A loss appends ordinary ONNX operators (opset 17 or later) to a graph; its gradient comes from `autodiff`, by
//! the same rules as the student's, so no loss has a hand-written one. Each is the mean over groups; a group is one
//! query with its candidates. In the formulas `s_i` is the student's score of candidate `i`, `t_i` the teacher's,
//! `n` the number of candidates, `T` the temperature. No loss cares what is added to all of a group's scores, the
//! student's or the teacher's: only differences count.
//!
//! Nothing is sampled, scaled or read from files here.

mod arrange;
mod kl;
mod lce;
mod listnet;
mod margin_mse;
mod mix;
mod rank_only;
mod ranknet;
#[cfg(test)]
mod tests;

pub use mix::Mix;

use crate::autodiff::Graph;

/// Names of the values that a loss reads: 32-bit reals of shape `[groups, candidates]`.
#[derive(Clone, Copy, Debug)]
pub struct Scores<'a> {
    /// The student's scores; gradients go there.
    pub student: &'a str,
    /// The teacher's scores of the same candidates; no gradient goes there.
    pub teacher: &'a str,
}

/// What the configuration leaves open in a formula.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// What scores are divided by before a softmax of the teacher's (`kl`, `listnet`); above 0.
    pub temperature: f32,
}

/// What a loss asks of the teacher's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Their differences mean something.
    Scores,
    /// Nothing but the order; any increasing transform of the scores gives the same bytes.
    Order,
}

/// A loss.
#[derive(Clone, Copy, Debug)]
pub struct Loss {
    /// Its name in the configuration; its file is called the same, with underscores.
    pub name: &'static str,
    /// What it asks of the teacher.
    pub needs: Needs,
    /// Appends it to a graph and names the result: one number without dimensions, the mean over groups.
    pub append: fn(&mut Graph, &Scores, &Settings) -> String,
}

/// Every loss there is. Reading, help and error messages come from this list, and a test holds the folder to it.
#[rustfmt::skip]
pub static LOSSES: [Loss; 6] = [
    Loss { name: "kl", needs: Needs::Scores, append: kl::append },
    Loss { name: "lce", needs: Needs::Order, append: lce::append },
    Loss { name: "listnet", needs: Needs::Scores, append: listnet::append },
    Loss { name: "margin-mse", needs: Needs::Scores, append: margin_mse::append },
    Loss { name: "rank-only", needs: Needs::Order, append: rank_only::append },
    Loss { name: "ranknet", needs: Needs::Order, append: ranknet::append },
];

/// The names of the losses, for messages.
fn names(fits: impl Fn(&Loss) -> bool) -> String {
    let names: Vec<&str> = LOSSES.iter().filter(|loss| fits(loss)).map(|loss| loss.name).collect();
    names.join(", ")
}
