//! The interval that a decision rests on. Where the clean collections differ by more than the prior expects, the one without
//! the prior counts as well, and the wider end of both decides.

use super::v1::{Contrast, Difference, Outcome};
use crate::checks::wording::{ends, p_value, signed};

/// The interval of all suspects together that decides, where it is another one than that with the prior.
pub fn of_all(contrast: &Contrast) -> Option<(f64, f64)> {
    of(contrast, &contrast.together)
}

/// The same of one difference: the wider end of both intervals on either side, where the prior is contradicted.
pub fn of(contrast: &Contrast, difference: &Difference) -> Option<(f64, f64)> {
    let d = difference;
    contrast.prior_contradicted.then(|| (d.lower.min(d.lower_without_prior), d.upper.max(d.upper_without_prior)))
}

/// The upper end that a pass rests on.
pub fn upper(contrast: &Contrast) -> f64 {
    of_all(contrast).map_or(contrast.together.upper, |(_, upper)| upper)
}

/// Whether some outcome is decided by another interval than that with the prior, so that a table needs a column for it.
pub fn is_wider(outcomes: &[Outcome]) -> bool {
    let mut deciding =
        outcomes.iter().filter(|outcome| outcome.decides).filter_map(|outcome| outcome.contrast.as_ref());
    deciding.any(|contrast| contrast.prior_contradicted)
}

/// The numbers of an outcome in a table: the clean mean, suspect minus clean, its interval, the one that decides where
/// the table has a column for it, and the p. Dashes where nothing was compared, or does not decide.
pub fn numbers(outcome: &Outcome, is_wider: bool) -> impl Iterator<Item = String> {
    let numbers = outcome.contrast.as_ref().map_or([const { None }; 5], |c| {
        let interval = (c.together.lower, c.together.upper);
        let decides = outcome.decides.then(|| of_all(c).unwrap_or(interval));
        [
            Some(signed(c.clean)),
            Some(signed(c.together.delta)),
            Some(ends(interval.0, interval.1)),
            decides.map(|(lower, upper)| ends(lower, upper)),
            Some(p_value(c.deciding_p)),
        ]
    });
    let shown = numbers.into_iter().enumerate().filter(move |(place, _)| is_wider || *place != 3);
    shown.map(|(_, number)| number.unwrap_or_else(|| "-".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contrast(prior_contradicted: bool, with: (f64, f64), without: (f64, f64)) -> Contrast {
        let together = Difference {
            delta: 0.0,
            sd: 0.1,
            p: 0.5,
            lower: with.0,
            upper: with.1,
            minimum_detectable: 0.2,
            p_without_prior: 0.5,
            lower_without_prior: without.0,
            upper_without_prior: without.1,
        };
        Contrast {
            clean: 0.0,
            tau: 0.0,
            tau_without_prior: 0.0,
            scale: 0.0,
            prior_contradicted,
            together,
            alone: std::collections::BTreeMap::new(),
            deciding_p: 0.5,
            decided_on: None,
            decided_without_prior: false,
        }
    }

    #[test]
    fn the_wider_end_decides_where_the_prior_is_contradicted() {
        let contradicted = contrast(true, (-0.1, 0.2), (-0.05, 0.3));
        assert_eq!(of_all(&contradicted), Some((-0.1, 0.3)));
        assert_eq!(upper(&contradicted), 0.3);
        let in_line = contrast(false, (-0.1, 0.2), (-0.05, 0.3));
        assert_eq!((of_all(&in_line), upper(&in_line)), (None, 0.2));
    }
}
