//! An account of the workspace: its name, its code or what stands in the place of one, and both for programs.

use countersign_core::client::{AccountSummary, CodeKind, CodeOfAccount, MfaState};
use countersign_core::otp::{Code, CounterCode};
use countersign_core::ports::Timestamp;
use serde::Serialize;

use super::account::{counted_code, seconds_left, timed};
use crate::escape::visible;
use crate::hint::Hints;
use crate::moment;
use crate::page::Page;

/// `GitHub · ana`; with the app in brackets where the card is called otherwise.
pub(crate) fn title(account: &AccountSummary) -> String {
    let AccountSummary { name, app, login, .. } = account;
    let named = visible(if name.is_empty() { app } else { name });
    let app = match &**app {
        "" => String::new(),
        app if name.is_empty() || name.to_lowercase() == app.to_lowercase() => String::new(),
        app => format!(" ({})", visible(app)),
    };
    let login = if login.is_empty() { String::new() } else { format!(" · {}", visible(login)) };
    format!("{named}{app}{login}")
}

/// The title as it heads what follows.
pub(crate) fn heading(account: &AccountSummary, page: Page) -> String {
    let name = page.palette.name;
    let star = if account.favourite { "★ " } else { "" };
    format!("{star}{name}{}{name:#}", title(account))
}

/// What stands below the title on a list; `call` is how the account is named in a command, and `hints` name the store.
pub(crate) fn below(
    account: &AccountSummary,
    code: &CodeOfAccount,
    (call, hints): (&str, &Hints),
    at: Timestamp,
    page: Page,
) -> String {
    let quiet = page.palette.quiet;
    match code {
        CodeOfAccount::Now(code) => timed(code, at, page),
        CodeOfAccount::Drawn => {
            let next = hints.complete(&format!("countersign code {call}"));
            format!("{quiet}each code works once: {next}{quiet:#}")
        }
        CodeOfAccount::NoTime => format!("{0}no code: check the clock{0:#}", page.palette.error),
        CodeOfAccount::None => match account.mfa {
            MfaState::Pending { since } => {
                let next = hints.complete(&format!("countersign confirm {call}"));
                format!("{quiet}Pending since {}: {next}{quiet:#}", moment::shown(since))
            }
            MfaState::Off | MfaState::On { .. } => {
                let next = hints.complete(&format!("countersign activate {call} PICTURE"));
                format!("{quiet}MFA is off: {next}{quiet:#}")
            }
        },
    }
}

/// A code that was counted.
pub(crate) fn drawn(code: &CounterCode, page: Page) -> String {
    counted_code(code, page)
}

/// How far MFA is, in a line.
pub(crate) fn mfa(state: MfaState) -> String {
    match state {
        MfaState::Off => "MFA is off".to_owned(),
        MfaState::Pending { since } => format!("MFA is pending since {}", moment::shown(since)),
        MfaState::On { replacing: None, .. } => "MFA is on".to_owned(),
        MfaState::On { replacing: Some(since), .. } => {
            format!("MFA is on; another secret is pending since {}", moment::shown(since))
        }
    }
}

/// An account for programs.
#[derive(Serialize)]
pub(crate) struct CardView {
    id: String,
    name: String,
    app: String,
    login: String,
    favourite: bool,
    role: &'static str,
    mfa: &'static str,
    counted: bool,
    pending_since: Option<i64>,
}

impl CardView {
    pub(crate) fn of(account: &AccountSummary) -> Self {
        let (mfa, counted, since) = match account.mfa {
            MfaState::Off => ("off", false, None),
            MfaState::Pending { since } => ("pending", false, Some(since)),
            MfaState::On { codes, replacing } => ("on", codes == CodeKind::Counter, replacing),
        };
        Self {
            id: account.id.to_string(),
            name: account.name.to_string(),
            app: account.app.to_string(),
            login: account.login.to_string(),
            favourite: account.favourite,
            role: account.role.name(),
            mfa,
            counted,
            pending_since: since.map(Timestamp::unix_seconds),
        }
    }
}

/// A code of the workspace for programs: the keys of `countersign code -`, and the counter.
#[derive(Serialize)]
pub(crate) struct CodeView {
    digits: String,
    next: Option<String>,
    valid_from: Option<i64>,
    valid_until: Option<i64>,
    seconds_left: Option<i64>,
    counter: Option<u64>,
}

impl CodeView {
    pub(crate) fn timed(code: &Code, at: Timestamp) -> Self {
        Self {
            digits: code.digits.as_str().to_owned(),
            next: Some(code.next.as_str().to_owned()),
            valid_from: Some(code.valid_from.unix_seconds()),
            valid_until: Some(code.valid_until.unix_seconds()),
            seconds_left: Some(seconds_left(code, at)),
            counter: None,
        }
    }

    pub(crate) fn counted(code: &CounterCode) -> Self {
        Self {
            digits: code.digits.as_str().to_owned(),
            next: None,
            valid_from: None,
            valid_until: None,
            seconds_left: None,
            counter: Some(code.counter),
        }
    }

    /// `None` where a list shows none.
    pub(crate) fn listed(code: &CodeOfAccount, at: Timestamp) -> Option<Self> {
        match code {
            CodeOfAccount::Now(code) => Some(Self::timed(code, at)),
            CodeOfAccount::Drawn | CodeOfAccount::None | CodeOfAccount::NoTime => None,
        }
    }
}
