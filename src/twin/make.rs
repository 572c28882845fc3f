//! The collection that a filled sheet makes: queries and judgements as BEIR lays them out. The corpus stays where it is.

use super::Filled;
use crate::cache::write_atomically;
use crate::error::{Error, Place, Result};
use serde_json::json;
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// Writes the folder of a collection: `queries.jsonl` and `qrels/test.tsv`, all or nothing.
///
/// # Errors
/// Something is there already (exit 2); a folder that cannot be written to (exit 4).
pub fn make(filled: &Filled, folder: &Path) -> Result<()> {
    if fs::symlink_metadata(folder).is_ok() {
        return Err(Error::input("something of this name is there already, and is not replaced")
            .at(Place::file(folder))
            .help("name a new folder"));
    }
    let failed = |e: std::io::Error| Error::writing(folder, e);
    let parent = folder.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(failed)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".twin-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o777));
    let beside = builder.tempdir_in(parent).map_err(failed)?;
    write_atomically(&beside.path().join("queries.jsonl"), queries(filled).as_bytes())?;
    write_atomically(&beside.path().join("qrels").join("test.tsv"), judgements(filled).as_bytes())?;
    fs::rename(beside.path(), folder).map_err(failed)
}

fn queries(filled: &Filled) -> String {
    let line = |(id, text): (&crate::collection::QueryId, &String)| json!({ "_id": id.as_str(), "text": text });
    filled.queries.iter().map(line).fold(String::new(), |text, line| text + &line.to_string() + "\n")
}

fn judgements(filled: &Filled) -> String {
    let mut text = String::from("query-id\tcorpus-id\tscore\n");
    for (query, judged) in &filled.qrels.queries {
        for (document, grade) in judged {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{query}\t{document}\t{grade}");
        }
    }
    text
}
