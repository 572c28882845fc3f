//! The order of the page.

use super::markup::Html;
use super::{differences, evidence, findings, gains, origins, scores, signer};
use crate::report::brief::brief;
use crate::report::v1::Report;
use crate::report::words::{self, Words};

/// Nothing on the page may ask for anything: no script runs, and nothing is fetched.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/// A section: its name on the page, its heading, and what writes it; it says `false` where it has nothing to say.
pub type Section = (&'static str, &'static str, fn(&mut Html, &Report, &Words) -> bool);

/// The report as a page, in the language that its configuration names.
pub fn html(report: &Report) -> String {
    let w = words::of(report.config.report.lang);
    let b = brief(report);
    let mut h = Html::default();
    h.within("html", &[("lang", w.code)], |h| {
        h.within("head", &[], |h| {
            h.single("meta", &[("charset", "utf-8")]);
            h.single("meta", &[("http-equiv", "Content-Security-Policy"), ("content", POLICY)]);
            h.single("meta", &[("name", "viewport"), ("content", "width=device-width, initial-scale=1")]);
            h.single("meta", &[("name", "color-scheme"), ("content", "light dark")]);
            h.single("meta", &[("name", "referrer"), ("content", "no-referrer")]);
            h.single("link", &[("rel", "icon"), ("href", "data:,")]);
            h.leaf("title", &[], &format!("distilgate: {}", (w.verdict)(report.verdict)));
            h.style(include_str!("style.css"));
        });
        h.within("body", &[], |h| {
            h.within("header", &[], |h| signer::verdict(h, report, w, &b));
            h.within("main", &[], |h| {
                signer::half_page(h, w, &b);
                sections(h, report, w);
            });
        });
    });
    h.page()
}

/// Every section that has something to say, after a list of them.
fn sections(h: &mut Html, report: &Report, w: &Words) {
    let l = w.labels;
    let all: [Section; 18] = [
        ("measured", l.measured, gains::measured),
        ("gains", l.gains, gains::gains),
        ("differences", l.differences, differences::differences),
        ("slopes", l.slopes, scores::slopes),
        ("residuals", l.residuals, gains::residuals),
        ("findings", l.findings, findings::findings),
        ("moved", l.moved, evidence::moved),
        ("probe", l.probe, evidence::heaviest),
        ("surprising", l.surprising, evidence::surprising),
        ("sample", l.sample, evidence::sample),
        ("scores", l.scores, scores::distributions),
        ("twins", l.twins, origins::twins),
        ("canary", l.canary, origins::canary),
        ("training", l.training, origins::training),
        ("scan", l.scan, origins::scan),
        ("provenance", l.provenance, origins::provenance),
        ("not-checked", l.not_checked, origins::not_checked),
        ("again", l.again, origins::again),
    ];
    let written: Vec<(&str, &str, Html)> = all
        .into_iter()
        .filter_map(|(id, heading, write)| {
            let mut section = Html::default();
            write(&mut section, report, w).then_some((id, heading, section))
        })
        .collect();
    h.within("nav", &[("aria-label", l.contents)], |h| {
        h.within("ul", &[], |h| {
            for (id, heading, _) in &written {
                h.within("li", &[], |h| h.leaf("a", &[("href", &format!("#{id}"))], heading));
            }
        });
    });
    for (id, heading, content) in written {
        let named = format!("{id}-heading");
        h.within("section", &[("id", id), ("aria-labelledby", &named)], |h| {
            h.leaf("h2", &[("id", &named)], heading);
            h.append(content);
        });
    }
}
