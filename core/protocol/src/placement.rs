//! V6, V7, V9: whether a record is believed, against the place it was stored at, the log and the manifest.
//!
//! Everything here is decided from what is signed and public. Whether the record opens is for whoever has the key.

use crate::access::allows;
use crate::cbor::DecodeError;
use crate::ids::{ManifestHash, RecordHash, RecordId, SpaceId, sha256};
use crate::limits::highest_revision;
use crate::log::{Device, Epoch, LiveSpace, Log, OpError, Rights};
use crate::manifest::{Line, Manifest};
use crate::numbers::{AccountRole, DeviceKind, Message, WorkspaceRole};
use crate::record::{RecordHeader, SealedRecord};
use crate::signature;

/// Where a record was stored, as whoever stored it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The space.
    pub space: SpaceId,
    /// The record.
    pub record: RecordId,
}

/// On what a believed record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Its epoch is the current one, and its author may write it now.
    Written,
    /// Its epoch has ended, and the current manifest lists this revision (V7).
    Listed,
    /// Its author may no longer write it, and the rotation that decides about it has not come (V7). Shown marked, and
    /// only by a device that holds nothing better.
    Marked,
}

impl Standing {
    /// The standing's stable name, as vectors have it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Written => "written",
            Self::Listed => "listed",
            Self::Marked => "marked",
        }
    }
}

/// A record that is believed. It may still not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerifiedRecord {
    /// The header.
    pub header: RecordHeader,
    /// The revision's hash.
    pub hash: RecordHash,
    /// On what it stands.
    pub standing: Standing,
}

/// The manifest of a space's current epoch, checked against the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrentManifest {
    space: SpaceId,
    epoch: u64,
    began: Epoch,
    manifest: Manifest,
}

impl CurrentManifest {
    /// The lines.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The epoch that its rotate entry began.
    pub fn began(&self) -> &Epoch {
        &self.began
    }

    /// What is listed for a record: its floor. A line that no record can have is none: a rotator could otherwise put the
    /// floor where nobody ever writes again.
    pub fn line(&self, record: RecordId) -> Option<Line> {
        self.manifest.lines.get(&record).copied().filter(|line| line.is_possible(self.began.seq))
    }
}

/// Why a record is not believed. What the device holds stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// The header is none of this version.
    #[error(transparent)]
    Form(#[from] DecodeError),
    /// No ciphertext has that length.
    #[error("read a ciphertext of an impossible length")]
    WrongLength,
    /// It belongs to another workspace.
    #[error("accept a record of another workspace")]
    WrongWorkspace,
    /// It is not the record of the place that it was stored at.
    #[error("accept a record at another place than its own")]
    WrongPlace,
    /// V9: its author knew more of the log than this device: fetch the log, then judge again.
    #[error("judge a record without log entry {seq}")]
    LogBehind {
        /// The entry that its author had.
        seq: u64,
    },
    /// Its author never was in this log.
    #[error("find the author's device")]
    UnknownAuthor,
    /// The signature is not the author's over this header and ciphertext.
    #[error("verify the author's signature")]
    BadSignature,
    /// V9: its author has another entry at that seq: an alarm.
    #[error("accept a record written on another log than this one")]
    ForkedLog {
        /// The seq at which the two logs differ.
        seq: u64,
    },
    /// The space never was in this log.
    #[error("find the record's space")]
    Absent,
    /// The space's account was deleted.
    #[error("accept a record of a deleted account")]
    Inactive,
    /// Records of this type lie in another kind of space.
    #[error("accept a record type that the space does not have")]
    WrongType,
    /// The instance is not as the type says.
    #[error("accept a record whose instance is not as its type says")]
    WrongInstance,
    /// The revision is 0, or does not agree with the hash of the one before.
    #[error("accept a revision that contradicts itself")]
    WrongRevision,
    /// The revision runs further ahead of the log than any honest one (ADR 0009).
    #[error("accept a revision above {limit}")]
    RevisionTooFar {
        /// The highest that this head allows.
        limit: u64,
    },
    /// The epoch is not the one that the space had at the author's head.
    #[error("accept a record of another epoch than its author's head had")]
    WrongEpoch,
    /// The author was not in the workspace at the head that the record names.
    #[error("accept a record from before its author came, or after they went")]
    AuthorNotThere,
    /// V7: judging it needs the manifest of the space's current epoch.
    #[error("judge a record of an ended epoch without the manifest")]
    ManifestNeeded,
    /// V7: its epoch has ended, and the manifest does not list this revision.
    #[error("accept a record of an ended epoch that its manifest does not list")]
    NotInManifest,
    /// V8: it was written after the space became dirty.
    #[error("accept a record written into a dirty space")]
    SpaceDirty,
    /// The author may not write this record.
    #[error("accept a record that its author may not write")]
    NotPermitted,
}

impl RecordError {
    /// The error's stable name, as vectors have it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Form(error) => error.name(),
            Self::WrongLength => "WrongLength",
            Self::WrongWorkspace => "WrongWorkspace",
            Self::WrongPlace => "WrongPlace",
            Self::LogBehind { .. } => "LogBehind",
            Self::UnknownAuthor => "UnknownAuthor",
            Self::BadSignature => "BadSignature",
            Self::ForkedLog { .. } => "ForkedLog",
            Self::Absent => "Absent",
            Self::Inactive => "Inactive",
            Self::WrongType => "WrongType",
            Self::WrongInstance => "WrongInstance",
            Self::WrongRevision => "WrongRevision",
            Self::RevisionTooFar { .. } => "RevisionTooFar",
            Self::WrongEpoch => "WrongEpoch",
            Self::AuthorNotThere => "AuthorNotThere",
            Self::ManifestNeeded => "ManifestNeeded",
            Self::NotInManifest => "NotInManifest",
            Self::SpaceDirty => "SpaceDirty",
            Self::NotPermitted => "NotPermitted",
        }
    }
}

/// V7: why a manifest is not the one that the log names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// The bytes are no manifest of this version.
    #[error(transparent)]
    Form(#[from] DecodeError),
    /// There is no such space in use, or no rotation began its current epoch.
    #[error("find a rotation that has a manifest")]
    NoManifest,
    /// Its hash is not the one in the rotate entry.
    #[error("match the manifest with its rotate entry")]
    WrongManifest,
}

impl ManifestError {
    /// The error's stable name, as vectors have it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Form(error) => error.name(),
            Self::NoManifest => "NoManifest",
            Self::WrongManifest => "WrongManifest",
        }
    }
}

impl Log {
    /// Checks a manifest against the rotation that began the space's current epoch.
    ///
    /// # Errors
    /// [`ManifestError`].
    pub fn verify_manifest(&self, space: SpaceId, bytes: &[u8]) -> Result<CurrentManifest, ManifestError> {
        let live = self.state().live_space(space).map_err(|_| ManifestError::NoManifest)?;
        let wanted = live.manifest.ok_or(ManifestError::NoManifest)?;
        let manifest = Manifest::decode(bytes)?;
        if ManifestHash::of(bytes) != wanted {
            return Err(ManifestError::WrongManifest);
        }
        let epoch = live.epoch();
        let began = *live.epoch_at(epoch).ok_or(ManifestError::NoManifest)?;
        Ok(CurrentManifest { space, epoch, began, manifest })
    }

    /// Judges a record stored at `place`. `manifest` is needed for records of ended epochs only.
    ///
    /// What to do with one that is believed, beside the copy that a device holds: [`crate::revision::decide`].
    ///
    /// # Errors
    /// [`RecordError`]: the first rule of *Records* in `docs/protocol.md` that fails.
    pub fn verify_record(
        &self,
        place: Place,
        sealed: SealedRecord<'_>,
        manifest: Option<&CurrentManifest>,
    ) -> Result<VerifiedRecord, RecordError> {
        let header = RecordHeader::decode(sealed.header)?;
        ensure(sealed.has_sealed_length(), RecordError::WrongLength)?;
        ensure(header.workspace == self.workspace(), RecordError::WrongWorkspace)?;
        let here = header.space == place.space && header.id() == place.record;
        ensure(here, RecordError::WrongPlace)?;
        let (author, hash) = self.check_author(&header, sealed)?;
        let space = self.check_shape(&header)?;
        ensure(author.was_active_at(header.log_seq), RecordError::AuthorNotThere)?;
        let standing = if header.epoch < space.epoch() {
            let manifest =
                manifest.filter(|found| (found.space, found.epoch) == (header.space, space.epoch()));
            let line = manifest.ok_or(RecordError::ManifestNeeded)?.line(place.record);
            ensure(line == Some(Line { rev: header.rev, hash }), RecordError::NotInManifest)?;
            ensure(self.could_ever_write(&header, author), RecordError::NotPermitted)?;
            Standing::Listed
        } else {
            self.stand_now(&header, author, space)?
        };
        Ok(VerifiedRecord { header, hash, standing })
    }

    /// V9 and the signature: a device of this log wrote it, on this log.
    fn check_author(
        &self,
        header: &RecordHeader,
        sealed: SealedRecord<'_>,
    ) -> Result<(&Device, RecordHash), RecordError> {
        let seq = header.log_seq;
        let head = self.head_at(seq).ok_or(RecordError::LogBehind { seq })?;
        let author = self.state().devices().get(&header.by).ok_or(RecordError::UnknownAuthor)?;
        let parts = [sealed.header, &sha256(&[sealed.ciphertext])];
        let signed = signature::verify(&author.record.signing_key, Message::Record, &parts, sealed.signature);
        ensure(signed, RecordError::BadSignature)?;
        ensure(header.log_head == head, RecordError::ForkedLog { seq })?;
        Ok((author, sealed.hash()))
    }

    /// What the header says fits together, and fits its space at the author's head.
    fn check_shape(&self, header: &RecordHeader) -> Result<&LiveSpace, RecordError> {
        let space = self.state().live_space(header.space).map_err(|error| match error {
            OpError::Inactive(_) => RecordError::Inactive,
            _ => RecordError::Absent,
        })?;
        ensure(space.of.kind() == header.record_type.row().space, RecordError::WrongType)?;
        let named = self.state().named(header.record_type, header.instance);
        ensure(named.is_ok(), RecordError::WrongInstance)?;
        let is_first = header.prev == RecordHash::ZERO;
        ensure(header.rev > 0 && (header.rev == 1) == is_first, RecordError::WrongRevision)?;
        let limit = highest_revision(header.log_seq.saturating_add(1));
        ensure(header.rev <= limit, RecordError::RevisionTooFar { limit })?;
        let at_head = space.epoch_after(header.log_seq);
        ensure(header.epoch > 0 && header.epoch == at_head, RecordError::WrongEpoch)?;
        Ok(space)
    }

    /// V6: whether any role would have let the author write it. A manifest says that a record stood; a rotator must not
    /// make one stand that never could.
    fn could_ever_write(&self, header: &RecordHeader, author: &Device) -> bool {
        let (Ok(named), DeviceKind::Phone) =
            (self.state().named(header.record_type, header.instance), author.record.kind)
        else {
            return false;
        };
        let highest = Rights { workspace: Some(WorkspaceRole::Owner), account: Some(AccountRole::Owner) };
        allows(header.record_type, highest, (header.by, author.user), named)
    }

    /// V6, V8: a record of the current epoch stands on its author's right, or on the one that they lost.
    fn stand_now(
        &self,
        header: &RecordHeader,
        author: &Device,
        space: &LiveSpace,
    ) -> Result<Standing, RecordError> {
        let since = space.dirt.as_ref().map(|dirt| dirt.since);
        ensure(since.is_none_or(|since| header.log_seq < since), RecordError::SpaceDirty)?;
        let state = self.state();
        if state.may_write(header.by, header.space, header.record_type, header.instance) {
            return Ok(Standing::Written);
        }
        let former = space.dirt.as_ref().and_then(|dirt| dirt.former.get(&author.user));
        let named = state.named(header.record_type, header.instance);
        let (Some(former), Ok(named), DeviceKind::Phone) = (former, named, author.record.kind) else {
            return Err(RecordError::NotPermitted);
        };
        let rights = state.rights(author.user, space).or(*former);
        let could = allows(header.record_type, rights, (header.by, author.user), named);
        if could { Ok(Standing::Marked) } else { Err(RecordError::NotPermitted) }
    }
}

fn ensure(holds: bool, error: RecordError) -> Result<(), RecordError> {
    if holds { Ok(()) } else { Err(error) }
}

#[cfg(test)]
mod tests;
