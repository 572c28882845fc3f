//! The program as a process: started without a shell, fed by one thread, read by two, ended with all that it started.
//!
//! Every pipe has a thread of its own, so no side waits for the other. The threads are not waited for: a grandchild that
//! left the process group and keeps a pipe open could make that wait for ever.

use super::batch::Pair;
use super::lines::cut;
use crate::error::{Error, Result};
use serde::Serialize;
use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// No answer is longer, in bytes.
const MAX_LINE: u64 = 64 << 10;

/// The last lines of standard error that are kept.
const LAST_WORDS: usize = 5;

/// How long what a program wrote before its end may be on its way.
const LAST_BREATH: Duration = Duration::from_millis(500);

/// Lines that may wait to be looked at.
const WAITING: usize = 64;

/// Tells the program which time a pair is asked, so that it can seed what is random in it.
const REPEAT: &str = "DISTILGATE_REPEAT";

/// A program and how it is to be treated.
#[derive(Clone, Debug, PartialEq)]
pub struct Program {
    /// The program and its arguments. A program with a slash in it is looked for in `folder`, others where the system
    /// looks for programs.
    pub words: Vec<String>,
    /// The folder that it works in.
    pub folder: PathBuf,
    /// How long it may neither read nor answer.
    pub timeout: Duration,
    /// Pairs that it is given in a second, at most.
    pub rate: Option<f64>,
}

impl Program {
    /// How a person would type it.
    pub fn name(&self) -> String {
        cut(&self.words.join(" "))
    }

    fn command(&self) -> Command {
        let program = self.words.first().map_or("", String::as_str);
        let is_path = Path::new(program).components().count() > 1;
        let mut command = match is_path {
            true => Command::new(std::path::absolute(self.folder.join(program)).unwrap_or_else(|_| program.into())),
            false => Command::new(program),
        };
        command.args(self.words.iter().skip(1));
        if self.folder != Path::new("") {
            command.current_dir(&self.folder);
        }
        // A group of its own, so that what it starts can be ended with it.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command
    }
}

/// What a look at the program finds.
#[derive(Debug)]
pub enum Event {
    /// A line, and whether a line break ends it.
    Line(Vec<u8>, bool),
    /// A line that is too long to be an answer.
    TooLong,
    /// Nothing for now.
    Silence,
    /// It will write no more.
    End,
}

/// A running program. Dropped, it is killed with everything in its process group.
#[derive(Debug)]
pub struct Process {
    child: Child,
    events: Receiver<Event>,
    fed: Arc<AtomicUsize>,
    last_words: Arc<Mutex<VecDeque<String>>>,
    /// Hears the end of standard error: nothing is ever sent.
    said_all: Receiver<()>,
    status: Option<ExitStatus>,
    silent: bool,
}

impl Process {
    /// Starts a program and begins to feed it pairs.
    ///
    /// # Errors
    /// A program that cannot be started.
    pub fn start(program: &Program, pairs: Vec<Pair>, repeat: u64) -> Result<Process> {
        let mut command = program.command();
        command.env(REPEAT, repeat.to_string());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|e| not_started(program, e))?;
        let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (sender, events) = sync_channel(WAITING);
        let fed = Arc::new(AtomicUsize::new(0));
        let last_words = Arc::new(Mutex::new(VecDeque::new()));
        let (still_talking, said_all) = sync_channel(0);
        if let Some(stdin) = stdin {
            let (rate, fed) = (program.rate, Arc::clone(&fed));
            thread::spawn(move || feed(stdin, &pairs, rate, &fed));
        }
        if let Some(stdout) = stdout {
            thread::spawn(move || read(stdout, &sender));
        }
        if let Some(stderr) = stderr {
            let last_words = Arc::clone(&last_words);
            thread::spawn(move || {
                keep_last(stderr, &last_words);
                drop(still_talking);
            });
        }
        Ok(Process { child, events, fed, last_words, said_all, status: None, silent: false })
    }

    /// Waits a little for what it writes next.
    pub fn next(&mut self, wait: Duration) -> Event {
        match self.events.recv_timeout(wait) {
            Ok(event) => event,
            Err(RecvTimeoutError::Timeout) => Event::Silence,
            Err(RecvTimeoutError::Disconnected) => {
                self.silent = true;
                Event::End
            }
        }
    }

    /// How many pairs it has taken.
    pub fn fed(&self) -> usize {
        self.fed.load(Ordering::Relaxed)
    }

    /// How it ended, if it has.
    pub fn status(&mut self) -> Option<ExitStatus> {
        if self.status.is_none() {
            self.status = self.child.try_wait().ok().flatten();
        }
        self.status
    }

    /// The last lines that it wrote to standard error. Of a program that has ended all of it is waited for, a while: a
    /// child of its own may hold the pipe.
    pub fn last_words(&mut self) -> Vec<String> {
        if self.status().is_some() {
            let _ = self.said_all.recv_timeout(LAST_BREATH);
        }
        let lines = self.last_words.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        lines.iter().cloned().collect()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.status().is_some() && self.silent {
            return;
        }
        // What it started may outlive it and hold its pipes. It may all be gone already: then there is nothing to end.
        #[cfg(unix)]
        let _ = rustix::process::kill_process_group(
            rustix::process::Pid::from_child(&self.child),
            rustix::process::Signal::KILL,
        );
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn not_started(program: &Program, error: io::Error) -> Error {
    let what = match error.kind() {
        io::ErrorKind::NotFound => "there is no such program".to_owned(),
        io::ErrorKind::PermissionDenied => "it may not be executed".to_owned(),
        _ => error.to_string(),
    };
    let first = program.words.first().map_or("", String::as_str);
    Error::input(format!("the teacher command {:?} cannot be started: {what}", cut(first)))
        .help("name the program and its arguments, as in command = [\"python3\", \"ask.py\"]; no shell reads them")
        .help("paths are relative to the configuration; a program in that folder is \"./ask.sh\"")
        .because(error)
}

/// A pair as the program reads it.
#[derive(Serialize)]
struct Asked<'a> {
    query_id: &'a str,
    doc_id: &'a str,
    query: &'a str,
    text: &'a str,
}

/// Writes the pairs, at the rate that is asked for. Whoever does not read them has reasons, which the other end tells.
fn feed(mut stdin: ChildStdin, pairs: &[Pair], rate: Option<f64>, fed: &AtomicUsize) {
    let start = Instant::now();
    for (index, pair) in pairs.iter().enumerate() {
        if let Some(rate) = rate {
            let due = Duration::try_from_secs_f64(index as f64 / rate).unwrap_or(Duration::MAX);
            thread::sleep(due.saturating_sub(start.elapsed()));
        }
        let asked = Asked {
            query_id: pair.query_id.as_str(),
            doc_id: pair.document_id.as_str(),
            query: &pair.query,
            text: &pair.text,
        };
        let Ok(mut line) = serde_json::to_string(&asked) else { return };
        line.push('\n');
        if stdin.write_all(line.as_bytes()).is_err() {
            return;
        }
        fed.fetch_add(1, Ordering::Relaxed);
    }
}

/// Hands over what the program writes, line by line, until it ends or is too long for an answer.
fn read(stdout: impl Read, sender: &SyncSender<Event>) {
    let mut stdout = BufReader::new(stdout);
    loop {
        let mut line = Vec::new();
        match stdout.by_ref().take(MAX_LINE + 1).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(n) if n as u64 > MAX_LINE => {
                let _ = sender.send(Event::TooLong);
                return;
            }
            Ok(_) => {
                let ended = line.last() == Some(&b'\n');
                if sender.send(Event::Line(line, ended)).is_err() {
                    return;
                }
            }
        }
    }
}

/// Keeps the last lines, each cut; reads to the end, for a program that cannot write its log would stop.
fn keep_last(stderr: impl Read, last: &Mutex<VecDeque<String>>) {
    let mut stderr = BufReader::new(stderr);
    loop {
        let mut line = Vec::new();
        match stderr.by_ref().take(MAX_LINE).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) => {
                let line = cut(String::from_utf8_lossy(&line).trim());
                if line.is_empty() {
                    continue;
                }
                let mut last = last.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
                last.push_back(line);
                if last.len() > LAST_WORDS {
                    last.pop_front();
                }
            }
        }
    }
}
