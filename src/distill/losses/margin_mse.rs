//! MarginMSE: the student's differences become the teacher's.
//!
//! Hofstätter, Althammer, Schröder, Sertkan and Hanbury, "Improving Efficient Neural Ranking Models with
//! Cross-Architecture Knowledge Distillation", 2020, arXiv:2010.02666, the loss called Margin-MSE: the squared
//! difference of two margins, there of a relevant and a non-relevant passage. Here over all pairs of a group's
//! candidates, since the teacher has scored them all and none is called relevant:
//!
//! `mean over i < j of ((s_i - s_j) - (t_i - t_j))^2`
//!
//! With `d_i = s_i - t_i` and its mean `m` this is `2 / (n - 1) · sum_i (d_i - m)^2`, twice the variance of `d`: so it
//! is computed, in `n` steps instead of `n^2`, and an error in `m` counts only squared. The two sides are differences
//! of scores as they are: `teacher-scale` brings a teacher's to the student's range. One candidate alone gives 0.

use super::{Scores, Settings, arrange};
use crate::autodiff::Graph;

pub(super) fn append(graph: &mut Graph, scores: &Scores, _: &Settings) -> String {
    let n = arrange::count(graph, scores.student);
    let n = arrange::real(graph, &n);
    let one = graph.scalar(1.0);
    let others = graph.add("Sub", &[&n, &one]);
    let others = arrange::at_least_one(graph, &others);

    let d = graph.add("Sub", &[scores.student, scores.teacher]);
    let total = arrange::sum(graph, &d, &[arrange::CANDIDATES], true);
    let m = graph.add("Div", &[&total, &n]);
    let from_mean = graph.add("Sub", &[&d, &m]);
    let squares = graph.add("Mul", &[&from_mean, &from_mean]);
    let squares = arrange::sum(graph, &squares, &[arrange::CANDIDATES], false);
    let variance = graph.add("Div", &[&squares, &others]);
    let two = graph.scalar(2.0);
    let pairs = graph.add("Mul", &[&variance, &two]);
    arrange::mean(graph, &pairs)
}
