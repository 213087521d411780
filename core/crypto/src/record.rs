//! Sealed records: one encryption, one key, one nonce.
//!
//! `RK | nonce = HKDF-SHA256(ikm = SK, salt = 32 random bytes, info = "cs/1/rec" | header)`: the salt makes every
//! encryption's key its own, and the header, which is also the additional data and is signed, makes a ciphertext good
//! in its own place only. Whether a record may be believed at all is [`countersign_protocol`]'s to say, before it is
//! opened.

use std::fmt;

use countersign_protocol::DecodeError;
use countersign_protocol::ids::{DeviceId, Head, InstanceId, RecordHash, Salt, Signature};
use countersign_protocol::limits::highest_revision;
use countersign_protocol::manifest::Line;
use countersign_protocol::numbers::RecordType;
use countersign_protocol::placement::Place;
use countersign_protocol::record::{RecordHeader, SealedRecord, record_signing_input};
use zeroize::Zeroizing;

use crate::content::{self, Content, MAX_PLAINTEXT_BYTES};
use crate::device::DeviceKeys;
use crate::entropy::{self, Entropy, EntropyError};
use crate::padding::{pad, padded, unpad};
use crate::space_key::{KeyPlace, SpaceKey};
use crate::{aead, kdf};

/// One revision, sealed and signed: what is stored and sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedRecord {
    /// What the record is, and where.
    pub header: RecordHeader,
    /// The header's canonical bytes.
    pub header_bytes: Vec<u8>,
    /// The padded plaintext under AES-256-GCM, tag last.
    pub ciphertext: Vec<u8>,
    /// The author's signature.
    pub signature: Signature,
}

impl OwnedRecord {
    /// The same, borrowed.
    pub fn as_sealed(&self) -> SealedRecord<'_> {
        SealedRecord { header: &self.header_bytes, ciphertext: &self.ciphertext, signature: &self.signature }
    }

    /// Where it belongs.
    pub fn place(&self) -> Place {
        Place { space: self.header.space, record: self.header.id() }
    }
}

/// Why a record that verifies shows nothing: it is damaged by its author (V6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Not sealed under this key with this header.
    #[error("open a sealed record")]
    DoesNotOpen,
    /// It opens to something that was not padded as the protocol says.
    #[error("take the padding off a record")]
    Padding,
}

impl OpenError {
    /// The error's stable name, as vectors have it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::DoesNotOpen => "DoesNotOpen",
            Self::Padding => "Padding",
        }
    }
}

/// Why nothing was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SealError {
    /// There is no randomness for a salt.
    Entropy(EntropyError),
    /// It is longer than any reader takes: kept fields of later versions and an edit can come to that.
    TooLarge,
    /// Its revision would be above the highest that any reader takes from an author at this head (ADR 0009).
    RevisionTooFar {
        /// The highest.
        limit: u64,
    },
}

impl From<EntropyError> for SealError {
    fn from(error: EntropyError) -> Self {
        Self::Entropy(error)
    }
}

/// One revision to be written: all of its header but type, salt and author.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Draft {
    /// The space and its current epoch.
    pub(crate) place: KeyPlace,
    /// Which of its type in the space.
    pub(crate) instance: InstanceId,
    /// The revision that it is based on; none for a new record.
    pub(crate) base: Option<Line>,
    /// The last entry of the log that the author has verified.
    pub(crate) log_seq: u64,
    /// That entry's hash.
    pub(crate) log_head: Head,
}

impl Draft {
    /// Seals `content` and signs it.
    pub(crate) fn seal<T: Content>(
        &self,
        content: &T,
        key: &SpaceKey,
        device: &DeviceKeys,
        entropy: &dyn Entropy,
    ) -> Result<OwnedRecord, SealError> {
        seal(self.header(T::TYPE)?, content::encode(content), key, device, entropy)
    }

    /// Deletes the record: a revision without content, signed like any other.
    pub(crate) fn seal_tombstone(
        &self,
        record_type: RecordType,
        key: &SpaceKey,
        device: &DeviceKeys,
        entropy: &dyn Entropy,
    ) -> Result<OwnedRecord, SealError> {
        let header = RecordHeader { tombstone: true, ..self.header(record_type)? };
        seal(header, content::empty(), key, device, entropy)
    }

    /// Seals what was opened once more, as it is: in a new epoch, or after a restore.
    pub(crate) fn reseal(
        &self,
        opened: &OpenedRecord,
        key: &SpaceKey,
        device: &DeviceKeys,
        entropy: &dyn Entropy,
    ) -> Result<OwnedRecord, SealError> {
        let header = RecordHeader { tombstone: opened.tombstone, ..self.header(opened.record_type)? };
        seal(header, content::copied(&opened.plaintext), key, device, entropy)
    }

    fn header(&self, record_type: RecordType) -> Result<RecordHeader, SealError> {
        Ok(RecordHeader {
            workspace: self.place.workspace,
            space: self.place.space,
            record_type,
            instance: self.instance,
            rev: next_revision(self.base, self.log_seq)?,
            prev: self.base.map_or(RecordHash::ZERO, |base| base.hash),
            epoch: self.place.epoch,
            salt: Salt::ZERO,
            by: DeviceId::ZERO,
            log_seq: self.log_seq,
            log_head: self.log_head,
            tombstone: false,
        })
    }
}

/// The revision after `base`, of an author whose log ends at `log_seq`.
pub(crate) fn next_revision(base: Option<Line>, log_seq: u64) -> Result<u64, SealError> {
    let limit = highest_revision(log_seq.saturating_add(1));
    let before = base.map_or(0, |base| base.rev);
    if before < limit { Ok(before + 1) } else { Err(SealError::RevisionTooFar { limit }) }
}

/// Seals `plaintext` in its own buffer and signs it. The header's salt and author are filled in here.
fn seal(
    mut header: RecordHeader,
    mut plaintext: Zeroizing<Vec<u8>>,
    key: &SpaceKey,
    device: &DeviceKeys,
    entropy: &dyn Entropy,
) -> Result<OwnedRecord, SealError> {
    if plaintext.len() > MAX_PLAINTEXT_BYTES {
        return Err(SealError::TooLarge);
    }
    header.salt = Salt::from_bytes(entropy::public(entropy)?);
    header.by = device.id();
    let header_bytes = header.encode();
    let (record_key, nonce) = key_and_nonce(key, &header.salt, &header_bytes);
    let mut ciphertext = std::mem::take(&mut *plaintext);
    let target = padded(ciphertext.len());
    pad(&mut ciphertext, target);
    aead::seal(&record_key, &nonce, &header_bytes, &mut ciphertext);
    let signature = device.signing().sign_bare(&record_signing_input(&header_bytes, &ciphertext));
    Ok(OwnedRecord { header, header_bytes, ciphertext, signature })
}

/// What a record held, in memory that wipes itself.
///
/// It cannot be cloned, printed or serialized; the last test is the control, so that each failure has one cause:
/// ```compile_fail,E0277
/// fn cloned<T: Clone>() {}
/// cloned::<countersign_crypto::record::OpenedRecord>();
/// ```
/// ```compile_fail,E0277
/// fn shown<T: std::fmt::Display>() {}
/// shown::<countersign_crypto::record::OpenedRecord>();
/// ```
/// ```compile_fail,E0277
/// fn written<T: serde::Serialize>() {}
/// written::<countersign_crypto::record::OpenedRecord>();
/// ```
/// ```
/// fn named<T: std::fmt::Debug>() {}
/// fn written<T: serde::Serialize>() {}
/// named::<countersign_crypto::record::OpenedRecord>();
/// written::<String>();
/// ```
pub struct OpenedRecord {
    record_type: RecordType,
    tombstone: bool,
    plaintext: Zeroizing<Vec<u8>>,
}

impl OpenedRecord {
    /// Opens a record that the log's rules have let pass, now or when it was stored
    /// ([`Log::verify_record`](countersign_protocol::log::Log::verify_record)); `header` is `record.header` as it was
    /// read there. A client opens thousands of records at a time, so this checks no signature again.
    ///
    /// # Errors
    /// [`OpenError`]: the record counts as its revision, and is shown as damaged by its author (V6).
    pub fn open(header: &RecordHeader, record: &SealedRecord<'_>, key: &SpaceKey) -> Result<Self, OpenError> {
        let (record_key, nonce) = key_and_nonce(key, &header.salt, record.header);
        let padded = aead::open(&record_key, &nonce, record.header, record.ciphertext)
            .map_err(|_| OpenError::DoesNotOpen)?;
        let plaintext = unpad(padded).ok_or(OpenError::Padding)?;
        Ok(Self { record_type: header.record_type, tombstone: header.tombstone, plaintext })
    }

    /// What was kept as a plaintext, to be sealed: [`encode`](crate::content::encode) made it.
    pub const fn of(record_type: RecordType, plaintext: Zeroizing<Vec<u8>>) -> Self {
        Self { record_type, tombstone: false, plaintext }
    }

    /// The type that the header gives it.
    pub const fn record_type(&self) -> RecordType {
        self.record_type
    }

    /// The bytes before padding. Empty where the record is deleted by an honest author.
    pub fn plaintext(&self) -> &[u8] {
        &self.plaintext
    }

    /// The content, or `None` where the record is deleted.
    ///
    /// # Errors
    /// [`DecodeError`] when it is not one value of type `T` in its one encoding: damaged by its author (V6).
    pub fn content<T: Content>(&self) -> Result<Option<T>, DecodeError> {
        if self.record_type != T::TYPE {
            return Err(DecodeError::Malformed { what: "a record of another type" });
        }
        if self.tombstone { Ok(None) } else { content::decode(&self.plaintext).map(Some) }
    }
}

impl fmt::Debug for OpenedRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OpenedRecord({}, …)", self.record_type.name())
    }
}

fn key_and_nonce(key: &SpaceKey, salt: &Salt, header: &[u8]) -> (Zeroizing<[u8; 32]>, [u8; 12]) {
    aead::key_and_nonce(&kdf::derive(key.bytes(), salt.as_bytes(), &[b"cs/1/rec", header]))
}

#[cfg(test)]
mod tests;
