//! `countersign show`, `edit` and `favourite`: what stands on a card, and where it stands on the list.

use countersign_core::client::{AccountDetails, AccountRole, CardFields, MfaState};

use super::Desk;
use super::add::unnamed;
use super::enrol::changed;
use super::init::named;
use crate::arguments::{Card, Edit, Favourite};
use crate::escape::visible;
use crate::moment;
use crate::outcome::Failure;
use crate::problem::Advice;
use crate::view::answer::Answer;
use crate::view::card::{CardView, heading, mfa};
use crate::view::counted;
use crate::workspace::{call, find};

pub(super) fn show(words: &[String], desk: &mut Desk<'_, '_>) -> Result<Answer, Failure> {
    let unlocked = desk.workspace.unlock()?;
    let account = find(&unlocked, words)?;
    let call = call(&unlocked.accounts("")?, account.id);
    let AccountDetails { summary, card, recovery_codes } = unlocked.account(account.id)?;
    let sealed = match summary.role {
        AccountRole::Owner => unlocked.replaced_secrets(account.id)?,
        AccountRole::Collaborator => Vec::new(),
    };
    let mut lines = vec![heading(&summary, desk.console.out.page()), format!("  {}", mfa(summary.mfa))];
    let fields =
        [("app", &card.app), ("login", &card.login), ("address", &card.address), ("notes", &card.notes)];
    let written = fields.iter().filter(|(_, text)| !text.is_empty());
    lines.extend(written.map(|(label, text)| format!("  {label}: {}", visible(text))));
    lines.push(format!("  you are: {}", summary.role.name()));
    if recovery_codes > 0 {
        lines.push(format!(
            "  {} left",
            counted(usize::try_from(recovery_codes).unwrap_or(usize::MAX), "recovery code")
        ));
    }
    for (secret, number) in sealed.iter().zip(1..) {
        let (at, until) = (moment::shown(secret.at), moment::shown(secret.until));
        lines.push(format!(
            "  {number}. an earlier secret, in use until {at}; it can be restored until {until}"
        ));
    }
    let restorable: Vec<_> = sealed
        .iter()
        .map(|secret| serde_json::json!({ "at": secret.at.unix_seconds(), "until": secret.until.unix_seconds() }))
        .collect();
    let answer = Answer::lines(lines)
        .field("account", CardView::of(&summary))
        .field("address", &card.address)
        .field("notes", &card.notes)
        .field("recovery_codes_left", recovery_codes)
        .field("restorable", restorable);
    Ok(match summary.mfa {
        MfaState::Off if !sealed.is_empty() => {
            answer.next(format!("restore {call}")).next(format!("activate {call} PICTURE"))
        }
        MfaState::Off => answer.next(format!("activate {call} PICTURE")),
        MfaState::Pending { .. } | MfaState::On { replacing: Some(_), .. } => {
            let code = match summary.mfa {
                MfaState::Pending { .. } => format!("code {call}"),
                _ => format!("code {call} --pending"),
            };
            answer.next(code).next(format!("confirm {call}")).next(format!("cancel {call}"))
        }
        MfaState::On { .. } => answer.next(format!("code {call}")),
    })
}

pub(super) fn edit(arguments: &Edit, desk: &mut Desk<'_, '_>) -> Result<Answer, Failure> {
    let unlocked = desk.workspace.unlock()?;
    let account = find(&unlocked, &arguments.account)?;
    let before = unlocked.account(account.id)?.card;
    let Card { name, app, login, address, notes } = &arguments.card;
    let said = [name, app, login, address, notes].into_iter().any(Option::is_some);
    if !said && !desk.console.input_is_terminal {
        return Err(Failure::Usage(Advice::new(
            "it is not said what to change",
            "Say it: --name, --app, --login, --address or --notes",
        )));
    }
    let mut field = |given: &Option<String>, label: &str, held: String| match given {
        Some(given) => given.clone(),
        None if said => held,
        None => named(desk, label, held),
    };
    let card = CardFields {
        name: field(name, "Name", before.name),
        app: field(app, "App", before.app),
        login: field(login, "Login", before.login),
        address: field(address, "Address", before.address),
        notes: field(notes, "Notes", before.notes),
    };
    let blank = |text: &str| text.trim().is_empty();
    // A card that came without a name may stay so while its app or login says whose it is.
    if blank(&card.name) && (name.is_some() || (blank(&card.app) && blank(&card.login))) {
        return Err(unnamed());
    }
    unlocked.edit_account(account.id, &card)?;
    let accounts = unlocked.accounts("")?;
    let call = call(&accounts, account.id);
    Ok(changed(&accounts, &account, "is changed").next(format!("show {call}")))
}

pub(super) fn favourite(arguments: &Favourite, desk: &mut Desk<'_, '_>) -> Result<Answer, Failure> {
    let unlocked = desk.workspace.unlock()?;
    let account = find(&unlocked, &arguments.name)?;
    unlocked.set_favourite(account.id, !arguments.off)?;
    let line = if arguments.off { "is no favourite any more" } else { "is a favourite" };
    Ok(changed(&unlocked.accounts("")?, &account, line).next("list"))
}
