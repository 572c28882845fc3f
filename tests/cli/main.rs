//! Runs the program as its users do, over `fixtures/`. One crate, a module per command, so that it links once.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should say where")]
#![allow(clippy::print_stderr, reason = "whoever runs the tests should see what was not tested, and the figures")]

#[cfg(unix)]
mod action;
#[cfg(unix)]
mod ask;
mod bad_input;
mod baseline;
mod canaries;
mod check;
mod demo;
mod distill;
mod distill_check;
mod distill_python;
mod docs;
mod evaluate;
mod fingerprint;
mod github;
mod init;
mod others;
mod probe;
mod report;
mod scan;
#[cfg(unix)]
mod shares;
mod support;
#[cfg(unix)]
mod teacher;
mod twins;
