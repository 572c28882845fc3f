//! What whoever signs has to know, as plain numbers out of the report; words of a language make sentences of it.

use super::deciding;
use super::measured;
use super::v1::{Canary, Outcome, Report, Status};
use super::v1_scan::FoundOf;
use super::v1_twins::Twin;
use crate::collection::{Date, Role};
use crate::facts::OutcomeKind;
use crate::verdict::{Cause, Outcome as GateResult, Remedy, Verdict};
use std::collections::BTreeSet;

/// The numbers that a page in plain words needs.
#[derive(Clone, Debug)]
pub struct Brief<'a> {
    /// What the tests and the evidence say.
    pub verdict: Verdict,
    /// What becomes of the build.
    pub result: GateResult,
    /// What kind of reason decided; absent in reports of old versions.
    pub cause: Option<Cause>,
    /// Why, in one English sentence.
    pub sentence: &'a str,
    /// What it means, in English.
    pub meaning: &'a str,
    /// The first thing that would settle it, in English.
    pub settles: Option<&'a str>,
    /// Of what kinds the things are that would settle it.
    pub remedies: &'a [Remedy],
    /// The measure that decides.
    pub measure: &'a str,
    /// The teacher's name.
    pub teacher: Option<&'a str>,
    /// The day up to which it may have read the web.
    pub cutoff: Option<Date>,
    /// Names of the suspect collections.
    pub suspects: Vec<&'a str>,
    /// Names of the clean collections.
    pub cleans: Vec<&'a str>,
    /// Queries that were measured, over all collections.
    pub queries: usize,
    /// Those of them that every ranker answers.
    pub answered: usize,
    /// Mean gains on suspect and on clean collections, where the student after was compared on both.
    pub gains: Option<(f64, f64)>,
    /// Names of the references that there were to compare with.
    pub references: Vec<&'a str>,
    /// Differences that reject, the smallest p first.
    pub differs: Vec<Number<'a>>,
    /// Upper bounds of what decides and does not reject, the gain first.
    pub bounds: Vec<Bound<'a>>,
    /// What became of the teacher's own scores.
    pub teacher_seen: TeacherSeen<'a>,
    /// Training queries that are queries of the test, and were left out before training.
    pub copies_left_out: usize,
    /// What was read and holds evidence; not what was searched before training here, which is left out there.
    pub read: Vec<&'a FoundOf>,
    /// Canaries that a coin does not explain.
    pub canary: Option<&'a Canary>,
    /// Twins that reject.
    pub twins: Vec<&'a Twin>,
    /// Whether a check says that no gain can be told from none.
    pub nothing_gained: bool,
    /// The level of an interval in percent: 90.
    pub interval: f64,
    /// The level of one end of it in percent: 95.
    pub certainty: f64,
}

/// What an open question asks for, in the one word that a page for people needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// More of the same: queries, collections, seeds.
    MoreData,
    /// Both: no single thing settles all that is open.
    Both,
    /// Not more of the same: fresh queries over the same documents, or references that explain more.
    TwinOrReferences,
    /// Whatever the list says.
    TheList,
}

impl Brief<'_> {
    /// What would settle it.
    pub fn asks(&self) -> Asks {
        let has = |remedy| self.remedies.contains(&remedy);
        match () {
            () if has(Remedy::Dates) || has(Remedy::Inputs) => Asks::TheList,
            // A twin alone beside more data is another way to the same end; references are asked for where data do not help.
            () if has(Remedy::MoreData) && has(Remedy::References) => Asks::Both,
            () if has(Remedy::MoreData) => Asks::MoreData,
            () if has(Remedy::Twin) || has(Remedy::References) => Asks::TwinOrReferences,
            () => Asks::TheList,
        }
    }
}

/// What became of the teacher's own scores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TeacherSeen<'a> {
    /// They decide something.
    Tested,
    /// They were compared and are shown, and this is why they do not decide, in English.
    Shown(&'a str),
    /// There are some, and nothing could be compared.
    Scored,
    /// There are none.
    No,
}

/// A difference with its interval.
#[derive(Clone, Debug)]
pub struct Number<'a> {
    /// What was compared.
    pub outcome: &'a str,
    /// The unit of its numbers.
    pub unit: &'a str,
    /// The suspect collection that it is about; absent where it is all together.
    pub on: Option<&'a str>,
    /// Suspect minus clean.
    pub delta: f64,
    /// Its interval.
    pub interval: (f64, f64),
    /// Its p, before Holm's correction.
    pub p: f64,
}

impl Number<'_> {
    /// Whether it is the difference between these gains on suspect and on clean collections, and not another outcome's or
    /// that of one collection among several.
    pub fn is_of(&self, gains: Option<(f64, f64)>) -> bool {
        self.outcome == OutcomeKind::Gain.to_string()
            && gains.is_some_and(|(suspect, clean)| (suspect - clean - self.delta).abs() < 1e-9)
    }
}

/// An upper bound beside what it has to stay below.
#[derive(Clone, Debug)]
pub struct Bound<'a> {
    /// What was compared.
    pub outcome: &'a str,
    /// The unit of its numbers.
    pub unit: &'a str,
    /// The one-sided upper bound.
    pub upper: f64,
    /// What a pass needs it to be below.
    pub margin: f64,
}

/// The numbers of a report.
pub fn brief(report: &Report) -> Brief<'_> {
    let names = |role| report.collections.iter().filter(move |c| c.role == role).map(|c| c.name.as_str()).collect();
    let deciding = || report.outcomes.iter().filter(|outcome| outcome.decides);
    let mut differs: Vec<Number> = deciding().filter(|outcome| outcome.rejects).filter_map(number).collect();
    differs.sort_by(|a, b| a.p.total_cmp(&b.p));
    let mut bounds: Vec<Bound> = deciding().filter_map(|outcome| bound(report, outcome)).collect();
    bounds.sort_by_key(|bound| !is_gain(bound.outcome));
    let alpha = report.config.gate.alpha;
    Brief {
        verdict: report.verdict,
        result: report.result,
        cause: report.cause,
        sentence: &report.sentence,
        meaning: &report.meaning,
        settles: report.settles.first().map(String::as_str),
        remedies: &report.remedies,
        measure: &report.measure,
        teacher: report.teacher.as_ref().map(|teacher| teacher.name.as_str()).filter(|name| !name.is_empty()),
        cutoff: report.teacher.as_ref().and_then(|teacher| teacher.training_cutoff),
        suspects: names(Role::Suspect),
        cleans: names(Role::Clean),
        queries: report.collections.iter().map(|c| c.measured_queries).sum(),
        answered: report.collections.iter().map(|c| measured::answered(report, c)).sum(),
        gains: gains(report),
        references: report.config.reference.iter().map(|reference| reference.name.as_str()).collect(),
        teacher_seen: teacher_seen(report),
        copies_left_out: copies_left_out(report),
        differs,
        bounds,
        read: read(report),
        canary: report.canary.as_ref().filter(|canary| canary.p <= alpha),
        nothing_gained: nothing_gained(report),
        twins: report.twins.iter().filter(|twin| twin.rejects).collect(),
        certainty: ((1.0 - alpha) * 1e6).round() / 1e4,
        interval: ((1.0 - 2.0 * alpha) * 1e6).round() / 1e4,
    }
}

/// What holds evidence in the files of `[scan]`, which somebody has read.
fn read(report: &Report) -> Vec<&FoundOf> {
    let read = report.scan.iter().filter(|scan| scan.table == "[scan]");
    read.flat_map(|scan| &scan.collections).filter(|found| found.is_evidence).collect()
}

fn copies_left_out(report: &Report) -> usize {
    let copies = report.training.iter().flat_map(|training| &training.test_copies);
    copies.map(|copy| &copy.query).collect::<BTreeSet<_>>().len()
}

fn teacher_seen(report: &Report) -> TeacherSeen<'_> {
    let residual = teacher_residual();
    let outcome = report.outcomes.iter().find(|outcome| outcome.name == residual);
    if outcome.is_some_and(|outcome| outcome.decides && outcome.contrast.is_some())
        || report.twins.iter().any(|twin| twin.decides && twin.outcome == residual)
    {
        return TeacherSeen::Tested;
    }
    let shown = outcome.filter(|outcome| outcome.contrast.is_some()).and_then(|o| o.shown_because.as_deref());
    match (shown, report.teacher.as_ref().is_some_and(|teacher| teacher.tested)) {
        (Some(why), _) => TeacherSeen::Shown(why),
        (None, true) => TeacherSeen::Scored,
        (None, false) => TeacherSeen::No,
    }
}

/// What `nothing-gained` found, at whatever level, waived or not: gains that agree because there are none. The verdict's
/// meaning is made of the same fact.
fn nothing_gained(report: &Report) -> bool {
    let mut cases = report.checks.iter().filter(|check| check.id == "nothing-gained").flat_map(|check| &check.cases);
    cases.any(|case| matches!(case.status, Status::Found | Status::Waived | Status::Allowed))
}

fn teacher_residual() -> String {
    OutcomeKind::TeacherLabelResidual.to_string()
}

/// Whether an outcome is a difference of the measure.
pub fn is_gain(outcome: &str) -> bool {
    [OutcomeKind::Gain, OutcomeKind::ExcessGain].iter().any(|kind| kind.to_string() == outcome)
}

/// What the upper bound of an outcome has to stay below for a pass.
pub fn margin(report: &Report, outcome: &str) -> f64 {
    let gate = &report.config.gate;
    if is_gain(outcome) { gate.margin } else { gate.residual_margin }
}

/// The difference that decides, with the interval that belongs to its p.
fn number(outcome: &Outcome) -> Option<Number<'_>> {
    let contrast = outcome.contrast.as_ref()?;
    let alone = contrast.decided_on.as_ref().and_then(|name| Some((name, contrast.alone.get(name)?)));
    let only = contrast.alone.keys().next().filter(|_| contrast.alone.len() == 1);
    let (on, difference) = match alone {
        Some((name, difference)) => (Some(name), difference),
        None => (only, &contrast.together),
    };
    let interval = match contrast.decided_without_prior {
        true => (difference.lower_without_prior, difference.upper_without_prior),
        false => (difference.lower, difference.upper),
    };
    Some(Number {
        outcome: &outcome.name,
        unit: &outcome.unit,
        on: on.map(String::as_str),
        delta: difference.delta,
        interval,
        p: contrast.deciding_p,
    })
}

fn bound<'a>(report: &Report, outcome: &'a Outcome) -> Option<Bound<'a>> {
    let contrast = outcome.contrast.as_ref()?;
    let upper = deciding::upper(contrast);
    Some(Bound { outcome: &outcome.name, unit: &outcome.unit, upper, margin: margin(report, &outcome.name) })
}

/// Mean gains over suspect and over clean collections.
fn gains(report: &Report) -> Option<(f64, f64)> {
    let gain = report.outcomes.iter().find(|outcome| outcome.name == OutcomeKind::Gain.to_string())?;
    // The means that the plots show: weighted as the contrast weighs them, where there is one.
    if let Some(contrast) = &gain.contrast {
        return Some((contrast.clean + contrast.together.delta, contrast.clean));
    }
    let mean = |role| {
        let means: Vec<f64> = gain.collections.iter().filter(|c| c.role == role).map(|c| c.mean).collect();
        (!means.is_empty()).then(|| means.iter().sum::<f64>() / means.len() as f64)
    };
    Some((mean(Role::Suspect)?, mean(Role::Clean)?))
}

#[cfg(test)]
mod tests;
