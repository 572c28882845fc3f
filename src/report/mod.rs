//! The result, rendered: console, HTML, JSON, JUnit, Markdown, SARIF, annotations.
//!
//! [`Report`] holds frozen types of its own: facts and findings are converted, never serialised themselves, so
//! that renaming a field inside cannot change JSON that people parse. Every format is rendered from it alone.

mod annotations;
mod ascii;
mod brief;
mod build;
mod console;
mod cut;
mod deciding;
mod earlier;
mod explain_query;
mod harmless;
mod html;
mod junit;
mod measured;
mod places;
mod probe;
mod provenance;
mod read;
mod sarif;
mod students;
mod summary;
mod training;
mod twins;
mod v1;
mod v1_moved;
mod v1_probe;
mod v1_provenance;
mod v1_scan;
mod v1_training;
mod v1_twins;
mod words;
mod write;

#[cfg(test)]
mod tests;

pub use annotations::{annotation_of, annotations};
pub use build::build;
pub use console::console;
pub use earlier::baseline;
pub use explain_query::explain_query;
pub use html::html;
pub use junit::{Stamp, junit};
pub use places::{InRepository, Repository};
pub use probe::{inspection, probe_json};
pub use read::read;
pub use sarif::sarif;
pub use students::write_students;
pub use summary::{summary, summary_within};
pub use v1::*;
pub use v1_moved::{Histogram, Moved, MovedQuery, RankedDocument};
pub use v1_probe::*;
pub use v1_provenance::*;
pub use v1_scan::{Found, FoundOf, Scan, UnreadFile};
pub use v1_training::*;
pub use v1_twins::*;
pub use write::{FOLDER, place_sarif, prepare, write};

use serde_json::Value;

/// `report.json`: indented, keys in the order of the schema, a final newline.
pub fn json(report: &Report) -> String {
    let mut text = serde_json::to_string_pretty(report).expect("a report is plain data");
    text.push('\n');
    text
}

/// The JSON Schema of `report.json`, committed as `docs/report.schema.json`.
pub fn json_schema() -> Value {
    schemars::schema_for!(Report).to_value()
}
