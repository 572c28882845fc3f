//! `Gather`: rows of an embedding table, or one position of an activation.

use super::Done;
use crate::autodiff::graph::{Node, tensor_f32};
use crate::autodiff::step::Step;

/// y = x[i] along an axis; dx = g at the places i, added up where a place is named twice
///
/// For a table that is itself differentiated the gradients of the rows are given with their indices, so that no
/// gradient of the whole table is ever made.
pub fn gather(s: &mut Step) -> Done {
    let known = s.known(&s.x(0))?;
    let axis = known.axis(s.node().int("axis", 0));
    if axis == 0 && s.is_leaf(0) {
        let (indices, rows) = (s.x(1), s.g());
        s.give_rows(0, indices, rows);
        return Ok(());
    }
    let single = s.fixed_ints(1).filter(|_| s.known(&s.x(1)).is_ok_and(|index| index.rank() == 0));
    match single.as_deref() {
        Some([index]) => one_place(s, axis, known.rank(), *index),
        _ if axis == 0 => scatter(s),
        _ => Err("its indices are neither one fixed position nor along the first axis".to_owned()),
    }
}

/// One position along an axis: g with zeros around it.
fn one_place(s: &mut Step, axis: usize, rank: usize, index: i64) -> Done {
    let axes = s.ints(&[axis as i64]);
    let part = s.op("Unsqueeze", &[&s.g(), &axes]);
    let place = |at: i64| (0..rank).map(|a| if a == axis { at } else { 0 }).collect::<Vec<i64>>();
    let mut begins = s.ints(&place(index));
    if index < 0 {
        // Counted from the end, which is known only when it runs.
        let (own, shape) = (s.ints(&place(1)), s.shape(&s.x(0)));
        let whole = s.mul(&own, &shape);
        begins = s.add(&whole, &begins);
    }
    let dx = s.embedded(&part, &s.x(0), &begins);
    s.give(0, dx);
    Ok(())
}

/// Any rows of a value that was computed: g is added into zeros.
fn scatter(s: &mut Step) -> Done {
    let shape = s.shape(&s.x(0));
    let zero = tensor_f32(&[1], &[0.0]);
    let zeros = Node::new("ConstantOfShape", &[&shape], &[]).with_tensor("value", zero);
    let zeros = s.emit(zeros);
    let last = s.ints(&[-1]);
    let indices = s.op("Unsqueeze", &[&s.x(1), &last]);
    let dx = s.emit(Node::new("ScatterND", &[&zeros, &indices, &s.g()], &[]).with("reduction", "add"));
    s.give(0, dx);
    Ok(())
}
