//! `report.html`: one self-contained file, written by hand, without a script and without a request.
//!
//! [`markup`] is the only place that writes a `<`; [`axis`], [`forest`], [`slopes`] and [`bins`] draw from plain
//! numbers; the others say what stands on the page, from top to bottom.

mod axis;
mod bins;
mod differences;
mod evidence;
mod findings;
mod forest;
mod gains;
mod markup;
mod origins;
mod page;
mod said;
mod scores;
mod signer;
mod slopes;
mod table;

#[cfg(test)]
mod tests;

pub use page::html;
