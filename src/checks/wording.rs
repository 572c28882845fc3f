//! Numbers and sentences that several checks share.

use super::{Case, Finding};
use crate::collection::Role;
use crate::facts::{CollectionFacts, Facts, LockedFacts, OutcomeFacts, OutcomeKind, TwinFacts, Weight};
use crate::fingerprint::lock::{Drift, PartDrift};
use crate::fingerprint::scan::{ALIGNED, Scanned};
use crate::stats::{Contrast, Difference, Part};

/// A signed number with three digits: `+0.031`.
pub fn signed(value: f64) -> String {
    // A rounded zero carries no sign that anybody should read.
    if value.abs() < 0.0005 { "0.000".to_owned() } else { format!("{value:+.3}") }
}

/// Both ends of an interval, as tables and plots write it: `[-0.010, +0.250]`.
pub fn ends(lower: f64, upper: f64) -> String {
    format!("[{}, {}]", signed(lower), signed(upper))
}

/// A p-value as people write it: `p = 0.012`, `p < 0.0001`.
pub fn p_value(p: f64) -> String {
    if p < 0.0001 { "p < 0.0001".to_owned() } else { format!("p = {}", significant(p)) }
}

/// Two significant digits, never in exponent form.
fn significant(p: f64) -> String {
    let digits = if p >= 0.1 { 2 } else { (1.0 - p.max(1e-12).log10()).ceil() as usize };
    format!("{p:.digits$}")
}

/// A percentage without digits, but never "0 %" for something nor "100 %" for less than all.
pub fn percent(share: f64) -> String {
    match 100.0 * share {
        v if v > 0.0 && v < 1.0 => "under 1 %".to_owned(),
        v if (99.5..100.0).contains(&v) => "over 99 %".to_owned(),
        v => format!("{v:.0} %"),
    }
}

/// `1 query`, `3 queries`.
pub fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// What is evidence of a collection, without what there is none of: `15 queries and 2 judgements of coffee`.
pub fn evident(queries: u64, judgements: u64, collection: &str) -> String {
    let kinds = [(queries as usize, "query", "queries"), (judgements as usize, "judgement", "judgements")];
    let there: Vec<String> =
        kinds.into_iter().filter(|(n, ..)| *n > 0).map(|(n, one, many)| count(n, one, many)).collect();
    // Reports of old versions do not say how many.
    let what = if there.is_empty() { "texts".to_owned() } else { there.join(" and ") };
    format!("{what} of {collection}")
}

/// What was read otherwise than it stands, in a sentence each.
pub fn read_otherwise(scanned: &Scanned) -> Vec<String> {
    let mut said = Vec::new();
    if scanned.damaged_texts > 0 {
        let texts = count(scanned.damaged_texts as usize, "text is", "texts are");
        said.push(format!("{texts} not wholly UTF-8; the bytes that are not part words"));
    }
    if scanned.long_lines > 0 {
        let lines = count(scanned.long_lines as usize, "line is", "lines are");
        said.push(format!("{lines} longer than 4 MiB and read as running text, not as a record"));
    }
    for tally in &scanned.collections {
        let name = &tally.collection;
        if tally.long_queries > 0 {
            let queries = count(tally.long_queries as usize, "query has", "queries have");
            said.push(format!(
                "{name}: {queries} more than {ALIGNED} words; those beyond are compared without their order"
            ));
        }
        if tally.crowded_documents > 0 {
            let documents = count(tally.crowded_documents as usize, "document is", "documents are");
            said.push(format!(
                "{name}: {documents} so like the queries, in so many places, that only some of these were counted as \
                 ordinary language"
            ));
        }
    }
    said
}

/// The first few names, and how many more there are.
pub fn some<T: std::fmt::Display>(names: &[T], most: usize) -> String {
    let shown: Vec<String> = names.iter().take(most).map(T::to_string).collect();
    let more = names.len() - shown.len();
    match more {
        0 => shown.join(", "),
        _ => format!("{} and {more} more", shown.join(", ")),
    }
}

/// A number beside the limit that it is compared with, with as many digits as tell them apart.
pub fn against(value: f64, limit: f64) -> String {
    let digits = (3..=6).find(|digits| format!("{value:.digits$}") != format!("{limit:.digits$}")).unwrap_or(6);
    if digits == 3 { signed(value) } else { format!("{value:+.digits$}") }
}

/// `90 % interval`: two one-sided bounds at alpha.
pub fn interval(alpha: f64) -> String {
    format!("{} % interval", hundredths(1.0 - 2.0 * alpha))
}

/// `one-sided 95 % bound`.
pub fn bound(alpha: f64) -> String {
    format!("one-sided {} % bound", hundredths(1.0 - alpha))
}

/// A share in percent with the digits that it has: 95, 97.5.
fn hundredths(share: f64) -> f64 {
    (share * 1e6).round() / 1e4
}

/// The interval of a difference that belongs to the p that decided: with the prior, or without it where the clean
/// collections contradict it.
pub fn bounds(contrast: &Contrast, difference: &Difference) -> (f64, f64) {
    match contrast.decided_by.with_prior {
        true => (difference.lower, difference.upper),
        false => (difference.without_prior.lower, difference.without_prior.upper),
    }
}

/// The upper bound that a pass rests on: all suspects together; the larger one, with and without the prior, where the
/// clean collections contradict it.
pub fn upper_bound(contrast: &Contrast) -> f64 {
    let together = &contrast.together;
    match contrast.prior_contradicted {
        true => together.upper.max(together.without_prior.upper),
        false => together.upper,
    }
}

/// The part of a contrast that decided: all suspects together, or one of them alone.
pub fn deciding(contrast: &Contrast) -> (String, &Difference) {
    let alone = contrast.alone.iter().find(|alone| contrast.decided_by.part == Part::Alone(alone.name.clone()));
    match (alone, contrast.alone.as_slice()) {
        (Some(alone), _) => (format!("on {}", alone.name), &alone.difference),
        (None, [only]) => (format!("on {}", only.name), &contrast.together),
        (None, _) => ("on the suspect collections together".to_owned(), &contrast.together),
    }
}

/// The contrast in one sentence, with the numbers that decide it.
pub fn sentence(facts: &Facts, outcome: &OutcomeFacts, contrast: &Contrast) -> String {
    let gate = &facts.config.gate;
    let (place, difference) = deciding(contrast);
    let (lower, upper) = bounds(contrast, difference);
    format!(
        "the {} is {:.3}{} {} {place} than on the clean ones ({} {} to {}, {})",
        outcome.kind,
        difference.delta.abs(),
        Some(outcome.kind.unit(gate))
            .filter(|unit| !unit.is_empty())
            .map(|unit| format!(" {unit}"))
            .unwrap_or_default(),
        if difference.delta < 0.0 { "lower" } else { "higher" },
        interval(gate.alpha),
        signed(lower),
        signed(upper),
        p_value(contrast.deciding_p),
    )
}

/// A difference with its interval and p: `+0.120 (90 % interval -0.010 to +0.250, p = 0.07)`.
pub fn in_interval(difference: &Difference, alpha: f64) -> String {
    format!(
        "{} ({} {} to {}, {})",
        signed(difference.delta),
        interval(alpha),
        signed(difference.lower),
        signed(difference.upper),
        p_value(difference.p)
    )
}

/// An identifier with its text, where a report may show one: `q1 "what is it"`.
pub fn named(id: impl std::fmt::Display, text: Option<&str>) -> String {
    match text {
        None => id.to_string(),
        Some(text) => format!("{id} \"{text}\""),
    }
}

/// What each reference explains where the teacher cannot have memorised: a line each.
pub fn references(facts: &Facts) -> Vec<String> {
    let said = |left: Option<f64>| left.map_or("not to be had".to_owned(), signed);
    let shares = facts.probe.iter().flat_map(|probe| &probe.references);
    shares
        .map(|share| {
            format!(
                "reference {}: with it alone {} is left on clean collections, without it {}",
                share.name,
                said(share.alone),
                said(share.without)
            )
        })
        .collect()
}

/// The pairs that carry the teacher's label residual on suspect collections, a line each.
pub fn carrying_pairs(facts: &Facts) -> Vec<String> {
    let Some(probe) = &facts.probe else { return Vec::new() };
    let mut lines = Vec::new();
    for probed in probe.collections.iter().filter(|probed| probed.role == Role::Suspect) {
        let Some(carrying) = &probed.carrying else { continue };
        let name = &probed.collection;
        lines.push(format!(
            "{name}: {} of {} make up half of what speaks for memory",
            count(carrying.half, "pair", "pairs"),
            carrying.pairs
        ));
        lines.extend(carrying.heaviest.iter().map(|pair| {
            format!(
                "{name}: query {}, {} document {}: {} standard deviations {} than the references explain",
                named(&pair.query, probe.query(name, &pair.query)),
                if pair.relevant { "relevant" } else { "not relevant" },
                named(&pair.document, probe.document(name, &pair.document)),
                format_args!("{:.1}", pair.surprise.abs()),
                if pair.surprise < 0.0 { "lower" } else { "higher" }
            )
        }));
    }
    lines
}

/// A twin test in one sentence, with the numbers that decide it.
pub fn twin_sentence(facts: &Facts, twin: &TwinFacts) -> String {
    let gate = &facts.config.gate;
    let t = &twin.twin;
    let (suspects, twins): (Vec<&str>, Vec<&str>) =
        twin.pairs.iter().map(|(suspect, fresh)| (suspect.as_str(), fresh.as_str())).unzip();
    format!(
        "the {} is {:.3} {} {} on {} than on {}, fresh queries over the same documents ({} {} to {}, {})",
        twin.kind,
        t.delta.abs(),
        twin.kind.unit(gate),
        if t.delta < 0.0 { "lower" } else { "higher" },
        some(&suspects, 3),
        some(&twins, 3),
        interval(gate.alpha),
        signed(t.lower),
        signed(t.upper),
        p_value(t.p),
    )
}

/// One line per collection: role, mean and its standard error.
pub fn per_collection(contrast: &Contrast) -> Vec<String> {
    let width = contrast.collections.iter().map(|c| c.name.chars().count()).max().unwrap_or(0);
    contrast
        .collections
        .iter()
        .map(|c| {
            let queries = count(c.n_queries, "query", "queries");
            format!("{:width$}  {:7}  {} (standard error {:.3}, {queries})", c.name, c.role, signed(c.mean), c.v.sqrt())
        })
        .collect()
}

/// The cases of a check that reads one outcome's test: found where the test rejects.
pub fn divergence(facts: &Facts, kind: OutcomeKind, absent: &str, help: &str) -> Vec<Case> {
    let Some(outcome) = facts.outcome(kind.clone()) else {
        return vec![Case::not_applicable("all", absent)];
    };
    let Some(contrast) = &outcome.contrast else {
        let why = "it needs at least one suspect and two clean collections with 10 usable queries each";
        return vec![Case::not_applicable(&outcome.arm, why)];
    };
    let said = sentence(facts, outcome, contrast);
    if let Weight::Shown(why) = &outcome.weight {
        return vec![Case::not_applicable(&outcome.arm, format!("shown, does not decide: {why}; {said}"))];
    }
    match facts.test(kind) {
        Some(test) if test.rejects => {
            let mut evidence = per_collection(contrast);
            evidence.push(format!(
                "{} after Holm's correction over {}",
                p_value(test.adjusted_p),
                count(facts.tests.len(), "test", "tests")
            ));
            let without = &deciding(contrast).1.without_prior;
            evidence.push(format!(
                "without the prior on how much collections differ: {} ({} to {}, {})",
                signed(without.delta),
                signed(without.lower),
                signed(without.upper),
                p_value(without.p)
            ));
            vec![Case::found(&outcome.arm, Finding::new(said, help).evidence(evidence))]
        }
        _ => vec![Case::passed(&outcome.arm, said)],
    }
}

/// What would make a suspect collection clean, or say that nothing can; `None` for one that is clean.
pub fn clean_evidence(facts: &Facts, collection: &CollectionFacts) -> Option<String> {
    if collection.role == Role::Clean {
        return None;
    }
    if facts.scan.evidence().iter().any(|tally| tally.collection == collection.name) {
        return Some("nothing: what was read holds its queries or judgements; a twin, fresh queries over its documents, would be clean".to_owned());
    }
    if collection.role_given {
        return Some("it is called suspect by hand: without `role`, the dates decide".to_owned());
    }
    let cutoff = facts.teacher.as_ref().and_then(|teacher| teacher.training_cutoff);
    let first_seen = facts.lock.as_ref().and_then(|lock| lock.collection(&collection.name)?.first_seen);
    let seen = first_seen.map_or(String::new(), |day| {
        format!("; that it is in the lock since {day} shows that it was there then, not that nobody had it before")
    });
    let private = "or, if they never were public, `role = \"clean\"` with a `because` that says who has had them";
    Some(match (collection.published, cutoff) {
        (None, Some(cutoff)) => format!(
            "it would be clean if its queries and judgements became public after {cutoff}: a release, a first commit or a \
             paper with that date, given as `published`; {private}{seen}"
        ),
        (None, None) => format!(
            "it would be clean if its queries and judgements became public (`published`) after the day up to which the \
             teacher may have read the web (`training-cutoff`); {private}{seen}"
        ),
        (Some(published), None) => {
            format!(
                "it would be clean if the teacher had read nothing after a day before {published} (`training-cutoff`)"
            )
        }
        (Some(_), Some(_)) => {
            "nothing: it was public before the teacher's cut-off; a twin, fresh queries over its documents, \
             would be clean"
                .to_owned()
        }
    })
}

/// What a collection's drift is, in one line: `1 query changed; 2 judgements added, 1 removed`.
pub fn drift_summary(locked: &LockedFacts) -> String {
    if locked.first_seen.is_none() {
        return "it is not in the lock yet".to_owned();
    }
    let nouns = [("query", "queries"), ("judgement", "judgements"), ("document", "documents")];
    let parts = locked.drift.parts().into_iter().zip(nouns);
    let said = parts.filter_map(|((_, part), (one, many))| match part {
        PartDrift::Same => None,
        PartDrift::Gone => Some(format!("it has no {many} any more, and the lock has")),
        PartDrift::New => Some(format!("it has {many} now, and the lock has none")),
        PartDrift::Changed(changes) if changes.is_unnamed() => {
            Some(format!("its {many} changed ({} before, {} now)", changes.before, changes.now))
        }
        PartDrift::Changed(changes) => {
            let kinds = [(&changes.added, "added"), (&changes.removed, "removed"), (&changes.changed, "changed")];
            let said: Vec<String> = kinds
                .into_iter()
                .filter(|(named, _)| named.count > 0)
                .map(|(named, what)| format!("{} {what}", count(named.count as usize, one, many)))
                .collect();
            Some(said.join(", "))
        }
    });
    said.collect::<Vec<_>>().join("; ")
}

/// What drifted by name, a line for each kind: `queries changed: q1, q7`.
pub fn drift_lines(drift: &Drift) -> Vec<String> {
    let mut lines = Vec::new();
    for (part, drift) in drift.parts() {
        let PartDrift::Changed(changes) = drift else { continue };
        if changes.is_unnamed() {
            lines.push(format!("{part}: which ones cannot be told, for the lock holds no tag that differs"));
        }
        let kinds = [(&changes.added, "added"), (&changes.removed, "removed"), (&changes.changed, "changed")];
        for (named, what) in kinds.into_iter().filter(|(named, _)| named.count > 0) {
            let more = named.count - named.names.len() as u64;
            let more = if more > 0 { format!("; and {more} more") } else { String::new() };
            lines.push(format!("{part} {what}: {}{more}", named.names.join("; ")));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_write_them() {
        assert_eq!(signed(0.0312), "+0.031");
        assert_eq!(signed(-0.0001), "0.000");
        assert_eq!(p_value(0.0123), "p = 0.012");
        assert_eq!(p_value(0.43), "p = 0.43");
        assert_eq!(p_value(1e-9), "p < 0.0001");
        assert_eq!(percent(0.004), "under 1 %");
        assert_eq!(percent(0.999), "over 99 %");
        assert_eq!(some(&["a", "b", "c"], 2), "a, b and 1 more");
        assert_eq!((interval(0.05), bound(0.05)), ("90 % interval".to_owned(), "one-sided 95 % bound".to_owned()));
        assert_eq!((interval(0.01), bound(0.025)), ("98 % interval".to_owned(), "one-sided 97.5 % bound".to_owned()));
        assert_eq!((against(0.0312, 0.05), against(0.04999, 0.05)), ("+0.031".to_owned(), "+0.04999".to_owned()));
    }
}
