//! V6, V7: what becomes of a copy when another revision, or a rotation, arrives.
//!
//! Pure decisions: what a device holds, what it received, what the newest manifest lists. The tables in
//! `docs/protocol.md` are these functions, line by line.

use std::collections::BTreeMap;

use crate::ids::{RecordHash, RecordId};
use crate::log::Epoch;
use crate::manifest::{Line, Manifest};
use crate::placement::{Standing, VerifiedRecord};

/// One revision of a record, held or received, as far as decisions need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revision {
    /// The revision.
    pub rev: u64,
    /// Its hash.
    pub hash: RecordHash,
    /// The hash of the revision that it was made from.
    pub prev: RecordHash,
    /// The epoch of its key.
    pub epoch: u64,
    /// On what it stands.
    pub standing: Standing,
}

impl Revision {
    fn line(&self) -> Line {
        Line { rev: self.rev, hash: self.hash }
    }

    fn is_marked(&self) -> bool {
        self.standing == Standing::Marked
    }

    /// Whether it must be shown marked, where the newest manifest lists `floor` for its record.
    ///
    /// The manifest is a floor: nothing at or below a listed revision but that revision is shown unmarked.
    pub fn is_shown_marked(&self, floor: Option<Line>) -> bool {
        self.is_marked() || floor.is_some_and(|floor| self.rev <= floor.rev && self.line() != floor)
    }
}

impl From<VerifiedRecord> for Revision {
    fn from(record: VerifiedRecord) -> Self {
        let VerifiedRecord { header, hash, standing } = record;
        Self { rev: header.rev, hash, prev: header.prev, epoch: header.epoch, standing }
    }
}

/// What to do with a revision that was received and is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It replaces what is held.
    Take,
    /// It replaces what is held, which is kept beside it, with a warning: it was not made from it.
    TakeBeside,
    /// Both are kept, with a warning: two of one revision. The incoming one is shown.
    ShowBeside,
    /// Both are kept, with a warning: two of one revision. The one held stays shown.
    KeepBeside,
    /// It is the copy held, which now stands as the incoming one does.
    Confirm,
    /// It is the copy held.
    Known,
    /// It is older than what is held.
    Older,
    /// Its author may no longer write it, and what is held was accepted before: `NotPermitted`.
    Refuse,
}

/// V6: an incoming revision against what is held, where the newest manifest lists `listed` for the record.
pub fn decide(held: Option<&Revision>, incoming: &Revision, listed: Option<Line>) -> Decision {
    let Some(held) = held else { return Decision::Take };
    let (held_marked, incoming_marked) = (held.is_marked(), incoming.is_marked());
    if held.hash == incoming.hash {
        return if held_marked && !incoming_marked { Decision::Confirm } else { Decision::Known };
    }
    match (held_marked, incoming_marked) {
        (true, false) => return Decision::Take,
        (false, true) => return Decision::Refuse,
        (true, true) | (false, false) => {}
    }
    if incoming.rev < held.rev {
        Decision::Older
    } else if incoming.rev == held.rev {
        let is_listed = |revision: &Revision| listed == Some(revision.line());
        let shows_incoming = is_listed(incoming) || (!is_listed(held) && incoming.hash < held.hash);
        if shows_incoming { Decision::ShowBeside } else { Decision::KeepBeside }
    } else if incoming.rev == held.rev.saturating_add(1) && incoming.prev != held.hash {
        Decision::TakeBeside
    } else {
        Decision::Take
    }
}

/// What a rotation makes of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// The manifest lists it: it stands as listed.
    Listed,
    /// The manifest lists a later revision: it is shown marked until that one arrives.
    BelowFloor,
    /// The manifest lists another of the same revision: a warning, and it is shown marked beside that one.
    OtherListed,
    /// It stood as marked, and does so still.
    Marked,
    /// It is of the epoch that begins.
    Resealed,
    /// The manifest lists an older revision or none. It stays, with a warning, and is to be resealed.
    Above {
        /// Whether an Owner (in the directory: an Admin) is to be asked first: its author may no longer write it.
        ask: bool,
    },
}

/// V7: a copy held, at the rotation that began `epoch` and whose manifest lists `listed` for its record.
pub fn settle(held: &Revision, listed: Option<Line>, epoch: u64, author_may_write: bool) -> Settled {
    match listed {
        Some(line) if line == held.line() => Settled::Listed,
        Some(line) if line.rev > held.rev => Settled::BelowFloor,
        Some(line) if line.rev == held.rev => Settled::OtherListed,
        _ if held.is_marked() => Settled::Marked,
        _ if held.epoch == epoch => Settled::Resealed,
        _ => Settled::Above { ask: !author_may_write },
    }
}

/// How a manifest differs from the records that somebody holds. None of it undoes the rotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It does not list the record.
    Omitted,
    /// It lists an older revision.
    Lowered,
    /// It lists another of the same revision.
    Exchanged,
    /// It lists a record or a revision that is not held: for a device, to be fetched; for a server, to be refused.
    Unheld,
    /// It lists a revision that no record can have (ADR 0009). As a floor it counts as not listed.
    Impossible,
}

impl Fault {
    /// The fault's stable name, as vectors have it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Omitted => "Omitted",
            Self::Lowered => "Lowered",
            Self::Exchanged => "Exchanged",
            Self::Unheld => "Unheld",
            Self::Impossible => "Impossible",
        }
    }
}

/// V7: compares the manifest of the rotation that began an epoch with the unmarked revisions that somebody held when it
/// arrived. An epoch that began anew has an empty one, which omits nothing: what there was is lost (V8).
pub fn faults(manifest: &Manifest, began: &Epoch, held: &BTreeMap<RecordId, Line>) -> Vec<(RecordId, Fault)> {
    let nothing_left = began.anew && manifest.lines.is_empty();
    let of_held = held.iter().filter_map(|(record, held)| {
        let fault = match manifest.lines.get(record) {
            None if nothing_left => return None,
            None => Fault::Omitted,
            Some(line) if !line.is_possible(began.seq) => Fault::Impossible,
            Some(line) if line.rev < held.rev => Fault::Lowered,
            Some(line) if line.rev > held.rev => Fault::Unheld,
            Some(line) if line.hash != held.hash => Fault::Exchanged,
            Some(_) => return None,
        };
        Some((*record, fault))
    });
    let unknown = manifest.lines.iter().filter(|(record, _)| !held.contains_key(record));
    let of_unknown = unknown.map(|(record, line)| {
        (*record, if line.is_possible(began.seq) { Fault::Unheld } else { Fault::Impossible })
    });
    of_held.chain(of_unknown).collect()
}

#[cfg(test)]
mod tests;
