//! What decides: outcomes per query, compared between suspect and clean collections. Pure.

mod role;

pub use role::Role;
