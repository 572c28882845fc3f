//! `Softmax` and `LogSoftmax`.

use super::Done;
use crate::autodiff::step::Step;

/// y = e^x / sum e^x along an axis; dx = y (g - sum(g y))
pub fn softmax(s: &mut Step) -> Done {
    let (g, y) = (s.g(), s.y());
    let gy = s.mul(&g, &y);
    let sum = along_axis(s, &gy)?;
    let centred = s.sub(&g, &sum);
    let dx = s.mul(&y, &centred);
    s.give(0, dx);
    Ok(())
}

/// y = x - ln sum e^x along an axis; dx = g - e^y sum g
pub fn log_softmax(s: &mut Step) -> Done {
    let g = s.g();
    let softmax = s.op("Exp", &[&s.y()]);
    let sum = along_axis(s, &g)?;
    let share = s.mul(&softmax, &sum);
    let dx = s.sub(&g, &share);
    s.give(0, dx);
    Ok(())
}

fn along_axis(s: &mut Step, value: &str) -> Result<String, String> {
    let axis = s.known(&s.x(0))?.axis(s.node().int("axis", -1));
    Ok(s.sum(value, &[axis as i64], true))
}
