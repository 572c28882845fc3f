//! KL: the student's distribution over the candidates becomes the teacher's.
//!
//! Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015, arXiv:1503.02531, section 2: both
//! sides are divided by one temperature, and the result is multiplied by its square, so that gradients keep their size
//! when the temperature changes. Over a list of candidates it is what retrievers are distilled with, and
//! sentence-transformers' `DistillKLDivLoss`:
//!
//! `T^2 · sum_i p_i (log p_i - log q_i)`, `p = softmax(t / T)`, `q = softmax(s / T)`
//!
//! It is 0 where the two distributions are the same, and never below. Logarithms are taken by `LogSoftmax`, so that a
//! candidate with no chance in 32 bits adds 0 and not 0 times infinity.

use super::{Scores, Settings, arrange};
use crate::autodiff::Graph;

pub(super) fn append(graph: &mut Graph, scores: &Scores, settings: &Settings) -> String {
    let temperature = settings.temperature;
    let t = arrange::divide(graph, scores.teacher, temperature);
    let s = arrange::divide(graph, scores.student, temperature);
    let p = arrange::over_last(graph, "Softmax", &t);
    let log_p = arrange::over_last(graph, "LogSoftmax", &t);
    let log_q = arrange::over_last(graph, "LogSoftmax", &s);
    let apart = graph.add("Sub", &[&log_p, &log_q]);
    let terms = graph.add("Mul", &[&p, &apart]);
    let divergence = arrange::sum(graph, &terms, &[arrange::CANDIDATES], false);
    let square = graph.scalar(temperature * temperature);
    let scaled = graph.add("Mul", &[&divergence, &square]);
    arrange::mean(graph, &scaled)
}
