//! Operators that take values apart and put them together.

use super::Done;
use crate::autodiff::graph::Node;
use crate::autodiff::step::Step;

/// y = x from a beginning to an end along some axes, step 1; dx = g with zeros around it
pub fn slice(s: &mut Step) -> Done {
    let x = s.x(0);
    let rank = s.known(&x)?.rank();
    let axes = match s.node().input(3) {
        Some(_) => s.fixed_ints(3).ok_or("its axes are not fixed")?,
        None => match s.known(&s.x(1))?.shape.as_slice() {
            [Some(count)] => (0..*count as i64).collect(),
            _ => return Err("the number of its axes is not fixed".to_owned()),
        },
    };
    if s.node().input(4).is_some() && s.fixed_ints(4).is_none_or(|steps| steps.iter().any(|step| *step != 1)) {
        return Err("its step is not 1".to_owned());
    }
    let known = s.known(&x)?;
    let axes: Vec<usize> = axes.iter().map(|axis| known.axis(*axis)).collect();
    let begins = begins(s, &axes, rank);
    // A beginning that counts from the end is known only when it runs; one before the first place is the first.
    let (shape, zero) = (s.shape(&x), s.int(0));
    let from_end = s.op("Less", &[&begins, &zero]);
    let shift = s.choose(&from_end, &shape, &zero);
    let begins = s.add(&begins, &shift);
    let begins = s.op("Max", &[&begins, &zero]);
    let begins = s.op("Min", &[&begins, &shape]);
    let dx = s.embedded(&s.g(), &x, &begins);
    s.give(0, dx);
    Ok(())
}

/// Where a slice begins on every axis; the beginnings that the node names may be computed.
fn begins(s: &mut Step, axes: &[usize], rank: usize) -> String {
    let mut places = vec![0; rank];
    if let Some(starts) = s.fixed_ints(1) {
        axes.iter().zip(starts).for_each(|(axis, start)| places[*axis] = start);
        return s.ints(&places);
    }
    let integer = crate::onnx::proto::tensor_proto::DataType::Int64 as i64;
    let starts = s.emit(Node::new("Cast", &[&s.x(1)], &[]).with("to", integer));
    // An axis that is not named takes the 0 that stands behind the beginnings.
    let order: Vec<i64> =
        (0..rank).map(|axis| axes.iter().position(|a| *a == axis).unwrap_or(axes.len()) as i64).collect();
    let zero = s.ints(&[0]);
    let starts = s.emit(Node::new("Concat", &[&starts, &zero], &[]).with("axis", 0));
    let order = s.ints(&order);
    s.op("Gather", &[&starts, &order])
}

/// y = x1, x2, ... one after the other along an axis; dxi = its part of g
pub fn concat(s: &mut Step) -> Done {
    let axis = s.known(&s.y())?.axis(s.node().int("axis", 0)) as i64;
    let axes = s.ints(&[axis]);
    let mut begin = s.ints(&[0]);
    for index in 0..s.node().inputs.len() {
        let x = s.x(index);
        let length = s.emit(Node::new("Shape", &[&x], &[]).with("start", axis).with("end", axis + 1));
        let end = s.add(&begin, &length);
        if s.wants(index) {
            let dx = s.op("Slice", &[&s.g(), &begin, &end, &axes]);
            s.give(index, dx);
        }
        begin = end;
    }
    Ok(())
}

/// y1, y2, ... = the parts of x along an axis; dx = their gradients one after the other, zeros for parts without
pub fn split(s: &mut Step) -> Done {
    let axis = s.known(&s.x(0))?.axis(s.node().int("axis", 0)) as i64;
    let mut parts = Vec::new();
    for (index, output) in s.node().outputs.clone().iter().enumerate() {
        let part = match s.g_of(index) {
            Some(g) => g,
            None => {
                let shape = s.shape(output);
                s.op("ConstantOfShape", &[&shape])
            }
        };
        parts.push(part);
    }
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let dx = s.emit(Node::new("Concat", &parts, &[]).with("axis", axis));
    s.give(0, dx);
    Ok(())
}

/// y = x with a constant around it; dx = the part of g where x was
pub fn pad(s: &mut Step) -> Done {
    if s.node().text("mode").is_some_and(|mode| mode != "constant") {
        return Err("it repeats its edges".to_owned());
    }
    if s.node().input(3).is_some() {
        return Err("it names axes".to_owned());
    }
    let rank = s.known(&s.x(0))?.rank() as i64;
    let (zero, axes, middle) = (s.ints(&[0]), s.ints(&[0]), s.ints(&[rank]));
    let begins = s.op("Slice", &[&s.x(1), &zero, &middle, &axes]);
    let shape = s.shape(&s.x(0));
    let ends = s.add(&begins, &shape);
    let dx = s.op("Slice", &[&s.g(), &begins, &ends]);
    s.give(0, dx);
    Ok(())
}

/// y = a triangle of x; dx = the same triangle of g
pub fn trilu(s: &mut Step) -> Done {
    let upper = s.node().int("upper", 1);
    let (g, k) = (s.g(), s.x(1));
    let inputs: Vec<&str> = if k.is_empty() { vec![&g] } else { vec![&g, &k] };
    let dx = s.emit(Node::new("Trilu", &inputs, &[]).with("upper", upper));
    s.give(0, dx);
    Ok(())
}
