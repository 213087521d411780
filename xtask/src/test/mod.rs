//! `cargo xtask test`: every check and every test of the repository. What this passes may land.
//!
//! A suite sets up what it needs by itself, and one that cannot run is a failure, never a skip. A single test that the
//! system has no means for, such as a disk of its own, is named and counted apart. Times are printed so that a suite that
//! grows slow is seen.

mod cargo_test;

use std::process::ExitCode;
use std::time::Duration;

use crate::check;
use crate::kill;
use crate::repository::Repository;
use crate::stopwatch;
use crate::tally::Tally;

/// Nothing to choose: what lands has passed all of it.
#[derive(clap::Args)]
pub(crate) struct Arguments {}

/// A part of the run whose time is worth knowing on its own.
struct Suite {
    name: &'static str,
    run: fn(&Repository) -> anyhow::Result<Tally>,
}

const SUITES: [Suite; 3] = [
    Suite { name: "checks", run: check::all },
    Suite { name: "Rust", run: cargo_test::run },
    Suite { name: "kill", run: kill::suite },
];

pub(crate) fn run(_: &Arguments) -> anyhow::Result<ExitCode> {
    let repository = Repository::open()?;
    let mut total = Tally::default();
    let mut lines = Vec::new();
    for suite in &SUITES {
        say!("--- {} ---", suite.name);
        let (outcome, took) = stopwatch::time(|| (suite.run)(&repository));
        // A suite that could not run does not hide what the others would have found.
        let tally = outcome.unwrap_or_else(|error| {
            say!("error: {error:#}");
            Tally { failed: 1, ..Tally::default() }
        });
        lines.push(closing_line(suite.name, tally, took));
        total += tally;
    }
    say!("--- summary ---");
    for line in lines {
        say!("{line}");
    }
    say!("{total}");
    Ok(total.exit_code())
}

fn closing_line(name: &str, tally: Tally, took: Duration) -> String {
    let seconds = took.as_secs();
    format!("{name}: {tally} in {} min {:02} s", seconds / 60, seconds % 60)
}
