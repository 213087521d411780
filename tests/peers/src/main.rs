//! `countersign-peers`: our QR reader beside rqrr, rxing and zxing-cpp, on the same luma buffers in one run.
//!
//! Figures of two runs cannot be compared on a shared machine, so one run measures everyone, one thread, one
//! picture after the other. `cargo xtask bench scan` starts this program in the release profile; what it
//! counts and how is in `docs/measurements.md`.

mod decoders;
mod manifest;
mod measure;
mod picture;
mod report;
mod score;
mod statistics;
mod streams;
mod tally;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, ensure};
use clap::Parser;

use decoders::Decoder;

/// Measures QR readers on the pictures of a manifest.
#[derive(Parser)]
#[command(name = "countersign-peers", version)]
struct Arguments {
    /// Folder that the manifest's paths start from.
    #[arg(long, value_name = "DIR")]
    images: PathBuf,
    /// Which pictures, and what each holds.
    #[arg(long, value_name = "CSV")]
    manifest: PathBuf,
    /// Who is measured, in this order.
    #[arg(long, value_name = "NAMES", value_delimiter = ',', required = true)]
    decoders: Vec<Decoder>,
    /// Fail unless `ours` reads this share of the scored rows, with no wrong text, false read or panic.
    #[arg(long, value_name = "PERCENT")]
    min_read: Option<f64>,
    /// Also write the figures, and every picture's outcome, to this file.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

fn main() -> ExitCode {
    run(&Arguments::parse()).unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    ensure!(
        arguments.min_read.is_none() || arguments.decoders.contains(&Decoder::Ours),
        "--min-read judges `ours`, which is not among --decoders"
    );
    for decoder in &arguments.decoders {
        decoder.check_built_in()?;
    }
    let rows = manifest::read(&arguments.manifest)?;
    manifest::check_files(&rows, &arguments.images)?;

    let single: Vec<_> = rows.iter().filter(|row| row.stream.is_empty()).cloned().collect();
    let run = measure::run(&single, &arguments.images, &arguments.decoders)?;
    let streams = streams::run(&rows, &arguments.images, &arguments.decoders)?;
    if !single.is_empty() {
        print!("{}", report::text(&run));
    }
    if let Some(path) = &arguments.json {
        std::fs::write(path, report::json(&run)?)
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    let mut holds = true;
    if !single.is_empty() {
        let (line, single_holds) = report::summary(&run, arguments.min_read);
        println!("{line}");
        holds &= single_holds;
    }
    if !streams.is_empty() {
        print!("{}", streams.text());
        let (line, streams_hold) = streams.summary(arguments.min_read);
        println!("{line}");
        holds &= streams_hold;
    }
    Ok(if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
