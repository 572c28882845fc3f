//! Operators that work element by element.
//!
//! Inputs that were broadcast get the sum of the gradient over what they were repeated for; that is written once, in
//! [`Step::give_summed`].

use super::Done;
use crate::autodiff::step::Step;
use std::f32::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI};

/// ln(1 / sqrt(2 pi)): the density of the normal distribution is exp(this - x^2 / 2).
const LN_INV_SQRT_TAU: f32 = -0.918_938_5;

/// y = a + b; da = g, db = g
pub fn add(s: &mut Step) -> Done {
    sum(s)
}

/// y = x1 + x2 + ...; dxi = g
pub fn sum(s: &mut Step) -> Done {
    for index in 0..s.node().inputs.len() {
        if s.wants(index) {
            let g = s.g();
            s.give_summed(index, g)?;
        }
    }
    Ok(())
}

/// y = a - b; da = g, db = -g
pub fn sub(s: &mut Step) -> Done {
    let g = s.g();
    if s.wants(0) {
        s.give_summed(0, g.clone())?;
    }
    if s.wants(1) {
        let summed = s.summed(&g, &s.y(), &s.x(1))?;
        let db = s.neg(&summed);
        s.give(1, db);
    }
    Ok(())
}

/// y = a b; da = g b, db = g a
pub fn mul(s: &mut Step) -> Done {
    for (index, other) in [(0, 1), (1, 0)] {
        if s.wants(index) {
            let d = s.mul(&s.g(), &s.x(other));
            s.give_summed(index, d)?;
        }
    }
    Ok(())
}

/// y = a / b; da = g / b, db = -(g / b) y
pub fn div(s: &mut Step) -> Done {
    let q = s.div(&s.g(), &s.x(1));
    if s.wants(0) {
        s.give_summed(0, q.clone())?;
    }
    if s.wants(1) {
        let qy = s.mul(&q, &s.y());
        let summed = s.summed(&qy, &s.y(), &s.x(1))?;
        let db = s.neg(&summed);
        s.give(1, db);
    }
    Ok(())
}

/// y = x; dx = g
pub fn identity(s: &mut Step) -> Done {
    let g = s.g();
    s.give(0, g);
    Ok(())
}

/// As the identity: a graph for inference drops nothing.
pub fn dropout(s: &mut Step) -> Done {
    if s.node().input(2).is_some() && s.g_of(1).is_some() {
        return Err("it is in training mode".to_owned());
    }
    identity(s)
}

/// y = x in another type; dx = g in the type of x, and nothing where one of the two is no real number
pub fn cast(s: &mut Step) -> Done {
    let known = s.known(&s.x(0))?;
    let (element, real) = (known.element, known.is_real());
    if real && s.known(&s.y())?.is_real() {
        let back = crate::autodiff::graph::Node::new("Cast", &[&s.g()], &[]).with("to", i64::from(element as i32));
        let dx = s.emit(back);
        s.give(0, dx);
    }
    Ok(())
}

/// y = -x; dx = -g
pub fn neg(s: &mut Step) -> Done {
    let dx = s.neg(&s.g());
    s.give(0, dx);
    Ok(())
}

/// y = |x|; dx = g sign(x), which is 0 at 0
pub fn abs(s: &mut Step) -> Done {
    let sign = s.op("Sign", &[&s.x(0)]);
    times(s, &sign)
}

/// y = e^x; dx = g y
pub fn exp(s: &mut Step) -> Done {
    let y = s.y();
    times(s, &y)
}

/// y = ln x; dx = g / x
pub fn log(s: &mut Step) -> Done {
    let dx = s.div(&s.g(), &s.x(0));
    s.give(0, dx);
    Ok(())
}

/// y = sqrt x; dx = g / (2 y), infinite at 0 as the derivative is
pub fn sqrt(s: &mut Step) -> Done {
    let half = s.scale(&s.g(), 0.5);
    let dx = s.div(&half, &s.y());
    s.give(0, dx);
    Ok(())
}

/// y = 1 / x; dx = -g y^2
pub fn reciprocal(s: &mut Step) -> Done {
    let square = s.mul(&s.y(), &s.y());
    let d = s.neg(&square);
    times(s, &d)
}

/// y = sin x; dx = g cos x
pub fn sin(s: &mut Step) -> Done {
    let cos = s.op("Cos", &[&s.x(0)]);
    times(s, &cos)
}

/// y = cos x; dx = -g sin x
pub fn cos(s: &mut Step) -> Done {
    let sin = s.op("Sin", &[&s.x(0)]);
    let d = s.neg(&sin);
    times(s, &d)
}

/// y = tanh x; dx = g (1 - y^2)
pub fn tanh(s: &mut Step) -> Done {
    let square = s.mul(&s.y(), &s.y());
    let one = s.scalar(1.0);
    let d = s.sub(&one, &square);
    times(s, &d)
}

/// y = 1 / (1 + e^-x); dx = g y (1 - y)
pub fn sigmoid(s: &mut Step) -> Done {
    let one = s.scalar(1.0);
    let rest = s.sub(&one, &s.y());
    let d = s.mul(&s.y(), &rest);
    times(s, &d)
}

/// y = ln(1 + e^x); dx = g / (1 + e^-x)
pub fn softplus(s: &mut Step) -> Done {
    let d = s.op("Sigmoid", &[&s.x(0)]);
    times(s, &d)
}

/// y = x^p with a p that does not depend on what is differentiated; dx = g p x^(p-1)
pub fn pow(s: &mut Step) -> Done {
    if s.wants(1) {
        return Err("the exponent depends on a weight".to_owned());
    }
    let d = match s.fixed_scalar(1) {
        Some(2.0) => s.scale(&s.x(0), 2.0),
        Some(p) => {
            let less = s.scalar(p - 1.0);
            let power = s.op("Pow", &[&s.x(0), &less]);
            s.scale(&power, p)
        }
        None => {
            let one = s.scalar(1.0);
            let less = s.sub(&s.x(1), &one);
            let power = s.op("Pow", &[&s.x(0), &less]);
            s.mul(&power, &s.x(1))
        }
    };
    let dx = s.mul(&s.g(), &d);
    s.give_summed(0, dx)
}

/// y = erf x; dx = g (2 / sqrt pi) e^(-x^2)
pub fn erf(s: &mut Step) -> Done {
    let square = s.mul(&s.x(0), &s.x(0));
    let negative = s.neg(&square);
    let bell = s.op("Exp", &[&negative]);
    let d = s.scale(&bell, FRAC_2_SQRT_PI);
    times(s, &d)
}

/// y = x P(x) with P the normal distribution; dx = g (P + x p) with its density p. With `approximate = "tanh"`:
/// y = x (1 + tanh u) / 2, u = sqrt(2 / pi) (x + 0.044715 x^3); dx = g ((1 + t) / 2 + x (1 - t^2) u' / 2)
pub fn gelu(s: &mut Step) -> Done {
    if s.node().text("approximate") == Some("tanh") {
        return gelu_tanh(s);
    }
    let (x, half) = (s.x(0), s.scalar(0.5));
    let u = s.scale(&x, FRAC_1_SQRT_2);
    let erf = s.op("Erf", &[&u]);
    let p = s.scale(&erf, 0.5);
    let p = s.add(&p, &half);
    // u^2 = x^2 / 2, and the constant inside the exponential saves a pass over the values.
    let square = s.mul(&u, &u);
    let constant = s.scalar(LN_INV_SQRT_TAU);
    let exponent = s.sub(&constant, &square);
    let density = s.op("Exp", &[&exponent]);
    let slope = s.mul(&x, &density);
    let d = s.add(&p, &slope);
    times(s, &d)
}

fn gelu_tanh(s: &mut Step) -> Done {
    const C: f32 = 0.797_884_6; // sqrt(2 / pi)
    let (x, one) = (s.x(0), s.scalar(1.0));
    let square = s.mul(&x, &x);
    let inner = s.scale(&square, 0.044_715 * C);
    let c = s.scalar(C);
    let factor = s.add(&inner, &c);
    let u = s.mul(&x, &factor);
    let t = s.op("Tanh", &[&u]);
    let inner = s.scale(&square, 3.0 * 0.044_715 * C);
    let du = s.add(&inner, &c);
    let t2 = s.mul(&t, &t);
    let sech = s.sub(&one, &t2);
    let slope = s.mul(&sech, &du);
    let slope = s.mul(&slope, &x);
    let level = s.add(&t, &one);
    let both = s.add(&level, &slope);
    let d = s.scale(&both, 0.5);
    times(s, &d)
}

/// y = max(x, 0); dx = g where x > 0, elsewhere 0; at 0 it is 0
pub fn relu(s: &mut Step) -> Done {
    let zero = s.scalar(0.0);
    let positive = s.op("Greater", &[&s.x(0), &zero]);
    let dx = s.choose(&positive, &s.g(), &zero);
    s.give(0, dx);
    Ok(())
}

/// y = x where x > 0, elsewhere a x; dx = g or a g
pub fn leaky_relu(s: &mut Step) -> Done {
    let zero = s.scalar(0.0);
    let alpha = s.node().float("alpha", 0.01);
    let positive = s.op("Greater", &[&s.x(0), &zero]);
    let less = s.scale(&s.g(), alpha);
    let dx = s.choose(&positive, &s.g(), &less);
    s.give(0, dx);
    Ok(())
}

/// y = min(max(x, low), high); dx = g where low <= x <= high, elsewhere 0, as PyTorch has it
pub fn clip(s: &mut Step) -> Done {
    if s.wants(1) || s.wants(2) {
        return Err("a bound depends on a weight".to_owned());
    }
    let zero = s.scalar(0.0);
    let mut dx = s.g();
    for (bound, comparison) in [(1, "GreaterOrEqual"), (2, "LessOrEqual")] {
        if s.node().input(bound).is_some() {
            let inside = s.op(comparison, &[&s.x(0), &s.x(bound)]);
            dx = s.choose(&inside, &dx, &zero);
        }
    }
    s.give(0, dx);
    Ok(())
}

/// y = max(x1, x2, ...) or min; dxi = g where xi = y, in equal parts where several are
pub fn max(s: &mut Step) -> Done {
    let mut hits = Vec::new();
    for index in 0..s.node().inputs.len() {
        let equal = s.op("Equal", &[&s.x(index), &s.y()]);
        hits.push(s.as_number(&equal));
    }
    let mut count = hits[0].clone();
    for hit in &hits[1..] {
        count = s.add(&count, hit);
    }
    let share = s.div(&s.g(), &count);
    for (index, hit) in hits.iter().enumerate() {
        if s.wants(index) {
            let dx = s.mul(&share, hit);
            s.give_summed(index, dx)?;
        }
    }
    Ok(())
}

/// y = a where c, elsewhere b; da = g where c, elsewhere 0; db the other way round
pub fn choose(s: &mut Step) -> Done {
    let (c, g, zero) = (s.x(0), s.g(), s.scalar(0.0));
    if s.wants(1) {
        let da = s.choose(&c, &g, &zero);
        s.give_summed(1, da)?;
    }
    if s.wants(2) {
        let db = s.choose(&c, &zero, &g);
        s.give_summed(2, db)?;
    }
    Ok(())
}

/// dx = g d, for operators with one input
fn times(s: &mut Step, d: &str) -> Done {
    let dx = s.mul(&s.g(), d);
    s.give(0, dx);
    Ok(())
}
