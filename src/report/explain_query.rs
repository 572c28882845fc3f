//! One query's numbers, from the scores to its weight in the verdict.

use crate::checks::wording::{in_interval, named, signed};
use crate::collection::Role;
use crate::error::{Error, Result, quiet};
use crate::facts::{Facts, OutcomeFacts, OutcomeKind};
use crate::probe::Probed;
use crate::stats::{ContrastSettings, Pull, Sample, contrast, normal_scores, pulls};
use comfy_table::{CellAlignment, Table, presets};

/// One query's numbers, from scores to residuals to what the verdict would be without it.
///
/// # Errors
/// No collection, or more than one, has this query among those that were probed.
pub fn explain_query(facts: &Facts, probed: &[Probed], query: &str, collection: Option<&str>) -> Result<String> {
    let (probed, place) = find(probed, query, collection)?;
    let name = &probed.collection;
    let of = &probed.queries[place];
    let text = facts.probe.as_ref().and_then(|probe| probe.query(name, &of.query));
    let mut lines = vec![format!("{name} ({}), query {}", probed.role, quiet(&named(&of.query, text))), String::new()];
    let pulls: Option<Vec<Pull>> =
        pulls(&probed.lists()).ok().map(|all| all.into_iter().filter(|p| p.query == place).collect());
    lines.push(table(facts, probed, place, pulls.as_deref().unwrap_or_default()));
    lines.push(String::new());
    lines.push(
        "score: as given; z: normal score within the query; score left, label left: what the references leave of them; \
         share: what the pair adds to the collection's coefficient"
            .to_owned(),
    );
    lines.push(String::new());
    lines.extend(weight(facts, name, of.query.as_str()));
    Ok(lines.join("\n") + "\n")
}

fn find<'a>(probed: &'a [Probed], query: &str, collection: Option<&str>) -> Result<(&'a Probed, usize)> {
    let wanted = probed.iter().filter(|probed| collection.is_none_or(|name| name == probed.collection));
    let found: Vec<(&Probed, usize)> = wanted
        .filter_map(|probed| Some((probed, probed.queries.iter().position(|one| one.query.as_str() == query)?)))
        .collect();
    match found.as_slice() {
        [one] => Ok(*one),
        [] => Err(Error::input(format!("no query {query} was probed"))
            .help("name a measured query that the teacher and every reference have scored in full")),
        many => {
            let names: Vec<&str> = many.iter().map(|(probed, _)| probed.collection.as_str()).collect();
            Err(Error::input(format!("{} have a query {query}", names.join(" and ")))
                .help("say which: probe explain QUERY --collection NAME"))
        }
    }
}

/// A row for each candidate, in the teacher's order.
fn table(facts: &Facts, probed: &Probed, place: usize, pulls: &[Pull]) -> String {
    let (of, list) = (&probed.queries[place], &probed.queries[place].list);
    let references = facts.outcome(OutcomeKind::TeacherLabelResidual).map_or(&[][..], |outcome| &outcome.references);
    let z = |scores: &[f64]| normal_scores(scores);
    let (own, others): (_, Vec<_>) = (z(&list.score), list.references.iter().map(|scores| z(scores)).collect());
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let heads = ["document", "relevant", "score", "z"].map(str::to_owned).into_iter();
    let heads = heads.chain(references.iter().map(|name| format!("z of {name}")));
    table.set_header(heads.chain(["score left", "label left", "share"].map(str::to_owned)));
    let mut order: Vec<usize> = (0..of.documents.len()).collect();
    order.sort_by(|a, b| {
        list.score[*b].total_cmp(&list.score[*a]).then_with(|| of.documents[*a].cmp(&of.documents[*b]))
    });
    let digits = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.3}"));
    for document in order {
        let pull = pulls.iter().find(|pull| pull.document == document);
        let mut row = vec![
            quiet(of.documents[document].as_str()),
            if list.relevant[document] { "yes".to_owned() } else { String::new() },
            format!("{}", list.score[document]),
            digits(own.as_ref().map(|z| z[document])),
        ];
        row.extend(others.iter().map(|z| digits(z.as_ref().map(|z| z[document]))));
        row.extend([pull.map(|p| p.score), pull.map(|p| p.label)].map(digits));
        row.push(pull.map_or("-".to_owned(), |pull| format!("{:+.5}", pull.share)));
        table.add_row(row);
    }
    for column in table.column_iter_mut().skip(2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.to_string().lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

/// The query's outcome, and what the comparison would be without it.
fn weight(facts: &Facts, collection: &str, query: &str) -> Vec<String> {
    let Some(outcome) = facts.outcome(OutcomeKind::TeacherLabelResidual) else { return Vec::new() };
    let sample = outcome.samples.iter().find(|sample| sample.collection == collection);
    let found = sample.and_then(|s| Some((s, s.queries.iter().position(|one| one.as_str() == query)?)));
    let Some((sample, place)) = found else {
        return vec![format!(
            "It has no part in the label residual: {}",
            outcome.left_out(collection).unwrap_or("its candidates are too few, all alike, or tied")
        )];
    };
    let mean = |row: &Vec<f64>| row.iter().sum::<f64>() / row.len() as f64;
    let n = sample.values.len();
    let coefficient = sample.values.iter().map(mean).sum::<f64>() / n as f64;
    let mut lines = vec![format!(
        "Its outcome is {}; the mean of the {n} queries of {collection} is {}, the coefficient.",
        signed(mean(&sample.values[place])),
        signed(coefficient)
    )];
    if let Some(contrast) = &outcome.contrast {
        let of = |difference| in_interval(difference, facts.config.gate.alpha);
        lines.push(format!("Suspect minus clean, with it: {}", of(&contrast.together)));
        if let Some(without) = without(outcome, collection, place, contrast.settings) {
            lines.push(format!("Suspect minus clean, without it: {}", of(&without)));
        }
        if sample.role == Role::Clean {
            lines.push(
                "It belongs to a clean collection: it is part of what the suspect ones are held against.".to_owned(),
            );
        }
    }
    lines
}

/// The comparison without one query of one collection; its influence is not computed anew.
fn without(
    outcome: &OutcomeFacts,
    collection: &str,
    place: usize,
    settings: ContrastSettings,
) -> Option<crate::stats::Difference> {
    let samples: Vec<Sample> = outcome
        .samples
        .iter()
        .map(|sample| {
            let mut values = sample.values.clone();
            if sample.collection == collection {
                values.remove(place);
            }
            Sample { name: sample.collection.clone(), role: sample.role, values }
        })
        .collect();
    contrast(&samples, &settings).ok().map(|contrast| contrast.together)
}
