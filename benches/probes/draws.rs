//! Resampled audits: queries drawn anew within each collection, and what the contrast then decides.

use crate::data::Scored;
use crate::instruments::{Instrument, Prepared};
use distilgate::stats::{Contrast, ContrastSettings, Part, Role, Sample, contrast, one_seed};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A scorer on every collection, as one instrument sees it.
pub struct Seen {
    pub collections: Vec<(&'static str, Vec<Option<Prepared>>)>,
}

pub fn see(instrument: Instrument, scored: &[Scored]) -> Seen {
    let one = |s: &Scored| (s.name, s.queries.iter().map(|q| instrument.prepare(q)).collect());
    Seen { collections: scored.iter().map(one).collect() }
}

/// Positions of queries for each collection: as they are (`None`), or drawn with replacement under a seed.
pub fn positions(scored: &[Scored], seed: Option<u64>) -> Vec<Vec<usize>> {
    let draw = |(stream, s): (usize, &Scored)| {
        let n = s.queries.len();
        let Some(seed) = seed else { return (0..n).collect() };
        let mut chance = ChaCha8Rng::seed_from_u64(seed);
        chance.set_stream(stream as u64);
        // Fewer than 2^7 queries out of 2^64: the remainder's bias is nothing.
        (0..n).map(|_| (chance.next_u64() % n as u64) as usize).collect()
    };
    scored.iter().enumerate().map(draw).collect()
}

/// Each collection's outcomes under these positions.
pub fn outcomes(instrument: Instrument, seen: &Seen, positions: &[Vec<usize>]) -> Vec<Vec<f64>> {
    let one = |((_, queries), places): (&(&'static str, Vec<Option<Prepared>>), &Vec<usize>)| {
        let drawn: Vec<&Prepared> = places.iter().filter_map(|&q| queries[q].as_ref()).collect();
        instrument.outcomes(&drawn)
    };
    seen.collections.iter().zip(positions).map(one).collect()
}

/// How the suspects together and each alone become one p.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Combination {
    /// As the library has it: 0.7 of alpha for all together, the rest for each alone.
    Shared,
    /// All together, and nothing else.
    Together,
    /// Liu and Xie (2020), "Cauchy combination test": the mean of the Cauchy scores of all of them.
    Cauchy,
}

/// What one audit says.
#[derive(Clone, Debug)]
pub struct Decided {
    pub contrast: Contrast,
    /// The deciding p under each combination, in the order of the enum.
    pub p: [f64; 3],
    /// The upper bound that a pass rests on.
    pub upper: f64,
}

impl Decided {
    pub fn rejects(&self, combination: Combination) -> bool {
        self.p[combination as usize] < 0.05
    }
}

/// The contrast of these outcomes with some collections suspect; none where too few queries are left.
pub fn decide(names: &[&'static str], outcomes: &[Vec<f64>], suspects: &[&str], scale: f64) -> Option<Decided> {
    let samples: Vec<Sample> = names
        .iter()
        .zip(outcomes)
        .filter(|(_, values)| values.len() >= 10)
        .map(|(name, values)| Sample {
            name: (*name).to_owned(),
            role: if suspects.contains(name) { Role::Suspect } else { Role::Clean },
            values: one_seed(values),
        })
        .collect();
    if samples.iter().filter(|s| s.role == Role::Suspect).count() < suspects.len() {
        return None;
    }
    let contrast = contrast(&samples, &ContrastSettings::with_scale(scale)).ok()?;
    let careful = |d: &distilgate::stats::Difference| match contrast.prior_contradicted {
        true => (d.p.max(d.without_prior.p), d.upper.max(d.without_prior.upper)),
        false => (d.p, d.upper),
    };
    let (together, upper) = careful(&contrast.together);
    let alone: Vec<f64> = contrast.alone.iter().map(|a| careful(&a.difference).0).collect();
    let cauchy = if alone.len() < 2 { together } else { cauchy(&[alone, vec![together]].concat()) };
    let p = [contrast.deciding_p, together, cauchy];
    Some(Decided { contrast, p, upper })
}

fn cauchy(p: &[f64]) -> f64 {
    use std::f64::consts::PI;
    let score = |p: f64| ((0.5 - p.clamp(1e-15, 1.0 - 1e-15)) * PI).tan();
    let mean = p.iter().map(|p| score(*p)).sum::<f64>() / p.len() as f64;
    0.5 - mean.atan() / PI
}

/// The part that decided, in words.
pub fn part(decided: &Decided) -> &str {
    match &decided.contrast.decided_by.part {
        Part::Together => "together",
        Part::Alone(name) => name,
    }
}

/// Adds `m` standard deviations of a query's scores to a share of its relevant documents in the suspect collections.
pub fn plant(scored: &[Scored], suspects: &[&str], m: f64, share: f64) -> Vec<Scored> {
    let mut leaky = scored.to_vec();
    for (stream, collection) in leaky.iter_mut().enumerate().filter(|(_, c)| suspects.contains(&c.name)) {
        let mut chance = ChaCha8Rng::seed_from_u64(99);
        chance.set_stream(stream as u64);
        for query in &mut collection.queries {
            let n = query.score.len() as f64;
            let mean = query.score.iter().sum::<f64>() / n;
            let sd = (query.score.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n).sqrt();
            for (score, relevant) in query.score.iter_mut().zip(&query.relevant) {
                // Drawn for every document, so that a larger share holds the smaller one's pairs.
                let chosen = (chance.next_u64() as f64 / u64::MAX as f64) < share;
                if *relevant && chosen {
                    *score += m * sd;
                }
            }
        }
    }
    leaky
}
