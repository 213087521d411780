//! Deterministic CBOR (RFC 8949 section 4.2.1) for plaintexts: written into memory that wipes itself, read with
//! bounds, unknown fields kept.

use std::convert::Infallible;
use std::fmt;

use countersign_protocol::DecodeError;
use countersign_protocol::limits::MAX_INTEGER;
use minicbor::data::Type;
use minicbor::{Decoder, Encoder};
use zeroize::Zeroizing;

/// The version of every plaintext so far.
const VERSION: u64 = 1;
/// Most fields of an array, known and unknown together.
const MAX_FIELDS: u64 = 64;
/// Most arrays and maps around a part of an unknown field.
const MAX_DEPTH: usize = 8;

/// A value that is written as an array of fields.
pub trait Fields: Sized {
    /// Appends the value.
    fn write(&self, writer: &mut Writer<'_>);
    /// Reads one value, leaving what follows it.
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError>;
}

/// Where an encoding goes, piece by piece.
type Sink<'a> = &'a mut dyn FnMut(&[u8]);

/// Writes fields from first to last.
pub struct Writer<'a>(Encoder<ToSink<'a>>);

struct ToSink<'a>(Sink<'a>);

impl minicbor::encode::Write for ToSink<'_> {
    type Error = Infallible;

    fn write_all(&mut self, bytes: &[u8]) -> Result<(), Infallible> {
        (self.0)(bytes);
        Ok(())
    }
}

type Written<'a, 'b> = Result<&'b mut Encoder<ToSink<'a>>, minicbor::encode::Error<Infallible>>;

fn written(result: Written<'_, '_>) {
    result.expect("a sink takes every byte; the error type of its encoder says so");
}

impl<'a> Writer<'a> {
    pub(crate) fn to(sink: Sink<'a>) -> Self {
        Self(Encoder::new(ToSink(sink)))
    }

    /// Begins `[1, …]` with `fields` fields of this version, then those of later ones; [`Self::unknown`] ends it.
    pub(crate) fn versioned(&mut self, fields: u64, unknown: &Unknown) {
        written(self.0.array(1 + fields + unknown.count));
        self.integer(VERSION);
    }

    /// The fields of later versions, as they came.
    pub(crate) fn unknown(&mut self, unknown: &Unknown) {
        (self.0.writer_mut().0)(&unknown.bytes);
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

    pub(crate) fn optional_integer(&mut self, value: Option<u64>) {
        match value {
            Some(value) => self.integer(value),
            None => written(self.0.null()),
        }
    }
}

/// Reads fields from first to last.
pub struct Reader<'a>(Decoder<'a>);

impl<'a> Reader<'a> {
    pub(crate) fn of(plaintext: &'a [u8]) -> Self {
        Self(Decoder::new(plaintext))
    }

    /// Begins an array of this version with at least `fields` fields; returns how many unknown ones follow them.
    pub(crate) fn versioned(&mut self, fields: u64, what: &'static str) -> Result<u64, DecodeError> {
        let malformed = DecodeError::Malformed { what };
        let length = self.length(MAX_FIELDS, what)?;
        match self.integer("version")? {
            VERSION => length.checked_sub(1 + fields).ok_or(malformed),
            number => Err(DecodeError::NeedsUpdate { what: "version", number }),
        }
    }

    /// The `count` fields of later versions.
    pub(crate) fn unknown(&mut self, count: u64) -> Result<Unknown, DecodeError> {
        let start = self.0.position();
        for _ in 0..count {
            self.item(MAX_DEPTH)?;
        }
        let bytes = Zeroizing::new(self.0.input()[start..self.0.position()].to_vec());
        Ok(Unknown { count, bytes })
    }

    /// The length of an array of at most `limit` elements.
    pub(crate) fn length(&mut self, limit: u64, what: &'static str) -> Result<u64, DecodeError> {
        self.0.array().ok().flatten().filter(|&length| length <= limit).ok_or(DecodeError::Malformed { what })
    }

    /// A whole number up to [`MAX_INTEGER`].
    pub(crate) fn integer(&mut self, what: &'static str) -> Result<u64, DecodeError> {
        self.0.u64().ok().filter(|&value| value <= MAX_INTEGER).ok_or(DecodeError::Malformed { what })
    }

    pub(crate) fn optional_integer(&mut self, what: &'static str) -> Result<Option<u64>, DecodeError> {
        if self.0.datatype().is_ok_and(|found| found == Type::Null) {
            self.0.null().map_err(|_| DecodeError::Malformed { what })?;
            return Ok(None);
        }
        self.integer(what).map(Some)
    }

    pub(crate) fn bytes(&mut self, what: &'static str) -> Result<&'a [u8], DecodeError> {
        self.0.bytes().map_err(|_| DecodeError::Malformed { what })
    }

    pub(crate) fn fixed<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], DecodeError> {
        self.bytes(what)?.try_into().map_err(|_| DecodeError::Malformed { what })
    }

    pub(crate) fn text(&mut self, what: &'static str) -> Result<&'a str, DecodeError> {
        self.0.str().map_err(|_| DecodeError::Malformed { what })
    }

    /// Passes over one value of any shape, in deterministic encoding: definite lengths, shortest numbers, sorted keys, no
    /// tags and no floats, which this protocol will never need.
    fn item(&mut self, depth: usize) -> Result<(), DecodeError> {
        let malformed = DecodeError::Malformed { what: "a field of a later version" };
        let start = self.0.position();
        let found = self.0.datatype().map_err(|_| malformed)?;
        let nested = match found {
            Type::Bool => self.0.bool().map(|_| 0),
            Type::Null => self.0.null().map(|()| 0),
            Type::U8 | Type::U16 | Type::U32 | Type::U64 => self.0.u64().map(|_| 0),
            Type::I8 | Type::I16 | Type::I32 | Type::I64 => self.0.i64().map(|_| 0),
            Type::Bytes => self.0.bytes().map(|_| 0),
            Type::String => self.0.str().map(|_| 0),
            Type::Array => self.0.array().map(Option::unwrap_or_default),
            Type::Map => self.0.map().map(Option::unwrap_or_default),
            _ => return Err(malformed),
        }
        .map_err(|_| malformed)?;
        if !head_is_shortest(&self.0.input()[start..]) || (nested > 0 && depth == 0) {
            return Err(malformed);
        }
        // Each round takes at least one byte of the input or ends here, whatever count was claimed.
        if found == Type::Map {
            return self.pairs(nested, depth - 1);
        }
        (0..nested).try_for_each(|_| self.item(depth - 1))
    }

    /// Passes over the pairs of a map: keys in ascending order of their encodings, none twice.
    fn pairs(&mut self, count: u64, depth: usize) -> Result<(), DecodeError> {
        let input = self.0.input();
        let mut before: Option<&[u8]> = None;
        for _ in 0..count {
            let start = self.0.position();
            self.item(depth)?;
            let key = &input[start..self.0.position()];
            if before.is_some_and(|before| before >= key) {
                return Err(DecodeError::NotCanonical);
            }
            before = Some(key);
            self.item(depth)?;
        }
        Ok(())
    }
}

/// Whether the argument in a CBOR head could not be written in fewer bytes (RFC 8949 section 4.2.1).
fn head_is_shortest(item: &[u8]) -> bool {
    let value = |bytes: &[u8]| bytes.iter().fold(0_u64, |value, &byte| value << 8 | u64::from(byte));
    let argument = |length: usize| item.get(1..=length).map_or(0, value);
    match item.first().map_or(0, |head| head & 0x1F) {
        24 => argument(1) >= 24,
        25 => argument(2) > 0xFF,
        26 => argument(4) > 0xFFFF,
        27 => argument(8) > 0xFFFF_FFFF,
        direct => direct < 24,
    }
}

/// Fields that a later version of this product wrote, kept to be written back.
#[derive(Default, PartialEq, Eq)]
pub struct Unknown {
    count: u64,
    bytes: Zeroizing<Vec<u8>>,
}

/// `Debug` that says the name of a plaintext's type and nothing that it holds.
macro_rules! redacted {
    ($($name:ident)*) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )*};
}
pub(super) use redacted;

impl fmt::Debug for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unknown({} fields)", self.count)
    }
}
