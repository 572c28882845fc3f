//! ListNet: the chance of each candidate to be ranked first, by the student as by the teacher.
//!
//! Cao, Qin, Liu, Tsai and Li, "Learning to Rank: From Pairwise Approach to Listwise Approach", ICML 2007, section 4.2:
//! the cross-entropy of top-one probabilities, with `exp` as the increasing function:
//!
//! `-sum_i p_i log q_i`, `p = softmax(t / T)`, `q = softmax(s)`
//!
//! The paper has no temperature, which is 1 here. Another one makes the teacher's distribution sharper or flatter and
//! leaves the student's scores as they are used; in that it differs from `kl`, which divides both. At temperature 1 the
//! two have the same gradient, and values that differ by the entropy of `p`.

use super::{Scores, Settings, arrange};
use crate::autodiff::Graph;

pub(super) fn append(graph: &mut Graph, scores: &Scores, settings: &Settings) -> String {
    let t = arrange::divide(graph, scores.teacher, settings.temperature);
    let p = arrange::over_last(graph, "Softmax", &t);
    let log_q = arrange::over_last(graph, "LogSoftmax", scores.student);
    let terms = graph.add("Mul", &[&p, &log_q]);
    let likelihood = arrange::sum(graph, &terms, &[arrange::CANDIDATES], false);
    let entropy = graph.add("Neg", &[&likelihood]);
    arrange::mean(graph, &entropy)
}
