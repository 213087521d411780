//! What a device, or an invite's key, signs to log in. There is no password.

use crate::cbor::{self, Encode, Writer};
use crate::ids::{DeviceId, Nonce, PublicSigningKey, Signature};
use crate::limits::MAX_ORIGIN_BYTES;
use crate::numbers::Message;
use crate::signature;

/// `[1, 5, origin, dev, nonce]`, signed in the domain `login`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginText {
    /// The server's origin as the client knows it, `https://host[:port]`: a login cannot be passed on to another.
    pub origin: String,
    /// The device's id; for a login by an invite's key, the invite's id.
    pub dev: DeviceId,
    /// The server's challenge.
    pub nonce: Nonce,
}

impl LoginText {
    /// The canonical bytes, to be signed.
    pub fn encode(&self) -> Vec<u8> {
        cbor::to_bytes(self)
    }

    /// Whether `key` signed this login.
    pub fn is_signed_by(&self, key: &PublicSigningKey, signature: &Signature) -> bool {
        self.origin.len() <= MAX_ORIGIN_BYTES
            && signature::verify(key, Message::Login, &[&self.encode()], signature)
    }
}

impl Encode for LoginText {
    fn write(&self, writer: &mut Writer) {
        writer.message(Message::Login, 3);
        writer.text(&self.origin);
        self.dev.write(writer);
        self.nonce.write(writer);
    }
}
