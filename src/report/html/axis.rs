//! A scale from numbers to places on a plot, with round marks.

/// A scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl Axis {
    /// A scale that holds all finite numbers of `values`, from the place `from` to the place `to`.
    pub fn over(values: impl Iterator<Item = f64>, from: f64, to: f64) -> Axis {
        let (low, high) = values
            .filter(|value| value.is_finite())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
        let (low, high) = if low <= high { (low, high) } else { (0.0, 1.0) };
        let room = if high > low { 0.04 * (high - low) } else { 0.5 };
        Axis { low: low - room, high: high + room, from, to }
    }

    /// Where a number lies; at the end nearest to it where it lies outside.
    pub fn place(&self, value: f64) -> f64 {
        let share = if value.is_nan() { 0.0 } else { ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0) };
        self.from + share * (self.to - self.from)
    }

    /// Round numbers on the scale, at most `most` and one more.
    pub fn marks(&self, most: usize) -> Vec<f64> {
        let rough = (self.high - self.low) / most.max(1) as f64;
        let power = 10f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].map(|n| n * power).into_iter().find(|step| *step >= rough).unwrap_or(rough);
        let (first, last) = ((self.low / step).ceil() as i64, (self.high / step).floor() as i64);
        (first..=last).take(most + 2).map(|n| n as f64 * step).collect()
    }
}

/// A number on an axis: as many digits as it needs, at most three.
pub fn mark(value: f64) -> String {
    let text = format!("{:+.3}", value + 0.0);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "+" || text == "-" || text == "+0" || text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// A place on a plot.
pub fn at(place: f64) -> String {
    format!("{place:.1}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_round_and_few() {
        let axis = Axis::over([-0.031, 0.124].into_iter(), 0.0, 100.0);
        let marks: Vec<String> = axis.marks(4).into_iter().map(mark).collect();
        assert_eq!(marks, ["0", "+0.05", "+0.1"]);
    }

    #[test]
    fn odd_numbers_do_not_break_a_scale() {
        for values in [vec![], vec![f64::NAN], vec![0.5], vec![f64::INFINITY, 1.0]] {
            let axis = Axis::over(values.into_iter(), 0.0, 100.0);
            assert!(axis.place(f64::NAN).is_finite() && axis.place(f64::INFINITY) == 100.0);
            assert!(axis.marks(4).len() <= 6);
        }
    }
}
