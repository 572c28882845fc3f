//! A file as a stream of bytes: plain, gzip or zstd, told by its content and never by its name.
//!
//! Nothing is read ahead beyond small buffers, so that memory does not depend on the size of a file; a packed file that
//! unpacks to far more than text does is refused, so that time does not either. Gzip files may have several members (RFC 1952, section 2.2), zstd files several frames
//! (RFC 8878, section 3.1).

use super::complaint::column_at;
use crate::error::{Error, Place, Result};
use flate2::bufread::MultiGzDecoder;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

/// Size of the buffers between disk, decoder and reader.
const BUFFER_BYTES: usize = 128 * 1024;

/// The largest zstd window that is accepted, as a power of two: 128 MiB, what `zstd` itself accepts by default.
const ZSTD_WINDOW_LOG_MAX: u32 = 27;

/// A packed file may unpack to this many times its size, or to [`UNPACKED_FLOOR`]: text packs 3 to 50 times.
const UNPACKED_RATIO: u64 = 1000;

/// What every packed file may unpack to, in bytes.
const UNPACKED_FLOOR: u64 = 1 << 30;

/// How many bytes a packed file of this size may unpack to.
pub fn most_unpacked(size: u64) -> u64 {
    size.saturating_mul(UNPACKED_RATIO).max(UNPACKED_FLOOR)
}

/// The UTF-8 byte order mark, which some editors put in front of a text.
pub const BOM: [u8; 3] = [0xEF, 0xBB, 0xBF];

/// How the bytes of a file are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// Not at all.
    Plain,
    /// Gzip, one or more members.
    Gzip,
    /// Zstandard, one or more frames.
    Zstd,
}

impl Packing {
    fn name(self) -> &'static str {
        match self {
            Packing::Plain => "plain",
            Packing::Gzip => "gzip",
            Packing::Zstd => "zstd",
        }
    }

    /// The packing that the first bytes of a file show.
    fn of(head: &[u8]) -> Packing {
        match head {
            [0x1F, 0x8B, ..] => Packing::Gzip,
            [0x28, 0xB5, 0x2F, 0xFD, ..] => Packing::Zstd,
            // A skippable frame in front, as parallel compressors write it.
            [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => Packing::Zstd,
            _ => Packing::Plain,
        }
    }
}

/// First bytes, the kind of file that has them, and what to do instead of reading it.
type Kind = (&'static [u8], &'static str, &'static str);

/// Text that is not read as a collection or a run.
const SMART: Kind =
    (b".I ", "SMART's format", "convert it to `id<TAB>text`; its numbers need not be the ids of the judgements");

/// What first bytes show that a file is of a kind that is not read, its name, and what to do instead.
const UNREADABLE: [Kind; 8] = [
    (b"\xFF\xFE", "UTF-16 text", "convert it: iconv -f UTF-16 -t UTF-8"),
    (b"\xFE\xFF", "UTF-16 text", "convert it: iconv -f UTF-16 -t UTF-8"),
    (b"PK\x03\x04", "a zip archive", "unpack it, or pack the file inside with gzip or zstd"),
    (b"\xFD7zXZ\0", "xz data", "unpack it with xz -d; plain, gzip and zstd files are read"),
    (b"BZh", "bzip2 data", "unpack it with bzip2 -d; plain, gzip and zstd files are read"),
    (b"\x04\x22\x4D\x18", "lz4 data", "unpack it with lz4 -d; plain, gzip and zstd files are read"),
    (b"PAR1", "a Parquet file", "export it as JSONL; only a scan reads Parquet, and only from a file"),
    (b"\x89HDF", "an HDF5 file", "export it as JSONL; HDF5 is not read"),
];

/// The longest signature above.
const HEAD_BYTES: u64 = 6;

/// An open file, unpacked while it is read.
pub struct Source {
    path: PathBuf,
    packing: Packing,
    reader: Box<dyn BufRead + Send>,
    /// Bytes read so far, and the most that are read.
    unpacked: u64,
    most: u64,
}

impl Source {
    /// Opens a file and looks at its first bytes.
    ///
    /// Errors: the file cannot be opened, is a folder, or is of a kind that is not read (UTF-16, zip, Parquet, ...).
    pub fn open(path: &Path) -> Result<Source> {
        let file = File::open(path).map_err(|e| Error::reading(path, e))?;
        let about = file.metadata().map_err(|e| Error::reading(path, e))?;
        if about.is_dir() {
            return Err(Error::input("this is a folder where a file is expected").at(Place::file(path)));
        }
        // A pipe has no size to compare with.
        Source::refusing(&[SMART], path, file, about.is_file().then_some(about.len()))
    }

    /// Takes bytes from anywhere, in whatever format their text is; `path` is what errors name, `size` how many bytes
    /// there are, where that is known.
    ///
    /// Errors: as [`Source::open`].
    pub fn of(path: &Path, bytes: impl Read + Send + 'static, size: Option<u64>) -> Result<Source> {
        Source::refusing(&[], path, bytes, size)
    }

    fn refusing(
        also: &[Kind],
        path: &Path,
        mut bytes: impl Read + Send + 'static,
        size: Option<u64>,
    ) -> Result<Source> {
        let mut head = Vec::new();
        bytes.by_ref().take(HEAD_BYTES).read_to_end(&mut head).map_err(|e| Error::reading(path, e))?;
        refuse_unreadable(path, &head, also)?;
        let packing = Packing::of(&head);
        // The head is put in front again, rather than sought back to, so that pipes work too.
        let whole = BufReader::with_capacity(BUFFER_BYTES, Cursor::new(head).chain(bytes));
        let reader: Box<dyn BufRead + Send> = match packing {
            Packing::Plain => Box::new(whole),
            Packing::Gzip => Box::new(BufReader::with_capacity(BUFFER_BYTES, MultiGzDecoder::new(whole))),
            Packing::Zstd => {
                let mut decoder = zstd::Decoder::with_buffer(whole).map_err(|e| Error::reading(path, e))?;
                decoder.window_log_max(ZSTD_WINDOW_LOG_MAX).map_err(|e| Error::reading(path, e))?;
                Box::new(BufReader::with_capacity(BUFFER_BYTES, decoder))
            }
        };
        let most = size.filter(|_| packing != Packing::Plain).map_or(u64::MAX, most_unpacked);
        Ok(Source { path: path.to_owned(), packing, reader, unpacked: 0, most })
    }

    /// The file, as the user named it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How the file is packed.
    pub fn packing(&self) -> Packing {
        self.packing
    }

    /// Appends one line with its line break, but no more than `limit` bytes; gives how many were read, 0 at the end.
    ///
    /// `after` is the number of lines read before, for the error.
    pub(super) fn read_line(&mut self, line: &mut Vec<u8>, limit: u64, after: u64) -> Result<usize> {
        let read = self.reader.by_ref().take(limit).read_until(b'\n', line);
        let read = read.map_err(|error| self.explain(error, after))?;
        self.admit(read, after)
    }

    /// Appends up to `limit` bytes, wherever lines end; gives how many were read, 0 at the end.
    ///
    /// `after` is the number of lines before those that `bytes` begins with, for the error. What was read before an
    /// error is appended, too.
    pub fn read_bytes(&mut self, bytes: &mut Vec<u8>, limit: u64, after: u64) -> Result<usize> {
        let read = self.reader.by_ref().take(limit).read_to_end(bytes);
        let read = read.map_err(|error| self.explain(error, after + bytes_to_lines(bytes)))?;
        self.admit(read, after)
    }

    /// Counts what was read, and refuses a packed file that unpacks without end.
    fn admit(&mut self, read: usize, after: u64) -> Result<usize> {
        self.unpacked += read as u64;
        if self.unpacked > self.most {
            return Err(Error::input(format!(
                "after line {after} this file has unpacked to more than {} bytes",
                self.most
            ))
            .at(Place::file(&self.path))
            .help("text does not pack that well: check what this file is, or unpack it first"));
        }
        Ok(read)
    }

    /// What an error while reading means: packed data that ends too early or is damaged, or a disk that fails.
    fn explain(&self, error: io::Error, after: u64) -> Error {
        if self.packing == Packing::Plain || error.raw_os_error().is_some() {
            return Error::reading(&self.path, error);
        }
        let name = self.packing.name();
        let reached = match after {
            0 => "before the first line was whole".to_owned(),
            after => format!("after line {after}"),
        };
        let what = if error.kind() == io::ErrorKind::UnexpectedEof {
            format!("the {name} data ends too early, {reached}: the file was cut off")
        } else {
            format!("the {name} data is damaged, {reached}: {error}")
        };
        Error::input(what)
            .at(Place::file(&self.path))
            .help(format!("fetch or pack the file again; `{name} -t FILE` tells whether it is whole"))
            .because(error)
    }
}

fn refuse_unreadable(path: &Path, head: &[u8], also: &[Kind]) -> Result<()> {
    match UNREADABLE.iter().chain(also).find(|(signature, _, _)| head.starts_with(signature)) {
        None => Ok(()),
        Some((_, kind, help)) => {
            Err(Error::input(format!("this is {kind}, which is not read")).at(Place::file(path)).help(*help))
        }
    }
}

/// Reads a whole text file of at most `limit` bytes once unpacked, without a byte order mark.
///
/// Errors: the file cannot be read, is longer than the limit, or is not UTF-8 (with the place).
pub fn read_text(path: &Path, limit: u64) -> Result<String> {
    let mut source = Source::open(path)?;
    let mut bytes = Vec::new();
    let read = source.reader.by_ref().take(limit.saturating_add(1)).read_to_end(&mut bytes);
    let lines = || bytes_to_lines(&bytes);
    read.map_err(|error| source.explain(error, lines()))?;
    if bytes.len() as u64 > limit {
        return Err(Error::input(format!("the file is longer than {limit} bytes, the most that is read here"))
            .at(Place::file(path))
            .help("check that this is the file that was meant"));
    }
    if bytes.starts_with(&BOM) {
        bytes.drain(..BOM.len());
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let (before, rest) = error.as_bytes().split_at(valid);
        let before = String::from_utf8_lossy(before);
        let last = before.rsplit('\n').next().unwrap_or_default();
        let place = Place::column(path, bytes_to_lines(before.as_bytes()) + 1, column_at(last, last.len()));
        Error::input(not_utf8(rest)).at(place)
    })
}

fn bytes_to_lines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}

/// The complaint about the first of `rest`, bytes that are not UTF-8.
pub(super) fn not_utf8(rest: &[u8]) -> String {
    let byte = rest.first().copied().unwrap_or_default();
    format!("byte 0x{byte:02X} is not UTF-8 here; text has to be UTF-8 (iconv -f LATIN1 -t UTF-8 converts Latin-1)")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Exit;
    use std::io::Write;

    fn file(bytes: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn content_tells_the_packing_and_all_members_are_read() {
        let text = "a\nb\n".repeat(1000);
        let zstd = zstd::encode_all(text.as_bytes(), 1).unwrap();
        let cases = [
            (text.clone().into_bytes(), Packing::Plain),
            (gzip(text.as_bytes()), Packing::Gzip),
            ([gzip(b"a\n"), gzip(&text.as_bytes()[2..])].concat(), Packing::Gzip),
            (zstd.clone(), Packing::Zstd),
            ([b"\x50\x2A\x4D\x18\x02\0\0\0xx".to_vec(), zstd].concat(), Packing::Zstd),
        ];
        for (bytes, packing) in cases {
            let file = file(&bytes);
            assert_eq!(Source::open(file.path()).unwrap().packing(), packing);
            assert_eq!(read_text(file.path(), 1 << 20).unwrap(), text);
        }
    }

    #[test]
    fn a_file_that_was_cut_off_says_so() {
        for whole in [gzip("text\n".repeat(100).as_bytes()), zstd::encode_all(&b"text\n"[..], 1).unwrap()] {
            for keep in [whole.len() / 2, whole.len() - 1] {
                let file = file(&whole[..keep]);
                let error = read_text(file.path(), 1 << 20).unwrap_err();
                assert_eq!(error.exit(), Exit::Unusable);
                assert!(error.what().contains("ends too early"), "{error}");
            }
        }
    }

    #[test]
    fn a_damaged_file_says_so() {
        let mut bytes = gzip("text\n".repeat(100).as_bytes());
        let checksum = bytes.len() - 6;
        bytes[checksum] ^= 1;
        let error = read_text(file(&bytes).path(), 1 << 20).unwrap_err();
        assert!(error.what().contains("damaged"), "{error}");
    }

    #[test]
    fn a_text_is_not_read_beyond_its_limit() {
        let bomb = gzip(&vec![b'x'; 4 << 20]);
        let error = read_text(file(&bomb).path(), 1000).unwrap_err();
        assert!(error.what().contains("longer than 1000 bytes"), "{error}");
    }

    #[test]
    fn a_packed_file_may_not_unpack_without_end() {
        let bomb = file(&gzip(&b"short\n".repeat(1000)));
        let mut source = Source::open(bomb.path()).unwrap();
        assert_eq!(source.most, UNPACKED_FLOOR);
        source.most = 600;
        let error = (0..1000).find_map(|after| source.read_line(&mut Vec::new(), 100, after).err()).unwrap();
        assert!(error.what().starts_with("after line 100 "), "{error}");
    }

    #[test]
    fn bytes_that_are_not_utf8_have_a_place() {
        let error = read_text(file(b"\xEF\xBB\xBFone\nd\xC3\xA9j\xE0").path(), 100).unwrap_err();
        let place = error.place().unwrap();
        assert_eq!((place.line, place.column), (Some(2), Some(4)));
    }

    #[test]
    fn other_kinds_of_files_are_named() {
        for (bytes, kind) in [(&b"PK\x03\x04..."[..], "zip"), (b"\xFF\xFEa\0", "UTF-16"), (b"PAR1....", "Parquet")] {
            let error = read_text(file(bytes).path(), 100).unwrap_err();
            assert!(error.what().contains(kind), "{error}");
        }
        let error = read_text(Path::new("."), 100).unwrap_err();
        assert!(error.what().contains("folder"), "{error}");
    }
}
