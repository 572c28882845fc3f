//! The page over reports of every kind: what it says, what it asks for (nothing), and what text from data can do (nothing).

use super::html;
use crate::config::Language;
use crate::report::tests::{everything, honest, leaky};
use crate::report::v1_probe::{HeavyPair, ProbedCollection};
use crate::report::{Histogram, Probe, Report};

/// Every element that the page may hold.
const KNOWN: [&str; 48] = [
    "!DOCTYPE",
    "a",
    "body",
    "circle",
    "code",
    "desc",
    "details",
    "div",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "head",
    "header",
    "html",
    "li",
    "line",
    "link",
    "main",
    "meta",
    "nav",
    "ol",
    "p",
    "polygon",
    "pre",
    "section",
    "span",
    "strong",
    "style",
    "summary",
    "svg",
    "table",
    "tbody",
    "td",
    "text",
    "th",
    "thead",
    "title",
    "tr",
    "ul",
    "b",
    "i",
    "em",
    "rect",
    "g",
    "path",
];

/// Names of elements in the order in which they open, and whether all are closed in order.
fn elements(page: &str) -> Vec<String> {
    let mut open: Vec<String> = Vec::new();
    let mut all = Vec::new();
    for (place, _) in page.match_indices('<') {
        let tag = &page[place + 1..place + page[place..].find('>').unwrap()];
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap().to_owned();
        assert!(KNOWN.contains(&name.as_str()), "<{tag}> is none of the page's elements");
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name), "elements are closed in order");
        } else if !tag.ends_with('/') && !["!DOCTYPE", "meta", "link"].contains(&name.as_str()) {
            open.push(name.clone());
            all.push(name);
        } else {
            all.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?} are left open");
    all
}

fn without_style(page: &str) -> String {
    let (from, to) = (page.find("<style>").unwrap(), page.find("</style>").unwrap());
    format!("{}[style]{}", &page[..from], &page[to + 8..])
}

/// A report in which every text is this one, as often as a report may hold it.
fn full_of(text: &str) -> Report {
    let mut report = everything();
    for case in report.checks.iter_mut().flat_map(|check| &mut check.cases) {
        case.message = text.to_owned();
        case.evidence = vec![text.to_owned(); 3];
    }
    for collection in &mut report.collections {
        collection.name = text.to_owned();
    }
    let heavy = HeavyPair {
        query: text.to_owned(),
        query_text: Some(text.to_owned()),
        document: text.to_owned(),
        document_text: Some(text.to_owned()),
        relevant: true,
        surprise: 1.0,
        share: 0.1,
    };
    report.probe = Some(Probe {
        collections: vec![ProbedCollection {
            collection: text.to_owned(),
            role: crate::collection::Role::Suspect,
            pairs: Some(1),
            half: Some(1),
            heaviest: vec![heavy],
            surprising_pairs: 0,
            surprising_agreed: 0,
            surprising: Vec::new(),
        }],
        ..Probe::default()
    });
    report.command = text.to_owned();
    report.sentence = text.to_owned();
    report.settles = vec![text.to_owned()];
    report.not_checked = vec![text.to_owned()];
    report
}

#[test]
fn a_small_page() {
    let mut report = honest();
    report.checks.truncate(2);
    report.collections.truncate(2);
    for arm in &mut report.arms {
        arm.collections.truncate(1);
    }
    report.outcomes.truncate(1);
    insta::assert_snapshot!(without_style(&html(&report)));
}

#[test]
fn a_page_is_the_same_twice_and_well_formed_in_every_language() {
    for mut report in [honest(), leaky(), everything()] {
        for lang in [Language::En, Language::Ja] {
            report.config.report.lang = lang;
            let page = html(&report);
            assert_eq!(page, html(&report));
            assert!(elements(&page).contains(&"svg".to_owned()));
            assert!(page.contains(&format!("<html lang=\"{lang}\">")));
        }
    }
}

#[test]
fn the_interval_that_decides_is_drawn_and_stands_in_the_tables() {
    let mut report = honest();
    let page = html(&report);
    assert!(!page.contains("interval that decides</"), "where it is the diamond's, no other is shown");
    let deciding = report.outcomes.iter_mut().find(|outcome| outcome.decides).unwrap();
    let contrast = deciding.contrast.as_mut().unwrap();
    contrast.prior_contradicted = true;
    contrast.together.lower_without_prior = -0.5;
    contrast.together.upper_without_prior = 0.0654;
    let page = html(&report);
    let (row, cell) = ("class=\"value\">[-0.500, +0.065]<", "data-label=\"interval that decides\"");
    assert!(page.contains(row) && page.contains(cell) && page.contains("<span>[-0.500, +0.065]</span>"), "{page}");
    let summary = crate::report::summary(&report);
    assert!(summary.contains("\\[-0.500, +0.065\\]") && summary.contains("wider end of both counts"), "{summary}");
}

#[test]
fn a_cell_knows_its_column_and_a_column_without_texts_is_left_out() {
    use super::table::{foreign, number, table, text};
    let mut h = super::markup::Html::default();
    let rows = [vec![text("a"), foreign(None), number("1")], vec![text("b"), foreign(Some("")), number("2")]];
    table(&mut h, "name", &["collection", "text", "rank"], &rows, "more");
    let page = h.page();
    assert!(!page.contains("text</th>") && !page.contains("data-label=\"text\""), "{page}");
    for (head, cell) in [("collection", "a"), ("rank", "2")] {
        let at = page.find(&format!("<span>{cell}</span>")).unwrap();
        let begin = page[..at].rfind("<td").unwrap();
        assert!(page[begin..at].contains(&format!("data-label=\"{head}\"")), "{page}");
    }
}

#[test]
fn what_was_searched_says_why_some_documents_were_not() {
    use crate::report::{Found, FoundOf, Scan};
    let mut report = honest();
    let found = |sought, places| Found { sought, exact: places, contained: 0, near: 0, part: 0, places };
    let of = |places| FoundOf {
        collection: "old-a".to_owned(),
        is_evidence: places > 0,
        queries: found(Some(40), 1),
        judgements: found(None, places),
        documents: found(Some(99), 0),
        evident_queries: 1,
        evident_judgements: places,
        common_queries: 0,
        short_documents: 3,
        long_queries: 0,
        crowded_documents: 0,
    };
    let scan = |table: &str, places| Scan {
        table: table.to_owned(),
        paths: Vec::new(),
        files: 1,
        bytes: 1,
        lines: 1,
        unread: Vec::new(),
        damaged_texts: 0,
        long_lines: 0,
        collections: vec![of(places)],
    };
    report.scan = vec![scan("[distill]", 0)];
    let page = html(&report);
    assert!(page.contains("<span>99 (3 too short)</span>") && page.contains("<span>left out of training</span>"));
    assert!(!page.contains("<span>judgements</span>"), "nothing was found, and nothing was looked for apart");
    report.scan = vec![scan("[scan]", 2)];
    let page = html(&report);
    assert!(page.contains("<span>judgements</span>") && !page.contains("<span>left out of training</span>"));
}

#[test]
fn a_page_asks_for_nothing() {
    for report in [honest(), leaky(), everything()] {
        let page = html(&report);
        for request in ["http://", "https://", "src=", "@import", "url(", "<script", "javascript:", "onload"] {
            // The text of a hostile input may say so; only markup may not.
            assert!(!page.contains(request), "{request}");
        }
        let links = page.match_indices("href=\"").map(|(place, _)| &page[place + 6..place + 11]);
        assert!(links.into_iter().all(|link| link.starts_with('#') || link == "data:"));
    }
}

#[test]
fn text_from_data_stays_text() {
    let hostile = [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "`${alert(1)}`",
        "]]><x/>",
        "--><svg onload=alert(1)>",
        "</style></title></textarea><script>",
        "&lt;script&gt; &#60;b&#62;",
        "\u{202e}\u{2066}reversed\u{200f}",
        "\u{0}\u{1b}[31m\u{feff}",
        "{{7*7}} <%= 1 %>",
    ];
    let plain = elements(&html(&full_of("plain")));
    for text in hostile {
        let page = html(&full_of(text));
        assert_eq!(elements(&page), plain, "{text} changes the elements");
        let hidden = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200f}');
        assert!(!page.contains(hidden) && page.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
    }
}

#[test]
fn a_megabyte_in_every_text_makes_no_large_page() {
    let mut report = full_of(&"<&\"\u{1F600}>".repeat(1 << 17));
    report.not_checked = vec!["x".repeat(1 << 20); 3000];
    report.outcomes[0].collections[0].by_query = (0..50_000).map(|n| (n.to_string(), 0.5)).collect();
    report.arms[0].collections[0].by_query = (0..50_000).map(|n| (n.to_string(), 0.25)).collect();
    assert!(html(&report).len() < 4 << 20, "{}", html(&report).len());
}

/// Every value of an attribute.
fn values<'a>(page: &'a str, attribute: &str) -> Vec<&'a str> {
    let begins = page.match_indices(attribute).map(|(place, _)| &page[place + attribute.len()..]);
    begins.map(|rest| &rest[..rest.find('"').unwrap()]).collect()
}

#[test]
fn every_name_on_a_page_is_there_once_and_every_plot_has_its_own() {
    let mut report = leaky();
    let arm = report.arms.iter().find(|arm| arm.name == "reference.open").unwrap().clone();
    let long = "x".repeat(60);
    for name in [
        "reference.教師".to_owned(),
        "reference.生徒".to_owned(),
        format!("reference.{long}1"),
        format!("reference.{long}2"),
    ] {
        report.arms.push(crate::report::v1::Arm { name, ..arm.clone() });
    }
    let page = html(&report);
    let ids = values(&page, " id=\"");
    let different: std::collections::BTreeSet<&&str> = ids.iter().collect();
    assert_eq!(different.len(), ids.len(), "{ids:?}");
    let named: Vec<&str> = values(&page, "aria-labelledby=\"").into_iter().flat_map(|names| names.split(' ')).collect();
    assert!(named.iter().all(|name| ids.contains(name)), "{named:?}");
    for name in ["教師", "生徒"] {
        assert!(page.contains(&format!("-title\">gain of reference.{name} against before")), "{name}");
    }
}

#[test]
fn what_is_left_out_is_counted() {
    let short = || {
        let mut report = leaky();
        report.checks.clear();
        report.arms.iter_mut().flat_map(|arm| &mut arm.collections).for_each(|on| on.histogram = None);
        report
    };
    let mut report = short();
    let counted = |report: &Report| {
        let page = html(report);
        let said = " more are in report.json";
        let before = page.match_indices(said).map(|(place, _)| page[..place].rsplit('>').next().unwrap().to_owned());
        before.map(|n| n.trim().to_owned()).collect::<Vec<String>>()
    };
    assert_eq!(counted(&report), [""; 0]);
    let arm = report.arms.iter().find(|arm| arm.name == "reference.open").unwrap().clone();
    let others = report.arms.iter().filter(|arm| arm.name.starts_with("reference.")).count();
    let columns = report.arms.iter().filter(|arm| !arm.name.starts_with("scorer.")).count();
    report.arms.extend((0..30).map(|n| crate::report::v1::Arm { name: format!("reference.{n}"), ..arm.clone() }));
    // Columns of the table, and plots of arms.
    assert_eq!(counted(&report), [(columns + 30 - 20).to_string(), (others + 30 - 6).to_string()]);
    report = short();
    let outcome = report.outcomes.iter_mut().find(|outcome| outcome.rejects).unwrap();
    let on = outcome.collections[0].clone();
    outcome.collections.extend((0..70).map(|_| on.clone()));
    let contrast = outcome.contrast.as_mut().unwrap();
    let last = contrast.alone.values().next().unwrap().clone();
    contrast.alone.extend((0..70).map(|n| (format!("z{n:02}"), last.clone())));
    contrast.decided_on = Some("z69".to_owned());
    let (rows, suspects) = (outcome.collections.len() - 60, outcome.contrast.as_ref().unwrap().alone.len() - 60);
    assert_eq!(counted(&report), [rows.to_string(), suspects.to_string()]);
    assert!(html(&report).contains(">z69</text>"), "what decides is never left out");
}

#[test]
fn numbers_that_are_none_do_not_break_a_plot() {
    let mut report = leaky();
    report.outcomes[0].collections[0].mean = f64::NAN;
    report.outcomes[0].collections[1].standard_error = Some(f64::INFINITY);
    report.arms[0].collections[0].histogram =
        Some(Histogram { low: f64::NAN, high: f64::NAN, relevant: Vec::new(), other: vec![0, 0] });
    let page = html(&report);
    elements(&page);
    assert!(!page.contains("=\"NaN\"") && !page.contains("=\"inf\""));
}
