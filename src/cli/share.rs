//! `check --partition K/N`: a share of a check's work, for whoever merges all of them.

use super::check::CheckArgs;
use super::progress::Bars;
use super::{Global, printing};
use crate::audit::share::{Part, Share, Terms, work};
use crate::cache::digest_bytes;
use crate::error::{Error, Exit, Result, quiet};
use crate::report;
use std::io::Write;

/// Does a share's work and writes its part. Nothing is decided.
///
/// # Errors
/// Inputs that cannot be used (exit 2), surroundings that fail (exit 4).
pub fn run(args: &CheckArgs, share: Share, global: &Global, out: &mut dyn Write) -> Result<Exit> {
    let Some(threads) = global.threads else {
        return Err(Error::input("--partition needs --threads N: what a student becomes depends on their number")
            .help("give every share the same, as many as the smallest machine has cores"));
    };
    let loaded = args.load(global)?;
    report::prepare(&args.report)?;
    let terms = Terms {
        config: digest_bytes(loaded.text.as_bytes()),
        threads: threads.get(),
        device: global.device.to_string(),
        options: args.words(),
    };
    // What an option or a table names is looked at now, and not when all shares are done.
    args.wish(&loaded)?;
    let surroundings = global.surroundings(&loaded, None)?;
    let mut bars = Bars::new(global.quiet);
    let done = work(&loaded, share, terms, &surroundings, &mut bars)?;
    bars.finish();
    let teacher = loaded.config.teacher.as_ref().map(|teacher| teacher.name.as_str()).filter(|name| !name.is_empty());
    // The part comes last: where it lies, its share is done.
    let path = args.report.join(done.part.file());
    report::write_students(&Part::students_beside(&path), &done.students, teacher)?;
    done.part.write(&path)?;
    if !global.quiet {
        let nothing = ["nothing: there are more shares than models, students and files".to_owned()];
        let did = if done.part.did.is_empty() { &nothing[..] } else { &done.part.did };
        let lines: String = did.iter().map(|what| format!("  {}\n", quiet(what))).collect();
        write!(out, "Share {share}, on {}, with --threads {threads}:\n{lines}", done.part.processor)
            .map_err(printing)?;
    }
    let all = args.report.join(format!("part-*-of-{}.json", share.of));
    let [path, all] = [path, all].map(|path| quiet(&path.to_string_lossy()));
    writeln!(out, "Part: {path}\nWhen all are there: distilgate report --merge {all}").map_err(printing)?;
    Ok(Exit::Pass)
}
