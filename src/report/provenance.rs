//! Provenance cards: from facts to the report's types, and in the lines that people read.

use super::v1_provenance::{BeforeCard, CollectionCard, Digests, LockCard, Provenance, TeacherCard};
use crate::checks::wording::{clean_evidence, count, drift_summary};
use crate::error::Place;
use crate::facts::{CollectionFacts, Facts, LockedFacts, PartFacts};

/// The cards of an audit.
pub fn build(facts: &Facts) -> Provenance {
    let before = &facts.before;
    let is_known = before.declared.is_some() || before.record.is_some();
    Provenance {
        collections: facts.collections.iter().map(|collection| card(facts, collection)).collect(),
        teacher: teacher(facts),
        before: is_known.then(|| BeforeCard {
            declared_teacher: before.declared.clone(),
            recorded_teacher: before.recorded.clone(),
            record: before.record.clone(),
        }),
        lock: facts.lock.as_ref().map(|lock| LockCard {
            path: lock.path.clone(),
            private: lock.keyed,
            unnamed: lock.unnamed.clone(),
        }),
    }
}

fn teacher(facts: &Facts) -> Option<TeacherCard> {
    let (teacher, declared) = (facts.teacher.as_ref()?, facts.config.teacher.as_ref()?);
    let place = match teacher.config_line {
        Some(line) => Place::line(&facts.config_path, line),
        None => Place::file(&facts.config_path),
    };
    Some(TeacherCard {
        name: teacher.name.clone(),
        declared_in: place.to_string(),
        training_cutoff: teacher.training_cutoff,
        training_data: declared.training_data.clone(),
        terms: declared.terms.clone(),
    })
}

fn card(facts: &Facts, c: &CollectionFacts) -> CollectionCard {
    let locked = facts.lock.as_ref().and_then(|lock| lock.collection(&c.name));
    CollectionCard {
        name: c.name.clone(),
        role: c.role,
        role_reason: c.role_reason.clone(),
        role_declared: c.role_given,
        declared_in: c.place(&facts.config_path).to_string(),
        published: c.published,
        source: c.source.clone(),
        licence: c.licence.clone(),
        twin_of: c.twin_of.clone(),
        queries: c.counts.queries.map(|queries| queries.queries),
        judgements: c.counts.judgements.judgements,
        documents: c.counts.documents.map(|documents| documents.documents),
        first_seen: locked.and_then(|locked| locked.first_seen),
        digests: locked.map(digests),
        drift: locked.filter(|locked| locked.has_drifted()).map(drift_summary),
        overlaps: overlaps(facts, &c.name),
        would_make_clean: clean_evidence(facts, c),
    }
}

fn digests(locked: &LockedFacts) -> Digests {
    let of = |part: &PartFacts| part.sha256.clone();
    Digests {
        all: locked.now.sha256.clone(),
        queries: locked.now.queries.as_ref().map(of),
        judgements: of(&locked.now.judgements),
        documents: locked.now.documents.as_ref().map(of),
    }
}

/// What a collection has in common with others and with training data.
fn overlaps(facts: &Facts, name: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let in_it = |(a, b): &(String, String)| a == name || b == name;
    let other = |(a, b): &(String, String)| if a == name { b.clone() } else { a.clone() };
    let queries = facts.shared_queries.iter().filter(|shared| {
        let mut left_out = shared.left_out.iter();
        shared.counted_in == name || left_out.any(|left| left.collection == name)
    });
    let n = queries.count();
    if n > 0 {
        lines.push(format!("{} with other collections", count(n, "query shared", "queries shared")));
    }
    for shared in facts.independence.judgements.iter().filter(|shared| in_it(&shared.collections)) {
        let n = count(shared.pairs, "judgement shared", "judgements shared");
        lines.push(format!("{n} with {}", other(&shared.collections)));
    }
    for shared in facts.independence.documents.iter().filter(|shared| in_it(&shared.collections)) {
        let n = if shared.collections.0 == name { shared.shared.0 } else { shared.shared.1 };
        lines.push(format!("{} with {}", count(n, "document shared", "documents shared"), other(&shared.collections)));
    }
    for tally in facts.scan.evidence().into_iter().filter(|tally| tally.collection == name) {
        let queries = count(tally.evident_queries as usize, "of its queries", "of its queries");
        lines.push(format!("{queries} and {} of its judgements in what was read", tally.evident_judgements));
    }
    let copies = facts.training.iter().flat_map(|training| &training.report.test_copies);
    let n = copies.filter(|copy| copy.collection == name).count();
    if n > 0 {
        lines.push(format!("{} in the training data", count(n, "copy of its queries", "copies of its queries")));
    }
    lines
}

/// What is declared of a collection: `published 2019-11-15; source ...; licence ... (distilgate.toml:12)`.
pub fn declared(card: &CollectionCard) -> String {
    let mut said = vec![card.published.map_or("no date".to_owned(), |day| format!("published {day}"))];
    if card.role_declared {
        said.push(format!("{}: {}", card.role, card.role_reason));
    }
    said.extend(card.twin_of.iter().map(|twin| format!("twin of {twin}")));
    said.extend(card.source.iter().map(|source| format!("source: {source}")));
    said.extend(card.licence.iter().map(|licence| format!("licence: {licence}")));
    format!("{} ({})", said.join("; "), card.declared_in)
}

/// What was measured of a collection: `43 queries, 9260 judgements, 16157 documents; in the lock since 2026-01-01`.
pub fn measured(card: &CollectionCard) -> String {
    let queries = card.queries.map(|n| count(n as usize, "query", "queries"));
    let documents = card.documents.map(|n| count(n as usize, "document", "documents"));
    let judgements = count(card.judgements as usize, "judgement", "judgements");
    let counts: Vec<String> = queries.into_iter().chain([judgements]).chain(documents).collect();
    let mut said = vec![counts.join(", ")];
    said.push(card.first_seen.map_or("in no lock".to_owned(), |day| format!("in the lock since {day}")));
    said.extend(card.drift.iter().map(|drift| format!("drifted: {drift}")));
    said.extend(card.digests.iter().map(|digests| format!("SHA-256 {}", digests.all)));
    said.extend(card.overlaps.iter().cloned());
    said.join("; ")
}

/// What is declared of the teacher, in a line.
pub fn of_teacher(card: &TeacherCard) -> String {
    let cutoff = card.training_cutoff.map_or("no training cutoff".to_owned(), |day| format!("trained until {day}"));
    let data = match card.training_data.as_slice() {
        [] => "training data not declared".to_owned(),
        data => format!("training data: {}", data.join(", ")),
    };
    let terms = card.terms.as_ref().map_or("terms not declared".to_owned(), |terms| format!("terms: {terms}"));
    format!("{cutoff}; {data}; {terms} ({})", card.declared_in)
}

/// Where the student before comes from, in a line.
pub fn of_before(card: &BeforeCard) -> String {
    let declared = card.declared_teacher.iter().map(|name| format!("declared as distilled from {name}"));
    let recorded = card.record.iter().map(|record| match &card.recorded_teacher {
        Some(name) => format!("{record} records that it learnt from {name}"),
        None => format!("{record} records a training, and not whom it learnt from"),
    });
    declared.chain(recorded).collect::<Vec<_>>().join("; ")
}

/// The lock in a line: `held to distilgate.lock: 5 collections, first seen 2025-01-01 to 2026-03-02`.
pub fn of_lock(provenance: &Provenance) -> Option<String> {
    let lock = provenance.lock.as_ref()?;
    let mut days: Vec<_> = provenance.collections.iter().filter_map(|card| card.first_seen).collect();
    days.sort();
    let seen = match (days.first(), days.last()) {
        (Some(first), Some(last)) if first == last => format!(", first seen {first}"),
        (Some(first), Some(last)) => format!(", first seen {first} to {last}"),
        _ => String::new(),
    };
    let private = if lock.private { " (private)" } else { "" };
    let n = count(days.len(), "collection", "collections");
    Some(format!("held to {}{private}: {n}{seen}", lock.path))
}
