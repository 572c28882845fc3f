//! Whole trainings of the small models of `fixtures/models`, on the real runtime.

mod learning;
mod pytorch;
mod refused;
mod same_bytes;
mod saved;
pub(super) mod toy;
