//! `cargo xtask model`: the log beside its reference model, for as many random sequences as you like.
//!
//! `cargo xtask test` runs a part of them on every change. A difference is printed with its seed, and
//! `--first-seed SEED --sequences 1` replays it.

use std::process::ExitCode;
use std::thread;

use countersign_tests::log_model::{Difference, Met, Races, run_sequence};

/// Which sequences to run.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How many sequences of up to 30 entries to run.
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    sequences: u64,
    /// The first seed; the others follow it.
    #[arg(long, value_name = "SEED", default_value_t = 0)]
    first_seed: u64,
}

/// How many sequences pass between two lines of progress.
const PROGRESS: u64 = 50_000;

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let threads = thread::available_parallelism().map_or(1, std::num::NonZero::get) as u64;
    let outcomes = thread::scope(|scope| {
        let start = |thread| scope.spawn(move || run_part(arguments, thread, threads));
        let running: Vec<_> = (0..threads).map(start).collect();
        running.into_iter().map(thread::ScopedJoinHandle::join).collect::<Vec<_>>()
    });
    let mut met = Met::default();
    let mut differences = 0;
    for outcome in outcomes {
        match outcome.map_err(|_| anyhow::anyhow!("a thread of the model panicked"))? {
            Ok(part) => met.add(&part),
            Err(difference) => {
                say!("{difference}");
                differences += 1;
            }
        }
    }
    for (verdict, count) in &met.verdicts {
        say!("{count:>12} {verdict}");
    }
    let Races { still_good, overtaken } = met.races;
    say!(
        "{still_good} races of two Admins after which the other entry was still good, {overtaken} after which it was not"
    );
    say!("{} sequences, {} entries judged alike, {differences} differences", met.sequences, met.steps);
    Ok(if differences == 0 && met.sequences > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn run_part(arguments: &Arguments, thread: u64, threads: u64) -> Result<Met, Difference> {
    let mut met = Met::default();
    for index in (thread..arguments.sequences).step_by(usize::try_from(threads).unwrap_or(1)) {
        run_sequence(arguments.first_seed.wrapping_add(index), &mut met)?;
        if index % PROGRESS == 0 && index > 0 {
            eprintln!("{index} of {}", arguments.sequences);
        }
    }
    Ok(met)
}
