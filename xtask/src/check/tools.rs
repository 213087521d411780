//! The checks that cargo's own tools make: format, clippy and rustdoc, each with warnings denied.
//!
//! Their output goes straight to the terminal; a finding only names the command that can be run again.

use std::process::Command;

use anyhow::Context;

use super::Findings;
use crate::repository::Repository;

/// Every Rust file is formatted, those of the fuzz targets (a workspace of their own) too.
pub(super) fn format(repository: &Repository) -> anyhow::Result<Findings> {
    let mut findings = judge(repository.cargo().args(["fmt", "--all", "--check"]))?;
    let fuzz = "tests/fuzz/Cargo.toml";
    if repository.root().join(fuzz).is_file() {
        findings.extend(judge(repository.cargo().args(["fmt", "--manifest-path", fuzz, "--check"]))?);
    }
    Ok(findings)
}

/// All packages, tests, benches and examples, warnings denied. The lints are in the root `Cargo.toml`.
pub(super) fn clippy(repository: &Repository) -> anyhow::Result<Findings> {
    judge(
        repository
            .cargo()
            .args(["clippy", "--locked", "--workspace", "--all-targets", "--quiet"])
            .args(["--", "--deny", "warnings"]),
    )
}

/// The documentation of every package builds, private items included, warnings denied.
pub(super) fn rustdoc(repository: &Repository) -> anyhow::Result<Findings> {
    judge(
        repository
            .cargo()
            .args(["doc", "--locked", "--workspace", "--no-deps", "--document-private-items", "--quiet"])
            .env("RUSTDOCFLAGS", "--deny warnings"),
    )
}

fn judge(command: &mut Command) -> anyhow::Result<Findings> {
    let shown = shown(command);
    let status = command.status().with_context(|| format!("cannot start `{shown}`"))?;
    Ok(if status.success() { Vec::new() } else { vec![format!("`{shown}` ended with {status}")] })
}

fn shown(command: &Command) -> String {
    let arguments = command.get_args().map(|argument| argument.to_string_lossy().into_owned());
    std::iter::once("cargo".to_owned()).chain(arguments).collect::<Vec<_>>().join(" ")
}
