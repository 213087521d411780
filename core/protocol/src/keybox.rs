//! V5: key boxes, and what each is bound to.

use crate::cbor::{self, Decode, DecodeError, Encode, Reader, Writer};
use crate::ids::{Commitment, DeviceId, SpaceId, WorkspaceId};
use crate::limits::{MAX_SMALL_BYTES, SEALED_KEY_BYTES};
use crate::numbers::Message;

/// A space key sealed for one device: `[1, 6, ws, space, epoch, device, by, sealed]`.
///
/// It is not signed: HPKE base mode says nothing about the sender, and what makes a key the right one is its
/// commitment in the log. `by` tells boxes of one place apart, so that garbage posted first blocks nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyBox {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The space whose key it holds.
    pub space: SpaceId,
    /// The key's epoch.
    pub epoch: u64,
    /// The device it is for.
    pub device: DeviceId,
    /// The device that posted it.
    pub by: DeviceId,
    /// Encapsulated key and ciphertext (RFC 9180), of suite 1.
    pub sealed: [u8; SEALED_KEY_BYTES],
}

impl KeyBox {
    /// The canonical bytes.
    pub fn encode(&self) -> Vec<u8> {
        cbor::to_bytes(self)
    }

    /// # Errors
    /// [`DecodeError`], where `bytes` are not a box in its canonical encoding.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        cbor::from_bytes(bytes, MAX_SMALL_BYTES)
    }
}

impl Encode for KeyBox {
    fn write(&self, writer: &mut Writer) {
        writer.message(Message::Box, 6);
        self.workspace.write(writer);
        self.space.write(writer);
        writer.integer(self.epoch);
        self.device.write(writer);
        self.by.write(writer);
        writer.bytes(&self.sealed);
    }
}

impl Decode for KeyBox {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        reader.message(Message::Box, 6)?;
        Ok(Self {
            workspace: WorkspaceId::read(reader)?,
            space: SpaceId::read(reader)?,
            epoch: reader.integer("epoch")?,
            device: DeviceId::read(reader)?,
            by: DeviceId::read(reader)?,
            sealed: reader.fixed("a sealed key")?,
        })
    }
}

/// What a box is bound to: `[ws, space, epoch, device, commit]`. Never sent; each side makes it from its own log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoxAad {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The space.
    pub space: SpaceId,
    /// The key's epoch.
    pub epoch: u64,
    /// The device the box is for.
    pub device: DeviceId,
    /// The commitment that the log has for this space and epoch.
    pub commit: Commitment,
}

impl BoxAad {
    /// The canonical bytes: HPKE's `aad`.
    pub fn encode(&self) -> Vec<u8> {
        cbor::to_bytes(self)
    }
}

impl Encode for BoxAad {
    fn write(&self, writer: &mut Writer) {
        writer.array(5);
        self.workspace.write(writer);
        self.space.write(writer);
        writer.integer(self.epoch);
        self.device.write(writer);
        self.commit.write(writer);
    }
}
