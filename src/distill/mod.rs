//! Distilling: a student learns a teacher's scores, on ONNX Runtime alone.
//!
//! The student's forward graph is differentiated (`autodiff`), one ordinary session computes loss and gradients, and
//! AdamW updates flat buffers here. The same seed and number of threads give the same bytes, on the same processor
//! type and ONNX Runtime. What is trained is kept in the cache under a key of its content, so nothing is trained
//! twice. Nothing is evaluated here.

mod accumulate;
mod adamw;
mod batches;
pub mod budget;
mod checkpoint;
mod data;
mod fits;
mod graph;
mod history;
mod kept;
mod layers;
pub mod lesson;
pub mod losses;
mod material;
mod objective;
mod place;
mod prefix;
mod recipe;
mod sample;
mod save;
mod train;
mod trainer;
mod worker;

#[cfg(test)]
mod tests;

pub use data::TrainingData;
pub use history::History;
pub use kept::Kept;
pub use lesson::{Lesson, LessonReport};
pub use material::{TestCopy, TestQueries, Training, TrainingFiles, TrainingReport, read};
pub use place::{Files, place};
pub use recipe::Recipe;
pub use sample::{Group, Sampler};
pub use save::{RECORD, name_teacher, recorded_teacher};
pub use train::{Job, Keys, Tick, Trained, Workplace, train, trained};
