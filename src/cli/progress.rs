//! Progress on stderr: a bar on a terminal; elsewhere a line for each thing that takes minutes.

use crate::audit::Progress;
use crate::error::quiet;
use crate::fingerprint::scan::Listener;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, Write};

/// One bar that is reused for every step.
#[derive(Debug)]
pub struct Bars {
    bar: ProgressBar,
    step: String,
    /// Whether nobody wants to hear.
    quiet: bool,
    /// Whether stderr is a log.
    log: bool,
}

impl Bars {
    /// A bar; a hidden one if nobody looks.
    pub fn new(quiet: bool) -> Bars {
        let log = !quiet && !std::io::stderr().is_terminal();
        let hidden = quiet || log;
        let target = if hidden { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        Bars { bar: ProgressBar::with_draw_target(None, target), step: String::new(), quiet, log }
    }

    /// Removes the bar.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Bars {
    fn step(&mut self, what: &str, units: Option<u64>) {
        let style = match units {
            Some(_) => "{msg} {bar:30} {pos}/{len} {per_sec}, {eta} left",
            None => "{msg}",
        };
        self.bar.reset();
        self.bar.set_length(units.unwrap_or(0));
        self.bar.set_style(ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()));
        self.bar.set_message(what.to_owned());
        what.clone_into(&mut self.step);
        self.bar.tick();
    }

    fn done(&mut self, units: u64) {
        self.bar.inc(units);
    }

    fn state(&mut self, state: &str) {
        self.bar.set_message(format!("{}, {state}", self.step));
    }

    fn listener(&mut self, total: Option<u64>) -> Box<dyn Listener> {
        self.bar.finish_and_clear();
        Box::new(Bytes::new(self.quiet, total))
    }

    fn notice(&mut self, what: &str) {
        if !self.quiet {
            // A terminal that is gone is no reason to stop.
            self.bar.suspend(|| {
                let _ = writeln!(anstream::stderr().lock(), "{}", quiet(what));
            });
        }
    }

    fn landmark(&mut self, what: &str) {
        if self.log {
            // A log that nobody can write to any more is no reason to stop.
            let _ = writeln!(anstream::stderr().lock(), "{}", quiet(what));
        }
    }
}

/// A bar for bytes that are read, with their rate and the time that is left. It goes when it is dropped.
#[derive(Debug)]
pub struct Bytes {
    bar: ProgressBar,
    known: bool,
}

impl Bytes {
    /// A bar up to a total, where that is known; a hidden one if nobody looks.
    pub fn new(quiet: bool, total: Option<u64>) -> Bytes {
        let hidden = quiet || !std::io::stderr().is_terminal();
        let target = if hidden { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(total, target);
        let style = match total {
            Some(_) => "scanning {bar:30} {bytes}/{total_bytes} {bytes_per_sec}, {eta} left{msg}",
            None => "scanning {bytes} {bytes_per_sec}{msg}",
        };
        bar.set_style(ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()));
        Bytes { bar, known: total.is_some() }
    }
}

impl Drop for Bytes {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

impl Listener for Bytes {
    fn reached(&self, stored: u64, unpacked: u64) {
        self.bar.set_position(if self.known { stored } else { unpacked });
    }
}
