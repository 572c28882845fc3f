//! The tables, in Markdown.

use crate::data::{CHOOSE, SHOW, Scenario, Scored};
use crate::draws::{Combination, Decided, Seen, decide, outcomes, part, plant, positions, see};
use crate::instruments::{INSTRUMENTS, Instrument};
use distilgate::stats::{SCALE_LABEL_RESIDUAL, summary};

pub const SIZES: [f64; 3] = [0.5, 1.0, 2.0];
pub const SHARES: [f64; 4] = [0.10, 0.25, 0.50, 1.0];

/// A scorer with its scores.
pub struct Subject {
    pub scenario: Scenario,
    pub scored: Vec<Scored>,
}

impl Subject {
    fn names(&self) -> Vec<&'static str> {
        self.scored.iter().map(|s| s.name).collect()
    }

    pub fn label(&self) -> String {
        format!("{} ({})", self.scenario.scorer, self.scenario.references.join(", "))
    }
}

/// References that leave more than this of the label residual on clean collections are weak: the test does not count.
const ADEQUATE: f64 = 0.20;

/// Whether the references are adequate with these suspects, by the label residual, whatever the instrument.
fn adequate(names: &[&'static str], label_residual: &[Vec<f64>], suspects: &[&str]) -> bool {
    decide(names, label_residual, suspects, SCALE_LABEL_RESIDUAL).is_some_and(|d| d.contrast.clean <= ADEQUATE)
}

/// Rejections out of draws.
#[derive(Clone, Copy, Default)]
pub struct Share {
    hits: usize,
    of: usize,
}

impl Share {
    fn add(&mut self, hit: bool) {
        self.hits += usize::from(hit);
        self.of += 1;
    }

    fn join(self, other: Share) -> Share {
        Share { hits: self.hits + other.hits, of: self.of + other.of }
    }

    fn percent(self) -> String {
        format!("{:.1} %", 100.0 * self.hits as f64 / self.of.max(1) as f64)
    }
}

/// The prior's scale in each instrument's own units: as many of its deviations between queries as the library's scale
/// is of the label residual's, on innocent scorers of the half for choosing.
pub fn scales(subjects: &[Subject]) -> Vec<f64> {
    let spread = |instrument: Instrument| {
        let mut all: Vec<f64> = subjects
            .iter()
            .filter(|s| s.scenario.innocent && s.scenario.choose)
            .flat_map(|s| {
                let seen = see(instrument, &s.scored);
                outcomes(instrument, &seen, &positions(&s.scored, None))
            })
            .filter_map(|values| summary(&distilgate::stats::one_seed(&values)).ok())
            .map(|s| s.query_variance.sqrt())
            .collect();
        all.sort_by(f64::total_cmp);
        all[all.len() / 2]
    };
    let unit = SCALE_LABEL_RESIDUAL / spread(Instrument::LabelResidual);
    INSTRUMENTS.iter().map(|i| unit * spread(*i)).collect()
}

/// Every choice of one and of two suspects.
fn choices(of: &[&'static str]) -> Vec<Vec<&'static str>> {
    let one = of.iter().map(|a| vec![*a]);
    let two = of.iter().enumerate().flat_map(|(i, a)| of[i + 1..].iter().map(|b| vec![*a, *b]));
    one.chain(two).collect()
}

/// One instrument under the null: [choose, show, all] x [combination], passes, and the same as observed.
#[derive(Default)]
struct Null {
    rejects: [[Share; 3]; 3],
    weak: Share,
    passes: Share,
    observed: Share,
}

pub fn null(subjects: &[Subject], scales: &[f64], draws: u64) {
    println!(
        "\n| instrument | scale | observed | draws, suspects of the choosing half | of the showing half | all choices | together only | Cauchy | passes |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for (instrument, scale) in INSTRUMENTS.into_iter().zip(scales) {
        let mut found = Null::default();
        for subject in subjects.iter().filter(|s| s.scenario.innocent) {
            null_of(subject, instrument, *scale, draws, &mut found);
        }
        let [choose, show, all] = found.rejects;
        println!(
            "| {} | {scale:.3} | {} of {} | {} of {} | {} of {} | {} of {} | {} | {} | {} |",
            instrument.name(),
            found.observed.percent(),
            found.observed.of,
            choose[0].percent(),
            choose[0].of,
            show[0].percent(),
            show[0].of,
            all[0].percent(),
            all[0].of,
            all[1].percent(),
            all[2].percent(),
            found.passes.percent()
        );
    }
}

fn null_of(subject: &Subject, instrument: Instrument, scale: f64, draws: u64, found: &mut Null) {
    let (seen, names) = (see(instrument, &subject.scored), subject.names());
    let plain = see(Instrument::LabelResidual, &subject.scored);
    for draw in std::iter::once(None).chain((1..=draws).map(Some)) {
        let places = positions(&subject.scored, draw);
        let values = outcomes(instrument, &seen, &places);
        let residuals = outcomes(Instrument::LabelResidual, &plain, &places);
        for suspects in choices(&names) {
            let counts = adequate(&names, &residuals, &suspects);
            found.weak.add(!counts);
            if !counts {
                continue;
            }
            let Some(decided) = decide(&names, &values, &suspects, scale) else { continue };
            if draw.is_none() {
                found.observed.add(decided.rejects(Combination::Shared));
                continue;
            }
            let within = |half: &[&str]| suspects.iter().all(|s| half.contains(s));
            let groups = [within(&CHOOSE) && subject.scenario.choose, within(&SHOW) && !subject.scenario.choose, true];
            for (shares, _) in found.rejects.iter_mut().zip(groups).filter(|(_, counts)| *counts) {
                for (share, combination) in shares.iter_mut().zip(COMBINATIONS) {
                    share.add(decided.rejects(combination));
                }
            }
            found.passes.add(!decided.rejects(Combination::Shared) && decided.upper < 2.0 * scale);
        }
    }
}

const COMBINATIONS: [Combination; 3] = [Combination::Shared, Combination::Together, Combination::Cauchy];

/// The label residual under the null for each scorer: where false alarms come from.
pub fn null_by_scorer(subjects: &[Subject], scale: f64, draws: u64) {
    println!(
        "\n| innocent scorer (references) | b | weak references | deciding p < .05 | passes |\n|---|---|---|---|---|"
    );
    for subject in subjects.iter().filter(|s| s.scenario.innocent) {
        let mut found = Null::default();
        null_of(subject, Instrument::LabelResidual, scale, draws, &mut found);
        let b = means(&see(Instrument::LabelResidual, &subject.scored), subject);
        let all = found.rejects[2][0];
        let (weak, rejects, of) = (found.weak.percent(), all.percent(), all.of);
        println!("| {} | {b} | {weak} | {rejects} of {of} | {} |", subject.label(), found.passes.percent());
    }
}

/// The collections' coefficients.
fn means(seen: &Seen, subject: &Subject) -> String {
    let values = outcomes(Instrument::LabelResidual, seen, &positions(&subject.scored, None));
    let mean = |v: &Vec<f64>| v.iter().sum::<f64>() / v.len() as f64;
    let each = seen.collections.iter().zip(&values).map(|((name, _), v)| format!("{name} {:+.2}", mean(v)));
    each.collect::<Vec<_>>().join(", ")
}

/// Power on planted leaks: a cell for each size, share, and one or both of two suspects.
pub fn planted(subjects: &[Subject], scales: &[f64], draws: u64) {
    for (half, of) in [("choosing", CHOOSE), ("showing", SHOW)] {
        println!("\n### Planted leaks, {half} half\n");
        println!(
            "| instrument | m | in | 10 % | 25 % | 50 % | 100 % | mean | together only | Cauchy |\n|---|---|---|---|---|---|---|---|---|---|"
        );
        for (instrument, scale) in INSTRUMENTS.into_iter().zip(scales) {
            let innocent = |s: &&Subject| s.scenario.innocent && s.scenario.choose == (half == "choosing");
            let subjects: Vec<&Subject> = subjects.iter().filter(innocent).collect();
            planted_rows(instrument, *scale, &subjects, &of, draws);
        }
    }
}

fn planted_rows(instrument: Instrument, scale: f64, subjects: &[&Subject], of: &[&'static str], draws: u64) {
    let mut total = [Share::default(); 3];
    for m in SIZES {
        for both in [true, false] {
            let mut row = [Share::default(); 3];
            let cells: Vec<String> = SHARES
                .iter()
                .map(|share| {
                    let mut cell = [Share::default(); 3];
                    for subject in subjects {
                        planted_cell(subject, instrument, scale, (m, *share, both), of, draws, &mut cell);
                    }
                    row.iter_mut().zip(cell).for_each(|(row, cell)| *row = row.join(cell));
                    cell[0].percent()
                })
                .collect();
            total.iter_mut().zip(row).for_each(|(total, row)| *total = total.join(row));
            let place = if both { "both" } else { "one of two" };
            let [shared, together, cauchy] = row.map(Share::percent);
            println!(
                "| {} | {m} | {place} | {} | {shared} | {together} | {cauchy} |",
                instrument.name(),
                cells.join(" | ")
            );
        }
    }
    let [shared, together, cauchy] = total.map(Share::percent);
    println!("| **{}** | all | | | | | | **{shared}** of {} | {together} | {cauchy} |", instrument.name(), total[0].of);
}

fn planted_cell(
    subject: &Subject,
    instrument: Instrument,
    scale: f64,
    (m, share, both): (f64, f64, bool),
    of: &[&'static str],
    draws: u64,
    cell: &mut [Share; 3],
) {
    let names = subject.names();
    let (innocent, leaky) = (see(instrument, &subject.scored), see(instrument, &plant(&subject.scored, of, m, share)));
    let plain = see(Instrument::LabelResidual, &subject.scored);
    for draw in 1..=draws {
        let places = positions(&subject.scored, Some(draw));
        let (clean, told) = (outcomes(instrument, &innocent, &places), outcomes(instrument, &leaky, &places));
        // The clean collections hold no leak, so that adequacy is the innocent scorer's.
        let residuals = outcomes(Instrument::LabelResidual, &plain, &places);
        let there = |s: &&Vec<&'static str>| s.len() == 2 && s.iter().all(|s| names.contains(s));
        for suspects in choices(of).iter().filter(there).filter(|s| adequate(&names, &residuals, s)) {
            // In one of two it is each of them in turn: in the first under even draws, in the second under odd ones.
            let leaks =
                |name: &str| if both { suspects.contains(&name) } else { suspects[(draw % 2) as usize] == name };
            let values: Vec<Vec<f64>> =
                (0..names.len()).map(|c| if leaks(names[c]) { told[c].clone() } else { clean[c].clone() }).collect();
            if let Some(decided) = decide(&names, &values, suspects, scale) {
                cell.iter_mut().zip(COMBINATIONS).for_each(|(share, c)| share.add(decided.rejects(c)));
            }
        }
    }
}

/// Teachers that were trained on test judgements.
pub fn trained(subjects: &[Subject], scales: &[f64], draws: u64) {
    println!(
        "\n| teacher (references) | half | instrument | clean | delta, 90 % interval | deciding p, by | power | together only | Cauchy |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for subject in subjects.iter().filter(|s| !s.scenario.innocent) {
        for (instrument, scale) in INSTRUMENTS.into_iter().zip(scales) {
            trained_row(subject, instrument, *scale, draws);
        }
    }
}

fn trained_row(subject: &Subject, instrument: Instrument, scale: f64, draws: u64) {
    let (seen, names) = (see(instrument, &subject.scored), subject.names());
    let suspects: Vec<&str> = subject.scenario.suspects.iter().map(String::as_str).collect();
    let audit = |seed| -> Option<Decided> {
        let values = outcomes(instrument, &seen, &positions(&subject.scored, seed));
        decide(&names, &values, &suspects, scale)
    };
    let Some(observed) = audit(None) else { return };
    let mut power = [Share::default(); 3];
    for decided in (1..=draws).filter_map(|seed| audit(Some(seed))) {
        power.iter_mut().zip(COMBINATIONS).for_each(|(share, c)| share.add(decided.rejects(c)));
    }
    let together = observed.contrast.together;
    println!(
        "| {} | {} | {} | {:+.3} | {:+.3} [{:.3}, {:.3}] | {:.4}, {} | {} of {} | {} | {} |",
        subject.label(),
        if subject.scenario.choose { "choosing" } else { "showing" },
        instrument.name(),
        observed.contrast.clean,
        together.delta,
        together.lower,
        together.upper,
        observed.p[0],
        part(&observed),
        power[0].percent(),
        power[0].of,
        power[1].percent(),
        power[2].percent()
    );
}
