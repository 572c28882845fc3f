//! Rank-only: the likelihood of the teacher's order, and nothing else of the teacher.
//!
//! ListMLE: Xia, Liu, Wang, Zhang and Li, "Listwise Approach to Learning to Rank: Theory and Algorithm", ICML 2008, the
//! likelihood loss, with the model of Plackett (1975) and Luce (1959): places are filled from the top, each candidate
//! against those that are left:
//!
//! `-sum_i log( exp(s_i) / (exp(s_i) + sum over j with t_j < t_i of exp(s_j)) )`
//!
//! Without ties that is ListMLE. Of candidates that the teacher ties none precedes another: each competes only with
//! those strictly below it. So the order within a tie neither matters nor is learnt; if all are tied, the loss
//! is 0. (Letting each compete with its whole tie, as Breslow did for Cox's model, would pull tied scores together:
//! a teacher of few grades would undo what the student knows about the order inside a grade.)

use super::{Scores, Settings, arrange};
use crate::autodiff::Graph;

/// Stands for a score of a candidate that does not compete: its exponential is 0, and it can be calculated with.
const OUT_OF_REACH: f32 = -1e30;

pub(super) fn append(graph: &mut Graph, scores: &Scores, _: &Settings) -> String {
    let itself = diagonal(graph, scores.teacher);
    let below = arrange::above(graph, scores.teacher);
    let competes = graph.add("Or", &[&below, &itself]);

    // Row i holds what i competes with, relative to s_i. Its own entry is 0, so that the logarithm of that entry's
    // softmax is minus the logarithm of the row's sum.
    let (i, j) = arrange::sides(graph, scores.student);
    let relative = graph.add("Sub", &[&j, &i]);
    let out_of_reach = graph.scalar(OUT_OF_REACH);
    let row = graph.add("Where", &[&competes, &relative, &out_of_reach]);
    let log_q = arrange::over_last(graph, "LogSoftmax", &row);

    let itself = arrange::real(graph, &itself);
    let terms = graph.add("Mul", &[&log_q, &itself]);
    let likelihood = arrange::sum(graph, &terms, &[1, 2], false);
    let loss = graph.add("Neg", &[&likelihood]);
    arrange::mean(graph, &loss)
}

/// Truth values of shape `[candidates, candidates]`: where both sides of a pair are the same candidate.
fn diagonal(graph: &mut Graph, scores: &str) -> String {
    let positions = arrange::positions(graph, scores);
    let last = graph.ints(&[1]);
    let down = graph.add("Unsqueeze", &[&positions, &last]);
    graph.add("Equal", &[&down, &positions])
}
