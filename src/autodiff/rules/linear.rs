//! `Linear`, the composite that products with a weight are canonicalised to.

use super::Done;
use crate::autodiff::graph::Node;
use crate::autodiff::step::Step;

/// y = alpha (x W' + b), ' transposing or not; dx = alpha g W'^T, dW' = alpha x^T g, db = alpha sum g, all of them on
/// matrices with a row for each token
pub fn linear(s: &mut Step) -> Done {
    let (x, weight, g) = (s.x(0), s.x(1), s.g());
    let (transposed, alpha) = (s.node().int("transB", 0), s.node().float("alpha", 1.0));
    let width = |s: &Step, name| usize::try_from(s.node().int(name, 0)).ok();
    let (inner, outer) = (width(s, "inner"), width(s, "outer"));
    let g = s.as_matrix(&g, outer)?;
    let gemm = |left: &str, right: &str| Node::new("Gemm", &[left, right], &[]).with("alpha", alpha);
    if s.wants(1) {
        let x = s.as_matrix(&x, inner)?;
        let [left, right] = if transposed == 0 { [&x, &g] } else { [&g, &x] };
        let dw = s.emit(gemm(left, right).with("transA", 1));
        s.give(1, dw);
    }
    if s.wants(2) {
        let sum = s.sum(&g, &[0], false);
        let db = if alpha == 1.0 { sum } else { s.scale(&sum, alpha) };
        s.give(2, db);
    }
    if s.wants(0) {
        let dx = s.emit(gemm(&g, &weight).with("transB", 1 - transposed));
        let dx = s.shaped_as(&dx, &x);
        s.give(0, dx);
    }
    Ok(())
}
