//! `junit.xml`: a suite per family, a case per check and subject, and always the case of the verdict.
//!
//! Only what common readers understand. A finding at `deny` is a failure; a check that could not run is an error;
//! what does not apply, is waived or allowed is skipped with the reason; a warning or a note passes with output.

use super::ascii::ascii;
use super::harmless::{self, attribute, cdata};
use super::v1::{Case, CheckResult, Report, Status};
use crate::checks::Family;
use crate::config::{Inconclusive, Level};
use crate::error::{Error, Result};
use crate::verdict::{Outcome, Verdict};
use junit_report::{Duration, OffsetDateTime, ReportBuilder, TestCase, TestCaseBuilder, TestSuite, TestSuiteBuilder};

/// When the report was made, and how long that took: kept apart from everything that is compared.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stamp {
    /// Seconds since 1970; `SOURCE_DATE_EPOCH` where it is set.
    pub unix_seconds: i64,
    /// Seconds that the audit took.
    pub seconds: f64,
}

/// The report as JUnit reads it.
///
/// # Errors
/// None on any report; the signature follows the writer's.
pub fn junit(report: &Report, stamp: Stamp) -> Result<String> {
    let failed = |what: String| Error::surroundings(format!("junit.xml could not be made: {what}"));
    let time = OffsetDateTime::from_unix_timestamp(stamp.unix_seconds).map_err(|e| failed(e.to_string()))?;
    let mut suites = String::new();
    let (mut tests, mut failures, mut errors) = (0, 0, 0);
    for (id, family) in Family::ALL.into_iter().enumerate() {
        let mut suite = TestSuiteBuilder::new(&family.to_string());
        suite.set_timestamp(time);
        if family == Family::Gate {
            suite.add_testcase(verdict(report, stamp.seconds));
        }
        let checks = report.checks.iter().filter(|check| check.family == family);
        for check in checks {
            for case in &check.cases {
                suite.add_testcase(test_case(check, case));
            }
        }
        let mut suite = suite.build();
        suite.hostname = "distilgate".to_owned();
        tests += suite.tests();
        failures += suite.failures();
        errors += suite.errors();
        suites.push_str(&written(id, suite).map_err(failed)?);
    }
    Ok(format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<testsuites name=\"distilgate\" tests=\"{tests}\" \
         failures=\"{failures}\" errors=\"{errors}\">\n{}</testsuites>\n",
        ascii(&suites)
    ))
}

/// A suite as XML. The writer makes whole documents, numbers every first suite 0 and counts no skipped cases, from which
/// readers compute what passed; so each suite is written alone and its head, which comes before all data, is completed.
fn written(id: usize, suite: TestSuite) -> std::result::Result<String, String> {
    let skipped = suite.skipped();
    let mut bytes = Vec::new();
    ReportBuilder::new().add_testsuite(suite).build().write_xml(&mut bytes).map_err(|e| e.to_string())?;
    let text = String::from_utf8(bytes).map_err(|e| e.to_string())?;
    let whole = text.split_once("<testsuites>").and_then(|(_, rest)| rest.rsplit_once("</testsuites>"));
    let (suite, _) = whole.ok_or("the writer wrote no suite")?;
    Ok(suite.replacen("id=\"0\"", &format!("id=\"{id}\" skipped=\"{skipped}\""), 1) + "\n")
}

/// The case that is always there.
fn verdict(report: &Report, seconds: f64) -> TestCase {
    // Milliseconds: the schema of Jenkins takes no finer time.
    let took = Duration::milliseconds((seconds * 1000.0).round() as i64);
    let name = "verdict";
    let text = verdict_text(report);
    // A clean verdict that a finding at `deny` fails has its failure in that finding's case.
    let failure = match (report.result, report.verdict) {
        (Outcome::Fail, Verdict::Contaminated | Verdict::Divergent) => Some(report.verdict.to_string()),
        (Outcome::Inconclusive, _) => Some("inconclusive".to_owned()),
        (Outcome::Fail, Verdict::Inconclusive) if report.config.gate.inconclusive == Inconclusive::Fail => {
            Some("inconclusive".to_owned())
        }
        _ => None,
    };
    let mut case = match &failure {
        Some(kind) => TestCaseBuilder::failure(name, took, kind, &attribute(&report.sentence)),
        None => TestCaseBuilder::success(name, took),
    };
    case.set_classname("distilgate.gate.verdict");
    match failure {
        Some(_) => case.set_trace(&cdata(&text)),
        None => case.set_system_out(&cdata(&text)),
    };
    case.build()
}

fn verdict_text(report: &Report) -> String {
    let mut lines = vec![
        format!("verdict={}", report.verdict),
        format!("exit-code={}", report.exit_code),
        harmless::line(&report.sentence),
        report.meaning.clone(),
    ];
    lines.extend(report.remarks.iter().map(|remark| harmless::line(remark)));
    lines.extend(report.settles.iter().map(|settle| format!("would settle it: {}", harmless::line(settle))));
    lines.push(format!("again: {}", harmless::line(&report.command)));
    lines.join("\n")
}

fn test_case(check: &CheckResult, case: &Case) -> TestCase {
    let name = attribute(&case.subject);
    let zero = Duration::ZERO;
    let denied = case.status == Status::Found && case.level == Some(Level::Deny);
    let mut built = match case.status {
        Status::Found if denied => TestCaseBuilder::failure(&name, zero, &check.id, &attribute(&case.message)),
        Status::CouldNotRun => TestCaseBuilder::error(&name, zero, "could not run", &attribute(&case.message)),
        Status::NotApplicable => {
            TestCaseBuilder::skipped_with_cause(&name, "not applicable", &attribute(&case.message))
        }
        Status::Allowed => TestCaseBuilder::skipped_with_cause(&name, "allowed", &attribute(&case.message)),
        Status::Waived => {
            let waiver = case.waived.clone().unwrap_or_default();
            TestCaseBuilder::skipped_with_cause(
                &name,
                "waived",
                &attribute(&format!("waived {waiver}: {}", case.message)),
            )
        }
        Status::Found | Status::Passed => TestCaseBuilder::success(&name, zero),
    };
    built.set_classname(&format!("distilgate.{}.{}", check.family, check.id));
    match case.status {
        Status::Found if denied => {
            built.set_trace(&cdata(&details(case)));
        }
        Status::Found => {
            let level = case.level.map(|level| level.to_string()).unwrap_or_default();
            built.set_system_out(&cdata(&format!("{level}: {}\n{}", harmless::line(&case.message), details(case))));
        }
        _ => {}
    }
    built.build()
}

/// Place, evidence and help, a line each.
fn details(case: &Case) -> String {
    let mut lines: Vec<String> = case.place.iter().map(|place| harmless::line(place)).collect();
    lines.extend(case.evidence.iter().map(|line| harmless::line(line)));
    lines.extend(case.help.iter().map(|help| format!("help: {}", harmless::line(help))));
    lines.join("\n")
}
