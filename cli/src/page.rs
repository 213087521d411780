//! What a view must know of the place where its text is read: styles, and how long a line may be.
//!
//! Digits keep the text colour: red digits are harder to read exactly when one hurries, so time running out
//! colours the seconds and never the code.

use anstyle::{AnsiColor, Style};

/// The longest line of prose; longer ones are hard to read however wide the terminal is.
const WIDEST: usize = 100;

/// The styles and the width of the place where text is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page {
    /// One style a meaning.
    pub(crate) palette: Palette,
    /// Columns of the terminal; `None` where lines have no end.
    pub(crate) width: Option<usize>,
}

/// One style a meaning; all of them plain where colour is not wanted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Palette {
    /// A picture's or an account's name.
    pub(crate) name: Style,
    /// The code that holds now.
    pub(crate) code: Style,
    /// What is there for whoever looks for it.
    pub(crate) quiet: Style,
    /// What deserves a thought, and the last ten seconds of a code.
    pub(crate) warning: Style,
    /// What did not work, and the last five seconds of a code.
    pub(crate) error: Style,
}

impl Palette {
    /// No escape sequences at all.
    pub(crate) const PLAIN: Self = Self {
        name: Style::new(),
        code: Style::new(),
        quiet: Style::new(),
        warning: Style::new(),
        error: Style::new(),
    };

    /// For a terminal that shows colour.
    pub(crate) fn coloured() -> Self {
        Self {
            name: Style::new().bold(),
            code: Style::new().bold(),
            quiet: Style::new().dimmed(),
            warning: AnsiColor::Yellow.on_default(),
            error: AnsiColor::Red.on_default(),
        }
    }
}

impl Page {
    /// `text` after `label`, broken between words where the page ends; further lines begin below the text.
    ///
    /// `indent` columns are left free for what the caller puts before each line.
    pub(crate) fn paragraph(self, label: &str, text: &str, indent: usize) -> Vec<String> {
        let start = label.chars().count();
        let room = self.width.map_or(usize::MAX, |width| width.min(WIDEST).saturating_sub(indent + start));
        let mut lines = vec![String::new()];
        let mut used = 0;
        for word in text.split(' ') {
            let length = word.chars().count();
            if used > 0 && used + 1 + length > room {
                lines.push(String::new());
                used = 0;
            }
            let line = lines.last_mut().expect("there is a line from the start");
            if used > 0 {
                line.push(' ');
                used += 1;
            }
            line.push_str(word);
            used += length;
        }
        let below = " ".repeat(start);
        let labels = std::iter::once(label).chain(std::iter::repeat(below.as_str()));
        lines.iter().zip(labels).map(|(line, label)| format!("{label}{line}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(width: Option<usize>) -> Page {
        Page { palette: Palette::PLAIN, width }
    }

    #[test]
    fn prose_is_broken_between_words_and_goes_on_below_itself() {
        let lines = page(Some(20)).paragraph("note: ", "crop the picture to the code", 2);
        assert_eq!(lines, ["note: crop the", "      picture to", "      the code"]);
    }

    #[test]
    fn a_word_longer_than_the_page_stays_whole() {
        assert_eq!(page(Some(10)).paragraph("→ ", "otpauth://totp a", 0), ["→ otpauth://totp", "  a"]);
    }

    #[test]
    fn without_a_terminal_lines_have_no_end() {
        let text = "word ".repeat(100);
        assert_eq!(page(None).paragraph("", &text, 2), [text]);
    }
}
