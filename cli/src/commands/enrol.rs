//! `countersign activate`, `replace`, `confirm`, `cancel`, `restore` and `off`: what becomes of an account's secret.

use countersign_core::client::{AccountId, AccountSummary, EnrolError, MfaState, Unlocked};
use countersign_core::enrol::{Enrolment, EnrolmentState, Label};

use super::{Desk, add, input};
use crate::arguments::{Activate, Off, Restore};
use crate::escape::visible;
use crate::outcome::{Exit, Failure};
use crate::problem::{Advice, Problem};
use crate::view::answer::Answer;
use crate::view::card::{CardView, title};
use crate::workspace::{call, find, find_in};

pub(super) fn activate(arguments: &Activate, desk: &mut Desk<'_, '_>) -> Result<Answer, Failure> {
    scan(arguments, "activate NAME -", Unlocked::activate, desk)
}

pub(super) fn replace(arguments: &Activate, desk: &mut Desk<'_, '_>) -> Result<Answer, Failure> {
    scan(arguments, "replace NAME -", Unlocked::replace, desk)
}

fn scan(
    arguments: &Activate,
    for_a_key: &str,
    enrol: fn(&Unlocked, AccountId) -> Result<Enrolment, EnrolError>,
    desk: &mut Desk<'_, '_>,
) -> Result<Answer, Failure> {
    let payload = input::payload(&arguments.picture, for_a_key, desk)?;
    let warnings = add::warnings(&payload);
    let unlocked = desk.workspace.unlock()?;
    let account = find(&unlocked, std::slice::from_ref(&arguments.name))?;
    let enrolment = enrol(&unlocked, account.id)?;
    let question = match enrolment.offer(payload)? {
        EnrolmentState::LabelMismatch { card, scanned } => {
            Some(format!("the code is for {}, and the card for {}", label(&scanned), label(&card)))
        }
        EnrolmentState::SecretKnown { account: other } if other == account.id => {
            return Err(refused(
                "known_secret",
                "this account has this very code already",
                "There is nothing to do.",
            ));
        }
        EnrolmentState::SecretKnown { .. } => Some("another account has this very code already".to_owned()),
        _ => None,
    };
    if let Some(question) = question {
        let agreed = arguments.anyway
            || desk.console.agrees(&format!("{}. Use it anyway?", capital(&question))) == Some(true);
        if !agreed {
            return Err(refused("other_account", &question, "If it is right all the same: --anyway"));
        }
        enrolment.use_anyway()?;
    }
    let accounts = unlocked.accounts("")?;
    let account = accounts.iter().find(|summary| summary.id == account.id).unwrap_or(&account);
    add::pending(&unlocked, &accounts, account, &warnings, desk)
}

fn label(label: &Label) -> String {
    let names: Vec<String> = [&label.app, &label.login]
        .into_iter()
        .filter(|name| !name.is_empty())
        .map(|name| visible(name))
        .collect();
    if names.is_empty() { "no name".to_owned() } else { names.join(" · ") }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

pub(super) fn confirm(words: &[String], desk: &mut Desk<'_, '_>) -> Result<Answer, Failure> {
    let unlocked = desk.workspace.unlock()?;
    let account = pending(&unlocked, words, "Scan first: countersign add PICTURE")?;
    resumed(&unlocked, &account)?.done()?;
    let accounts = unlocked.accounts("")?;
    let call = call(&accounts, account.id);
    let replaced = matches!(account.mfa, MfaState::On { .. });
    let line =
        if replaced { "has its new secret; the old one can be restored for 30 days" } else { "has MFA on" };
    Ok(changed(&accounts, &account, line)
        .line("Does the service offer recovery codes? Keep them here too:")
        .next(format!("recovery-codes {call} --save -"))
        .next(format!("code {call}")))
}

pub(super) fn cancel(words: &[String], desk: &mut Desk<'_, '_>) -> Result<Answer, Failure> {
    let unlocked = desk.workspace.unlock()?;
    let account =
        pending(&unlocked, words, "There is nothing to cancel. See the accounts: countersign list")?;
    resumed(&unlocked, &account)?.cancel()?;
    let accounts = unlocked.accounts("")?;
    let call = call(&accounts, account.id);
    Ok(if matches!(account.mfa, MfaState::On { .. }) {
        changed(&accounts, &account, "keeps the secret that it had").next(format!("code {call}"))
    } else {
        changed(&accounts, &account, "has MFA off; its card stays")
            .next(format!("activate {call} PICTURE"))
            .next(format!("remove {call}"))
    })
}

/// The enrolment of an account, where it was left.
pub(super) fn resumed(unlocked: &Unlocked, account: &AccountSummary) -> Result<Enrolment, EnrolError> {
    match account.mfa {
        MfaState::On { .. } => unlocked.replace(account.id),
        MfaState::Off | MfaState::Pending { .. } => unlocked.activate(account.id),
    }
}

/// The account that is meant and pending; without words, the only one that is. `otherwise` is what to do where none is.
fn pending(unlocked: &Unlocked, words: &[String], otherwise: &str) -> Result<AccountSummary, Failure> {
    let is_pending = |account: &AccountSummary| {
        matches!(account.mfa, MfaState::Pending { .. } | MfaState::On { replacing: Some(_), .. })
    };
    let mut waiting = unlocked.accounts("")?;
    waiting.retain(is_pending);
    let nothing = || refused("nothing_pending", "nothing is pending", otherwise);
    if !words.is_empty() {
        // One that is pending is meant before one that only has the name.
        let meant = find_in(&waiting, words).or_else(|_| find(unlocked, words))?;
        return if is_pending(&meant) { Ok(meant) } else { Err(nothing()) };
    }
    match waiting.len() {
        0 => Err(nothing()),
        1 => waiting.pop().ok_or_else(nothing),
        _ => {
            let names: Vec<String> = waiting.iter().map(|account| call(&waiting, account.id)).collect();
            let message = format!("{} accounts are pending: {}", waiting.len(), names.join(", "));
            Err(refused("ambiguous_name", &message, "Say which."))
        }
    }
}

pub(super) fn restore(arguments: &Restore, desk: &mut Desk<'_, '_>) -> Result<Answer, Failure> {
    let unlocked = desk.workspace.unlock()?;
    let account = find(&unlocked, &arguments.name)?;
    let sealed = unlocked.replaced_secrets(account.id)?;
    let chosen = arguments.number.checked_sub(1).and_then(|index| sealed.get(index));
    unlocked.restore_secret(account.id, chosen.ok_or(EnrolError::NothingToRestore)?.id)?;
    let accounts = unlocked.accounts("")?;
    let call = call(&accounts, account.id);
    Ok(changed(&accounts, &account, "has the secret back that it had before").next(format!("code {call}")))
}

pub(super) fn off(arguments: &Off, desk: &mut Desk<'_, '_>) -> Result<Answer, Failure> {
    let unlocked = desk.workspace.unlock()?;
    let account = find(&unlocked, &arguments.name)?;
    let question = format!("Turn MFA off for {}? Turn it off at the service first.", title(&account));
    agreed(arguments.question.yes, &question, desk)?;
    unlocked.turn_off(account.id)?;
    let accounts = unlocked.accounts("")?;
    let call = call(&accounts, account.id);
    let is_pending = accounts
        .iter()
        .any(|summary| summary.id == account.id && matches!(summary.mfa, MfaState::Pending { .. }));
    Ok(if is_pending {
        changed(&accounts, &account, "has its secret off, which can be restored for 30 days")
            .line("A new secret is still pending: cancel it, or confirm it.")
            .next(format!("cancel {call}"))
            .next(format!("confirm {call}"))
    } else {
        changed(&accounts, &account, "has MFA off; the secret can be restored for 30 days")
            .next(format!("restore {call}"))
    })
}

/// Goes on if somebody says yes, or `--yes` did.
pub(super) fn agreed(yes: bool, question: &str, desk: &mut Desk<'_, '_>) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    match desk.console.agrees(question) {
        Some(true) => Ok(()),
        Some(false) => Err(refused("not_confirmed", "it was not confirmed", "Nothing was changed.")),
        None => Err(Failure::Usage(Advice::new(
            "this asks first, and there is nobody to ask",
            "If it is meant: --yes",
        ))),
    }
}

/// What an account is now.
pub(super) fn changed(accounts: &[AccountSummary], account: &AccountSummary, line: &str) -> Answer {
    let now = accounts.iter().find(|summary| summary.id == account.id).unwrap_or(account);
    Answer::new(format!("{} {line}", title(now))).field("account", CardView::of(now))
}

pub(super) fn refused(id: &'static str, message: &str, next_step: &str) -> Failure {
    Failure::Workspace(Exit::Refused, Problem::new(id, message, next_step))
}
