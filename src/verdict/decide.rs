//! The rules of `docs/statistics.md`, section 5.

use super::{Cause, Decision, Outcome, Verdict, settles};
use crate::checks::{Settled, SettledCase, canary_sentence, wording};
use crate::collection::Role;
use crate::config::{Inconclusive, Level, Require};
use crate::error::Exit;
use crate::facts::{Between, Facts, OutcomeFacts, OutcomeKind, TwinFacts, Weight};
use crate::fingerprint::scan::Tally;
use crate::stats::Contrast;

/// The verdict, its sentence, and the result after levels and waivers.
pub fn decide(facts: &Facts, settled: &[Settled]) -> Decision {
    let (verdict, cause, sentence) = judge(facts);
    let (mut remedies, settles): (Vec<_>, Vec<_>) = settles::what_would_settle(facts, verdict).into_iter().unzip();
    remedies.sort();
    remedies.dedup();
    let (outcome, remarks) = result(facts, verdict, settled);
    let exit = match outcome {
        Outcome::Pass => Exit::Pass,
        Outcome::Fail => Exit::Fail,
        Outcome::Inconclusive => Exit::Inconclusive,
    };
    let gained = !findings(settled).any(|(check, _)| check == "nothing-gained");
    let meaning = meaning(verdict, gained).to_owned();
    Decision { verdict, cause, sentence, meaning, settles, remedies, outcome, remarks, exit }
}

/// An outcome that decides, with its contrast.
pub(super) fn deciding(facts: &Facts, kind: OutcomeKind) -> Option<(&OutcomeFacts, &Contrast)> {
    let outcome = facts.outcome(kind).filter(|outcome| outcome.weight == Weight::Decides)?;
    Some((outcome, outcome.contrast.as_ref()?))
}

/// Test (a): the excess gain where reference arms are given, otherwise the gain.
pub(super) fn gain_test(facts: &Facts) -> Option<(&OutcomeFacts, &Contrast)> {
    deciding(facts, OutcomeKind::ExcessGain).or_else(|| deciding(facts, OutcomeKind::Gain))
}

fn judge(facts: &Facts) -> (Verdict, Cause, String) {
    if let Some(sentence) = read(facts) {
        return (Verdict::Contaminated, Cause::Read, sentence);
    }
    if let Some(sentence) =
        canary_rejection(facts).into_iter().chain(twin_rejection(facts)).reduce(|a, b| a + "; and " + &b)
    {
        return (Verdict::Contaminated, Cause::Planted, sentence);
    }
    if let Some(sentence) = rejection(facts) {
        return (Verdict::Divergent, Cause::Difference, sentence);
    }
    let gate = &facts.config.gate;
    let Some((gain, contrast)) = gain_test(facts) else {
        return (Verdict::Inconclusive, Cause::NoTest, no_gain_test(facts));
    };
    let same = hidden(facts).map(|sentence| (Cause::SameOrder, sentence));
    let blind =
        same.or_else(|| Some((Cause::Unread, unread(facts)?))).or_else(|| Some((Cause::Unseen, unseen(facts, gain)?)));
    if let Some((cause, sentence)) = blind {
        return (Verdict::Inconclusive, cause, sentence);
    }
    let (upper, said) = at_most(facts, gain, contrast);
    if upper >= gate.margin {
        return (
            Verdict::Inconclusive,
            Cause::GainTooWide,
            format!("{said}, and a pass needs less than {}", gate.margin),
        );
    }
    let said = format!("{said}, less than the margin of {}", gate.margin);
    let tested = match teacher_tested(facts) {
        Ok(tested) => tested,
        Err(untested) => return (Verdict::GainsAgree, Cause::Below, format!("{said}; {untested}")),
    };
    let smallest = tested.iter().min_by(|a, b| a.0.total_cmp(&b.0));
    let Some((upper, residual)) = smallest else {
        return (Verdict::GainsAgree, Cause::Below, said);
    };
    match *upper < gate.residual_margin {
        true => (Verdict::Clean, Cause::Below, format!("{said}; and {residual}, less than {}", gate.residual_margin)),
        false => (
            Verdict::Inconclusive,
            Cause::TeacherTooWide,
            format!("the gains agree, but {residual}, and a pass needs less than {}", gate.residual_margin),
        ),
    }
}

/// The upper bounds of what tested the teacher on every suspect collection, with their words: test (b), and a twin; or why
/// nothing did.
fn teacher_tested(facts: &Facts) -> Result<Vec<(f64, String)>, String> {
    let mut tested = Vec::new();
    let mut untested = None;
    if let Some((outcome, contrast)) = deciding(facts, OutcomeKind::TeacherLabelResidual) {
        match unseen(facts, outcome) {
            Some(why) => untested = Some(why),
            None => tested.push(at_most(facts, outcome, contrast)),
        }
    }
    let twin = facts.twins.iter().find(|t| t.kind == OutcomeKind::TeacherLabelResidual && t.weight == Weight::Decides);
    if let Some(twin) = twin {
        let suspects = facts.collections.iter().filter(|c| c.role == Role::Suspect);
        let without: Vec<&str> = suspects
            .filter(|c| !twin.pairs.iter().any(|(suspect, _)| *suspect == c.name))
            .map(|c| c.name.as_str())
            .collect();
        match without.is_empty() {
            true => tested.push(at_most_twin(facts, twin)),
            false => {
                let why = format!("the teacher was tested by twins alone, and {} has none", without.join(", "));
                untested.get_or_insert(why);
            }
        }
    }
    match (tested.is_empty(), untested) {
        (true, why) => Err(why.unwrap_or_else(|| nothing_tested(facts))),
        (false, _) => Ok(tested),
    }
}

/// Why nothing tested the teacher: its scores were not given, or what they show does not decide.
fn nothing_tested(facts: &Facts) -> String {
    let outcome = facts.outcome(OutcomeKind::TeacherLabelResidual).filter(|outcome| outcome.contrast.is_some());
    match outcome.map(|outcome| &outcome.weight) {
        Some(Weight::Shown(why)) => {
            format!("the teacher itself was looked at, and that does not decide: {why}")
        }
        _ => "the teacher itself was not tested".to_owned(),
    }
}

/// The upper bound of a twin test, and the words for it.
fn at_most_twin(facts: &Facts, twin: &TwinFacts) -> (f64, String) {
    bounded(facts, &twin.kind, "their twins", twin.twin.upper)
}

/// The upper bound of an outcome's divergence, and the words for it.
fn at_most(facts: &Facts, outcome: &OutcomeFacts, contrast: &Contrast) -> (f64, String) {
    bounded(facts, &outcome.kind, "clean ones", wording::upper_bound(contrast))
}

/// An upper bound, and the words for it: of suspect collections over others.
fn bounded(facts: &Facts, kind: &OutcomeKind, others: &str, upper: f64) -> (f64, String) {
    let gate = &facts.config.gate;
    let sentence = format!(
        "the {kind} on suspect collections exceeds that on {others} by at most {} {} ({})",
        wording::against(upper, kind.margin(gate)),
        kind.unit(gate),
        wording::bound(gate.alpha),
    );
    (upper, sentence)
}

/// A suspect collection that an outcome could not look at: nothing may be called clean that was not seen.
fn unseen(facts: &Facts, outcome: &OutcomeFacts) -> Option<String> {
    let suspects = facts.collections.iter().filter(|c| c.role == Role::Suspect);
    let unseen: Vec<String> =
        suspects.filter_map(|c| Some(format!("{} ({})", c.name, outcome.left_out(&c.name)?))).collect();
    (!unseen.is_empty()).then(|| format!("the {} could not be looked at on {}", outcome.kind, unseen.join(", ")))
}

/// The sentence for canaries that a coin does not explain: an exact test of its own at alpha.
fn canary_rejection(facts: &Facts) -> Option<String> {
    let canary = facts.canary.as_ref().filter(|canary| canary.p <= facts.config.gate.alpha)?;
    Some(canary_sentence(canary))
}

/// The sentence for the matched twins that reject, the smallest p first.
fn twin_rejection(facts: &Facts) -> Option<String> {
    let mut rejecting: Vec<_> =
        facts.tests.iter().filter(|test| test.rejects && test.between == Between::Twins).collect();
    rejecting.sort_by(|a, b| a.p.total_cmp(&b.p));
    let twin = |kind: &OutcomeKind| facts.twins.iter().find(|t| t.kind == *kind && t.weight == Weight::Decides);
    let sentences: Vec<String> =
        rejecting.iter().filter_map(|test| Some(wording::twin_sentence(facts, twin(&test.kind)?))).collect();
    (!sentences.is_empty()).then(|| sentences.join("; and "))
}

/// The sentence for the test with the smallest p among those that reject.
fn rejection(facts: &Facts) -> Option<String> {
    let mut rejecting: Vec<_> =
        facts.tests.iter().filter(|test| test.rejects && test.between == Between::Roles).collect();
    rejecting.sort_by(|a, b| a.p.total_cmp(&b.p));
    let sentences: Vec<String> = rejecting
        .iter()
        .filter_map(|test| {
            let (outcome, contrast) = deciding(facts, test.kind.clone())?;
            Some(wording::sentence(facts, outcome, contrast))
        })
        .collect();
    (!sentences.is_empty()).then(|| sentences.join("; and "))
}

/// Why there is no test (a).
fn no_gain_test(facts: &Facts) -> String {
    let asked = facts.outcome(OutcomeKind::ExcessGain).or_else(|| facts.outcome(OutcomeKind::Gain));
    match asked.map(|outcome| (&outcome.kind, &outcome.weight)) {
        None => "there is no student after, so no gain was compared".to_owned(),
        Some((kind, Weight::Shown(why))) => format!("the {kind} does not decide: {why}"),
        Some((kind, Weight::Decides)) => format!("the {kind} could not be compared"),
    }
}

/// What was read holds evidence: queries as texts of their own, or judgements.
fn read(facts: &Facts) -> Option<String> {
    let evidence = facts.scan.evidence();
    let of_collection =
        |tally: &&Tally| wording::evident(tally.evident_queries, tally.evident_judgements, &tally.collection);
    let list: Vec<String> = evidence.iter().map(of_collection).collect();
    (!list.is_empty()).then(|| format!("what the student or a known teacher read ([scan]) holds {}", list.join(", ")))
}

/// What should have been searched and could not be read may hold anything.
fn unread(facts: &Facts) -> Option<String> {
    let unread = facts.scan.unread();
    let files = wording::count(unread, "file that should be searched", "files that should be searched");
    (unread > 0).then(|| format!("{files} could not be read, and may hold anything"))
}

/// A scorer that ranks as one of its references does could hide anything.
fn hidden(facts: &Facts) -> Option<String> {
    let residuals = facts.outcomes.iter().filter(|outcome| outcome.kind.is_residual());
    let same = residuals.filter_map(|outcome| outcome.same_order(&facts.arms)).next()?;
    Some(format!("{same}, its reference: that would hide a leak"))
}

fn meaning(verdict: Verdict, gained: bool) -> &'static str {
    match verdict {
        Verdict::Contaminated => "The evaluation data were known. Gains on these collections mean nothing.",
        Verdict::Divergent => {
            "Skill in that domain or a leak: the gain must not be believed as a general one until a twin, or a reference \
             of the teacher's class, tells the two apart."
        }
        Verdict::Clean if !gained => {
            "No leak shows, and no gain either: where the teacher cannot have seen the answers, the student is not better beyond chance."
        }
        Verdict::GainsAgree if !gained => {
            "Gains agree, but no gain can be told from none; nothing that counts has tested the teacher itself."
        }
        Verdict::Clean => {
            "The gains hold where the teacher cannot have seen the answers, and its scores show no memory of them beyond the margins."
        }
        Verdict::GainsAgree => {
            "Gains agree; nothing that counts has tested the teacher itself. A leak that lifts suspect and clean collections alike \
             would not show."
        }
        Verdict::Inconclusive => "Not decided. Take the gain as neither shown nor refuted.",
    }
}

fn result(facts: &Facts, verdict: Verdict, settled: &[Settled]) -> (Outcome, Vec<String>) {
    let gate = &facts.config.gate;
    let mut remarks = Vec::new();
    let denied: Vec<String> = findings(settled)
        .filter(|(_, case)| case.counts_at(Level::Deny))
        .map(|(check, case)| format!("{check} denies: {}", case.case.subject))
        .collect();
    let known = in_baseline(settled);
    if !denied.is_empty() {
        return (Outcome::Fail, denied.into_iter().chain(known).collect());
    }
    let outcome = match verdict {
        // Nothing at deny is left of what made the verdict: somebody waived it, or lowered its level.
        Verdict::Contaminated | Verdict::Divergent => {
            let waivers = findings(settled)
                .filter(|(check, _)| {
                    *check == "canary"
                        || check.ends_with("-divergence")
                        || check.ends_with("-overlap")
                        || check.ends_with("-label-residual")
                })
                .filter_map(|(check, case)| Some((check, case.waived.as_ref()?)));
            remarks.extend(
                waivers.map(|(check, waiver)| format!("{check} is waived until {}: {}", waiver.until, waiver.reason)),
            );
            if remarks.is_empty() && known.is_none() {
                remarks.push(format!("{verdict}, and the levels in [checks] let it pass"));
            }
            // Evidence that is let through must not take the test with it: collections that were read are clean no more.
            let nothing_left = gain_test(facts).is_none() || facts.scan.unread() > 0;
            if verdict == Verdict::Contaminated && nothing_left {
                remarks.push("what is let through leaves no test that decides".to_owned());
                Outcome::Inconclusive
            } else {
                Outcome::Pass
            }
        }
        Verdict::Clean => Outcome::Pass,
        Verdict::GainsAgree if gate.require == Require::Gains => Outcome::Pass,
        Verdict::GainsAgree => {
            remarks.push("[gate] require = \"clean\" asks for a tested teacher".to_owned());
            Outcome::Inconclusive
        }
        Verdict::Inconclusive => Outcome::Inconclusive,
    };
    remarks.extend(known);
    match (outcome, gate.inconclusive) {
        (Outcome::Inconclusive, Inconclusive::Warn) => {
            remarks.push("INCONCLUSIVE, and [gate] inconclusive = \"warn\" lets it pass".to_owned());
            (Outcome::Pass, remarks)
        }
        _ => (outcome, remarks),
    }
}

/// What would deny, and does not, for the baseline has it already.
fn in_baseline(settled: &[Settled]) -> Option<String> {
    let known: Vec<String> = findings(settled)
        .filter(|(_, case)| case.known.is_some() && case.level == Level::Deny)
        .map(|(check, case)| format!("{check} on {}", case.case.subject))
        .collect();
    (!known.is_empty()).then(|| format!("the baseline has it already, so that it fails nothing: {}", known.join("; ")))
}

fn findings(settled: &[Settled]) -> impl Iterator<Item = (&'static str, &SettledCase)> {
    let all = settled.iter().flat_map(|s| s.cases.iter().map(move |case| (s.check.id, case)));
    all.filter(|(_, case)| case.case.finding().is_some())
}
