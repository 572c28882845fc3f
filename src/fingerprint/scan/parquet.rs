//! Reads a Parquet file as rows of texts, a block of them at a time.
//!
//! Columns that hold texts are read, nested ones and lists too; numbers are not, nor are strings of bytes with zeros
//! among them, such as images. The `parquet` crate panics on some damaged files: here that is an error like any other.

use super::blocks::{Block, Kind};
use crate::collection::source::most_unpacked;
use crate::error::{Error, Place, Result};
use memchr::memchr;
use parquet::basic::{ConvertedType, LogicalType, Type};
use parquet::column::reader::{ColumnReaderImpl, get_typed_column_reader};
use parquet::data_type::{ByteArray, ByteArrayType};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, RowGroupReader};
use parquet::file::serialized_reader::SerializedFileReader;
use parquet::schema::types::ColumnDescriptor;
use std::cell::Cell;
use std::fs::File;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::Once;

/// What a Parquet file begins with.
pub const MAGIC: &[u8] = b"PAR1";

/// What stands behind each text of a row.
pub const FIELD_END: u8 = 0x1F;

/// What stands behind each row.
pub const ROW_END: u8 = 0x1E;

/// Rows that are read at once.
const BATCH: usize = 256;

/// Bytes in a block, about.
const BLOCK: usize = 1 << 20;

/// The longest row that is read.
const LONGEST_ROW: usize = 16 << 20;

/// A Parquet file that gives its rows.
pub struct Rows {
    path: PathBuf,
    file: SerializedFileReader<File>,
    /// The row group that is read next.
    group: usize,
    /// Rows of the current group that are not read yet.
    left: usize,
    /// Rows that the columns hold and that are in no block yet.
    held: usize,
    columns: Vec<TextColumn>,
    /// Rows read so far.
    pub rows: u64,
    /// Bytes of texts read so far.
    pub bytes: u64,
    /// Bytes of the file that belong to the row groups begun so far.
    pub stored: u64,
    /// The most bytes of texts that are read.
    most: u64,
}

impl Rows {
    /// Opens a file.
    ///
    /// Errors: it is cut off or damaged, or is encrypted.
    pub fn open(path: &Path, file: File, size: u64) -> Result<Rows> {
        let file = guarded(path, 0, || SerializedFileReader::new(file))?;
        let most = most_unpacked(size);
        Ok(Rows {
            path: path.to_owned(),
            file,
            group: 0,
            left: 0,
            held: 0,
            columns: Vec::new(),
            rows: 0,
            bytes: 0,
            stored: 0,
            most,
        })
    }

    /// The next block, whose line is the number of its first row; `None` at the end.
    ///
    /// Errors: the file is damaged, a page is packed in a way that is not read, or it unpacks without end.
    pub fn next_block(&mut self) -> Result<Option<Block>> {
        let (mut bytes, first) = (Vec::new(), self.rows + 1);
        while bytes.len() < BLOCK {
            if self.held == 0 {
                if self.left == 0 && !self.next_group()? {
                    break;
                }
                self.read_batch()?;
            }
            self.append_row(&mut bytes)?;
        }
        self.bytes += bytes.len() as u64;
        let is_over = bytes.is_empty() && self.left == 0;
        Ok((!is_over).then_some(Block { kind: Kind::Rows, bytes, overlap: 0, line: first, is_piece: false }))
    }

    /// Opens the text columns of the next row group that has rows; false at the end.
    fn next_group(&mut self) -> Result<bool> {
        while self.group < self.file.num_row_groups() {
            let (file, index) = (&self.file, self.group);
            let (rows, columns) = guarded(&self.path, self.rows, || {
                let group = file.get_row_group(index)?;
                let rows = group.metadata().num_rows();
                Ok((usize::try_from(rows)?, text_columns(group.as_ref())?))
            })?;
            let about = self.file.metadata().row_group(index);
            self.stored += about.columns().iter().map(|column| column.compressed_size().max(0) as u64).sum::<u64>();
            self.group += 1;
            if columns.is_empty() {
                self.rows += rows as u64;
            } else if rows > 0 {
                (self.left, self.columns) = (rows, columns);
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Reads some rows of every column. A value is a view into its page, however often it stands there.
    fn read_batch(&mut self) -> Result<()> {
        let wanted = self.left.min(BATCH);
        for column in &mut self.columns {
            let read = guarded(&self.path, self.rows, || column.read(wanted))?;
            if read != wanted {
                return Err(damaged(&self.path, self.rows, "a column has fewer rows than the file says"));
            }
        }
        self.left -= wanted;
        self.held = wanted;
        Ok(())
    }

    fn append_row(&mut self, out: &mut Vec<u8>) -> Result<()> {
        let start = out.len();
        self.columns.iter_mut().for_each(|column| column.append_row(out));
        out.push(ROW_END);
        self.rows += 1;
        self.held -= 1;
        if self.bytes + out.len() as u64 > self.most {
            return Err(Error::input(format!("the texts of this file unpack to more than {} bytes", self.most))
                .at(Place::file(&self.path))
                .help("text does not pack that well: check what this file is"));
        }
        if out.len() - start > LONGEST_ROW {
            return Err(Error::input(format!("row {} holds more than {LONGEST_ROW} bytes of text", self.rows))
                .at(Place::file(&self.path))
                .help("write its texts in smaller pieces, as JSONL for example"));
        }
        Ok(())
    }
}

/// A column of texts, and a batch of its rows.
struct TextColumn {
    reader: ColumnReaderImpl<ByteArrayType>,
    /// The definition level of a value that is there, and the highest repetition level.
    most_defined: i16,
    most_repeated: i16,
    /// Whether the file calls it text, so that zero bytes in it are no sign of something else.
    is_declared: bool,
    definitions: Vec<i16>,
    repetitions: Vec<i16>,
    values: Vec<ByteArray>,
    /// The level and the value that come next.
    level: usize,
    value: usize,
}

impl TextColumn {
    /// Reads so many rows; gives how many there were.
    fn read(&mut self, rows: usize) -> Result<usize, ParquetError> {
        self.definitions.clear();
        self.repetitions.clear();
        self.values.clear();
        (self.level, self.value) = (0, 0);
        let mut read = 0;
        // A call ends at the end of a page.
        while read < rows {
            let (definitions, repetitions) = (&mut self.definitions, &mut self.repetitions);
            let (more, _, levels) =
                self.reader.read_records(rows - read, Some(definitions), Some(repetitions), &mut self.values)?;
            if more == 0 && levels == 0 {
                break;
            }
            read += more;
        }
        Ok(read)
    }

    /// Appends the texts of the next row: one at most, or those of a list (Dremel's levels, as Parquet stores them).
    fn append_row(&mut self, out: &mut Vec<u8>) {
        let mut is_first = true;
        loop {
            let goes_on = self.most_repeated > 0 && self.repetitions.get(self.level).is_some_and(|level| *level > 0);
            if !is_first && !goes_on {
                return;
            }
            let is_there = self.most_defined == 0 || self.definitions.get(self.level) == Some(&self.most_defined);
            self.level += 1;
            is_first = false;
            if is_there && let Some(value) = self.values.get(self.value) {
                append_text(value.data(), self.is_declared, out);
                self.value += 1;
            }
        }
    }
}

fn append_text(text: &[u8], is_declared: bool, out: &mut Vec<u8>) {
    if !is_declared && memchr(0, text).is_some() {
        return;
    }
    out.extend(text.iter().map(|byte| if matches!(*byte, FIELD_END | ROW_END) { b' ' } else { *byte }));
    out.push(FIELD_END);
}

fn text_columns(group: &dyn RowGroupReader) -> Result<Vec<TextColumn>, ParquetError> {
    let schema = group.metadata().schema_descr_ptr();
    let mut columns = Vec::new();
    for (index, column) in schema.columns().iter().enumerate() {
        let Some(is_declared) = text(column) else { continue };
        columns.push(TextColumn {
            reader: get_typed_column_reader(group.get_column_reader(index)?),
            most_defined: column.max_def_level(),
            most_repeated: column.max_rep_level(),
            is_declared,
            definitions: Vec::new(),
            repetitions: Vec::new(),
            values: Vec::new(),
            level: 0,
            value: 0,
        });
    }
    Ok(columns)
}

/// Whether a column may hold texts, and whether the file says that it does. Older writers say nothing.
fn text(column: &ColumnDescriptor) -> Option<bool> {
    if column.physical_type() != Type::BYTE_ARRAY {
        return None;
    }
    match (column.logical_type_ref(), column.converted_type()) {
        (Some(LogicalType::String | LogicalType::Json | LogicalType::Enum), _) => Some(true),
        (_, ConvertedType::UTF8 | ConvertedType::JSON | ConvertedType::ENUM) => Some(true),
        (None, ConvertedType::NONE) => Some(false),
        _ => None,
    }
}

thread_local! {
    /// Whether this thread is inside the crate, where a panic is told as an error.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Calls into the crate. `rows` have been read before, for the error.
fn guarded<T>(path: &Path, rows: u64, call: impl FnOnce() -> Result<T, ParquetError>) -> Result<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !GUARDED.get() {
                usual(info);
            }
        }));
    });
    GUARDED.set(true);
    let result = panic::catch_unwind(AssertUnwindSafe(call));
    GUARDED.set(false);
    match result {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(damaged(path, rows, &error.to_string())),
        Err(_) => Err(damaged(path, rows, "it breaks the format")),
    }
}

fn damaged(path: &Path, rows: u64, why: &str) -> Error {
    let reached = if rows == 0 { String::new() } else { format!(" after row {rows}") };
    Error::input(format!("this Parquet file cannot be read{reached}: {why}"))
        .at(Place::file(path))
        .help("fetch or write the file again, or export it as JSONL")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Write;

    fn fixture(packing: &str) -> Vec<u8> {
        std::fs::read(format!("fixtures/scan/nested.{packing}.parquet")).unwrap()
    }

    /// The texts of each row, or the error behind the rows that were read.
    fn read(bytes: &[u8]) -> (Vec<Vec<String>>, Option<Error>) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let opened = Rows::open(file.path(), file.reopen().unwrap(), bytes.len() as u64);
        let mut rows = Vec::new();
        let mut reader = match opened {
            Ok(reader) => reader,
            Err(error) => return (rows, Some(error)),
        };
        loop {
            match reader.next_block() {
                Ok(None) => return (rows, None),
                Err(error) => return (rows, Some(error)),
                Ok(Some(block)) => {
                    assert_eq!(block.line as usize, rows.len() + 1);
                    let text = String::from_utf8_lossy(&block.bytes).into_owned();
                    let fields = |row: &str| row.split_terminator('\x1F').map(str::to_owned).collect();
                    rows.extend(text.split_terminator('\x1E').map(fields));
                }
            }
        }
    }

    #[test]
    fn texts_are_read_however_deep_they_stand() {
        let query = "what is the difference between moths and butterflies";
        let expected = [
            vec!["other words", "one text", "a second text", "web"],
            vec!["hello"],
            vec![query, "Moths fly at night, butterflies by day."],
            vec!["other words", "first turn", "second turn", query],
            vec![query, "bytes that are text"],
            vec!["wing ed  things", query],
        ];
        for packing in ["none", "snappy", "gzip", "zstd", "lz4"] {
            let (rows, error) = read(&fixture(packing));
            assert!(error.is_none(), "{packing}: {error:?}");
            assert_eq!(rows, expected, "{packing}");
        }
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        let whole = fixture("zstd");
        let cases = [
            (fixture("brotli"), "brotli"),
            (whole[..whole.len() - 20].to_vec(), "cannot be read"),
            (b"PAR1".to_vec(), "cannot be read"),
            (b"PAR1\xFF\xFF\xFF\xFFPAR1".to_vec(), "cannot be read"),
        ];
        for (bytes, part) in cases {
            let (_, error) = read(&bytes);
            let error = error.expect(part).to_string();
            assert!(error.to_lowercase().contains(part), "{error}");
        }
    }

    #[test]
    fn texts_that_unpack_without_end_are_refused_before_they_are_held() {
        let file = std::fs::File::open("fixtures/scan/nested.zstd.parquet").unwrap();
        let mut rows = Rows::open(Path::new("bomb"), file, 7431).unwrap();
        rows.most = 100;
        let error = rows.next_block().unwrap_err().to_string();
        assert!(error.contains("unpack to more than 100 bytes"), "{error}");
        assert!(rows.rows < 6, "{} rows were put together", rows.rows);
    }

    proptest! {
        /// Damage gives an error or other texts, never a panic.
        #[test]
        fn damaged_files_are_no_panic(at in 0_usize..1 << 20, byte: u8, packing in 0_usize..2) {
            let mut bytes = fixture(["none", "zstd"][packing]);
            let at = at % bytes.len();
            bytes[at] = byte;
            read(&bytes);
        }
    }
}
