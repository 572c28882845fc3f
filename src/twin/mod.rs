//! Fresh twins: which regions of a corpus a suspect collection's queries cover, a sheet to write and judge new queries in,
//! and the collection that a filled sheet makes.
//!
//! Nothing here asks a teacher, and nothing writes a query: a query that a model wrote may be one that it has seen.

mod cells;
mod fill;
mod make;
mod regions;
mod sheet;

pub use cells::{harmless_cell, plain_cell};
pub use fill::{Filled, read_sheet};
pub use make::make;
pub use regions::{Frequencies, Region, regions, share};
pub use sheet::{Order, Sheet, draw, write_sheet};

/// The columns of a sheet, in the order in which they are written.
pub const COLUMNS: [&str; 6] = ["query_id", "region", "query", "document", "excerpt", "grade"];
