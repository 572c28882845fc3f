//! `distilgate man`: the manual page.

use super::printing;
use crate::error::{Exit, Result};
use std::io::Write;

/// Prints the page of the program and, after it, one of each command.
///
/// # Errors
/// Where stdout cannot be written to.
pub fn run(out: &mut dyn Write) -> Result<Exit> {
    let mut command = super::command();
    command.build();
    let mut bytes = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut bytes).map_err(printing)?;
    for below in command.get_subcommands().filter(|c| c.get_name() != "help") {
        clap_mangen::Man::new(below.clone()).render(&mut bytes).map_err(printing)?;
    }
    out.write_all(&bytes).map_err(printing)?;
    Ok(Exit::Pass)
}
