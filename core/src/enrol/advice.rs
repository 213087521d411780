//! The next step for a person whose code was refused.
//!
//! "Invalid QR code" helps nobody at a service's settings page. Every refusal has one sentence that says what to
//! do there, and a stable id under which a screen keeps its own words.

use super::error::{Foreign, MigrationFault, PayloadError, SecretFault, Vendor};

/// What a person can do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NextStep {
    /// A stable id, for a screen's own strings.
    pub id: &'static str,
    /// The same in English, one or two sentences.
    pub sentence: &'static str,
}

impl PayloadError {
    /// What a person can do now.
    pub const fn next_step(&self) -> NextStep {
        let (id, sentence) = match self {
            Self::TooLong => (
                "too_long",
                "Scan the QR code that the service shows for an authenticator app, or copy only its key.",
            ),
            Self::NotOtpauth(foreign) => for_foreign(*foreign),
            Self::VendorLocked(vendor) => for_vendor(*vendor),
            Self::UnsupportedType { .. } => (
                "unsupported_type",
                "Choose \"authenticator app\" or \"Google Authenticator\" at the service, and scan the code it shows then.",
            ),
            Self::EmptySecret => ("empty_secret", "Enter the key that the service shows at setup."),
            Self::MissingSecret => (
                "no_secret",
                "Start again at the service and choose a standard authenticator app; if it shows a key, enter that.",
            ),
            Self::InvalidSecret(fault) => for_secret(*fault),
            Self::DuplicateParameter(_) => (
                "contradiction",
                "The code contradicts itself. Enter the key that the service shows next to it.",
            ),
            Self::UnsupportedAlgorithm { .. }
            | Self::InvalidDigits { .. }
            | Self::InvalidPeriod { .. }
            | Self::InvalidCounter { .. } => (
                "unusable_settings",
                "Reload the page for a new code. If it is the same, the service's settings need its administrator.",
            ),
            Self::MissingCounter => {
                ("missing_counter", "Ask the service for the counter of this key; for a new key it is 0.")
            }
            Self::BadMigration(fault) => for_migration(*fault),
        };
        NextStep { id, sentence }
    }
}

const fn for_foreign(foreign: Foreign) -> (&'static str, &'static str) {
    match foreign {
        Foreign::Empty => ("empty", "Point the camera at the QR code that the service shows."),
        Foreign::WebLink => (
            "web_link",
            "This code opens a web page. Sign in there, and scan the code it shows for an authenticator app.",
        ),
        Foreign::Wifi => ("wifi", "This code joins a Wi-Fi network. Scan the one that the service shows."),
        Foreign::SteamCommand => (
            "steam_command",
            "This link opens something in the Steam client. Enter the key that Steam calls the shared secret, in base32.",
        ),
        Foreign::Passkey => (
            "passkey",
            "This code is for a passkey. Scan it with the phone's own camera, or choose an authenticator app at the service.",
        ),
        Foreign::OneTimeCode => (
            "one_time_code",
            "This is a code that was made from a key. Scan the QR code with the key itself.",
        ),
        Foreign::BareKey => (
            "bare_key",
            "If the service calls this a key or secret, use \"Enter key manually\" and type it there.",
        ),
        Foreign::Other => {
            ("other", "Scan the QR code that the service shows under two-factor or authenticator app.")
        }
    }
}

const fn for_vendor(vendor: Vendor) -> (&'static str, &'static str) {
    match vendor {
        Vendor::Microsoft => (
            "vendor.microsoft",
            "On the Microsoft page, choose \"I want to use a different authenticator app\", and scan the code it shows then.",
        ),
        Vendor::Okta => (
            "vendor.okta",
            "On the Okta page, choose \"Google Authenticator\" instead of Okta Verify, and scan the code it shows then.",
        ),
        Vendor::Duo => (
            "vendor.duo",
            "Duo keeps its secrets to its own app. Ask the administrator for a hardware-token or passcode login.",
        ),
        Vendor::Oracle => (
            "vendor.oracle",
            "On the Oracle page, tick \"Offline mode or use another authenticator app\", and scan the code it shows then.",
        ),
        Vendor::LastPass => (
            "vendor.lastpass",
            "This moves accounts between phones with LastPass Authenticator. Set the accounts up anew at each service.",
        ),
    }
}

const fn for_secret(fault: SecretFault) -> (&'static str, &'static str) {
    match fault {
        SecretFault::NotBase32 => (
            "check_key",
            "Check the key: it has only the letters A to Z and the digits 2 to 7; what looks like 0, 1 or 8 is O, I or B.",
        ),
        SecretFault::TooShort => ("incomplete_key", "Enter the whole key that the service shows."),
        SecretFault::LooksLikeCode => (
            "key_not_code",
            "This looks like a code. Enter the key: the long one of letters and digits that the service shows at setup.",
        ),
    }
}

const fn for_migration(fault: MigrationFault) -> (&'static str, &'static str) {
    match fault {
        MigrationFault::NotOffline
        | MigrationFault::NoData
        | MigrationFault::NotBase64
        | MigrationFault::NotProtobuf => (
            "export_again",
            "In Google Authenticator, choose \"Transfer accounts\" and \"Export\" again, and scan the new code.",
        ),
        MigrationFault::NoEntries => (
            "export_empty",
            "This export holds no accounts. In Google Authenticator, choose the accounts and export again.",
        ),
    }
}
