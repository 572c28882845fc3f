//! Runs another program for a limited time and keeps what it said.
//!
//! The child reads nothing. Its output goes to temporary files rather than pipes: a pipe that a grandchild
//! keeps open would make us wait for ever, a file cannot.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How much of each of the child's streams is kept: its end, where the reason of a failure is.
const KEPT: u64 = 64 << 10;

/// How long to sleep between two looks at the child, at most.
const LONGEST_NAP: Duration = Duration::from_millis(50);

/// What a child left behind.
#[derive(Debug)]
pub struct Output {
    /// How it ended; `None` if it was killed because its time was up.
    pub status: Option<ExitStatus>,
    /// The end of its standard output, at most 64 KiB.
    pub stdout: String,
    /// The end of its standard error, at most 64 KiB.
    pub stderr: String,
}

impl Output {
    /// Whether it ended by itself and says that all went well.
    pub fn succeeded(&self) -> bool {
        self.status.is_some_and(|status| status.success())
    }
}

/// Runs a command to its end, or kills it when `limit` is over. An error means that it could not be started.
pub fn run(command: &mut Command, limit: Duration) -> io::Result<Output> {
    let (mut stdout, mut stderr) = (tempfile::tempfile()?, tempfile::tempfile()?);
    command.stdin(Stdio::null()).stdout(stdout.try_clone()?).stderr(stderr.try_clone()?);
    let mut child = command.spawn()?;
    let deadline = Instant::now() + limit;
    let mut nap = Duration::from_millis(1);
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break Some(status);
        }
        if Instant::now() >= deadline {
            child.kill()?;
            child.wait()?;
            break None;
        }
        thread::sleep(nap);
        nap = (nap * 2).min(LONGEST_NAP);
    };
    Ok(Output { status, stdout: tail(&mut stdout)?, stderr: tail(&mut stderr)? })
}

fn tail(file: &mut File) -> io::Result<String> {
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(KEPT)))?;
    let mut bytes = Vec::new();
    file.take(KEPT).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    fn shell(script: &str, limit: Duration) -> Output {
        run(Command::new("sh").args(["-c", script]), limit).unwrap()
    }

    #[test]
    fn what_a_child_says_and_how_it_ends_is_kept() {
        let output = shell("echo out; echo err >&2; exit 3", Duration::from_secs(60));
        assert_eq!((output.stdout.as_str(), output.stderr.as_str()), ("out\n", "err\n"));
        assert_eq!(output.status.unwrap().code(), Some(3));
        assert!(!output.succeeded());
    }

    #[test]
    fn a_child_that_hangs_is_killed_even_if_its_own_child_lives_on() {
        let output = shell("sleep 5 & echo started; sleep 1000", Duration::from_millis(300));
        assert!(output.status.is_none() && !output.succeeded());
        assert_eq!(output.stdout, "started\n");
    }

    #[test]
    fn only_the_end_of_much_output_is_kept() {
        let output = shell("head -c 1000000 /dev/zero; echo end", Duration::from_secs(60));
        assert_eq!(output.stdout.len() as u64, KEPT);
        assert!(output.stdout.ends_with("end\n"));
    }

    #[test]
    fn a_program_that_is_not_there_is_an_error() {
        let error = run(&mut Command::new("no-such-program-here"), Duration::from_secs(1)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
}
