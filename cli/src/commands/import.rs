//! `countersign import`: a backup of our own, a list of links, or the pictures of a Google Authenticator export.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use countersign_core::client::{AccountId, Candidate, CandidateState, EntryResult, Imported, Unlocked};
use countersign_core::enrol::{Batches, Export};
use serde::Serialize;
use zeroize::Zeroizing;

use super::enrol::{agreed, refused};
use super::{Desk, input};
use crate::arguments::Import;
use crate::content::Content;
use crate::escape::visible;
use crate::outcome::{Exit, Failure};
use crate::picture::{PictureError, Source};
use crate::problem::Problem;
use crate::report::{Outcome, Report};
use crate::view::answer::Answer;
use crate::view::counted;
use crate::workspace::{Given, passphrase};

/// What a backup begins with.
const BACKUP: &[u8] = b"countersign backup ";
/// What a plain list begins with.
const LIST: &[u8] = b"otpauth://";
/// Longest list that is read: a hundred thousand links.
const MOST_BYTES: u64 = 32 << 20;

pub(super) fn run(arguments: &Import, desk: &mut Desk<'_, '_>) -> Result<Answer, Failure> {
    match arguments.files.as_slice() {
        [file] if begins_with(file, BACKUP) => backup(Path::new(file), arguments, desk),
        [file] if begins_with(file, LIST) => {
            let list = list(file)?;
            let unlocked = desk.workspace.unlock()?;
            chosen(&unlocked, &list, arguments, desk)
        }
        files => {
            let export = export(files, desk)?;
            let unlocked = desk.workspace.unlock()?;
            chosen(&unlocked, &export, arguments, desk)
        }
    }
}

/// Whether a file begins so, in any letters.
fn begins_with(file: &OsStr, known: &[u8]) -> bool {
    let mut beginning = vec![0; known.len()];
    let read = File::open(file).and_then(|mut file| file.read_exact(&mut beginning));
    read.is_ok() && beginning.eq_ignore_ascii_case(known)
}

/// The links in a plain list, ours or that of another app.
fn list(file: &OsStr) -> Result<Export, Failure> {
    let name = Source::from(file).name();
    let unreadable = |id, message: String| {
        let problem = Problem::new(id, message, "Give a list of otpauth:// links, one a line.");
        Failure::Workspace(Exit::UnreadableInput, problem.about(&name))
    };
    let file = File::open(file).map_err(|error| unreadable("unreadable", error.to_string()))?;
    let length = file.metadata().map_err(|error| unreadable("unreadable", error.to_string()))?.len();
    if length > MOST_BYTES {
        return Err(unreadable("too_large", format!("it has more than {MOST_BYTES} bytes")));
    }
    // As large as it is, at once: growing would leave parts of secrets behind in freed memory.
    let mut text = Zeroizing::new(String::with_capacity(usize::try_from(length).unwrap_or(0) + 1));
    match file.take(MOST_BYTES).read_to_string(&mut text) {
        Ok(_) => Ok(Export::of_links(&text)),
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            Err(unreadable("not_text", "it is not text".to_owned()))
        }
        Err(error) => Err(unreadable("unreadable", error.to_string())),
    }
}

fn backup(file: &Path, arguments: &Import, desk: &mut Desk<'_, '_>) -> Result<Answer, Failure> {
    let given = Given::in_file(arguments.backup.backup_passphrase_file.as_deref())?;
    let passphrase = passphrase(&given, "Passphrase of the backup")?;
    let Imported { added, present } = desk.workspace.unlock()?.import_backup(file, &passphrase)?;
    let mut answer = Answer::new(format!("{} added", counted(added, "account")));
    if present > 0 {
        answer = answer.line(format!("{} here already, left as they were", counted(present, "account")));
    }
    Ok(answer.field("added", added).field("present", present).next("list"))
}

/// The one export in these pictures, whole.
fn export(files: &[std::ffi::OsString], desk: &mut Desk<'_, '_>) -> Result<Export, Failure> {
    let unreadable = |problem| Failure::Workspace(Exit::UnreadableInput, problem);
    let (mut parts, mut reading) = (Batches::new(), Batches::new());
    for file in files {
        let source = Source::from(file.as_os_str());
        let name = source.name();
        let report = Report::on(source, &mut desk.console.input, desk.ports.reader, &mut reading);
        let found = match report.outcome {
            Outcome::Unreadable(PictureError::NotAPicture) => Err(unreadable(no_export())),
            _ => input::finds(report),
        };
        for find in found.map_err(|failure| failure.about(&name))? {
            match find.content {
                Content::Export(part) => {
                    parts.add(part.into()).map_err(|error| {
                        let problem =
                            Problem::new("export", error.to_string(), "Take the pictures of one export.");
                        unreadable(problem.about(&name))
                    })?;
                }
                Content::Account(_) => {
                    let problem = Problem::new(
                        "one_account",
                        "this is one account and no export",
                        "Add it: countersign add PICTURE",
                    );
                    return Err(unreadable(problem.about(&name)));
                }
                Content::Refused(problem) => {
                    return Err(Failure::Workspace(Exit::NothingFound, problem.about(&name)));
                }
            }
        }
    }
    let mut exports = parts.into_exports();
    match (exports.pop(), exports.is_empty()) {
        (Some(export), true) if export.is_complete() => Ok(export),
        (Some(export), true) => {
            let missing: Vec<String> = export.missing().iter().map(u32::to_string).collect();
            let message = format!("the export has {} parts; missing: {}", export.size(), missing.join(", "));
            Err(unreadable(Problem::new("export", message, "Name the pictures of all parts in one command.")))
        }
        _ => {
            Err(unreadable(Problem::new("export", "these are several exports", "Bring them in one by one.")))
        }
    }
}

/// A file that is none of what can be brought in.
fn no_export() -> Problem {
    let next = "Give a backup of Countersign, a list of otpauth:// links, or the pictures of an export. A single key is \
                added: countersign add -";
    Problem::new("not_a_picture", "this is nothing that accounts can be brought in from", next)
}

/// An account of an export, and what became of it.
#[derive(Serialize)]
struct EntryView {
    number: usize,
    app: String,
    login: String,
    state: &'static str,
    reason: Option<String>,
    account: Option<String>,
}

fn chosen(
    unlocked: &Unlocked,
    export: &Export,
    arguments: &Import,
    desk: &mut Desk<'_, '_>,
) -> Result<Answer, Failure> {
    let candidates = unlocked.preview_export(export)?;
    let numbers: Vec<usize> = match &arguments.only {
        Some(only) => only.clone(),
        None => candidates
            .iter()
            .filter(|one| one.state == CandidateState::New)
            .map(|one| one.index + 1)
            .collect(),
    };
    if let Some(wrong) = numbers.iter().find(|number| **number == 0 || **number > candidates.len()) {
        let message = format!("the export has {} accounts, and no number {wrong}", candidates.len());
        return Err(refused("no_such_entry", &message, "They are counted from 1."));
    }
    if desk.console.input_is_terminal && !arguments.question.yes {
        for one in &candidates {
            desk.console.err.try_write(&preview(one, numbers.contains(&(one.index + 1))));
        }
        let are = if numbers.len() == 1 { "is" } else { "are" };
        let question = format!("Save the {} that {are} marked?", counted(numbers.len(), "account"));
        agreed(false, &question, desk)?;
    }
    let indices: Vec<usize> = numbers.iter().map(|number| number - 1).collect();
    let results = unlocked.import_export(export, &indices)?;
    let views: Vec<EntryView> = candidates
        .iter()
        .map(|one| {
            view(one, results.iter().find(|(index, _)| *index == one.index).map(|(_, result)| *result))
        })
        .collect();
    let lines = views.iter().map(|view| {
        let reason = view.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        format!("{:>3}. {}   {}{reason}", view.number, names(&view.app, &view.login), view.state)
    });
    Ok(Answer::lines(lines.collect::<Vec<_>>()).field("entries", &views).next("list"))
}

fn preview(one: &Candidate, marked: bool) -> String {
    let state = match one.state {
        CandidateState::New => "new",
        CandidateState::Here { .. } => "here already",
        CandidateState::OtherSecret { .. } => {
            "here with another secret; --only with its number replaces that"
        }
        CandidateState::Refused(_) => "cannot be used",
    };
    let mark = if marked { "✓" } else { " " };
    format!("{mark} {:>3}. {}   {state}\n", one.index + 1, names(&one.app, &one.login))
}

/// `GitHub · ana`, as far as there are names.
fn names(app: &str, login: &str) -> String {
    let names: Vec<String> = [app, login].into_iter().filter(|name| !name.is_empty()).map(visible).collect();
    if names.is_empty() { "no name".to_owned() } else { names.join(" · ") }
}

fn view(one: &Candidate, result: Option<EntryResult>) -> EntryView {
    let (state, account): (_, Option<AccountId>) = match (result, one.state) {
        (Some(EntryResult::Added(account)), _) => ("added", Some(account)),
        (Some(EntryResult::Replaced(account)), _) => ("replaced", Some(account)),
        (_, CandidateState::Here { account }) => ("here already", Some(account)),
        (_, CandidateState::OtherSecret { account }) => ("here with another secret", Some(account)),
        (_, CandidateState::Refused(_)) => ("cannot be used", None),
        (_, CandidateState::New) => ("left out", None),
    };
    let reason = match one.state {
        CandidateState::Refused(error) => Some(error.to_string()),
        _ => None,
    };
    EntryView {
        number: one.index + 1,
        app: one.app.clone(),
        login: one.login.clone(),
        state,
        reason,
        account: account.map(|account| account.to_string()),
    }
}
