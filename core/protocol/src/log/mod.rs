//! V2: the signed log of a workspace, verified entry by entry.
//!
//! A [`Log`] is what a device has verified: the head of every entry, and the state they add up to. An entry's
//! verdict depends on the log's bytes alone, so that all devices reach the same one. Judging takes the state by shared
//! reference and changing it cannot fail: a refused entry leaves no trace. The cost of an entry is what its op
//! touches, not the length of the log.

mod apply;
mod checkpoint;
mod error;
mod fork;
mod judge;
mod state;

#[cfg(test)]
mod tests;

use crate::cbor::DecodeError;
use crate::entry::{Entry, SignedEntry};
use crate::ids::{Head, PublicSigningKey, Signature, WorkspaceId};
use crate::join::JoinRequest;
use crate::numbers::{DeviceKind, Message};
use crate::op::{Genesis, Op};
use crate::rights::Ground;
use crate::signature;

use judge::Author;

pub use apply::Alarm;
pub use checkpoint::CheckpointError;
pub use error::{AuthorError, ChainError, EntryError, OpError, Thing};
pub use fork::ForkEvidence;
pub use state::{
    Account, Device, Dirt, Epoch, Invite, InviteStatus, LiveSpace, Member, Offer, Rights, Space, SpaceOf,
    State, User,
};

/// A verified log: its heads and what it says now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// The hash of each entry, by seq. Never empty.
    heads: Vec<Head>,
    state: State,
}

/// An entry that was verified and applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The entry.
    pub signed: SignedEntry,
    /// Its hash: the log's head now.
    pub head: Head,
    /// What people must be told.
    pub alarm: Option<Alarm>,
}

impl Log {
    /// Begins a log with its genesis, whose workspace an invite, a QR code or a kit has pinned.
    ///
    /// # Errors
    /// [`EntryError`]: the first check of *Genesis* in `docs/protocol.md` that fails.
    pub fn begin(wire: &[u8], pinned: WorkspaceId) -> Result<Self, EntryError> {
        let signed = SignedEntry::decode(wire)?;
        let entry = &signed.entry;
        let Op::Genesis(genesis) = &entry.op else { return Err(ChainError::MisplacedGenesis.into()) };
        ensure(entry.seq == 0, ChainError::MisplacedGenesis)?;
        ensure(entry.prev == Head::ZERO, ChainError::NotNext)?;
        let workspace = WorkspaceId::of_genesis(&entry.op.encode());
        ensure(workspace == entry.workspace && workspace == pinned, ChainError::WrongWorkspace)?;
        ensure(entry.by == genesis.device.record.id(), AuthorError::UnknownAuthor)?;
        verify_signature(&genesis.device.record.signing_key, wire)?;
        judge_genesis(genesis)?;
        Ok(Self { heads: vec![Head::of_entry(wire)], state: State::begin(workspace, genesis) })
    }

    /// Verifies and applies the next entry, as it was received.
    ///
    /// # Errors
    /// [`EntryError`]: the first check of *Verifying the next entry* in `docs/protocol.md` that fails. The log is
    /// then as it was.
    pub fn verify_next(&mut self, wire: &[u8]) -> Result<Accepted, EntryError> {
        let signed = SignedEntry::decode(wire)?;
        let entry = &signed.entry;
        let head = Head::of_entry(wire);
        self.check_place(entry, head, wire)?;
        let author = self.author(entry)?;
        verify_signature(&author.key, wire)?;
        let ground = self.state.judge(author, entry)?;

        let alarm = self.state.apply(author, entry, ground);
        self.heads.push(head);
        Ok(Accepted { signed, head, alarm })
    }

    /// Says what [`verify_next`](Self::verify_next) would, of an entry that is not signed yet: for those who are about
    /// to sign it.
    ///
    /// # Errors
    /// As `verify_next`, without the signature of the entry itself. Proofs inside the op are checked.
    pub fn would_accept(&self, entry: &Entry) -> Result<Ground, EntryError> {
        entry.check_form()?;
        ensure(entry.workspace == self.workspace(), ChainError::WrongWorkspace)?;
        ensure(entry.seq == self.next_seq() && entry.prev == self.head(), ChainError::NotNext)?;
        Ok(self.state.judge(self.author(entry)?, entry)?)
    }

    /// V4: whether a join request may become op 2 in an entry with this `ts`: all of its rules but the poster's right.
    ///
    /// # Errors
    /// [`ChainError::WrongWorkspace`], or [`OpError`] as of op 2.
    pub fn check_join(&self, request: &JoinRequest, ts: u64) -> Result<(), EntryError> {
        ensure(request.workspace == self.workspace(), ChainError::WrongWorkspace)?;
        Ok(self.state.judge_join_body(&request.join, ts)?)
    }

    /// What the log says now.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The workspace.
    pub fn workspace(&self) -> WorkspaceId {
        self.state.workspace
    }

    /// The seq that the next entry must have: how many entries were verified.
    pub fn next_seq(&self) -> u64 {
        self.heads.len() as u64
    }

    /// The last entry's hash.
    pub fn head(&self) -> Head {
        self.heads.last().copied().unwrap_or(Head::ZERO)
    }

    /// The hash of the entry at `seq`: what links, records and safety words name.
    pub fn head_at(&self, seq: u64) -> Option<Head> {
        self.heads.get(usize::try_from(seq).ok()?).copied()
    }

    /// V2: the entry has the log's next place.
    fn check_place(&self, entry: &Entry, head: Head, wire: &[u8]) -> Result<(), EntryError> {
        ensure(entry.workspace == self.workspace(), ChainError::WrongWorkspace)?;
        ensure((entry.seq == 0) == matches!(entry.op, Op::Genesis(_)), ChainError::MisplacedGenesis)?;
        let (found, expected) = (entry.seq, self.next_seq());
        ensure(found <= expected, ChainError::Gap { expected, found })?;
        match self.head_at(found) {
            None if entry.prev == self.head() => Ok(()),
            None => self.alarm(entry, wire, ChainError::ForkBefore { seq: found }),
            Some(held) if held == head => Err(ChainError::AlreadyHeld { seq: found }.into()),
            Some(_) => self.alarm(entry, wire, ChainError::Fork { seq: found }),
        }
    }

    /// V2: an entry of another log is an alarm where somebody of this log signed it; anybody can make up the rest.
    fn alarm(&self, entry: &Entry, wire: &[u8], alarm: ChainError) -> Result<(), EntryError> {
        let author = self.state.devices.get(&entry.by).ok_or(AuthorError::UnknownAuthor)?;
        verify_signature(&author.record.signing_key, wire)?;
        Err(alarm.into())
    }

    /// V3: the author is an active device of a member.
    fn author(&self, entry: &Entry) -> Result<Author, AuthorError> {
        let device = self.state.devices.get(&entry.by).ok_or(AuthorError::UnknownAuthor)?;
        match self.state.member(device.user) {
            Ok(member) if device.removed.is_none() => Ok(Author {
                device: entry.by,
                key: device.record.signing_key,
                kind: device.record.kind,
                user: device.user,
                role: member.role,
            }),
            _ => Err(AuthorError::RemovedAuthor),
        }
    }
}

/// V1: the signature at the end of an entry is `key`'s over the bytes before it.
fn verify_signature(key: &PublicSigningKey, wire: &[u8]) -> Result<(), EntryError> {
    let (bytes, signature) =
        wire.split_last_chunk::<64>().ok_or(DecodeError::Malformed { what: "an entry without signature" })?;
    let signature = Signature::from_bytes(*signature);
    ensure(signature::verify(key, Message::Entry, &[bytes], &signature), AuthorError::BadSignature)
}

/// V3: what a genesis op must be by itself.
fn judge_genesis(genesis: &Genesis) -> Result<(), EntryError> {
    let devices = [(&genesis.device, DeviceKind::Phone), (&genesis.kit, DeviceKind::Kit)];
    let all = |holds: &dyn Fn(&(_, DeviceKind)) -> bool| devices.iter().all(holds);
    ensure(all(&|(device, kind)| device.record.kind == *kind), OpError::WrongDeviceKind)?;
    ensure(all(&|(device, _)| device.record.can_be_boxed()), OpError::UnusableBoxKey)?;
    ensure(all(&|(device, _)| device.is_proven()), OpError::BadProof)
}

fn ensure(holds: bool, error: impl Into<EntryError>) -> Result<(), EntryError> {
    if holds { Ok(()) } else { Err(error.into()) }
}
