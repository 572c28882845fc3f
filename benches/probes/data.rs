//! Runs and judgements as the instruments take them.

use distilgate::collection::{Collection, Grade, Location, QueryId};
use distilgate::runs::{self, Run};
use distilgate::stats::MIN_CANDIDATES;
use distilgate::{Error, Result};
use std::fs;
use std::path::Path;

/// The half of the collections on which instruments are chosen; the suspects come from it.
pub const CHOOSE: [&str; 4] = ["cranfield", "vaswani", "nfcorpus", "noveleval"];
/// The other half, on which the choice is shown.
pub const SHOW: [&str; 4] = ["dl19", "dl20", "scifact", "cacm"];

/// One query's candidates.
#[derive(Clone)]
pub struct Query {
    pub score: Vec<f64>,
    pub references: Vec<Vec<f64>>,
    pub relevant: Vec<bool>,
    /// Grade over the collection's highest.
    pub grade: Vec<f64>,
}

/// One scorer on one collection.
#[derive(Clone)]
pub struct Scored {
    pub name: &'static str,
    pub queries: Vec<Query>,
}

/// A line of the plan.
#[derive(Clone)]
pub struct Scenario {
    pub innocent: bool,
    pub choose: bool,
    pub scorer: String,
    pub references: Vec<String>,
    pub suspects: Vec<String>,
    /// Collections that say nothing about this scorer, for it was trained on their training part.
    pub without: Vec<String>,
}

/// The plan, without scorers that have no scores yet; those are named on standard error.
pub fn plan(path: &Path, work: &Path) -> Result<Vec<Scenario>> {
    let text = fs::read_to_string(path).map_err(|e| Error::reading(path, e))?;
    let list = |text: Option<&str>| -> Vec<String> {
        text.into_iter().flat_map(|t| t.split(',')).filter(|t| *t != "-").map(str::to_owned).collect()
    };
    let lines = text.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let mut fields = line.split('\t');
        let mut next = || fields.next();
        let (kind, half) = (next() == Some("innocent"), next() == Some("choose"));
        let scorer = next().unwrap_or_default().to_owned();
        let [references, suspects, without] = [(); 3].map(|()| list(next()));
        Scenario { innocent: kind, choose: half, scorer, references, suspects, without }
    });
    Ok(lines.filter(|s| is_there(s, work)).collect())
}

fn is_there(scenario: &Scenario, work: &Path) -> bool {
    let missing = |name: &&String| name.as_str() != "bm25" && !work.join("runs").join(name).exists();
    let absent: Vec<&String> = scenario.references.iter().chain([&scenario.scorer]).filter(missing).collect();
    if !absent.is_empty() {
        eprintln!("left out: {} (no scores of {absent:?})", scenario.scorer);
    }
    absent.is_empty()
}

/// A scorer's candidates in every collection, with what its references say of them.
pub fn load(scenario: &Scenario, data: &Path, work: &Path) -> Result<Vec<Scored>> {
    let kept = CHOOSE.iter().chain(&SHOW).filter(|name| !scenario.without.iter().any(|w| w == *name));
    kept.map(|name| collection(scenario, name, data, work)).collect()
}

fn collection(scenario: &Scenario, name: &'static str, data: &Path, work: &Path) -> Result<Scored> {
    let qrels = Collection::open(name, &Location::folder(&data.join(name), Some("test"))?)?.qrels;
    let run = |scorer: &str| match scorer {
        "bm25" => runs::read(&work.join(format!("bm25/{name}.run"))),
        other => runs::read(&work.join(format!("runs/{other}/{name}.run"))),
    };
    let scorer = run(&scenario.scorer)?;
    let references = scenario.references.iter().map(|r| run(r)).collect::<Result<Vec<_>>>()?;
    // TREC's own convention for Deep Learning.
    let rel = if name.starts_with("dl") { 2 } else { 1 };
    let highest = qrels.queries.values().flat_map(|q| q.values()).copied().max().unwrap_or(1);
    let queries = scorer.queries.keys().map(|query| {
        let grade = |d: &_| qrels.grade(query, d).unwrap_or(0).max(0);
        candidates(query, &scorer, &references, grade, rel, highest)
    });
    Ok(Scored { name, queries: queries.filter(usable).collect() })
}

/// The documents of one query that the scorer and every reference have scored.
fn candidates(
    query: &QueryId,
    scorer: &Run,
    references: &[Run],
    grade: impl Fn(&distilgate::collection::DocumentId) -> Grade,
    rel: Grade,
    highest: Grade,
) -> Query {
    let of = |run: &Run, document| run.ranking(query).iter().find(|s| &s.document == document).map(|s| s.score);
    let mut lists =
        Query { score: vec![], references: vec![vec![]; references.len()], relevant: vec![], grade: vec![] };
    for scored in scorer.ranking(query) {
        let said: Option<Vec<f64>> = references.iter().map(|r| of(r, &scored.document)).collect();
        let Some(said) = said else { continue };
        lists.score.push(scored.score);
        lists.references.iter_mut().zip(said).for_each(|(list, score)| list.push(score));
        lists.relevant.push(grade(&scored.document) >= rel);
        lists.grade.push(f64::from(grade(&scored.document)) / f64::from(highest));
    }
    lists
}

/// As the label residual of the library has it, so that every instrument sees the same queries.
fn usable(query: &Query) -> bool {
    let varies = |x: &Vec<f64>| x.iter().any(|v| *v != x[0]);
    query.score.len() >= MIN_CANDIDATES
        && query.relevant.iter().any(|r| *r)
        && query.relevant.iter().any(|r| !*r)
        && varies(&query.score)
        && query.references.iter().all(varies)
}
