//! The published part: an ordinary collection in BEIR's layout. Nothing in it says that it holds canaries.

use super::key::{LabelledPair, random};
use super::mint::Pair;
use crate::cache::{Digest, Key, write_atomically};
use crate::collection::{Collection, DocumentId, Location};
use crate::error::{Error, Result};
use serde_json::json;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Tosses a fair coin for each pair, with the system's random numbers.
///
/// # Errors
/// There are none (exit 4).
pub fn label(pairs: &[Pair]) -> Result<Vec<LabelledPair>> {
    let mut coins = vec![0u8; pairs.len()];
    random(&mut coins)?;
    let toss = |(pair, coin): (&Pair, u8)| {
        let [(first, _), (second, _)] = &pair.documents;
        let (labelled, other) = if coin & 1 == 0 { (first, second) } else { (second, first) };
        LabelledPair { query: pair.query.clone(), labelled: labelled.clone(), other: other.clone() }
    };
    Ok(pairs.iter().zip(coins).map(toss).collect())
}

/// Writes the folder: `corpus.jsonl`, `queries.jsonl`, `qrels/test.tsv`; all or nothing.
///
/// # Errors
/// A folder that cannot be written to (exit 4).
pub fn publish(pairs: &[Pair], labels: &[LabelledPair], folder: &Path) -> Result<()> {
    let failed = |e: std::io::Error| Error::writing(folder, e);
    let parent = folder.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(failed)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".canary-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o777));
    let beside = builder.tempdir_in(parent).map_err(failed)?;
    // In the order of identifiers, which says nothing of the labels.
    let documents: BTreeMap<&DocumentId, &String> =
        pairs.iter().flat_map(|pair| &pair.documents).map(|(id, text)| (id, text)).collect();
    let corpus = documents.iter().map(|(id, text)| json!({ "_id": id.as_str(), "title": "", "text": text }));
    let queries = pairs.iter().map(|pair| json!({ "_id": pair.query.as_str(), "text": pair.text }));
    let lines =
        |rows: &mut dyn Iterator<Item = serde_json::Value>| rows.map(|row| format!("{row}\n")).collect::<String>();
    write_atomically(&beside.path().join("corpus.jsonl"), lines(&mut corpus.into_iter()).as_bytes())?;
    write_atomically(&beside.path().join("queries.jsonl"), lines(&mut queries.into_iter()).as_bytes())?;
    write_atomically(&beside.path().join("qrels").join("test.tsv"), judgements(labels).as_bytes())?;
    fs::rename(beside.path(), folder).map_err(failed)
}

fn judgements(labels: &[LabelledPair]) -> String {
    let mut text = String::from("query-id\tcorpus-id\tscore\n");
    for pair in labels {
        let mut rows = [(&pair.labelled, 1), (&pair.other, 0)];
        rows.sort();
        for (document, grade) in rows {
            text += &format!("{}\t{document}\t{grade}\n", pair.query);
        }
    }
    text
}

/// The digest of what was published, labels apart: queries and documents by identifier and text.
pub fn content(pairs: &[Pair]) -> Digest {
    let queries: BTreeMap<&str, &str> = pairs.iter().map(|p| (p.query.as_str(), p.text.as_str())).collect();
    let documents: BTreeMap<&str, &str> =
        pairs.iter().flat_map(|pair| &pair.documents).map(|(id, text)| (id.as_str(), text.as_str())).collect();
    digest(&queries, &documents)
}

fn digest(queries: &BTreeMap<&str, &str>, documents: &BTreeMap<&str, &str>) -> Digest {
    let mut key = Key::of("distilgate.canary.published/1");
    for (name, texts) in [("queries", queries), ("documents", documents)] {
        key = key.text(name).text(&texts.len().to_string());
        for (id, text) in texts {
            key = key.text(id).text(text);
        }
    }
    key.build().digest()
}

/// A published folder as it is now: the digest of its content, and the collection with its judgements.
///
/// # Errors
/// A folder that is no collection.
pub fn read_published(folder: &Path) -> Result<(Digest, Collection)> {
    let collection = Collection::open("canaries", &Location::folder(folder, None)?)?;
    let documents = collection.documents()?.map(|d| d.map(|d| (d.id.clone(), d.joined())));
    let documents: BTreeMap<DocumentId, String> = documents.collect::<Result<_>>()?;
    let queries = collection.queries.iter().map(|(id, text)| (id.as_str(), text.as_str())).collect();
    let documents = documents.iter().map(|(id, text)| (id.as_str(), text.as_str())).collect();
    Ok((digest(&queries, &documents), collection))
}
