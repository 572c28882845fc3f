//! One conversation: a process that is asked some pairs, from its start to its end.

use super::batch::Pair;
use super::lines::Answers;
use super::process::{Event, Process, Program};
use crate::error::{Error, Result};
use std::process::ExitStatus;
use std::time::{Duration, Instant};

/// How often the process is looked at.
const TICK: Duration = Duration::from_millis(20);

/// How long a program that has ended may be survived by a child of its own that holds its output.
const SURVIVED: Duration = Duration::from_secs(2);

/// Lines beyond this, and beyond [`LINES_A_PAIR`] for each pair, have no end. Far more than any log has.
const LINES: u64 = 10_000;
const LINES_A_PAIR: u64 = 10;

/// The same for bytes.
const BYTES: u64 = 16 << 20;
const BYTES_A_PAIR: u64 = 16 << 10;

/// How a conversation ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The program ended and says that all is well.
    Finished,
    /// The program ended and says that something is wrong, in words.
    Died(String),
    /// The program neither read nor answered for too long, and was killed.
    Hung,
}

/// What a conversation gave, beside the scores.
#[derive(Clone, Debug)]
pub struct Talk {
    /// How it ended.
    pub ending: Ending,
    /// Pairs that the program took.
    pub fed: usize,
    /// Answers that it gave again.
    pub repeated: u64,
    /// Lines that are no answers.
    pub log_lines: u64,
    /// The first of them.
    pub log: Vec<String>,
    /// The last lines of its standard error.
    pub last_words: Vec<String>,
}

/// What an answer is handed to: the place of its pair, and its score.
pub type Hear<'a> = &'a mut dyn FnMut(usize, f64) -> Result<()>;

/// Asks a program for the scores of pairs, in a new process.
///
/// # Errors
/// A program that cannot be started, or that writes what cannot be used; and those of `hear`. What was heard before
/// was handed over.
pub fn talk(program: &Program, pairs: &[Pair], repeat: u64, hear: Hear<'_>) -> Result<Talk> {
    let mut process = Process::start(program, pairs.to_vec(), repeat)?;
    let mut answers = Answers::to(pairs.iter());
    let heard = listen(program, &mut process, &mut answers, hear);
    let last_words = process.last_words();
    let ending = heard.map_err(|e| in_context(e, program, &last_words))?;
    Ok(Talk {
        ending,
        fed: process.fed(),
        repeated: answers.repeated,
        log_lines: answers.log_lines,
        log: answers.log,
        last_words,
    })
}

/// Says which program an error is about, and what it said last.
fn in_context(error: Error, program: &Program, last_words: &[String]) -> Error {
    if error.exit() != crate::Exit::Unusable {
        return error;
    }
    let error = error
        .context(format!("the teacher command `{}`", program.name()))
        .help("what was answered before is kept, and is not asked again");
    last_words.iter().fold(error, |error, line| error.help(format!("it wrote to stderr: {line}")))
}

/// Hears the program out.
fn listen(program: &Program, process: &mut Process, answers: &mut Answers<'_>, hear: Hear<'_>) -> Result<Ending> {
    let (mut fed, mut progress) = (0, Instant::now());
    let (mut ended, mut torn, mut bytes) = (None, Vec::new(), 0);
    loop {
        match process.next(TICK) {
            Event::Line(line, true) => {
                bytes += line.len() as u64;
                within_bounds(answers, bytes)?;
                if let Some((place, score)) = answers.hear(&line)? {
                    hear(place, score)?;
                    progress = Instant::now();
                }
            }
            // The last line, unless the process was cut off in the middle of it: how it ended tells.
            Event::Line(line, false) => torn = line,
            Event::TooLong => return Err(flood("a line that is too long for an answer")),
            Event::End => break,
            Event::Silence if process.status().is_some() => {
                if ended.get_or_insert_with(Instant::now).elapsed() > SURVIVED {
                    break;
                }
            }
            Event::Silence => {}
        }
        if process.fed() > fed {
            (fed, progress) = (process.fed(), Instant::now());
        }
        if progress.elapsed() > program.timeout {
            return Ok(silent(answers));
        }
    }
    let Some(status) = end(process, progress, program.timeout) else { return Ok(silent(answers)) };
    match answers.hear(&torn) {
        Ok(Some((place, score))) => hear(place, score)?,
        Err(error) if status.success() => return Err(error),
        _ => {}
    }
    Ok(if status.success() { Ending::Finished } else { Ending::Died(status.to_string()) })
}

/// Waits for the end of a process that writes no more.
fn end(process: &mut Process, progress: Instant, timeout: Duration) -> Option<ExitStatus> {
    loop {
        match process.status() {
            Some(status) => return Some(status),
            None if progress.elapsed() > timeout => return None,
            None => std::thread::sleep(TICK),
        }
    }
}

/// A program that is silent for too long hangs, unless it has said all that it was asked.
fn silent(answers: &Answers<'_>) -> Ending {
    if answers.answered == answers.asked() { Ending::Finished } else { Ending::Hung }
}

fn within_bounds(answers: &Answers<'_>, bytes: u64) -> Result<()> {
    let asked = answers.asked() as u64;
    if answers.lines() >= LINES + LINES_A_PAIR * asked {
        return Err(flood(&format!("{} lines", answers.lines())));
    }
    if bytes > BYTES + BYTES_A_PAIR * asked {
        return Err(flood(&format!("{bytes} bytes")));
    }
    Ok(())
}

fn flood(what: &str) -> Error {
    Error::input(format!("it floods its output with {what}, and was stopped"))
        .help("write one line for each pair to stdout, and logs to stderr")
}
