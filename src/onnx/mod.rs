//! ONNX Runtime: finding or installing it, model files, sessions.
//!
//! Knows tensors and graphs and nothing of search. The only module that touches the binding `ort`.

mod child;
mod device;
mod external;
mod held;
mod install;
mod library;
mod model;
mod pins;
pub mod proto;
mod python;
mod runtime;
mod search;
mod session;

pub use device::Device;
pub use held::Held;
pub(crate) use model::check_fetched;
pub use model::{Dimension, Model, Port};
pub use runtime::Runtime;
pub use search::{Found, How, Search, Sighting, find};
pub use session::{Elements, Feed, Session};

#[cfg(test)]
pub(crate) use runtime::tests::runtime as runtime_for_tests;
