//! `docs/config.md` and the JSON Schema for editors, both made from the types and their doc comments.

use super::Config;
use serde_json::Value;
use std::fmt::Write;

/// The JSON Schema of `distilgate.toml`.
pub fn json_schema() -> Value {
    schemars::schema_for!(Config).to_value()
}

/// The page that lists every key: its type, its default and what it means.
pub fn markdown() -> String {
    let schema = json_schema();
    let defaults = serde_json::to_value(Config::default()).unwrap_or_default();
    let mut page = String::from(
        "# The configuration\n\n`distilgate.toml`, one file; paths in it are relative to it. `distilgate init` writes one. \
         This page is made from the code.\n",
    );
    for (key, property) in properties(&schema) {
        table(&mut page, &schema, &defaults, key, property);
    }
    page
}

/// Adds the table of one section, and those below it.
fn table(page: &mut String, schema: &Value, defaults: &Value, path: &str, property: &Value) {
    let many = property["type"] == "array";
    let shape = resolve(schema, if many { &property["items"] } else { property });
    let (open, close) = if many { ("[[", "]]") } else { ("[", "]") };
    let _ = write!(page, "\n## `{open}{path}{close}`\n\n{}\n", text(property).unwrap_or_default());
    let rows: Vec<_> = properties(shape).filter(|(_, p)| !is_table(schema, p) || is_inline(p)).collect();
    if !rows.is_empty() {
        page.push_str("\n| key | type | default | meaning |\n|---|---|---|---|\n");
    }
    for (key, row) in rows {
        let default = path.split('.').fold(defaults, |value, part| &value[part]);
        let default = default.get(key).or(row.get("default")).filter(|v| says_something(v));
        let default = default.map(|v| format!("`{}`", toml_text(v))).unwrap_or_default();
        let meaning =
            text(row).or(text(resolve(schema, row))).unwrap_or_default().replace('|', "\\|").replace('\n', " ");
        let _ = writeln!(page, "| `{key}` | {} | {default} | {meaning} |", kind(schema, row));
    }
    for (key, below) in properties(shape).filter(|(_, p)| is_table(schema, p) && !is_inline(p)) {
        table(page, schema, defaults, &format!("{path}.{key}"), below);
    }
}

/// What a key or section means: `gate.margin`, `student.before`, `collection.published`.
pub fn meaning(path: &str) -> String {
    let schema = json_schema();
    let mut here = &schema;
    for part in path.split('.') {
        let property = &resolve(&schema, here)["properties"][part];
        here = if property["type"] == "array" && property["items"].is_object() { &property["items"] } else { property };
        if path.ends_with(part) && property["description"].is_string() {
            return text(property).unwrap_or_default().replace('\n', " ");
        }
    }
    text(resolve(&schema, here)).unwrap_or_default().replace('\n', " ")
}

fn properties(schema: &Value) -> impl Iterator<Item = (&str, &Value)> {
    schema["properties"].as_object().into_iter().flatten().map(|(key, value)| (key.as_str(), value))
}

fn text(schema: &Value) -> Option<String> {
    schema["description"].as_str().map(str::to_owned)
}

/// Follows `$ref`, and `anyOf [X, null]`, to the schema that says something.
fn resolve<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    if let Some(name) = schema["$ref"].as_str().and_then(|r| r.rsplit('/').next()) {
        return resolve(root, &root["$defs"][name]);
    }
    match schema["anyOf"].as_array().map(Vec::as_slice) {
        Some([some, none]) if none["type"] == "null" => resolve(root, some),
        _ => schema,
    }
}

fn is_table(root: &Value, schema: &Value) -> bool {
    resolve(root, schema)["properties"].is_object()
}

/// Small tables are written inline: `heterogeneity = { ... }`, `options = { ... }`.
fn is_inline(schema: &Value) -> bool {
    let name = |s: &Value| s["$ref"].as_str().map(str::to_owned);
    let target = name(schema).or_else(|| schema["anyOf"][0]["$ref"].as_str().map(str::to_owned));
    target.is_some_and(|t| t.ends_with("/Heterogeneity") || t.ends_with("/ModelOptions"))
}

fn kind(root: &Value, schema: &Value) -> String {
    let target = resolve(root, schema);
    if target["anyOf"].is_array() {
        return "path or list of paths".to_owned();
    }
    if is_inline(schema) {
        let keys: Vec<String> = properties(target).map(|(key, _)| format!("`{key}`")).collect();
        return format!("table of {}", keys.join(", "));
    }
    let variants = target["oneOf"].as_array().or(target["enum"].as_array());
    if let Some(variants) = variants {
        let names: Vec<String> =
            variants.iter().filter_map(|v| v["const"].as_str().or(v.as_str())).map(|v| format!("`{v}`")).collect();
        return names.join(", ");
    }
    let plain = |value: &Value| match value.as_str() {
        Some("string") => "text",
        Some("array") => "list",
        Some("integer") => "whole number",
        Some("number") => "number",
        Some("boolean") => "`true`, `false`",
        _ => "",
    };
    match target["type"].as_array() {
        Some(types) => plain(&types[0]).to_owned(),
        None => plain(&target["type"]).to_owned(),
    }
}

/// Whether a default is more than "left out": a name that is asked for, and a table of nothing, are none.
fn says_something(default: &Value) -> bool {
    match default {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Object(map) => map.values().any(says_something),
        _ => true,
    }
}

/// A default as it would stand in the file.
fn toml_text(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let pairs: Vec<String> = map.iter().map(|(k, v)| format!("{k} = {}", toml_text(v))).collect();
            format!("{{ {} }}", pairs.join(", "))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse;
    use std::path::Path;

    #[test]
    fn a_path_and_a_list_of_paths_hold_to_the_schema() {
        let validator = jsonschema::validator_for(&json_schema()).unwrap();
        for (runs, reads) in [("\"a.run\"", true), ("[\"a.run\", \"b.run\"]", true), ("[]", false), ("1", false)] {
            let text = format!("[student.before]\nruns = {runs}\n");
            let value = toml::from_str::<Value>(&text).unwrap();
            assert_eq!(validator.is_valid(&value), reads, "{text}");
            let config = parse(&text, Path::new("distilgate.toml"));
            assert_eq!(config.is_ok(), reads, "{text}");
            assert!(config.is_err() || validator.is_valid(&serde_json::to_value(config.unwrap()).unwrap()), "{text}");
        }
        assert!(markdown().contains("| `runs` | path or list of paths |"));
    }
}
