//! What the lock says of the collections: what they were, what has drifted, and since when they are known.

use crate::collection::Date;
use crate::fingerprint::lock::{Drift, Part, Print};
use serde::{Deserialize, Serialize};

/// A lock, and the collections held to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LockFacts {
    /// Its file, as the user named it.
    pub path: String,
    /// Whether its digests are keyed with a salt.
    pub keyed: bool,
    /// The collections, in the order of the configuration.
    pub collections: Vec<LockedFacts>,
    /// Collections of the lock that the configuration does not name.
    pub unnamed: Vec<String>,
}

/// A collection held to the lock.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LockedFacts {
    /// The collection.
    pub name: String,
    /// The day on which it first came into the lock; absent where it is not in it.
    pub first_seen: Option<Date>,
    /// What has changed since.
    pub drift: Drift,
    /// What it is now.
    pub now: PrintFacts,
}

/// The digests of a collection; of queries and documents where it has them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrintFacts {
    /// Of all of it.
    pub sha256: String,
    /// Of its queries.
    pub queries: Option<PartFacts>,
    /// Of its judgements.
    pub judgements: PartFacts,
    /// Of its documents.
    pub documents: Option<PartFacts>,
}

/// The digest of the queries, the judgements or the documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartFacts {
    /// How many there are.
    pub count: u64,
    /// Their SHA-256.
    pub sha256: String,
}

impl LockFacts {
    /// The collection of this name.
    pub fn collection(&self, name: &str) -> Option<&LockedFacts> {
        self.collections.iter().find(|locked| locked.name == name)
    }

    /// Whether any collection is not what it was, has joined, or is gone.
    pub fn has_drifted(&self) -> bool {
        !self.unnamed.is_empty() || self.collections.iter().any(LockedFacts::has_drifted)
    }
}

impl LockedFacts {
    /// Whether it is not what the lock has.
    pub fn has_drifted(&self) -> bool {
        self.first_seen.is_none() || self.drift.is_any()
    }
}

impl PrintFacts {
    /// The digests of a print.
    pub fn of(print: &Print) -> PrintFacts {
        let part = |part: &Part| PartFacts { count: part.count, sha256: part.sha256.to_string() };
        PrintFacts {
            sha256: print.sha256().to_string(),
            queries: print.queries.as_ref().map(part),
            judgements: part(&print.judgements),
            documents: print.documents.as_ref().map(part),
        }
    }
}
