//! Progress on stderr: a bar on a terminal; elsewhere a line for each thing that takes minutes, and now and then one that
//! says how far it is, so that nobody takes a long silence for a hang.

use super::check::durations_are_shown;
use crate::audit::Progress;
use crate::error::quiet;
use crate::fingerprint::scan::Listener;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// A log gets a line about what goes on this often: what is done sooner leaves none.
const BEAT: Duration = Duration::from_secs(30);

/// One bar that is reused for every step.
#[derive(Debug)]
pub struct Bars {
    bar: ProgressBar,
    step: String,
    /// Whether nobody wants to hear.
    quiet: bool,
    /// Whether stderr is a log.
    log: bool,
    /// What is said now and then in a log.
    pulse: Option<Pulse>,
}

impl Bars {
    /// A bar; a hidden one if nobody looks.
    pub fn new(quiet: bool) -> Bars {
        let log = !quiet && !std::io::stderr().is_terminal();
        let hidden = quiet || log;
        let target = if hidden { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        // Lines that depend on the clock have no place where outputs are to be the same whenever they are made.
        let pulse = (log && durations_are_shown()).then(|| Pulse::start(BEAT, say));
        Bars { bar: ProgressBar::with_draw_target(None, target), step: String::new(), quiet, log, pulse }
    }

    /// Removes the bar, and says nothing more.
    pub fn finish(&mut self) {
        self.bar.finish_and_clear();
        self.pulse = None;
    }

    fn beat(&self, change: impl FnOnce(&mut Step)) {
        if let Some(pulse) = &self.pulse {
            change(&mut pulse.now.lock().unwrap_or_else(PoisonError::into_inner));
        }
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
        self.beat(|now| *now = Step { what: what.to_owned(), units, done: 0 });
    }

    fn done(&mut self, units: u64) {
        self.bar.inc(units);
        self.beat(|now| now.done += units);
    }

    fn state(&mut self, state: &str) {
        self.bar.set_message(format!("{}, {state}", self.step));
    }

    fn listener(&mut self, total: Option<u64>) -> Box<dyn Listener> {
        self.bar.finish_and_clear();
        self.beat(|now| now.units = total);
        let now = self.pulse.as_ref().map(|pulse| Arc::clone(&pulse.now));
        let mut bytes = Bytes::new(self.quiet, total);
        bytes.now = now;
        Box::new(bytes)
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
            say(what);
        }
    }
}

fn say(what: &str) {
    // A log that nobody can write to any more is no reason to stop.
    let _ = writeln!(anstream::stderr().lock(), "{}", quiet(what));
}

/// What goes on.
#[derive(Debug, Default)]
struct Step {
    what: String,
    units: Option<u64>,
    done: u64,
}

impl Step {
    /// `scoring dl19 with before: 34 %`; nothing before the first step.
    fn in_words(&self) -> Option<String> {
        let so_far = match self.units {
            Some(units) if units > 0 => format!(": {} %", 100 * self.done.min(units) / units),
            _ => String::new(),
        };
        (!self.what.is_empty()).then(|| format!("still {}{so_far}", self.what))
    }
}

/// Says what goes on, at a fixed beat, from a thread of its own: a step that counts nothing is heard of too. It ends when it
/// is dropped.
#[derive(Debug)]
struct Pulse {
    now: Arc<Mutex<Step>>,
    /// Dropped to end the thread; nothing is ever sent.
    end: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Pulse {
    fn start(beat: Duration, mut say: impl FnMut(&str) + Send + 'static) -> Pulse {
        let now = Arc::new(Mutex::new(Step::default()));
        let (end, ended) = channel::<()>();
        let heard = Arc::clone(&now);
        let thread = thread::Builder::new().spawn(move || {
            while ended.recv_timeout(beat) == Err(RecvTimeoutError::Timeout) {
                let words = heard.lock().unwrap_or_else(PoisonError::into_inner).in_words();
                words.iter().for_each(|words| say(words));
            }
        });
        // Where no thread can be had, nobody hears, and the work goes on.
        Pulse { now, end: Some(end), thread: thread.ok() }
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        self.end = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A bar for bytes that are read, with their rate and the time that is left. It goes when it is dropped.
#[derive(Debug)]
pub struct Bytes {
    bar: ProgressBar,
    known: bool,
    /// Where a log hears of it.
    now: Option<Arc<Mutex<Step>>>,
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
        Bytes { bar, known: total.is_some(), now: None }
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
        if let Some(now) = &self.now {
            now.lock().unwrap_or_else(PoisonError::into_inner).done = stored;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_says_how_far_it_is() {
        let step = |units, done| Step { what: "scoring a with before".to_owned(), units, done }.in_words();
        assert_eq!(step(Some(200), 68).as_deref(), Some("still scoring a with before: 34 %"));
        assert_eq!(step(Some(2), 3).as_deref(), Some("still scoring a with before: 100 %"));
        assert_eq!(step(None, 0).as_deref(), Some("still scoring a with before"));
        assert_eq!(Step::default().in_words(), None);
    }

    #[test]
    fn a_log_hears_of_what_goes_on_until_it_ends() {
        let (said, heard) = channel();
        let pulse = Pulse::start(Duration::from_millis(1), move |words| said.send(words.to_owned()).unwrap());
        pulse.now.lock().unwrap().what = "waiting".to_owned();
        assert_eq!(heard.recv().unwrap(), "still waiting");
        drop(pulse);
        // The thread is gone, and its end of the channel with it.
        while heard.try_recv().is_ok() {}
        assert_eq!(heard.try_recv(), Err(std::sync::mpsc::TryRecvError::Disconnected));
        let long = Pulse::start(Duration::from_secs(3600), |_| ());
        drop(long);
    }
}
