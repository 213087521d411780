//! `cargo xtask bench scan`: starts `countersign-peers` in the release profile.
//!
//! Timings only mean something in release, and the readers measured there take minutes to build. So they are a
//! package of their own, built when this is asked for, and zxing-cpp (C++) only when it is among the decoders.

use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, ensure};
use clap::ValueEnum;

/// Measures QR readers on the pictures of a manifest.
///
/// Every reader gets the same luma bytes of every picture, one after the other, in one thread. Counted are, per
/// kind and source: read, wrong text and missed (rows whose truth is `repo` or `repo-test`, near duplicates
/// left out), false reads (rows without a code), and how many of the other rows give anything at all; and
/// milliseconds, median and 95th percentile, with and without a code. The last table sets the share read against the mean
/// time of a frame. Streams (`cargo xtask frames --stream 10`) are fed frame by frame until the first read.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Folder that the manifest's paths start from.
    #[arg(long, value_name = "DIR")]
    images: PathBuf,
    /// Which pictures, and what each holds; the form is in docs/measurements.md.
    #[arg(long, value_name = "CSV")]
    manifest: PathBuf,
    /// Who is measured, in this order.
    #[arg(long, value_name = "NAMES", value_delimiter = ',', default_value = "ours,rqrr,rxing,zxing-cpp")]
    decoders: Vec<Decoder>,
    /// Fail unless `ours` reads this share of the scored rows, with no wrong text, false read or panic.
    #[arg(long, value_name = "PERCENT")]
    min_read: Option<f64>,
    /// Also write the figures, and every picture's outcome, to this file.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

const EXAMPLES: &str = "Examples:
  cargo xtask frames --seed 1 --size 1280x720 --out target/frames
  cargo xtask bench scan --images target/frames --manifest target/frames/manifest.csv
  cargo xtask bench scan --images DIR --manifest CSV --decoders ours,rxing --min-read 94
  cargo xtask bench scan --images DIR --manifest CSV --decoders ours-1ms,ours-2ms,ours-5ms,ours-10ms,ours,zxing-cpp";

/// A QR reader that can be measured.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Decoder {
    /// This project's reader.
    Ours,
    /// The same with a budget of 1 ms a picture.
    #[value(name = "ours-1ms")]
    Ours1ms,
    /// With 2 ms.
    #[value(name = "ours-2ms")]
    Ours2ms,
    /// With 5 ms.
    #[value(name = "ours-5ms")]
    Ours5ms,
    /// With 10 ms.
    #[value(name = "ours-10ms")]
    Ours10ms,
    /// rqrr, pure Rust.
    Rqrr,
    /// rxing, a port of `ZXing`, in its plain setting.
    Rxing,
    /// zxing-cpp, C++: needs cmake and a C++ compiler.
    ZxingCpp,
}

impl Decoder {
    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    // The build takes minutes: what can be said before it is said before it.
    ensure!(arguments.images.is_dir(), "{} is not a folder", arguments.images.display());
    ensure!(arguments.manifest.is_file(), "{} is not a file", arguments.manifest.display());

    let mut command = Command::new("cargo");
    command.args(["run", "--quiet", "--release", "--package", "countersign-peers"]);
    if arguments.decoders.contains(&Decoder::ZxingCpp) {
        check_tools()?;
        command.args(["--features", "zxing-cpp"]);
    }
    let names: Vec<String> = arguments.decoders.iter().map(|decoder| decoder.name()).collect();
    command.arg("--").arg("--images").arg(&arguments.images).arg("--manifest").arg(&arguments.manifest);
    command.arg("--decoders").arg(names.join(","));
    if let Some(percent) = arguments.min_read {
        command.arg("--min-read").arg(percent.to_string());
    }
    if let Some(path) = &arguments.json {
        command.arg("--json").arg(path);
    }
    eprintln!("building the readers in release; the first time takes minutes");
    let status = command.status().context("cannot start cargo")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn check_tools() -> anyhow::Result<()> {
    let missing: Vec<&str> = ["cmake", "c++"].into_iter().filter(|tool| !is_there(tool)).collect();
    ensure!(
        missing.is_empty(),
        "zxing-cpp is built from C++ and {} cannot be started. Debian: apt-get install cmake g++. \
         Without it: --decoders ours,rqrr,rxing",
        missing.join(", ")
    );
    Ok(())
}

fn is_there(tool: &str) -> bool {
    Command::new(tool)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|s| s.success())
}
