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

/// The suspect collection that a rejection rests on, where it is one alone, and its difference. A pass never rests on one:
/// its bound is that of all together.
pub fn rests_on(outcome: &Outcome) -> Option<(&str, &Difference)> {
    let contrast = outcome.contrast.as_ref().filter(|_| outcome.rejects)?;
    let name = contrast.decided_on.as_ref()?;
    Some((name, contrast.alone.get(name)?))
}

/// The p that decides, with the collection that it belongs to where that is one alone and `beside` is not about it.
pub fn p(contrast: &Contrast, beside: Option<&str>) -> String {
    let of = contrast.decided_on.as_deref().filter(|name| beside != Some(name));
    p_value(contrast.deciding_p) + &of.map(|name| format!(" ({name})")).unwrap_or_default()
}

/// Whether some outcome is decided by another interval than that with the prior, so that a table needs a column for it.
pub fn is_wider(outcomes: &[Outcome]) -> bool {
    let mut deciding =
        outcomes.iter().filter(|outcome| outcome.decides).filter_map(|outcome| outcome.contrast.as_ref());
    deciding.any(|contrast| contrast.prior_contradicted)
}

/// The numbers of an outcome in a table: the clean mean, suspect minus clean, its interval, the one that decides where
/// the table has a column for it, and the p. They are those of all suspects together, or of the one that a rejection rests on,
/// which is named. Dashes where nothing was compared, or does not decide.
pub fn numbers(outcome: &Outcome, is_wider: bool) -> impl Iterator<Item = String> {
    let numbers = outcome.contrast.as_ref().map_or([const { None }; 5], |c| {
        let (on, d) = rests_on(outcome).map_or((None, &c.together), |(name, d)| (Some(name), d));
        let interval = (d.lower, d.upper);
        let decides = outcome.decides.then(|| of(c, d).unwrap_or(interval));
        [
            Some(signed(c.clean)),
            Some(signed(d.delta) + &on.map(|name| format!(" ({name})")).unwrap_or_default()),
            Some(ends(interval.0, interval.1)),
            decides.map(|(lower, upper)| ends(lower, upper)),
            Some(p(c, on)),
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
    fn a_row_is_about_the_collection_that_a_rejection_rests_on() {
        let mut report = crate::report::tests::honest();
        let row = |outcome: &Outcome| numbers(outcome, true).skip(1).collect::<Vec<_>>();
        let outcome = report.outcomes.iter_mut().find(|outcome| outcome.decides).unwrap();
        let mut both = contrast(true, (-0.022, 0.044), (-0.05, 0.3));
        both.together.delta = 0.012;
        let museum = contrast(true, (0.1, 0.2), (0.08, 0.25)).together;
        both.alone = [("museum", museum), ("other", both.together.clone())].map(|(n, d)| (n.to_owned(), d)).into();
        (both.deciding_p, both.decided_on) = (0.001, Some("museum".to_owned()));
        both.alone.get_mut("museum").unwrap().delta = 0.15;
        (outcome.rejects, outcome.contrast) = (true, Some(both));
        assert_eq!(row(outcome), ["+0.150 (museum)", "[+0.100, +0.200]", "[+0.080, +0.250]", "p = 0.0010"]);
        // A pass rests on all together; only the p is that of one.
        outcome.rejects = false;
        assert_eq!(row(outcome), ["+0.012", "[-0.022, +0.044]", "[-0.050, +0.300]", "p = 0.0010 (museum)"]);
        outcome.contrast.as_mut().unwrap().decided_on = None;
        outcome.rejects = true;
        assert_eq!(row(outcome), ["+0.012", "[-0.022, +0.044]", "[-0.050, +0.300]", "p = 0.0010"]);
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
