//! A file that is read whole, up to a bound: devices and pipes have no size that tells anything.

use crate::error::{Error, Result};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The bytes of a file; `None` where there are more than `most`, of which whoever asks says what that means.
///
/// # Errors
/// A file that cannot be read (exit 2).
pub fn read_at_most(path: &Path, most: u64) -> Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|e| Error::reading(path, e))?;
    file.take(most + 1).read_to_end(&mut bytes).map_err(|e| Error::reading(path, e))?;
    Ok(Some(bytes).filter(|bytes| bytes.len() as u64 <= most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_itself_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "four").unwrap();
        assert_eq!(read_at_most(&path, 4).unwrap().as_deref(), Some(&b"four"[..]));
        assert_eq!(read_at_most(&path, 3).unwrap(), None);
        assert_eq!(read_at_most(&folder.path().join("none"), 3).unwrap_err().exit(), crate::Exit::Unusable);
    }
}
