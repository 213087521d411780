//! How a run ends: exit codes for scripts, and the few ways to end without an answer.

use std::io;
use std::process::ExitCode;

use crate::problem::{Advice, Problem};

/// What the exit code says. The table of `docs/guide/terminal.md` and of `countersign --help`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0: what was asked for is there.
    Found,
    /// 1: everything was read, and there is no such account in it.
    NothingFound,
    /// 3: something that was given could not be read; what else there was is in the output.
    UnreadableInput,
    /// 5: nobody gave the passphrase.
    Locked,
    /// 6: the store or the workspace would not do it.
    Refused,
}

/// Why a command ended without its answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// 2: the command line cannot be carried out as it stands.
    Usage(Advice),
    /// 3: what was given cannot be read.
    Input(Advice),
    /// 4: the answer could not be written; 0 if whoever read it has had enough.
    Output(io::Error),
    /// What a workspace answers, under a name of its own; with `--json` it is the document.
    Workspace(Exit, Problem),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl Failure {
    /// The same of the file that it is about.
    pub(crate) fn about(self, name: &str) -> Self {
        match self {
            Self::Workspace(exit, problem) => Self::Workspace(exit, problem.about(name)),
            other => other,
        }
    }

    /// The same, told by a command of its own for a key.
    pub(crate) fn with_keys_to(self, command: &str) -> Self {
        match self {
            Self::Workspace(exit, problem) => Self::Workspace(exit, problem.with_keys_to(command)),
            other => other,
        }
    }

    /// What to say about it; nothing where whoever read the answer has had enough.
    pub(crate) fn advice(self) -> Option<Advice> {
        match self {
            Self::Usage(advice) | Self::Input(advice) => Some(advice),
            Self::Workspace(_, problem) => Some(problem.advice),
            Self::Output(cause) if cause.kind() == io::ErrorKind::BrokenPipe => None,
            Self::Output(cause) => Some(Advice::new(
                format!("the output cannot be written: {cause}"),
                "Send it to another place.",
            )),
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Found => 0,
            Exit::NothingFound => 1,
            Exit::UnreadableInput => 3,
            Exit::Locked => 5,
            Exit::Refused => 6,
        })
    }
}

impl From<&Failure> for ExitCode {
    fn from(failure: &Failure) -> Self {
        match failure {
            Failure::Usage(_) => Self::from(2),
            Failure::Input(_) => Self::from(3),
            Failure::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => Self::SUCCESS,
            Failure::Output(_) => Self::from(4),
            Failure::Workspace(exit, _) => (*exit).into(),
        }
    }
}
