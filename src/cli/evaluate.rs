//! `distilgate evaluate`: measures of a run, printed as the `ir_measures` command prints them.
//!
//! The options have ir_measures' names and letters. Text is its TSV to the letter, but for the order of rows by
//! query: there it changes from call to call, here queries are sorted and measures stand as they were asked for.

use super::{Format, printing};
use crate::collection::{Qrels, read_qrels};
use crate::error::{Exit, Result};
use crate::measure::Measure;
use crate::runs::{self, Evaluation, Run, evaluate};
use clap::Args;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write;
use std::path::PathBuf;

/// What is measured where nothing is asked for; ir_measures insists on being asked.
const USUAL: [&str; 6] = ["nDCG@10", "AP", "RR", "P@10", "R@100", "Judged@10"];

/// The name of the row of means.
const SUMMARY: &str = "all";

/// Options of `evaluate`.
#[derive(Debug, Args)]
pub struct EvaluateArgs {
    /// Judgements: TREC qrels, BEIR TSV, JSON lines, or a BEIR folder
    qrels: PathBuf,
    /// The run: TREC, query<TAB>document<TAB>score, or JSON lines
    run: PathBuf,
    /// Measures as ir_measures writes them, such as nDCG@10 or AP(rel=2)@100
    #[arg(value_name = "MEASURE", default_values = USUAL)]
    measures: Vec<String>,
    /// Also print each query's value
    // It has the id of the global `--quiet`, which would claim the letter `-q` otherwise: ir_measures' users mean this.
    #[arg(id = "quiet", short = 'q', long = "by-query", alias = "by_query")]
    by_query: bool,
    /// Leave out the means; only together with --by-query
    #[arg(short, long, alias = "no_summary", requires = "quiet")]
    no_summary: bool,
    /// Decimal places of text; -1 prints as many as it takes
    #[arg(short, long, value_name = "N", default_value = "4", allow_negative_numbers = true,
        value_parser = clap::value_parser!(i8).range(-1..=100))]
    places: i8,
    /// How it is printed: text is tab separated, json has full precision
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// Measures a run and prints the values. Which queries count is said on stderr where it may surprise.
///
/// # Errors
/// A measure that is not known, files that cannot be read, a closed stdout.
pub fn run(args: &EvaluateArgs, out: &mut dyn Write) -> Result<Exit> {
    let measures = measures(&args.measures)?;
    let qrels = read_qrels(&args.qrels)?;
    let run = runs::read(&args.run)?;
    let evaluation = evaluate(&qrels, &run, &measures);
    let unequal = Unequal::of(&qrels, &run);
    let text = match args.format {
        Format::Text => rows(args, &evaluation),
        Format::Json => json(args, &evaluation, &unequal),
    };
    out.write_all(text.as_bytes()).map_err(printing)?;
    for note in unequal.notes() {
        // Where stderr is closed nobody can be told.
        let _ = writeln!(anstream::stderr().lock(), "note: {note}");
    }
    Ok(Exit::Pass)
}

/// The measures asked for, each once. As for ir_measures, one argument may hold several, separated by white space.
fn measures(asked: &[String]) -> Result<Vec<Measure>> {
    let mut measures = Vec::new();
    for text in asked.iter().flat_map(|text| words(text)) {
        let measure: Measure = text.parse()?;
        if !measures.contains(&measure) {
            measures.push(measure);
        }
    }
    Ok(measures)
}

/// Splits at white space outside parentheses.
fn words(text: &str) -> Vec<&str> {
    let mut inside = false;
    let split = text.split(|c: char| {
        inside = c == '(' || (inside && c != ')');
        c.is_whitespace() && !inside
    });
    split.filter(|word| !word.is_empty()).collect()
}

/// ir_measures' TSV.
fn rows(args: &EvaluateArgs, evaluation: &Evaluation) -> String {
    let mut text = String::new();
    let mut row = |query: &str, values: &[f64]| {
        for (measure, value) in evaluation.measures.iter().zip(values) {
            let value = number(*value, args.places);
            // Writing to a string cannot fail.
            let _ = if args.by_query {
                writeln!(text, "{query}\t{measure}\t{value}")
            } else {
                writeln!(text, "{measure}\t{value}")
            };
        }
    };
    if args.by_query {
        for (query, values) in &evaluation.queries {
            // An identifier from a JSON file may hold what would break a row, or a terminal.
            row(&query.as_str().replace(char::is_control, "\u{fffd}"), values);
        }
    }
    if !args.no_summary {
        row(SUMMARY, &evaluation.means());
    }
    text
}

/// A number with decimal places, or (-1) with the digits that Python's `repr` gives it.
fn number(value: f64, places: i8) -> String {
    if let Ok(places) = usize::try_from(places) {
        return format!("{value:.places$}");
    }
    let text = format!("{value:?}");
    match text.split_once("e-") {
        Some((digits, exponent)) => format!("{digits}e-{exponent:0>2}"),
        None => text,
    }
}

/// Queries that only one of judgements and run has.
#[derive(Debug, PartialEq)]
struct Unequal {
    /// Judged, but not in the run: counted as 0.
    not_in_run: usize,
    /// In the run, but not judged: not counted.
    not_judged: usize,
    /// Judged.
    queries: usize,
}

impl Unequal {
    fn of(qrels: &Qrels, run: &Run) -> Unequal {
        let answered = qrels.queries.keys().filter(|query| run.queries.contains_key(*query)).count();
        let queries = qrels.queries.len();
        Unequal { not_in_run: queries - answered, not_judged: run.queries.len() - answered, queries }
    }

    fn notes(&self) -> Vec<String> {
        let missing =
            format!("{} of {} judged queries are not in the run and count as 0", self.not_in_run, self.queries);
        let extra = format!("{} queries of the run are not judged and do not count", self.not_judged);
        [(self.not_in_run, missing), (self.not_judged, extra)]
            .into_iter()
            .filter_map(|(n, note)| (n > 0).then_some(note))
            .collect()
    }
}

/// What `--format json` prints; fields are only ever added.
#[derive(Serialize)]
struct Printed {
    /// Judged queries: the means are taken over these.
    queries: usize,
    not_in_run: usize,
    not_judged: usize,
    measures: Vec<PrintedMeasure>,
}

#[derive(Serialize)]
struct PrintedMeasure {
    measure: Measure,
    #[serde(skip_serializing_if = "Option::is_none")]
    mean: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by_query: Option<BTreeMap<String, f64>>,
}

fn json(args: &EvaluateArgs, evaluation: &Evaluation, unequal: &Unequal) -> String {
    let means = evaluation.means();
    let of_measure = |(index, measure): (usize, &Measure)| {
        let value = |values: &Vec<f64>| values.get(index).copied();
        let values = evaluation.queries.iter().filter_map(|(query, values)| Some((query.to_string(), value(values)?)));
        PrintedMeasure {
            measure: *measure,
            mean: value(&means).filter(|_| !args.no_summary),
            by_query: args.by_query.then(|| values.collect()),
        }
    };
    let printed = Printed {
        queries: unequal.queries,
        not_in_run: unequal.not_in_run,
        not_judged: unequal.not_judged,
        measures: evaluation.measures.iter().enumerate().map(of_measure).collect(),
    };
    serde_json::to_string_pretty(&printed).expect("plain data with text for keys") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use std::path::Path;

    /// A program with a global `-q`, as distilgate has one.
    #[derive(Debug, Parser)]
    struct Program {
        #[arg(short, long, global = true)]
        quiet: bool,
        #[command(subcommand)]
        command: Command,
    }

    #[derive(Debug, clap::Subcommand)]
    enum Command {
        Evaluate(EvaluateArgs),
    }

    fn fixture(name: &str) -> String {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/measures").join(name).display().to_string()
    }

    fn parse(more: &[&str]) -> std::result::Result<EvaluateArgs, clap::Error> {
        let (qrels, run) = (fixture("small.qrels"), fixture("small.run"));
        let args = ["distilgate", "evaluate", &qrels, &run].into_iter().chain(more.iter().copied());
        Program::try_parse_from(args).map(|Program { command: Command::Evaluate(args), .. }| args)
    }

    fn printed(more: &[&str]) -> String {
        let mut out = Vec::new();
        assert_eq!(run(&parse(more).unwrap(), &mut out).unwrap(), Exit::Pass);
        String::from_utf8(out).unwrap()
    }

    fn sorted(text: &str) -> Vec<&str> {
        let mut lines: Vec<&str> = text.lines().collect();
        lines.sort_unstable();
        lines
    }

    #[test]
    fn text_is_what_ir_measures_prints() {
        let asked = ["nDCG@10", "MAP(rel=2)", "RR@10 P@5", "R@100", "Judged@10", "nDCG@10"];
        let cases: [(&str, &[&str]); 4] = [
            ("summary", &[]),
            ("by_query", &["-q"]),
            ("no_summary", &["-q", "-n", "-p", "2"]),
            ("all_places", &["--by_query", "--places", "-1"]),
        ];
        for (name, options) in cases {
            let expected = std::fs::read_to_string(fixture(&format!("small.{name}.tsv"))).unwrap();
            let here = printed(&[&asked[..], options].concat());
            match name {
                "summary" => assert_eq!(here, expected),
                _ => assert_eq!(sorted(&here), sorted(&expected), "{name}"),
            }
        }
    }

    #[test]
    fn without_measures_the_usual_ones_are_printed() {
        let text = printed(&[]);
        let names: Vec<&str> = text.lines().filter_map(|line| line.split('\t').next()).collect();
        assert_eq!(names, USUAL);
    }

    #[test]
    fn json_has_full_precision_and_says_which_queries_counted() {
        let value: serde_json::Value =
            serde_json::from_str(&printed(&["nDCG@10", "RR", "-q", "--format=json"])).unwrap();
        assert_eq!((&value["queries"], &value["not_in_run"], &value["not_judged"]), (&5.into(), &1.into(), &0.into()));
        assert_eq!(value["measures"][0]["measure"], "nDCG@10");
        assert_eq!(value["measures"][0]["by_query"]["a0"], 0.3026629311638946);
        let without: serde_json::Value = serde_json::from_str(&printed(&["RR", "--format=json"])).unwrap();
        assert!(without["measures"][0].get("by_query").is_none());
    }

    #[test]
    fn measures_are_separated_by_white_space_and_taken_once() {
        let asked = ["nDCG@10 P( rel = 2 )@5".to_owned(), "NDCG@10".to_owned(), " ".to_owned()];
        let names: Vec<String> = measures(&asked).unwrap().iter().map(Measure::to_string).collect();
        assert_eq!(names, ["nDCG@10", "P(rel=2)@5"]);
    }

    #[test]
    fn options_that_contradict_each_other_are_refused() {
        assert!(parse(&["RR", "-n"]).is_err());
        assert!(parse(&["RR", "-p", "-2"]).is_err());
        assert!(parse(&["RR", "-p", "-1", "-q"]).unwrap().by_query);
    }

    #[test]
    fn numbers_look_as_in_python() {
        let cases = [
            (0.0, 4, "0.0000"),
            (0.5, 0, "0"),
            (0.00005, 4, "0.0001"),
            (1.0, -1, "1.0"),
            (1.0 / 3.0, -1, "0.3333333333333333"),
            (0.0001, -1, "0.0001"),
            (0.00001, -1, "1e-05"),
            (1.0 / 70_000.0, -1, "1.4285714285714285e-05"),
            (1e-300, -1, "1e-300"),
        ];
        for (value, places, expected) in cases {
            assert_eq!(number(value, places), expected);
        }
    }

    #[test]
    fn queries_that_only_one_side_has_are_told() {
        let unequal = Unequal { not_in_run: 2, not_judged: 1, queries: 7 };
        assert_eq!(
            unequal.notes(),
            [
                "2 of 7 judged queries are not in the run and count as 0",
                "1 queries of the run are not judged and do not count",
            ]
        );
        assert!(Unequal { not_in_run: 0, not_judged: 0, queries: 7 }.notes().is_empty());
    }
}
