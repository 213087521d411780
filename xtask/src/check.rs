//! `cargo xtask check`: what can be judged without running the product.

use std::process::{Command, ExitCode};

use anyhow::Context;

/// Nothing to choose: every check runs.
#[derive(clap::Args)]
pub(crate) struct Arguments {}

pub(crate) fn run(_: &Arguments) -> anyhow::Result<ExitCode> {
    let status =
        Command::new("cargo").args(["fmt", "--all", "--check"]).status().context("cannot start cargo fmt")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
