//! One path, or a list of paths.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;

/// The placeholder that stands for a collection's name in a path.
const PLACEHOLDER: &str = "{collection}";

/// One path, or a list of paths: the repeats of a noisy teacher, or the seeds of a student.
///
/// `{collection}` in a path is replaced by the collection's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files(pub Vec<String>);

impl Files {
    /// Whether it names another file for each collection.
    pub fn is_pattern(&self) -> bool {
        self.0.iter().any(|path| path.contains(PLACEHOLDER))
    }

    /// The paths for one collection, in the order given.
    pub fn of(&self, collection: &str) -> Vec<String> {
        self.0.iter().map(|path| path.replace(PLACEHOLDER, collection)).collect()
    }
}

// Written by hand, as the reading is: a text or a list of texts, and no empty list.
impl JsonSchema for Files {
    fn schema_name() -> Cow<'static, str> {
        "Files".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "One path, or a list of paths. `{collection}` in a path is replaced by the collection's name.",
            "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" }, "minItems": 1 }],
        })
    }
}

impl Serialize for Files {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [one] => serializer.serialize_str(one),
            many => many.serialize(serializer),
        }
    }
}

// Written by hand: serde's untagged enums lose the place and the reason of an error.
impl<'de> Deserialize<'de> for Files {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Files, D::Error> {
        struct Paths;

        impl<'de> Visitor<'de> for Paths {
            type Value = Files;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a path, or a list of paths")
            }

            fn visit_str<E: de::Error>(self, path: &str) -> Result<Files, E> {
                Ok(Files(vec![path.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Files, A::Error> {
                let mut paths = Vec::new();
                while let Some(path) = seq.next_element()? {
                    paths.push(path);
                }
                match paths.is_empty() {
                    true => Err(de::Error::invalid_length(0, &"at least one path")),
                    false => Ok(Files(paths)),
                }
            }
        }

        deserializer.deserialize_any(Paths)
    }
}
