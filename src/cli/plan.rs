//! `distilgate plan` and `check --dry-run`: what would run, and what this set-up can reach at all.

use super::progress::Bars;
use super::{Format, Global, printing};
use crate::audit::plan::{Plan, PlannedOutcome, PlannedTraining, plan};
use crate::checks;
use crate::collection::Role;
use crate::config::Loaded;
use crate::error::{Exit, Place, Result};
use clap::Args;
use comfy_table::{Table, presets};
use std::io::Write;

/// Options of `plan`.
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// How it is printed
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// A set-up that passes less often than this when nobody cheated is not worth waiting for.
const HARDLY_PASSES: f64 = 0.25;
/// A set-up that misses leaks of this many margins in one audit of five hardly ever fails.
const HARDLY_FAILS_MARGINS: f64 = 4.0;

/// Prints what the configuration's set-up can reach.
///
/// # Errors
/// As the reading of the configuration, collections and runs.
pub fn run(args: &PlanArgs, global: &Global, out: &mut dyn Write) -> Result<Exit> {
    let loaded = global.load()?;
    checks::validate(&loaded.config).map_err(|e| e.at(Place::file(&loaded.path)))?;
    print(&loaded, args.format, global, out)
}

/// The same for `check --dry-run`.
///
/// # Errors
/// As [`run`].
pub fn dry_run(loaded: &Loaded, global: &Global, out: &mut dyn Write) -> Result<Exit> {
    print(loaded, Format::Text, global, out)
}

fn print(loaded: &Loaded, format: Format, global: &Global, out: &mut dyn Write) -> Result<Exit> {
    let mut bars = Bars::new(global.quiet);
    let plan = plan(loaded, global.threads(), &global.cache()?, &mut bars)?;
    bars.finish();
    match format {
        Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(&plan).expect("plain data")),
        Format::Text => text(&plan, out),
    }
    .map_err(printing)?;
    Ok(Exit::Pass)
}

fn text(plan: &Plan, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "What would run")?;
    for arm in &plan.arms {
        let cost = match (arm.pairs, arm.is_asked) {
            (0, _) => "finished".to_owned(),
            (pairs, true) => format!("{pairs} pairs to ask"),
            (pairs, false) => format!("{pairs} pairs at most to score"),
        };
        writeln!(out, "  {:20} {:24} {}", arm.name, cost, arm.source)?;
    }
    if let Some(training) = &plan.training {
        let steps = match training.steps {
            Some(steps) => format!("{steps} steps each"),
            None => {
                "as many steps as the budget allows (not measured yet: check measures, and fixes the number in a file)"
                    .to_owned()
            }
        };
        writeln!(
            out,
            "  {} students to train: {} arms, {} seeds, {steps}, {} pairs in a step, {} training queries{}",
            training.arms * training.seeds,
            training.arms,
            training.seeds,
            training.pairs_in_a_step,
            training.queries,
            left_out(training)
        )?;
        if training.pairs_to_score > 0 {
            writeln!(out, "  {} training pairs to score with references' models first", training.pairs_to_score)?;
        }
        let minutes = match training.minutes {
            m if m < 1.5 => "a minute or so".to_owned(),
            m => format!("roughly {m:.0} minutes"),
        };
        writeln!(out, "  {minutes} of training, less what the cache holds")?;
    }
    let minutes = match plan.minutes {
        0.0 => "no model to score: seconds".to_owned(),
        m if m < 1.0 => "under a minute of scoring, less what the cache holds".to_owned(),
        m => format!("roughly {m:.0} minutes of scoring, less what the cache holds"),
    };
    let Some(calls) = &plan.calls else {
        writeln!(out, "  {minutes}; no call of the teacher\n")?;
        return the_rest(plan, out);
    };
    writeln!(out, "  {minutes}\n  the teacher's command: {}", calls.in_words())?;
    if let Some(most) = plan.max_calls.filter(|most| *most < calls.calls as u64) {
        writeln!(out, "  more than max-calls = {most} allows: check will refuse before the first one")?;
    }
    writeln!(out)?;
    the_rest(plan, out)
}

/// The training queries that are not used, and why.
fn left_out(training: &PlannedTraining) -> String {
    let reasons = [
        (training.test_copies, "test queries".to_owned()),
        (training.short_lists, format!("with fewer than {} scored documents", training.candidates)),
        (training.equal_scores, "with equal scores".to_owned()),
    ];
    let all = training.queries + reasons.iter().map(|(n, _)| n).sum::<usize>();
    let reasons: Vec<String> =
        reasons.into_iter().filter(|(n, _)| *n > 0).map(|(n, why)| format!("{why} {n}")).collect();
    if reasons.is_empty() { String::new() } else { format!(" (left out of {all}: {})", reasons.join(", ")) }
}

/// The collections, and what can be reached with them.
fn the_rest(plan: &Plan, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "Collections")?;
    for (name, role, queries) in &plan.collections {
        writeln!(out, "  {name:20} {role:8} {queries} queries")?;
    }
    for line in missing_dates(plan) {
        writeln!(out, "  {line}")?;
    }
    writeln!(out, "\nWhat this set-up can reach")?;
    let lines = table(plan).to_string();
    for line in lines.lines() {
        writeln!(out, " {}", line.trim_end())?;
    }
    writeln!(out)?;
    for warning in warnings(plan) {
        writeln!(out, "{warning}")?;
    }
    Ok(())
}

/// Dates that nobody gives, what follows, and what to add.
fn missing_dates(plan: &Plan) -> Vec<String> {
    let mut lines = Vec::new();
    if plan.no_cutoff {
        lines.push(
            "[teacher] has no training-cutoff, so every collection without a `role` counts as suspect".to_owned(),
        );
        lines.push("  add: training-cutoff = YYYY-MM-DD, the day up to which it may have read the web".to_owned());
    }
    if !plan.undated.is_empty() {
        let who = match plan.undated.len() == plan.collections.len() {
            true => "no collection says when it became public, so each counts as suspect".to_owned(),
            false => format!("{}: no date of publication, so suspect", plan.undated.join(", ")),
        };
        lines.push(who);
        lines.push("  add to its [[collection]]: published = YYYY-MM-DD, the day on which queries and judgements became public".to_owned());
    }
    let nothing_clean = plan.collections.iter().all(|(_, role, _)| *role == Role::Suspect);
    if !lines.is_empty() && nothing_clean {
        lines.push("until then nothing is clean and nothing can be compared: check cannot decide".to_owned());
    }
    lines
}

fn table(plan: &Plan) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header([
        "outcome",
        "suspect, clean",
        "sd, tau",
        "false alarms",
        "passes if innocent",
        "smallest effect found: in all suspects, in one",
    ]);
    for o in &plan.outcomes {
        let shape = format!("{}, {}", o.shape.0, o.shape.1);
        let row = match &o.reach {
            Some(reach) => [
                o.outcome.clone(),
                shape,
                format!("{:.2}, {:.3} ({})", o.sd, o.tau, o.variances),
                format!("{:.0} %", 100.0 * reach.false_alarm),
                format!("{:.0} %", 100.0 * reach.passes_if_innocent),
                format!("{:.3}, {:.3} {}", reach.smallest_in_all, reach.smallest_in_one, o.unit),
            ],
            None => [o.outcome.clone(), shape, "-".to_owned(), "-".to_owned(), "-".to_owned(), "-".to_owned()],
        };
        table.add_row(row);
    }
    table
}

/// Says beforehand what would be a waste of time.
fn warnings(plan: &Plan) -> Vec<String> {
    let mut warnings = Vec::new();
    for o in &plan.outcomes {
        if let Some(why) = &o.why_not {
            warnings.push(format!("{}: shown, does not decide: {why}", o.outcome));
            continue;
        }
        let Some(reach) = &o.reach else { continue };
        if reach.passes_if_innocent < HARDLY_PASSES {
            warnings.push(format!(
                "{}: an innocent audit passes in {:.0} % of cases: this gate can hardly ever pass. {}",
                o.outcome,
                100.0 * reach.passes_if_innocent,
                remedy(o)
            ));
        }
        if reach.smallest_in_all > HARDLY_FAILS_MARGINS * o.margin {
            warnings.push(format!(
                "{}: only effects above {:.3} {} are found in most audits: this gate can hardly ever fail. {}",
                o.outcome,
                reach.smallest_in_all,
                o.unit,
                remedy(o)
            ));
        }
    }
    warnings
}

fn remedy(o: &PlannedOutcome) -> &'static str {
    match o.outcome.as_str() {
        "gain" => {
            "A [[reference]] with `runs`, or with [distill] one to train from, pays most: excess gains differ less between collections than plain gains."
        }
        _ => "More queries and more clean collections help.",
    }
}
