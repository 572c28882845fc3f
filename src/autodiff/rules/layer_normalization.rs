//! `LayerNormalization` (Ba, Kiros, Hinton, arXiv 1607.06450), with its closed gradient.

use super::Done;
use crate::autodiff::step::Step;

/// y = h gamma + beta, h = (x - mean) / sd; with gh = g gamma:
/// dx = (gh - mean(gh) - h mean(gh h)) / sd, dgamma = sum(g h), dbeta = sum g
///
/// The node itself is asked for the mean and for 1 / sd, its optional outputs.
pub fn layer_normalization(s: &mut Step) -> Done {
    let (x, gamma, g) = (s.x(0), s.x(1), s.g());
    let known = s.known(&x)?;
    let axes: Vec<i64> = (known.axis(s.node().int("axis", -1)) as i64..known.rank() as i64).collect();
    let (mean, inverse) = (s.further_output(1), s.further_output(2));
    let centred = s.sub(&x, &mean);
    let h = s.mul(&centred, &inverse);
    if s.wants(1) {
        let gh = s.mul(&g, &h);
        s.give_summed(1, gh)?;
    }
    if s.wants(2) {
        s.give_summed(2, g.clone())?;
    }
    if s.wants(0) {
        let gh = s.mul(&g, &gamma);
        let mean_gh = s.mean(&gh, &axes);
        let product = s.mul(&gh, &h);
        let mean_product = s.mean(&product, &axes);
        let along = s.mul(&h, &mean_product);
        let rest = s.sub(&gh, &mean_gh);
        let rest = s.sub(&rest, &along);
        let dx = s.mul(&rest, &inverse);
        s.give(0, dx);
    }
    Ok(())
}
