//! Annotations for GitHub Actions: workflow commands, at most ten of a kind, which is what GitHub shows.
//!
//! Text from data stands in values alone, where everything that ends one is written as `%XX`, and it is one quiet line
//! before: nothing quoted can begin a command of its own.

use super::harmless;
use super::places::{InRepository, Repository};
use super::v1::{Case, Report, Status};
use crate::config::Level;
use crate::error::Error;
use crate::verdict::{Outcome, Verdict};

/// Annotations of one kind that GitHub shows of a step.
const MOST: usize = 10;
/// Characters of one text from the data; more are cut.
const MOST_CHARACTERS: usize = 500;
/// Lines of evidence in an annotation.
const MOST_EVIDENCE: usize = 3;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Error,
    Warning,
    Notice,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Kind::Error => "error",
            Kind::Warning => "warning",
            Kind::Notice => "notice",
        }
    }
}

/// An annotation before it is written.
struct Annotation {
    kind: Kind,
    place: InRepository,
    title: String,
    /// What it says, a line each.
    lines: Vec<String>,
}

/// The report's annotations, a command on a line each: the verdict first, then findings, the gravest first. Of more than
/// ten of a kind the last says how many are left out.
pub fn annotations(report: &Report, repository: &Repository) -> String {
    let mut all = vec![verdict(report, repository)];
    for check in &report.checks {
        all.extend(check.cases.iter().filter_map(|case| of_case(report, repository, &check.id, case)));
    }
    let mut out = String::new();
    for kind in [Kind::Error, Kind::Warning, Kind::Notice] {
        let of_kind: Vec<&Annotation> = all.iter().filter(|annotation| annotation.kind == kind).collect();
        let shown = if of_kind.len() > MOST { MOST - 1 } else { of_kind.len() };
        out.extend(of_kind[..shown].iter().map(|annotation| command(annotation)));
        if of_kind.len() > shown {
            let lines =
                vec![format!("{} more like these are in the step summary and report.json", of_kind.len() - shown)];
            let place = repository.config(report, None);
            out.push_str(&command(&Annotation { kind, place, title: "distilgate".to_owned(), lines }));
        }
    }
    out
}

/// What kept the command from a verdict, as one annotation.
pub fn annotation_of(error: &Error) -> String {
    let lines: Vec<String> = error.to_string().lines().map(short).collect();
    format!("::error title=distilgate::{}\n", value(&lines.join("\n")))
}

fn verdict(report: &Report, repository: &Repository) -> Annotation {
    let kind = match (report.result, report.verdict) {
        (Outcome::Fail | Outcome::Inconclusive, _) => Kind::Error,
        // It passes and is no pass: a level, a waiver, the baseline or `inconclusive = "warn"` let it.
        (Outcome::Pass, Verdict::Clean | Verdict::GainsAgree) => Kind::Notice,
        (Outcome::Pass, _) => Kind::Warning,
    };
    let mut lines = vec![short(&report.sentence), report.meaning.clone()];
    lines.extend(report.remarks.iter().chain(&report.settles).map(|line| short(line)));
    Annotation { kind, place: repository.config(report, None), title: format!("distilgate: {}", report.verdict), lines }
}

fn of_case(report: &Report, repository: &Repository, check: &str, case: &Case) -> Option<Annotation> {
    let kind = match (case.status, case.level) {
        (Status::Found, Some(Level::Deny)) => Kind::Error,
        (Status::Found, Some(Level::Warn)) | (Status::CouldNotRun, _) => Kind::Warning,
        (Status::Found, Some(Level::Note)) => Kind::Notice,
        _ => return None,
    };
    let mut lines = vec![format!("{}: {}", short(&case.subject), short(&case.message))];
    lines.extend(case.evidence.iter().take(MOST_EVIDENCE).map(|line| short(line)));
    lines.extend(case.help.iter().map(|help| format!("help: {}", short(help))));
    Some(Annotation { kind, place: repository.place(report, case), title: format!("distilgate: {check}"), lines })
}

fn command(annotation: &Annotation) -> String {
    let Annotation { kind, place, title, lines } = annotation;
    let column = place.column.map(|column| format!(",col={column}")).unwrap_or_default();
    format!(
        "::{} file={},line={}{column},title={}::{}\n",
        kind.word(),
        property(&place.path),
        place.line,
        property(title),
        value(&lines.join("\n"))
    )
}

fn short(text: &str) -> String {
    harmless::line(&harmless::first(text, MOST_CHARACTERS))
}

/// The value behind a command: what would end it is written as `%XX`, the sign of that included.
fn value(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, which `,` and `:` would end too.
fn property(text: &str) -> String {
    value(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Place;

    #[test]
    fn values_hold_no_end_of_theirs() {
        assert_eq!(property("a:b,c%d\r\n"), "a%3Ab%2Cc%25d%0D%0A");
        assert_eq!(value("100 %: a,b\n::error::x"), "100 %25: a,b%0A::error::x");
    }

    #[test]
    fn an_error_is_one_command_whatever_it_quotes() {
        let error = Error::input("x\n::warning::y").at(Place::file("a%0A::notice::z")).help("h");
        let text = annotation_of(&error);
        assert_eq!(text, "::error title=distilgate::a%250A::notice::z: x ::warning::y%0A  help: h\n");
    }
}
