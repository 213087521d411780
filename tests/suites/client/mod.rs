//! The client on its store, as an app uses it: no server, one person, everything durable.

mod accounts;
mod activity;
mod backup;
mod canary;
mod clock;
mod enrolment;
mod golden;
mod import;
mod lock;
mod memory;
mod observe;
mod opening;
mod other;
mod property;
mod recovery_codes;
mod rights;
mod scanned;
mod vault;

use countersign_core::client::{AccountSummary, CardFields, Unlocked};
use countersign_core::enrol::EnrolmentState;
use countersign_core::scan::Geometry;
use countersign_protocol::ids::AccountId;
use qrcodegen::{QrCode, QrCodeEcc};

/// RFC 4226's secret, "12345678901234567890".
pub(crate) const KEY: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
pub(crate) const OTHER_KEY: &str = "NBSWY3DPEB3W64TMMQQGQZLMNRXSA53P";

pub(crate) fn card(name: &str) -> CardFields {
    CardFields { name: name.to_owned(), ..CardFields::default() }
}

/// Adds an account and turns its MFA on with `key`.
pub(crate) fn account_with(client: &Unlocked, name: &str, key: &str) -> AccountId {
    let account = client.add_account(&card(name)).unwrap();
    let enrolment = client.activate(account).unwrap();
    assert!(matches!(enrolment.enter(key).unwrap(), EnrolmentState::Pending { .. }));
    assert_eq!(enrolment.done().unwrap(), EnrolmentState::On);
    account
}

/// A QR code as a camera would see it: its plane of pixels, and their geometry.
pub(crate) fn picture(text: &str) -> (Vec<u8>, Geometry) {
    const MODULE: u32 = 4;
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).unwrap();
    let side = (u32::try_from(code.size()).unwrap() + 8) * MODULE;
    let module = |pixel: u32| i32::try_from(pixel / MODULE).unwrap() - 4;
    let pixels = (0..side * side).map(|index| {
        let dark = code.get_module(module(index % side), module(index / side));
        if dark { 20 } else { 235 }
    });
    (pixels.collect(), Geometry::packed(side, side))
}

pub(crate) fn names_of(accounts: &[AccountSummary]) -> Vec<&str> {
    accounts.iter().map(|account| &*account.name).collect()
}
