//! `cargo xtask fuzz TARGET`: goes on looking for inputs that break a property, from where the small corpus ends.
//!
//! What is found is not kept by itself: a finding is mended, and its input becomes a file in `tests/corpora/`.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, bail, ensure};
use clap::builder::PossibleValuesParser;
use countersign_tests::fuzzing::TARGETS;

use crate::repository::Repository;

/// Fuzzes one target on one core.
///
/// Needs nightly Rust, a C++ compiler, and cargo-fuzz (`cargo install cargo-fuzz`). Inputs that lead somewhere new are
/// collected in tests/fuzz/corpus/TARGET, which is not committed; a finding is written to tests/fuzz/artifacts/TARGET.
/// Exits with 0 when the time is over and nothing was found.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// What to fuzz.
    #[arg(value_parser = PossibleValuesParser::new(TARGETS.map(|target| target.name)))]
    target: String,
    /// When to stop.
    #[arg(long, value_name = "N", default_value_t = 600, value_parser = clap::value_parser!(u32).range(1..))]
    seconds: u32,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let repository = Repository::open()?;
    let root = repository.root();
    require(root, &["+nightly", "--version"], "nightly Rust is missing: rustup toolchain install nightly")?;
    require(root, &["fuzz", "--version"], "cargo-fuzz is missing: cargo install cargo-fuzz")?;
    let Arguments { target, seconds } = arguments;
    let collected = root.join("tests/fuzz/corpus").join(target);
    fs::create_dir_all(&collected).with_context(|| format!("cannot create {}", collected.display()))?;
    let mut fuzzer = Command::new("cargo")
        .current_dir(root)
        .args(["+nightly", "fuzz", "run", "--fuzz-dir", "tests/fuzz", target])
        // New inputs go to the first folder; the committed one is only read.
        .arg(&collected)
        .arg(root.join("tests/corpora").join(target))
        .args(["--", "-print_final_stats=1", "-timeout=10", "-rss_limit_mb=2048"])
        .arg(format!("-max_total_time={seconds}"))
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot start cargo fuzz")?;
    let output = fuzzer.stderr.take().context("cargo fuzz has no output")?;
    let mut executions = None;
    for line in BufReader::new(output).lines() {
        let line = line.context("cannot read the output of cargo fuzz")?;
        eprintln!("{line}");
        if let Some(number) = line.strip_prefix("stat::number_of_executed_units:") {
            executions = number.trim().parse::<u64>().ok();
        }
    }
    let status = fuzzer.wait().context("cannot wait for cargo fuzz")?;
    let Some(executions) = executions else { bail!("the fuzzer did not run: see its output above") };
    if status.success() {
        say!("{target}: {executions} executions in {seconds} s, nothing found");
        return Ok(ExitCode::SUCCESS);
    }
    say!("{target}: a finding after {executions} executions, in tests/fuzz/artifacts/{target}");
    Ok(ExitCode::FAILURE)
}

fn require(root: &Path, arguments: &[&str], otherwise: &str) -> anyhow::Result<()> {
    let asked = Command::new("cargo").current_dir(root).args(arguments).output();
    let present = asked.context("cannot start cargo")?.status.success();
    ensure!(present, "{otherwise}");
    Ok(())
}
