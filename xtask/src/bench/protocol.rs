//! `cargo xtask bench protocol`: what replaying a log costs beside its signature checks, and what a checkpoint saves.

use std::process::ExitCode;

use crate::repository::Repository;

use super::samples::Samples;

/// Measures the replay of a log of 10,000 entries, and fails above 1.25 times its bare signature checks.
///
/// Fails, too, where loading the checkpoint instead is less than 50 times faster. Runs the criterion benchmark of
/// countersign-protocol in the release profile. Each figure is the lower quartile of its samples: what else the
/// machine does only ever adds.
#[derive(clap::Args)]
pub(crate) struct Arguments {}

/// How much more than its signature checks a replay may cost.
const REPLAY_BAR: f64 = 1.25;

/// How many times faster than a replay a checkpoint must load.
const CHECKPOINT_BAR: f64 = 50.0;

pub(crate) fn run(_: &Arguments) -> anyhow::Result<ExitCode> {
    let samples = Samples::take(&Repository::open()?, "countersign-protocol", "replay")?;
    let (ours, bare) = (samples.lower_quartile("replay", "ours")?, samples.lower_quartile("replay", "bare")?);
    let checkpoint = samples.lower_quartile("replay", "checkpoint")?;
    let (ratio, faster) = (ours / bare, ours / checkpoint);
    let bars = [ratio <= REPLAY_BAR, faster >= CHECKPOINT_BAR];
    let verdict = |holds| if holds { "holds" } else { "MISSED" };
    say!(
        "replay: {:.1} ms, bare signature checks {:.1} ms, ratio {ratio:.3}, at most {REPLAY_BAR}: {}",
        ours / 1e6,
        bare / 1e6,
        verdict(bars[0])
    );
    say!(
        "checkpoint: {:.2} ms, {faster:.0} times faster than the replay, at least {CHECKPOINT_BAR}: {}",
        checkpoint / 1e6,
        verdict(bars[1])
    );
    let held = bars.iter().filter(|holds| **holds).count();
    say!("{held} of {} bars hold", bars.len());
    Ok(if held == bars.len() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
