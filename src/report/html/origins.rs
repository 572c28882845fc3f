//! Where everything comes from, what was searched, what was not checked, and how to make the report again.

use super::markup::Html;
use super::said;
use super::table::{Cell, code, foreign, list, number, table, text};
use crate::checks::wording::{ends, p_value, signed};
use crate::report::v1::Report;
use crate::report::v1_scan::Found;
use crate::report::words::Words;
use crate::report::{provenance as cards, training as trained};

/// Twins: their tests, and how like they are.
pub fn twins(h: &mut Html, report: &Report, w: &Words) -> bool {
    let l = w.labels;
    let tests: Vec<Vec<Cell>> = report
        .twins
        .iter()
        .map(|twin| {
            let pairs = twin.pairs.iter().map(|(suspect, twin)| format!("{suspect} – {twin}")).collect::<Vec<_>>();
            let decides = match &twin.shown_because {
                Some(why) => format!("{}: {}", l.no, (w.phrase)(why)),
                None => (if twin.decides { l.yes } else { l.no }).to_owned(),
            };
            let bounds = ends(twin.lower, twin.upper);
            let pairs = foreign(Some(&pairs.join(", ")));
            vec![
                text((w.outcome)(&twin.outcome)),
                pairs,
                text(decides),
                number(signed(twin.delta)),
                number(bounds),
                number(p_value(twin.p)),
            ]
        })
        .collect();
    let pairs: Vec<Vec<Cell>> = report
        .twin_pairs
        .iter()
        .map(|pair| {
            let auc = pair.auc.map_or("-".to_owned(), |auc| format!("{auc:.3}"));
            vec![
                text(format!("{} – {}", pair.suspect, pair.twin)),
                number(format!("{} / {}", pair.suspect_queries, pair.twin_queries)),
                number(auc),
                text(if pair.matched { l.yes } else { l.no }),
                said::cell(w, &pair.unlike.join("; ")),
            ]
        })
        .collect();
    if !tests.is_empty() {
        table(
            h,
            &format!("{}: {}", l.table, l.twins),
            &[l.outcome, l.collection, l.decides, l.suspect_minus_twin, &(w.interval)(report.config.gate.alpha), "p"],
            &tests,
            l.more,
        );
    }
    if !pairs.is_empty() {
        table(
            h,
            &format!("{}: {}, {}", l.table, l.twins, l.matched),
            &[l.collection, l.queries, "AUC", l.matched, l.why],
            &pairs,
            l.more,
        );
    }
    !tests.is_empty() || !pairs.is_empty()
}

/// What the teacher makes of canaries.
pub fn canary(h: &mut Html, report: &Report, w: &Words) -> bool {
    let Some(canary) = &report.canary else { return false };
    let l = w.labels;
    let heads = [l.canary_pairs, l.canary_labelled, l.canary_other, l.canary_ties, l.canary_needed, "p"];
    let needed = canary.needed.map_or("-".to_owned(), |needed| needed.to_string());
    let row = [canary.pairs, canary.labelled, canary.other, canary.ties].map(|n| number(n.to_string()));
    let row: Vec<Cell> = row.into_iter().chain([number(needed), number(p_value(canary.p))]).collect();
    table(h, &format!("{}: {}", w.labels.table, w.labels.canary), &heads, &[row], w.labels.more);
    true
}

/// What was trained here.
pub fn training(h: &mut Html, report: &Report, w: &Words) -> bool {
    let Some(training) = &report.training else { return false };
    h.within("div", &[("lang", "en")], |h| list(h, &trained::lines(training), w.labels.more));
    true
}

/// What was searched, and what was found of each collection.
pub fn scan(h: &mut Html, report: &Report, w: &Words) -> bool {
    let l = w.labels;
    if !report.scan.is_empty() {
        h.leaf("p", &[("class", "caption")], l.scan_caption);
    }
    for scan in &report.scan {
        h.leaf("h3", &[], &format!("{} · {}", scan.table, scan.paths.join(", ")));
        let said =
            format!("{} files, {} lines, {} bytes; {} unread", scan.files, scan.lines, scan.bytes, scan.unread.len());
        h.leaf("p", &[("lang", "en")], &said);
        let unread: Vec<String> = scan.unread.iter().map(|one| format!("{}: {}", one.file, one.why)).collect();
        if !unread.is_empty() {
            list(h, &unread, l.more);
        }
        // What training here would have read is taken out before: it is evidence of nothing.
        let yes = if scan.table == "[distill]" { l.left_out } else { l.yes };
        let found = |collection: &str, kind: &str, found: &Found, short: u64, is_evidence: Option<bool>| {
            let counts = [found.exact, found.contained, found.near, found.part].map(|n| number(n.to_string()));
            let short = if short > 0 { format!(" ({short} {})", l.too_short) } else { String::new() };
            let sought = found.sought.map_or("-".to_owned(), |n| format!("{n}{short}"));
            let evidence = is_evidence.map_or("-", |is| if is { yes } else { l.no });
            let row = [text(collection), text(kind), number(sought)].into_iter().chain(counts);
            row.chain([text(evidence)]).collect::<Vec<Cell>>()
        };
        let rows: Vec<Vec<Cell>> = scan
            .collections
            .iter()
            .flat_map(|c| {
                let judgements = (c.judgements.places > 0)
                    .then(|| found(&c.collection, l.judgements, &c.judgements, 0, Some(c.evident_judgements > 0)));
                [found(&c.collection, l.query, &c.queries, 0, Some(c.evident_queries > 0))]
                    .into_iter()
                    .chain(judgements)
                    .chain([found(&c.collection, l.documents, &c.documents, c.short_documents, None)])
            })
            .collect();
        let heads = [l.collection, l.kind, l.sought, l.exact, l.contained, l.near, l.part, l.evidence];
        table(h, &format!("{}: {}", l.table, scan.table), &heads, &rows, l.more);
    }
    !report.scan.is_empty()
}

/// A card for each collection, the teacher and the student before.
pub fn provenance(h: &mut Html, report: &Report, w: &Words) -> bool {
    let l = w.labels;
    let of = &report.provenance;
    let teacher = of.teacher.iter().map(|card| format!("{}: {}", card.name, cards::of_teacher(card)));
    let before = of.before.iter().map(cards::of_before);
    let lines: Vec<String> = teacher.chain(before).chain(cards::of_lock(of)).collect();
    if !lines.is_empty() {
        h.within("div", &[("lang", "en")], |h| list(h, &lines, l.more));
    }
    let rows: Vec<Vec<Cell>> = of
        .collections
        .iter()
        .map(|card| {
            vec![
                text(&card.name),
                text((w.role)(card.role)),
                said::cell(w, &card.role_reason),
                foreign(Some(&cards::declared(card))),
                foreign(Some(&cards::measured(card))),
                said::cell(w, card.would_make_clean.as_deref().unwrap_or_default()),
            ]
        })
        .collect();
    if !rows.is_empty() {
        table(
            h,
            &format!("{}: {}", l.table, l.provenance),
            &[l.collection, l.role, l.why, l.declared, l.counted, l.would_make_clean],
            &rows,
            l.more,
        );
    }
    !lines.is_empty() || !rows.is_empty()
}

/// What was not looked at, and what would settle what is open.
pub fn not_checked(h: &mut Html, report: &Report, w: &Words) -> bool {
    let l = w.labels;
    if !report.not_checked.is_empty() {
        h.within("div", &[("lang", "en")], |h| said::list(h, w, &report.not_checked));
    }
    if !report.settles.is_empty() {
        h.leaf("h3", &[], l.settles);
        h.within("div", &[("lang", "en")], |h| said::list(h, w, &report.settles));
    }
    !report.not_checked.is_empty() || !report.settles.is_empty()
}

/// The command, and what it read.
pub fn again(h: &mut Html, report: &Report, w: &Words) -> bool {
    let l = w.labels;
    h.within("pre", &[("tabindex", "0")], |h| h.leaf("code", &[], &report.command));
    let runtime = report.onnx_runtime.as_ref().map(|version| format!(", ONNX Runtime {version}")).unwrap_or_default();
    h.leaf(
        "p",
        &[("class", "caption")],
        &format!("distilgate {}{runtime}, threads: {}", report.distilgate, report.threads),
    );
    let rows: Vec<Vec<Cell>> = report.inputs.iter().map(|(path, digest)| vec![code(path), code(digest)]).collect();
    if !rows.is_empty() {
        h.within("details", &[], |h| {
            h.leaf("summary", &[], &format!("{} ({})", l.inputs, rows.len()));
            table(h, &format!("{}: {}", l.table, l.inputs), &["file", "SHA-256"], &rows, l.more);
        });
    }
    true
}
