//! Codes: all that are on a screen in one call, and counter-based ones drawn for good before they are shown.

use countersign_crypto::content::{Action, Counter, Otp, OtpAlgorithm, OtpKind, Unknown};
use countersign_protocol::ids::{AccountId, InstanceId};
use countersign_protocol::limits::MAX_INTEGER;
use countersign_protocol::numbers::RecordType;

use super::desk::Desk;
use super::line::Secret;
use super::{Doer, Unlocked};
use crate::error::{CodeError, Unavailable};
use crate::otp::{
    Algorithm, Code, CounterCode, CounterParameters, Digits, OtpParameters, OtpSecret, Period, TimeParameters,
};
use crate::ports::Timestamp;
use crate::store::StoreError;

/// One account's code, as a list shows it.
#[derive(Debug, PartialEq, Eq)]
pub struct AccountCode {
    /// The account.
    pub account: AccountId,
    /// What there is to show.
    pub code: CodeOfAccount,
}

/// What an account has in the place of a code.
#[derive(Debug, PartialEq, Eq)]
pub enum CodeOfAccount {
    /// The code, its window, and the next one.
    Now(Code),
    /// Codes are drawn one by one; showing a list draws none.
    Drawn,
    /// MFA is off, or not confirmed yet.
    None,
    /// The clock is before 1970, or beyond the calendar.
    NoTime,
}

impl Unlocked {
    /// The codes of `accounts`, in their order, each with its window by this device's clock. Writes nothing: this is what a list shows.
    /// An account that is not there any more is left out.
    ///
    /// # Errors
    /// [`Unavailable`], as of any verb.
    pub fn codes(&self, accounts: &[AccountId]) -> Result<Vec<AccountCode>, Unavailable> {
        self.with(Doer::Screen, |desk| {
            let now = desk.host.clock.now();
            let mut codes = Vec::with_capacity(accounts.len());
            for &account in accounts {
                let Ok(line) = desk.line(account) else { continue };
                let code = match line.on {
                    None => CodeOfAccount::None,
                    Some(Secret { codes: super::CodeKind::Counter, .. }) => CodeOfAccount::Drawn,
                    Some(_) => code_now(desk, account, now)?,
                };
                codes.push(AccountCode { account, code });
            }
            Ok(codes)
        })
    }

    /// The code that a person reveals or copies: the activity of the account says so, before it is handed out.
    ///
    /// # Errors
    /// [`CodeError`]; nothing was written then.
    pub fn reveal(&self, account: AccountId, action: Revealed) -> Result<Code, CodeError> {
        self.with(Doer::Person, |desk| {
            desk.line(account)?.on.ok_or(CodeError::Off)?;
            let now = desk.host.clock.now();
            let CodeOfAccount::Now(code) = code_now(desk, account, now)? else { return Err(CodeError::Off) };
            let action = match action {
                Revealed::Viewed => Action::Viewed,
                Revealed::Copied => Action::Copied,
            };
            desk.note(account, &[action], None)?;
            desk.commit()?;
            Ok(code)
        })
    }

    /// Draws the next code of a counter-based secret. The counter has moved on, for good, before this returns: a
    /// code that was shown is never shown again, whatever is killed when.
    ///
    /// # Errors
    /// [`CodeError`]; the counter is then as it was.
    pub fn draw(&self, account: AccountId) -> Result<CounterCode, CodeError> {
        self.with(Doer::Person, |desk| {
            desk.line(account)?;
            desk.require(account, RecordType::Counter)?;
            let space = desk.codes(account);
            let otp = desk.read::<Otp>(space, InstanceId::ZERO)?.content.ok_or(CodeError::Off)?;
            let OtpKind::Hotp { counter: first } = otp.kind else { return Err(CodeError::ByTheClock) };
            let held = desk.read::<Counter>(space, InstanceId::ZERO)?;
            let counter = next_counter(&otp, held.content.as_ref(), first);
            if counter >= MAX_INTEGER {
                return Err(CodeError::CounterAtEnd);
            }
            let next = Counter { otp: otp.id, next: counter + 1, unknown: Unknown::default() };
            desk.write(space, InstanceId::ZERO, held.base, &next)?;
            desk.note(account, &[Action::Viewed], None)?;
            desk.commit()?;
            Ok(counter_parameters(&otp, counter)?.code(&secret(&otp)?))
        })
    }
}

/// What a person did with a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revealed {
    /// Looked at one account's code.
    Viewed,
    /// Copied it.
    Copied,
}

/// The next counter to use: the record's, where it belongs to this secret and is ahead.
pub(crate) fn next_counter(otp: &Otp, held: Option<&Counter>, first: u64) -> u64 {
    held.filter(|held| held.otp == otp.id).map_or(first, |held| held.next.max(first))
}

fn code_now(desk: &mut Desk<'_>, account: AccountId, now: Timestamp) -> Result<CodeOfAccount, Unavailable> {
    if !desk.session.secrets.contains_key(&account) {
        let otp =
            desk.read::<Otp>(desk.codes(account), InstanceId::ZERO)?.content.ok_or(StoreError::Damaged)?;
        desk.session.secrets.insert(account, otp);
    }
    let otp = desk.session.secrets.get(&account).ok_or(StoreError::Damaged)?;
    match parameters(otp)? {
        OtpParameters::Counter(_) => Ok(CodeOfAccount::Drawn),
        OtpParameters::Time(time) => {
            let code = desk.session.drift.code_at(time, &secret(otp)?, now);
            Ok(code.map_or(CodeOfAccount::NoTime, CodeOfAccount::Now))
        }
    }
}

/// How a sealed secret becomes codes.
pub(crate) fn parameters(otp: &Otp) -> Result<OtpParameters, StoreError> {
    Ok(match otp.kind {
        OtpKind::Steam => OtpParameters::Time(TimeParameters::Steam),
        OtpKind::Totp { period } => OtpParameters::Time(TimeParameters::Totp {
            algorithm: algorithm(otp.algorithm),
            digits: digits(otp)?,
            period: Period::try_from(u64::from(period)).map_err(|_| StoreError::Damaged)?,
        }),
        OtpKind::Hotp { counter } => OtpParameters::Counter(counter_parameters(otp, counter)?),
    })
}

fn counter_parameters(otp: &Otp, counter: u64) -> Result<CounterParameters, StoreError> {
    Ok(CounterParameters { algorithm: algorithm(otp.algorithm), digits: digits(otp)?, counter })
}

pub(crate) fn secret(otp: &Otp) -> Result<OtpSecret, StoreError> {
    OtpSecret::from_bytes(otp.secret.expose()).map_err(|_| StoreError::Damaged)
}

fn digits(otp: &Otp) -> Result<Digits, StoreError> {
    Digits::try_from(u64::from(otp.digits)).map_err(|_| StoreError::Damaged)
}

const fn algorithm(algorithm: OtpAlgorithm) -> Algorithm {
    match algorithm {
        OtpAlgorithm::Sha1 => Algorithm::Sha1,
        OtpAlgorithm::Sha256 => Algorithm::Sha256,
        OtpAlgorithm::Sha512 => Algorithm::Sha512,
    }
}
