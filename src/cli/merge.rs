//! `report --merge`: decides over the parts of all shares, as `check` would have decided alone.

use super::Global;
use super::check::{CheckArgs, decide};
use super::github;
use crate::audit::share::{Parts, Terms, Work};
use crate::error::{Error, Exit, Result};
use clap::Parser;
use std::io::Write;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The options that shares were given, as they stand in a part.
#[derive(Debug, Parser)]
#[command(no_binary_name = true)]
struct Asked {
    #[command(flatten)]
    check: CheckArgs,
}

/// Reads the parts and goes on where they stopped. Options are those that the shares were given.
///
/// # Errors
/// Parts that do not belong together, or to what is here; otherwise as `check`.
pub fn run(paths: &[PathBuf], folder: &Path, global: &Global, out: &mut dyn Write) -> Result<Exit> {
    let (args, global, parts) = prepared(paths, folder, global).inspect_err(github::tell)?;
    decide(&args, &global, Work::Done(Arc::new(parts)), out)
}

/// What `check` would have been called with, and what it need not compute.
fn prepared(paths: &[PathBuf], folder: &Path, global: &Global) -> Result<(CheckArgs, Global, Parts)> {
    let parts = Parts::read(paths)?;
    let Some(terms) = parts.terms().cloned() else { return Err(Error::input("there is no part to merge")) };
    let mut args = asked(&terms)?;
    args.report = folder.to_owned();
    let unusable = || Error::input("a part names threads or a device that there are not").help("run its share again");
    let global = Global {
        threads: Some(NonZeroUsize::new(terms.threads).ok_or_else(unusable)?),
        device: terms.device.parse().map_err(|_| unusable())?,
        ..global.clone()
    };
    Ok((args, global, parts))
}

/// The options of the shares.
fn asked(terms: &Terms) -> Result<CheckArgs> {
    let asked = Asked::try_parse_from(&terms.options).map_err(|error| {
        let what = error.to_string().lines().next().unwrap_or_default().to_owned();
        Error::input(format!("the options that the shares were given cannot be used: {what}")).help("run them again")
    })?;
    match asked.check.words() == terms.options {
        true => Ok(asked.check),
        false => Err(Error::input("the options in a part are not those that a share is given").help("run it again")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::digest_bytes;

    fn terms(options: &[&str]) -> Terms {
        let options = options.iter().map(|word| (*word).to_owned()).collect();
        Terms { config: digest_bytes(b""), threads: 1, device: "cpu".to_owned(), options }
    }

    #[test]
    fn options_go_through_a_part_and_come_back() {
        let words = [
            ["--today", "2026-01-02", "--max-calls", "7", "--baseline"].as_slice(),
            &["a b.json", "--sarif", "-A", "canary", "--lang", "ja"],
        ]
        .concat();
        assert_eq!(asked(&terms(&words)).unwrap().words(), words);
        assert_eq!(asked(&terms(&[])).unwrap().words(), [""; 0]);
    }

    #[test]
    fn what_is_no_option_of_a_check_is_refused() {
        for (options, part) in [
            (&["--partition", "1/2"][..], "not those that a share is given"),
            (&["--dry-run"], "not those that a share is given"),
            (&["--report", "elsewhere"], "not those that a share is given"),
            (&["--no-such"], "cannot be used"),
            (&["--today", "yesterday"], "cannot be used"),
        ] {
            let error = asked(&terms(options)).unwrap_err();
            assert!(error.to_string().contains(part) && error.exit() == Exit::Unusable, "{error}");
        }
    }
}
