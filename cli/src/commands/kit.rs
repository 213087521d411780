//! `countersign kit` and `recover`: the device on paper, shown until it is saved, and used when all else is lost.

use std::io::Read as _;

use zeroize::Zeroizing;

use super::Desk;
use super::init::{computer, named};
use crate::arguments::{Kit, Recover};
use crate::outcome::{Exit, Failure};
use crate::problem::Problem;
use crate::view::answer::Answer;

/// Groups of four characters on a line.
const GROUPS: usize = 4;
/// Longest text that is read as a kit, in bytes.
const LIMIT: u64 = 1024;

pub(super) fn run(arguments: &Kit, desk: &mut Desk<'_, '_>) -> Result<Answer, Failure> {
    let unlocked = desk.workspace.unlock()?;
    let Some(kit) = unlocked.unsaved_kit()? else {
        return Ok(Answer::new("The recovery kit is on paper; it is not kept here any more")
            .field("kit", None::<String>)
            .field("on_paper", true));
    };
    if arguments.saved {
        unlocked.kit_is_saved()?;
        return Ok(Answer::new("The recovery kit is on paper, and no longer kept here")
            .field("kit", None::<String>)
            .field("on_paper", true)
            .next("list"));
    }
    let groups: Vec<&str> = kit.split('-').collect();
    let lines = groups.chunks(GROUPS).map(|line| format!("  {}", line.join("-")));
    Ok(Answer::new("The recovery kit. Whoever has it opens the workspace: write it down, keep it safe.")
        .line("")
        .line(lines.collect::<Vec<_>>().join("\n"))
        .line("")
        .line("Once it is on paper:")
        .field("kit", &*kit)
        .field("on_paper", false)
        .next("kit --saved"))
}

pub(super) fn recover(arguments: &Recover, desk: &mut Desk<'_, '_>) -> Result<Answer, Failure> {
    desk.workspace.accepts_new_passphrase()?;
    desk.workspace.open()?.state()?;
    let kit = read(desk)?;
    let device = match &arguments.device {
        Some(device) => device.clone(),
        None => named(desk, "Name of this computer", computer()),
    };
    let client = desk.workspace.open()?;
    client.recover(&kit, &device).map_err(|error| desk.workspace.explain(error))?;
    Ok(Answer::new("The workspace is open again, under the new passphrase")
        .line("Favourites of this device are gone; nothing else is.")
        .field("device", device)
        .next("list"))
}

/// The kit as it is typed, line by line until it is all there; or standard input.
fn read(desk: &mut Desk<'_, '_>) -> Result<Zeroizing<String>, Failure> {
    let mut kit = Zeroizing::new(String::with_capacity(1024));
    if desk.console.input_is_terminal {
        while kit.chars().filter(|c| c.is_alphanumeric()).count() < 64 {
            let line = Zeroizing::new(desk.console.ask("Recovery kit: ").unwrap_or_default());
            if line.is_empty() {
                break;
            }
            kit.push_str(&line);
            kit.push('-');
        }
    } else {
        let read = (&mut desk.console.input).take(LIMIT).read_to_string(&mut kit);
        read.map_err(|error| {
            let message = format!("standard input cannot be read: {error}");
            let problem = Problem::new("unreadable", message, "Give the kit as text.");
            Failure::Workspace(Exit::UnreadableInput, problem)
        })?;
    }
    Ok(kit)
}
