//! `countersign add`: from a picture or a key to an account whose MFA is pending, in one step.

use countersign_core::client::{AccountId, AccountSummary, CardFields, EnrolError, MfaState, Unlocked};
use countersign_core::enrol::{AccountPayload, Added, EnrolmentState, PendingCode};

use super::enrol::resumed;
use super::{Desk, input};
use crate::arguments::{Add, Card};
use crate::outcome::{Exit, Failure};
use crate::problem::{Advice, Problem};
use crate::view::account::caution;
use crate::view::answer::Answer;
use crate::view::card::{CardView, CodeView, drawn, heading, title};
use crate::view::timed;
use crate::workspace::call;

pub(super) fn run(arguments: &Add, desk: &mut Desk<'_, '_>) -> Result<Answer, Failure> {
    let payload = arguments.picture.as_deref();
    let payload = payload.map(|source| input::payload(source, "add -", desk)).transpose()?;
    let card = card(&arguments.card, payload.as_ref(), desk)?;
    let unlocked = desk.workspace.unlock()?;
    let Some(payload) = payload else { return card_alone(&unlocked, &card) };
    let added = unlocked.add_scanned(&payload, &card)?;
    let (Added::New(account) | Added::OnCard(account) | Added::Known(account)) = added;
    let accounts = unlocked.accounts("")?;
    let summary = accounts.iter().find(|summary| summary.id == account);
    match (added, summary) {
        (Added::Known(account), Some(summary)) if matches!(summary.mfa, MfaState::On { .. }) => {
            Err(known(&accounts, account, summary))
        }
        (_, None) => Err(in_the_bin()),
        (_, Some(summary)) => pending(&unlocked, &accounts, summary, &warnings(&payload), desk),
    }
}

/// What is on the card: what was said, then what the code says.
fn card(
    said: &Card,
    payload: Option<&AccountPayload>,
    desk: &mut Desk<'_, '_>,
) -> Result<CardFields, Failure> {
    let scanned = |text: Option<&String>| text.cloned().unwrap_or_default();
    let (issuer, account) = payload.map_or_else(Default::default, |payload| {
        (scanned(payload.issuer.as_ref()), scanned(payload.account.as_ref()))
    });
    let app = said.app.clone().unwrap_or(issuer);
    let login = said.login.clone().unwrap_or(account);
    let usual = if app.is_empty() { login.clone() } else { app.clone() };
    let name = match &said.name {
        Some(name) => name.clone(),
        None if !usual.is_empty() => usual,
        None => desk.console.ask("Name of the account: ").unwrap_or_default(),
    };
    if name.trim().is_empty() {
        return Err(unnamed());
    }
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    Ok(CardFields { name, app, login, address: text(&said.address), notes: text(&said.notes) })
}

/// A card needs a name to be found by.
pub(super) fn unnamed() -> Failure {
    Failure::Usage(Advice::new("the account has no name", "Give it one: --name TEXT"))
}

fn card_alone(unlocked: &Unlocked, card: &CardFields) -> Result<Answer, Failure> {
    let account = unlocked.add_account(card)?;
    let accounts = unlocked.accounts("")?;
    let call = call(&accounts, account);
    let view = accounts.iter().find(|summary| summary.id == account).map(CardView::of);
    Ok(Answer::new(format!("{} is added; MFA is off", crate::escape::visible(card.name.trim())))
        .field("account", view)
        .next(format!("activate {call} PICTURE")))
}

/// The code that the service asks for now, and whether it was scanned more than a day ago.
pub(super) fn awaited(
    unlocked: &Unlocked,
    account: &AccountSummary,
) -> Result<(PendingCode, bool), EnrolError> {
    match resumed(unlocked, account)?.state()? {
        EnrolmentState::Pending { code, stale, .. } => Ok((code, stale)),
        _ => Err(EnrolError::OtherStep),
    }
}

/// What to know about a code that was scanned, one line each.
pub(super) fn warnings(payload: &AccountPayload) -> Vec<String> {
    payload.warnings.iter().map(|known| format!("warning: {}", caution(*known, payload))).collect()
}

/// The code to type at the service, what to know about it, and what comes after that.
pub(super) fn pending(
    unlocked: &Unlocked,
    accounts: &[AccountSummary],
    account: &AccountSummary,
    warnings: &[String],
    desk: &Desk<'_, '_>,
) -> Result<Answer, Failure> {
    let (code, stale) = awaited(unlocked, account)?;
    let (page, now) = (desk.console.out.page(), desk.ports.clock.now());
    let (line, view) = match &code {
        PendingCode::Clock(code) => (timed(code, now, page), Some(CodeView::timed(code, now))),
        PendingCode::Counter(code) => (drawn(code, page), Some(CodeView::counted(code))),
        PendingCode::NoTime => (format!("{0}no code: check the clock{0:#}", page.palette.error), None),
    };
    let call = call(accounts, account.id);
    let mut answer = Answer::new(format!("{}   Pending", heading(account, page))).line(format!("  {line}"));
    if stale {
        answer = answer.line("It was scanned more than 24 hours ago: confirm it, or cancel it.");
    }
    answer = warnings.iter().fold(answer, Answer::line);
    Ok(answer
        .line("Type this code at the service and save there. Then:")
        .field("account", CardView::of(account))
        .field("code", view)
        .field("stale", stale)
        .next(format!("confirm {call}"))
        .next(format!("cancel {call}")))
}

fn known(accounts: &[AccountSummary], account: AccountId, summary: &AccountSummary) -> Failure {
    let problem = Problem::new(
        "known_secret",
        format!("this very code is here already: {}", title(summary)),
        format!("Show its code: countersign code {}", call(accounts, account)),
    );
    Failure::Workspace(Exit::Refused, problem)
}

fn in_the_bin() -> Failure {
    let problem = Problem::new(
        "known_secret",
        "this very code is here already, of an account in the bin",
        "Take it out: countersign undo NAME",
    );
    Failure::Workspace(Exit::Refused, problem)
}
