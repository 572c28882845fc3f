//! `report.sarif`: findings as SARIF 2.1.0, for code hosts that show them at lines.
//!
//! A rule is a check that ran; what is about checks that could not run is a notification. Each result has a place in
//! the repository, relative to its root: GitHub refuses a whole file for one result without.

use super::harmless;
use super::places::{InRepository, Repository};
use super::v1::{Case, CheckResult, Report, Status};
use crate::cache::digest_bytes;
use crate::checks::{self, Check};
use crate::config::Level;
use serde_json::{Value, json};

/// The schema that the file names and holds to.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// The name that stands for the root of the repository.
const ROOT: &str = "%SRCROOT%";
/// Characters of one text from the data; more are cut.
const MOST_CHARACTERS: usize = 1_000;
/// Results of one run that GitHub takes.
const MOST_RESULTS: usize = 25_000;

/// The report as SARIF; `repository` says what files are named relative to.
pub fn sarif(report: &Report, repository: &Repository) -> String {
    let ran: Vec<&CheckResult> = report.checks.iter().filter(|check| check.cases.iter().any(did_run)).collect();
    let mut results = Vec::new();
    for (index, check) in ran.iter().enumerate() {
        let found = check.cases.iter().filter(|case| matches!(case.status, Status::Found | Status::Waived));
        results.extend(found.map(|case| result(report, repository, (index, check), case)));
    }
    let mut notifications = could_not_run(report);
    if results.len() > MOST_RESULTS {
        let more = results.len() - MOST_RESULTS;
        notifications.push(note(format!("{more} more findings are in report.json alone")));
        results.truncate(MOST_RESULTS);
    }
    let run = json!({
        "tool": { "driver": {
            "name": "distilgate",
            "semanticVersion": report.distilgate,
            "rules": ran.iter().map(|check| rule(check)).collect::<Vec<_>>(),
        }},
        "invocations": [{
            "executionSuccessful": true,
            "commandLine": harmless::line(&report.command),
            "exitCode": report.exit_code,
            "toolExecutionNotifications": notifications,
        }],
        "originalUriBaseIds": { ROOT: { "description": { "text": "the root of the repository" } } },
        "columnKind": "unicodeCodePoints",
        "results": results,
        "properties": {
            "verdict": report.verdict,
            "result": report.result,
            "sentence": harmless::line(&report.sentence),
        },
    });
    let log = json!({ "$schema": SCHEMA, "version": "2.1.0", "runs": [run] });
    let mut text = serde_json::to_string_pretty(&log).expect("a log is plain data");
    text.push('\n');
    text
}

fn did_run(case: &Case) -> bool {
    !matches!(case.status, Status::NotApplicable | Status::CouldNotRun)
}

fn id(check: &str) -> String {
    format!("distilgate/{check}")
}

/// A check that ran, with its page as help.
fn rule(check: &CheckResult) -> Value {
    let known = checks::find(&check.id);
    let help = known.map(|known| checks::page(known).body).filter(|body| !body.is_empty());
    let help = help.unwrap_or_else(|| check.summary.clone());
    json!({
        "id": id(&check.id),
        "shortDescription": { "text": harmless::line(&check.summary) },
        "fullDescription": { "text": harmless::line(&check.summary) },
        "help": { "text": help, "markdown": help },
        "defaultConfiguration": { "level": known.map_or("warning", default_level) },
        "properties": { "tags": [check.family] },
    })
}

fn default_level(check: &Check) -> &'static str {
    level(Some(check.level))
}

fn level(level: Option<Level>) -> &'static str {
    match level {
        Some(Level::Deny) => "error",
        Some(Level::Warn) => "warning",
        Some(Level::Note) | None => "note",
        Some(Level::Allow) => "none",
    }
}

fn result(report: &Report, repository: &Repository, (index, check): (usize, &CheckResult), case: &Case) -> Value {
    let mut result = json!({
        "ruleId": id(&check.id),
        "ruleIndex": index,
        "level": level(case.level),
        "message": { "text": message(case) },
        "locations": [location(&repository.place(report, case))],
        // The same finding in the next run has the same print, whatever its numbers.
        "partialFingerprints": { "checkAndSubject/v1": print(&check.id, &case.subject) },
    });
    if let Some(waived) = case.waived.as_ref().filter(|_| case.status == Status::Waived) {
        result["suppressions"] = json!([{ "kind": "external", "status": "accepted", "justification": short(waived) }]);
    }
    result
}

fn print(check: &str, subject: &str) -> String {
    digest_bytes(format!("{check}\n{subject}").as_bytes()).to_string().chars().take(32).collect()
}

/// What was found, where, and what to do, a line each.
fn message(case: &Case) -> String {
    let mut lines = vec![format!("{}: {}", short(&case.subject), short(&case.message))];
    lines.extend(case.place.iter().chain(&case.evidence).map(|text| short(text)));
    lines.extend(case.help.iter().map(|help| format!("help: {}", short(help))));
    lines.join("\n")
}

/// A text as one quiet line without a link: SARIF reads `[text](target)` in plain text, too.
fn short(text: &str) -> String {
    harmless::line(&harmless::first(text, MOST_CHARACTERS)).replace("](", "] (")
}

fn location(place: &InRepository) -> Value {
    let mut region = json!({ "startLine": place.line });
    if let Some(column) = place.column {
        region["startColumn"] = json!(column.max(1));
    }
    json!({ "physicalLocation": {
        "artifactLocation": { "uri": uri(&place.path), "uriBaseId": ROOT },
        "region": region,
    }})
}

/// A path as a relative URI: what RFC 3986 leaves alone stays, everything else becomes `%XX`.
fn uri(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let part = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    path.bytes().map(part).collect()
}

/// Checks that could not run, and why.
fn could_not_run(report: &Report) -> Vec<Value> {
    let cases = report.checks.iter().flat_map(|check| check.cases.iter().map(move |case| (check, case)));
    let missing = cases.filter(|(_, case)| case.status == Status::CouldNotRun);
    missing
        .map(|(check, case)| {
            note(format!("{} could not run on {}: {}", check.id, short(&case.subject), short(&case.message)))
        })
        .collect()
}

fn note(text: String) -> Value {
    json!({ "level": "error", "message": { "text": text } })
}
