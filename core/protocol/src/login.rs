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

/// Why a login is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LoginError {
    /// Its origin is longer than any server's.
    #[error("log in to an origin of more than {MAX_ORIGIN_BYTES} bytes")]
    TooLong,
    /// The key did not sign this login, for this server and this challenge.
    #[error("verify a login's signature")]
    BadSignature,
}

impl LoginError {
    /// The error's stable name, as vectors have it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TooLong => "TooLong",
            Self::BadSignature => "BadSignature",
        }
    }
}

impl LoginText {
    /// The canonical bytes, to be signed.
    pub fn encode(&self) -> Vec<u8> {
        cbor::to_bytes(self)
    }

    /// Whether `key` signed this login.
    pub fn is_signed_by(&self, key: &PublicSigningKey, signature: &Signature) -> bool {
        self.check(key, signature).is_ok()
    }

    /// The same, with the reason.
    ///
    /// # Errors
    /// [`LoginError`].
    pub fn check(&self, key: &PublicSigningKey, signature: &Signature) -> Result<(), LoginError> {
        if self.origin.len() > MAX_ORIGIN_BYTES {
            return Err(LoginError::TooLong);
        }
        if signature::verify(key, Message::Login, &[&self.encode()], signature) {
            Ok(())
        } else {
            Err(LoginError::BadSignature)
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkit::Keys;

    fn text(origin: &str) -> LoginText {
        let dev = Keys::phone("ana").id();
        LoginText { origin: origin.to_owned(), dev, nonce: Nonce::from_bytes([7; 32]) }
    }

    fn signed(by: &Keys, text: &LoginText) -> Signature {
        by.sign(Message::Login, &[&text.encode()])
    }

    #[test]
    fn a_login_is_written_as_the_document_says() {
        let dev = Keys::phone("ana").id();
        let expected =
            [&[0x85, 1, 5, 0x69][..], b"https://a", &[0x50], dev.as_bytes(), &[0x58, 32], &[7; 32]].concat();
        assert_eq!(text("https://a").encode(), expected);
    }

    #[test]
    fn a_login_is_good_for_its_device_its_server_and_its_challenge() {
        let (ana, ben) = (Keys::phone("ana"), Keys::phone("ben"));
        let login = text("https://vault.example.com");
        let signature = signed(&ana, &login);
        assert!(login.is_signed_by(&ana.record.signing_key, &signature));
        assert!(!login.is_signed_by(&ben.record.signing_key, &signature));
        let elsewhere = text("https://evil.example.com");
        assert!(!elsewhere.is_signed_by(&ana.record.signing_key, &signature));
        let later = LoginText { nonce: Nonce::from_bytes([8; 32]), ..login };
        assert!(!later.is_signed_by(&ana.record.signing_key, &signature));
    }

    #[test]
    fn what_is_wrong_with_a_login_has_a_name() {
        let ana = Keys::phone("ana");
        let long = text(&"a".repeat(MAX_ORIGIN_BYTES + 1));
        let refused = |text: &LoginText, of: &LoginText| {
            text.check(&ana.record.signing_key, &signed(&ana, of)).unwrap_err().name()
        };
        assert_eq!(refused(&long, &long), "TooLong");
        assert_eq!(refused(&text("https://a"), &text("https://b")), "BadSignature");
    }

    #[test]
    fn an_origin_has_at_most_255_bytes() {
        let ana = Keys::phone("ana");
        for (length, good) in [(MAX_ORIGIN_BYTES, true), (MAX_ORIGIN_BYTES + 1, false)] {
            let login = text(&"a".repeat(length));
            assert_eq!(login.is_signed_by(&ana.record.signing_key, &signed(&ana, &login)), good, "{length}");
        }
    }
}
