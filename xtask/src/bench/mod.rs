//! `cargo xtask bench …`: what the project is measured by, beside others, in one run.

mod crypto;
mod protocol;
mod samples;
mod scan;
mod scan_worst;
mod store;

use std::process::ExitCode;

/// Which measurement.
#[derive(clap::Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    measurement: Measurement,
}

#[derive(clap::Subcommand)]
enum Measurement {
    /// Boxes and records beside the primitives they are made of; fails above 1.25.
    Crypto(crypto::Arguments),
    /// The replay of a log beside its signature checks, and a checkpoint; fails above 1.25 and below 50.
    Protocol(protocol::Arguments),
    /// QR readers on the pictures of a manifest: read, wrong, missed, false reads, milliseconds.
    Scan(scan::Arguments),
    /// The scanner on pictures made to cost it the most; fails 50 ms after a budget's end.
    ScanWorst(scan_worst::Arguments),
    /// A client with ten thousand accounts, beside the bare cost of what it must read and open.
    Store(store::Arguments),
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    match &arguments.measurement {
        Measurement::Crypto(arguments) => crypto::run(arguments),
        Measurement::Protocol(arguments) => protocol::run(arguments),
        Measurement::Scan(arguments) => scan::run(arguments),
        Measurement::ScanWorst(arguments) => scan_worst::run(arguments),
        Measurement::Store(arguments) => store::run(arguments),
    }
}
