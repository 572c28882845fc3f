//! Distilling: a student learns a teacher's scores, on ONNX Runtime alone.
//!
//! The student's forward graph is differentiated (`autodiff`), one ordinary session computes loss and gradients, and
//! AdamW updates flat buffers here. The same seed and number of threads give the same bytes, on the same processor
//! type and ONNX Runtime. What is trained is kept in the cache under a key of its content, so nothing is trained
//! twice. Nothing is evaluated here.

mod data;
pub mod losses;
mod recipe;

pub use data::TrainingData;
pub use recipe::Recipe;
