//! What did not work, as text: what is wrong, and below it the next step.

use anstyle::Style;

use crate::page::Page;
use crate::problem::Advice;

/// The lines, coloured as `style`; `indent` columns are left free for what the caller puts before each.
pub(crate) fn lines(advice: &Advice, style: Style, indent: usize, page: Page) -> Vec<String> {
    let problem = page.paragraph("", &advice.message, indent);
    let next_step = page.paragraph("→ ", &advice.next_step, indent);
    problem.iter().map(|line| format!("{style}{line}{style:#}")).chain(next_step).collect()
}

/// What ends a command, for standard error.
pub(crate) fn error(advice: &Advice, page: Page) -> String {
    let style = page.palette.error;
    let mut lines = page.paragraph("error: ", &advice.message, 0);
    if let Some(rest) = lines.first().and_then(|line| line.strip_prefix("error:")) {
        lines[0] = format!("{style}error:{style:#}{rest}");
    }
    lines.extend(page.paragraph("→ ", &advice.next_step, 0));
    lines.join("\n") + "\n"
}
