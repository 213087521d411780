//! What the help and the manual page say besides the options: examples first, then exit codes and environment.
//!
//! One source for both, because an example that is only in one of them is the one that gets out of date.

use std::fmt::Write;

use anstyle::Style;

/// A section after the options.
pub(crate) struct Topic {
    pub(crate) heading: &'static str,
    /// Lines that are neither filled nor wrapped.
    pub(crate) body: &'static str,
}

/// The sections for a command; for any other name, those for the program as a whole.
pub(crate) fn topics(command: &str) -> &'static [Topic] {
    match command {
        "scan" => &SCAN,
        "code" => &CODE,
        "completions" => &COMPLETIONS,
        "man" => &MANUAL,
        _ => &PROGRAM,
    }
}

/// What `-h` shows after the options.
pub(crate) fn short(command: &str) -> String {
    text(topics(command).iter().take(1))
}

/// What `--help` shows after the options.
pub(crate) fn long(command: &str) -> String {
    text(topics(command).iter())
}

fn text(topics: impl Iterator<Item = &'static Topic>) -> String {
    let heading = Style::new().bold().underline();
    let mut text = String::new();
    for (index, topic) in topics.enumerate() {
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
0  found: at least one account, and every input could be read
1  nothing found: every input could be read, and there is no account in it
2  usage: the command line cannot be carried out as it stands
3  unreadable: something that was given could not be read; the rest was done
4  the output could not be written",
};

const PROGRAM: [Topic; 3] = [
    Topic {
        heading: "Examples",
        body: "\
countersign scan photo.jpg              the accounts in a photo, with their codes
countersign scan export-*.png           a Google Authenticator export of several pictures
countersign code -                      asks for the key, then shows the code
countersign code - --watch < key.txt    a key from a file, and a code that stays current",
    },
    EXIT_CODES,
    Topic {
        heading: "Environment",
        body: "\
NO_COLOR         if set, no colour
CLICOLOR_FORCE   if set to other than 0, colour even where the output is no terminal
TERM=dumb        no colour, and nothing is drawn over",
    },
];

const SCAN: [Topic; 2] = [
    Topic {
        heading: "Examples",
        body: "\
countersign scan photo.jpg              the accounts in a photo, with their codes
countersign scan export-*.png           a Google Authenticator export of several pictures
countersign scan - < screenshot.png     a picture from another program
countersign scan --json *.png | jq .    the same, for a program",
    },
    EXIT_CODES,
];

const CODE: [Topic; 2] = [
    Topic {
        heading: "Examples",
        body: "\
countersign code -                      asks for the key or the link, then shows the code
countersign code - --watch < key.txt    a key from a file, and a code that stays current
pass show mfa/git | countersign code -  a key from a password store",
    },
    EXIT_CODES,
];

const COMPLETIONS: [Topic; 1] = [Topic {
    heading: "Examples",
    body: "\
countersign completions bash > ~/.local/share/bash-completion/completions/countersign
countersign completions zsh  > ~/.zfunc/_countersign    (a folder in your fpath)
countersign completions fish > ~/.config/fish/completions/countersign.fish",
}];

const MANUAL: [Topic; 1] = [Topic {
    heading: "Examples",
    body: "\
countersign man | man -l -              read it now
countersign man      > ~/.local/share/man/man1/countersign.1
countersign man scan > ~/.local/share/man/man1/countersign-scan.1",
}];
