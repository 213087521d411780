//! `cargo xtask bench crypto`: what sharing costs beside the bare primitives, as ratios of one run.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::repository::Repository;

/// Measures boxes and records beside the primitives they are made of, and fails above 1.25.
///
/// Runs the criterion benchmark of countersign-crypto in the release profile. Each figure is the lower quartile of
/// its samples: what else the machine does only ever adds.
#[derive(clap::Args)]
pub(crate) struct Arguments {}

/// How much more than the bare calls each may cost.
const BAR: f64 = 1.25;

const COMPARED: [(&str, &str); 3] = [
    ("boxes", "boxes for 1,000 devices, beside bare HPKE"),
    ("seal", "a 256-byte record sealed, beside bare HKDF, AES-GCM, SHA-256, Ed25519"),
    ("open", "the same verified and opened, beside the same"),
];

pub(crate) fn run(_: &Arguments) -> anyhow::Result<ExitCode> {
    let repository = Repository::open()?;
    let bench = ["bench", "--locked", "--package", "countersign-crypto", "--bench", "crypto"];
    let status = repository.cargo().args(bench).status().context("cannot start cargo")?;
    ensure!(status.success(), "the benchmark did not run");

    let results = repository.metadata().target_directory.as_std_path().join("criterion");
    let mut missed = 0;
    for (group, what) in COMPARED {
        let (ours, bare) =
            (lower_quartile(&results, group, "ours")?, lower_quartile(&results, group, "bare")?);
        let ratio = ours / bare;
        let verdict = if ratio <= BAR { "holds" } else { "MISSED" };
        missed += usize::from(ratio > BAR);
        println!("{what}: {:.1} µs, bare {:.1} µs, ratio {ratio:.3}: {verdict}", ours / 1e3, bare / 1e3);
    }
    println!("{} of {} ratios are at most {BAR}", COMPARED.len() - missed, COMPARED.len());
    Ok(if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Nanoseconds that one iteration takes in the faster samples.
fn lower_quartile(results: &Path, group: &str, function: &str) -> anyhow::Result<f64> {
    let path = results.join(group).join(function).join("new/sample.json");
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let sample: Value = serde_json::from_str(&text)?;
    let numbers = |field: &str| sample[field].as_array().cloned().unwrap_or_default();
    let (iterations, times) = (numbers("iters"), numbers("times"));
    let mut each: Vec<f64> = iterations
        .iter()
        .zip(&times)
        .filter_map(|(iterations, time)| Some(time.as_f64()? / iterations.as_f64()?))
        .collect();
    each.sort_by(f64::total_cmp);
    each.get(each.len() / 4).copied().with_context(|| format!("{} has no samples", path.display()))
}
