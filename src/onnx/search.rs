//! Finds the library of ONNX Runtime, or has it installed.
//!
//! In this order: the file that the user names; the cache; an installed Python package; otherwise the pinned
//! wheel is downloaded, unless that is forbidden. The environment is passed in, so that a test can have its own.

use super::device::Device;
use super::install;
use super::library;
use super::pins::{self, Pin};
use super::python::{self, Python};
use crate::error::{Error, Place, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The variables that name the library, the more particular one first. The second one is what other programs
/// that use the same binding look at.
const VARIABLES: [&str; 2] = ["DISTILGATE_ONNXRUNTIME", "ORT_DYLIB_PATH"];

/// Where to look, and whether the network may be used.
#[derive(Clone, Debug)]
pub struct Search {
    /// Nothing may be downloaded.
    pub offline: bool,
    /// The folder of the cache.
    pub cache: PathBuf,
    /// The library that the user names, and the variable that names it.
    pub named: Option<(String, PathBuf)>,
    /// Where Python is looked for, in place of the process's own `PATH`.
    pub path: Option<OsString>,
    /// What is to be computed on; the library that is installed here knows the processor only.
    pub device: Device,
}

impl Search {
    /// The search that the process's environment asks for.
    pub fn from_environment(cache: &Path, offline: bool) -> Search {
        let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
        let named = VARIABLES.iter().find_map(|name| Some(((*name).to_owned(), set(name)?.into())));
        Search { offline, cache: cache.to_owned(), named, path: None, device: Device::Cpu }
    }

    /// The same for a device.
    pub fn on(self, device: Device) -> Search {
        Search { device, ..self }
    }
}

/// How the library was come by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "how", content = "by")]
pub enum How {
    /// The user named it, by this variable.
    Named(String),
    /// It was in the cache.
    Cached,
    /// It belongs to the `onnxruntime` of the Python that is called so.
    Package(String),
    /// It was downloaded just now.
    Installed,
}

/// The library that is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Found {
    /// Its file.
    pub path: PathBuf,
    /// Its version, where that is known without loading it.
    pub version: Option<String>,
    /// How it was come by.
    #[serde(flatten)]
    pub how: How,
}

/// What a search without installing came to.
#[derive(Clone, Debug, Default)]
pub struct Sighting {
    /// The library, if there is one.
    pub found: Option<Found>,
    /// Libraries that were passed over, and why.
    pub passed_over: Vec<String>,
}

/// Looks for the library; installs nothing. An error if the file that the user names cannot be used: then
/// nothing else is tried in its place.
pub fn find(search: &Search) -> Result<Sighting> {
    if let Some((variable, path)) = &search.named {
        return Ok(Sighting { found: Some(named(variable, path)?), passed_over: Vec::new() });
    }
    let pin = pins::for_this_platform().filter(|_| search.device == Device::Cpu);
    if let Some((pin, path)) = pin.as_ref().and_then(|pin| Some((pin, install::installed(&search.cache, pin)?))) {
        let found = Found { path, version: Some(pin.version.to_owned()), how: How::Cached };
        return Ok(Sighting { found: Some(found), passed_over: Vec::new() });
    }
    Ok(packaged(search, pin.as_ref()))
}

/// Looks for the library and installs it if need be. `announce` is told before something is downloaded.
pub fn find_or_install(search: &Search, announce: &mut dyn FnMut(&str)) -> Result<Found> {
    let sighting = find(search)?;
    if let Some(found) = sighting.found {
        return Ok(found);
    }
    obtain(search, announce).map_err(|error| {
        sighting.passed_over.into_iter().fold(error, |error, why| error.help(format!("passed over: {why}")))
    })
}

fn obtain(search: &Search, announce: &mut dyn FnMut(&str)) -> Result<Found> {
    if search.device != Device::Cpu {
        let error = Error::surroundings(format!("no ONNX Runtime was found that knows the device {}", search.device));
        return Err(search.device.ways_out(error));
    }
    let Some(pin) = pins::for_this_platform() else {
        return Err(ways_out(Error::surroundings(format!(
            "ONNX Runtime was not found, and there is no ready-made one for {}-{} to install",
            env::consts::OS,
            env::consts::ARCH
        ))));
    };
    if search.offline {
        return Err(ways_out(Error::surroundings("ONNX Runtime was not found, and --offline forbids downloading it")));
    }
    announce(&format!("downloading ONNX Runtime {} ({} MB, once)", pin.version, pin.megabytes));
    let pythons = Python::candidates(search.path.as_ref());
    let path = install::install(&search.cache, &pin, &pythons).map_err(ways_out)?;
    Ok(Found { path, version: Some(pin.version.to_owned()), how: How::Installed })
}

/// The library that the user names. Only what would kill the process is looked for; the rest the loader says.
fn named(variable: &str, path: &Path) -> Result<Found> {
    if let Some(fault) = library::fault(path) {
        return Err(Error::surroundings(format!("the library that {variable} names cannot be used: {fault}"))
            .at(Place::file(path))
            .help(format!("name the file of an ONNX Runtime library, or unset {variable} to have one found")));
    }
    // Version numbers are usually in the name of the file that a link leads to.
    let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let name = real.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(Found { path: real, version: library::version_in(&name), how: How::Named(variable.to_owned()) })
}

fn packaged(search: &Search, pin: Option<&Pin>) -> Sighting {
    let mut sighting = Sighting::default();
    for python in Python::candidates(search.path.as_ref()) {
        let Some(package) = python.package() else { continue };
        match python::library_of(&package, pin) {
            Ok(library) => {
                let how = How::Package(python.name());
                sighting.found = Some(Found { path: library.path, version: Some(library.version), how });
                break;
            }
            Err(why) if !sighting.passed_over.contains(&why) => sighting.passed_over.push(why),
            Err(_) => {}
        }
    }
    sighting
}

/// Adds the three ways to provide ONNX Runtime.
pub(super) fn ways_out(error: Error) -> Error {
    error
        .help(format!("either set {} to the file of a library, version 1.{} or newer", VARIABLES[0], library::OLDEST))
        .help("or `python3 -m pip install onnxruntime` in the Python that is first on PATH")
        .help(
            "or let it be downloaded: without --offline, with Python and pip 19.2 or newer on PATH \
             (PIP_INDEX_URL names a mirror; PIP_NO_INDEX=1 PIP_FIND_LINKS=FOLDER a folder that holds the wheel)",
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Exit;

    fn search(cache: &Path) -> Search {
        Search {
            offline: true,
            cache: cache.to_owned(),
            named: None,
            path: Some("/nowhere".into()),
            device: Device::Cpu,
        }
    }

    #[test]
    fn offline_with_nothing_there_names_the_three_ways() {
        let cache = tempfile::tempdir().unwrap();
        let error = find_or_install(&search(cache.path()), &mut |_| panic!("nothing is downloaded")).unwrap_err();
        assert_eq!(error.exit(), Exit::Surroundings);
        for way in ["--offline forbids", "DISTILGATE_ONNXRUNTIME", "pip install onnxruntime", "PIP_FIND_LINKS"] {
            assert!(error.to_string().contains(way), "{error}");
        }
    }

    #[test]
    fn for_an_accelerator_nothing_is_downloaded() {
        let cache = tempfile::tempdir().unwrap();
        let search = Search { offline: false, ..search(cache.path()) }.on(Device::Cuda);
        let error = find_or_install(&search, &mut |_| panic!("nothing is downloaded")).unwrap_err();
        assert_eq!(error.exit(), Exit::Surroundings);
        assert!(error.to_string().contains("cuda") && error.to_string().contains("onnxruntime-gpu"), "{error}");
    }

    #[test]
    fn without_python_the_three_ways_are_named_too() {
        let cache = tempfile::tempdir().unwrap();
        let search = Search { offline: false, ..search(cache.path()) };
        let mut said = Vec::new();
        let error = find_or_install(&search, &mut |text| said.push(text.to_owned())).unwrap_err();
        assert_eq!(error.exit(), Exit::Surroundings);
        assert!(error.to_string().contains("DISTILGATE_ONNXRUNTIME"), "{error}");
        assert_eq!(said.len(), usize::from(pins::for_this_platform().is_some()));
    }

    #[test]
    fn a_named_file_that_is_missing_is_not_replaced_by_another() {
        let cache = tempfile::tempdir().unwrap();
        let named = Some(("DISTILGATE_ONNXRUNTIME".to_owned(), cache.path().join("missing.so")));
        let error = find(&Search { named, ..search(cache.path()) }).unwrap_err();
        assert_eq!(error.exit(), Exit::Surroundings);
        assert!(error.to_string().contains("missing.so") && error.to_string().contains("unset"), "{error}");
    }
}
