//! Finds the account that a person means, and says in return how to call it.
//!
//! A whole name comes before a beginning; the case of letters never matters. What stands in the middle of a name, in the
//! notes or in an address is for a search and not for a command that may change the account.
//! Where several are meant none is taken: a code of the wrong account at the wrong service is worse than a question.

use std::ffi::OsString;

use countersign_core::client::{AccountId, AccountSummary, Unlocked};

use super::no_account;
use crate::escape::visible;
use crate::guard;
use crate::outcome::{Exit, Failure};
use crate::problem::Problem;
use crate::view::card::title;

/// How many accounts are named where several are meant.
const NAMED: usize = 8;

/// The account that these words mean.
pub(crate) fn find(unlocked: &Unlocked, words: &[String]) -> Result<AccountSummary, Failure> {
    find_in(&unlocked.accounts("")?, words)
}

/// The one of `accounts` that these words mean.
pub(crate) fn find_in(accounts: &[AccountSummary], words: &[String]) -> Result<AccountSummary, Failure> {
    let query = folded(&words.join(" "));
    if query.is_empty() {
        return Err(no_account());
    }
    match nearest(accounts, &query).as_slice() {
        [] => Err(no_account()),
        [one] => Ok((*one).clone()),
        several => Err(ambiguous(&several.iter().map(|account| (*account).clone()).collect::<Vec<_>>())),
    }
}

/// The shortest words that mean this account and can be typed: its id where its name has what nobody sees, looks like an
/// option, or would be refused as a key.
pub(crate) fn call(accounts: &[AccountSummary], account: AccountId) -> String {
    let Some(summary) = accounts.iter().find(|summary| summary.id == account) else { return String::new() };
    let ways = [summary.name.to_string(), format!("{} {}", summary.name, summary.login), account.to_string()];
    let ways = ways.into_iter().filter(|way| !folded(way).is_empty() && can_be_typed(way));
    let way = ways
        .into_iter()
        .find(|way| matches!(nearest(accounts, &folded(way))[..], [only] if only.id == account));
    quoted(&way.unwrap_or_else(|| account.to_string()))
}

fn can_be_typed(way: &str) -> bool {
    let words = ["countersign", "code", way].map(OsString::from);
    visible(way) == way && !way.starts_with('-') && guard::check(&words).is_ok()
}

/// Those that match in the first way in which any does.
fn nearest<'a>(accounts: &'a [AccountSummary], query: &str) -> Vec<&'a AccountSummary> {
    let ways: [&dyn Fn(&AccountSummary) -> bool; 4] = [
        &|account| folded(&account.name) == query || account.id.to_string() == query,
        &|account| texts(account).iter().any(|text| text == query),
        &|account| folded(&account.name).starts_with(query),
        &|account| texts(account).iter().any(|text| text.starts_with(query)),
    ];
    let found = ways.iter().map(|way| accounts.iter().filter(|account| way(account)).collect::<Vec<_>>());
    found.into_iter().find(|found| !found.is_empty()).unwrap_or_default()
}

/// What an account may be called.
fn texts(account: &AccountSummary) -> Vec<String> {
    let AccountSummary { name, app, login, .. } = account;
    let texts = [
        app.to_string(),
        login.to_string(),
        format!("{name} {login}"),
        format!("{app} {login}"),
        account.id.to_string(),
    ];
    texts.iter().map(|text| folded(text)).filter(|text| !text.is_empty()).collect()
}

/// Small letters, single blanks, and nothing of the dot that stands between names on the screen.
fn folded(text: &str) -> String {
    let words: Vec<String> =
        text.split_whitespace().filter(|word| *word != "·").map(str::to_lowercase).collect();
    words.join(" ")
}

fn ambiguous(several: &[AccountSummary]) -> Failure {
    let mut names: Vec<String> = several
        .iter()
        .take(NAMED)
        .map(|account| format!("{} ({})", title(account), call(several, account.id)))
        .collect();
    if several.len() > NAMED {
        names.push(format!("{} more", several.len() - NAMED));
    }
    let problem = Problem::new(
        "ambiguous_name",
        format!("that name is the beginning of {} accounts: {}", several.len(), names.join("; ")),
        "Say more of it, or what stands in brackets.",
    );
    Failure::Workspace(Exit::NothingFound, problem)
}

/// As a shell takes it.
pub(crate) fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '@' | '+' | ':' | '/');
    let text = visible(text);
    if !text.is_empty() && !text.starts_with('-') && text.chars().all(plain) {
        return text;
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}
