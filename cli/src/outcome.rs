//! How a run ends: exit codes for scripts, and the few ways to end without an answer.

use std::io;
use std::process::ExitCode;

use crate::problem::Advice;

/// What the exit code says. The table of `docs/guide/terminal.md` and of `countersign --help`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0: what was asked for is there.
    Found,
    /// 1: everything was read, and there is no account in it.
    NothingFound,
    /// 3: something that was given could not be read; what else there was is in the output.
    UnreadableInput,
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
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl Failure {
    /// What to say about it; nothing where whoever read the answer has had enough.
    pub(crate) fn advice(self) -> Option<Advice> {
        match self {
            Self::Usage(advice) | Self::Input(advice) => Some(advice),
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
        })
    }
}

impl From<&Failure> for ExitCode {
    fn from(failure: &Failure) -> Self {
        Self::from(match failure {
            Failure::Usage(_) => 2,
            Failure::Input(_) => 3,
            Failure::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => 0,
            Failure::Output(_) => 4,
        })
    }
}
