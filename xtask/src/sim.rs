//! `cargo xtask sim`: simulated phones, the real sync engine and the real server's code, on a network that a seed decides.
//!
//! A seed that fails is printed, and `--seed` replays it: the same seed gives the same run, step by step.

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use countersign_tests::sim::{Counts, Cursors, Failure, run as simulate};

use crate::progress::Progress;
use crate::stopwatch;
use crate::tally::Tally;

const AFTER_HELP: &str = "\
Each seed is a workspace of three to five devices, 250 things that happen to it (syncs, requests and answers that are lost, late or
there twice, changes, shares, removals, crashes, restarts of the server, clocks that jump by a day), and then peace: all devices must
show the same, with everything that was acknowledged, once. Exits with 0 only when every seed ends so.

Examples:
  cargo xtask sim                      50 seeds
  cargo xtask sim --seeds 1000 --first-seed 1000
  cargo xtask sim --seed 42            this one alone, each step told on standard error
  cargo xtask sim --wrong-cursor       a server that counts by time, to see that it is found";

/// Simulated phones on a network that a seed decides.
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// How many seeds to run.
    #[arg(long, value_name = "N", default_value_t = 50)]
    seeds: u64,
    /// The first of them; the others follow it.
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    first_seed: u64,
    /// Replay this seed alone, and tell each step.
    #[arg(long, value_name = "SEED", conflicts_with_all = ["seeds", "first_seed"])]
    seed: Option<u64>,
    /// Let the server count changes by time, which is wrong: runs must fail.
    #[arg(long)]
    wrong_cursor: bool,
}

#[allow(clippy::unnecessary_wraps, reason = "the shape that every command has")]
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let cursors = if arguments.wrong_cursor { Cursors::ByTime } else { Cursors::ByPosition };
    if let Some(seed) = arguments.seed {
        let ran = simulate(seed, cursors, true);
        say!("{}", ran.as_ref().map_or_else(ToString::to_string, ToString::to_string));
        return Ok(if ran.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    Ok(simulate_all(arguments.first_seed, arguments.seeds, cursors).exit_code())
}

fn simulate_all(first: u64, count: u64, cursors: Cursors) -> Tally {
    let ((counts, failures), took) = stopwatch::time(|| on_all_cores(first, count, cursors));
    for failure in &failures {
        say!("{failure}\n  replay: cargo xtask sim --seed {}", failure.seed);
    }
    say!("{count} seeds, {counts}, {} failed, in {} s", failures.len(), took.as_secs());
    let passed = usize::try_from(counts.runs).unwrap_or(usize::MAX);
    Tally { passed, failed: failures.len(), not_run: 0 }
}

fn on_all_cores(first: u64, count: u64, cursors: Cursors) -> (Counts, Vec<Failure>) {
    let next = AtomicU64::new(0);
    let seen = Mutex::new((Counts::default(), Vec::new()));
    let progress = Mutex::new(Progress::new(usize::try_from(count).unwrap_or(usize::MAX)));
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                return;
            }
            let seed = first.wrapping_add(number);
            let ran = simulate(seed, cursors, false);
            let mut seen = seen.lock().expect("nobody panics while holding the counts");
            match ran {
                Ok(counts) => seen.0.add(&counts),
                Err(failure) => seen.1.push(failure),
            }
            progress.lock().expect("nobody panics while telling").step(&format!("seed {seed}"));
        }
    };
    thread::scope(|scope| {
        let threads = thread::available_parallelism().map_or(1, std::num::NonZero::get);
        (0..threads).for_each(|_| drop(scope.spawn(work)));
    });
    let (counts, mut failures) = seen.into_inner().expect("nobody panics while holding the counts");
    failures.sort_by_key(|failure: &Failure| failure.seed);
    (counts, failures)
}
