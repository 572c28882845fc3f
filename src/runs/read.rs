//! Reads runs and score files, in every form of [`Format`].
//!
//! Rows may come in any order; rankings leave here in [`by_rank`] order. A pair of query and document that stands
//! twice with the same score is counted and taken once; with two scores it is a fault, since no rule says which one
//! holds. A score that is missing is never made up, and no line is skipped in silence: blank lines mean nothing, all
//! others count or are faults.

use super::format::{Format, Told, told_by};
use super::row::Row;
use super::run::{Run, Scored, by_rank};
use crate::collection::complaint::quoted;
use crate::collection::jsonl::refuse_whole_document;
use crate::collection::lines::{Lines, Marks};
use crate::collection::{DocumentId, QueryId};
use crate::error::{Error, Faults, MAX_FAULTS_SHOWN, Place, Result};
use std::collections::BTreeMap;
use std::path::Path;
use xxhash_rust::xxh3::xxh3_64;

/// A run as it was read, with what was counted while reading it.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The run.
    pub run: Run,
    /// The form of the file, told or said.
    pub format: Format,
    /// Rows that repeat an earlier one: same query, document and score.
    pub repeated: u64,
    /// Line breaks and byte order mark of the file.
    pub marks: Marks,
}

/// Reads a run; its first line tells the form.
///
/// Errors: the file cannot be read; its form cannot be told; lines that do not have it, scores that are not finite
/// numbers, pairs with two scores (all gathered); no row at all.
pub fn read(path: &Path) -> Result<Run> {
    read_as(path, None)
}

/// As [`read`], in the form that the user said, if any.
pub fn read_as(path: &Path, format: Option<Format>) -> Result<Run> {
    read_counted(path, format).map(|reading| reading.run)
}

/// As [`read_as`], with what was counted.
pub fn read_counted(path: &Path, said: Option<Format>) -> Result<Reading> {
    let mut lines = Lines::open(path)?;
    let Some(first) = lines.peek()? else { return Err(no_row(path)) };
    refuse_whole_document(path, &first.lossy())?;
    let told = told_by(&first.lossy(), said).map_err(|error| error.at(Place::line(path, first.number)))?;
    if told.header {
        lines.next_line()?;
    }
    let mut table = Table::default();
    let mut faults = Faults::new();
    while let Some(line) = lines.next_line()? {
        if line.is_blank() {
            continue;
        }
        match line.text().and_then(|text| Row::of(text, told.format)) {
            Ok(row) => table.add(row, line.number),
            Err(complaint) => complaint.record(&mut faults, path, line.number),
        }
    }
    table.settle(path, &mut faults);
    faults.into_result("this run cannot be used", HELP)?;
    if said.is_none() && told == (Told { format: Format::Tsv, header: false }) && table.counts_up() {
        return Err(looks_like_ranks(path));
    }
    if table.rankings.is_empty() {
        return Err(no_row(path));
    }
    let repeated = table.repeated;
    Ok(Reading { run: table.into_run(), format: told.format, repeated, marks: lines.marks() })
}

const HELP: &str = "mend these lines, or say `format = ` if the form of the file was told wrongly";

fn no_row(path: &Path) -> Error {
    Error::input("there is no score in this file")
        .at(Place::file(path))
        .help("check that this is the file that was meant, and that what wrote it came to its end")
}

fn looks_like_ranks(path: &Path) -> Error {
    Error::input("the third column counts 1, 2, 3, ... for every query: these look like ranks, where low is good")
        .at(Place::file(path))
        .help("say `format = \"ranks\"`, or `format = \"tsv\"` if they are scores after all")
}

/// The rows read so far, by query.
#[derive(Default)]
struct Table {
    /// Where the ranking of a query is in `rankings`.
    index: BTreeMap<QueryId, usize>,
    rankings: Vec<Ranking>,
    /// The ranking that the last row went to: rows of a query mostly stand together.
    last: usize,
    repeated: u64,
}

/// The rows of one query, with the lines they stand in.
struct Ranking {
    query: QueryId,
    scored: Vec<Scored>,
    lines: Vec<u64>,
    /// How many rows came in, repeated or not.
    rows: u64,
    /// Whether the scores so far are 1, 2, 3, ...
    counts_up: bool,
    /// When to look for repeated rows before the end, so that a file that repeats one row does not fill memory.
    look_at: usize,
    /// The first pairs with two scores, as many as an error shows, and how many more there are.
    conflicts: Vec<Conflict>,
    more_conflicts: u64,
}

/// A document with two scores for one query.
struct Conflict {
    document: DocumentId,
    line: u64,
    score: f64,
    line_before: u64,
    score_before: f64,
}

impl Table {
    fn add(&mut self, row: Row<'_>, line: u64) {
        let position = match self.rankings.get(self.last) {
            Some(ranking) if ranking.query.as_str() == row.query => self.last,
            _ => self.position(&row.query),
        };
        self.last = position;
        self.repeated += self.rankings[position].add(&row, line);
    }

    fn position(&mut self, query: &str) -> usize {
        if let Some(position) = self.index.get(query) {
            return *position;
        }
        let query = QueryId::new(query);
        self.index.insert(query.clone(), self.rankings.len());
        self.rankings.push(Ranking::of(query));
        self.rankings.len() - 1
    }

    /// Drops repeated rows, and reports pairs with two scores in the order of their lines.
    fn settle(&mut self, path: &Path, faults: &mut Faults) {
        let mut conflicts = Vec::new();
        let mut more = 0;
        for ranking in &mut self.rankings {
            self.repeated += ranking.drop_repeats();
            more += ranking.more_conflicts;
            conflicts.extend(ranking.conflicts.drain(..).map(|conflict| (conflict, ranking.query.clone())));
        }
        conflicts.sort_by_key(|(conflict, _)| conflict.line);
        for (conflict, query) in conflicts {
            let what = format!(
                "document {} has two scores for query {}: {} here, {} in line {}",
                quoted(conflict.document.as_str()),
                quoted(query.as_str()),
                conflict.score,
                conflict.score_before,
                conflict.line_before
            );
            faults.push(Place::line(path, conflict.line), what);
        }
        // There are more only where one query alone fills what is shown: these are counted.
        (0..more).for_each(|_| faults.push(Place::file(path), String::new()));
    }

    /// Whether the scores of every query, in the order of the file, are 1, 2, 3, ..., and some query has two of them.
    fn counts_up(&self) -> bool {
        self.rankings.iter().all(|ranking| ranking.counts_up) && self.rankings.iter().any(|ranking| ranking.rows > 1)
    }

    fn into_run(self) -> Run {
        let ranked = self.rankings.into_iter().map(|ranking| {
            let mut scored = ranking.scored;
            scored.sort_unstable_by(by_rank);
            scored.shrink_to_fit();
            (ranking.query, scored)
        });
        Run { queries: ranked.collect() }
    }
}

impl Ranking {
    fn of(query: QueryId) -> Ranking {
        Ranking {
            query,
            scored: Vec::new(),
            lines: Vec::new(),
            rows: 0,
            counts_up: true,
            look_at: 1 << 16,
            conflicts: Vec::new(),
            more_conflicts: 0,
        }
    }

    /// Adds a row; gives how many repeated rows were dropped meanwhile.
    fn add(&mut self, row: &Row<'_>, line: u64) -> u64 {
        self.rows += 1;
        self.counts_up &= row.score == self.rows as f64;
        self.scored.push(Scored { document: DocumentId::new(&row.document), score: row.score });
        self.lines.push(line);
        if self.scored.len() < self.look_at {
            return 0;
        }
        let dropped = self.drop_repeats();
        self.look_at = (2 * self.scored.len()).max(1 << 16);
        dropped
    }

    /// Keeps the first row of each document; gives how many with the same score were dropped, and notes the others.
    fn drop_repeats(&mut self) -> u64 {
        if !self.may_repeat() {
            return 0;
        }
        let mut first: BTreeMap<DocumentId, usize> = BTreeMap::new();
        let (mut kept, mut lines) = (Vec::new(), Vec::new());
        let mut repeated = 0;
        for (row, line) in self.scored.drain(..).zip(self.lines.drain(..)) {
            match first.get(&row.document) {
                None => {
                    first.insert(row.document.clone(), kept.len());
                    kept.push(row);
                    lines.push(line);
                }
                Some(before) if kept[*before].score == row.score => repeated += 1,
                Some(_) if self.conflicts.len() == MAX_FAULTS_SHOWN => self.more_conflicts += 1,
                Some(before) => self.conflicts.push(Conflict {
                    document: row.document,
                    line,
                    score: row.score,
                    line_before: lines[*before],
                    score_before: kept[*before].score,
                }),
            }
        }
        (self.scored, self.lines) = (kept, lines);
        repeated
    }

    /// Whether some document may stand here twice, told by 64-bit digests: cheap, and never wrong when it says no.
    fn may_repeat(&self) -> bool {
        let mut digests: Vec<u64> = self.scored.iter().map(|row| xxh3_64(row.document.as_str().as_bytes())).collect();
        digests.sort_unstable();
        digests.windows(2).any(|pair| pair[0] == pair[1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn read_text(text: &str) -> Result<Reading> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        read_counted(file.path(), None)
    }

    fn order(run: &Run, query: &str) -> Vec<String> {
        run.ranking(&QueryId::new(query)).iter().map(|scored| scored.document.to_string()).collect()
    }

    #[test]
    fn the_score_decides_and_not_the_rank() {
        let reading = read_text("q Q0 a 1 0.1 t\nq Q0 b 2 0.9 t\n\nq Q0 c 3 0.5 t").unwrap();
        assert_eq!(order(&reading.run, "q"), ["b", "c", "a"]);
    }

    #[test]
    fn tied_scores_go_by_document_id_descending() {
        let reading =
            read_text("q Q0 a 1 1 t\nq Q0 c 2 1 t\nq Q0 b 3 1.00000000001 t\nq Q0 d 4 -0.0 t\nq Q0 e 5 0 t").unwrap();
        assert_eq!(order(&reading.run, "q"), ["c", "b", "a", "e", "d"]);
    }

    #[test]
    fn rows_of_a_query_need_not_stand_together() {
        let reading = read_text("q\ta\t1\np\ta\t1\nq\tb\t2.5\n").unwrap();
        assert_eq!(order(&reading.run, "q"), ["b", "a"]);
        assert_eq!(order(&reading.run, "p"), ["a"]);
    }

    #[test]
    fn a_repeated_row_is_counted_and_taken_once() {
        let reading = read_text("q\ta\t0.5\nq\tb\t0.1\nq\ta\t0.5\nq\ta\t0.50\n").unwrap();
        assert_eq!(order(&reading.run, "q"), ["a", "b"]);
        assert_eq!(reading.repeated, 2);
    }

    #[test]
    fn a_row_repeated_very_often_does_not_fill_memory() {
        let mut table = Table::default();
        for line in 1..=1_000_000 {
            table.add(Row::of("q Q0 a 1 1 t", Format::Trec).unwrap(), line);
        }
        assert!(table.rankings[0].scored.capacity() <= 1 << 17);
        table.settle(Path::new("x"), &mut Faults::new());
        assert_eq!(table.repeated, 999_999);
    }

    #[test]
    fn two_scores_in_turn_do_not_fill_memory_either() {
        let (mut table, mut faults) = (Table::default(), Faults::new());
        for line in 1..=200_000 {
            table.add(Row::of(["q Q0 a 1 1 t", "q Q0 a 1 2 t"][line as usize % 2], Format::Trec).unwrap(), line);
        }
        table.settle(Path::new("x"), &mut faults);
        assert_eq!((table.repeated, faults.total()), (99_999, 100_000));
        assert!(table.rankings[0].conflicts.capacity() <= 32);
    }

    #[test]
    fn a_pair_with_two_scores_is_a_fault_with_both_lines() {
        let error = read_text("q\ta\t0.5\nq\tb\t0.1\nq\ta\t0.6\n").unwrap_err();
        assert_eq!(error.faults().len(), 1);
        assert_eq!(error.faults()[0].place.line, Some(3));
        assert_eq!(error.faults()[0].what, "document \"a\" has two scores for query \"q\": 0.6 here, 0.5 in line 1");
    }

    #[test]
    fn ranks_in_place_of_scores_are_not_taken_for_scores() {
        let text = "q\ta\t1\nq\tb\t2\np\ta\t1\n";
        assert!(read_text(text).unwrap_err().what().contains("look like ranks"));
        assert_eq!(order(&read_text(&format!("qid\tpid\trank\n{text}")).unwrap().run, "q"), ["a", "b"]);
        assert_eq!(order(&read_text(&format!("qid\tpid\tscore\n{text}")).unwrap().run, "q"), ["b", "a"]);
        assert!(read_text("q\ta\t1\np\ta\t1\n").is_ok(), "one score for each query is no rank");
    }

    #[test]
    fn a_run_without_a_row_says_so() {
        for text in ["", "\n \n", "query_id\tdoc_id\tscore\n"] {
            assert!(read_text(text).unwrap_err().what().contains("no score"), "{text:?}");
        }
    }
}
