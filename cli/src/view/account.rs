//! An account as a few lines of text: whose it is, the code, how it is made, what to know.

use anstyle::Style;
use countersign_core::enrol::{AccountPayload, Warning, write_key};
use countersign_core::otp::{Code, CodeDigits, CounterCode, OtpParameters, TimeParameters};
use countersign_core::ports::Timestamp;

use super::Showing;
use crate::content::{CodeNow, code_at};
use crate::escape::visible;
use crate::page::{Page, Palette};

/// All there is to say about an account, one line each; `indent` columns are left free before each.
pub(crate) fn lines(account: &AccountPayload, showing: Showing, indent: usize, page: Page) -> Vec<String> {
    let Palette { name, quiet, warning, .. } = page.palette;
    let mut lines: Vec<String> =
        title(account).map(|title| format!("{name}{title}{name:#}")).into_iter().collect();
    lines.push(code(account, showing, page));
    lines.push(format!("{quiet}{}{quiet:#}", recipe(&account.parameters)));
    if showing.secret {
        lines.push(format!("secret {}", in_fours(&write_key(&account.secret))));
    }
    for &known in &account.warnings {
        let text = page.paragraph("warning: ", &caution(known, account), indent);
        lines.extend(text.iter().map(|line| format!("{warning}{line}{warning:#}")));
    }
    lines
}

/// `Example Corp · ana@example.com`, as far as the names are known.
pub(crate) fn title(account: &AccountPayload) -> Option<String> {
    match (&account.issuer, &account.account) {
        (Some(issuer), Some(login)) => Some(format!("{} · {}", visible(issuer), visible(login))),
        (Some(name), None) | (None, Some(name)) => Some(visible(name)),
        (None, None) => None,
    }
}

/// The code that holds at a moment, the next one, and how long it takes until then.
pub(super) fn code(account: &AccountPayload, Showing { at, is_now, .. }: Showing, page: Page) -> String {
    match code_at(account, at) {
        Ok(CodeNow::Timed(code)) => timed(&code, at, page),
        Ok(CodeNow::Counted(code)) => counted_code(&code, page),
        Err(error) => {
            // A moment that somebody chose says nothing about the clock.
            let step = if is_now { "; check the clock" } else { "" };
            format!("{0}no code: {error}{step}{0:#}", page.palette.error)
        }
    }
}

/// `415 926   next 535 897   18 s left`
pub(crate) fn timed(code: &Code, at: Timestamp, page: Page) -> String {
    let quiet = page.palette.quiet;
    let (digits, next, left) = (digits(&code.digits, page), grouped(&code.next), time_left(code, at, page));
    format!("{digits}   {quiet}next {next}{quiet:#}   {left}")
}

/// `520 489   counter 9`
pub(super) fn counted_code(code: &CounterCode, page: Page) -> String {
    let quiet = page.palette.quiet;
    format!("{}   {quiet}counter {}{quiet:#}", digits(&code.digits, page), code.counter)
}

/// The digits, as the most visible thing on their line.
pub(super) fn digits(digits: &CodeDigits, page: Page) -> String {
    format!("{0}{1}{0:#}", page.palette.code, grouped(digits))
}

/// `415 926`
pub(super) fn grouped(digits: &CodeDigits) -> String {
    match digits.groups() {
        (all, "") => all.to_owned(),
        (first, second) => format!("{first} {second}"),
    }
}

/// Whole seconds until the next code, 1 or more.
pub(super) fn seconds_left(code: &Code, at: Timestamp) -> i64 {
    code.valid_until.unix_seconds() - at.unix_seconds()
}

/// The colour of the time that is left: calm, soon over, nearly over.
pub(super) fn urgency(seconds: i64, page: Page) -> Style {
    match seconds {
        ..=5 => page.palette.error,
        6..=10 => page.palette.warning,
        _ => Style::new(),
    }
}

fn time_left(code: &Code, at: Timestamp, page: Page) -> String {
    let seconds = seconds_left(code, at);
    let style = urgency(seconds, page);
    format!("{style}{seconds} s left{style:#}")
}

/// `TOTP · SHA1 · 6 digits · every 30 s`
fn recipe(parameters: &OtpParameters) -> String {
    let (algorithm, digits) = (parameters.algorithm(), parameters.digits().get());
    match parameters {
        OtpParameters::Time(TimeParameters::Steam) => "Steam · 5 characters · every 30 s".to_owned(),
        OtpParameters::Time(time @ TimeParameters::Totp { .. }) => {
            format!("TOTP · {algorithm} · {digits} digits · every {} s", time.period().seconds())
        }
        OtpParameters::Counter(_) => format!("HOTP · {algorithm} · {digits} digits · each code works once"),
    }
}

pub(crate) fn caution(warning: Warning, account: &AccountPayload) -> String {
    match (warning, &account.label_issuer) {
        (Warning::IssuerDiffersFromLabel, Some(label)) => {
            format!("{} The other one is \"{}\".", warning.sentence(), visible(label))
        }
        _ => warning.sentence().to_owned(),
    }
}

/// A key in groups of four, as people copy it.
fn in_fours(key: &str) -> String {
    let mut groups = String::with_capacity(key.len() * 5 / 4);
    for (index, letter) in key.chars().enumerate() {
        if index > 0 && index % 4 == 0 {
            groups.push(' ');
        }
        groups.push(letter);
    }
    groups
}
