//! Why an entry is refused: one small enum for each concern, each variant with its stable name.

use crate::cbor::DecodeError;
use crate::limits::MAX_USER_DEVICES;
use crate::numbers::OpKind;

/// Why the next entry is not accepted. The log is as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// The bytes are no entry of this version (V1, V10).
    #[error(transparent)]
    Form(#[from] DecodeError),
    /// It is not the entry that comes next (V2).
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// Its author is not who may sign (V1, V3).
    #[error(transparent)]
    Author(#[from] AuthorError),
    /// Its op is not valid now (V3, V4, V8).
    #[error(transparent)]
    Op(#[from] OpError),
}

/// V2: why an entry does not come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// It belongs to another workspace, or its genesis is not the one pinned.
    #[error("accept an entry of another workspace")]
    WrongWorkspace,
    /// The genesis op at another seq than 0, or another op there.
    #[error("accept a genesis that is not first, or a first entry that is no genesis")]
    MisplacedGenesis,
    /// Entries before it are missing: fetch them.
    #[error("accept entry {found} before entry {expected}")]
    Gap {
        /// The seq that comes next.
        expected: u64,
        /// The entry's.
        found: u64,
    },
    /// The log has this very entry already. Nothing is wrong.
    #[error("accept entry {seq} twice")]
    AlreadyHeld {
        /// The entry's seq.
        seq: u64,
    },
    /// An authentic entry other than the one held at its seq: an alarm. See [`crate::log::ForkEvidence`].
    #[error("accept a second entry {seq}")]
    Fork {
        /// The entry's seq.
        seq: u64,
    },
    /// An authentic entry with the next seq that follows another head than this log's: its author was shown another log.
    /// An alarm, as [`ChainError::Fork`] is.
    #[error("accept entry {seq}, which follows another entry than the one before")]
    ForkBefore {
        /// The entry's seq.
        seq: u64,
    },
    /// It is not made for the next place: a genesis that follows something, or an entry about to be signed for another head.
    #[error("accept an entry that does not follow the head")]
    NotNext,
}

/// V1, V3: why an author is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthorError {
    /// The device was never in this log.
    #[error("find the author's device")]
    UnknownAuthor,
    /// The device, or its member, was removed.
    #[error("accept what a removed device signed")]
    RemovedAuthor,
    /// The signature is not the author's over these bytes in this domain.
    #[error("verify the author's signature")]
    BadSignature,
}

/// What an op names or creates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Thing {
    /// A member.
    User,
    /// A device.
    Device,
    /// An invite.
    Invite,
    /// An account.
    Account,
    /// A space.
    Space,
}

impl std::fmt::Display for Thing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::User => "user",
            Self::Device => "device",
            Self::Invite => "invite",
            Self::Account => "account",
            Self::Space => "space",
        })
    }
}

/// Why an op is not valid at its place in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpError {
    /// Something that the op names was never in this log.
    #[error("find the {0}")]
    Absent(Thing),
    /// Something that the op names was removed, used, revoked or deleted.
    #[error("use a {0} that has ended")]
    Inactive(Thing),
    /// V3: an id that the op creates was in this log before.
    #[error("create a {0} whose id was used before")]
    Reborn(Thing),
    /// V3: the table of rights gives the author no ground for the op.
    #[error("do {} without the right to", .op.name())]
    NotPermitted {
        /// The op.
        op: OpKind,
    },
    /// The op would leave everything as it is.
    #[error("change nothing")]
    NothingChanges,
    /// The user had as many devices as one user ever has (ADR 0018).
    #[error("add a device to a user who had {MAX_USER_DEVICES}, the most that one user ever has")]
    TooManyDevices,
    /// V3: a kit where a phone belongs, or the other way round.
    #[error("use a device of the wrong kind")]
    WrongDeviceKind,
    /// V3: X25519 with the device's box key is all zeros.
    #[error("use a box key of small order")]
    UnusableBoxKey,
    /// V3: a device's proof is not its own signature over its record.
    #[error("verify a device's proof of possession")]
    BadProof,
    /// V3: an invite's id is not the hash of its key.
    #[error("match the invite's id with its key")]
    WrongInviteId,
    /// V4: the join's time is after the invite's last.
    #[error("use an expired invite")]
    InviteExpired,
    /// V4: the issuing device is gone, or its user may no longer give that role.
    #[error("use an invite whose issuer may no longer issue it")]
    IssuerLapsed,
    /// V4: the invite's key did not sign for this user and these devices.
    #[error("verify the invite's signature")]
    BadInviteSignature,
    /// The account would be left without an Owner.
    #[error("take the last Owner from an account")]
    LastOwner,
    /// The workspace Owner would be left without a phone or without a recovery kit.
    #[error("leave the workspace Owner without a phone and a recovery kit")]
    OwnerNeedsPhoneAndKit,
    /// The workspace cannot be handed to somebody without a recovery kit.
    #[error("hand the workspace to a member without a recovery kit")]
    KitNeeded,
    /// V8: only a dirty space is rotated.
    #[error("rotate a space that is not dirty")]
    NotDirty,
    /// V8: the epoch that begins is not the one after the current.
    #[error("begin an epoch other than {expected}")]
    WrongEpoch {
        /// The epoch that comes next.
        expected: u64,
    },
    /// V8: a key that the space had before, or one key for two spaces.
    #[error("commit to one key twice")]
    CommitmentReused,
}

impl EntryError {
    /// The error's stable name, as vectors have it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Form(error) => error.name(),
            Self::Chain(error) => error.name(),
            Self::Author(error) => error.name(),
            Self::Op(error) => error.name(),
        }
    }
}

impl ChainError {
    /// The error's stable name, as vectors have it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::WrongWorkspace => "WrongWorkspace",
            Self::MisplacedGenesis => "MisplacedGenesis",
            Self::Gap { .. } => "Gap",
            Self::AlreadyHeld { .. } => "AlreadyHeld",
            Self::Fork { .. } => "Fork",
            Self::ForkBefore { .. } => "ForkBefore",
            Self::NotNext => "NotNext",
        }
    }
}

impl AuthorError {
    /// The error's stable name, as vectors have it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::UnknownAuthor => "UnknownAuthor",
            Self::RemovedAuthor => "RemovedAuthor",
            Self::BadSignature => "BadSignature",
        }
    }
}

impl OpError {
    /// The error's stable name, as vectors have it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Absent(_) => "Absent",
            Self::Inactive(_) => "Inactive",
            Self::Reborn(_) => "Reborn",
            Self::NotPermitted { .. } => "NotPermitted",
            Self::NothingChanges => "NothingChanges",
            Self::TooManyDevices => "TooManyDevices",
            Self::WrongDeviceKind => "WrongDeviceKind",
            Self::UnusableBoxKey => "UnusableBoxKey",
            Self::BadProof => "BadProof",
            Self::WrongInviteId => "WrongInviteId",
            Self::InviteExpired => "InviteExpired",
            Self::IssuerLapsed => "IssuerLapsed",
            Self::BadInviteSignature => "BadInviteSignature",
            Self::LastOwner => "LastOwner",
            Self::OwnerNeedsPhoneAndKit => "OwnerNeedsPhoneAndKit",
            Self::KitNeeded => "KitNeeded",
            Self::NotDirty => "NotDirty",
            Self::WrongEpoch { .. } => "WrongEpoch",
            Self::CommitmentReused => "CommitmentReused",
        }
    }
}
