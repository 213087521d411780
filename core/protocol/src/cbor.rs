//! V1: one encoding for each value, and no other accepted.
//!
//! Messages are CBOR (RFC 8949) arrays in its core deterministic encoding. A reader of the exact shape is followed
//! by one comparison: what was read is written again and must equal the input. So a longer integer, an indefinite
//! length, a tag or a trailing byte is refused without a rule for each. The shape is fixed by the types: nothing
//! recurses, and every length and count has its bound ([`crate::limits`]).

use std::collections::BTreeMap;
use std::convert::Infallible;

use minicbor::data::Type;
use minicbor::{Decoder, Encoder};

use crate::limits::MAX_INTEGER;
use crate::numbers::{Message, VERSION};

/// Why bytes are not a message of this protocol (V1, V10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Longer than any message of this type may be.
    #[error("read a message longer than {limit} bytes")]
    TooLong {
        /// The most bytes that such a message may have.
        limit: usize,
    },
    /// Not of the shape that the type has.
    #[error("read {what}")]
    Malformed {
        /// The part that could not be read.
        what: &'static str,
    },
    /// Of the right shape, but not in the one encoding that its value has.
    #[error("read a message that is not in its canonical encoding")]
    NotCanonical,
    /// A version, op, type, role, kind or suite of a later version of the protocol: stop, and ask for an update.
    #[error("read {what} {number}, which needs an update")]
    NeedsUpdate {
        /// Which number is unknown.
        what: &'static str,
        /// The number.
        number: u64,
    },
}

impl DecodeError {
    /// The error's stable name, as vectors have it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "TooLong",
            Self::Malformed { .. } => "Malformed",
            Self::NotCanonical => "NotCanonical",
            Self::NeedsUpdate { .. } => "NeedsUpdate",
        }
    }
}

/// A value with one canonical encoding.
pub(crate) trait Encode {
    fn write(&self, writer: &mut Writer);
}

/// A value that can be read from its encoding.
pub(crate) trait Decode: Encode + Sized {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError>;
}

/// The canonical bytes of a value.
pub(crate) fn to_bytes<T: Encode>(value: &T) -> Vec<u8> {
    to_bytes_of(value, 0)
}

/// The same, with room for as many bytes as there will be.
fn to_bytes_of<T: Encode>(value: &T, length: usize) -> Vec<u8> {
    let mut writer = Writer(Encoder::new(Vec::with_capacity(length)));
    value.write(&mut writer);
    writer.0.into_writer()
}

/// Reads one value that fills `bytes`, which must be its canonical encoding.
pub(crate) fn from_bytes<T: Decode>(bytes: &[u8], limit: usize) -> Result<T, DecodeError> {
    if bytes.len() > limit {
        return Err(DecodeError::TooLong { limit });
    }
    let value = T::read(&mut Reader(Decoder::new(bytes)))?;
    if to_bytes_of(&value, bytes.len()) == bytes { Ok(value) } else { Err(DecodeError::NotCanonical) }
}

/// Appends canonical CBOR to a vector.
pub(crate) struct Writer(Encoder<Vec<u8>>);

type Written<'a> = Result<&'a mut Encoder<Vec<u8>>, minicbor::encode::Error<Infallible>>;

/// A vector takes every byte; the error type of its encoder says so.
fn written(result: Written<'_>) {
    result.expect("writing to a vector does not fail");
}

impl Writer {
    /// Begins `[version, message, …]` with `fields` more elements.
    pub(crate) fn message(&mut self, message: Message, fields: usize) {
        self.array(fields + 2);
        self.integer(u64::from(VERSION));
        message.write(self);
    }

    pub(crate) fn array(&mut self, length: usize) {
        written(self.0.array(length as u64));
    }

    pub(crate) fn integer(&mut self, value: u64) {
        written(self.0.u64(value));
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        written(self.0.bytes(bytes));
    }

    pub(crate) fn text(&mut self, text: &str) {
        written(self.0.str(text));
    }

    /// A list, each of whose items writes itself.
    pub(crate) fn list<T>(&mut self, items: impl ExactSizeIterator<Item = T>, write: impl Fn(&mut Self, T)) {
        self.array(items.len());
        for item in items {
            write(self, item);
        }
    }

    /// The value, or CBOR's null.
    pub(crate) fn optional<T: Encode>(&mut self, value: Option<&T>) {
        match value {
            Some(value) => value.write(self),
            None => written(self.0.null()),
        }
    }
}

/// Reads the shape that a type names; leaves what is not canonical to the comparison in [`from_bytes`].
pub(crate) struct Reader<'a>(Decoder<'a>);

impl<'a> Reader<'a> {
    /// Reads `[version, message, …]` with `fields` more elements.
    pub(crate) fn message(&mut self, message: Message, fields: usize) -> Result<(), DecodeError> {
        let length = self.length("a message")?;
        let version = self.integer("version")?;
        if version != u64::from(VERSION) {
            return Err(DecodeError::NeedsUpdate { what: "version", number: version });
        }
        if Message::read(self)? != message {
            return Err(DecodeError::Malformed { what: "a message of another type" });
        }
        expect_length(length, fields as u64 + 2, "a message")
    }

    /// The length of an array, for its reader to judge before anything is allocated.
    pub(crate) fn length(&mut self, what: &'static str) -> Result<u64, DecodeError> {
        self.0.array().ok().flatten().ok_or(DecodeError::Malformed { what })
    }

    /// An array of exactly `length` elements.
    pub(crate) fn array(&mut self, length: u64, what: &'static str) -> Result<(), DecodeError> {
        expect_length(self.length(what)?, length, what)
    }

    /// A list as a map, its items in ascending order of their keys. Those that are not, or that give a key twice,
    /// are not what is written again.
    pub(crate) fn map<K: Ord, V>(
        &mut self,
        limit: usize,
        what: &'static str,
        read: impl Fn(&mut Self) -> Result<(K, V), DecodeError>,
    ) -> Result<BTreeMap<K, V>, DecodeError> {
        let count = self.length(what)?;
        if count > limit as u64 {
            return Err(DecodeError::Malformed { what });
        }
        (0..count).map(|_| read(self)).collect()
    }

    /// A whole number up to [`MAX_INTEGER`].
    pub(crate) fn integer(&mut self, what: &'static str) -> Result<u64, DecodeError> {
        self.0.u64().ok().filter(|value| *value <= MAX_INTEGER).ok_or(DecodeError::Malformed { what })
    }

    /// A byte string, borrowed from the input.
    pub(crate) fn bytes(&mut self, what: &'static str) -> Result<&'a [u8], DecodeError> {
        self.0.bytes().map_err(|_| DecodeError::Malformed { what })
    }

    /// A byte string of exactly `N` bytes.
    pub(crate) fn fixed<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], DecodeError> {
        self.bytes(what)?.try_into().map_err(|_| DecodeError::Malformed { what })
    }

    /// A value, or `None` for CBOR's null.
    pub(crate) fn optional<T: Decode>(&mut self) -> Result<Option<T>, DecodeError> {
        if self.0.datatype().is_ok_and(|found| found == Type::Null) {
            self.0.null().map_err(|_| DecodeError::Malformed { what: "null" })?;
            return Ok(None);
        }
        T::read(self).map(Some)
    }
}

fn expect_length(found: u64, expected: u64, what: &'static str) -> Result<(), DecodeError> {
    if found == expected { Ok(()) } else { Err(DecodeError::Malformed { what }) }
}

#[cfg(test)]
mod tests;
