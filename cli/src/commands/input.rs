//! What a person gives to be added: a picture, or what is inside its QR code, in a file or on standard input.

use std::ffi::OsStr;
use std::io::Read as _;

use countersign_core::enrol::{AccountPayload, Batches, Entry, Foreign, MAX_TEXT_BYTES, PayloadError};
use zeroize::Zeroizing;

use super::Desk;
use crate::content::Content;
use crate::outcome::{Exit, Failure};
use crate::picture::Source;
use crate::problem::Problem;
use crate::report::{Find, Outcome, Report};

/// What was given.
pub(super) enum Given {
    /// What was found in a picture.
    Picture(Report),
    /// A text, as long as it was.
    Text(Zeroizing<String>),
}

/// How `-` asks on a terminal.
#[derive(Clone, Copy)]
pub(super) enum Typing {
    /// For a line, which is not shown.
    Hidden(&'static str),
    /// For lines up to Ctrl-D, which are.
    Lines(&'static str),
}

/// Reads what `source` names.
pub(super) fn read(source: &OsStr, typing: Typing, desk: &mut Desk<'_, '_>) -> Result<Given, Failure> {
    let source = Source::from(source);
    if source != Source::StandardInput {
        let report = Report::on(source, &mut std::io::empty(), desk.ports.reader, &mut Batches::new());
        return Ok(Given::Picture(report));
    }
    if desk.console.input_is_terminal {
        match typing {
            Typing::Hidden(question) => {
                let typed = rpassword::prompt_password(format!("{question} (not shown): "));
                return typed
                    .map(|text| Given::Text(Zeroizing::new(text)))
                    .map_err(|error| unreadable(&error));
            }
            Typing::Lines(question) => desk.console.err.try_write(&format!("{question}, then Ctrl-D:\n")),
        }
    }
    // As large as a text can get, at once: growing would leave parts of a secret behind in freed memory.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_TEXT_BYTES + 2));
    let mut input = (&mut desk.console.input).take(MAX_TEXT_BYTES as u64 + 1);
    input.read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
    match str::from_utf8(&bytes) {
        Ok(text) if !text.contains('\0') => Ok(Given::Text(Zeroizing::new(text.to_owned()))),
        _ => {
            let mut picture = bytes.as_slice().chain(&mut desk.console.input);
            let report = Report::on(source, &mut picture, desk.ports.reader, &mut Batches::new());
            Ok(Given::Picture(report))
        }
    }
}

/// The one account in a picture, or of a key or a link; `for_a_key` is the command that takes one in the place of a picture.
pub(super) fn payload(
    source: &OsStr,
    for_a_key: &str,
    desk: &mut Desk<'_, '_>,
) -> Result<AccountPayload, Failure> {
    let payload = match read(source, Typing::Hidden("Key or otpauth:// link"), desk)? {
        Given::Text(text) => {
            account(vec![Content::read(&text, Entry::Manual, &mut Batches::new())], Exit::UnreadableInput)
        }
        Given::Picture(report) => finds(report).and_then(|finds| {
            account(finds.into_iter().map(|find| find.content).collect(), Exit::NothingFound)
        }),
    };
    payload.map_err(|failure| failure.with_keys_to(for_a_key))
}

/// What was found in a picture. One without a code was read all the same.
pub(super) fn finds(report: Report) -> Result<Vec<Find>, Failure> {
    match report.outcome {
        Outcome::Found(finds) => Ok(finds),
        Outcome::Nothing(hint) => Err(Failure::Workspace(Exit::NothingFound, Problem::from(hint))),
        Outcome::Unreadable(error) => Err(problem(Problem::from(&error))),
    }
}

/// The one account; `no_account` is how a command ends that was given something else.
fn account(contents: Vec<Content>, no_account: Exit) -> Result<AccountPayload, Failure> {
    let mut accounts = Vec::new();
    let mut refused = None;
    for content in contents {
        match content {
            Content::Account(account) => accounts.push(account),
            Content::Export(_) => {
                let message = "this is an export of Google Authenticator, with accounts of its own";
                return Err(problem(Problem::new(
                    "export",
                    message,
                    "Bring them in: countersign import PICTURE…",
                )));
            }
            Content::Refused(problem) => refused = refused.or(Some(problem)),
        }
    }
    match (accounts.len(), accounts.pop(), refused) {
        (1, Some(account), _) => Ok(account),
        (0, _, Some(refused)) => Err(Failure::Workspace(no_account, refused)),
        (0, _, None) => {
            let nothing = Problem::from(&PayloadError::NotOtpauth(Foreign::Other));
            Err(Failure::Workspace(no_account, nothing))
        }
        (count, _, _) => Err(problem(Problem::new(
            "several_accounts",
            format!("there are {count} accounts in this picture"),
            "Crop it to the one that you mean.",
        ))),
    }
}

/// All texts in the QR codes of a picture, or the text that was given.
pub(super) fn texts(given: Given) -> Result<Zeroizing<String>, Failure> {
    match given {
        Given::Text(text) => Ok(text),
        Given::Picture(report) => {
            let finds = finds(report)?;
            let texts: Vec<&str> = finds.iter().filter_map(|find| find.symbol.text()).collect();
            Ok(Zeroizing::new(texts.join("\n")))
        }
    }
}

fn problem(problem: Problem) -> Failure {
    Failure::Workspace(Exit::UnreadableInput, problem)
}

fn unreadable(error: &std::io::Error) -> Failure {
    problem(Problem::new(
        "unreadable",
        format!("standard input cannot be read: {error}"),
        "Give it by a pipe or from a file.",
    ))
}
