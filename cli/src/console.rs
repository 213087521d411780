//! The process's three streams, as values.
//!
//! Commands write here and nowhere else, so that a test can read what a person would see, colour is decided in
//! one place, and a reader that went away (`countersign scan … | head -1`) is noticed in one place.

use std::env;
use std::ffi::OsString;
use std::io::{self, IsTerminal, Read, Write};

#[cfg(test)]
mod screen;

#[cfg(test)]
pub(crate) use self::screen::Screen;
use crate::page::{Page, Palette};

/// Standard input, output and error.
pub(crate) struct Console {
    /// Answers go here.
    pub(crate) out: Channel,
    /// What is not part of the answer: trouble, progress, prompts.
    pub(crate) err: Channel,
    /// Pictures and keys come from here.
    pub(crate) input: Box<dyn Read>,
    /// Whether somebody types at `input`.
    pub(crate) input_is_terminal: bool,
}

/// A stream that is written to.
pub(crate) struct Channel {
    writer: Box<dyn Write>,
    page: Page,
    live: bool,
}

impl Console {
    /// The streams of this process.
    pub(crate) fn of_this_process() -> Self {
        Self {
            out: Channel::new(io::stdout()),
            err: Channel::new(io::stderr()),
            input: Box::new(io::stdin()),
            input_is_terminal: io::stdin().is_terminal(),
        }
    }

    /// What somebody types in answer to `question`; `None` where there is nobody. It is shown while it is typed.
    pub(crate) fn ask(&mut self, question: &str) -> Option<String> {
        if !self.input_is_terminal {
            return None;
        }
        self.err.try_write(question);
        let mut line = Vec::new();
        let mut byte = [0];
        // No more than a line: what follows may be for somebody else.
        while self.input.read(&mut byte).ok()? > 0 && byte[0] != b'\n' {
            line.push(byte[0]);
        }
        Some(String::from_utf8_lossy(&line).trim().to_owned())
    }

    /// Whether somebody says yes; `None` where there is nobody to ask.
    pub(crate) fn agrees(&mut self, question: &str) -> Option<bool> {
        let answer = self.ask(&format!("{question} [y/N] "))?;
        Some(["y", "yes"].contains(&answer.to_lowercase().as_str()))
    }
}

impl Channel {
    fn new(stream: impl Write + IsTerminal + 'static) -> Self {
        let is_terminal = stream.is_terminal();
        let coloured = shows_colour(is_terminal, |name| env::var_os(name));
        let width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        Self {
            live: is_terminal && !is_dumb(env::var_os("TERM")),
            page: Page {
                palette: if coloured { Palette::coloured() } else { Palette::PLAIN },
                width: if is_terminal { width } else { None },
            },
            writer: Box::new(stream),
        }
    }

    /// A terminal that can be drawn over and shows no colour, and writes to `writer`.
    #[cfg(test)]
    pub(crate) fn live(writer: impl Write + 'static) -> Self {
        let page = Page { palette: Palette::PLAIN, width: Some(80) };
        Self { writer: Box::new(writer), page, live: true }
    }

    /// What the text is written for.
    pub(crate) fn page(&self) -> Page {
        self.page
    }

    /// Whether what was written can be drawn over: a terminal that moves its cursor.
    pub(crate) fn is_live(&self) -> bool {
        self.live
    }

    /// Writes `text` at once, so that whoever reads along sees each answer when it is there.
    pub(crate) fn write(&mut self, text: &str) -> io::Result<()> {
        self.writer.write_all(text.as_bytes())?;
        self.writer.flush()
    }

    /// Writes `text`, or does not: there is nobody to tell when the place for bad news is gone.
    pub(crate) fn try_write(&mut self, text: &str) {
        drop(self.write(text));
    }
}

/// Whether to use colour, by the conventions of no-color.org and bixense.com/clicolors: `NO_COLOR` decides before
/// `CLICOLOR_FORCE`, and that before what the stream is.
fn shows_colour(is_terminal: bool, variable: impl Fn(&str) -> Option<OsString>) -> bool {
    let is_set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
    let is_zero = |name: &str| variable(name).is_some_and(|value| value == "0");
    if is_set("NO_COLOR") {
        false
    } else if is_set("CLICOLOR_FORCE") && !is_zero("CLICOLOR_FORCE") {
        true
    } else {
        is_terminal && !is_zero("CLICOLOR") && !is_dumb(variable("TERM"))
    }
}

/// Whether a terminal of that name can do nothing but print.
fn is_dumb(name: Option<OsString>) -> bool {
    name.is_none_or(|name| name == "dumb")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coloured(is_terminal: bool, variables: &[(&str, &str)]) -> bool {
        shows_colour(is_terminal, |name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into())
        })
    }

    #[test]
    fn colour_follows_the_conventions() {
        let term = ("TERM", "xterm");
        assert!(coloured(true, &[term]));
        assert!(!coloured(false, &[term]));
        assert!(!coloured(true, &[("TERM", "dumb")]) && !coloured(true, &[]));
        assert!(!coloured(true, &[term, ("NO_COLOR", "1")]) && coloured(true, &[term, ("NO_COLOR", "")]));
        assert!(!coloured(true, &[term, ("CLICOLOR", "0")]) && coloured(true, &[term, ("CLICOLOR", "1")]));
        assert!(coloured(false, &[("CLICOLOR_FORCE", "1")]) && !coloured(false, &[("CLICOLOR_FORCE", "0")]));
        assert!(!coloured(true, &[term, ("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]));
    }
}
