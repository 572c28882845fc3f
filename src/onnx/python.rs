//! The Python on this machine: which one, and whether it holds an `onnxruntime` whose library can be used.
//!
//! The package is found without being imported, and nothing is taken from the current folder: a repository
//! under test must not be able to put a library of its own in the way. What pip wrote about the package
//! (`RECORD`, see the PyPA's "Recording installed projects") tells whether the library is whole.

use super::child;
use super::library;
use super::pins::Pin;
use crate::cache::{Digest, digest_file};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// How long Python may take to say where a package is.
const PROBE_LIMIT: Duration = Duration::from_secs(30);

/// A `RECORD` beyond this size is not one.
const MAX_RECORD: u64 = 16 << 20;

/// Prints the folder of the package, if there is one. The empty entry of `sys.path` is the current folder.
const PROBE: &str = "import sys
sys.path = [p for p in sys.path if p]
import importlib.util
spec = importlib.util.find_spec('onnxruntime')
for place in (spec.submodule_search_locations if spec else None) or []:
    sys.stdout.write(place + '\\n')
";

/// A way to call Python: the program and the arguments that come first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Python {
    program: &'static str,
    first: &'static [&'static str],
    path: Option<OsString>,
}

impl Python {
    /// The names under which Python may be called, the likeliest first. `path` is where they are looked
    /// for, in place of the process's own `PATH`.
    pub fn candidates(path: Option<&OsString>) -> Vec<Python> {
        let named = |program, first| Python { program, first, path: path.cloned() };
        let mut all = vec![named("python3", &[][..]), named("python", &[][..])];
        if cfg!(windows) {
            all.push(named("py", &["-3"][..]));
        }
        all
    }

    /// How a person would type it.
    pub fn name(&self) -> String {
        [&[self.program], self.first].concat().join(" ")
    }

    /// A command that runs this Python, safe from modules in the current folder where Python is new enough
    /// (3.11) to promise that.
    pub fn command(&self) -> Command {
        let mut command = Command::new(self.program);
        command.args(self.first).env("PYTHONSAFEPATH", "1").env("PYTHONIOENCODING", "utf-8");
        if let Some(path) = &self.path {
            command.env("PATH", path);
        }
        command
    }

    /// The folder of the installed package `onnxruntime`, if this Python runs and has one.
    pub fn package(&self) -> Option<PathBuf> {
        let output = child::run(self.command().args(["-c", PROBE]), PROBE_LIMIT).ok()?;
        let line = output.stdout.lines().next().filter(|_| output.succeeded())?;
        Some(PathBuf::from(line)).filter(|folder| folder.is_absolute())
    }
}

/// A library in an installed package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packaged {
    /// The library's file.
    pub path: PathBuf,
    /// The package's version.
    pub version: String,
}

/// The library of an installed package, if it is whole and new enough; otherwise why it is not used.
///
/// Any version from 1.17 on will do. It is whole if it is the pinned file, or if it has the SHA-256 that pip
/// recorded when it unpacked it; one that nothing vouches for is passed over, since loading half a library
/// kills the process.
pub fn library_of(package: &Path, pin: Option<&Pin>) -> Result<Packaged, String> {
    let said = |what: String| format!("the Python package in {} {what}", package.display());
    let path = find_library(&package.join("capi"))
        .ok_or_else(|| said("holds no separate library (pip's has one from version 1.17 on)".into()))?;
    let record = Record::of(package).ok_or_else(|| said("has no record of what was installed".into()))?;
    if !library::new_enough(&record.version) {
        return Err(said(format!(
            "is version {}, and 1.{} is the oldest that will do",
            record.version,
            library::OLDEST
        )));
    }
    let digest = digest_file(&path).map_err(|error| said(error.to_string()))?;
    let pinned = pin.is_some_and(|pin| pin.library_digest() == digest);
    if !pinned && !record.vouches(&path, &digest) {
        return Err(said("does not have the SHA-256 that was recorded when it was installed".into()));
    }
    Ok(Packaged { path, version: record.version })
}

/// The one library in a folder that is ONNX Runtime itself rather than a provider.
fn find_library(folder: &Path) -> Option<PathBuf> {
    let mut names: Vec<_> = fs::read_dir(folder).ok()?.flatten().map(|entry| entry.file_name()).collect();
    names.sort();
    let is_library = |name: &str| {
        name == "onnxruntime.dll"
            || name.starts_with("libonnxruntime.so")
            || name.starts_with("libonnxruntime.") && name.ends_with(".dylib")
    };
    names.iter().filter_map(|name| name.to_str()).find(|name| is_library(name)).map(|name| folder.join(name))
}

/// What pip wrote down when it installed the package.
struct Record {
    version: String,
    text: String,
}

impl Record {
    /// The record of a package: `onnxruntime-1.32.0.dist-info/RECORD` beside it, or that of a variant such as
    /// `onnxruntime_gpu`.
    fn of(package: &Path) -> Option<Record> {
        let beside = package.parent()?;
        let mut names: Vec<_> = fs::read_dir(beside).ok()?.flatten().map(|entry| entry.file_name()).collect();
        names.sort();
        names.iter().filter_map(|name| name.to_str()).find_map(|name| {
            let (project, version) = name.strip_suffix(".dist-info")?.rsplit_once('-')?;
            if project != "onnxruntime" && !project.starts_with("onnxruntime_") {
                return None;
            }
            let path = beside.join(name).join("RECORD");
            let small = fs::metadata(&path).is_ok_and(|metadata| metadata.len() <= MAX_RECORD);
            let text = small.then(|| fs::read_to_string(&path).ok())??;
            text.contains("onnxruntime/capi/").then(|| Record { version: version.to_owned(), text })
        })
    }

    /// Whether the file's digest is the recorded one.
    fn vouches(&self, library: &Path, digest: &Digest) -> bool {
        let name = library.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let start = format!("onnxruntime/capi/{name},sha256={},", base64_url(digest.bytes()));
        self.text.lines().any(|line| line.starts_with(&start))
    }
}

/// RFC 4648, section 5, without padding, as a `RECORD` spells digests.
fn base64_url(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().enumerate().fold(0u32, |group, (i, byte)| group | u32::from(*byte) << (16 - 8 * i));
        for i in 0..=chunk.len() {
            text.push(char::from(LETTERS[(group >> (18 - 6 * i) & 63) as usize]));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::digest_bytes;

    #[test]
    fn base64_agrees_with_the_examples_of_the_standard() {
        // RFC 4648, section 10, without the padding.
        for (bytes, text) in [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg")] {
            assert_eq!(base64_url(bytes.as_bytes()), text);
        }
        assert_eq!(base64_url(&[0xfb, 0xff]), "-_8");
    }

    /// A site-packages folder with a package in it, as pip leaves it.
    fn install(project: &str, version: &str, library: &[u8], recorded: &[u8]) -> tempfile::TempDir {
        let site = tempfile::tempdir().unwrap();
        let capi = site.path().join("onnxruntime/capi");
        fs::create_dir_all(&capi).unwrap();
        fs::write(capi.join("libonnxruntime_providers_shared.so"), "other").unwrap();
        fs::write(capi.join(format!("libonnxruntime.so.{version}")), library).unwrap();
        let info = site.path().join(format!("{project}-{version}.dist-info"));
        fs::create_dir(&info).unwrap();
        let digest = base64_url(digest_bytes(recorded).bytes());
        let size = recorded.len();
        let line = format!("onnxruntime/capi/libonnxruntime.so.{version},sha256={digest},{size}\n");
        fs::write(info.join("RECORD"), format!("onnxruntime/__init__.py,,\n{line}")).unwrap();
        site
    }

    #[test]
    fn a_library_that_pip_vouches_for_is_used() {
        for project in ["onnxruntime", "onnxruntime_gpu"] {
            let site = install(project, "1.24.4", b"library", b"library");
            let found = library_of(&site.path().join("onnxruntime"), None).unwrap();
            assert_eq!(found.version, "1.24.4");
            assert!(found.path.ends_with("onnxruntime/capi/libonnxruntime.so.1.24.4"));
        }
    }

    #[test]
    fn a_library_is_passed_over_with_the_reason() {
        let cases = [
            (install("onnxruntime", "1.24.4", b"libra", b"library"), "SHA-256"),
            (install("onnxruntime", "1.16.3", b"library", b"library"), "1.17 is the oldest"),
            (install("elsewhere", "1.24.4", b"library", b"library"), "no record"),
            (tempfile::tempdir().unwrap(), "no separate library"),
        ];
        for (site, reason) in cases {
            let why = library_of(&site.path().join("onnxruntime"), None).unwrap_err();
            assert!(why.contains(reason), "{why}");
        }
    }

    #[test]
    fn a_python_that_is_not_there_has_no_package() {
        let empty = OsString::from("/nowhere");
        for python in Python::candidates(Some(&empty)) {
            assert_eq!(python.package(), None);
        }
    }
}
