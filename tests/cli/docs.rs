//! Pages that are made from the code are current. `UPDATE_DOCS=1` writes them anew.

use distilgate::{autodiff, checks, config, report};
use std::fs;
use std::path::Path;

fn pretty(value: &serde_json::Value) -> String {
    serde_json::to_string_pretty(value).unwrap() + "\n"
}

#[test]
fn docs_are_current() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let pages = [
        ("autodiff.md", autodiff::rules::markdown()),
        ("config.md", config::markdown()),
        ("checks.md", checks::markdown()),
        ("config.schema.json", pretty(&config::json_schema())),
        ("report.schema.json", pretty(&report::json_schema())),
    ];
    for (name, text) in pages {
        let path = docs.join(name);
        if std::env::var_os("UPDATE_DOCS").is_some() {
            fs::write(&path, &text).unwrap();
        }
        let on_disk = fs::read_to_string(&path).unwrap_or_default();
        assert!(on_disk == text, "docs/{name} is not what the code says; run UPDATE_DOCS=1 cargo test --test cli docs");
    }
}

#[test]
fn exit_codes_in_the_readme_are_those_of_the_code() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    for exit in distilgate::Exit::BY_URGENCY {
        let row = format!("| {} | {} |", exit.code(), exit.meaning());
        assert!(readme.contains(&row), "README.md lacks the row {row}");
    }
}
