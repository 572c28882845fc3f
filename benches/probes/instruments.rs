//! The instruments that are compared: from one collection's candidates to an outcome for each query.

use crate::data::Query;
use crate::least_squares::residuals;
use distilgate::stats::normal_scores;

/// What is tried. Everything but the last is a partial regression of the score on the label, given the references.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instrument {
    /// As `check` has it.
    LabelResidual,
    /// Documents weigh as much as their label surprises whoever knows the references: minus its log-probability.
    Surprise,
    /// Scores minus their median, over their median deviation, instead of normal scores of their ranks.
    Margins,
    /// Grades over the collection's highest instead of relevant or not.
    Graded,
    /// Every query's own coefficient counts alike, however many relevant documents it has.
    EqualQueries,
    /// Squares and products of the references' scores explain, too.
    Curved,
    /// The share of pairs that every reference ranks against the judgement and the scorer with it.
    Agreement,
}

pub const INSTRUMENTS: [Instrument; 7] = [
    Instrument::LabelResidual,
    Instrument::Surprise,
    Instrument::Margins,
    Instrument::Graded,
    Instrument::EqualQueries,
    Instrument::Curved,
    Instrument::Agreement,
];

impl Instrument {
    pub fn name(self) -> &'static str {
        match self {
            Instrument::LabelResidual => "label residual",
            Instrument::Surprise => "surprise weights",
            Instrument::Margins => "margins",
            Instrument::Graded => "graded labels",
            Instrument::EqualQueries => "equal queries",
            Instrument::Curved => "curved references",
            Instrument::Agreement => "surprising agreement",
        }
    }

    /// One query as this instrument sees it; none where it has nothing to say.
    pub fn prepare(self, query: &Query) -> Option<Prepared> {
        if self == Instrument::Agreement {
            return agreement(query).map(Prepared::Value);
        }
        let scale = |x: &[f64]| if self == Instrument::Margins { margins(x) } else { normal_scores(x) };
        let label: Vec<f64> = match self {
            Instrument::Graded => query.grade.clone(),
            _ => query.relevant.iter().map(|r| f64::from(u8::from(*r))).collect(),
        };
        let mut references: Vec<Vec<f64>> = query.references.iter().map(|r| scale(r)).collect::<Option<_>>()?;
        if self == Instrument::Curved {
            let first = references.clone();
            for (i, a) in first.iter().enumerate() {
                references.extend(first[i..].iter().map(|b| centred(&product(a, b))));
            }
        }
        Some(Prepared::Rows(Rows { score: scale(&query.score)?, centred: centred(&label), label, references }))
    }

    /// The outcomes of the queries of one collection: their mean is the collection's.
    pub fn outcomes(self, queries: &[&Prepared]) -> Vec<f64> {
        if self == Instrument::Agreement {
            return queries.iter().filter_map(|q| q.value()).collect();
        }
        let rows: Vec<&Rows> = queries.iter().filter_map(|q| q.rows()).collect();
        let columns = rows.first().map_or(0, |q| q.references.len());
        let explaining = (0..columns).map(|k| gather(&rows, |q| &q.references[k])).collect();
        let [score, label] = residuals(explaining, [gather(&rows, |q| &q.score), gather(&rows, |q| &q.centred)]);
        let weight = if self == Instrument::Surprise { surprise(&rows, &label) } else { vec![1.0; label.len()] };
        let parts = parts(&rows, &score, &label, &weight);
        if self == Instrument::EqualQueries {
            return parts
                .iter()
                .filter(|(_, squares)| *squares > 1e-9)
                .map(|(cross, squares)| cross / squares)
                .collect();
        }
        let (cross, squares) = parts.iter().fold((0.0, 0.0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
        let (b, n) = (cross / squares, parts.len() as f64);
        parts.iter().map(|(c, s)| b + n * (c - b * s) / squares).collect()
    }
}

/// What an instrument keeps of a query.
pub enum Prepared {
    Rows(Rows),
    Value(f64),
}

impl Prepared {
    fn rows(&self) -> Option<&Rows> {
        if let Prepared::Rows(rows) = self { Some(rows) } else { None }
    }

    fn value(&self) -> Option<f64> {
        if let Prepared::Value(value) = self { Some(*value) } else { None }
    }
}

/// A query's documents in a regression.
pub struct Rows {
    score: Vec<f64>,
    label: Vec<f64>,
    centred: Vec<f64>,
    references: Vec<Vec<f64>>,
}

fn gather(rows: &[&Rows], column: impl Fn(&Rows) -> &Vec<f64>) -> Vec<f64> {
    rows.iter().flat_map(|q| column(q).iter().copied()).collect()
}

/// For each query the weighted sums of score times label and of label squared.
fn parts(rows: &[&Rows], score: &[f64], label: &[f64], weight: &[f64]) -> Vec<(f64, f64)> {
    let mut start = 0;
    let one = |q: &&Rows| {
        let documents = start..start + q.score.len();
        start = documents.end;
        documents.fold((0.0, 0.0), |(cross, squares), i| {
            (cross + weight[i] * score[i] * label[i], squares + weight[i] * label[i] * label[i])
        })
    };
    rows.iter().map(one).collect()
}

/// Minus the log-probability of each label under a linear model of the references, between 2 % and 98 %.
fn surprise(rows: &[&Rows], residual: &[f64]) -> Vec<f64> {
    let probability = |(y, left): (&f64, &f64)| {
        let relevant = (y - left).clamp(0.02, 0.98);
        -(if *y > 0.5 { relevant } else { 1.0 - relevant }).ln()
    };
    gather(rows, |q| &q.label).iter().zip(residual).map(probability).collect()
}

fn agreement(query: &Query) -> Option<f64> {
    let (mut agrees, mut pairs) = (0.0, 0.0);
    for (up, _) in query.relevant.iter().enumerate().filter(|(_, r)| **r) {
        for (down, _) in query.relevant.iter().enumerate().filter(|(_, r)| !**r) {
            if query.references.iter().all(|r| r[up] < r[down]) {
                pairs += 1.0;
                let (a, b) = (query.score[up], query.score[down]);
                agrees += if a > b { 1.0 } else { 0.5 * f64::from(u8::from(a == b)) };
            }
        }
    }
    (pairs > 0.0).then(|| agrees / pairs)
}

/// Robust standard scores, at most 5 either side.
fn margins(x: &[f64]) -> Option<Vec<f64>> {
    let middle = median(x.to_vec());
    let deviation = 1.4826 * median(x.iter().map(|v| (v - middle).abs()).collect());
    let mean = x.iter().sum::<f64>() / x.len() as f64;
    let sd = (x.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / x.len() as f64).sqrt();
    let unit = if deviation > 1e-3 * sd { deviation } else { sd };
    let scaled: Vec<f64> = x.iter().map(|v| ((v - middle) / unit).clamp(-5.0, 5.0)).collect();
    (unit > 0.0).then(|| centred(&scaled))
}

fn median(mut x: Vec<f64>) -> f64 {
    x.sort_by(f64::total_cmp);
    (x[(x.len() - 1) / 2] + x[x.len() / 2]) / 2.0
}

fn centred(x: &[f64]) -> Vec<f64> {
    let mean = x.iter().sum::<f64>() / x.len() as f64;
    x.iter().map(|v| v - mean).collect()
}

fn product(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a * b).collect()
}
