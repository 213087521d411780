//! A second reading of the rules of the log: written from `docs/protocol.md` and not from the code, small and plain.
//!
//! Random sequences of entries, honest and dishonest, are judged by the model and by `countersign_protocol::log` from the
//! same bytes. A difference means that one of the two, or the document, is wrong. Not fast, not complete beyond the
//! log, and free of the product's code.

mod compare;
mod effects;
mod invariants;
mod keys;
mod message;
mod moves;
mod primitives;
pub(crate) mod random;
mod rules;
mod state;

pub use compare::{Difference, Met, Races, run_founder_with_too_many_devices, run_sequence};

/// Every verdict that random sequences must meet, so that a generator gone dull is noticed.
pub const VERDICTS: [&str; 30] = [
    "ok",
    "KeyChainCut",
    "form",
    "WrongWorkspace",
    "MisplacedGenesis",
    "Gap",
    "AlreadyHeld",
    "Fork",
    "ForkBefore",
    "UnknownAuthor",
    "RemovedAuthor",
    "BadSignature",
    "Absent",
    "Inactive",
    "NotPermitted",
    "Reborn",
    "WrongDeviceKind",
    "UnusableBoxKey",
    "BadProof",
    "NothingChanges",
    "WrongInviteId",
    "InviteExpired",
    "IssuerLapsed",
    "BadInviteSignature",
    "CommitmentReused",
    "LastOwner",
    "NotDirty",
    "WrongEpoch",
    "OwnerNeedsPhoneAndKit",
    "KitNeeded",
];
