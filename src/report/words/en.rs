//! English.

use super::super::measured::ArmKind;
use super::Words;
use super::en_labels::LABELS;
use super::en_signer::{change, decision, meeting, next, tested};
use crate::checks::wording::{self, count};
use crate::collection::Role;
use crate::verdict::{Outcome as GateResult, Verdict};

pub static WORDS: Words = Words {
    code: "en",
    labels: &LABELS,
    verdict,
    result,
    role,
    phrase: str::to_owned,
    outcome: str::to_owned,
    unit: str::to_owned,
    // No name of a test holds this: sentences about several tests are joined by it.
    sentences: |b| b.sentence.split("; and ").map(str::to_owned).collect(),
    meaning: |b| b.meaning.to_owned(),
    tested,
    decision,
    meeting,
    change,
    next,
    interval: wording::interval,
    arms: |kinds| {
        let said = kinds.iter().map(|kind| match kind {
            ArmKind::Before => "before is the student as it was",
            ArmKind::After => "after is the student that learnt from the teacher",
            ArmKind::Redistilled => "redistilled is the recipe's own student beside it",
            ArmKind::OtherLoss => "a name with + is a student that was trained with another loss",
            ArmKind::Teacher => "teacher is the teacher itself",
            ArmKind::Reference => {
                "reference.NAME is a student that learnt from the reference NAME in the teacher's place"
            }
            ArmKind::Scorer => "scorer.NAME is the reference NAME itself",
            ArmKind::FirstStage => "bm25 is the first stage itself",
        });
        format!("Names: {}.", said.collect::<Vec<_>>().join("; "))
    },
    gains_caption: |interval| {
        format!(
            "The gain of each arm over the student before, and its {interval} over queries (for the student after over queries and \
             seeds), all on one scale. Filled squares are suspect collections, open circles clean ones. Diamonds are means over \
             collections in which those that are known better weigh more, so that they are no plain averages."
        )
    },
    gain_of: |arm| format!("gain of {arm}"),
    teacher: |name, until| {
        format!(", teacher {name}{}", until.map(|day| format!(", trained until {day}")).unwrap_or_default())
    },
    compared: |name, against, unit| {
        let against = if against.is_empty() { String::new() } else { format!(" against {against}") };
        let unit = if unit.is_empty() { String::new() } else { format!(", in {unit}") };
        format!("{name}{against}{unit}")
    },
    contrast: |c| {
        let adjusted = c.adjusted.iter().map(|p| format!(", {p} after Holm")).collect::<String>();
        format!(
            "{} minus clean {} ({} {} to {}), deciding {}{adjusted}",
            c.on.as_deref().unwrap_or("suspect"),
            c.delta,
            c.interval,
            c.lower,
            c.upper,
            c.p
        )
    },
    without_prior: |lower, upper| {
        format!("without the prior, which the clean collections contradict: {lower} to {upper}")
    },
    shown: |why| format!("shown, does not decide: {why}"),
    without: |collection, why| format!("without {collection}: {why}"),
    shared: |n| {
        let shared = count(n, "query stands", "queries stand");
        format!("{shared} in several collections and count once; report.json lists them")
    },
    cut: |arms, cut, all| {
        format!("{arms}: {cut} of {all} texts were read only in part, for they are longer than the model takes")
    },
    made_by: |version, command| format!("Made by distilgate {version}; again with `{command}`."),
};

fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Contaminated => "contaminated",
        Verdict::Divergent => "divergent",
        Verdict::Clean => "clean",
        Verdict::GainsAgree => "gains-agree",
        Verdict::Inconclusive => "inconclusive",
    }
}

fn result(result: GateResult) -> &'static str {
    match result {
        GateResult::Pass => "pass",
        GateResult::Fail => "fail",
        GateResult::Inconclusive => "not decided",
    }
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Suspect => "suspect",
        Role::Clean => "clean",
    }
}
