//! Writes a run in TREC's six columns: query, `Q0`, document, rank, score, tag.
//!
//! The same run gives the same bytes. A score is written with the fewest digits that read back as the same number.

use super::run::Run;
use std::io::{self, Write};

/// Writes a run, queries in the order of their identifiers, documents from best to worst.
///
/// Columns are parted by a blank; by tabs where an identifier has a blank in it, since no reader could tell
/// them apart otherwise. Blanks in the tag become hyphens.
pub fn write_trec(run: &Run, tag: &str, mut to: impl Write) -> io::Result<()> {
    let tag = tag.split_whitespace().collect::<Vec<_>>().join("-");
    let tag = if tag.is_empty() { "distilgate" } else { &tag };
    let sep = if has_blank_in_id(run) { '\t' } else { ' ' };
    for (query, ranking) in &run.queries {
        for (position, scored) in ranking.iter().enumerate() {
            let (document, rank, score) = (&scored.document, position + 1, scored.score);
            writeln!(to, "{query}{sep}Q0{sep}{document}{sep}{rank}{sep}{score:?}{sep}{tag}")?;
        }
    }
    to.flush()
}

fn has_blank_in_id(run: &Run) -> bool {
    run.queries.iter().any(|(query, ranking)| {
        query.as_str().contains(' ') || ranking.iter().any(|scored| scored.document.as_str().contains(' '))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collection::{DocumentId, QueryId};
    use crate::runs::{Scored, by_rank, read};
    use proptest::prelude::*;

    fn written(run: &Run, tag: &str) -> String {
        let mut bytes = Vec::new();
        write_trec(run, tag, &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    fn run_of(rows: &[(&str, &str, f64)]) -> Run {
        let mut run = Run::default();
        for (query, document, score) in rows {
            let ranking = run.queries.entry(QueryId::new(query)).or_default();
            ranking.push(Scored { document: DocumentId::new(document), score: *score });
        }
        run.queries.values_mut().for_each(|ranking| ranking.sort_by(by_rank));
        run
    }

    #[test]
    fn a_run_is_written_as_trec_eval_reads_it() {
        let run = run_of(&[("q2", "a", 0.1), ("q1", "a", -2.0), ("q1", "b", 1e-7)]);
        let expected = "q1 Q0 b 1 1e-7 my-run\nq1 Q0 a 2 -2.0 my-run\nq2 Q0 a 1 0.1 my-run\n";
        assert_eq!(written(&run, " my run"), expected);
    }

    #[test]
    fn identifiers_with_blanks_part_columns_by_tabs() {
        assert_eq!(written(&run_of(&[("q 1", "a", 1.0)]), ""), "q 1\tQ0\ta\t1\t1.0\tdistilgate\n");
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back_the_same(
            rows in prop::collection::btree_map(
                // Anything but control characters, which no reader lets in, and blanks at the ends, which are padding.
                ("[^\\pC ]( ?[^\\pC ]){0,3}", "[^\\pC ]( ?[^\\pC ]){0,3}"),
                prop::num::f64::NORMAL | prop::num::f64::ZERO | prop::num::f64::SUBNORMAL,
                1..20,
            )
        ) {
            let rows: Vec<_> = rows.iter().map(|((query, document), score)| (query.as_str(), document.as_str(), *score)).collect();
            // A file that begins with such a word is taken for SMART's format, and refused with that reason.
            prop_assume!(rows.first().is_none_or(|(query, ..)| !query.split(' ').any(|word| word == ".I")));
            let run = run_of(&rows);
            let mut file = tempfile::NamedTempFile::new().unwrap();
            write_trec(&run, "tag", &mut file).unwrap();
            prop_assert_eq!(read(file.path()).unwrap(), run);
        }
    }
}
