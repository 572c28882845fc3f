//! `Gemm`: the product that linear layers are written as.

use super::Done;
use crate::autodiff::graph::Node;
use crate::autodiff::step::Step;

/// Y = alpha A' B' + beta C, where ' transposes or not; dA' = alpha G B'^T, dB' = alpha A'^T G, dC = beta G, summed
pub fn gemm(s: &mut Step) -> Done {
    let (a, b, g) = (s.x(0), s.x(1), s.g());
    let (trans_a, trans_b) = (s.node().int("transA", 0) != 0, s.node().int("transB", 0) != 0);
    let (alpha, beta) = (s.node().float("alpha", 1.0), s.node().float("beta", 1.0));
    // Each product is written with flags: no transposed copy is ever made.
    let product = |s: &mut Step, left: &str, right: &str, trans_left: bool, trans_right: bool| {
        let mut node = Node::new("Gemm", &[left, right], &[]);
        for (name, set) in [("transA", trans_left), ("transB", trans_right)] {
            node = if set { node.with(name, 1) } else { node };
        }
        s.emit(if alpha == 1.0 { node } else { node.with("alpha", alpha) })
    };
    if s.wants(0) {
        let da = match trans_a {
            false => product(s, &g, &b, false, !trans_b),
            true => product(s, &b, &g, trans_b, true),
        };
        s.give(0, da);
    }
    if s.wants(1) {
        let db = match trans_b {
            false => product(s, &a, &g, !trans_a, false),
            true => product(s, &g, &a, true, trans_a),
        };
        s.give(1, db);
    }
    if s.wants(2) {
        let summed = s.summed(&g, &s.y(), &s.x(2))?;
        let dc = if beta == 1.0 { summed } else { s.scale(&summed, beta) };
        s.give(2, dc);
    }
    Ok(())
}
