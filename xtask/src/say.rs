//! Writes a line of a command's answer to standard output.
//!
//! `println!` panics where nobody reads any more or the disk is full. An answer that cannot be written is no reason for a
//! backtrace, and no success either: the exit code of these commands says that something was seen to hold.

use std::fmt;
use std::io::{self, Write};
use std::process;

/// Writes a line as `println!` does; a run whose answer nobody gets ends there.
macro_rules! say {
    ($($argument:tt)*) => {
        $crate::say::line(format_args!($($argument)*))
    };
}

pub(crate) fn line(text: fmt::Arguments<'_>) {
    let mut out = io::stdout().lock();
    let Err(error) = writeln!(out, "{text}") else { return };
    if let Some(complaint) = complaint(&error) {
        eprintln!("error: {complaint}");
    }
    process::exit(1);
}

/// What to say of an output that cannot be written; nothing to a reader that has had enough.
fn complaint(error: &io::Error) -> Option<String> {
    (error.kind() != io::ErrorKind::BrokenPipe).then(|| format!("the output cannot be written: {error}"))
}
