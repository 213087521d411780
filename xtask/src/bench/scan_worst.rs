//! `cargo xtask bench scan-worst`: what the worst picture costs the scanner.

use std::process::ExitCode;

use anyhow::Context;

use crate::repository::Repository;

/// Measures the scanner on pictures made to cost it the most, in the release profile.
///
/// Checkerboards, concentric squares, text, noise, thousands of finder patterns, up to 4000 × 3000 pixels
/// (tests/src/adversarial.rs). One line a picture: milliseconds with the budget of a camera's frame and with that
/// of a still picture, the fastest of three rounds. Fails when a budget is overrun by more than 50 ms, or a code is
/// read that is not there.
#[derive(clap::Args)]
pub(crate) struct Arguments {}

pub(crate) fn run(_: &Arguments) -> anyhow::Result<ExitCode> {
    let repository = Repository::open()?;
    let bench = ["bench", "--locked", "--quiet", "--package", "countersign-tests", "--bench", "scan_worst"];
    eprintln!("building in release; then it takes a minute or two");
    let status = repository.cargo().args(bench).status().context("cannot start cargo")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
