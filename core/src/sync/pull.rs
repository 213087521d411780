//! Pull: pages of changes, one transaction each with the cursor in it.
//!
//! Entries of the log are verified as they come. Everything else is kept as it came and judged by the whole log, once it
//! is there ([`settle`](super::settle)): an order of the server's choosing decides nothing.

use countersign_api::{Bytes, Changes, Cursor, Item, Refusal, SpaceRecords, WireRecord};
use countersign_protocol::DecodeError;
use countersign_protocol::entry::{Entry, SignedEntry};
use countersign_protocol::ids::{AccountId, Head, Signature, SpaceId, UserId};
use countersign_protocol::keybox::KeyBox;
use countersign_protocol::limits::{MAX_CIPHERTEXT_BYTES, MAX_HEADER_BYTES, MAX_MANIFEST_BYTES};
use countersign_protocol::log::{ChainError, EntryError, State};
use countersign_protocol::numbers::AccountRole;
use countersign_protocol::op::Op;
use countersign_protocol::placement::Place;
use countersign_protocol::record::RecordHeader;

use super::notice::Notice;
use super::server::{ServerError, WorkspaceServer};
use super::tail::Tail;
use super::{Connection, SyncError};
use crate::client::Desk;
use crate::people::known_after;
use crate::store::{Backfill, Progress, Received, Step};

/// The most changes in a page.
const PAGE: u32 = 500;

/// Fetches what is new until there is no more. Returns how many changes came, and the server's time if it said one.
pub(super) fn pull(
    connection: &Connection,
    server: &WorkspaceServer<'_>,
) -> Result<(usize, Option<u64>), SyncError> {
    let (mut count, mut now, mut started_anew) = (0, None, false);
    loop {
        let since = connection.with(|desk| Ok(progress(desk)?.cursor))?;
        let page = if now.is_none() && connection.wants_time() {
            server.changes_or_none(since, PAGE).map(Some)
        } else {
            server.changes(since, PAGE)
        };
        let page = match page {
            Ok(Some(page)) => page,
            Ok(None) => break,
            // Another life of the server: everything is fetched anew, and what is here stays.
            Err(ServerError::Refused { refusal: Refusal::CursorTooOld, .. }) if !started_anew => {
                started_anew = true;
                connection.with(|desk| set_cursor(desk, Cursor::START))?;
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        count += page.items.len();
        now = Some(page.now);
        let (more, moved) = (page.more, page.next != since);
        connection.with(|desk| take_page(desk, &page))?;
        if !more || !moved {
            break;
        }
    }
    fetch_spaces(connection, server)?;
    Ok((count, now))
}

/// The log alone: all that a removed device may read, and somebody whose invite was not answered yet.
pub(crate) fn pull_log(connection: &Connection, server: &WorkspaceServer<'_>) -> Result<usize, SyncError> {
    let mut count = 0;
    loop {
        let from = connection.with(|desk| Ok(progress(desk)?.confirmed))?;
        let page = server.log(from)?;
        count += page.entries.len();
        let items = page.entries.iter().map(|entry| Item::Entry { pos: 0, entry: entry.clone() }).collect();
        connection.with(|desk| {
            let next = progress(desk)?.cursor;
            take_page(desk, &Changes { items, next, more: false, now: 0 })
        })?;
        if !page.more || page.entries.is_empty() {
            return Ok(count);
        }
    }
}

/// How far sync has got.
pub(super) fn progress(desk: &Desk<'_>) -> Result<Progress, SyncError> {
    desk.store.progress()?.ok_or(SyncError::NoServer)
}

fn set_cursor(desk: &Desk<'_>, cursor: Cursor) -> Result<(), SyncError> {
    let progress = Progress { cursor, ..progress(desk)? };
    desk.store.step(|step| Ok(step.put_progress(&progress)?))
}

/// Takes a page in one step: all of it, with the cursor after it, or nothing.
fn take_page(desk: &mut Desk<'_>, page: &Changes) -> Result<(), SyncError> {
    let mut progress = progress(desk)?;
    let store = desk.store;
    let taken = store.step(|step| {
        let mut tail = Tail::default();
        for item in &page.items {
            match item {
                Item::Entry { entry, .. } => take_entry(desk, step, &mut progress, &mut tail, &entry.0)?,
                Item::KeyBox { sealed, .. } => take_box(desk, step, &sealed.0)?,
                Item::Manifest { space, manifest, .. } => {
                    take_manifest(step, SpaceId::from_bytes(space.0), manifest)?;
                }
                Item::Record { record, .. } => take_record(step, record)?,
            }
        }
        tail.sign_again(desk, step)?;
        step.put_progress(&Progress { cursor: page.next, ..progress })?;
        Ok::<_, SyncError>(desk.session.put_checkpoint(store, step, &*desk.host.entropy)?)
    });
    if let Err(SyncError::Fork { seq }) = taken {
        keep_evidence(desk, page, seq)?;
    }
    desk.session.checkpointed(taken?);
    Ok(())
}

/// The next entry, one that is here already, or an alarm.
fn take_entry(
    desk: &mut Desk<'_>,
    step: &Step<'_>,
    progress: &mut Progress,
    tail: &mut Tail,
    wire: &[u8],
) -> Result<(), SyncError> {
    let signed = SignedEntry::decode(wire).map_err(of_decoding)?;
    let (seq, head) = (signed.entry.seq, Head::of_entry(wire));
    if seq > progress.confirmed {
        return Err(SyncError::Withheld);
    }
    if desk.session.log.head_at(seq) == Some(head) {
        progress.confirmed = progress.confirmed.max(seq + 1);
        return Ok(());
    }
    if seq < progress.confirmed {
        return Err(SyncError::Fork { seq });
    }
    // Somebody else's entry has the place for which this device had signed its own.
    tail.cut(desk, step, progress.confirmed)?;
    note(desk, step, &signed.entry)?;
    desk.session.log.verify_next(wire).map_err(|error| of_entry(error, seq))?;
    step.put_entry(seq, wire)?;
    progress.confirmed = seq + 1;
    Ok(())
}

fn of_decoding(error: DecodeError) -> SyncError {
    match error {
        DecodeError::NeedsUpdate { .. } => SyncError::NeedsUpdate,
        error => SyncError::Log(error.into()),
    }
}

fn of_entry(error: EntryError, seq: u64) -> SyncError {
    match error {
        EntryError::Form(error) => of_decoding(error),
        EntryError::Chain(ChainError::Fork { .. } | ChainError::ForkBefore { .. }) => SyncError::Fork { seq },
        error => SyncError::Log(error),
    }
}

/// What has to be written down before an entry changes the state: who will have known which secrets, and which spaces this
/// device will have to fetch.
fn note(desk: &Desk<'_>, step: &Step<'_>, entry: &Entry) -> Result<(), SyncError> {
    let (state, me) = (desk.session.log.state(), desk.session.identity.user);
    known_after(state, entry).iter().try_for_each(|known| step.put_known(known))?;
    if let Op::Grant { account, user, role: Some(role) } = entry.op {
        step.forget_known(account, user)?;
        if user == me {
            for space in gained(desk, state, account, user, role) {
                step.put_backfill(&Backfill { space, after: None })?;
            }
        }
    }
    Ok(())
}

fn gained(
    desk: &Desk<'_>,
    state: &State,
    account: AccountId,
    user: UserId,
    role: AccountRole,
) -> Vec<SpaceId> {
    let before = state.account_roles(account).ok().and_then(|roles| roles.get(&user)).copied();
    let opens =
        [(AccountRole::Collaborator, desk.codes(account)), (AccountRole::Owner, desk.controls(account))];
    let is_gained = |least| before < Some(least) && role >= least;
    opens.into_iter().filter(|(least, _)| is_gained(*least)).map(|(_, space)| space).collect()
}

/// V2: what proves the fork is kept: the entry that is held, and the one that was shown.
fn keep_evidence(desk: &Desk<'_>, page: &Changes, seq: u64) -> Result<(), SyncError> {
    let is_it = |entry: &&Bytes| SignedEntry::decode(&entry.0).is_ok_and(|found| found.entry.seq == seq);
    let entries = page.items.iter().filter_map(|item| match item {
        Item::Entry { entry, .. } => Some(entry),
        _ => None,
    });
    let shown = entries.rev().find(is_it).map(|entry| entry.0.clone()).unwrap_or_default();
    let notice = Notice::Fork { seq }.stored(shown);
    desk.store.step(|step| Ok(step.put_notice(&notice)?))
}

/// A box for this device. It is believed if the key in it is the one that the log commits to.
fn take_box(desk: &Desk<'_>, step: &Step<'_>, bytes: &[u8]) -> Result<(), SyncError> {
    match KeyBox::decode(bytes) {
        Ok(found) if found.device == desk.session.identity.device => Ok(step.put_received_box(&found)?),
        _ => Ok(()),
    }
}

fn take_manifest(step: &Step<'_>, space: SpaceId, manifest: &Bytes) -> Result<(), SyncError> {
    if manifest.0.len() <= MAX_MANIFEST_BYTES {
        step.put_received_manifest(space, &manifest.0)?;
    }
    Ok(())
}

/// A record as it came. One whose header does not read belongs nowhere, and is passed over.
fn take_record(step: &Step<'_>, wire: &WireRecord) -> Result<(), SyncError> {
    let WireRecord { hdr, ct, sig } = wire;
    if hdr.0.len() > MAX_HEADER_BYTES || ct.0.len() > MAX_CIPHERTEXT_BYTES {
        return Ok(());
    }
    let (Ok(header), Ok(signature)) = (RecordHeader::decode(&hdr.0), <[u8; 64]>::try_from(&sig.0[..])) else {
        return Ok(());
    };
    let place = Place { space: header.space, record: header.id() };
    let received = Received::new(place, hdr.0.clone(), ct.0.clone(), Signature::from_bytes(signature));
    Ok(step.put_received(&received)?)
}

/// Fetches the spaces that this device was given access to after they had been filled.
fn fetch_spaces(connection: &Connection, server: &WorkspaceServer<'_>) -> Result<(), SyncError> {
    let waiting = connection.with(|desk| Ok(desk.store.backfills()?))?;
    for mut backfill in waiting {
        loop {
            let page = match server.space(backfill.space, backfill.after) {
                Ok(page) => page,
                // Access was taken away again.
                Err(ServerError::Refused { refusal: Refusal::Forbidden, .. }) => {
                    SpaceRecords { manifest: None, records: Vec::new(), after: None }
                }
                Err(error) => return Err(error.into()),
            };
            let next = page.after.map(|after| countersign_protocol::ids::RecordId::from_bytes(after.0));
            // A server that answers the same page again and again is not followed.
            let goes_on = next.is_some() && next > backfill.after;
            backfill.after = next;
            connection.with(|desk| take_space(desk, &backfill, &page, goes_on))?;
            if !goes_on {
                break;
            }
        }
    }
    Ok(())
}

fn take_space(
    desk: &Desk<'_>,
    backfill: &Backfill,
    page: &SpaceRecords,
    goes_on: bool,
) -> Result<(), SyncError> {
    desk.store.step(|step| {
        if let Some(manifest) = &page.manifest {
            take_manifest(step, backfill.space, manifest)?;
        }
        page.records.iter().try_for_each(|record| take_record(step, record))?;
        if goes_on {
            step.put_backfill(backfill)?;
        } else {
            step.forget_backfill(backfill.space)?;
        }
        Ok(())
    })
}
