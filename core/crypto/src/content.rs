//! What records hold, once opened: one type for each record type, as a versioned CBOR array.
//!
//! `[1, field, …, unknown…]`: a later version may add fields at the end. A reader that does not know them keeps
//! them and writes them back, so that an old phone that edits a card loses nothing a new one put there. Within that,
//! each value has one encoding, as everywhere in the protocol (V1). Lengths have their bounds here, and the sum of
//! them stays below what one record may hold.

mod account;
mod activity;
mod encoding;
mod names;
mod otp;
mod recovery_codes;
mod text;

use countersign_protocol::DecodeError;
use countersign_protocol::limits::{MAX_CIPHERTEXT_BYTES, TAG_BYTES};
use countersign_protocol::numbers::RecordType;
use zeroize::Zeroizing;

use crate::aead;
use crate::padding::padded;
use encoding::Fields;
pub(crate) use encoding::{Reader, Writer};

pub use account::Card;
pub use activity::{Action, Activity, ActivityEntry, MAX_ACTIVITY_ENTRIES};
pub use encoding::Unknown;
pub use names::{DeviceName, MAX_NAME_BYTES, MemberName, Name, WorkspaceName};
pub use otp::{
    Counter, MAX_SECRET_BYTES, Otp, OtpAlgorithm, OtpId, OtpKind, OtpSecret, Pending, Replaced, SecretLength,
};
pub use recovery_codes::{MAX_RECOVERY_CODES, RecoveryCode, RecoveryCodes, TooManyCodes};
pub use text::{Text, TextTooLong};

/// Longest plaintext of a record: what 64 KiB of padded text hold.
pub const MAX_PLAINTEXT_BYTES: usize = MAX_CIPHERTEXT_BYTES - TAG_BYTES - 1;

/// What a record of one type holds. The types of this module are all there are.
pub trait Content: Fields {
    /// The record type.
    const TYPE: RecordType;
}

/// The plaintext of a record, in memory that wipes itself and has room for padding and tag.
///
/// Measured first: a buffer that grows leaves a copy of what it held in freed memory.
pub fn encode<T: Content>(content: &T) -> Zeroizing<Vec<u8>> {
    let mut length = 0;
    content.write(&mut Writer::to(&mut |bytes| length += bytes.len()));
    let mut plaintext = with_room_for(length);
    content.write(&mut Writer::to(&mut |bytes| plaintext.extend_from_slice(bytes)));
    plaintext
}

/// The plaintext of a record without content.
pub(crate) fn empty() -> Zeroizing<Vec<u8>> {
    with_room_for(0)
}

/// The same plaintext once more, with room for padding and tag.
pub(crate) fn copied(plaintext: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut copy = with_room_for(plaintext.len());
    copy.extend_from_slice(plaintext);
    copy
}

fn with_room_for(length: usize) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(Vec::with_capacity(padded(length) + aead::TAG))
}

/// Reads what [`encode`] wrote, or a later version of this product.
///
/// # Errors
/// [`DecodeError`] when `plaintext` is not one value of this type in its one encoding.
pub fn decode<T: Content>(plaintext: &[u8]) -> Result<T, DecodeError> {
    if plaintext.len() > MAX_PLAINTEXT_BYTES {
        return Err(DecodeError::TooLong { limit: MAX_PLAINTEXT_BYTES });
    }
    let content = T::read(&mut Reader::of(plaintext))?;
    if *encode(&content) == plaintext { Ok(content) } else { Err(DecodeError::NotCanonical) }
}

#[cfg(test)]
mod tests;
