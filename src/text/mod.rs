//! Text as the gate compares and indexes it: normalisation, tokens, n-grams, excerpts. Pure.

mod characters;
mod excerpt;
mod fold;
mod language;
mod normalise;
mod tokens;

pub use characters::{is_invisible, is_unspaced, runs};
pub use excerpt::excerpt;
pub use language::{Language, Stemming};
pub use normalise::{NORMALISATION, normalise};
pub use tokens::{MAX_TOKEN_CHARS, for_each_token, tokens};
