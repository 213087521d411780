//! The Rust suite: `cargo test` over every package, unit, integration and documentation tests alike.
//!
//! `tests/peers` is no default member, since one of its readers needs a C++ compiler; without that feature it builds anywhere.
//! The output is passed on line by line as it comes, and the runners' closing lines are added up. An ignored test
//! counts as failed: a test that does not run looks green and holds nothing. One that this system has no means for says
//! so in a line of its own, which the runner would count as passed.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use anyhow::Context;

use crate::repository::Repository;
use crate::tally::Tally;

/// What the line of a test begins with that this system has no means for.
const NOT_RUN: &str = "not run: ";
const ARGUMENTS: [&str; 4] = ["test", "--locked", "--workspace", "--no-fail-fast"];

pub(super) fn run(repository: &Repository) -> anyhow::Result<Tally> {
    let mut child = repository
        .cargo()
        .args(ARGUMENTS)
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start cargo test")?;
    let output = child.stdout.take().context("cargo test has no output")?;
    let mut tally = Tally::default();
    let mut not_run = Vec::new();
    for line in BufReader::new(output).lines() {
        let line = line.context("cannot read the output of cargo test")?;
        say!("{line}");
        if let Some(counted) = closing_line(&line) {
            tally += counted;
        }
        if line.starts_with(NOT_RUN) {
            not_run.push(line);
        }
    }
    let status = child.wait().context("cannot wait for cargo test")?;
    // A build error or a crashed runner leaves no closing line of its own.
    if !status.success() && tally.failed == 0 {
        tally.failed = 1;
    }
    tally.not_run = not_run.len();
    tally.passed = tally.passed.saturating_sub(tally.not_run);
    for line in not_run {
        say!("{line}");
    }
    Ok(tally)
}

/// Reads `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
fn closing_line(line: &str) -> Option<Tally> {
    let counts = line.trim().strip_prefix("test result: ")?.split_once(". ")?.1;
    let count = |word: &str| {
        let field = counts.split("; ").find(|field| field.ends_with(word))?;
        field.split_once(' ')?.0.parse::<usize>().ok()
    };
    let failed = count(" failed")? + count(" ignored")?;
    Some(Tally { passed: count(" passed")?, failed, not_run: 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closing_line_is_counted_and_an_ignored_test_counts_as_failed() {
        let line =
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s";
        assert_eq!(closing_line(line), Some(Tally { passed: 3, failed: 1, not_run: 0 }));
        let line = "test result: FAILED. 12 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(closing_line(line), Some(Tally { passed: 12, failed: 2, not_run: 0 }));
    }

    /// Cargo takes the default members alone where nothing else is said.
    #[test]
    fn packages_outside_the_default_members_are_tested_too() {
        let repository = Repository::open().unwrap();
        let metadata = repository.metadata();
        let left_out = metadata.workspace_members.len() - metadata.workspace_default_members.len();
        assert!(
            left_out > 0 && ARGUMENTS.contains(&"--workspace"),
            "{left_out} packages are no default members"
        );
    }

    #[test]
    fn other_lines_are_not_counted() {
        assert_eq!(closing_line("test scan::reads_a_photo ... ok"), None);
        assert_eq!(closing_line("test result: garbage"), None);
    }
}
