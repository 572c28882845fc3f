//! Installs ONNX Runtime once: the pinned wheel through the user's own `pip download`, which knows their
//! mirror, proxy and certificates; then the one library out of it, into the cache.
//!
//! Never runs code from the wheel, never changes a Python installation, and never leaves half a library: it is
//! checked against its SHA-256 before it gets its name.

use super::child::{self, Output};
use super::pins::{ABI, PYTHON, Pin};
use super::python::Python;
use crate::cache::{Digest, digest_bytes, digest_file, temporary_beside};
use crate::error::{Error, Place, Result};
use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

/// How long pip may take: 28 MB at 100 KB/s.
const DOWNLOAD_LIMIT: Duration = Duration::from_secs(300);

/// How long to wait for another process that is installing at the same time.
const LOCK_LIMIT: Duration = Duration::from_secs(360);

/// A library beyond this size is not the pinned one.
const MAX_LIBRARY: u64 = 256 << 20;

/// Where the pinned library is, or would be, in the cache.
pub fn place(cache: &Path, pin: &Pin) -> PathBuf {
    cache.join("onnxruntime").join(format!("{}-{}", pin.version, pin.platform)).join(pin.file_name())
}

/// The pinned library in the cache, if it is there and whole.
pub fn installed(cache: &Path, pin: &Pin) -> Option<PathBuf> {
    let path = place(cache, pin);
    (path.is_file() && digest_file(&path).ok()? == pin.library_digest()).then_some(path)
}

/// Installs the pinned library into the cache and returns its path. Two processes may do this at once: the
/// second waits for the first and uses what it finds.
pub fn install(cache: &Path, pin: &Pin, pythons: &[Python]) -> Result<PathBuf> {
    let target = place(cache, pin);
    let folder = target.parent().expect("a file in the cache has a folder");
    let unwritable = |e| Error::writing(folder, e).help("or choose another cache: --cache-dir FOLDER");
    fs::create_dir_all(folder).map_err(unwritable)?;
    let _lock = lock(&folder.join("lock"))?;
    if let Some(path) = installed(cache, pin) {
        return Ok(path);
    }
    let downloads = tempfile::Builder::new().prefix("download-").tempdir_in(folder).map_err(unwritable)?;
    let wheel = download(pin, pythons, downloads.path())?;
    unpack(&wheel, pin, &target)?;
    Ok(target)
}

/// Holds the lock until it is dropped. Where the file system has no locks, goes on without: the rename at the
/// end is atomic, so the worst is a second download.
fn lock(path: &Path) -> Result<Option<File>> {
    let file = File::create(path).map_err(|e| Error::writing(path, e))?;
    let deadline = Instant::now() + LOCK_LIMIT;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::Error(_)) => return Ok(None),
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => thread::sleep(Duration::from_millis(100)),
            Err(TryLockError::WouldBlock) => {
                return Err(Error::surroundings("another process has been installing ONNX Runtime for minutes")
                    .at(Place::file(path))
                    .help("wait for it, or end it and try again"));
            }
        }
    }
}

/// Lets pip download the wheel into a folder; returns its path. The first Python that has pip is used.
fn download(pin: &Pin, pythons: &[Python], folder: &Path) -> Result<PathBuf> {
    let requirements = folder.join("requirements.txt");
    let line = format!("onnxruntime=={} --hash=sha256:{}\n", pin.version, pin.wheel);
    fs::write(&requirements, line).map_err(|e| Error::writing(&requirements, e))?;
    let mut without_pip = Vec::new();
    for python in pythons {
        let mut command = python.command();
        command.args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps"]);
        command.args(["--only-binary=:all:", "--require-hashes", "--retries", "1", "--timeout", "15"]);
        command.args(["--platform", pin.platform, "--python-version", PYTHON, "--implementation", "cp", "--abi", ABI]);
        command.arg("--dest").arg(folder).arg("-r").arg(&requirements);
        // A user who has this set gets a refusal otherwise; nothing is installed into Python here.
        command.env("PIP_REQUIRE_VIRTUALENV", "0");
        let output = match child::run(&mut command, DOWNLOAD_LIMIT) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(Error::surroundings(format!("{} cannot be started: {error}", python.name()))),
            Ok(output) => output,
        };
        if output.succeeded() {
            return find_wheel(folder, pin);
        }
        if !output.stderr.contains("No module named pip") {
            return Err(refused(python, &output));
        }
        without_pip.push(python.name());
    }
    Err(match without_pip.first() {
        Some(python) => Error::surroundings(format!("ONNX Runtime cannot be downloaded: {python} has no pip")),
        None => Error::surroundings("ONNX Runtime cannot be downloaded: there is no Python on PATH to do it with"),
    })
}

fn refused(python: &Python, output: &Output) -> Error {
    let why = match output.status {
        None => format!("it was stopped after {} s", DOWNLOAD_LIMIT.as_secs()),
        Some(status) => format!("it ended with {status}"),
    };
    let said: Vec<String> = output.stderr.lines().rev().take(8).map(|line| format!("\n    {}", shown(line))).collect();
    let said: String = said.into_iter().rev().collect();
    Error::surroundings(format!("`{} -m pip download` did not get ONNX Runtime: {why}{said}", python.name()))
}

/// A line that another program printed, fit to be shown: no password of a mirror, no control characters.
fn shown(line: &str) -> String {
    let line: String = line.chars().filter(|c| !c.is_control()).collect();
    let mut shown = String::new();
    let mut rest = line.as_str();
    while let Some((before, after)) = rest.split_once("://") {
        shown.push_str(before);
        shown.push_str("://");
        let end = after.find(|c: char| c == '/' || c.is_whitespace() || "\"'<>()".contains(c)).unwrap_or(after.len());
        let (authority, tail) = after.split_at(end);
        match authority.rsplit_once('@') {
            Some((_, host)) => shown.extend(["***@", host]),
            None => shown.push_str(authority),
        }
        rest = tail;
    }
    shown.push_str(rest);
    shown
}

fn find_wheel(folder: &Path, pin: &Pin) -> Result<PathBuf> {
    let entries = fs::read_dir(folder).map_err(|e| Error::writing(folder, e))?;
    let wheel = entries.flatten().map(|entry| entry.path()).find(|path| path.extension().is_some_and(|e| e == "whl"));
    let wheel = wheel.ok_or_else(|| Error::surroundings("pip said that it downloaded ONNX Runtime, but did not"))?;
    match digest_file(&wheel)? {
        digest if Digest::from_hex(pin.wheel) == Some(digest) => Ok(wheel),
        digest => Err(wrong_digest("the wheel of ONNX Runtime that pip downloaded", &digest, pin.wheel)),
    }
}

/// Takes the library out of the wheel, checks it, and gives it its name.
fn unpack(wheel: &Path, pin: &Pin, target: &Path) -> Result<()> {
    let damaged = |what: &dyn std::fmt::Display| {
        Error::surroundings(format!("the wheel of ONNX Runtime cannot be unpacked: {what}")).at(Place::file(wheel))
    };
    let file = File::open(wheel).map_err(|e| damaged(&e))?;
    let mut archive = zip::ZipArchive::new(file).map_err(|e| damaged(&e))?;
    let member = archive.by_name(pin.library).map_err(|e| damaged(&e))?;
    let mut library = Vec::new();
    member.take(MAX_LIBRARY).read_to_end(&mut library).map_err(|e| damaged(&e))?;
    let digest = digest_bytes(&library);
    if digest != pin.library_digest() {
        return Err(wrong_digest("the library in the wheel of ONNX Runtime", &digest, pin.digest));
    }
    save(target, &library).map_err(|e| Error::writing(target, e))
}

fn save(target: &Path, library: &[u8]) -> io::Result<()> {
    let mut file = temporary_beside(target)?;
    file.write_all(library)?;
    file.persist(target)?;
    Ok(())
}

fn wrong_digest(what: &str, found: &Digest, wanted: &str) -> Error {
    Error::surroundings(format!("{what} is not the pinned one: its SHA-256 is {found} and should be {wanted}"))
        .help("nothing was installed; check the mirror that pip uses: `python3 -m pip config list`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::onnx::pins;

    #[test]
    fn passwords_of_mirrors_are_not_shown() {
        for (line, expected) in [
            (
                "Looking in indexes: https://me:secret@mirror.example/simple",
                "Looking in indexes: https://***@mirror.example/simple",
            ),
            ("'https://token@a.b/x', https://c:p@ss@d.e", "'https://***@a.b/x', https://***@d.e"),
            (
                "mail someone@example.com about https://plain.example/a@b",
                "mail someone@example.com about https://plain.example/a@b",
            ),
            ("\u{1b}[31mred\u{1b}[0m", "[31mred[0m"),
            ("://", "://"),
        ] {
            assert_eq!(shown(line), expected);
        }
    }

    /// A wheel whose library has the given content, and a pin that expects `wanted`.
    fn wheel(folder: &Path, content: &[u8], wanted: &[u8]) -> (PathBuf, Pin) {
        let path = folder.join("onnxruntime.whl");
        let mut archive = zip::ZipWriter::new(File::create(&path).unwrap());
        archive.start_file(pins::ALL[0].library, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(content).unwrap();
        archive.finish().unwrap();
        let digest = Box::leak(digest_bytes(wanted).to_string().into_boxed_str());
        (path, Pin { digest, ..pins::ALL[0] })
    }

    #[test]
    fn the_right_library_is_unpacked_and_a_wrong_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let (path, pin) = wheel(folder.path(), b"library", b"library");
        let target = place(folder.path(), &pin);
        unpack(&path, &pin, &target).unwrap();
        assert_eq!(installed(folder.path(), &pin), Some(target.clone()));

        fs::write(&target, "libra").unwrap();
        assert_eq!(installed(folder.path(), &pin), None, "a damaged one counts as missing");

        let (path, pin) = wheel(folder.path(), b"forged", b"library");
        let error = unpack(&path, &pin, &target).unwrap_err();
        assert_eq!(error.exit(), crate::Exit::Surroundings);
        assert!(error.to_string().contains("is not the pinned one"), "{error}");

        fs::write(&path, "no archive").unwrap();
        assert!(unpack(&path, &pin, &target).unwrap_err().to_string().contains("cannot be unpacked"));
    }

    #[test]
    fn without_python_the_reason_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let pythons = Python::candidates(Some(&"/nowhere".into()));
        let error = install(folder.path(), &pins::ALL[0], &pythons).unwrap_err();
        assert_eq!(error.exit(), crate::Exit::Surroundings);
        assert!(error.to_string().contains("no Python on PATH"), "{error}");
        let left: Vec<_> = fs::read_dir(place(folder.path(), &pins::ALL[0]).parent().unwrap()).unwrap().collect();
        assert_eq!(left.len(), 1, "only the lock: {left:?}");
    }

    #[cfg(unix)]
    #[test]
    fn what_pip_says_is_passed_on() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let python = folder.path().join("python3");
        fs::write(&python, "#!/bin/sh\necho 'no route to https://u:p@mirror/simple' >&2; exit 1\n").unwrap();
        fs::set_permissions(&python, fs::Permissions::from_mode(0o755)).unwrap();
        let pythons = Python::candidates(Some(&folder.path().as_os_str().to_owned()));
        let error = install(folder.path(), &pins::ALL[0], &pythons).unwrap_err().to_string();
        assert!(error.contains("no route to https://***@mirror/simple"), "{error}");
    }
}
