//! One command, one module: arguments in, an exit code or a failure out.
//!
//! Commands on a workspace give back an answer instead; it is written here, as text or as a document.

mod account;
mod activity;
mod add;
mod bin;
mod code;
mod completions;
mod copy;
mod enrol;
mod export;
mod follow;
mod import;
mod init;
mod input;
mod kit;
mod list;
mod live;
mod lock;
mod manual;
mod people;
mod recovery_codes;
mod reveal;
mod scan;
mod state;
mod team;
mod watch;

pub(crate) use copy::{ARGUMENT as HOLD_CLIPBOARD, serve as hold_clipboard};

use crate::arguments::{Command, Common};
use crate::console::Console;
use crate::demo;
use crate::hint::Hints;
use crate::outcome::{Exit, Failure};
use crate::ports::Ports;
use crate::view::answer::{Answer, Refusal};
use crate::workspace::Workspace;

/// What a command on a workspace works with.
pub(crate) struct Desk<'a, 'p> {
    pub(crate) workspace: Workspace,
    pub(crate) ports: &'a mut Ports<'p>,
    pub(crate) console: &'a mut Console,
    /// Whether the answer is for a program.
    pub(crate) json: bool,
}

/// Carries out one command.
pub(crate) fn run(command: &Command, ports: &mut Ports, console: &mut Console) -> Result<Exit, Failure> {
    match command {
        Command::Scan(arguments) => return scan::run(arguments, ports, console),
        Command::Code(arguments) => return code::run(arguments, ports, console),
        Command::Demo(arguments) => {
            let shown = demo::run(arguments, console);
            return or_document(shown, arguments.json, console);
        }
        Command::Completions(arguments) => return completions::run(arguments, console),
        Command::Man(arguments) => return manual::run(arguments, console),
        _ => {}
    }
    let common = common(command);
    let answer = Workspace::new(&common.opening).and_then(|workspace| {
        on_workspace(command, &mut Desk { workspace, ports, console, json: common.json })
    });
    write(answer, common.json, &Hints::new(&common.opening), console)
}

/// Writes an answer, or a workspace's refusal where a program asked; each with the commands that come next.
fn write(
    answer: Result<Answer, Failure>,
    json: bool,
    hints: &Hints,
    console: &mut Console,
) -> Result<Exit, Failure> {
    match answer.map_err(|failure| hints.complete_failure(failure)) {
        Ok(answer) => {
            let answer = answer.complete(hints);
            let exit = answer.exit_code();
            let text = if json { answer.document() } else { answer.text(console.out.page()) };
            console.out.write(&text)?;
            Ok(exit)
        }
        Err(failure) => or_document(Err(failure), json, console),
    }
}

/// A refusal as a document, where a program asked.
fn or_document(done: Result<Exit, Failure>, json: bool, console: &mut Console) -> Result<Exit, Failure> {
    match done {
        Err(Failure::Workspace(exit, problem)) if json => {
            console.out.write(&Refusal::document(problem))?;
            Ok(exit)
        }
        done => done,
    }
}

fn on_workspace(command: &Command, desk: &mut Desk<'_, '_>) -> Result<Answer, Failure> {
    match command {
        Command::Init(arguments) => init::run(arguments, desk),
        Command::Add(arguments) => add::run(arguments, desk),
        Command::Confirm(arguments) => enrol::confirm(&arguments.name, desk),
        Command::Cancel(arguments) => enrol::cancel(&arguments.name, desk),
        Command::List(arguments) => list::run(arguments, desk),
        Command::Show(arguments) => account::show(&arguments.name, desk),
        Command::Activate(arguments) => enrol::activate(arguments, desk),
        Command::Replace(arguments) => enrol::replace(arguments, desk),
        Command::Restore(arguments) => enrol::restore(arguments, desk),
        Command::Off(arguments) => enrol::off(arguments, desk),
        Command::Edit(arguments) => account::edit(arguments, desk),
        Command::Favourite(arguments) => account::favourite(arguments, desk),
        Command::Remove(arguments) => bin::remove(&arguments.name, desk),
        Command::Undo(arguments) => bin::undo(&arguments.name, desk),
        Command::RecoveryCodes(arguments) => recovery_codes::run(arguments, desk),
        Command::Activity(arguments) => activity::run(&arguments.name, desk),
        Command::Attach(arguments) => team::attach(arguments, desk),
        Command::Invite(arguments) => people::invite(arguments, desk),
        Command::Join(arguments) => team::join(arguments, desk),
        Command::Sync(arguments) if arguments.follow => follow::run(desk),
        Command::Sync(_) => team::sync(desk),
        Command::Share(arguments) => team::share(arguments, desk),
        Command::Members(arguments) => people::members(arguments, desk),
        Command::Devices(arguments) => people::devices(arguments, desk),
        Command::Link(arguments) => team::link(arguments, desk),
        Command::SafetyWords(arguments) => people::safety_words(arguments, desk),
        Command::Known(arguments) => people::known(&arguments.common, desk),
        Command::Kit(arguments) => kit::run(arguments, desk),
        Command::Recover(arguments) => kit::recover(arguments, desk),
        Command::Unlock(arguments) => lock::unlock(arguments, desk),
        Command::Lock(arguments) => Ok(lock::lock(arguments, desk)),
        Command::Export(arguments) => export::run(arguments, desk),
        Command::Import(arguments) => import::run(arguments, desk),
        Command::Workspaces(_) => lock::workspaces(desk),
        Command::Scan(_)
        | Command::Code(_)
        | Command::Demo(_)
        | Command::Completions(_)
        | Command::Man(_) => {
            unreachable!("these need no workspace and were carried out before")
        }
    }
}

fn common(command: &Command) -> &Common {
    match command {
        Command::Init(arguments) => &arguments.common,
        Command::Add(arguments) => &arguments.common,
        Command::Confirm(arguments) | Command::Cancel(arguments) | Command::Undo(arguments) => {
            &arguments.common
        }
        Command::List(arguments) => &arguments.common,
        Command::Show(arguments) | Command::Remove(arguments) | Command::Activity(arguments) => {
            &arguments.common
        }
        Command::Activate(arguments) | Command::Replace(arguments) => &arguments.common,
        Command::Restore(arguments) => &arguments.common,
        Command::Off(arguments) => &arguments.common,
        Command::Edit(arguments) => &arguments.common,
        Command::Favourite(arguments) => &arguments.common,
        Command::RecoveryCodes(arguments) => &arguments.common,
        Command::Attach(arguments) => &arguments.common,
        Command::Invite(arguments) => &arguments.common,
        Command::Join(arguments) => &arguments.common,
        Command::Sync(arguments) => &arguments.common,
        Command::Share(arguments) => &arguments.common,
        Command::Members(arguments) => &arguments.common,
        Command::Devices(arguments) => &arguments.common,
        Command::Link(arguments) => &arguments.common,
        Command::SafetyWords(arguments) => &arguments.common,
        Command::Kit(arguments) => &arguments.common,
        Command::Recover(arguments) => &arguments.common,
        Command::Unlock(arguments) => &arguments.common,
        Command::Export(arguments) => &arguments.common,
        Command::Import(arguments) => &arguments.common,
        Command::Lock(arguments) | Command::Workspaces(arguments) | Command::Known(arguments) => {
            &arguments.common
        }
        Command::Scan(_)
        | Command::Code(_)
        | Command::Demo(_)
        | Command::Completions(_)
        | Command::Man(_) => {
            unreachable!("these have no workspace")
        }
    }
}
