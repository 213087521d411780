//! `--watch`: a code that stays current, redrawn on a terminal and a line a code elsewhere.

use std::ops::ControlFlow;

use countersign_core::enrol::AccountPayload;
use countersign_core::otp::OtpParameters;
use countersign_core::ports::Timestamp;

use crate::arguments::Shown;
use crate::console::Console;
use crate::content::{CodeNow, Content, code_at};
use crate::outcome::{Exit, Failure};
use crate::ports::Ports;
use crate::problem::Advice;
use crate::view::watch::{Painter, line, screen};
use crate::view::{Showing, json};

/// The height of a terminal that does not say how high it is.
const USUAL_HEIGHT: usize = 24;

/// Goes on until the metronome stops, nobody reads any more, or the process is ended.
pub(crate) fn run(
    content: &Content,
    arguments: &Shown,
    ports: &mut Ports,
    console: &mut Console,
) -> Result<Exit, Failure> {
    let accounts = content.accounts();
    check(&accounts)?;
    let live = console.out.is_live() && !arguments.json;
    let mut painter = Painter::default();
    let mut begun = vec![None; accounts.len()];
    loop {
        let showing = Showing::new(arguments, ports.clock.now());
        let fresh = take_fresh(&accounts, showing.at, &mut begun);
        let page = console.out.page();
        let text = if live {
            painter.draw(&screen(&accounts, showing.at, height(), page))
        } else if fresh.is_empty() {
            String::new()
        } else if arguments.json {
            json::line(&json::CodeDocument::new(content, showing))
        } else {
            fresh.iter().map(|account| line(account, showing.at, page)).collect()
        };
        console.out.write(&text)?;
        if ports.metronome.next_second() == ControlFlow::Break(()) {
            return Ok(Exit::Found);
        }
    }
}

fn check(accounts: &[&AccountPayload]) -> Result<(), Failure> {
    if accounts.iter().any(|account| matches!(account.parameters, OtpParameters::Time(_))) {
        return Ok(());
    }
    Err(Failure::Usage(Advice::new(
        "there is nothing to watch: these codes depend on a counter and not on the time",
        "Leave out --watch.",
    )))
}

/// The accounts whose code is another one than when this was last asked; `begun` remembers since when it holds.
fn take_fresh<'a>(
    accounts: &[&'a AccountPayload],
    at: Timestamp,
    begun: &mut [Option<Timestamp>],
) -> Vec<&'a AccountPayload> {
    let mut fresh = Vec::new();
    for (account, begun) in accounts.iter().zip(begun) {
        if let Ok(CodeNow::Timed(code)) = code_at(account, at)
            && *begun != Some(code.valid_from)
        {
            *begun = Some(code.valid_from);
            fresh.push(*account);
        }
    }
    fresh
}

pub(super) fn height() -> usize {
    terminal_size::terminal_size().map_or(USUAL_HEIGHT, |(_, height)| usize::from(height.0))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::sync::atomic::{AtomicI64, Ordering};

    use countersign_core::enrol::{Batches, Entry};
    use countersign_core::ports::{Clock, SystemClock};
    use countersign_core::scan::Reader;

    use super::*;
    use crate::console::{Channel, Screen};
    use crate::ports::Metronome;

    /// A clock and the beat that moves it; stops after a number of seconds.
    struct Time {
        now: AtomicI64,
    }

    struct Beat<'a> {
        time: &'a Time,
        left: Cell<u32>,
    }

    impl Clock for Time {
        fn now(&self) -> Timestamp {
            Timestamp::from_unix_seconds(self.now.load(Ordering::Relaxed))
        }
    }

    impl Metronome for Beat<'_> {
        fn next_second(&mut self) -> ControlFlow<()> {
            self.time.now.fetch_add(1, Ordering::Relaxed);
            self.left.set(self.left.get() - 1);
            if self.left.get() == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        }
    }

    #[test]
    fn a_terminal_is_redrawn_each_second_and_the_code_changes_on_time() {
        let text = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        let content = Content::read(text, Entry::Manual, &mut Batches::new());
        let screen = Screen::default();
        let mut console = Console::of_this_process();
        console.out = Channel::live(screen.clone());
        let time = Time { now: AtomicI64::new(57) };
        let mut beat = Beat { time: &time, left: Cell::new(4) };
        let mut ports =
            Ports { clock: &time, reader: &Reader::new(SystemClock::new()), metronome: &mut beat };
        let arguments = Shown { json: false, show_secret: false, at: None };
        assert_eq!(run(&content, &arguments, &mut ports, &mut console).unwrap(), Exit::Found);

        let drawn = screen.take();
        let drawings: Vec<&str> = drawn.split("\u{1b}[?7l").skip(1).collect();
        let codes: Vec<&str> = drawings.iter().filter_map(|drawing| drawing.split("   ").next()).collect();
        assert_eq!(codes, ["287 082", "\u{1b}[3F287 082", "\u{1b}[3F287 082", "\u{1b}[3F359 152"]);
        let seconds = [" 3 s", " 2 s", " 1 s", "30 s"];
        assert!(drawings.iter().zip(seconds).all(|(drawing, left)| drawing.contains(left)), "{drawings:?}");
    }
}
