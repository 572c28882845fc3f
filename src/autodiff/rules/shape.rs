//! Operators that put the same elements into another shape.

use super::Done;
use crate::autodiff::graph::Node;
use crate::autodiff::step::Step;

/// y = x in another shape (`Reshape`, `Squeeze`, `Unsqueeze`, `Flatten`); dx = g in the shape of x
pub fn reshape(s: &mut Step) -> Done {
    let dx = s.shaped_as(&s.g(), &s.x(0));
    s.give(0, dx);
    Ok(())
}

/// y = x with its axes in another order; dx = g with them put back
pub fn transpose(s: &mut Step) -> Done {
    let rank = s.known(&s.x(0))?.rank();
    let order: Vec<i64> = s.node().ints("perm").map_or_else(|| (0..rank as i64).rev().collect(), <[i64]>::to_vec);
    let mut back = vec![0; rank];
    for (to, from) in order.iter().enumerate() {
        *back.get_mut(*from as usize).ok_or("its order names an axis that is not there")? = to as i64;
    }
    let dx = s.emit(Node::new("Transpose", &[&s.g()], &[]).with("perm", back));
    s.give(0, dx);
    Ok(())
}

/// y = x, repeated; dx = the sum of g over the repeats
pub fn expand(s: &mut Step) -> Done {
    let g = s.g();
    s.give_summed(0, g)
}
