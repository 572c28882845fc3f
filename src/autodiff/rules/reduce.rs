//! Sums, means, lengths and extremes along axes.

use super::Done;
use crate::autodiff::step::Step;

/// y = sum x; dx = g, repeated
pub fn sum(s: &mut Step) -> Done {
    let g = kept(s, &s.g())?;
    let dx = s.expanded_as(&g, &s.x(0));
    s.give(0, dx);
    Ok(())
}

/// y = mean x; dx = g / n, repeated
pub fn mean(s: &mut Step) -> Done {
    let (g, x, y) = (kept(s, &s.g())?, s.x(0), s.y());
    // n is how many elements of x stand for one of y; known only when it runs.
    let (all, few) = (s.op("Size", &[&x]), s.op("Size", &[&y]));
    let n = s.div(&all, &few);
    let n = s.as_number(&n);
    let share = s.div(&g, &n);
    let dx = s.expanded_as(&share, &x);
    s.give(0, dx);
    Ok(())
}

/// y = sqrt(sum x^2); dx = g x / y, and 0 where y is 0
pub fn l2(s: &mut Step) -> Done {
    let (g, y, zero) = (kept(s, &s.g())?, kept(s, &s.y())?, s.scalar(0.0));
    let share = s.div(&g, &y);
    let nothing = s.op("Equal", &[&y, &zero]);
    let share = s.choose(&nothing, &zero, &share);
    let dx = s.mul(&share, &s.x(0));
    s.give(0, dx);
    Ok(())
}

/// y = max x, or min; dx = g where x = y, in equal parts where several are
pub fn max(s: &mut Step) -> Done {
    let axes = axes(s)?;
    let (g, y) = (kept(s, &s.g())?, kept(s, &s.y())?);
    let equal = s.op("Equal", &[&s.x(0), &y]);
    let hits = s.as_number(&equal);
    let count = s.sum(&hits, &axes, true);
    let share = s.div(&g, &count);
    let dx = s.mul(&share, &hits);
    s.give(0, dx);
    Ok(())
}

/// The axes, none of them negative: an attribute once, an input later, all where they are not given.
fn axes(s: &Step) -> Result<Vec<i64>, String> {
    let known = s.known(&s.x(0))?;
    let given = match (s.node().ints("axes"), s.node().input(1)) {
        (Some(axes), _) => axes.to_vec(),
        (None, Some(_)) => s.fixed_ints(1).ok_or("its axes are not fixed")?,
        (None, None) => Vec::new(),
    };
    if given.is_empty() && s.node().int("noop_with_empty_axes", 0) != 0 {
        return Err("it reduces nothing".to_owned());
    }
    let all = || (0..known.rank() as i64).collect();
    Ok(if given.is_empty() { all() } else { given.iter().map(|axis| known.axis(*axis) as i64).collect() })
}

/// A value of the output's shape with the reduced axes put back, of size 1.
fn kept(s: &mut Step, value: &str) -> Result<String, String> {
    if s.node().int("keepdims", 1) != 0 {
        return Ok(value.to_owned());
    }
    let mut axes = axes(s)?;
    axes.sort_unstable();
    let axes = s.ints(&axes);
    Ok(s.op("Unsqueeze", &[value, &axes]))
}
