//! Writes an account as `otpauth://` text, in one canonical form.
//!
//! Every parameter is spelled out, so that nothing rests on another app's defaults, and everything that is not a
//! plain letter is encoded. The text is read back before it is handed out: an export that another phone would read
//! differently is found here, not by a person who is locked out.

use std::fmt::{self, Write as _};

use zeroize::Zeroizing;

use super::payload::{AccountPayload, Payload};
use super::radix::encode_base32;
use super::{Entry, read};
use crate::otp::{OtpParameters, OtpSecret, TimeParameters};

/// `otpauth://` text with the secret in it, wiped from memory when dropped.
///
/// ```compile_fail,E0277
/// fn clone<T: Clone>() {}
/// clone::<countersign_core::enrol::OtpauthUri>();
/// ```
/// ```compile_fail,E0277
/// fn show<T: std::fmt::Display>() {}
/// show::<countersign_core::enrol::OtpauthUri>();
/// ```
/// ```compile_fail,E0277
/// fn serialise<T: serde::Serialize>() {}
/// serialise::<countersign_core::enrol::OtpauthUri>();
/// ```
/// ```
/// // The control, so that a failure above has one cause.
/// fn debug<T: std::fmt::Debug>() {}
/// fn serialise<T: serde::Serialize>() {}
/// debug::<countersign_core::enrol::OtpauthUri>();
/// serialise::<String>();
/// ```
pub struct OtpauthUri(Zeroizing<String>);

impl OtpauthUri {
    /// The text itself: whoever reads it has the secret.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for OtpauthUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OtpauthUri(…)")
    }
}

/// The account cannot be written so that it is read as the same account again: it has a name with blanks around
/// it, an empty or overlong one, or is called Steam without being Steam.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the account has no exact form as an otpauth link")]
pub struct WriteError;

/// Writes `otpauth://type/issuer:account?secret=…&issuer=…&…`.
///
/// The `label_issuer` is left out: it belongs to the code that was scanned, and several apps refuse a link whose
/// two issuers differ.
///
/// # Errors
/// [`WriteError`] when the text would not be read back as the same issuer, account, secret and parameters.
pub fn write_otpauth(account: &AccountPayload) -> Result<OtpauthUri, WriteError> {
    let text = written(account);
    match read(&text, Entry::Link) {
        Ok(Payload::Account(back)) if is_same(&back, account) => Ok(OtpauthUri(text)),
        Ok(_) | Err(_) => Err(WriteError),
    }
}

/// The secret alone, as it is typed into another app: base32 in capitals, without padding and ungrouped.
///
/// ```
/// use countersign_core::{enrol::write_key, otp::OtpSecret};
/// let secret = OtpSecret::from_bytes(b"foob").expect("four bytes are not none");
/// assert_eq!(*write_key(&secret), "MZXW6YQ");
/// ```
pub fn write_key(secret: &OtpSecret) -> Zeroizing<String> {
    let bytes = secret.expose();
    // Enough at once, as above.
    let mut key = Zeroizing::new(String::with_capacity(2 * bytes.len()));
    encode_base32(bytes, &mut key);
    key
}

fn is_same(one: &AccountPayload, other: &AccountPayload) -> bool {
    one.issuer == other.issuer
        && one.account == other.account
        && one.secret == other.secret
        && one.parameters == other.parameters
}

fn written(account: &AccountPayload) -> Zeroizing<String> {
    let issuer = account.issuer.as_deref().unwrap_or_default();
    let name = account.account.as_deref().unwrap_or_default();
    // Enough for the worst case, at once: growing would leave the secret behind in freed memory.
    let capacity = 6 * issuer.len() + 3 * name.len() + 2 * account.secret.expose().len() + 128;
    let mut text = Zeroizing::new(String::with_capacity(capacity));
    text.push_str(match account.parameters {
        OtpParameters::Time(TimeParameters::Totp { .. }) => "otpauth://totp/",
        OtpParameters::Time(TimeParameters::Steam) => "otpauth://steam/",
        OtpParameters::Counter(_) => "otpauth://hotp/",
    });
    push_encoded(&mut text, issuer);
    // A colon in the account must not be taken for the end of an issuer that is not there.
    if account.issuer.is_some() || name.contains(':') {
        text.push(':');
    }
    push_encoded(&mut text, name);
    text.push_str("?secret=");
    encode_base32(account.secret.expose(), &mut text);
    if account.issuer.is_some() {
        text.push_str("&issuer=");
        push_encoded(&mut text, issuer);
    }
    push_parameters(&mut text, account.parameters);
    debug_assert!(text.len() <= capacity, "the text outgrew its buffer");
    text
}

fn push_parameters(text: &mut String, parameters: OtpParameters) {
    let (algorithm, digits) = (parameters.algorithm(), parameters.digits().get());
    let outcome = match parameters {
        OtpParameters::Time(TimeParameters::Steam) => Ok(()),
        OtpParameters::Time(time @ TimeParameters::Totp { .. }) => {
            let period = time.period().seconds();
            write!(text, "&algorithm={algorithm}&digits={digits}&period={period}")
        }
        OtpParameters::Counter(hotp) => {
            write!(text, "&algorithm={algorithm}&digits={digits}&counter={}", hotp.counter)
        }
    };
    outcome.expect("writing to a string does not fail");
}

/// Percent-encodes all but the unreserved characters of RFC 3986 section 2.3.
fn push_encoded(text: &mut String, raw: &str) {
    for byte in raw.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            text.push(char::from(byte));
        } else {
            write!(text, "%{byte:02X}").expect("writing to a string does not fail");
        }
    }
}
