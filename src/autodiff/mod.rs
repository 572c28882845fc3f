//! Gradients as ONNX graphs: reverse-mode differentiation that writes standard operators.
//!
//! Reads a forward graph, brings it into few canonical operators ([`canonicalise`]), finds the types and shapes of
//! its values by running it ([`probe`]), and adds vector-Jacobian products, one rule per operator ([`rules`]), from
//! the outputs back to the weights ([`pull_back`]). Any ONNX Runtime runs the result; nothing is executed here but
//! the probe. This module knows nothing of texts, scores or training.
//!
//! Reverse mode: Griewank and Walther, *Evaluating Derivatives*, 2008, chapter 3.

mod attribute;
mod backward;
mod canonical;
mod composite;
mod convert;
mod first_token;
mod graph;
mod idle_mask;
mod known;
mod parameters;
pub mod rules;
#[cfg(test)]
pub(crate) mod sample;
mod sizes;
mod split;
mod step;
#[cfg(test)]
mod tests;

pub use attribute::Attribute;
pub use backward::{Gradient, Rows, pull_back};
pub use canonical::{canonicalise, make_known};
pub use convert::{OLDEST_OPSET, OPSET};
pub use first_token::{first_token, read_first_token};
pub use graph::{COMPOSITE, Edge, Graph, Node, f32s, tensor_f32, tensor_i64};
pub use idle_mask::drop_idle_masks;
pub use known::{Known, KnownValues, probe};
pub use parameters::parameters;
pub use sizes::{Size, Sizes, hoist_shapes};
pub use split::{Split, split};
pub use step::Step;
