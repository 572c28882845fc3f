//! Run files, and the patterns with `{collection}` that they follow.

use super::found::FoundCollection;
use crate::collection::columns;
use crate::collection::lines::Lines;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Runs of one ranker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundRuns {
    /// Patterns, one per seed: `runs/after/{collection}.1.run`, `runs/after/{collection}.2.run`.
    pub files: Vec<String>,
    /// The names of the collections that each pattern covers.
    pub covers: BTreeSet<String>,
}

/// The ends of packed files, and of runs.
const PACKED: [&str; 2] = [".gz", ".zst"];
const RUN_ENDS: [&str; 3] = [".run", ".trec", ".res"];
/// An end that runs have, and many other files: what is in it tells.
const TEXT_END: &str = ".txt";

/// What parts the words of a path: a collection's name is looked for between the first, and where that finds none,
/// between the second too.
const STRICT: &[char] = &['/', '.'];
const LOOSE: &[char] = &['/', '.', '-', '_'];

/// A name between dashes may be a part of another name, as `dl19` in `dl19-hard`: only a pattern that so many
/// collections follow is believed.
const LEAST_LOOSE: usize = 2;

/// Whether a file is a run, by the end of its name; a `.txt` by its first line.
pub fn is_run(path: &Path) -> bool {
    let Some(name) = path.file_name().map(|name| name.to_string_lossy()) else { return false };
    let plain = unpacked(&name);
    RUN_ENDS.iter().any(|end| plain.ends_with(end)) || (plain.ends_with(TEXT_END) && has_six_columns(path))
}

/// Whether the first line is one of a TREC run: six columns, a rank in the fourth and a score in the fifth.
fn has_six_columns(path: &Path) -> bool {
    let Ok(mut lines) = Lines::open(path) else { return false };
    let Ok(Some(line)) = lines.next_line() else { return false };
    let Ok(line) = line.text() else { return false };
    columns::split::<6>(line).is_some_and(|[_, _, _, rank, score, _]| {
        rank.parse::<u64>().is_ok() && score.parse::<f64>().is_ok_and(f64::is_finite)
    })
}

fn unpacked(name: &str) -> &str {
    PACKED.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name)
}

/// A run file's name or path without its ends: `after/dl19.1` of `after/dl19.1.run.gz`.
fn run_stem(name: &str) -> Option<&str> {
    let plain = unpacked(name);
    RUN_ENDS.iter().chain([&TEXT_END]).find_map(|end| plain.strip_suffix(end))
}

/// Puts `{collection}` where a collection's name stands in a path, and seeds of one ranker together. Also gives the
/// files of which that tells no collection.
pub fn runs(files: &[String], collections: &[FoundCollection]) -> (Vec<FoundRuns>, Vec<String>) {
    let (mut patterns, left) = follow(files, collections, STRICT);
    let (loose, mut strays) = follow(&left, collections, LOOSE);
    for (pattern, covers) in loose {
        if covers.len() >= LEAST_LOOSE {
            patterns.insert(pattern, covers);
        } else {
            strays.extend(covers.iter().map(|name| pattern.replace("{collection}", name)));
        }
    }
    strays.sort();
    // Seeds that cover other collections than their siblings are not one ranker's, or not finished.
    type Family = (String, BTreeSet<String>);
    let mut rankers: BTreeMap<Family, Vec<(u64, String)>> = BTreeMap::new();
    for (pattern, covers) in patterns {
        let (family, seed) = seed_of(&pattern).unwrap_or((pattern.clone(), 0));
        rankers.entry((family, covers)).or_default().push((seed, pattern));
    }
    let sorted = |mut seeds: Vec<(u64, String)>| {
        seeds.sort();
        seeds.into_iter().map(|(_, pattern)| pattern).collect()
    };
    let runs = rankers.into_iter().map(|((_, covers), seeds)| FoundRuns { files: sorted(seeds), covers }).collect();
    (runs, strays)
}

/// The collections that each pattern covers, and the files that follow none.
fn follow(
    files: &[String],
    collections: &[FoundCollection],
    parts: &[char],
) -> (BTreeMap<String, BTreeSet<String>>, Vec<String>) {
    let (mut patterns, mut left): (BTreeMap<String, BTreeSet<String>>, _) = (BTreeMap::new(), Vec::new());
    for file in files {
        match pattern_of(file, collections, parts) {
            Some((pattern, name)) => _ = patterns.entry(pattern).or_default().insert(name),
            None => left.push(file.clone()),
        }
    }
    (patterns, left)
}

/// The pattern that a run file follows, and the collection that it is of. A name in the file's own name counts for
/// more than one in a folder's, and a long one for more than a short one.
fn pattern_of(file: &str, collections: &[FoundCollection], parts: &[char]) -> Option<(String, String)> {
    let stem = run_stem(file)?;
    let own_name = stem.rfind('/').map_or(0, |slash| slash + 1);
    let with_places = collections.iter().filter_map(|c| Some((places(stem, &c.name, parts).last().copied()?, &c.name)));
    let (_, name) = with_places.max_by_key(|(place, name)| (*place >= own_name, name.len()))?;
    let mut pattern = file.to_owned();
    for place in places(stem, name, parts).into_iter().rev() {
        pattern.replace_range(place..place + name.len(), "{collection}");
    }
    Some((pattern, name.clone()))
}

/// Where a name stands in a path as a whole part, between slashes and dots: `a` in `runs/after/a.1`, once.
fn places(path: &str, name: &str, parts: &[char]) -> Vec<usize> {
    let whole = |place: &usize| {
        path[..*place].chars().next_back().is_none_or(|c| parts.contains(&c))
            && path[*place + name.len()..].chars().next().is_none_or(|c| parts.contains(&c))
    };
    path.match_indices(name).map(|(place, _)| place).filter(whole).collect()
}

/// What the seeds of a ranker have in common, and which seed this is: `after/{collection}.*.run` and 1.
fn seed_of(pattern: &str) -> Option<(String, u64)> {
    let stem = run_stem(pattern)?;
    let (before, seed) = stem.rsplit_once('.')?;
    let number = seed.parse().ok().filter(|_| seed.bytes().all(|b| b.is_ascii_digit()))?;
    Some((format!("{before}.*{}", &pattern[stem.len()..]), number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looked(files: &[&str], names: &[&str]) -> (Vec<Vec<String>>, Vec<String>) {
        let files: Vec<String> = files.iter().map(|file| (*file).to_owned()).collect();
        let of = |name: &&str| FoundCollection { name: (*name).to_owned(), path: String::new() };
        let collections: Vec<FoundCollection> = names.iter().map(of).collect();
        let (runs, strays) = runs(&files, &collections);
        (runs.into_iter().map(|runs| runs.files).collect(), strays)
    }

    fn found(files: &[&str], names: &[&str]) -> Vec<Vec<String>> {
        looked(files, names).0
    }

    #[test]
    fn a_name_is_replaced_where_it_is_a_whole_part() {
        assert_eq!(found(&["runs/after/a.run", "runs/after/b.run"], &["a", "b"]), [["runs/after/{collection}.run"]]);
        assert_eq!(found(&["a/dl19/x.dl19.run.gz"], &["dl19"]), [["a/{collection}/x.{collection}.run.gz"]]);
        assert_eq!(found(&["x/v1.0.run"], &["v1.0", "0"]), [["x/{collection}.run"]]);
        assert_eq!(found(&["run/a.run"], &["a", "run"]), [["run/{collection}.run"]]);
        assert_eq!(
            found(&["run.m.a.txt", "run.m.b.txt.gz"], &["a", "b"]).concat(),
            ["run.m.{collection}.txt", "run.m.{collection}.txt.gz"]
        );
    }

    #[test]
    fn a_name_between_dashes_is_believed_where_another_collection_follows_it() {
        assert_eq!(looked(&["r/dl19-hard.run"], &["dl19"]), (vec![], vec!["r/dl19-hard.run".to_owned()]));
        let both = ["r/base_dl19.run", "r/base_dl20.run", "r/x.run"];
        let (patterns, strays) = looked(&both, &["dl19", "dl20"]);
        assert_eq!(patterns, [["r/base_{collection}.run"]]);
        assert_eq!(strays, ["r/x.run"]);
    }

    #[test]
    fn a_text_is_a_run_where_it_has_the_columns_of_one() {
        use std::io::Write;
        let folder = tempfile::tempdir().unwrap();
        let is = |name: &str, text: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            is_run(&path)
        };
        let line = b"q1 Q0 d1 1 12.5 tag\n";
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(line).unwrap();
        assert!(is("a.txt", line) && is("a.txt.gz", &gzip.finish().unwrap()));
        assert!(is("a.txt.zst", &zstd::encode_all(&line[..], 1).unwrap()));
        assert!(is("a.run", b""));
        assert!(!is("b.txt", b"six words that are no run\n") && !is("c.txt", b"q1 0 d1 1\n") && !is("d.txt", b""));
        assert!(!is("e.txt.gz", b"\x1f\x8bcut off"));
        assert!(!is("a.csv", line));
    }

    #[test]
    fn seeds_are_a_list_where_they_cover_the_same() {
        assert_eq!(
            found(&["r/a.1.run", "r/a.2.run", "r/a.10.run"], &["a"]),
            [["r/{collection}.1.run", "r/{collection}.2.run", "r/{collection}.10.run"]]
        );
        let uneven = found(&["r/a.1.run", "r/b.1.run", "r/a.2.run"], &["a", "b"]);
        assert_eq!(uneven, [["r/{collection}.2.run"], ["r/{collection}.1.run"]]);
    }
}
