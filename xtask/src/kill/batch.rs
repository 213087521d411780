//! What another app hands over: an export of a few accounts, which comes in as one step.

use anyhow::Context as _;
use countersign_core::enrol::{AccountPayload, Batch, Batches, Export, MigrationPayload};
use countersign_core::otp::{Algorithm, Digits, OtpParameters, OtpSecret, Period, TimeParameters};

use super::scene::secret;

/// How many accounts each has.
pub(super) const ACCOUNTS: usize = 5;

/// What every batch's name begins with.
pub(super) const PREFIX: &str = "batch ";

/// The export of that name, whose accounts are called after it.
pub(super) fn export(name: &str) -> anyhow::Result<Export> {
    let entry = |number: usize| -> anyhow::Result<_> {
        let account = format!("{name} {number}");
        let parameters =
            TimeParameters::Totp { algorithm: Algorithm::Sha1, digits: Digits::SIX, period: Period::THIRTY };
        Ok(Ok(AccountPayload {
            secret: OtpSecret::from_bytes(&secret(&account, 1))?,
            issuer: Some(account),
            account: None,
            label_issuer: None,
            parameters: OtpParameters::Time(parameters),
            warnings: Vec::new(),
        }))
    };
    let entries = (0..ACCOUNTS).map(entry).collect::<anyhow::Result<_>>()?;
    let mut batches = Batches::new();
    batches.add(MigrationPayload { entries, batch: Batch { id: 1, index: 0, size: 1 } })?;
    batches.into_exports().pop().context("an export")
}

/// The batch that an account of that name came with.
pub(super) fn of(account: &str) -> Option<&str> {
    account.starts_with(PREFIX).then_some(account)?.rsplit_once(' ').map(|(batch, _)| batch)
}
