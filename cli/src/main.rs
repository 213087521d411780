//! Countersign in a terminal: the same core as the phones, for people who work at a keyboard.
//!
//! `main` gives the commands the system's streams and clocks, and turns what they return into an exit code. All
//! else takes those as values.

mod agent;
mod arguments;
mod commands;
mod console;
mod content;
mod demo;
mod escape;
mod guard;
mod help;
mod hint;
mod moment;
mod outcome;
mod page;
mod picture;
mod ports;
mod problem;
mod progress;
mod report;
mod view;
mod workspace;

use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser;
use countersign_core::ports::SystemClock;
use countersign_core::scan::Reader;

use crate::arguments::Arguments;
use crate::console::Console;
use crate::outcome::{Exit, Failure};
use crate::ports::{Ports, SystemMetronome};

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    if let [_, word] = arguments.as_slice() {
        // The program's own two companions: docs/adr/0023.
        if word == agent::ARGUMENT {
            return agent::serve().map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS);
        }
        if word == commands::HOLD_CLIPBOARD {
            return commands::hold_clipboard().map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS);
        }
    }
    let clock = SystemClock::new();
    let mut ports = Ports { clock: &clock, reader: &Reader::new(clock), metronome: &mut SystemMetronome };
    let mut console = Console::of_this_process();
    match run(&arguments, &mut ports, &mut console) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            let code = ExitCode::from(&failure);
            if let Some(advice) = failure.advice() {
                console.err.try_write(&view::trouble::error(&advice, console.err.page()));
            }
            code
        }
    }
}

fn run(arguments: &[OsString], ports: &mut Ports, console: &mut Console) -> Result<Exit, Failure> {
    guard::check(arguments).map_err(Failure::Usage)?;
    match Arguments::try_parse_from(arguments) {
        Ok(arguments) => commands::run(&arguments.command, ports, console),
        // A mistake in the arguments ends here, with exit code 2. A word that was let through as a name may stand in it.
        Err(mistake) if mistake.use_stderr() && guard::is_repeated(arguments, &mistake.to_string()) => {
            Err(Failure::Usage(guard::advice(guard::command(arguments))))
        }
        Err(mistake) if mistake.use_stderr() => mistake.exit(),
        // Help and version are answers like any other: one that cannot be written is not given.
        Err(answer) => {
            answer.print()?;
            std::io::stdout().flush()?;
            Ok(Exit::Found)
        }
    }
}
