//! The lock on collections made here.
