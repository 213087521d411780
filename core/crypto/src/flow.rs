//! What people do with each other, as pure functions: a verified log, keys and a time in, one batch of messages out.
//!
//! Each flow makes one entry of the log with the boxes, manifest and records that belong to it. The server takes entry,
//! manifest and records together or not at all, and gets the boxes once the entry is in the log (V5). Nothing is made that the log would refuse: the verifier is asked before anything is
//! signed. The caller stores the batch before sending it, sends the same bytes until they are answered (V2), and
//! lets its own log verify the entry like anybody else's.

mod accounts;
mod boxes;
mod devices;
mod found;
mod invites;
mod members;
mod outstanding;
mod recovery;
mod rotation;
mod write;

use countersign_protocol::device::DeviceRecord;
use countersign_protocol::entry::Entry;
use countersign_protocol::ids::{AccountId, DeviceId, Head, InstanceId, SpaceId, UserId};
use countersign_protocol::keybox::KeyBox;
use countersign_protocol::limits::MAX_MANIFEST_LINES;
use countersign_protocol::log::{EntryError, Log, OpError, State};
use countersign_protocol::manifest::Manifest;
use countersign_protocol::numbers::Message;
use countersign_protocol::op::Op;

use crate::content::MAX_PLAINTEXT_BYTES;
use crate::device::DeviceKeys;
use crate::entropy::{self, Entropy, EntropyError};
use crate::key_ring::KeyRing;
use crate::record::{OwnedRecord, SealError};
use crate::space_key::{KeyPlace, SpaceKey};

pub use devices::AdditionError;
pub use found::{Founded, Names, found};
pub use invites::{Admission, AdmissionError, join_request};
pub use outstanding::Outstanding;
pub use recovery::RecoveryError;
pub use rotation::Adopted;

/// A device about to sign, and all that it goes by.
#[derive(Clone, Copy)]
pub struct Author<'a> {
    /// The log as far as the device has verified it.
    pub log: &'a Log,
    /// The device.
    pub device: &'a DeviceKeys,
    /// The space keys that it holds.
    pub keys: &'a KeyRing,
    /// The entry that it signed and sent, and that was neither taken nor refused by name (V2).
    pub outstanding: Option<Outstanding>,
    /// The time to be signed, in ms since the Unix epoch.
    pub ts: u64,
    /// Randomness for keys, salts and boxes.
    pub entropy: &'a dyn Entropy,
}

/// One entry and what belongs to it.
#[derive(Debug)]
pub struct Batch {
    /// The signed entry, as it is sent.
    pub entry: Vec<u8>,
    /// The entry's number.
    pub seq: u64,
    /// The log's head once it is accepted.
    pub head: Head,
    /// What the device has signed now: handed to its next [`Author`] until this entry is answered.
    pub outstanding: Outstanding,
    /// Keys for those who may read. Of a rotation they go with the entry; else they stay here until the entry is in the
    /// log, and then go to those who read by that log (V5, ADR 0017).
    pub boxes: Vec<KeyBox>,
    /// Of a rotation, the space and the list of its records.
    pub manifest: Option<(SpaceId, Manifest)>,
    /// Records that begin with the entry.
    pub records: Vec<OwnedRecord>,
    /// Keys that were made for it. They go into the [`KeyRing`] once the entry is in the log.
    pub keys: Vec<(KeyPlace, SpaceKey)>,
}

/// Why a flow made nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FlowError {
    /// The log would refuse the entry: the reason, as the verifier has it.
    #[error(transparent)]
    Refused(#[from] EntryError),
    /// The source of randomness failed; trying again is safe.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// This device was never given the space's key: another one has to do it.
    #[error("use a space key that this device does not hold")]
    KeyMissing,
    /// The space is dirty: an Owner's device rotates it first (V8).
    #[error("seal a record in a space whose key must be replaced first")]
    SpaceDirty,
    /// The author may not write this record, by the table of rights.
    #[error("write a record without the right to")]
    NotPermitted,
    /// V2: the device has signed another entry for this place, which may still be taken: that one is sent again.
    #[error("sign a second entry {seq}")]
    AlreadySigned {
        /// The place in the log.
        seq: u64,
    },
    /// A space has more records than a manifest lists.
    #[error("list more than {MAX_MANIFEST_LINES} records of a space")]
    ManifestTooLong,
    /// V8: the key of a rescued account's controls is lost and what they held with it: the new list is empty.
    #[error("list records whose key is lost with the account's owners")]
    ContentLost,
    /// A record holds more than a reader takes.
    #[error("seal a record of more than {MAX_PLAINTEXT_BYTES} bytes")]
    TooLarge,
    /// The record has the highest revision that the log allows (ADR 0009): the next entry, whoever makes it, allows more.
    #[error("seal a revision above {limit}, the highest that this log allows")]
    RevisionTooFar {
        /// The highest.
        limit: u64,
    },
}

impl FlowError {
    /// The error's stable name; of a refusal, the verifier's.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Refused(error) => error.name(),
            Self::Entropy(_) => "Entropy",
            Self::KeyMissing => "KeyMissing",
            Self::SpaceDirty => "SpaceDirty",
            Self::NotPermitted => "NotPermitted",
            Self::AlreadySigned { .. } => "AlreadySigned",
            Self::ManifestTooLong => "ManifestTooLong",
            Self::ContentLost => "ContentLost",
            Self::TooLarge => "TooLarge",
            Self::RevisionTooFar { .. } => "RevisionTooFar",
        }
    }
}

impl From<SealError> for FlowError {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Entropy(error) => Self::Entropy(error),
            SealError::TooLarge => Self::TooLarge,
            SealError::RevisionTooFar { limit } => Self::RevisionTooFar { limit },
        }
    }
}

impl From<OpError> for FlowError {
    fn from(error: OpError) -> Self {
        Self::Refused(error.into())
    }
}

/// A new user id: 16 random bytes, made by whoever founds or joins.
///
/// # Errors
/// [`EntropyError`] when the source of randomness fails.
pub fn new_user_id(entropy: &dyn Entropy) -> Result<UserId, EntropyError> {
    entropy::public(entropy).map(UserId::from_bytes)
}

/// A new account id: 16 random bytes, made by whoever creates the account.
///
/// # Errors
/// [`EntropyError`] when the source of randomness fails.
pub fn new_account_id(entropy: &dyn Entropy) -> Result<AccountId, EntropyError> {
    entropy::public(entropy).map(AccountId::from_bytes)
}

/// A new instance for a record type whose instances are free: 16 random bytes.
///
/// # Errors
/// [`EntropyError`] when the source of randomness fails.
pub fn new_instance(entropy: &dyn Entropy) -> Result<InstanceId, EntropyError> {
    entropy::public(entropy).map(InstanceId::from_bytes)
}

impl Author<'_> {
    fn state(&self) -> &State {
        self.log.state()
    }

    /// The member that the device belongs to.
    fn user(&self) -> Result<UserId, FlowError> {
        Ok(self.state().active_device(self.device.id())?.user)
    }

    /// Signs an op once more, for the end that the log has now: another entry came first, and the server has not taken
    /// this one. Commitments and proofs in it are bound to what they are for, and stay as they are: no key has left this
    /// device yet. A rotation, whose boxes have, is made anew instead.
    ///
    /// # Errors
    /// [`FlowError::Refused`] where the log that came first leaves no place for it.
    pub fn sign_again(&self, op: Op) -> Result<Batch, FlowError> {
        self.batch(op)
    }

    /// A batch of the entry alone, after the verifier has agreed to it and nothing else was signed in its place.
    fn batch(&self, op: Op) -> Result<Batch, FlowError> {
        let entry = Entry {
            workspace: self.log.workspace(),
            seq: self.log.next_seq(),
            prev: self.log.head(),
            ts: self.ts,
            by: self.device.id(),
            op,
        };
        self.log.would_accept(&entry)?;
        let batch = signed(&entry, self.device);
        if let Some(outstanding) = self.outstanding {
            outstanding.check(batch.outstanding)?;
        }
        Ok(batch)
    }
}

/// An entry signed by `device`, without anything that goes with it.
fn signed(entry: &Entry, device: &DeviceKeys) -> Batch {
    let mut wire = entry.encode();
    let signature = device.signing().sign(Message::Entry, &[&wire]);
    wire.extend_from_slice(signature.as_bytes());
    let head = Head::of_entry(&wire);
    Batch {
        seq: entry.seq,
        head,
        outstanding: Outstanding::of(entry, head),
        entry: wire,
        boxes: Vec::new(),
        manifest: None,
        records: Vec::new(),
        keys: Vec::new(),
    }
}

/// The active devices of a member, kit included.
fn devices_of(state: &State, user: UserId) -> Result<Vec<DeviceRecord>, OpError> {
    Ok(records_of(state, state.member(user)?.devices.iter().copied()))
}

/// The records of devices that are in the log.
fn records_of(state: &State, devices: impl IntoIterator<Item = DeviceId>) -> Vec<DeviceRecord> {
    devices.into_iter().filter_map(|device| Some(state.devices().get(&device)?.record)).collect()
}
