//! V3: device records, and the proof that their maker holds the key.
//!
//! A device is the one kind of principal; a recovery kit is a device on paper. Its record is what the log holds of
//! it, its id is the record's hash, and its suite is what the signed record says: nothing is negotiated.

use curve25519_dalek::montgomery::MontgomeryPoint;

use crate::cbor::{self, Decode, DecodeError, Encode, Reader, Writer};
use crate::ids::{DeviceId, PublicBoxKey, PublicSigningKey, Signature};
use crate::limits::MAX_SMALL_BYTES;
use crate::numbers::{DeviceKind, Message, Suite};
use crate::signature;

/// What the log knows of a device: `[suite, kind, DSpub, DBpub]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceRecord {
    /// The algorithms of its keys.
    pub suite: Suite,
    /// Phone or recovery kit.
    pub kind: DeviceKind,
    /// The public half of the key it signs with.
    pub signing_key: PublicSigningKey,
    /// The public half of the key that boxes are sealed for.
    pub box_key: PublicBoxKey,
}

impl DeviceRecord {
    /// The canonical bytes: what is hashed to its id, and what its proof is over.
    pub fn encode(&self) -> Vec<u8> {
        cbor::to_bytes(self)
    }

    /// # Errors
    /// [`DecodeError`], where `bytes` are not a device record in its canonical encoding.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        cbor::from_bytes(bytes, MAX_SMALL_BYTES)
    }

    /// The device's id: the hash of the record.
    pub fn id(&self) -> DeviceId {
        DeviceId::of_record(&self.encode())
    }

    /// Whether boxes can be made for the device: X25519 with its box key is never all zeros (RFC 7748, section 6.1).
    ///
    /// True unless the key is one of the points whose order divides the cofactor 8, on the curve or on its twist.
    pub fn can_be_boxed(&self) -> bool {
        let eight = [true, false, false, false];
        MontgomeryPoint(*self.box_key.as_bytes()).mul_bits_be(eight.into_iter()).to_bytes() != [0; 32]
    }
}

impl Encode for DeviceRecord {
    fn write(&self, writer: &mut Writer) {
        writer.array(4);
        self.suite.write(writer);
        self.kind.write(writer);
        self.signing_key.write(writer);
        self.box_key.write(writer);
    }
}

impl Decode for DeviceRecord {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let length = reader.length("a device record")?;
        // The suite first: one that is not known may have other keys, and more of them.
        let suite = Suite::read(reader)?;
        if length != 4 {
            return Err(DecodeError::Malformed { what: "a device record" });
        }
        Ok(Self {
            suite,
            kind: DeviceKind::read(reader)?,
            signing_key: PublicSigningKey::read(reader)?,
            box_key: PublicBoxKey::read(reader)?,
        })
    }
}

/// A device record with its proof of possession, as ops carry them: `devrec, pop`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProvenDevice {
    /// The device.
    pub record: DeviceRecord,
    /// The device's own signature over its record, in the domain `pop`.
    pub pop: Signature,
}

impl ProvenDevice {
    /// Whether the proof is the device's own.
    pub fn is_proven(&self) -> bool {
        signature::verify(&self.record.signing_key, Message::Pop, &[&self.record.encode()], &self.pop)
    }
}

/// What a new device shows, as a QR code or text, to be added by another: `[1, 9, devrec, pop]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceOffer(pub ProvenDevice);

impl DeviceOffer {
    /// The canonical bytes.
    pub fn encode(&self) -> Vec<u8> {
        cbor::to_bytes(self)
    }

    /// # Errors
    /// [`DecodeError`], where `bytes` are not a device offer in its canonical encoding. The proof is not checked.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        cbor::from_bytes(bytes, MAX_SMALL_BYTES)
    }
}

impl Encode for DeviceOffer {
    fn write(&self, writer: &mut Writer) {
        writer.message(Message::DeviceOffer, 2);
        self.0.record.write(writer);
        self.0.pop.write(writer);
    }
}

impl Decode for DeviceOffer {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        reader.message(Message::DeviceOffer, 2)?;
        Ok(Self(ProvenDevice { record: DeviceRecord::read(reader)?, pop: Signature::read(reader)? }))
    }
}
