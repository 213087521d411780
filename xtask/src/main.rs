//! `cargo xtask …`: everything CI runs, every generator, every measurement. One command, one module.

#[macro_use]
mod say;

mod bench;
mod check;
mod conformance;
mod frames;
mod fuzz;
mod golden;
mod kill;
mod model;
mod photo;
mod progress;
mod repository;
mod rights;
mod sim;
mod stopwatch;
mod tally;
mod test;
mod vectors;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The project's own commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

// One variant a command, in alphabetical order; the doc comment is its help.
#[derive(Subcommand)]
enum Command {
    /// Measurements beside others, in one run.
    Bench(bench::Arguments),
    /// Everything that can be judged without running: format, lints, docs, edges between rooms, sizes, licences.
    Check(check::Arguments),
    /// Reads a file of payload cases and prints what differs from what they say.
    Conformance(conformance::Arguments),
    /// Makes camera frames of QR codes from a seed, with a manifest of what each holds.
    Frames(frames::Arguments),
    /// Looks for inputs that break a property of a reader.
    Fuzz(fuzz::Arguments),
    /// Writes a store of this version into tests/golden/, which every later version must open.
    Golden(golden::Arguments),
    /// Kills a client at random moments and looks at what it left.
    Kill(kill::Arguments),
    /// The log beside its reference model, over random sequences of entries.
    Model(model::Arguments),
    /// Makes the demonstration picture: a real photograph in which a laptop shows a code.
    Photo(photo::Arguments),
    /// Writes the tables of docs/protocol.md from the code: numbers, and who may do what.
    Rights(rights::Arguments),
    /// Simulated phones: the real sync engine and the real server's code, on a network that a seed decides.
    Sim(sim::Arguments),
    /// Every check and every test of the repository; ends with `N passed, N failed`.
    Test(test::Arguments),
    /// Writes the test vectors in tests/vectors/, by which another implementation is held against this one.
    Vectors(vectors::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match arguments.command {
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Conformance(arguments) => conformance::run(&arguments),
        Command::Frames(arguments) => frames::run(&arguments),
        Command::Fuzz(arguments) => fuzz::run(&arguments),
        Command::Golden(arguments) => golden::run(&arguments),
        Command::Kill(arguments) => kill::run(&arguments),
        Command::Model(arguments) => model::run(&arguments),
        Command::Photo(arguments) => photo::run(&arguments),
        Command::Rights(arguments) => rights::run(&arguments),
        Command::Sim(arguments) => sim::run(&arguments),
        Command::Test(arguments) => test::run(&arguments),
        Command::Vectors(arguments) => vectors::run(&arguments),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}
