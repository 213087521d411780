//! `cargo xtask bench crypto`: what sharing costs beside the bare primitives, as ratios of one run.

use std::process::ExitCode;

use crate::repository::Repository;

use super::samples::Samples;

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
    let samples = Samples::take(&repository, "countersign-crypto", "crypto")?;
    let mut missed = 0;
    for (group, what) in COMPARED {
        let (ours, bare) = (samples.lower_quartile(group, "ours")?, samples.lower_quartile(group, "bare")?);
        let ratio = ours / bare;
        let verdict = if ratio <= BAR { "holds" } else { "MISSED" };
        missed += usize::from(ratio > BAR);
        say!("{what}: {:.1} µs, bare {:.1} µs, ratio {ratio:.3}: {verdict}", ours / 1e3, bare / 1e3);
    }
    say!("{} of {} ratios are at most {BAR}", COMPARED.len() - missed, COMPARED.len());
    Ok(if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
