//! What `countersign code - --watch` and `countersign list` draw each second, and what it writes where nothing can be drawn over.

use std::fmt::Write;

use countersign_core::enrol::AccountPayload;
use countersign_core::otp::Code;
use countersign_core::ports::Timestamp;

use super::Showing;
use super::account::{code, digits, grouped, seconds_left, title, urgency};
use crate::content::{CodeNow, code_at};
use crate::page::{Page, Palette};

/// Cells of the bar that empties. With the usual thirty seconds, each is one: it steps and does not slide.
const CELLS: i64 = 30;

/// The whole screen at a moment, for a terminal of `height` lines.
pub(crate) fn screen(accounts: &[&AccountPayload], at: Timestamp, height: usize, page: Page) -> Vec<String> {
    let blocks = accounts.iter().map(|account| {
        let name = page.palette.name;
        let title = title(account).map(|title| format!("{name}{title}{name:#}"));
        let below = match code_at(account, at) {
            Ok(CodeNow::Timed(now)) => running(&now, at, page),
            _ => code(account, Showing::present(at), page),
        };
        title.into_iter().chain([below]).collect()
    });
    fitted(blocks.collect(), height, page)
}

/// Blocks of lines, as many as fit above the line that says how to get out.
pub(crate) fn fitted(blocks: Vec<Vec<String>>, height: usize, page: Page) -> Vec<String> {
    let quiet = page.palette.quiet;
    let mut lines: Vec<String> =
        blocks.into_iter().flat_map(|block| block.into_iter().chain([String::new()])).collect();
    // The last line is the cursor's, and the one before says how to get out.
    let room = height.saturating_sub(2).max(2);
    if lines.len() > room {
        lines.truncate(room - 1);
        lines.push(format!("{quiet}… and more than fits: enlarge the window{quiet:#}"));
    }
    lines.push(format!("{quiet}Ctrl-C ends{quiet:#}"));
    lines
}

/// `415 926   ━━━━━━━━━━━━━━━━━━············   18 s   next 535 897`
pub(crate) fn running(now: &Code, at: Timestamp, page: Page) -> String {
    let left = seconds_left(now, at);
    let period = now.valid_until.unix_seconds() - now.valid_from.unix_seconds();
    let full = usize::try_from((left * CELLS + period - 1) / period).unwrap_or_default();
    let empty = usize::try_from(CELLS).unwrap_or_default().saturating_sub(full);
    let Palette { quiet, .. } = page.palette;
    let style = urgency(left, page);
    format!(
        "{}   {style}{}{style:#}{quiet}{}{quiet:#}   {style}{left:>2} s{style:#}   {quiet}next {}{quiet:#}",
        digits(&now.digits, page),
        "━".repeat(full),
        "·".repeat(empty),
        grouped(&now.next),
    )
}

/// One line for a code that has begun, where lines follow each other.
pub(crate) fn line(account: &AccountPayload, at: Timestamp, page: Page) -> String {
    let name = title(account).map(|title| format!("   {title}")).unwrap_or_default();
    format!("{}{name}\n", code(account, Showing::present(at), page))
}

/// Draws one screen over the last one.
///
/// Nothing of the terminal is left changed between two drawings, so that whatever ends the program, Ctrl-C first of
/// all, leaves a clean screen: the cursor stands below the last line, and long lines wrap again.
#[derive(Debug, Default)]
pub(crate) struct Painter {
    drawn: usize,
}

impl Painter {
    /// The text that draws `lines`, to be written at once.
    pub(crate) fn draw(&mut self, lines: &[String]) -> String {
        // Lines that wrapped could not be drawn over: the terminal cuts them off at its edge instead.
        let mut text = String::from("\u{1b}[?7l");
        if self.drawn > 0 {
            write!(text, "\u{1b}[{}F", self.drawn).expect("a string takes any text");
        }
        for line in lines {
            text.push_str(line);
            text.push_str("\u{1b}[K\n");
        }
        text.push_str("\u{1b}[J\u{1b}[?7h");
        self.drawn = lines.len();
        text
    }
}

#[cfg(test)]
mod tests {
    use countersign_core::enrol::{Entry, Payload, read};

    use super::*;

    const PAGE: Page = Page { palette: Palette::PLAIN, width: Some(80) };

    fn account(link: &str) -> AccountPayload {
        match read(link, Entry::Link).unwrap() {
            Payload::Account(account) => account,
            Payload::Migration(_) => panic!("not an account"),
        }
    }

    fn example() -> AccountPayload {
        account("otpauth://totp/Example:ana?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Example")
    }

    fn bar(account: &AccountPayload, at: Timestamp, page: Page) -> String {
        match code_at(account, at) {
            Ok(CodeNow::Timed(code)) => running(&code, at, page),
            _ => panic!("a code that goes by the clock"),
        }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_seconds(seconds)
    }

    #[test]
    fn the_bar_empties_a_cell_a_second() {
        let example = example();
        let bar = |seconds: i64| bar(&example, at(seconds), PAGE);
        assert_eq!(bar(30), format!("287 082   {}   30 s   next 359 152", "━".repeat(30)));
        assert_eq!(bar(42), format!("287 082   {}{}   18 s   next 359 152", "━".repeat(18), "·".repeat(12)));
        assert_eq!(bar(59), format!("287 082   ━{}    1 s   next 359 152", "·".repeat(29)));
    }

    #[test]
    fn other_periods_have_the_same_bar() {
        let hour = account("otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&period=3600");
        let cells = |seconds: i64| bar(&hour, at(seconds), PAGE).matches('━').count();
        assert_eq!((cells(0), cells(1800), cells(3599)), (30, 15, 1));
    }

    #[test]
    fn only_the_seconds_are_coloured_when_time_runs_out() {
        let page = Page { palette: Palette::coloured(), width: Some(80) };
        let shown = |seconds: i64| bar(&example(), at(seconds), page);
        assert!(shown(49).contains("\u{1b}[0m   11 s"), "{:?}", shown(49));
        assert!(shown(50).contains("\u{1b}[33m10 s\u{1b}[0m"), "{:?}", shown(50));
        assert!(shown(55).contains("\u{1b}[31m 5 s\u{1b}[0m"), "{:?}", shown(55));
        assert!([49, 50, 55].iter().all(|&time| shown(time).starts_with("\u{1b}[1m287 082\u{1b}[0m")));
    }

    #[test]
    fn a_screen_never_outgrows_its_terminal() {
        let example = example();
        let many = vec![&example; 20];
        for height in [0, 3, 10, 24, 62, 100] {
            let lines = screen(&many, at(0), height, PAGE);
            assert!(lines.len() < height.max(4), "{} of {height}", lines.len());
            assert_eq!(lines.last().unwrap(), "Ctrl-C ends");
        }
        assert_eq!(screen(&many, at(0), 100, PAGE).len(), 61);
    }

    #[test]
    fn a_drawing_goes_over_the_last_one_and_leaves_the_terminal_as_it_was() {
        let mut painter = Painter::default();
        let lines = ["one".to_owned(), "two".to_owned()];
        assert_eq!(painter.draw(&lines), "\u{1b}[?7lone\u{1b}[K\ntwo\u{1b}[K\n\u{1b}[J\u{1b}[?7h");
        assert!(painter.draw(&lines[..1]).starts_with("\u{1b}[?7l\u{1b}[2F"));
        assert!(painter.draw(&lines).starts_with("\u{1b}[?7l\u{1b}[1F"));
    }
}
