//! Twins, from facts to the report's types.

use super::v1_twins::{OnBothSides, Twin, TwinPair};
use crate::facts::{Facts, TwinFacts, TwinPairFacts, Weight};

/// A twin test.
pub fn test(facts: &Facts, twin: &TwinFacts) -> Twin {
    let t = &twin.twin;
    let decides = twin.weight == Weight::Decides;
    let test = facts.twin_test(twin.kind.clone()).filter(|_| decides);
    Twin {
        outcome: twin.kind.to_string(),
        pairs: twin.pairs.clone(),
        delta: t.delta,
        p: t.p,
        lower: t.lower,
        upper: t.upper,
        decides,
        shown_because: match &twin.weight {
            Weight::Shown(why) => Some(why.clone()),
            Weight::Decides => None,
        },
        adjusted_p: test.map(|test| test.adjusted_p),
        rejects: test.is_some_and(|test| test.rejects),
    }
}

/// A pair and how like its sides are.
pub fn pair(facts: &Facts, pair: &TwinPairFacts) -> TwinPair {
    let unlike = pair.unlike(facts.config.gate.alpha);
    let blind = pair.blind.as_ref();
    let tells = blind.iter().flat_map(|blind| &blind.tells).map(|tell| OnBothSides {
        what: tell.what.clone(),
        suspect: tell.suspect,
        twin: tell.twin,
        difference: None,
    });
    let balance = pair.balance.iter().map(|b| OnBothSides {
        what: b.what.clone(),
        suspect: b.suspect,
        twin: b.twin,
        difference: b.difference,
    });
    TwinPair {
        suspect: pair.suspect.clone(),
        twin: pair.twin.clone(),
        matched: unlike.is_empty(),
        unlike,
        suspect_queries: pair.queries.0,
        twin_queries: pair.queries.1,
        shared_queries: pair.shared_queries,
        auc: blind.map(|blind| blind.auc),
        p: blind.map(|blind| blind.p),
        auc_needed: blind.map(|blind| blind.needed),
        told_by: tells.collect(),
        balance: balance.collect(),
    }
}
