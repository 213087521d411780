//! `countersign code NAME`: one account's code, shown or copied, which its activity says.

use countersign_core::client::{AccountSummary, CodeKind, MfaState, Revealed, Unlocked};
use countersign_core::otp::{Code, CounterCode};
use countersign_core::ports::Timestamp;

use super::copy::Clipboard;
use super::enrol::refused;
use super::list::Listed;
use super::{Desk, live};
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
    let made = made(&unlocked, &account, &call, action)?;
    if arguments.watch {
        drop(unlocked);
        let this = account.id;
        let only = move |unlocked: &Unlocked| {
            let mut accounts = unlocked.accounts("")?;
            accounts.retain(|account| account.id == this);
            Ok(accounts)
        };
        return live::run(|unlocked| Listed::read(unlocked, only), desk);
    }
    match clipboard {
        Some(clipboard) => copied(&account, &made, clipboard, desk),
        None => Ok(shown(&account, &made, desk)),
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
        MfaState::Pending { .. } => {
            let next = format!("Once the service has taken the code: countersign confirm {call}");
            Err(refused("mfa_pending", "the account is still pending", &next))
        }
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
