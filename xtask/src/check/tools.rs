//! The checks that cargo's own tools make: format, clippy and rustdoc, each with warnings denied.
//!
//! Their output goes straight to the terminal; a finding only names the command that can be run again.

use std::process::{Command, Stdio};

use anyhow::Context;

use super::Findings;
use crate::repository::Repository;

/// Cargo's subcommands that a minimal toolchain lacks, and the components that bring them.
const COMPONENTS: [(&str, &str); 2] = [("fmt", "rustfmt"), ("clippy", "clippy")];

/// The tools of the checks below are there; rustup, where there is one, is asked for what is missing.
#[allow(clippy::unnecessary_wraps, reason = "every check has this shape")]
pub(super) fn components(repository: &Repository) -> anyhow::Result<Findings> {
    let answers = |command: &mut Command| {
        let quiet = command.stdout(Stdio::null()).stderr(Stdio::null());
        quiet.status().is_ok_and(|status| status.success())
    };
    let has = |subcommand: &str| answers(repository.cargo().args([subcommand, "--version"]));
    let install = |components: &[&str]| {
        if answers(Command::new("rustup").arg("--version")) {
            say!("  rustup component add {}", components.join(" "));
            // Whether it helped is asked afterwards; its own words are on the terminal.
            drop(Command::new("rustup").args(["component", "add"]).args(components).status());
        }
    };
    Ok(provide(&has, &install))
}

fn provide(has: &dyn Fn(&str) -> bool, install: &dyn Fn(&[&str])) -> Findings {
    let missing = || COMPONENTS.into_iter().filter(|(subcommand, _)| !has(subcommand)).collect::<Vec<_>>();
    let wanted: Vec<&str> = missing().into_iter().map(|(_, component)| component).collect();
    if wanted.is_empty() {
        return Findings::new();
    }
    install(&wanted);
    let finding = |(subcommand, component): (&str, &str)| {
        format!(
            "`cargo {subcommand}` is not there: add the component `{component}` to this Rust toolchain (with rustup: \
             `rustup component add {component}`; else by the package manager that Rust came with)"
        )
    };
    missing().into_iter().map(finding).collect()
}

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

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use super::*;

    #[test]
    fn what_is_there_is_not_installed() {
        assert!(provide(&|_| true, &|_| panic!("nothing is missing")).is_empty());
    }

    #[test]
    fn what_is_missing_is_asked_of_rustup_and_then_there() {
        let there = Cell::new(false);
        let asked = RefCell::new(Vec::new());
        let findings = provide(&|name| name == "fmt" || there.get(), &|components| {
            asked.borrow_mut().extend(components.iter().map(|&component| component.to_owned()));
            there.set(true);
        });
        assert!(findings.is_empty(), "{findings:?}");
        assert_eq!(*asked.borrow(), ["clippy"]);
    }

    #[test]
    fn without_rustup_a_finding_names_each_component() {
        let findings = provide(&|_| false, &|_| {});
        assert_eq!(findings.len(), 2);
        assert!(findings[0].contains("component `rustfmt`") && findings[1].contains("component `clippy`"));
    }
}
