//! Queries, documents, ranks and judgements: what a person looks at to judge what the numbers say.

use super::markup::Html;
use super::table::{Cell, code, foreign, left_out, number, table, text};
use crate::checks::wording::signed;
use crate::report::v1::Report;
use crate::report::v1_moved::{MovedQuery, RankedDocument};
use crate::report::v1_probe::ProbedCollection;
use crate::report::words::Words;

/// Collections that are shown, of each kind.
const MOST_COLLECTIONS: usize = 40;

/// Queries that are shown of a collection.
const MOST_QUERIES: usize = 20;

/// The queries that moved most, by collection, with the documents that moved them.
pub fn moved(h: &mut Html, report: &Report, w: &Words) -> bool {
    let all: Vec<_> = report.moved.iter().filter(|moved| !moved.queries.is_empty()).collect();
    if all.is_empty() {
        return false;
    }
    h.leaf("p", &[("class", "caption")], w.labels.moved_caption);
    for (index, moved) in all.iter().take(MOST_COLLECTIONS).enumerate() {
        let role = report.collections.iter().find(|c| c.name == moved.collection).map(|c| (w.role)(c.role));
        h.within(
            "details",
            if index == 0 { &[("class", "evidence"), ("open", "")] } else { &[("class", "evidence")] },
            |h| {
                h.leaf("summary", &[], &format!("{} · {}", moved.collection, role.unwrap_or_default()));
                for query in moved.queries.iter().take(MOST_QUERIES) {
                    moved_query(h, &moved.collection, query, w);
                }
                left_out(h, moved.queries.len().saturating_sub(MOST_QUERIES), w.labels.more);
            },
        );
    }
    more(h, all.len(), w);
    true
}

fn moved_query(h: &mut Html, collection: &str, query: &MovedQuery, w: &Words) {
    let l = w.labels;
    h.within("h3", &[("class", "query")], |h| {
        h.leaf("code", &[("dir", "auto")], &query.query);
        let change = format!("{:.3} → {:.3} ({})", query.before, query.after, signed(query.after - query.before));
        h.leaf("span", &[("class", "change")], &change);
    });
    if let Some(said) = &query.text {
        h.leaf("p", &[("dir", "auto"), ("class", "foreign")], said);
    }
    let rank = |rank: Option<usize>| number(rank.map_or(l.not_ranked.to_owned(), |rank| rank.to_string()));
    let row = |d: &RankedDocument| {
        let grade = d.grade.map_or(number(l.not_judged), |grade| number(grade.to_string()));
        vec![code(&d.document), grade, rank(d.before), rank(d.after), foreign(d.text.as_deref())]
    };
    let rows: Vec<Vec<Cell>> = query.documents.iter().map(row).collect();
    let heads = [l.document, l.grade, l.rank_before, l.rank_after, l.text];
    table(h, &format!("{}: {collection} {}", l.table, query.query), &heads, &rows, l.more);
}

/// The pairs that add most to the teacher's label residual.
pub fn heaviest(h: &mut Html, report: &Report, w: &Words) -> bool {
    let l = w.labels;
    let heads = [l.query, l.document, l.grade, l.surprise, l.share, l.text];
    let rows = |probed: &ProbedCollection| {
        let of = |pair: &crate::report::HeavyPair| {
            let texts = both(pair.query_text.as_deref(), pair.document_text.as_deref());
            vec![
                code(&pair.query),
                code(&pair.document),
                text(judged(pair.relevant, w)),
                number(signed(pair.surprise)),
                number(signed(pair.share)),
                foreign(texts.as_deref()),
            ]
        };
        probed.heaviest.iter().map(of).collect::<Vec<Vec<Cell>>>()
    };
    by_collection(h, report, w, l.probe_caption, &heads, rows)
}

/// Pairs of documents that every reference orders against the judgements and the teacher with them.
pub fn surprising(h: &mut Html, report: &Report, w: &Words) -> bool {
    let l = w.labels;
    let heads = [l.query, l.relevant, l.other, l.places, l.text];
    let rows = |probed: &ProbedCollection| {
        let of = |pair: &crate::report::SurprisingExample| {
            let texts = both(pair.query_text.as_deref(), pair.relevant_text.as_deref());
            vec![
                code(&pair.query),
                code(&pair.relevant),
                code(&pair.other),
                number(pair.places.to_string()),
                foreign(texts.as_deref()),
            ]
        };
        probed.surprising.iter().map(of).collect::<Vec<Vec<Cell>>>()
    };
    by_collection(h, report, w, l.surprising_caption, &heads, rows)
}

/// A table for each collection that has rows.
fn by_collection(
    h: &mut Html,
    report: &Report,
    w: &Words,
    caption: &str,
    heads: &[&str],
    rows: impl Fn(&ProbedCollection) -> Vec<Vec<Cell>>,
) -> bool {
    let probed = report.probe.iter().flat_map(|probe| &probe.collections);
    let all: Vec<_> = probed.map(|probed| (probed, rows(probed))).filter(|(_, rows)| !rows.is_empty()).collect();
    if all.is_empty() {
        return false;
    }
    if !caption.is_empty() {
        h.leaf("p", &[("class", "caption")], caption);
    }
    for (probed, rows) in all.iter().take(MOST_COLLECTIONS) {
        h.within("details", &[("class", "evidence")], |h| {
            h.leaf("summary", &[], &format!("{} · {}", probed.collection, (w.role)(probed.role)));
            table(h, &format!("{caption} {}", probed.collection), heads, rows, w.labels.more);
        });
    }
    more(h, all.len(), w);
    true
}

/// The sample for people to read, with what they said.
pub fn sample(h: &mut Html, report: &Report, w: &Words) -> bool {
    let l = w.labels;
    let Some(probe) = report.probe.as_ref().filter(|probe| !probe.inspection.is_empty()) else { return false };
    h.leaf("p", &[("class", "caption")], l.sample_caption);
    let rows: Vec<Vec<Cell>> = probe
        .inspection
        .iter()
        .map(|one| {
            let texts = both(one.query_text.as_deref(), one.document_text.as_deref());
            let said =
                one.verdict.iter().chain(&one.reviewer).chain(&one.comment).cloned().collect::<Vec<_>>().join(" · ");
            vec![
                code(&one.item),
                text(&one.collection),
                code(&one.query),
                code(&one.document),
                number(one.rank.map_or("-".to_owned(), |rank| rank.to_string())),
                text(judged(one.relevant, w)),
                text(&one.picked),
                foreign(texts.as_deref()),
                foreign(Some(&said)),
            ]
        })
        .collect();
    let heads = [l.item, l.collection, l.query, l.document, l.rank, l.grade, l.picked, l.text, l.review];
    h.within("details", &[], |h| {
        h.leaf("summary", &[], &format!("{} ({})", l.sample, rows.len()));
        table(h, &format!("{}: {}", l.table, l.sample), &heads, &rows, l.more);
    });
    true
}

fn judged(relevant: bool, w: &Words) -> &'static str {
    if relevant { w.labels.relevant } else { w.labels.other }
}

/// A query's and a document's text on one line.
fn both(query: Option<&str>, document: Option<&str>) -> Option<String> {
    let texts: Vec<&str> = query.into_iter().chain(document).collect();
    (!texts.is_empty()).then(|| texts.join(" — "))
}

fn more(h: &mut Html, collections: usize, w: &Words) {
    left_out(h, collections.saturating_sub(MOST_COLLECTIONS), w.labels.more);
}
