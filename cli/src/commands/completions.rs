//! `countersign completions`: what the shell can complete, in the shell's own language.

use clap::CommandFactory;

use crate::arguments::{Arguments, Completions};
use crate::console::Console;
use crate::outcome::{Exit, Failure};

pub(crate) fn run(arguments: &Completions, console: &mut Console) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "countersign", &mut script);
    console.out.write(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Found)
}
