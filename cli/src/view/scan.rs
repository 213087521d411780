//! What `countersign scan` says about each picture, and about all of them together.

use std::fmt::Write;

use countersign_core::enrol::{Batches, Export};

use super::{Showing, content, counted, trouble};
use crate::page::{Page, Palette};
use crate::problem::{Advice, Problem};
use crate::report::{Find, Outcome, Report};

/// What stands before each line below a picture's name.
const INDENT: &str = "  ";

/// A picture's block: its name, and below it what came of it.
pub(crate) fn picture(report: &Report, showing: Showing, page: Page) -> String {
    let Palette { name, warning, error, .. } = page.palette;
    let trouble = |problem: Problem, style| vec![trouble::lines(&problem.advice, style, INDENT.len(), page)];
    let sections = match &report.outcome {
        Outcome::Unreadable(cause) => trouble(Problem::from(cause), error),
        Outcome::Nothing(hint) => trouble(Problem::from(*hint), warning),
        Outcome::Found(finds) => {
            let sections = |find: &Find| content::sections(&find.content, showing, INDENT.len(), page);
            finds.iter().flat_map(sections).collect()
        }
    };
    let mut block = format!("{name}{}{name:#}\n", report.source.name());
    for (index, lines) in sections.iter().enumerate() {
        if index > 0 {
            block.push('\n');
        }
        for line in lines {
            writeln!(block, "{INDENT}{line}").expect("a string takes any text");
        }
    }
    block
}

/// What to say after the last picture: exports of several parts, and a count where there were several pictures.
pub(crate) fn closing(tally: &Tally, exports: &Batches, page: Page) -> String {
    let mut text = String::new();
    for export in exports.exports().iter().filter(|export| export.size() > 1) {
        writeln!(text, "{}", standing(export, page)).expect("a string takes any text");
    }
    if tally.pictures > 1 {
        writeln!(text, "{0}{tally}{0:#}", page.palette.quiet).expect("a string takes any text");
    }
    text
}

/// `Google Authenticator export: 2 of 3, one is missing: number 2`
fn standing(export: &Export, page: Page) -> String {
    let missing = export.missing();
    let there = export.size() as usize - missing.len();
    let start = format!("Google Authenticator export: {there} of {}", export.size());
    let message = match missing.as_slice() {
        [] => return format!("{start}, complete"),
        [number] => format!("{start}, one is missing: number {number}"),
        numbers => format!("{start}, {} are missing: numbers {}", numbers.len(), ranges(numbers)),
    };
    let advice = Advice::new(message, "Scan what is missing together with these, in one command.");
    trouble::lines(&advice, page.palette.warning, 0, page).join("\n")
}

/// `2, 4–7`: an export may claim a thousand parts.
fn ranges(numbers: &[u32]) -> String {
    let runs = numbers.chunk_by(|one, next| next - one == 1);
    let shown = runs.map(|run| match run {
        [one] => one.to_string(),
        [first, .., last] => format!("{first}–{last}"),
        [] => String::new(),
    });
    shown.collect::<Vec<_>>().join(", ")
}

/// How many pictures there were, and what came of them.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) pictures: usize,
    pub(crate) accounts: usize,
    pub(crate) without_account: usize,
    pub(crate) unreadable: usize,
}

impl Tally {
    /// Counts one more picture.
    pub(crate) fn add(&mut self, report: &Report) {
        let accounts = report.accounts().len();
        self.pictures += 1;
        self.accounts += accounts;
        match report.outcome {
            Outcome::Unreadable(_) => self.unreadable += 1,
            Outcome::Found(_) | Outcome::Nothing(_) => self.without_account += usize::from(accounts == 0),
        }
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {}", counted(self.pictures, "picture"), counted(self.accounts, "account"))?;
        if self.without_account > 0 {
            write!(formatter, ", {} without one", self.without_account)?;
        }
        if self.unreadable > 0 {
            write!(formatter, ", {} unreadable", self.unreadable)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_among_missing_parts_are_told_together() {
        assert_eq!(ranges(&[2]), "2");
        assert_eq!(ranges(&[1, 2, 3, 5, 7, 8]), "1–3, 5, 7–8");
    }

    #[test]
    fn a_tally_says_only_what_there_is() {
        let tally = Tally { pictures: 3, accounts: 1, without_account: 1, unreadable: 1 };
        assert_eq!(tally.to_string(), "3 pictures: 1 account, 1 without one, 1 unreadable");
        let good = Tally { pictures: 2, accounts: 5, ..Tally::default() };
        assert_eq!(good.to_string(), "2 pictures: 5 accounts");
    }
}
