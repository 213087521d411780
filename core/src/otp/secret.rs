//! The shared secret, in a type that cannot be printed, copied or forgotten.
//!
//! Everything that must not happen to a secret by accident (a log line, a clone that outlives its owner, a
//! serialised record) is a thing this type cannot do; the doc tests below fail if it ever can.

use std::fmt;

use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// A shared secret of at least one byte, wiped from memory when dropped (RFC 4226 section 4 asks for 128 bits and
/// recommends 160; services hand out less, so that is a warning of the reader, not a bound here).
///
/// It cannot be cloned:
/// ```compile_fail,E0277
/// fn clone<T: Clone>() {}
/// clone::<countersign_core::otp::OtpSecret>();
/// ```
/// It cannot be shown:
/// ```compile_fail,E0277
/// fn show<T: std::fmt::Display>() {}
/// show::<countersign_core::otp::OtpSecret>();
/// ```
/// It cannot be serialised:
/// ```compile_fail,E0277
/// fn serialise<T: serde::Serialize>() {}
/// serialise::<countersign_core::otp::OtpSecret>();
/// ```
/// It is not a byte slice by accident either:
/// ```compile_fail,E0277
/// fn bytes<T: AsRef<[u8]>>() {}
/// bytes::<countersign_core::otp::OtpSecret>();
/// ```
/// The control, so that a failure above has one cause:
/// ```
/// fn debug<T: std::fmt::Debug>() {}
/// fn serialise<T: serde::Serialize>() {}
/// debug::<countersign_core::otp::OtpSecret>();
/// serialise::<String>();
/// ```
pub struct OtpSecret(Zeroizing<Box<[u8]>>);

/// No byte was given; HMAC would take that, and every phone would show the same codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the secret is empty")]
pub struct EmptySecret;

impl OtpSecret {
    /// Copies `bytes` into memory of its own; wiping the original is up to its owner.
    ///
    /// # Errors
    /// [`EmptySecret`] for no bytes at all.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, EmptySecret> {
        if bytes.is_empty() {
            return Err(EmptySecret);
        }
        Ok(Self(Zeroizing::new(bytes.into())))
    }

    /// The bytes themselves. Every call is a place where the secret could leave: keep them few and easy to find.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The length in bits, which may be known: it is what the warning about short secrets is about.
    pub fn bits(&self) -> usize {
        self.0.len() * 8
    }
}

/// Takes the same time wherever two secrets of one length differ.
impl PartialEq for OtpSecret {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for OtpSecret {}

impl fmt::Debug for OtpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OtpSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_secret_is_refused() {
        assert_eq!(OtpSecret::from_bytes(&[]).unwrap_err(), EmptySecret);
    }

    #[test]
    fn debug_shows_neither_bytes_nor_length() {
        let secret = OtpSecret::from_bytes(b"correct horse").unwrap();
        assert_eq!(format!("{secret:?}"), "OtpSecret(…)");
    }

    #[test]
    fn secrets_are_equal_only_byte_for_byte() {
        let secret = OtpSecret::from_bytes(b"abc").unwrap();
        assert_eq!(secret, OtpSecret::from_bytes(b"abc").unwrap());
        assert_ne!(secret, OtpSecret::from_bytes(b"abd").unwrap());
        assert_ne!(secret, OtpSecret::from_bytes(b"abcd").unwrap());
    }
}
