//! Next commands that reach the same store: who said `--store` must say it again with each of them.
//!
//! Commands are told in many places, and all of them leave the program in one: there the store is put behind the
//! command's word. A store of the environment or in its usual place is found again without that.

use std::path::Path;

use crate::arguments::Opening;
use crate::help::COMMANDS;
use crate::outcome::Failure;
use crate::workspace::{absolute, quoted};

/// How the program is called.
const PROGRAM: &str = "countersign ";
/// Commands that work without a store.
const WITHOUT_STORE: [&str; 4] = ["completions", "demo", "man", "scan"];

/// What is added to the commands that a person is told.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hints {
    /// `--store` and the absolute path, as a shell takes them; `None` where nothing is needed.
    store: Option<String>,
}

impl Hints {
    /// For a command that was given these arguments.
    pub(crate) fn new(opening: &Opening) -> Self {
        let store = opening.store.as_deref().and_then(|store| absolute(store).ok());
        Self { store: store.as_deref().map(named) }
    }

    /// `text` with the store in each of the commands that are in it. A name in quotes is no command.
    pub(crate) fn complete(&self, text: &str) -> String {
        let Some(store) = &self.store else { return text.to_owned() };
        let mut complete = String::with_capacity(text.len() + store.len());
        let (mut rest, mut quotes) = (text, Quotes::default());
        while let Some(letter) = rest.chars().next() {
            let begins = !quotes.open && (complete.is_empty() || complete.ends_with([' ', '(']));
            let command = if begins { command(rest) } else { None };
            let passed = match command {
                Some(command) => command.len(),
                None => letter.len_utf8(),
            };
            let (done, after) = rest.split_at(passed);
            complete.push_str(done);
            if command.is_some_and(|command| needs_store(command, after)) {
                complete.extend([" ", store]);
            }
            quotes.pass(done);
            rest = after;
        }
        complete
    }

    /// A failure whose next step names the store.
    pub(crate) fn complete_failure(&self, failure: Failure) -> Failure {
        let advice = |mut advice: crate::problem::Advice| {
            advice.next_step = self.complete(&advice.next_step);
            advice
        };
        match failure {
            Failure::Usage(given) => Failure::Usage(advice(given)),
            Failure::Input(given) => Failure::Input(advice(given)),
            Failure::Workspace(exit, mut problem) => {
                problem.advice = advice(problem.advice);
                Failure::Workspace(exit, problem)
            }
            Failure::Output(error) => Failure::Output(error),
        }
    }
}

/// The option that names a store.
pub(crate) fn named(store: &Path) -> String {
    format!("--store {}", quoted(&store.to_string_lossy()))
}

/// The program's name and a command of it, where `text` begins with both.
fn command(text: &str) -> Option<&str> {
    let after = text.strip_prefix(PROGRAM)?;
    let end = after.find(|letter: char| !letter.is_ascii_lowercase() && letter != '-').unwrap_or(after.len());
    let word = &after[..end];
    (COMMANDS.contains(&word) && !WITHOUT_STORE.contains(&word)).then(|| &text[..PROGRAM.len() + end])
}

/// Whether a command, before `after`, is for a store and does not name it yet.
fn needs_store(command: &str, after: &str) -> bool {
    let mut words = after.split_whitespace();
    let first = words.next().unwrap_or_default();
    first != "--store" && !(command.ends_with(" code") && first.trim_end_matches(['.', ',']) == "-")
}

/// Where in a shell's words a text stands. Prose has no such quotes before a word.
#[derive(Default)]
struct Quotes {
    open: bool,
    escaped: bool,
    /// Whether an apostrophe here would be inside a word of prose.
    in_word: bool,
}

impl Quotes {
    fn pass(&mut self, text: &str) {
        for letter in text.chars() {
            match letter {
                '\'' if self.open => self.open = false,
                '\'' if !self.escaped && !self.in_word => self.open = true,
                _ => {}
            }
            self.escaped = letter == '\\' && !self.open && !self.escaped;
            self.in_word = letter.is_alphanumeric();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete(text: &str) -> String {
        Hints { store: Some(named(Path::new("/home/ana/my store"))) }.complete(text)
    }

    #[test]
    fn every_command_on_a_store_names_it() {
        let store = "--store '/home/ana/my store'";
        assert_eq!(complete("countersign kit"), format!("countersign kit {store}"));
        assert_eq!(
            complete("Use it: countersign list. Or (countersign recovery-codes 'A' --save -)"),
            format!("Use it: countersign list {store}. Or (countersign recovery-codes {store} 'A' --save -)")
        );
    }

    #[test]
    fn what_needs_no_store_or_names_one_stays() {
        for text in [
            "For a key: countersign code -",
            "For a key: countersign code -. Or: countersign scan PICTURE",
            "countersign list --store /other",
            "countersign is here, and countersigned",
            "",
        ] {
            assert_eq!(complete(text), text);
        }
        assert_eq!(Hints::default().complete("countersign kit"), "countersign kit");
    }

    #[test]
    fn a_name_that_reads_like_a_command_stays_as_it_is() {
        let store = "--store '/home/ana/my store'";
        for name in ["'countersign list'", r"'Ana'\''s countersign list'", r"'a\ countersign list'"] {
            assert_eq!(
                complete(&format!("The account's code: countersign code {name}")),
                format!("The account's code: countersign code {store} {name}")
            );
        }
    }
}
