//! Whole trainings of the small models of `fixtures/models`, on the real runtime.

#![allow(clippy::print_stderr, reason = "the figures are shown with --nocapture")]

mod learning;
mod pytorch;
mod refused;
mod same_bytes;
mod saved;
pub(super) mod toy;
