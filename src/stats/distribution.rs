//! The normal and Student's t distribution, as the tests need them.
//!
//! Far tails are computed directly (`erfc`, the incomplete beta function), never as one minus the other tail, so
//! that a p of 1e-30 keeps its digits. Nothing here panics: arguments are checked where the user's numbers enter.

use statrs::function::beta::checked_beta_reg;
use statrs::function::erf::erfc_inv;
use std::f64::consts::{PI, SQRT_2};

/// Squares of t below this are near the middle: at least 1 % lies beyond, whatever the degrees of freedom.
const NEAR_THE_MIDDLE: f64 = 6.0;

/// P(X <= x) of a standard normal X.
pub(super) fn normal_cdf(x: f64) -> f64 {
    // Not statrs' erfc: the constants of its pieces are cut after ten digits, which costs five digits (5e-11).
    0.5 * libm::erfc(-x / SQRT_2)
}

/// Density of a standard normal at `x`.
pub(super) fn normal_pdf(x: f64) -> f64 {
    (-0.5 * x * x).exp() / (2.0 * PI).sqrt()
}

/// The x with P(X <= x) = p of a standard normal X, for 0 < p < 1.
pub fn normal_quantile(p: f64) -> f64 {
    -SQRT_2 * erfc_inv(2.0 * p)
}

/// P(T > t) of Student's t with `df` > 0 degrees of freedom.
pub(super) fn t_sf(t: f64, df: f64) -> f64 {
    // P(|T| > t) = I(df / (df + t^2); df / 2, 1 / 2), Abramowitz and Stegun 26.7.1 and 26.5.27. Near the middle that
    // argument is too close to one to keep its digits; there I(x; a, b) = 1 - I(1 - x; b, a), which is far from zero.
    let square = t * t;
    let two_sided = if square < NEAR_THE_MIDDLE {
        1.0 - incomplete_beta(0.5, df / 2.0, square / (df + square))
    } else {
        incomplete_beta(df / 2.0, 0.5, df / (df + square))
    };
    if t >= 0.0 { 0.5 * two_sided } else { 1.0 - 0.5 * two_sided }
}

/// The t with P(T > t) = `alpha`, for 0 < `alpha` <= 0.5 and `df` > 0.
///
/// By bisection: it is called a few times per test, always ends, and is exact to the last digits, which Newton on
/// the incomplete beta function is not for extreme arguments.
pub(super) fn t_upper_quantile(alpha: f64, df: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    while t_sf(high, df) > alpha && high < f64::MAX / 4.0 {
        (low, high) = (high, 2.0 * high);
    }
    loop {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            return middle;
        }
        if t_sf(middle, df) > alpha { low = middle } else { high = middle }
    }
}

/// The regularised incomplete beta function; NaN outside its domain.
pub(super) fn incomplete_beta(a: f64, b: f64, x: f64) -> f64 {
    checked_beta_reg(a, b, x).unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64, relative: f64) {
        assert!((found - expected).abs() <= relative * expected.abs(), "{found:e} is not {expected:e}");
    }

    /// Independent values: mpmath 1.3, 30 digits (`ncdf`, `erfinv`).
    #[test]
    fn the_normal_distribution_agrees_with_mpmath() {
        for (x, p) in NORMAL_CDF {
            close(normal_cdf(x), p, 2e-13);
        }
        for (p, x) in NORMAL_QUANTILE {
            close(normal_quantile(p), x, 1e-14);
        }
    }

    /// Independent values: mpmath 1.3, the density integrated with 30 digits.
    #[test]
    fn the_tails_of_t_agree_with_mpmath() {
        for (t, df, p) in T_SF {
            close(t_sf(t, df), p, 1e-11);
            close(t_sf(-t, df), 1.0 - p, 1e-11);
        }
    }

    #[test]
    fn a_quantile_of_t_is_where_its_tail_begins() {
        for df in [1.0, 2.0, 3.0, 5.7, 57.3, 1e4, 1e6] {
            for alpha in [1e-9, 0.3 * 0.05 / 8.0, 0.05, 0.35, 0.5] {
                close(t_sf(t_upper_quantile(alpha, df), df), alpha, 1e-10);
            }
        }
        close(t_upper_quantile(0.05, 1.0), 6.313751514675044, 1e-13); // tan(0.45 pi)
    }

    const NORMAL_CDF: [(f64, f64); 6] = [
        (-37.0, 5.725571222524577e-300),
        (-10.0, 7.619853024160525e-24),
        (-1.5, 0.06680720126885807),
        (0.0, 0.5),
        (0.7, 0.758036347776927),
        (5.0, 0.9999997133484281),
    ];
    const NORMAL_QUANTILE: [(f64, f64); 5] = [
        (1e-12, -7.034483825301132),
        (0.015, -2.1700903775845606),
        (0.05, -1.6448536269514726),
        (0.8, 0.8416212335729144),
        (0.995, 2.5758293035489004),
    ];
    const T_SF: [(f64, f64, f64); 9] = [
        (0.01, 1.0, 0.49681700723509176),
        (100000.0, 1.0, 3.1830988617318035e-06),
        (1.7, 3.0, 0.09384532077670504),
        (30.0, 5.7, 8.548131355648343e-08),
        (0.3, 9.0, 0.38549535187076245),
        (4.0, 57.3, 9.186179261265426e-05),
        (12.0, 150.0, 5.559043277216833e-24),
        (8.0, 300.0, 1.3675076950769211e-14),
        (2.2, 3000.0, 0.013941442420347207),
    ];
}
