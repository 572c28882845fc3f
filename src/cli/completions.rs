//! `distilgate completions SHELL`.

use super::printing;
use crate::error::{Exit, Result};
use clap::Args;
use clap_complete::Shell;
use std::io::Write;

/// Options of `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints the completions.
///
/// # Errors
/// Where stdout cannot be written to.
pub fn run(args: &CompletionsArgs, out: &mut dyn Write) -> Result<Exit> {
    let mut bytes = Vec::new();
    clap_complete::generate(args.shell, &mut super::command(), "distilgate", &mut bytes);
    out.write_all(&bytes).map_err(printing)?;
    Ok(Exit::Pass)
}
