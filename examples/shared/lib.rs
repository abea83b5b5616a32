//! What the examples share and what is no physics: shipped data, timing, progress bars, drawing.

use std::process::ExitCode;

pub mod drawing;
pub mod fields;
pub mod files;
pub mod progress;
pub mod timing;

/// Ends a program: exit code 1 and the error with its causes on standard error, where there is one.
pub fn exit(outcome: anyhow::Result<()>) -> ExitCode {
    let Err(error) = outcome else { return ExitCode::SUCCESS };
    eprintln!("error: {error}");
    for cause in error.chain().skip(1) {
        eprintln!("  because: {cause}");
    }
    ExitCode::FAILURE
}
