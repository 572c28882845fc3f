//! Writes a lock as JSON that reads well in a diff: sorted, a line per entry.

use super::file::{Lock, Locked, VERSION};
use super::part::Part;
use crate::cache::{Digest, digest_bytes};
use crate::text::NORMALISATION;
use std::fmt::Write;

/// The text of a lock, with its digest.
pub fn render(lock: &Lock) -> String {
    text(lock, Some(digest(lock)))
}

/// The digest of a lock: of its text without the line that holds it. Blanks and line breaks do not count, since a lock
/// that was read is rendered again.
pub(super) fn digest(lock: &Lock) -> Digest {
    digest_bytes(text(lock, None).as_bytes())
}

// Writing to a string cannot fail, so results are dropped.
fn text(lock: &Lock, digest: Option<Digest>) -> String {
    let mut out = format!("{{\n\"distilgate-lock\": {VERSION},\n\"normalisation\": {},\n", json(NORMALISATION));
    if let Some(keyed) = &lock.keyed {
        let _ = writeln!(out, "\"keyed\": {},", json(keyed));
    }
    if let Some(digest) = digest {
        let _ = writeln!(out, "\"digest\": \"{digest}\",");
    }
    out.push_str("\"collections\": [");
    for (number, locked) in lock.collections.iter().enumerate() {
        out.push_str(if number == 0 { "\n" } else { ",\n" });
        collection(&mut out, locked);
    }
    out.push_str("\n]\n}\n");
    out
}

fn collection(out: &mut String, locked: &Locked) {
    let _ = write!(
        out,
        "{{\n\"name\": {},\n\"first-seen\": \"{}\",\n\"sha256\": \"{}\"",
        json(&locked.name),
        locked.first_seen,
        locked.sha256
    );
    let parts = [("queries", locked.queries.as_ref()), ("judgements", Some(&locked.judgements))];
    for (name, part) in parts.into_iter().chain([("documents", locked.documents.as_ref())]) {
        let Some(part) = part else { continue };
        let _ = write!(out, ",\n\"{name}\": {{\n\"count\": {},\n\"sha256\": \"{}\"", part.count, part.sha256);
        items(out, part);
        out.push_str("\n}");
    }
    out.push_str("\n}");
}

fn items(out: &mut String, part: &Part) {
    let Some(items) = &part.items else { return };
    out.push_str(",\n\"items\": {");
    for (number, (name, tag)) in items.iter().enumerate() {
        out.push_str(if number == 0 { "\n" } else { ",\n" });
        let _ = write!(out, "{}:{}", json(name), json(tag));
    }
    out.push_str("\n}");
}

/// A text as JSON.
fn json(text: &str) -> String {
    serde_json::to_string(text).expect("a text is JSON")
}
