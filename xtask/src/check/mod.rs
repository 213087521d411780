//! `cargo xtask check`: what can be judged without running the product.
//!
//! Each check is one function from the repository to the findings it makes; a finding is a line that names the
//! place and says what the rule wants. A check with no findings has passed. The rules themselves are written down
//! in CONTRIBUTING.md; this is what holds them.

mod edges;
mod licences;
mod pointers;
mod sizes;
mod tools;
mod uniffi;

use std::process::ExitCode;
use std::time::Duration;

use crate::repository::Repository;
use crate::stopwatch;
use crate::tally::Tally;

/// Nothing to choose: every check runs, and all findings are shown at once.
#[derive(clap::Args)]
pub(crate) struct Arguments {}

/// What one check found; empty when the rule holds.
type Findings = Vec<String>;

/// A rule of the house and what judges it.
struct Check {
    name: &'static str,
    judge: fn(&Repository) -> anyhow::Result<Findings>,
}

// Cheap ones first: a wrong format is known before the compiler has started.
const CHECKS: [Check; 10] = [
    Check { name: "tools of the toolchain", judge: tools::components },
    Check { name: "format", judge: tools::format },
    Check { name: "edges between rooms", judge: edges::judge },
    Check { name: "lints of every package", judge: edges::lints },
    Check { name: "sizes of files and functions", judge: sizes::judge },
    Check { name: "rules point to their code and tests", judge: pointers::judge },
    Check { name: "uniffi only in bindings", judge: uniffi::judge },
    Check { name: "licences of dependencies", judge: licences::judge },
    Check { name: "clippy", judge: tools::clippy },
    Check { name: "rustdoc", judge: tools::rustdoc },
];

pub(crate) fn run(_: &Arguments) -> anyhow::Result<ExitCode> {
    let tally = all(&Repository::open()?)?;
    say!("{tally}");
    Ok(tally.exit_code())
}

/// Runs every check, prints each verdict with its time, and counts them.
pub(crate) fn all(repository: &Repository) -> anyhow::Result<Tally> {
    let mut tally = Tally::default();
    for check in &CHECKS {
        let (findings, took) = stopwatch::time(|| (check.judge)(repository));
        report(check.name, &findings?, took, &mut tally);
    }
    Ok(tally)
}

fn report(name: &str, findings: &Findings, took: Duration, tally: &mut Tally) {
    let verdict = if findings.is_empty() { "ok" } else { "FAILED" };
    say!("check {name}: {verdict} ({:.1} s)", took.as_secs_f64());
    for finding in findings {
        say!("  {finding}");
    }
    tally.count(findings.is_empty());
}
