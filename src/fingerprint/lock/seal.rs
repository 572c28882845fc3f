//! The digests of a lock: plain SHA-256, or HMAC-SHA-256 with a salt, so that nobody can test a text by guessing.

use super::salt::Salt;
use crate::cache::Digest;
use compact_str::CompactString;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// What every digest of a lock begins with, so that it is the digest of nothing else.
const PURPOSE: &str = "distilgate.lock/1";

/// The 64 digits of base64url (RFC 4648, section 5).
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Digits of the tag that stands for an identifier in a keyed lock: 48 bits. Of a million documents two share a tag
/// with a chance of 1 in 560.
const ID_DIGITS: usize = 8;

/// Digits of the text that tells a wrong salt: 96 bits.
const CHECK_DIGITS: usize = 16;

/// How items are digested.
#[derive(Clone)]
pub enum Seal {
    /// SHA-256: whoever guesses a text can test the guess.
    Open,
    /// HMAC-SHA-256 with a salt (RFC 2104): nothing can be tested without it.
    Keyed(Box<Hmac<Sha256>>),
}

impl Seal {
    /// A seal with a salt.
    pub fn keyed(salt: &Salt) -> Seal {
        Seal::Keyed(Box::new(Hmac::new_from_slice(salt.bytes()).expect("HMAC takes a key of any length")))
    }

    /// Whether a salt is used.
    pub fn is_keyed(&self) -> bool {
        matches!(self, Seal::Keyed(_))
    }

    /// The digest of an item: its kind and its parts, each preceded by its length.
    pub fn digest(&self, kind: &str, parts: &[&str]) -> Digest {
        let parts = [PURPOSE, kind].into_iter().chain(parts.iter().copied());
        match self {
            Seal::Open => {
                let mut hasher = Sha256::new();
                parts.for_each(|part| {
                    hasher.update((part.len() as u64).to_le_bytes());
                    hasher.update(part);
                });
                Digest::new(hasher.finalize().into())
            }
            Seal::Keyed(mac) => {
                let mut mac = mac.clone();
                parts.for_each(|part| {
                    mac.update(&(part.len() as u64).to_le_bytes());
                    mac.update(part.as_bytes());
                });
                Digest::new(mac.finalize().into_bytes().into())
            }
        }
    }

    /// The name under which the lock holds an identifier: itself, or its tag in a keyed lock, for identifiers such as
    /// addresses and titles tell what a collection is about.
    pub fn name(&self, kind: &str, id: &str) -> CompactString {
        match self {
            Seal::Open => CompactString::new(id),
            Seal::Keyed(_) => tag(&self.digest(kind, &["id", id]), ID_DIGITS),
        }
    }

    /// What a keyed lock holds to tell a wrong salt from drift; `None` without a salt.
    pub fn check(&self) -> Option<String> {
        self.is_keyed().then(|| tag(&self.digest("salt", &[]), CHECK_DIGITS).to_string())
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The salt is nobody's business.
        f.write_str(if self.is_keyed() { "Seal::Keyed" } else { "Seal::Open" })
    }
}

/// The first base64url digits of a digest, 6 bits each.
pub(super) fn tag(digest: &Digest, digits: usize) -> CompactString {
    let bytes = digest.bytes();
    let digit = |place: usize| {
        let (byte, bit) = (place * 6 / 8, place * 6 % 8);
        let two = u16::from(bytes[byte]) << 8 | u16::from(bytes[byte + 1]);
        char::from(DIGITS[usize::from(two >> (10 - bit) & 63)])
    };
    (0..digits).map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_the_beginning_of_base64url() {
        // From RFC 4648, section 10: "foobar" is Zm9vYmFy.
        let mut bytes = [0; 32];
        bytes[..6].copy_from_slice(b"foobar");
        let digest = Digest::new(bytes);
        assert_eq!(tag(&digest, 8), "Zm9vYmFy");
        assert_eq!(tag(&digest, 3), "Zm9");
    }

    #[test]
    fn keyed_digests_are_those_of_hmac() {
        // RFC 4231, test case 2, over the bytes as they are: the crate is what it says.
        let mut mac = Hmac::<Sha256>::new_from_slice(b"Jefe").unwrap();
        mac.update(b"what do ya want for nothing?");
        let digest = Digest::new(mac.finalize().into_bytes().into());
        assert_eq!(digest.to_string(), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    #[test]
    fn parts_and_kinds_and_salts_do_not_run_together() {
        let salts = ["sixteen letters!", "sixteen letters?"].map(|text| Salt::new(text).unwrap());
        let mut seen = std::collections::BTreeSet::new();
        for seal in [Seal::Open, Seal::keyed(&salts[0]), Seal::keyed(&salts[1])] {
            for (kind, parts) in [("q", &["ab", "c"][..]), ("q", &["a", "bc"]), ("qa", &["bc"]), ("q", &["abc", ""])] {
                assert!(seen.insert(seal.digest(kind, parts).to_string()));
            }
        }
    }

    #[test]
    fn identifiers_are_hidden_where_there_is_a_salt() {
        let salt = Salt::new("sixteen letters!").unwrap();
        assert_eq!(Seal::Open.name("document", "Eiffel_Tower"), "Eiffel_Tower");
        assert_eq!(Seal::keyed(&salt).name("document", "Eiffel_Tower").len(), 8);
        assert_eq!(format!("{:?}", Seal::keyed(&salt)), "Seal::Keyed");
    }
}
