//! What one QR code or one typed text is, in sections of lines: an account is one, an export has one for each.

use super::{Showing, account, counted, trouble};
use crate::content::{Content, ExportPart};
use crate::page::{Page, Palette};

/// The sections; `indent` columns are left free for what the caller puts before each line.
pub(crate) fn sections(content: &Content, showing: Showing, indent: usize, page: Page) -> Vec<Vec<String>> {
    match content {
        Content::Account(found) => vec![account::lines(found, showing, indent, page)],
        Content::Export(part) => export_part(part, showing, indent, page),
        Content::Refused(problem) => {
            vec![trouble::lines(&problem.advice, page.palette.warning, indent, page)]
        }
    }
}

fn export_part(part: &ExportPart, showing: Showing, indent: usize, page: Page) -> Vec<Vec<String>> {
    let Palette { quiet, warning, .. } = page.palette;
    let caution = |label: &str, text: &str| {
        let lines = page.paragraph(label, text, indent);
        lines.into_iter().map(|line| format!("{warning}{line}{warning:#}")).collect::<Vec<_>>()
    };
    let place = match part.batch.size {
        0 | 1 => String::new(),
        size => format!(" · part {} of {size}", i64::from(part.batch.index) + 1),
    };
    let accounts = counted(part.entries.iter().flatten().count(), "account");
    let mut heading = vec![format!("{quiet}Google Authenticator export{place} · {accounts}{quiet:#}")];
    if let Some(error) = part.misplaced {
        heading.extend(caution("warning: ", &error.to_string()));
    }
    let entries = part.entries.iter().zip(1..).map(|(entry, number)| match entry {
        Ok(found) => account::lines(found, showing, indent, page),
        Err(error) => caution("", &format!("entry {number} cannot be used: {error}")),
    });
    [heading].into_iter().chain(entries).collect()
}
