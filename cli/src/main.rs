//! Countersign in a terminal: the same core as the phones, for people who work at a keyboard.

use clap::Parser;

/// Turns a picture of an MFA QR code into a running six-digit code.
#[derive(Parser)]
#[command(name = "countersign", version)]
struct Arguments {}

fn main() {
    let Arguments {} = Arguments::parse();
}
