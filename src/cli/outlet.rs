//! Stdout for a reader who may leave early.
//!
//! `distilgate check | head -1` closes the pipe before everything is printed. That is no failure, and it changes
//! neither what is done nor the exit code: once nobody reads, the rest is dropped. Any other failure stays one.

use std::io::{self, ErrorKind, Write};

/// A writer that goes on when its reader has left.
#[derive(Debug)]
pub struct Outlet<W> {
    to: W,
    closed: bool,
}

impl<W: Write> Outlet<W> {
    /// Writes to `to` for as long as somebody reads.
    pub fn new(to: W) -> Outlet<W> {
        Outlet { to, closed: false }
    }

    /// Does something with the writer below; `dropped` is the answer once nobody reads.
    fn attempt<T>(&mut self, dropped: T, act: impl FnOnce(&mut W) -> io::Result<T>) -> io::Result<T> {
        if self.closed {
            return Ok(dropped);
        }
        match act(&mut self.to) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(dropped)
            }
            other => other,
        }
    }
}

impl<W: Write> Write for Outlet<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.attempt(bytes.len(), |to| to.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.attempt((), |to| to.flush())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A pipe that fails in one way after a few bytes.
    struct Pipe {
        room: usize,
        then: ErrorKind,
    }

    impl Write for Pipe {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let n = bytes.len().min(self.room);
            self.room -= n;
            if n == 0 { Err(self.then.into()) } else { Ok(n) }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_who_leaves_is_no_failure_and_a_full_disk_is() {
        for (then, fails) in [(ErrorKind::BrokenPipe, false), (ErrorKind::StorageFull, true)] {
            let mut outlet = Outlet::new(Pipe { room: 5, then });
            let written = outlet.write_all(b"more than five bytes").and_then(|()| outlet.write_all(b"and more"));
            assert_eq!(written.is_err(), fails, "{then}");
        }
    }
}
