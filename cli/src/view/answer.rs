//! What a command on a workspace answers: some lines for people and the same as a document for programs, and the
//! commands that come next, each below the line that it belongs to.

use serde::Serialize;
use serde_json::{Map, Value};

use super::json;
use crate::hint::Hints;
use crate::outcome::Exit;
use crate::page::Page;
use crate::problem::Problem;

/// An answer, put together piece by piece.
pub(crate) struct Answer {
    parts: Vec<Part>,
    document: Map<String, Value>,
    exit: Exit,
}

/// What is shown, from the top.
enum Part {
    Line(String),
    /// A command, with the program's name.
    Next(String),
}

/// What `--json` writes where a workspace would not do it.
#[derive(Serialize)]
pub(crate) struct Refusal {
    error: Problem,
}

impl Refusal {
    pub(crate) fn document(error: Problem) -> String {
        json::pretty(&Self { error })
    }
}

impl Answer {
    /// An answer that begins with this line.
    pub(crate) fn new(line: impl Into<String>) -> Self {
        Self::lines([line.into()])
    }

    /// An answer that begins with these.
    pub(crate) fn lines(lines: impl IntoIterator<Item = String>) -> Self {
        Self { parts: lines.into_iter().map(Part::Line).collect(), document: Map::new(), exit: Exit::Found }
    }

    /// A line more.
    pub(crate) fn line(mut self, line: impl Into<String>) -> Self {
        self.parts.push(Part::Line(line.into()));
        self
    }

    /// A key of the document.
    pub(crate) fn field(mut self, name: &str, value: impl Serialize) -> Self {
        let value = serde_json::to_value(value).expect("strings, numbers and lists always have a JSON form");
        self.document.insert(name.to_owned(), value);
        self
    }

    /// A command that may come next, without the program's name.
    pub(crate) fn next(mut self, command: impl AsRef<str>) -> Self {
        self.parts.push(Part::Next(format!("countersign {}", command.as_ref())));
        self
    }

    /// Ends the command with this code.
    pub(crate) fn exit(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }

    /// The same, with commands that reach the store.
    pub(crate) fn complete(mut self, hints: &Hints) -> Self {
        for part in &mut self.parts {
            if let Part::Next(command) = part {
                *command = hints.complete(command);
            }
        }
        self
    }

    pub(crate) fn exit_code(&self) -> Exit {
        self.exit
    }

    pub(crate) fn text(&self, page: Page) -> String {
        let quiet = page.palette.quiet;
        let line = |part: &Part| match part {
            Part::Line(line) => format!("{line}\n"),
            Part::Next(command) => format!("→ {quiet}{command}{quiet:#}\n"),
        };
        self.parts.iter().map(line).collect()
    }

    pub(crate) fn document(mut self) -> String {
        let next = self.parts.into_iter().filter_map(|part| match part {
            Part::Next(command) => Some(command),
            Part::Line(_) => None,
        });
        self.document.insert("next".to_owned(), next.collect());
        json::pretty(&self.document)
    }
}
