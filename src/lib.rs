//! distilgate tells a team whether the gains of a distilled ranker are real.
//!
//! The modules stand in order of dependence: each uses only those listed before it, and
//! `tests/architecture.rs` holds them to it. Data flows one way: what is read becomes
//! [`facts`], facts become findings ([`checks`]), findings and contrasts become a [`verdict`],
//! and [`report`] renders it.

pub mod error;
pub mod text;
pub mod measure;
pub mod stats;
pub mod collection;
pub mod runs;
pub mod cache;
pub mod config;
pub mod fingerprint;
pub mod retrieve;
pub mod command;
pub mod twin;
pub mod canary;
pub mod onnx;
pub mod autodiff;
pub mod ranker;
pub mod distill;
pub mod probe;
pub mod facts;
pub mod audit;
pub mod checks;
pub mod verdict;
pub mod report;
pub mod cli;

pub use error::{Error, Exit, Result};
