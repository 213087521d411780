//! `cargo xtask conformance FILE`: does the payload reader read a file of cases as the cases say?
//!
//! The comparison itself lives with the tests, so that a file that passes here passes in the suite too.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use countersign_tests::conformance;

/// Reads every payload in a file of cases and prints what differs.
///
/// One line a case that does not hold: its id, what was expected, what was got. Secrets and codes are compared and
/// never printed. Export files (`"entry": "file"`) are counted as "not yet". Exits with 0 only when every `core` case
/// holds and every `extended` one is read as it says or refused. The form of a file: tests/conformance/README.md.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A JSON list of cases, such as tests/conformance/otpauth-cases.json.
    file: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let file = arguments.file.display();
    let text = fs::read_to_string(&arguments.file).with_context(|| format!("cannot read {file}"))?;
    let cases = conformance::parse(&text).with_context(|| format!("{file} is not a file of cases"))?;
    let report = conformance::run(&cases);
    for mismatch in &report.mismatches {
        say!("{mismatch}");
    }
    say!("{report}");
    Ok(if report.holds() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
