//! `countersign recovery-codes`: the service's own backup codes.

use std::ffi::OsStr;

use countersign_core::client::{AccountSummary, ShownRecoveryCode, Unlocked};
use countersign_core::ports::Timestamp;
use serde_json::json;
use zeroize::Zeroizing;

use super::enrol::{agreed, refused};
use super::input::Typing;
use super::{Desk, input};
use crate::arguments::RecoveryCodes;
use crate::escape::visible;
use crate::moment;
use crate::outcome::{Exit, Failure};
use crate::problem::Problem;
use crate::view::answer::Answer;
use crate::view::card::{CardView, heading, title};
use crate::view::counted;
use crate::workspace::{call, find};

pub(super) fn run(arguments: &RecoveryCodes, desk: &mut Desk<'_, '_>) -> Result<Answer, Failure> {
    let given = arguments.save.as_deref().map(|source| given(source, desk)).transpose()?;
    let unlocked = desk.workspace.unlock()?;
    let account = find(&unlocked, &arguments.name)?;
    if let Some(text) = given {
        let left = unlocked.account(account.id)?.recovery_codes;
        if left > 0 {
            let left = counted(usize::try_from(left).unwrap_or(usize::MAX), "recovery code");
            let question = format!("{} has {left} left. Put these in their place?", title(&account));
            agreed(arguments.question.yes, &question, desk)?;
        }
        let count = unlocked.save_recovery_codes(account.id, &text)?;
        let call = call(&unlocked.accounts("")?, account.id);
        return Ok(Answer::new(format!("{} saved for {}", counted(count, "recovery code"), title(&account)))
            .field("account", CardView::of(&account))
            .field("saved", count)
            .next(format!("recovery-codes {call}")));
    }
    let mark = arguments.used.map(|number| (number, true)).or(arguments.unused.map(|number| (number, false)));
    if let Some((number, used)) = mark {
        let index = number.checked_sub(1).ok_or_else(no_such_code)?;
        unlocked.mark_recovery_code(account.id, index, used)?;
    }
    shown(&unlocked, &account, desk)
}

/// The codes to save. None at all would wipe those that are kept: that is a slip, and never meant.
fn given(source: &OsStr, desk: &mut Desk<'_, '_>) -> Result<Zeroizing<String>, Failure> {
    let given = input::read(source, Typing::Lines("Type or paste the recovery codes"), desk)?;
    let text = input::texts(given).map_err(|failure| match failure {
        Failure::Workspace(exit, Problem { id: id @ "not_a_picture", advice }) => {
            let next = "Codes in a file of text come on standard input: countersign recovery-codes NAME --save - < FILE";
            Failure::Workspace(exit, Problem::new(id, advice.message, next))
        }
        other => other,
    })?;
    if text.chars().any(char::is_alphanumeric) {
        return Ok(text);
    }
    let problem = Problem::new(
        "no_recovery_codes",
        "no recovery codes were given",
        "Give them one a line. Nothing was changed.",
    );
    Err(Failure::Workspace(Exit::UnreadableInput, problem))
}

fn no_such_code() -> Failure {
    refused(
        "no_such_recovery_code",
        "recovery codes are counted from 1",
        "Count them: countersign recovery-codes NAME",
    )
}

fn shown(unlocked: &Unlocked, account: &AccountSummary, desk: &Desk<'_, '_>) -> Result<Answer, Failure> {
    let call = call(&unlocked.accounts("")?, account.id);
    let codes = unlocked.recovery_codes(account.id)?;
    let page = desk.console.out.page();
    let line = |(code, number): (&ShownRecoveryCode, usize)| match code.used {
        None => format!("  {number:>2}. {}", visible(&code.code)),
        Some(used) => {
            let quiet = page.palette.quiet;
            format!("  {number:>2}. {quiet}{} used {}{quiet:#}", visible(&code.code), moment::shown(used))
        }
    };
    let views: Vec<_> = codes
        .iter()
        .map(|code| json!({ "code": &*code.code, "used": code.used.map(Timestamp::unix_seconds) }))
        .collect();
    let lines = std::iter::once(heading(account, page)).chain(codes.iter().zip(1..).map(line));
    let answer = Answer::lines(lines).field("account", CardView::of(account)).field("recovery_codes", views);
    Ok(if codes.is_empty() {
        answer.line("  no recovery codes are kept here").next(format!("recovery-codes {call} --save -"))
    } else {
        answer.next(format!("recovery-codes {call} --used NUMBER"))
    })
}
