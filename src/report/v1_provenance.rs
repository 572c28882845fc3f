//! The report's frozen types of where things come from, version 1. Within a version fields are only added.

use crate::collection::{Date, Role};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where everything comes from: what is declared and by whom, and what was measured. Ready for an auditor.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Provenance {
    /// A card for each collection.
    pub collections: Vec<CollectionCard>,
    /// A card for the teacher.
    pub teacher: Option<TeacherCard>,
    /// A card for the student before, where anything is known of its origin.
    pub before: Option<BeforeCard>,
    /// The lock that collections were held to; absent where there is none.
    pub lock: Option<LockCard>,
}

/// What is declared of a collection, and what was measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CollectionCard {
    /// The collection.
    pub name: String,
    /// Its role, declared or from the dates.
    pub role: Role,
    /// Why it has this role.
    pub role_reason: String,
    /// Whether the role is declared, against the dates or without them.
    pub role_declared: bool,
    /// Where all this is declared: `file:line`.
    pub declared_in: String,
    /// The day on which it is said to have become public.
    pub published: Option<Date>,
    /// Where it is said to come from.
    pub source: Option<String>,
    /// The terms that it is said to be used under.
    pub licence: Option<String>,
    /// The suspect collection that it is said to be a twin of.
    pub twin_of: Option<String>,
    /// Queries that were counted.
    pub queries: Option<u64>,
    /// Judgements that were counted.
    pub judgements: u64,
    /// Documents that were counted; absent where the corpus was not read.
    pub documents: Option<u64>,
    /// The day on which it first came into the lock.
    pub first_seen: Option<Date>,
    /// Its digests, where there is a lock.
    pub digests: Option<Digests>,
    /// What has drifted since it came into the lock, in words.
    pub drift: Option<String>,
    /// What it has in common with other collections and with training data, a line each.
    pub overlaps: Vec<String>,
    /// What would make it clean, where it is suspect.
    pub would_make_clean: Option<String>,
}

/// SHA-256 of a collection's normalised content; keyed where the lock is private.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Digests {
    /// Of all of it.
    pub all: String,
    /// Of its queries.
    pub queries: Option<String>,
    /// Of its judgements.
    pub judgements: String,
    /// Of its documents.
    pub documents: Option<String>,
}

/// What is declared of the teacher.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TeacherCard {
    /// Its name.
    pub name: String,
    /// Where this is declared: `file:line`.
    pub declared_in: String,
    /// The day up to which it is said to have read the web.
    pub training_cutoff: Option<Date>,
    /// What it is said to be trained on.
    pub training_data: Vec<String>,
    /// The terms that its scores may be used under.
    pub terms: Option<String>,
}

/// What is known of the origin of the student before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BeforeCard {
    /// The teacher that the configuration says it was distilled from.
    pub declared_teacher: Option<String>,
    /// The teacher that the record beside its model names.
    pub recorded_teacher: Option<String>,
    /// That record.
    pub record: Option<String>,
}

/// The lock that collections were held to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LockCard {
    /// Its file.
    pub path: String,
    /// Whether its digests are keyed with a salt.
    pub private: bool,
    /// Collections that are in it and not in the configuration.
    pub unnamed: Vec<String>,
}
