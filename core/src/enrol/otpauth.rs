//! Reads `otpauth://` text the way it is met in the wild (Key URI Format; draft-andesco-otpauth-uri).
//!
//! The type, then the parameters, then the label, which needs the issuer to be split. Numbers out of range and
//! unknown algorithms refuse the whole: every fallback here would be somebody locked out by wrong codes.

use super::error::{Found, Parameter, PayloadError};
use super::key::read_secret;
use super::label::Names;
use super::payload::AccountPayload;
use super::uri::{Parts, Query};
use crate::otp::{Algorithm, CounterParameters, Digits, OtpParameters, Period, TimeParameters};

const KNOWN: [Parameter; 8] = [
    Parameter::Secret,
    Parameter::Issuer,
    Parameter::Algorithm,
    Parameter::Digits,
    Parameter::Period,
    Parameter::Counter,
    Parameter::Encoder,
    Parameter::Steam,
];

/// The types of the Key URI Format, and Steam's.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Type {
    Totp,
    Hotp,
    Steam,
}

/// Reads what follows `otpauth:`.
pub(super) fn read(rest: &str) -> Result<AccountPayload, PayloadError> {
    let parts = Parts::of(rest);
    let written = read_type(parts.authority)?;
    let query = Query::of(parts.query, &KNOWN)?;
    let secret = query.get(Parameter::Secret).ok_or(PayloadError::MissingSecret)?;
    let secret = read_secret(&secret)?;
    let issuer = query.get(Parameter::Issuer).unwrap_or_default();
    let names = Names::from_label(parts.path, &issuer);
    let parameters = match effective_type(written, &query, names.is_steam())? {
        Type::Totp => OtpParameters::Time(read_totp(&query)?),
        Type::Hotp => OtpParameters::Counter(read_hotp(&query)?),
        Type::Steam => OtpParameters::Time(read_steam(&query)?),
    };
    Ok(AccountPayload::new(names, secret, parameters))
}

fn read_type(text: &str) -> Result<Type, PayloadError> {
    [("totp", Type::Totp), ("hotp", Type::Hotp), ("steam", Type::Steam)]
        .into_iter()
        .find_map(|(name, written)| text.eq_ignore_ascii_case(name).then_some(written))
        .ok_or_else(|| PayloadError::UnsupportedType { found: Found::new(text) })
}

/// Steam's codes go by the name `totp` in most links; the issuer, KeePassXC's `encoder` or a bare `steam` tells.
/// An encoder that is not known makes codes that are not known.
fn effective_type(written: Type, query: &Query<'_>, issued: bool) -> Result<Type, PayloadError> {
    let encoder = query.get(Parameter::Encoder).unwrap_or_default();
    let encoder = encoder.trim();
    if !encoder.is_empty() && !encoder.eq_ignore_ascii_case("steam") {
        return Err(PayloadError::UnsupportedType { found: Found::new(encoder) });
    }
    let flagged = !encoder.is_empty() || query.get(Parameter::Steam).is_some_and(|flag| is_set(&flag));
    match written {
        // Steam's codes have no counter, so such a link contradicts itself.
        Type::Hotp if flagged => Err(PayloadError::UnsupportedType { found: Found::new("hotp") }),
        Type::Totp if flagged || issued => Ok(Type::Steam),
        Type::Totp | Type::Hotp | Type::Steam => Ok(written),
    }
}

/// A flag is set by being there, whatever its value, unless that says no.
fn is_set(flag: &str) -> bool {
    let flag = flag.trim();
    !(flag == "0" || flag.eq_ignore_ascii_case("false"))
}

/// A counter is not read at all: the Key URI Format says that TOTP ignores it.
fn read_totp(query: &Query<'_>) -> Result<TimeParameters, PayloadError> {
    Ok(TimeParameters::Totp {
        algorithm: read_algorithm(query)?,
        digits: read_digits(query)?,
        period: read_period(query)?,
    })
}

/// A period is not read at all: it says nothing about a counter.
fn read_hotp(query: &Query<'_>) -> Result<CounterParameters, PayloadError> {
    let algorithm = read_algorithm(query)?;
    let digits = read_digits(query)?;
    let counter = query.get(Parameter::Counter).ok_or(PayloadError::MissingCounter)?;
    let invalid = || PayloadError::InvalidCounter { found: Found::new(counter.trim()) };
    Ok(CounterParameters { algorithm, digits, counter: whole_number(&counter).ok_or_else(invalid)? })
}

/// Steam has nothing to choose. Other apps write their own default of six digits, so digits only have to be
/// digits; but another hash or period would be another code, and there is none.
fn read_steam(query: &Query<'_>) -> Result<TimeParameters, PayloadError> {
    read_digits(query)?;
    if read_algorithm(query)? != TimeParameters::Steam.algorithm() {
        let found = query.get(Parameter::Algorithm).unwrap_or_default();
        return Err(PayloadError::UnsupportedAlgorithm { found: Found::new(found.trim()) });
    }
    if read_period(query)? != TimeParameters::Steam.period() {
        let found = query.get(Parameter::Period).unwrap_or_default();
        return Err(PayloadError::InvalidPeriod { found: Found::new(found.trim()) });
    }
    Ok(TimeParameters::Steam)
}

/// `SHA1`, and the spellings `SHA-1`, `HmacSHA1`, `HMAC-SHA-1` that Java programs print; so for 256 and 512.
fn read_algorithm(query: &Query<'_>) -> Result<Algorithm, PayloadError> {
    let Some(value) = query.get(Parameter::Algorithm) else { return Ok(Algorithm::default()) };
    let value = value.trim();
    let name = without_prefix(value, "HMAC").map_or(value, |rest| rest.strip_prefix('-').unwrap_or(rest));
    let size = without_prefix(name, "SHA").map(|rest| rest.strip_prefix('-').unwrap_or(rest));
    match size {
        Some("1") => Ok(Algorithm::Sha1),
        Some("256") => Ok(Algorithm::Sha256),
        Some("512") => Ok(Algorithm::Sha512),
        _ => Err(PayloadError::UnsupportedAlgorithm { found: Found::new(value) }),
    }
}

fn read_digits(query: &Query<'_>) -> Result<Digits, PayloadError> {
    let Some(value) = query.get(Parameter::Digits) else { return Ok(Digits::default()) };
    whole_number(&value)
        .and_then(|number| Digits::try_from(number).ok())
        .ok_or_else(|| PayloadError::InvalidDigits { found: Found::new(value.trim()) })
}

fn read_period(query: &Query<'_>) -> Result<Period, PayloadError> {
    let Some(value) = query.get(Parameter::Period) else { return Ok(Period::default()) };
    whole_number(&value)
        .and_then(|number| Period::try_from(number).ok())
        .ok_or_else(|| PayloadError::InvalidPeriod { found: Found::new(value.trim()) })
}

/// ASCII digits and nothing else but blanks around them: no sign, no point, no digits of other scripts.
fn whole_number(text: &str) -> Option<u64> {
    let digits = text.trim();
    // `parse` would take a leading plus sign.
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

fn without_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}
