//! RankNet: of two candidates the student prefers the one that the teacher prefers.
//!
//! Burges, Shaked, Renshaw, Lazier, Deeds, Hamilton and Hullender, "Learning to Rank using Gradient Descent", ICML
//! 2005, the cost of a pair with target probability 1: the logistic loss of its difference:
//!
//! `mean over i, j with t_i > t_j of log(1 + exp(-(s_i - s_j)))`
//!
//! Pairs that the teacher ties are left out. The mean is taken within each group first, so that a group with many
//! ties weighs as much as another; one in which all are tied gives 0. `Softplus` is one operator, because written out
//! as `max(x, 0) + log(1 + exp(-|x|))` its gradient would be lost where two scores of the student are equal.

use super::{Scores, Settings, arrange};
use crate::autodiff::Graph;

/// The axes of the two sides of a pair.
const PAIRS: [i64; 2] = [1, 2];

pub(super) fn append(graph: &mut Graph, scores: &Scores, _: &Settings) -> String {
    let preferred = arrange::above(graph, scores.teacher);
    let preferred = arrange::real(graph, &preferred);
    let pairs = arrange::sum(graph, &preferred, &PAIRS, false);
    let pairs = arrange::at_least_one(graph, &pairs);

    let (i, j) = arrange::sides(graph, scores.student);
    let behind = graph.add("Sub", &[&j, &i]);
    let penalty = graph.add("Softplus", &[&behind]);
    let terms = graph.add("Mul", &[&penalty, &preferred]);
    let total = arrange::sum(graph, &terms, &PAIRS, false);
    let of_group = graph.add("Div", &[&total, &pairs]);
    arrange::mean(graph, &of_group)
}
