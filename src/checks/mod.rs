//! Facts to findings: one file per check, one list.
