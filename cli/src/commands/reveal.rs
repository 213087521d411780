//! `countersign code NAME`: one account's code, shown or copied, which its activity says.

use countersign_core::client::{
    AccountId, AccountSummary, CodeKind, CodeOfAccount, MfaState, Revealed, Unlocked,
};
use countersign_core::enrol::PendingCode;
use countersign_core::otp::{Code, CounterCode};
use countersign_core::ports::Timestamp;

use super::copy::Clipboard;
use super::enrol::refused;
use super::list::Listed;
use super::{Desk, add, live};
use crate::arguments::Code as Arguments;
use crate::outcome::Failure;
use crate::problem::Advice;
use crate::view::answer::Answer;
use crate::view::card::{CardView, CodeView, drawn, heading, title};
use crate::view::timed;
use crate::workspace::{call, find};

/// A code that goes by the clock, or one that was drawn.
enum Made {
    Timed(Code),
    Counted(CounterCode),
}

pub(super) fn run(
    arguments: &Arguments,
    words: &[String],
    desk: &mut Desk<'_, '_>,
) -> Result<Answer, Failure> {
    if arguments.shown.at.is_some() || arguments.shown.show_secret {
        return Err(Failure::Usage(Advice::new(
            "--at and --show-secret are for a key that is given, and not for an account that is kept",
            "Leave them out; for all secrets at once: countersign export --plain FILE",
        )));
    }
    if arguments.watch {
        desk.workspace.keep_for(countersign_core::vault::LockAfter::USUAL.time());
    }
    let unlocked = desk.workspace.unlock()?;
    let account = find(&unlocked, words)?;
    // Before anything is drawn or written down: where there is no clipboard, nothing happens.
    let clipboard = if arguments.copy { Some(Clipboard::open()?) } else { None };
    let action = if arguments.copy { Revealed::Copied } else { Revealed::Viewed };
    let call = call(&unlocked.accounts("")?, account.id);
    let is_pending = arguments.pending || matches!(account.mfa, MfaState::Pending { .. });
    let made =
        if is_pending { awaited(&unlocked, &account)? } else { made(&unlocked, &account, &call, action)? };
    if arguments.watch {
        drop(unlocked);
        return live::run("any", |unlocked| only(unlocked, account.id, is_pending), desk);
    }
    match clipboard {
        Some(clipboard) => copied(&account, &made, clipboard, desk),
        None if is_pending => {
            let accounts = unlocked.accounts("")?;
            Ok(add::pending(&unlocked, &accounts, &account, &[], desk)?.field("copied", false))
        }
        None => Ok(replacing(&account, &call, shown(&account, &made, desk))),
    }
}

/// The code of a secret that is not confirmed yet: the service asks for it before that. It is nobody's login, so the
/// activity has nothing to say.
fn awaited(unlocked: &Unlocked, account: &AccountSummary) -> Result<Made, Failure> {
    let is_pending =
        matches!(account.mfa, MfaState::Pending { .. } | MfaState::On { replacing: Some(_), .. });
    if !is_pending {
        return Err(refused(
            "nothing_pending",
            "nothing is pending",
            "For the code in use, leave out --pending.",
        ));
    }
    match add::awaited(unlocked, account)?.0 {
        PendingCode::Clock(code) => Ok(Made::Timed(code)),
        PendingCode::Counter(code) => Ok(Made::Counted(code)),
        PendingCode::NoTime => Err(refused("no_time", "there is no code at this time", "Check the clock.")),
    }
}

/// What a screen shows of one account; where it is pending, the code that the service asks for.
fn only(unlocked: &Unlocked, this: AccountId, is_pending: bool) -> Result<Listed, Failure> {
    let mut listed = Listed::read(unlocked, |unlocked| {
        let mut accounts = unlocked.accounts("")?;
        accounts.retain(|account| account.id == this);
        Ok(accounts)
    })?;
    for row in listed.rows.iter_mut().filter(|_| is_pending) {
        // Once it is confirmed or cancelled, what a list shows is right.
        if let Ok(Made::Timed(code)) = awaited(unlocked, &row.account) {
            row.code = CodeOfAccount::Now(code);
        }
    }
    Ok(listed)
}

/// Says where the code of another secret is, if one is being set up.
fn replacing(account: &AccountSummary, call: &str, answer: Answer) -> Answer {
    match account.mfa {
        MfaState::On { replacing: Some(_), .. } => answer
            .line("Another secret is pending; the code that the service asks for is:")
            .next(format!("code {call} --pending")),
        _ => answer,
    }
}

fn made(
    unlocked: &Unlocked,
    account: &AccountSummary,
    call: &str,
    action: Revealed,
) -> Result<Made, Failure> {
    match account.mfa {
        MfaState::On { codes: CodeKind::Clock, .. } => Ok(Made::Timed(unlocked.reveal(account.id, action)?)),
        MfaState::On { codes: CodeKind::Counter, .. } => Ok(Made::Counted(unlocked.draw(account.id)?)),
        MfaState::Pending { .. } => awaited(unlocked, account),
        MfaState::Off => {
            let next = format!("Turn it on: countersign activate {call} PICTURE");
            Err(refused("mfa_off", "the account has MFA off", &next))
        }
    }
}

fn shown(account: &AccountSummary, made: &Made, desk: &Desk<'_, '_>) -> Answer {
    let (now, page) = (desk.ports.clock.now(), desk.console.out.page());
    let (line, view) = match made {
        Made::Timed(code) => (timed(code, now, page), CodeView::timed(code, now)),
        Made::Counted(code) => (drawn(code, page), CodeView::counted(code)),
    };
    Answer::new(heading(account, page))
        .line(format!("  {line}"))
        .field("account", CardView::of(account))
        .field("code", view)
        .field("copied", false)
}

/// How long a counted code stays in the clipboard, in seconds.
const COUNTED: i64 = 30;

fn copied(
    account: &AccountSummary,
    made: &Made,
    clipboard: Clipboard,
    desk: &Desk<'_, '_>,
) -> Result<Answer, Failure> {
    let now = desk.ports.clock.now();
    let (digits, until) = match made {
        Made::Timed(code) => (&code.digits, code.valid_until),
        Made::Counted(code) => (&code.digits, Timestamp::from_unix_seconds(now.unix_seconds() + COUNTED)),
    };
    let left = until.unix_seconds() - now.unix_seconds();
    clipboard.hold(digits.as_str(), u64::try_from(left).unwrap_or(1).max(1))?;
    Ok(Answer::new(format!(
        "✓ The code of {} is copied; it leaves the clipboard in {left} s",
        title(account)
    ))
    .field("account", CardView::of(account))
    .field("code", None::<CodeView>)
    .field("copied", true)
    .field("until", until.unix_seconds()))
}
