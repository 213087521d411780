//! The client on its store, as an app uses it: no server, one person, everything durable.

mod accounts;
mod activity;
mod backup;
mod canary;
mod enrolment;
mod import;
mod lock;
mod observe;
mod opening;
mod property;
mod recovery_codes;
mod scanned;
mod vault;

use countersign_core::client::{AccountSummary, CardFields, Unlocked};
use countersign_core::enrol::EnrolmentState;
use countersign_protocol::ids::AccountId;

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

pub(crate) fn names_of(accounts: &[AccountSummary]) -> Vec<&str> {
    accounts.iter().map(|account| account.name.as_str()).collect()
}
