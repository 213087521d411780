//! Why a verb did nothing: one small enum a verb, around the few reasons that any verb can meet.
//!
//! A variant is a decision for the caller. Whatever it is, nothing was changed. Messages fit "failed to {error}",
//! and hold no name, secret or code.

use countersign_crypto::content::{SecretLength, TextTooLong};
use countersign_crypto::flow::FlowError;
use countersign_crypto::local::AtRestError;
use countersign_protocol::DecodeError;
use countersign_protocol::log::EntryError;
use countersign_protocol::numbers::AccountRole;

use crate::client::{AddressRefused, OtherKind};
use crate::ports::{EntropyError, VaultError};
use crate::store::{FileError, StoreError};

/// What any verb can meet.
#[derive(Debug, thiserror::Error)]
pub enum Unavailable {
    /// The client has locked itself, or was locked: unlock it and try again.
    #[error("use the workspace: it is locked")]
    Locked,
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no randomness.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// The key of a space must be replaced, or brought, before this device can write there: the next sync does it.
    #[error("write to an account whose key is being replaced; try again after the next sync")]
    KeyPending,
    /// The signed log would not take it.
    #[error("write to the workspace's log: {0}")]
    Log(EntryError),
    /// The table of rights lets this device not write that; verbs with a role of their own say so before.
    #[error("write to the workspace without the right to")]
    NotPermitted,
    /// The server has not answered the change before: the next sync sends that one again.
    #[error("write to the workspace's log before the server has answered the change before")]
    Unanswered,
    /// A record, or the list of an account's records, would be larger than other devices take.
    #[error("keep more than one record can hold")]
    TooLarge,
    /// The record has the highest revision that the workspace's log allows: its next entry, whoever makes it, allows more.
    #[error("change what was changed as often as the workspace's log allows so far")]
    RevisionsUsedUp,
}

impl From<FlowError> for Unavailable {
    fn from(error: FlowError) -> Self {
        match error {
            FlowError::Refused(refused) => Self::Log(refused),
            FlowError::Entropy(error) => Self::Entropy(error),
            FlowError::KeyMissing | FlowError::SpaceDirty | FlowError::ContentLost => Self::KeyPending,
            FlowError::NotPermitted => Self::NotPermitted,
            FlowError::AlreadySigned { .. } => Self::Unanswered,
            FlowError::ManifestTooLong | FlowError::TooLarge => Self::TooLarge,
            FlowError::RevisionTooFar { .. } => Self::RevisionsUsedUp,
        }
    }
}

impl From<AtRestError> for Unavailable {
    fn from(_: AtRestError) -> Self {
        Self::Store(StoreError::Damaged)
    }
}

impl From<DecodeError> for Unavailable {
    fn from(_: DecodeError) -> Self {
        Self::Store(StoreError::Damaged)
    }
}

/// The account is not there, or the person may not do this with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such account, or it is in the bin.
    #[error("find the account")]
    NoSuchAccount,
    /// Only somebody with this account role may.
    #[error("act on the account: only an account {} may", needed.name())]
    NotPermitted {
        /// The role that may.
        needed: AccountRole,
    },
}

/// Why no workspace was created.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// What any verb can meet.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// The store has one already.
    #[error("create a workspace: this store has one; choose another path")]
    NotEmpty,
    /// The vault did not keep the key.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// A name is too long.
    #[error(transparent)]
    Name(#[from] TextTooLong),
}

/// Why a client is still locked.
#[derive(Debug, thiserror::Error)]
pub enum UnlockError {
    /// What any verb can meet.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// There is no workspace in the store yet: create one, join one, or recover one.
    #[error("unlock: there is no workspace here yet")]
    Empty,
    /// The vault did not hand over the key now.
    #[error(transparent)]
    Vault(VaultError),
    /// The key is lost and the data is there: this device must be linked again. Nothing was deleted.
    #[error("unlock: this device has lost its key and must be linked again")]
    KeyLost,
}

/// Why a recovery kit did not open a store.
#[derive(Debug, thiserror::Error)]
pub enum RecoverError {
    /// What any verb can meet.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// There is no workspace in the store.
    #[error("recover: there is no workspace here")]
    Empty,
    /// The text is no kit; the message names the group that is wrong.
    #[error(transparent)]
    Kit(#[from] countersign_crypto::kit::KitError),
    /// It is the kit of another workspace.
    #[error("recover: this kit belongs to another workspace")]
    OtherWorkspace,
    /// The kit is none of this member's any more.
    #[error("recover: this kit is no longer valid in the workspace")]
    NotActive,
    /// The vault did not keep the new key.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The device's name is too long.
    #[error(transparent)]
    Name(#[from] TextTooLong),
}

/// Why an account was not added or changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// What any verb can meet.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// Not there, or not permitted.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A field is too long.
    #[error(transparent)]
    Text(#[from] TextTooLong),
    /// The address is none of the web.
    #[error(transparent)]
    Address(#[from] AddressRefused),
}

/// Why the enrolment did not go on.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// What any verb can meet.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// Not there, or not permitted.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// MFA is on: replace the secret instead.
    #[error("activate MFA: it is on already")]
    AlreadyOn,
    /// MFA is off: activate it instead.
    #[error("change MFA: it is off")]
    Off,
    /// No such step now: the state says which there are.
    #[error("go on: the enrolment is not at that step")]
    OtherStep,
    /// There is nothing to restore, or it was purged.
    #[error("restore a secret: there is none of that name any more")]
    NothingToRestore,
    /// The secret is longer than a record holds.
    #[error(transparent)]
    Secret(#[from] SecretLength),
    /// A name is longer than a card holds.
    #[error(transparent)]
    Text(#[from] TextTooLong),
    /// The card's address is none of the web.
    #[error(transparent)]
    Address(#[from] AddressRefused),
}

/// Why there is no code.
#[derive(Debug, thiserror::Error)]
pub enum CodeError {
    /// What any verb can meet.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// Not there, or not permitted.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// MFA is not on.
    #[error("make a code: MFA is off")]
    Off,
    /// The secret makes codes by the clock; they need not be drawn.
    #[error("draw a code: this account's codes go by the clock")]
    ByTheClock,
    /// Every counter that the protocol can write was used.
    #[error("draw a code: the counter is at its end; set the account up again at the service")]
    CounterAtEnd,
}

/// Why recovery codes were not read or changed.
#[derive(Debug, thiserror::Error)]
pub enum RecoveryCodesError {
    /// What any verb can meet.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// Not there, or not permitted.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// There is no code at that place.
    #[error("find the recovery code")]
    NoSuchCode,
    /// What was given holds something else, such as the QR code that MFA was turned on with.
    #[error("save recovery codes: this is {0}")]
    NotCodes(OtherKind),
    /// More codes than an account may have.
    #[error(transparent)]
    TooMany(#[from] countersign_crypto::content::TooManyCodes),
    /// A code is too long.
    #[error(transparent)]
    Text(#[from] TextTooLong),
}

/// Why nothing was exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// What any verb can meet.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// The person was not recognised.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The file was not written.
    #[error(transparent)]
    File(#[from] FileError),
    /// There is no account that this member owns.
    #[error("export: there is no account of your own")]
    Nothing,
    /// What was read back is not what was to be exported; no file is left.
    #[error("export: what was read back is not what was written")]
    NotAsWritten,
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// What any verb can meet.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// The file was not read.
    #[error(transparent)]
    File(#[from] FileError),
    /// It is no backup of this product.
    #[error("import: the file is not a Countersign backup")]
    Foreign,
    /// A later version wrote it.
    #[error("import: a newer Countersign wrote this backup; update the app")]
    Newer,
    /// Its passphrase would cost less than protects, or more than this device gives.
    #[error("import: the backup's passphrase cost is out of range")]
    Cost,
    /// The passphrase is another, or the file was altered.
    #[error("import: the passphrase is another, or the file was altered")]
    DoesNotOpen,
}

/// Lets `?` carry the common reasons up through [`Unavailable`].
macro_rules! common_reasons {
    ($($name:ident)*) => {$(
        impl From<StoreError> for $name {
            fn from(error: StoreError) -> Self {
                Self::Unavailable(error.into())
            }
        }

        impl From<EntropyError> for $name {
            fn from(error: EntropyError) -> Self {
                Self::Unavailable(error.into())
            }
        }

        impl From<FlowError> for $name {
            fn from(error: FlowError) -> Self {
                Self::Unavailable(error.into())
            }
        }
    )*};
}

common_reasons! {
    CreateError UnlockError RecoverError AccountError EnrolError CodeError RecoveryCodesError ExportError ImportError
}
