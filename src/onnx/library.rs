//! Looks at a library file before it is loaded.
//!
//! The system's loader refuses most of what is no library. A truncated ELF file it maps all the same, and the
//! process dies of SIGBUS at the first touch of a page beyond the end. So that is looked for here: the file
//! must be as long as its own program headers say (the ELF specification, "Program Header").

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// The oldest minor version of ONNX Runtime 1 that can be used: the one whose API the program asks for.
pub const OLDEST: u32 = ort::MINOR_VERSION;

/// Why a file must not be loaded; `None` if nothing speaks against trying.
pub fn fault(path: &Path) -> Option<String> {
    match elf_end(path) {
        Err(error) => Some(format!("it cannot be read: {error}")),
        Ok((length, Some(end))) if length < end => {
            Some(format!("it was cut short: it has {length} bytes and should have at least {end}"))
        }
        Ok(_) => None,
    }
}

/// The length of a file, and how long it must at least be if it is an ELF file for 64 bits.
fn elf_end(path: &Path) -> io::Result<(u64, Option<u64>)> {
    let mut file = File::open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let length = metadata.len();
    let mut header = [0; 64];
    if length < 64 || file.read_exact(&mut header).is_err() || !header.starts_with(b"\x7fELF\x02\x01") {
        return Ok((length, None));
    }
    // e_phoff, e_phentsize and e_phnum of an ELF64 header.
    let (offset, size, count) = (long(&header, 32), short(&header, 54), short(&header, 56));
    let table_end = offset.saturating_add(size * count);
    if table_end > length || size < 56 {
        return Ok((length, Some(table_end.max(length + 1))));
    }
    file.seek(SeekFrom::Start(offset))?;
    let mut table = vec![0; usize::try_from(size * count).map_err(io::Error::other)?];
    file.read_exact(&mut table)?;
    let entries = table.chunks_exact(usize::try_from(size).map_err(io::Error::other)?);
    // p_offset + p_filesz: where the part of the file ends that an entry maps.
    let end = entries.map(|entry| long(entry, 8).saturating_add(long(entry, 32))).max().unwrap_or(0);
    Ok((length, Some(end.max(table_end))))
}

fn long(bytes: &[u8], at: usize) -> u64 {
    bytes[at..at + 8].iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte))
}

fn short(bytes: &[u8], at: usize) -> u64 {
    u64::from(bytes[at]) | u64::from(bytes[at + 1]) << 8
}

/// The version in a text such as `libonnxruntime.so.1.32.0` or `rel-1.23.2`: the first three numbers with
/// dots between them that follow neither a digit nor a dot.
pub fn version_in(text: &str) -> Option<String> {
    text.split(|c: char| !c.is_ascii_digit() && c != '.')
        .map(|run| run.trim_matches('.'))
        .find(|run| run.split('.').count() >= 3 && run.split('.').all(|part| part.parse::<u32>().is_ok()))
        .map(|run| run.split('.').take(3).collect::<Vec<_>>().join("."))
}

/// Whether a version such as "1.24.4" is new enough.
pub fn new_enough(version: &str) -> bool {
    let mut numbers = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) >= (1, OLDEST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn versions_are_found_in_file_names() {
        for (text, version) in [
            ("libonnxruntime.so.1.32.0", Some("1.32.0")),
            ("libonnxruntime.1.23.2.dylib", Some("1.23.2")),
            ("ORT Build Info: git-branch=rel-1.19.0, git-commit-id=26250ae", Some("1.19.0")),
            ("onnxruntime.dll", None),
            ("libonnxruntime.so.1", None),
        ] {
            assert_eq!(version_in(text).as_deref(), version, "{text}");
        }
    }

    #[test]
    fn versions_are_compared_as_numbers() {
        for (version, enough) in [("1.17.0", true), ("1.32.0", true), ("2.0.0", true), ("1.9.0", false), ("", false)] {
            assert_eq!(new_enough(version), enough, "{version}");
        }
    }

    /// The test program is an ELF file itself, on Linux.
    #[cfg(target_os = "linux")]
    #[test]
    fn an_elf_file_that_was_cut_short_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("library.so");
        let whole = fs::read(std::env::current_exe().unwrap()).unwrap();
        fs::write(&path, &whole).unwrap();
        assert_eq!(fault(&path), None);
        for length in [5000, 65] {
            fs::write(&path, &whole[..length]).unwrap();
            assert!(fault(&path).unwrap().contains("cut short"), "{length}");
        }
        let mut lying = whole[..64].to_vec();
        lying[32..].fill(0xff);
        fs::write(&path, lying).unwrap();
        assert!(fault(&path).unwrap().contains("cut short"));
    }

    #[test]
    fn what_is_no_elf_file_is_left_to_the_loader() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("library.so");
        for content in [&b""[..], b"\x7fELF", b"MZ", &[0; 200]] {
            fs::write(&path, content).unwrap();
            assert_eq!(fault(&path), None);
        }
        assert!(fault(folder.path()).is_some());
        assert!(fault(&folder.path().join("missing")).is_some());
    }
}
