//! JSON lines: picks the wanted fields of one object, borrowed from the line where nothing is escaped.
//!
//! Files in circulation name the same field in several ways, and may carry two of the names at once; the first name
//! in the list wins. Fields that nobody asked for are skipped on purpose: collections carry metadata. Nested
//! values are skipped without recursion, so that depth costs no stack; size is bounded by the length of a line.

use super::complaint::{Complaint, column_at};
use crate::error::{Error, Place};
use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de::DeserializeSeed};
use std::borrow::Cow;
use std::fmt;
use std::path::Path;

/// A field's value, as far as the readers care.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// A string.
    Text(Cow<'a, str>),
    /// A whole number.
    Integer(i128),
    /// Any other number.
    Number(f64),
    /// `null`.
    Null,
    /// Something that no reader takes: what it is.
    Other(&'static str),
}

impl<'a> Value<'a> {
    /// The text of an identifier: a string, or a whole number as many files have it.
    pub fn identifier(self, of: &str) -> Result<Cow<'a, str>, Complaint> {
        let text = match self {
            Value::Text(text) => text,
            Value::Integer(number) => Cow::Owned(number.to_string()),
            other => {
                return Err(Complaint::line(format!("the {of} id is {}; it has to be a string", other.kind())));
            }
        };
        // Blanks around an identifier are dropped, as in lines of columns.
        let text = match text.trim_ascii().len() == text.len() {
            true => text,
            false => Cow::Owned(text.trim_ascii().to_owned()),
        };
        match super::columns::identifier(&text, &text, of) {
            Ok(_) => Ok(text),
            Err(complaint) => Err(Complaint::line(complaint.what)),
        }
    }

    /// The text of a field called `name`; `null` counts as empty.
    pub fn text(self, name: &str) -> Result<Cow<'a, str>, Complaint> {
        match self {
            Value::Text(text) => Ok(text),
            Value::Null => Ok(Cow::Borrowed("")),
            other => Err(Complaint::line(format!("{name} is {}; it has to be a string", other.kind()))),
        }
    }

    /// What the value is, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Text(_) => "a string",
            Value::Integer(_) | Value::Number(_) => "a number",
            Value::Null => "null",
            Value::Other(kind) => kind,
        }
    }
}

/// Whether a line begins as a JSON object does; an identifier may begin with a brace, hardly with this.
pub fn is_object(line: &str) -> bool {
    line.trim_start().strip_prefix('{').is_some_and(|rest| rest.trim_start().starts_with(['"', '}']))
}

/// Refuses a file that is one JSON document, told by its first line: it would have to be held as a whole.
pub fn refuse_whole_document(path: &Path, first: &str) -> crate::Result<()> {
    let first = first.trim();
    let is_whole = first == "{" || first.strip_prefix('[').is_some_and(|rest| rest.is_empty() || is_object(rest));
    match is_whole {
        false => Ok(()),
        true => Err(Error::input("this is one JSON document, and JSON lines are read: an object on each line")
            .at(Place::file(path))
            .help("for a list of objects, `jq -c '.[]' FILE` writes the lines")),
    }
}

/// A field by the names it goes by, the preferred one first.
pub type Names = &'static [&'static str];

/// Picks `N` fields from a line that is one JSON object; `None` where the object has none of a field's names.
///
/// A complaint where the line is not a JSON object, or has a wanted name twice.
pub fn pick<'a, const N: usize>(line: &'a str, names: &[Names; N]) -> Result<[Option<Value<'a>>; N], Complaint> {
    let mut json = serde_json::Deserializer::from_str(line);
    let picked = Pick { names }.deserialize(&mut json).and_then(|picked| json.end().map(|()| picked));
    picked.map_err(|error| complaint(line, &error))
}

/// A complaint from serde_json's error: its column counts bytes, and its text repeats the place.
fn complaint(line: &str, error: &serde_json::Error) -> Complaint {
    let offset = error.column().saturating_sub(1).min(line.len());
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or(&text);
    let rest = line.get(offset..).unwrap_or_default();
    if ["NaN", "Infinity", "-Infinity"].iter().any(|name| rest.starts_with(name)) {
        return Complaint::column(column_at(line, offset), "NaN and Infinity are not JSON, and not numbers to rank by");
    }
    Complaint::column(column_at(line, offset), format!("not a JSON object: {what}"))
}

struct Pick<'n, const N: usize> {
    names: &'n [Names; N],
}

impl<'de, const N: usize> DeserializeSeed<'de> for Pick<'_, N> {
    type Value = [Option<Value<'de>>; N];

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de, const N: usize> Visitor<'de> for Pick<'_, N> {
    type Value = [Option<Value<'de>>; N];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("one JSON object on the line")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut picked = [const { None }; N];
        // The position of the name that a field was found under: a lower one replaces it.
        let mut found = [usize::MAX; N];
        while let Some(Key(key)) = map.next_key()? {
            let wanted = self.names.iter().enumerate().find_map(|(field, names)| {
                names.iter().position(|name| *name == key).map(|position| (field, position))
            });
            match wanted {
                Some((field, position)) if position == found[field] => {
                    return Err(A::Error::custom(format!("the field {key} stands here twice")));
                }
                Some((field, position)) if position < found[field] => {
                    found[field] = position;
                    picked[field] = Some(map.next_value()?);
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(picked)
    }
}

/// A key, borrowed where it can be.
struct Key<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Key<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(text.to_owned())))
            }
        }
        json.deserialize_str(KeyVisitor)
    }
}

impl<'de> Deserialize<'de> for Value<'de> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Value<'de>, E> {
        Ok(Value::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value<'de>, E> {
        Ok(Value::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value<'de>, E> {
        Ok(Value::Integer(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value<'de>, E> {
        Ok(Value::Integer(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value<'de>, E> {
        Ok(Value::Number(number))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Value<'de>, E> {
        Ok(Value::Other("true or false"))
    }

    fn visit_unit<E>(self) -> Result<Value<'de>, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value<'de>, A::Error> {
        while sequence.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Other("a list"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value<'de>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Value::Other("an object"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [Names; 2] = [&["_id", "id"], &["text", "contents"]];

    #[test]
    fn fields_are_picked_under_their_preferred_name() {
        let text = |text| Some(Value::Text(Cow::Borrowed(text)));
        let cases = [
            (r#"{"_id": "a", "text": "b"}"#, [text("a"), text("b")]),
            (r#"{"id": 7, "contents": "b", "url": [1, {"x": null}]}"#, [Some(Value::Integer(7)), text("b")]),
            (r#"{"id": 18446744073709551615}"#, [Some(Value::Integer(u64::MAX.into())), None]),
            (r#"{"id": "x", "_id": "a", "contents": "c", "text": "b"}"#, [text("a"), text("b")]),
            (r#"{"_id": "a", "id": "x"}"#, [text("a"), None]),
            (r#"{"_id": null, "text": ["b"]}"#, [Some(Value::Null), Some(Value::Other("a list"))]),
        ];
        for (line, expected) in cases {
            assert_eq!(pick(line, &NAMES).unwrap(), expected, "{line}");
        }
    }

    #[test]
    fn what_is_not_escaped_is_borrowed() {
        let [id, body] = pick(r#"{"_id": "a", "text": "b\n"}"#, &NAMES).unwrap();
        assert!(matches!(id, Some(Value::Text(Cow::Borrowed("a")))));
        assert!(matches!(body, Some(Value::Text(Cow::Owned(text))) if text == "b\n"));
    }

    #[test]
    fn what_is_not_an_object_has_a_column() {
        let cases = [
            (r#"{"_id": "é", text: 1}"#, 14, "key must be a string"),
            (r#"{"_id": "a""#, 11, "EOF while parsing an object"),
            (r#"["a"]"#, 1, "one JSON object"),
            (r#"{"_id": "a"} x"#, 14, "trailing characters"),
            (r#"{"_id": "a", "_id": "b"}"#, 18, "twice"),
            (r#"{"_id": NaN}"#, 9, "not numbers"),
        ];
        for (line, column, what) in cases {
            let complaint = pick(line, &NAMES).unwrap_err();
            assert_eq!(complaint.column, Some(column), "{line} {complaint:?}");
            assert!(complaint.what.contains(what), "{complaint:?}");
        }
    }

    #[test]
    fn an_object_is_told_from_a_brace() {
        assert!(is_object(" { \"_id\"") && is_object("{}"));
        assert!(!is_object("{ Q0 d 1 1 t") && !is_object("[{\"_id\""));
    }

    #[test]
    fn depth_costs_no_stack() {
        for name in ["_id", "x"] {
            let deep = format!("{{\"{name}\": {}", "[".repeat(1_000_000));
            assert!(pick(&deep, &NAMES).is_err());
            let closed = format!("{deep}{}}}", "]".repeat(1_000_000));
            assert!(pick(&closed, &NAMES).is_ok());
        }
    }
}
