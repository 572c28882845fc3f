//! Where the cache is when nobody says.

use crate::error::{Error, Result};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The folder of the cache, from the environment that `variable` looks up: `DISTILGATE_CACHE_DIR` as it is,
/// else the system's own place for such files. Nothing is created.
pub fn default_folder(variable: impl Fn(&str) -> Option<OsString>) -> Result<PathBuf> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(folder) = set("DISTILGATE_CACHE_DIR") {
        return Ok(folder);
    }
    // The XDG specification, "Environment variables": a relative path there is invalid and must be ignored.
    let xdg = set("XDG_CACHE_HOME").filter(|folder| folder.is_absolute());
    let system = if cfg!(windows) {
        set("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        xdg.or_else(|| set("HOME").map(|home| home.join("Library/Caches")))
    } else {
        xdg.or_else(|| set("HOME").map(|home| home.join(".cache")))
    };
    let inside = Path::new(if cfg!(windows) { "distilgate/cache" } else { "distilgate" });
    system.map(|folder| folder.join(inside)).ok_or_else(|| {
        Error::surroundings("there is no place for the cache: neither a home folder nor a cache folder is set")
            .help("pass --cache-dir FOLDER, or set DISTILGATE_CACHE_DIR")
    })
}

#[cfg(test)]
#[cfg(all(unix, not(target_os = "macos")))]
mod tests {
    use super::*;

    /// What is set, and the folder that follows from it.
    type Case<'a> = (&'a [(&'a str, &'a str)], Option<&'a str>);

    #[test]
    fn the_first_that_is_set_counts() {
        let cases: &[Case] = &[
            (&[("DISTILGATE_CACHE_DIR", "here"), ("XDG_CACHE_HOME", "/x"), ("HOME", "/h")], Some("here")),
            (&[("DISTILGATE_CACHE_DIR", ""), ("XDG_CACHE_HOME", "/x"), ("HOME", "/h")], Some("/x/distilgate")),
            (&[("XDG_CACHE_HOME", "relative"), ("HOME", "/h")], Some("/h/.cache/distilgate")),
            (&[("HOME", "")], None),
            (&[], None),
        ];
        for (variables, expected) in cases {
            let find = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, v)| OsString::from(v));
            assert_eq!(default_folder(find).ok().as_deref(), expected.map(Path::new), "{variables:?}");
        }
    }
}
