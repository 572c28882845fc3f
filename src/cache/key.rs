//! Keys: the digest of everything that determines an entry.

use super::digest::Digest;
use sha2::{Digest as _, Sha256};
use std::fmt;

/// Says under which name something is kept. Two keys are equal only if all their parts are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(Digest);

impl Key {
    /// Starts a key. `purpose` names the computation and its version, as in `"scores/1"`: raise the version
    /// whenever the code computes something else from the same parts.
    pub fn of(purpose: &str) -> KeyBuilder {
        KeyBuilder(Sha256::new()).text(purpose)
    }

    /// The key that 64 hexadecimal digits spell, as it prints; `None` for any other text.
    pub fn from_hex(text: &str) -> Option<Key> {
        Digest::from_hex(text).map(Key)
    }

    /// The digest behind the key.
    pub fn digest(&self) -> Digest {
        self.0
    }
}

impl From<Digest> for Key {
    /// The key behind which this digest is: one that was written down.
    fn from(digest: Digest) -> Key {
        Key(digest)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Gathers the parts of a [`Key`]. Every part is preceded by its length, so that "ab" + "c" is not "a" + "bc".
#[derive(Clone)]
pub struct KeyBuilder(Sha256);

impl KeyBuilder {
    /// Adds some bytes.
    pub fn bytes(mut self, part: &[u8]) -> KeyBuilder {
        self.0.update((part.len() as u64).to_le_bytes());
        self.0.update(part);
        self
    }

    /// Adds a text.
    pub fn text(self, part: &str) -> KeyBuilder {
        self.bytes(part.as_bytes())
    }

    /// Adds a whole number.
    pub fn number(self, part: u64) -> KeyBuilder {
        self.bytes(&part.to_le_bytes())
    }

    /// Adds the digest of something that is too long to pass along.
    pub fn digest(self, part: &Digest) -> KeyBuilder {
        self.bytes(part.bytes())
    }

    /// The key of all parts, in the order in which they were added.
    pub fn build(self) -> Key {
        Key(Digest::new(self.0.finalize().into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_together() {
        let keys = [
            Key::of("p").text("ab").text("c").build(),
            Key::of("p").text("a").text("bc").build(),
            Key::of("p").text("abc").build(),
            Key::of("p").text("abc").text("").build(),
            Key::of("pa").text("bc").build(),
        ];
        for (i, a) in keys.iter().enumerate() {
            assert!(keys[i + 1..].iter().all(|b| a != b));
        }
        assert_eq!(keys[0], Key::of("p").bytes(b"ab").bytes(b"c").build());
    }
}
