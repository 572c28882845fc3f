//! ONNX Runtime in this process: loaded once, never unloaded.
//!
//! The only place that touches the binding before it is known to work: its other functions panic when there is
//! no library. No telemetry, and nothing on the terminal: what ONNX Runtime has to say comes back in errors.

use super::device::Device;
use super::library;
use super::search::{self, Found, Search};
use crate::error::{Error, Place, Result};
use ort::environment::Environment;
use ort::logging::LogLevel;
use std::error::Error as _;
use std::sync::{Arc, Mutex, OnceLock};

static RUNTIME: OnceLock<Runtime> = OnceLock::new();
static LOADING: Mutex<()> = Mutex::new(());

/// ONNX Runtime, ready for sessions.
pub struct Runtime {
    environment: Environment,
    found: Found,
    device: Device,
}

impl Runtime {
    /// ONNX Runtime, found or installed by the first call; later calls get the same one whatever they ask
    /// for, since a process can hold only one. A failure is an error of the surroundings (exit 4), and the
    /// next call tries again. `announce` is told before something is downloaded.
    pub fn get(search: &Search, announce: &mut dyn FnMut(&str)) -> Result<&'static Runtime> {
        // Nothing that is guarded can be left half done, so a lock that a panic poisoned is as good as new.
        let _guard = LOADING.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(runtime) = RUNTIME.get() {
            return Ok(runtime);
        }
        let runtime = Runtime::load(search::find_or_install(search, announce)?, search.device)?;
        Ok(RUNTIME.get_or_init(|| runtime))
    }

    /// The library that is in use.
    pub fn found(&self) -> &Found {
        &self.found
    }

    /// What sessions compute on.
    pub fn device(&self) -> Device {
        self.device
    }

    pub(super) fn environment(&self) -> &Environment {
        &self.environment
    }

    fn load(mut found: Found, device: Device) -> Result<Runtime> {
        let unusable = |what: String| {
            search::ways_out(Error::surroundings(format!("ONNX Runtime cannot be loaded: {what}")))
                .at(Place::file(&found.path))
        };
        if let Some(fault) = library::fault(&found.path) {
            return Err(unusable(fault));
        }
        let builder = ort::init_from(&found.path).map_err(|error| unusable(reason(&error)))?;
        let silent = Arc::new(|_: LogLevel, _: &str, _: &str, _: &str, _: &str| {});
        let builder = builder.with_name("distilgate").with_telemetry(false).with_logger(silent);
        let environment = builder.build().map_err(|error| unusable(error.to_string()))?;
        environment.set_log_level(LogLevel::Error);
        found.version = found.version.or_else(|| library::version_in(ort::info()));
        check(&environment, device)
            .map_err(|what| device.ways_out(Error::surroundings(what).at(Place::file(&found.path))))?;
        Ok(Runtime { environment, found, device })
    }
}

/// Whether a device can be computed on: its provider is in the library, and can be loaded.
fn check(environment: &Environment, device: Device) -> Result<(), String> {
    let cannot = |why: String| format!("this ONNX Runtime cannot compute on the device {device}: {why}");
    let builder = ort::session::Session::builder(environment).map_err(|error| cannot(error.to_string()))?;
    builder.with_execution_providers(device.providers()).map(|_| ()).map_err(|error| cannot(error.to_string()))
}

/// Why the library was refused, in one line, with what to do where that is known.
fn reason(error: &ort::LoadDynamicError) -> String {
    match error {
        ort::LoadDynamicError::Dlopen { error, .. } => {
            // The text of the error itself is only "dlopen failed"; the loader's words are in its source.
            let said = error.source().map_or_else(|| error.to_string(), |source| source.to_string());
            let missing_cpp = said.contains("libstdc++") && said.contains("No such file");
            let remedy = if missing_cpp { " (install the system's package libstdc++6 or libstdc++)" } else { "" };
            format!("{said}{remedy}")
        }
        ort::LoadDynamicError::MissingApi { .. } => "this is another library: it has no OrtGetApiBase".to_owned(),
        ort::LoadDynamicError::InvalidVersionString => "it does not tell its version".to_owned(),
        ort::LoadDynamicError::BadVersion { version_str, .. } => {
            format!("it is version {version_str}, and 1.{} is the oldest that will do", library::OLDEST)
        }
    }
}

#[cfg(test)]
#[allow(clippy::print_stdout, reason = "a test's child tells its parent")]
pub(crate) mod tests {
    use super::*;
    use crate::cache::default_folder;
    use std::env;
    use std::path::{Path, PathBuf};
    use std::process::{Command, Output};

    /// ONNX Runtime for tests: found or installed by the very code under test. A machine that has none and
    /// cannot get one fails here, loudly.
    pub(crate) fn runtime() -> &'static Runtime {
        let cache = default_folder(|name| env::var_os(name)).unwrap();
        let search = Search::from_environment(&cache, false);
        Runtime::get(&search, &mut |text| println!("{text}")).unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn it_is_found_or_installed_and_loaded_once() {
        let runtime = runtime();
        assert!(library::new_enough(runtime.found().version.as_deref().unwrap()), "{:?}", runtime.found());
        let elsewhere =
            Search { offline: true, cache: "nowhere".into(), named: None, path: Some("".into()), device: Device::Cpu };
        assert!(std::ptr::eq(runtime, Runtime::get(&elsewhere, &mut |_| ()).unwrap()));
    }

    /// Set in the process that [`load_in_a_process_of_its_own`] starts.
    const CHILD: &str = "DISTILGATE_TEST_LIBRARY";

    /// Not a test of its own: the child of the tests below, which a process with ONNX Runtime in it cannot do.
    #[test]
    fn child_that_loads_a_library() {
        let Some(path) = env::var_os(CHILD) else { return };
        let named = Some(("DISTILGATE_ONNXRUNTIME".to_owned(), PathBuf::from(path)));
        let search =
            Search { offline: true, cache: "nowhere".into(), named, path: Some("".into()), device: Device::Cpu };
        match Runtime::get(&search, &mut |_| ()) {
            Ok(runtime) => println!("loaded {:?}", runtime.found().how),
            Err(error) => println!("exit {}: {error}", error.exit().code()),
        }
    }

    fn load_in_a_process_of_its_own(library: &Path) -> String {
        let test = "onnx::runtime::tests::child_that_loads_a_library";
        let mut command = Command::new(env::current_exe().unwrap());
        let Output { status, stdout, stderr } =
            command.args(["--exact", test, "--nocapture"]).env(CHILD, library).output().unwrap();
        let said = String::from_utf8(stdout).unwrap();
        assert!(status.success(), "the process ended with {status}: {said}{}", String::from_utf8_lossy(&stderr));
        assert!(stderr.is_empty(), "{}", String::from_utf8_lossy(&stderr));
        said
    }

    fn assert_refused(library: &Path, reason: &str) {
        let said = load_in_a_process_of_its_own(library);
        assert!(said.contains("exit 4:") && said.contains(reason) && said.contains("help:"), "{said}");
    }

    #[test]
    fn a_library_that_cannot_be_used_is_refused_in_words() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("libonnxruntime.so");
        assert_refused(&path, "it cannot be read");
        std::fs::write(&path, "not a library").unwrap();
        assert_refused(&path, "cannot be loaded");
        let whole = std::fs::read(&runtime().found().path).unwrap();
        std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        assert_refused(&path, "");
        std::fs::write(&path, &whole).unwrap();
        let said = load_in_a_process_of_its_own(&path);
        assert!(said.contains("loaded Named("), "{said}");
    }

    /// Compiles a library of a few lines: nothing else can say an old version without being an old version.
    #[test]
    fn another_library_and_an_old_one_are_refused_in_words() {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("library.rs");
        let old = "use std::ffi::c_char;
            #[repr(C)] pub struct Base { api: extern \"C\" fn(u32) -> usize, version: extern \"C\" fn() -> *const c_char }
            extern \"C\" fn api(_: u32) -> usize { 0 }
            extern \"C\" fn version() -> *const c_char { c\"1.16.3\".as_ptr() }
            static BASE: Base = Base { api, version };
            #[unsafe(no_mangle)] pub extern \"C\" fn OrtGetApiBase() -> &'static Base { &BASE }";
        for (name, text, reason) in [("other", "", "another library"), ("old", old, "it is version 1.16.3")] {
            std::fs::write(&source, text).unwrap();
            let library = folder.path().join(name);
            let arguments = ["--edition=2024", "--crate-type=cdylib", "-o"];
            let status = Command::new("rustc").args(arguments).arg(&library).arg(&source).status().unwrap();
            assert!(status.success());
            assert_refused(&library, reason);
        }
    }
}
