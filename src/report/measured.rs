//! What every ranker measured on every collection, over how many queries, and what the rankers' names mean.

use super::v1::{Arm, ArmOnCollection, Collection, Report};

/// What a ranker is, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ArmKind {
    /// The student as it was.
    Before,
    /// The student that ships.
    After,
    /// The recipe's own student, beside another one that ships.
    Redistilled,
    /// A student with another loss.
    OtherLoss,
    /// The teacher's own scores.
    Teacher,
    /// A student that learnt from a reference.
    Reference,
    /// A reference's own scores.
    Scorer,
    /// The first stage.
    FirstStage,
}

/// The kinds of rankers that a report has, each once.
pub fn kinds(report: &Report) -> Vec<ArmKind> {
    let mut kinds: Vec<ArmKind> = report.arms.iter().filter_map(|arm| kind(&arm.name)).collect();
    kinds.sort();
    kinds.dedup();
    kinds
}

fn kind(name: &str) -> Option<ArmKind> {
    Some(match name {
        "before" => ArmKind::Before,
        "after" => ArmKind::After,
        "redistilled" => ArmKind::Redistilled,
        "teacher" => ArmKind::Teacher,
        "bm25" => ArmKind::FirstStage,
        _ if name.starts_with("reference.") => ArmKind::Reference,
        _ if name.starts_with("scorer.") => ArmKind::Scorer,
        _ if name.contains('+') => ArmKind::OtherLoss,
        _ => return None,
    })
}

/// A table of the deciding measure, in words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measured {
    /// The rankers.
    pub arms: Vec<String>,
    /// A row for each collection.
    pub rows: Vec<Row>,
    /// Whether some mean is not over all queries of its collection.
    pub is_partial: bool,
}

/// The row of a collection.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// How many queries: `323`, or `298 of 323` where every ranker answers the same 298.
    pub queries: String,
    /// The mean of each ranker, with the number of its queries where rankers differ: `0.342 (298)`.
    pub means: Vec<String>,
}

/// What every student and the teacher measured; references' own scores have no column.
pub fn measured(report: &Report) -> Measured {
    let arms: Vec<&Arm> = report.arms.iter().filter(|arm| !arm.name.starts_with("scorer.")).collect();
    let rows: Vec<(Row, bool)> = report.collections.iter().map(|c| row(report, &arms, c)).collect();
    Measured {
        arms: arms.iter().map(|arm| arm.name.clone()).collect(),
        is_partial: rows.iter().any(|(_, is_partial)| *is_partial),
        rows: rows.into_iter().map(|(row, _)| row).collect(),
    }
}

/// Queries of a collection that every ranker of the table answers, of those that cover it.
pub fn answered(report: &Report, collection: &Collection) -> usize {
    let arms = report.arms.iter().filter(|arm| !arm.name.starts_with("scorer."));
    let on = arms.filter_map(|arm| arm.collections.iter().find(|on| on.collection == collection.name));
    let mut on = on.filter(|on| !on.by_query.is_empty());
    let Some(first) = on.next() else { return collection.measured_queries };
    let rest: Vec<&ArmOnCollection> = on.collect();
    first.by_query.keys().filter(|query| rest.iter().all(|on| on.by_query.contains_key(*query))).count()
}

fn row(report: &Report, arms: &[&Arm], collection: &Collection) -> (Row, bool) {
    let all = collection.measured_queries;
    let on = |arm: &&Arm| arm.collections.iter().position(|on| on.collection == collection.name);
    let on: Vec<Option<&ArmOnCollection>> =
        arms.iter().map(|arm| on(arm).map(|place| &arm.collections[place])).collect();
    // Reports of old versions do not say which queries were answered.
    let answered = || on.iter().flatten().filter(|on| !on.by_query.is_empty());
    let is_partial = answered().any(|on| on.by_query.len() != all);
    let first = answered().next();
    let are_same = first.is_some_and(|first| answered().all(|on| on.by_query.keys().eq(first.by_query.keys())));
    let mean = |on: &Option<&ArmOnCollection>| {
        let Some(value) = on.and_then(|on| on.measures.get(&report.measure)) else { return "-".to_owned() };
        match on.map_or(0, |on| on.by_query.len()) {
            n if n > 0 && n != all && !are_same => format!("{value:.3} ({n})"),
            _ => format!("{value:.3}"),
        }
    };
    let queries = match first {
        Some(first) if is_partial && are_same => format!("{} of {all}", first.by_query.len()),
        _ => all.to_string(),
    };
    (Row { queries, means: on.iter().map(mean).collect() }, is_partial)
}

#[cfg(test)]
mod tests {
    use super::super::tests::honest;
    use super::*;

    /// Takes queries away from some rankers on the first collection.
    fn without(arms: &[(&str, usize)]) -> Measured {
        let mut report = honest();
        let collection = report.collections[0].name.clone();
        for arm in &mut report.arms {
            let lacks = arms.iter().find(|(name, _)| *name == arm.name || *name == "all");
            let on = arm.collections.iter_mut().find(|on| on.collection == collection);
            if let (Some((_, n)), Some(on)) = (lacks, on) {
                on.by_query = on.by_query.clone().into_iter().skip(*n).collect();
            }
        }
        measured(&report)
    }

    #[test]
    fn a_mean_over_some_queries_says_over_how_many() {
        let whole = without(&[]);
        let all: usize = whole.rows[0].queries.parse().unwrap();
        assert!(!whole.is_partial);
        let same = without(&[("all", 3)]);
        assert_eq!(same.rows[0].queries, format!("{} of {all}", all - 3));
        assert_eq!(same.rows[0].means, whole.rows[0].means);
        assert!(same.is_partial);
        let different = without(&[("after", 2)]);
        assert_eq!(different.rows[0].queries, all.to_string());
        let after = different.arms.iter().position(|arm| arm == "after").unwrap();
        assert!(different.rows[0].means[after].ends_with(&format!("({})", all - 2)), "{different:?}");
        assert_eq!(different.rows[1], whole.rows[1]);
    }
}
