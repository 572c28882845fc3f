//! The `distilgate` program: a thin shell around the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(distilgate::cli::main().code())
}
