//! A secret in letters: the `secret` parameter, the "Secret key" field, and `steam://`.
//!
//! Blanks, dashes and padding are how people and services group a key, so they are dropped. Every other character
//! outside the alphabet refuses the whole: without it the key would decode to something plausible and wrong.

use zeroize::Zeroizing;

use super::error::{Foreign, PayloadError, SecretFault};
use super::label::Names;
use super::payload::AccountPayload;
use super::radix::decode_base32;
use super::uri::{Plus, decode};
use crate::otp::{Algorithm, Digits, OtpParameters, OtpSecret, Period, TimeParameters};

/// The shortest word that is worth calling "perhaps a key": 80 bits, the least that services hand out.
const SHORTEST_KEY: usize = 16;

/// The secret behind base32 text in any grouping.
pub(super) fn read_secret(text: &str) -> Result<OtpSecret, PayloadError> {
    let letters = ungrouped(text);
    let letters = letters.trim_end_matches('=');
    if letters.is_empty() {
        return Err(PayloadError::EmptySecret);
    }
    let bytes = decode_base32(letters).ok_or(PayloadError::InvalidSecret(SecretFault::NotBase32))?;
    OtpSecret::from_bytes(&bytes).map_err(|_| PayloadError::InvalidSecret(SecretFault::TooShort))
}

/// What was typed or pasted into the "Secret key" field: a TOTP key with everything else as usual.
pub(super) fn read_typed(text: &str) -> Result<AccountPayload, PayloadError> {
    if is_one_time_code(text) {
        return Err(PayloadError::InvalidSecret(SecretFault::LooksLikeCode));
    }
    let usual = TimeParameters::Totp {
        algorithm: Algorithm::default(),
        digits: Digits::default(),
        period: Period::default(),
    };
    Ok(AccountPayload::new(Names::none(), read_secret(text)?, OtpParameters::Time(usual)))
}

/// `steam://KEY`, as Bitwarden writes it.
///
/// # Errors
/// [`Foreign::SteamCommand`] for a link that is for the Steam client.
pub(super) fn read_steam(rest: &str) -> Result<AccountPayload, PayloadError> {
    // The Steam client's own links (`steam://run/440`) have a command and a slash; a key has neither.
    if rest.trim_matches('/').contains('/') {
        return Err(PayloadError::NotOtpauth(Foreign::SteamCommand));
    }
    let key = decode(rest.trim_matches('/'), Plus::IsPlus);
    let steam = OtpParameters::Time(TimeParameters::Steam);
    Ok(AccountPayload::new(Names::steam(), read_secret(&key)?, steam))
}

/// What a text without a known scheme is, where a key alone is not accepted.
pub(super) fn foreign(text: &str) -> Foreign {
    if text.is_empty() {
        Foreign::Empty
    } else if is_one_time_code(text) {
        Foreign::OneTimeCode
    } else if ungrouped(text).len() >= SHORTEST_KEY && read_secret(text).is_ok() {
        Foreign::BareKey
    } else {
        Foreign::Other
    }
}

/// Six to eight digits, grouped or not. Some of them are valid base32, but nobody's key is 30 bits of digits.
fn is_one_time_code(text: &str) -> bool {
    let letters = ungrouped(text);
    (6..=8).contains(&letters.len()) && letters.bytes().all(|byte| byte.is_ascii_digit())
}

fn ungrouped(text: &str) -> Zeroizing<String> {
    let mut letters = Zeroizing::new(String::with_capacity(text.len()));
    letters.extend(text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '_')));
    letters
}
