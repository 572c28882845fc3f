//! LCE, localised contrastive estimation: the teacher's best candidate is to win against the others of its list.
//!
//! Gao, Dai and Callan, "Rethink Training of BERT Rerankers in Multi-Stage Retrieval Pipeline", ECIR 2021,
//! arXiv:2101.08751, the loss called LCE: cross-entropy of one positive among negatives that the first stage found for
//! the same query. There the positive is judged; here it is what the teacher ranks first:
//!
//! `-log softmax(s)_b`, `b = argmax_i t_i`, of equals the first in the group
//!
//! Of the teacher it uses one position, so it needs no score that means something.

use super::{Scores, Settings, arrange};
use crate::autodiff::{Graph, Node};

pub(super) fn append(graph: &mut Graph, scores: &Scores, _: &Settings) -> String {
    let best = Node::new("ArgMax", &[scores.teacher], &[]);
    let best = graph.push(best.with("axis", arrange::CANDIDATES).with("keepdims", 1).with("select_last_index", 0));
    let positions = arrange::positions(graph, scores.teacher);
    let is_best = graph.add("Equal", &[&best, &positions]);
    let is_best = arrange::real(graph, &is_best);
    let log_q = arrange::over_last(graph, "LogSoftmax", scores.student);
    let terms = graph.add("Mul", &[&log_q, &is_best]);
    let likelihood = arrange::sum(graph, &terms, &[arrange::CANDIDATES], false);
    let entropy = graph.add("Neg", &[&likelihood]);
    arrange::mean(graph, &entropy)
}
