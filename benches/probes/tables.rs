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
    /// The suspects of the false alarms among the observed.
    alarms: Vec<String>,
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
                if decided.rejects(Combination::Shared) {
                    found.alarms.push(suspects.join("+"));
                }
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
        "\n| innocent scorer (references) | b | weak references | deciding p < .05 | passes | as observed |\n|---|---|---|---|---|---|"
    );
    for subject in subjects.iter().filter(|s| s.scenario.innocent) {
        let mut found = Null::default();
        null_of(subject, Instrument::LabelResidual, scale, draws, &mut found);
        let b = means(&see(Instrument::LabelResidual, &subject.scored), subject);
        let all = found.rejects[2][0];
        let (weak, rejects, of) = (found.weak.percent(), all.percent(), all.of);
        let (alarms, choices) = (found.alarms.join(", "), found.observed.of);
        let observed = format!("{} of {choices} {alarms}", found.alarms.len());
        println!(
            "| {} | {b} | {weak} | {rejects} of {of} | {} | {observed} |",
            subject.label(),
            found.passes.percent()
        );
    }
}

/// The collections' coefficients.
fn means(seen: &Seen, subject: &Subject) -> String {
    let values = outcomes(Instrument::LabelResidual, seen, &positions(&subject.scored, None));
    let mean = |v: &Vec<f64>| v.iter().sum::<f64>() / v.len() as f64;
    let each = seen.collections.iter().zip(&values).map(|((name, _), v)| format!("{name} {:+.2}", mean(v)));
    each.collect::<Vec<_>>().join(", ")
}

/// What became of audits with a leak.
#[derive(Clone, Copy, Default)]
struct Cell {
    /// Found, under each combination.
    found: [Share; 3],
    /// Nothing found, and the upper bound below the margin.
    passes: Share,
}

impl Cell {
    fn add(&mut self, decided: &Decided, margin: f64) {
        self.found.iter_mut().zip(COMBINATIONS).for_each(|(share, c)| share.add(decided.rejects(c)));
        self.passes.add(!decided.rejects(Combination::Shared) && decided.upper < margin);
    }

    fn all<'a>(cells: impl Iterator<Item = &'a Cell>) -> Cell {
        cells.fold(Cell::default(), |sum, cell| Cell {
            found: [0, 1, 2].map(|c| sum.found[c].join(cell.found[c])),
            passes: sum.passes.join(cell.passes),
        })
    }
}

/// A leak of one size and share, in both suspects or in one of them.
#[derive(Clone, Copy)]
struct Leak {
    both: bool,
    m: f64,
    share: f64,
}

fn leaks() -> Vec<Leak> {
    let sizes = [true, false].into_iter().flat_map(|both| SIZES.map(|m| (both, m)));
    sizes.flat_map(|(both, m)| SHARES.map(|share| Leak { both, m, share })).collect()
}

/// Power on planted leaks: one row an instrument, and the label residual by share of the relevant documents.
pub fn planted(subjects: &[Subject], scales: &[f64], draws: u64) {
    for (half, of) in [("choosing", CHOOSE), ("showing", SHOW)] {
        let innocent = |s: &&Subject| s.scenario.innocent && s.scenario.choose == (half == "choosing");
        let subjects: Vec<&Subject> = subjects.iter().filter(innocent).collect();
        let grid = |instrument: Instrument, scale: f64| -> Vec<Cell> {
            leaks().iter().map(|leak| planted_cell(&subjects, instrument, scale, *leak, &of, draws)).collect()
        };
        println!("\n### Planted leaks, {half} half\n");
        println!(
            "| instrument | both, m = 0.5 | 1 | 2 | one of two, 0.5 | 1 | 2 | all | together only | Cauchy | passes |"
        );
        println!("|---|---|---|---|---|---|---|---|---|---|---|");
        for (instrument, scale) in INSTRUMENTS.into_iter().zip(scales) {
            planted_row(instrument, &grid(instrument, *scale));
        }
        println!("\n| label residual | 10 % | 25 % | 50 % | 100 % | passes |\n|---|---|---|---|---|---|");
        let cells = grid(Instrument::LabelResidual, scales[0]);
        for (leaks, cells) in leaks().chunks(SHARES.len()).zip(cells.chunks(SHARES.len())) {
            let found: Vec<String> = cells.iter().map(|cell| cell.found[0].percent()).collect();
            let passes: Vec<String> = cells.iter().map(|cell| cell.passes.percent()).collect();
            let place = if leaks[0].both { "both" } else { "one of two" };
            println!("| {place}, m = {} | {} | {} |", leaks[0].m, found.join(" | "), passes.join(", "));
        }
    }
}

fn planted_row(instrument: Instrument, cells: &[Cell]) {
    let sizes: Vec<String> =
        cells.chunks(SHARES.len()).map(|cells| Cell::all(cells.iter()).found[0].percent()).collect();
    let all = Cell::all(cells.iter());
    let [shared, together, cauchy] = all.found;
    println!(
        "| {} | {} | **{}** of {} | {} | {} | {} |",
        instrument.name(),
        sizes.join(" | "),
        shared.percent(),
        shared.of,
        together.percent(),
        cauchy.percent(),
        all.passes.percent()
    );
}

/// Every pair of suspects of the half, every scorer, every draw.
fn planted_cell(
    subjects: &[&Subject],
    instrument: Instrument,
    scale: f64,
    leak: Leak,
    of: &[&'static str],
    draws: u64,
) -> Cell {
    let mut cell = Cell::default();
    for subject in subjects {
        let names = subject.names();
        let innocent = see(instrument, &subject.scored);
        let leaky = see(instrument, &plant(&subject.scored, of, leak.m, leak.share));
        let plain = see(Instrument::LabelResidual, &subject.scored);
        for draw in 1..=draws {
            let places = positions(&subject.scored, Some(draw));
            let (clean, told) = (outcomes(instrument, &innocent, &places), outcomes(instrument, &leaky, &places));
            // The clean collections hold no leak, so that adequacy is the innocent scorer's.
            let residuals = outcomes(Instrument::LabelResidual, &plain, &places);
            let there = |s: &&Vec<&'static str>| s.len() == 2 && s.iter().all(|s| names.contains(s));
            for suspects in choices(of).iter().filter(there).filter(|s| adequate(&names, &residuals, s)) {
                // In one of two it is each of them in turn.
                let leaks = |name: &str| match leak.both {
                    true => suspects.contains(&name),
                    false => suspects[(draw % 2) as usize] == name,
                };
                let pick = |c: usize| if leaks(names[c]) { told[c].clone() } else { clean[c].clone() };
                let values: Vec<Vec<f64>> = (0..names.len()).map(pick).collect();
                if let Some(decided) = decide(&names, &values, suspects, scale) {
                    cell.add(&decided, 2.0 * scale);
                }
            }
        }
    }
    cell
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
    let mut power = Cell::default();
    for decided in (1..=draws).filter_map(|seed| audit(Some(seed))) {
        power.add(&decided, 2.0 * scale);
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
        power.found[0].percent(),
        power.found[0].of,
        power.found[1].percent(),
        power.found[2].percent()
    );
}
