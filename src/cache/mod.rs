//! Files under a key of their content: written whole or not at all, and safe to delete.
//!
//! Whatever costs minutes (scores, embeddings, trained students, ONNX Runtime itself) is kept here under a
//! [`Key`] of everything that determines it. Nothing is ever invalidated: another input is another key. The
//! cache never decides what is worth keeping, and never reports damage: a damaged entry is an absent one.

mod digest;
mod folder;
mod key;
mod log;
mod read;
mod store;
mod write;

pub use digest::{Digest, digest_bytes, digest_file, digest_folder};
pub use folder::default_folder;
pub use key::{Key, KeyBuilder};
pub use log::Log;
pub use read::read_at_most;
pub use store::Cache;
pub(crate) use write::temporary_beside;
pub use write::{NewFile, WholeFile, refuse_to_replace, write_atomically};
