//! `countersign list`: all accounts with their codes, which stay current on a terminal.

use std::time::Duration;

use countersign_core::client::{AccountCode, AccountSummary, CodeOfAccount, Unlocked};
use countersign_core::otp::ClockState;
use countersign_core::ports::Timestamp;
use serde::Serialize;

use super::{Desk, live, state};
use crate::arguments::List;
use crate::hint::Hints;
use crate::outcome::{Exit, Failure};
use crate::page::Page;
use crate::view::answer::Answer;
use crate::view::card::{CardView, CodeView, below, heading};
use crate::workspace::call;

/// What a list shows at a moment: read in one go, so that the store is free again at once.
pub(super) struct Listed {
    pub(super) rows: Vec<Row>,
    pub(super) kit_is_saved: bool,
    pub(super) clock: ClockState,
    /// How long there was no sync, where that is too long.
    pub(super) stale_for: Option<Duration>,
}

/// One account of a list.
pub(super) struct Row {
    pub(super) account: AccountSummary,
    pub(super) code: CodeOfAccount,
    /// How it is named in a command.
    call: String,
}

#[derive(Serialize)]
struct RowView {
    #[serde(flatten)]
    account: CardView,
    code: Option<CodeView>,
}

pub(super) fn run(arguments: &List, desk: &mut Desk<'_, '_>) -> Result<Answer, Failure> {
    let query = arguments.query.join(" ");
    let read = |unlocked: &Unlocked| Listed::read(unlocked, |unlocked| Ok(unlocked.accounts(&query)?));
    if desk.console.out.is_live() && !desk.json && !arguments.once {
        return live::run(&query, read, desk);
    }
    let listed = read(&desk.workspace.unlock()?)?;
    let (now, page) = (desk.ports.clock.now(), desk.console.out.page());
    let blocks: Vec<String> =
        listed.rows.iter().map(|row| row.text(desk.workspace.hints(), now, page)).collect();
    let views: Vec<RowView> = listed
        .rows
        .iter()
        .map(|row| RowView { account: CardView::of(&row.account), code: CodeView::listed(&row.code, now) })
        .collect();
    let answer = if listed.rows.is_empty() { nothing(&query) } else { Answer::new(blocks.join("\n\n")) };
    let answer = answer
        .field("at", now.unix_seconds())
        .field("accounts", views)
        .field("kit_is_saved", listed.kit_is_saved)
        .field("not_synced_for", listed.stale_for.map(|time| time.as_secs()));
    let mut answer = state::with_clock(answer, listed.clock);
    if let Some(time) = listed.stale_for {
        answer = answer.line(state::stale(time)).next("sync");
    }
    Ok(if listed.kit_is_saved {
        answer
    } else {
        answer.line("").line("The recovery kit is not saved yet:").next("kit")
    })
}

/// An empty list, and what to do about it.
pub(super) fn nothing(query: &str) -> Answer {
    if query.is_empty() {
        Answer::new("There are no accounts yet").next("add PICTURE").exit(Exit::NothingFound)
    } else {
        Answer::new("No account has all of these words").next("list").exit(Exit::NothingFound)
    }
}

impl Listed {
    pub(super) fn read(
        unlocked: &Unlocked,
        accounts: impl Fn(&Unlocked) -> Result<Vec<AccountSummary>, Failure>,
    ) -> Result<Self, Failure> {
        let all = unlocked.accounts("")?;
        let accounts = accounts(unlocked)?;
        let ids: Vec<_> = accounts.iter().map(|account| account.id).collect();
        let codes = unlocked.codes(&ids)?;
        let row = |(account, AccountCode { code, .. }): (AccountSummary, AccountCode)| {
            let call = call(&all, account.id);
            Row { account, code, call }
        };
        let rows = accounts.into_iter().zip(codes).map(row).collect();
        Ok(Self {
            rows,
            kit_is_saved: unlocked.unsaved_kit()?.is_none(),
            clock: unlocked.clock()?,
            stale_for: unlocked.stale_for()?,
        })
    }

    /// When the first of the codes ends.
    pub(super) fn until(&self) -> Option<Timestamp> {
        let ends = self.rows.iter().filter_map(|row| match &row.code {
            CodeOfAccount::Now(code) => Some(code.valid_until),
            CodeOfAccount::Drawn | CodeOfAccount::None | CodeOfAccount::NoTime => None,
        });
        ends.min()
    }
}

impl Row {
    /// The title, and the code below it.
    fn text(&self, hints: &Hints, now: Timestamp, page: Page) -> String {
        format!("{}\n  {}", heading(&self.account, page), self.below(hints, now, page))
    }

    pub(super) fn below(&self, hints: &Hints, now: Timestamp, page: Page) -> String {
        below(&self.account, &self.code, (&self.call, hints), now, page)
    }

    /// The same for programs.
    pub(super) fn document(&self, now: Timestamp) -> serde_json::Value {
        let (account, code) = (CardView::of(&self.account), CodeView::listed(&self.code, now));
        serde_json::json!({ "at": now.unix_seconds(), "account": account, "code": code })
    }
}
