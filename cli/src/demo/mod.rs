//! `countersign demo`: the main job, whole, on this computer. A real server, and three people with a store each.
//!
//! What is shown is what happens: the clients are the ones that every command uses, and beside each step stands what passed
//! the wire for it. Nothing is asked, and nothing is left behind unless that is wanted.

mod stage;
mod story;
mod tell;
mod wire;

use crate::arguments::Demo;
use crate::console::Console;
use crate::outcome::{Exit, Failure};
use stage::Stage;
use tell::Teller;

pub(crate) fn run(arguments: &Demo, console: &mut Console) -> Result<Exit, Failure> {
    let stage = Stage::set(arguments)?;
    let mut teller = Teller::new(arguments.json);
    story::tell(&stage, &mut teller, console)?;
    teller.end(&stage, arguments.keep, console)?;
    if arguments.keep {
        stage.keep()?;
    }
    Ok(Exit::Found)
}
