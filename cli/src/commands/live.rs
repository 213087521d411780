//! A list that stays: redrawn each second on a terminal, a line a code elsewhere.
//!
//! The store is read when a code ends, and let go at once: other commands work while a list is on the screen, and what
//! they change is on it with the next code. It ends with the agent, or five minutes after a passphrase was typed.

use std::ops::ControlFlow;

use countersign_core::client::{AccountId, CodeOfAccount, Unlocked};
use countersign_core::ports::Timestamp;
use countersign_core::vault::LockAfter;

use super::list::{Listed, nothing};
use super::{Desk, state, watch::height};
use crate::hint::Hints;
use crate::outcome::{Exit, Failure};
use crate::page::Page;
use crate::view::answer::Answer;
use crate::view::card::{heading, title};
use crate::view::json;
use crate::view::watch::{Painter, fitted, running};

/// Shows what `read` gives until nobody waits for the next second, or the workspace is locked. `query` is what was sought.
pub(super) fn run(
    query: &str,
    read: impl Fn(&Unlocked) -> Result<Listed, Failure>,
    desk: &mut Desk<'_, '_>,
) -> Result<Answer, Failure> {
    desk.workspace.keep_for(LockAfter::USUAL.time());
    let live = desk.console.out.is_live() && !desk.json;
    let mut painter = Painter::default();
    let mut told = Vec::new();
    let mut listed = read(&desk.workspace.unlock()?)?;
    if listed.rows.is_empty() {
        return Ok(nothing(query));
    }
    loop {
        let (now, page) = (desk.ports.clock.now(), desk.console.out.page());
        if listed.until().is_some_and(|until| until <= now) {
            match desk.workspace.unlock().and_then(|unlocked| read(&unlocked)) {
                Ok(fresh) => listed = fresh,
                Err(failure @ Failure::Workspace(Exit::Locked, _)) => {
                    desk.console.out.write(&painter.draw(&[]))?;
                    return Err(failure);
                }
                // Somebody else has the store: the codes that follow are read as soon as they let go.
                Err(_) => {}
            }
        }
        let text = if live {
            painter.draw(&fitted(blocks(&listed, desk.workspace.hints(), now, page), height(), page))
        } else {
            fresh(&listed, now, desk, &mut told)
        };
        desk.console.out.write(&text)?;
        if desk.ports.metronome.next_second() == ControlFlow::Break(()) {
            return Ok(Answer::lines([]));
        }
    }
}

fn blocks(listed: &Listed, hints: &Hints, now: Timestamp, page: Page) -> Vec<Vec<String>> {
    let quiet = page.palette.quiet;
    let row = |row: &super::list::Row| {
        let below = match &row.code {
            CodeOfAccount::Now(code) if code.valid_until > now => running(code, now, page),
            CodeOfAccount::Now(_) => format!("{quiet}waiting for the store{quiet:#}"),
            _ => row.below(hints, now, page),
        };
        vec![heading(&row.account, page), below]
    };
    let mut blocks: Vec<_> = listed.rows.iter().map(row).collect();
    let notes = state::clock(listed.clock).into_iter().chain(listed.stale_for.map(state::stale));
    blocks.extend(notes.map(|note| vec![format!("{quiet}{note}{quiet:#}")]));
    if !listed.kit_is_saved {
        let next = hints.complete("countersign kit");
        blocks.push(vec![format!("{quiet}The recovery kit is not saved yet: {next}{quiet:#}")]);
    }
    blocks
}

/// What was not told yet of the codes that hold now.
fn fresh(
    listed: &Listed,
    now: Timestamp,
    desk: &Desk<'_, '_>,
    told: &mut Vec<(AccountId, Timestamp)>,
) -> String {
    let mut text = String::new();
    for row in &listed.rows {
        let CodeOfAccount::Now(code) = &row.code else { continue };
        let this = (row.account.id, code.valid_from);
        if code.valid_until <= now || told.contains(&this) {
            continue;
        }
        told.retain(|(account, _)| *account != row.account.id);
        told.push(this);
        if desk.json {
            text.push_str(&json::line(&row.document(now)));
        } else {
            let below = row.below(desk.workspace.hints(), now, desk.console.out.page());
            text.extend([&below, "   ", &title(&row.account), "\n"]);
        }
    }
    text
}
