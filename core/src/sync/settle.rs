//! Settle: once the whole log is here, everything that came is judged by it, and conclusions are drawn, in one step.

use std::collections::BTreeSet;

use countersign_protocol::entry::SignedEntry;
use countersign_protocol::ids::{AccountId, SpaceId};
use countersign_protocol::log::SpaceOf;
use countersign_protocol::op::Op;

use super::notice::Notice;
use super::pull::progress;
use super::{SyncError, judge, keys, reseal, rotations};
use crate::client::{Desk, Line, line_of};
use crate::people::track;
use crate::store::{Progress, Step, StoreError};

/// What the entries since the last time are about.
#[derive(Default)]
struct News {
    accounts: BTreeSet<AccountId>,
    rotated: BTreeSet<SpaceId>,
}

/// Draws the conclusions from all that was received.
pub(super) fn settle(desk: &mut Desk<'_>) -> Result<(), SyncError> {
    let (store, before) = (desk.store, progress(desk)?);
    let lines = store.step(|step| {
        let news = news(desk, before)?;
        let mut spaces = keys::open(desk, step)?;
        if before.settled < before.confirmed {
            forget_lost(desk, step, before)?;
        }
        spaces.extend(rotations::take(desk, step, &news.rotated)?);
        spaces.extend(judge::received(desk, step)?);
        reseal::unsent(desk, step)?;
        track(desk, step)?;
        let mut accounts = news.accounts;
        accounts.extend(spaces.into_iter().filter_map(|space| account_of(desk, space)));
        let lines = relist(desk, step, accounts, before)?;
        step.put_progress(&Progress { settled: before.confirmed, ..progress(desk)? })?;
        Ok::<_, SyncError>(lines)
    })?;
    if !lines.is_empty() {
        desk.relisted(lines);
    }
    Ok(())
}

fn news(desk: &Desk<'_>, progress: Progress) -> Result<News, SyncError> {
    let mut news = News::default();
    for seq in progress.settled..progress.confirmed {
        let signed = SignedEntry::decode(&desk.store.entry(seq)?).map_err(|_| StoreError::Damaged)?;
        match signed.entry.op {
            Op::Account(account) => drop(news.accounts.insert(account.account)),
            Op::Grant { account, .. } | Op::DeleteAccount { account } => drop(news.accounts.insert(account)),
            Op::Rotate(rotate) => drop(news.rotated.insert(rotate.space)),
            _ => {}
        }
    }
    Ok(news)
}

/// V11: what the verified log takes from this device goes. What had not been sent is counted, and said to be gone. An entry
/// of this device's own that the server has not taken takes nothing.
fn forget_lost(desk: &mut Desk<'_>, step: &Step<'_>, progress: Progress) -> Result<(), SyncError> {
    if desk.session.log.next_seq() != progress.confirmed {
        return Ok(());
    }
    let (device, mut unsent) = (desk.session.identity.device, 0);
    let waiting = desk.store.unsent_records()?;
    for space in desk.store.spaces()? {
        if desk.session.log.state().loss(device, space).is_some() {
            unsent += waiting.iter().filter(|(found, _)| *found == space).count() as u64;
            step.forget_space(space)?;
            desk.keys.forget(space);
        }
    }
    if unsent > 0 {
        step.put_notice(&Notice::UnsentLost { count: unsent }.stored(Vec::new()))?;
    }
    Ok(())
}

fn account_of(desk: &Desk<'_>, space: SpaceId) -> Option<AccountId> {
    match desk.session.log.state().live_space(space).ok()?.of {
        SpaceOf::Codes(account) | SpaceOf::Controls(account) => Some(account),
        SpaceOf::Directory => None,
    }
}

/// Makes the lines of `accounts` again, and takes away those of accounts in which this member has no role any more.
fn relist(
    desk: &mut Desk<'_>,
    step: &Step<'_>,
    mut accounts: BTreeSet<AccountId>,
    before: Progress,
) -> Result<Vec<(AccountId, Option<Line>)>, SyncError> {
    if before.settled < before.confirmed {
        let (state, device) = (desk.session.log.state(), desk.session.identity.device);
        let listed = desk.session.lines.iter().map(|(account, _)| *account);
        accounts.extend(listed.filter(|account| !state.may_read(device, desk.codes(*account))));
    }
    let mut lines = Vec::new();
    for account in accounts {
        let line = line_of(desk, account)?;
        match &line {
            Some(line) => {
                let sealed = line.seal(account, &desk.session.local, &*desk.host.entropy)?;
                step.put_line(account, &sealed)?;
            }
            None => step.forget_line(account)?,
        }
        lines.push((account, line));
    }
    Ok(lines)
}
