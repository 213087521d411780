//! `countersign code`: of an account in the workspace; or with `-`, for a key or a link that comes in where nobody else
//! looks.

use std::ffi::OsString;
use std::io::{self, Read};

use countersign_core::enrol::{Batches, Entry, MAX_TEXT_BYTES};
use zeroize::Zeroizing;

use super::{Desk, reveal, watch};
use crate::arguments::Code;
use crate::console::Console;
use crate::content::{Content, has_code};
use crate::guard;
use crate::hint::Hints;
use crate::outcome::{Exit, Failure};
use crate::ports::Ports;
use crate::problem::{Advice, Problem};
use crate::view::{Showing, content, json};
use crate::workspace::Workspace;

pub(crate) fn run(arguments: &Code, ports: &mut Ports, console: &mut Console) -> Result<Exit, Failure> {
    match arguments.input.as_slice() {
        [dash] if dash == "-" => given(arguments, ports, console),
        [] => Err(Failure::Usage(Advice::new(
            "it is not said which code",
            "Name an account: countersign code NAME. For a key: countersign code -",
        ))),
        words => {
            let words: Vec<String> = words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
            let json = arguments.shown.json;
            let answer = Workspace::new(&arguments.opening).and_then(|workspace| {
                reveal::run(arguments, &words, &mut Desk { workspace, ports, console, json })
            });
            let answer = answer.map_err(|failure| without_key(failure, &arguments.input));
            super::write(answer, json, &Hints::new(&arguments.opening), console)
        }
    }
}

/// A word that names no account and looks like a key was meant as one.
fn without_key(failure: Failure, words: &[OsString]) -> Failure {
    match &failure {
        Failure::Workspace(_, problem)
            if ["no_account", "no_workspace"].contains(&problem.id)
                && words.iter().any(|word| guard::is_key(word)) =>
        {
            Failure::Usage(guard::advice("code".as_ref()))
        }
        _ => failure,
    }
}

/// The code of a key or a link on standard input.
fn given(arguments: &Code, ports: &mut Ports, console: &mut Console) -> Result<Exit, Failure> {
    if arguments.copy || arguments.pending {
        return Err(Failure::Usage(Advice::new(
            "--copy and --pending are for an account in the workspace",
            "Add it: countersign add -",
        )));
    }
    let content = match read(console) {
        Ok(text) => Content::read(&text, Entry::Manual, &mut Batches::new()),
        Err(problem) => Content::Refused(problem),
    };
    let showing = Showing::new(&arguments.shown, ports.clock.now());
    match content {
        Content::Refused(problem) if !arguments.shown.json => return Err(Failure::Input(problem.advice)),
        Content::Account(_) | Content::Export(_) if arguments.watch => {
            return watch::run(&content, &arguments.shown, ports, console);
        }
        _ => {}
    }
    if arguments.shown.json {
        console.out.write(&json::pretty(&json::CodeDocument::new(&content, showing)))?;
    } else {
        let sections = content::sections(&content, showing, 0, console.out.page());
        let blocks: Vec<String> = sections.iter().map(|lines| lines.join("\n") + "\n").collect();
        console.out.write(&blocks.join("\n"))?;
    }
    Ok(exit(&content, showing))
}

fn exit(content: &Content, showing: Showing) -> Exit {
    match content {
        Content::Refused(_) => Exit::UnreadableInput,
        Content::Account(_) | Content::Export(_) if has_code(content.accounts(), showing.at) => Exit::Found,
        Content::Account(_) | Content::Export(_) => Exit::NothingFound,
    }
}

/// The text on standard input; on a terminal it is asked for and not shown.
fn read(console: &mut Console) -> Result<Zeroizing<String>, Problem> {
    if console.input_is_terminal {
        let typed = rpassword::prompt_password("Key or otpauth:// link (not shown): ");
        return typed.map(Zeroizing::new).map_err(|error| unreadable(&error));
    }
    // As large as it can get, at once: growing would leave parts of the secret behind in freed memory. One byte
    // more than is looked at, so that a longer text is refused as such.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_TEXT_BYTES + 2));
    let mut input = (&mut console.input).take(MAX_TEXT_BYTES as u64 + 1);
    input.read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
    match str::from_utf8(&bytes) {
        Ok(text) => Ok(Zeroizing::new(text.to_owned())),
        Err(_) => Err(Problem::new(
            "not_text",
            "standard input is not text",
            "Give a key or an otpauth:// link; for a picture: countersign scan -",
        )),
    }
}

fn unreadable(error: &io::Error) -> Problem {
    Problem::new(
        "unreadable",
        format!("standard input cannot be read: {error}"),
        "Give the key by a pipe or from a file.",
    )
}
