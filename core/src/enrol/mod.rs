//! From the text of a QR code, a link or a typed key to an account that can show codes.
//!
//! URL libraries lower-case, re-encode and cut at a raw `#`, which silently changes secrets. So this reader splits
//! the text itself, decodes each part once, and refuses what it cannot keep exactly: a wrong code is worse than no
//! code. The rules and where each comes from: `docs/payloads.md`.

mod activate;
mod advice;
mod batches;
mod card_match;
mod error;
mod key;
mod label;
mod migration;
mod otpauth;
mod payload;
mod pending;
mod radix;
mod uri;
mod vendor;
mod write;

pub use activate::{Enrolment, EnrolmentState, Glance, PendingCode};
pub use advice::NextStep;
pub use batches::{BatchError, Batches, Export};
pub use card_match::Label;
pub use error::{Foreign, Found, MigrationFault, Parameter, PayloadError, SecretFault, Vendor};
pub use payload::{AccountPayload, Batch, EntryError, MigrationPayload, Payload, Warning};
pub use pending::Added;
pub(crate) use pending::sealed_otp;
pub use write::{OtpauthUri, WriteError, write_key, write_otpauth};

/// The longest text that is looked at. A QR code holds 4,296 characters at most; a pasted link may be longer.
pub const MAX_TEXT_BYTES: usize = 64 * 1024;

/// Where a text came from, which decides what it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Entry {
    /// A camera or a picture. A bare word is never taken for a key: the next QR code on the desk is a Wi-Fi code.
    Qr,
    /// A link that was opened, by the same rules as a QR code.
    Link,
    /// The "Secret key" field: a key, or whatever else somebody pasted there.
    Manual,
}

/// Reads one text. Nothing is fetched, whatever addresses it holds.
///
/// # Errors
/// [`PayloadError`] names the part that is wrong and what was expected there; it never holds the text itself.
pub fn read(text: &str, entry: Entry) -> Result<Payload, PayloadError> {
    if text.len() > MAX_TEXT_BYTES {
        return Err(PayloadError::TooLong);
    }
    let text = trimmed(text);
    if let Some((scheme, rest)) = uri::split_scheme(text) {
        let is = |name: &str| scheme.eq_ignore_ascii_case(name);
        if is("otpauth") || is("apple-otpauth") {
            return otpauth::read(&uri::without_html(rest)).map(Payload::Account);
        }
        if is("otpauth-migration") {
            return migration::read(&uri::without_html(rest)).map(Payload::Migration);
        }
        if is("steam") {
            return key::read_steam(rest).map(Payload::Account);
        }
    }
    if let Some(refusal) = vendor::recognise(text) {
        return Err(refusal);
    }
    match entry {
        Entry::Manual if !uri::is_link(text) => key::read_typed(text).map(Payload::Account),
        Entry::Manual | Entry::Qr | Entry::Link => Err(PayloadError::NotOtpauth(key::foreign(text))),
    }
}

/// Without surrounding blanks, new lines and the byte order mark that some programs put before UTF-8.
fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
}

#[cfg(test)]
mod tests;
