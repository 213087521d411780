//! `countersign remove` and `undo`: into the bin, and out of it for 30 days.

use countersign_core::client::AccountSummary;

use super::Desk;
use super::enrol::{changed, refused};
use crate::moment;
use crate::outcome::Failure;
use crate::view::answer::Answer;
use crate::workspace::{call, find, find_in};

pub(super) fn remove(words: &[String], desk: &mut Desk<'_, '_>) -> Result<Answer, Failure> {
    let unlocked = desk.workspace.unlock()?;
    let account = find(&unlocked, words)?;
    unlocked.remove_account(account.id)?;
    let bin = unlocked.bin()?;
    let until = bin.iter().find(|binned| binned.summary.id == account.id).map(|binned| binned.until);
    let line = match until {
        Some(until) => format!("is in the bin until {}", moment::shown(until)),
        None => "is in the bin".to_owned(),
    };
    let names: Vec<AccountSummary> = bin.into_iter().map(|binned| binned.summary).collect();
    Ok(changed(&[], &account, &line)
        .field("until", until.map(countersign_core::ports::Timestamp::unix_seconds))
        .next(format!("undo {}", call(&names, account.id))))
}

pub(super) fn undo(words: &[String], desk: &mut Desk<'_, '_>) -> Result<Answer, Failure> {
    let unlocked = desk.workspace.unlock()?;
    // What goes first stands first, so what was removed last stands last.
    let mut names: Vec<AccountSummary> = unlocked.bin()?.into_iter().map(|binned| binned.summary).collect();
    let account = if words.is_empty() {
        names
            .pop()
            .ok_or_else(|| refused("empty_bin", "the bin is empty", "There is nothing to take back."))?
    } else {
        find_in(&names, words)?
    };
    unlocked.undo_remove(account.id)?;
    let accounts = unlocked.accounts("")?;
    let call = call(&accounts, account.id);
    Ok(changed(&accounts, &account, "is back, with all that it had").next(format!("show {call}")))
}
