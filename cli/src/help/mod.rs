//! What the help and the manual page say besides the options: examples first, then exit codes and environment.
//!
//! One source for both, because an example that is only in one of them is the one that gets out of date.

use std::fmt::Write;

use anstyle::Style;

mod examples;

pub(crate) use examples::COMMANDS;
use examples::{EXAMPLES, PROGRAM};

/// A section after the options.
#[derive(Clone, Copy)]
pub(crate) struct Topic {
    pub(crate) heading: &'static str,
    /// Lines that are neither filled nor wrapped.
    pub(crate) body: &'static str,
}

/// The sections for a command; for any other name, those for the program as a whole.
pub(crate) fn topics(command: &str) -> Vec<Topic> {
    let examples = EXAMPLES.iter().find(|(name, _)| *name == command).map_or(PROGRAM, |(_, body)| body);
    let examples = Topic { heading: "Examples", body: examples };
    match command {
        "completions" | "man" => vec![examples],
        name if COMMANDS.contains(&name) => vec![examples, EXIT_CODES],
        _ => vec![examples, EXIT_CODES, ENVIRONMENT],
    }
}

/// What `-h` shows after the options.
pub(crate) fn short(command: &str) -> String {
    text(&topics(command)[..1])
}

/// What `--help` shows after the options.
pub(crate) fn long(command: &str) -> String {
    text(&topics(command))
}

fn text(topics: &[Topic]) -> String {
    let heading = Style::new().bold().underline();
    let mut text = String::new();
    for (index, topic) in topics.iter().enumerate() {
        let gap = if index == 0 { "" } else { "\n\n" };
        let body = topic.body.replace('\n', "\n  ");
        let written = write!(text, "{gap}{heading}{}:{heading:#}\n  {body}", topic.heading);
        written.expect("a string takes any text");
    }
    text
}

const EXIT_CODES: Topic = Topic {
    heading: "Exit codes",
    body: "\
0  done: what was asked for is there
1  nothing found: everything could be read, and no such account, or no code of one, is in it
2  usage: the command line cannot be carried out as it stands
3  unreadable: something that was given could not be read; the rest was done
4  the output could not be written
5  locked: there was no passphrase, it could not be read, or it was another one
6  refused: the store or the workspace would not do it; nothing was changed",
};

const ENVIRONMENT: Topic = Topic {
    heading: "Environment",
    body: "\
COUNTERSIGN_STORE   the workspace's store, where --store does not say
XDG_DATA_HOME       where stores are kept otherwise; without it, ~/.local/share
NO_COLOR            if set, no colour
CLICOLOR            if 0, no colour
CLICOLOR_FORCE      if set to other than 0, colour even where the output is no terminal
TERM=dumb           no colour, and nothing is drawn over",
};
