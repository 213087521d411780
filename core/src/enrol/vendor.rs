//! Recognises what is not ours, so that a person is told what it is and what to do instead of "invalid code".
//!
//! Companies' own apps put an activation token into their QR codes, not a secret. Nothing here guesses that some
//! part of them might be one.

use super::error::{Foreign, Found, PayloadError, Vendor};
use super::radix::decode_base64;
use super::uri::{Parts, split_scheme};

/// The refusal for a text of a known foreign kind.
pub(super) fn recognise(text: &str) -> Option<PayloadError> {
    if is_duo_activation(text) {
        return Some(PayloadError::VendorLocked(Vendor::Duo));
    }
    let (scheme, rest) = split_scheme(text)?;
    let refusal = match scheme.to_ascii_lowercase().as_str() {
        "phonefactor" | "microsoft-authenticator" => PayloadError::VendorLocked(Vendor::Microsoft),
        "oktaverify" | "com-okta-authenticator" => PayloadError::VendorLocked(Vendor::Okta),
        "duo" => PayloadError::VendorLocked(Vendor::Duo),
        "oraclemobileauthenticator" => PayloadError::VendorLocked(Vendor::Oracle),
        "lpaauth-migration" => PayloadError::VendorLocked(Vendor::LastPass),
        "motp" => PayloadError::UnsupportedType { found: Found::new(scheme) },
        "fido" => PayloadError::NotOtpauth(Foreign::Passkey),
        "wifi" => PayloadError::NotOtpauth(Foreign::Wifi),
        "http" | "https" => for_web_address(&Parts::of(rest)),
        _ => return None,
    };
    Some(refusal)
}

/// Most addresses open a page; some are an app's activation, which only that app understands.
fn for_web_address(parts: &Parts<'_>) -> PayloadError {
    let host = parts.authority.to_ascii_lowercase();
    let path = parts.path.to_ascii_lowercase();
    if is_duo_host(&host) {
        PayloadError::VendorLocked(Vendor::Duo)
    } else if host == "login.microsoftonline.com" && path.starts_with("authenticatorapp/") {
        PayloadError::VendorLocked(Vendor::Microsoft)
    } else {
        PayloadError::NotOtpauth(Foreign::WebLink)
    }
}

/// An activation code, a dash, and the host to activate it at in base64.
fn is_duo_activation(text: &str) -> bool {
    let host = text.split_once('-').and_then(|(_, host)| decode_base64(host.trim_end_matches('=')));
    host.is_some_and(|host| str::from_utf8(&host).is_ok_and(is_duo_host))
}

fn is_duo_host(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    host.ends_with(".duosecurity.com") || host.ends_with(".duofederal.com")
}
