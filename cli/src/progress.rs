//! A line that says which picture is being looked at, where somebody watches and there are several.
//!
//! It stands on standard error and is wiped before anything else is written, so that no trace of it is left.

use crate::console::Channel;

/// Starts of the line again, and forgets what stood there.
const WIPE: &str = "\r\u{1b}[K";

/// The progress through a number of pictures.
pub(crate) struct Progress {
    total: usize,
    done: usize,
    shown: bool,
}

impl Progress {
    /// Progress through `total` pictures; a single one needs no line.
    pub(crate) fn through(total: usize, channel: &Channel) -> Self {
        Self { total, done: 0, shown: total > 1 && channel.is_live() }
    }

    /// Says which picture comes next.
    pub(crate) fn next(&mut self, name: &str, channel: &mut Channel) {
        self.done += 1;
        if self.shown {
            let quiet = channel.page().palette.quiet;
            // Without wrapping: a name longer than the line would otherwise leave its first half behind.
            channel.try_write(&format!(
                "{WIPE}\u{1b}[?7l{quiet}picture {} of {}: {name}{quiet:#}\u{1b}[?7h",
                self.done, self.total
            ));
        }
    }

    /// Wipes the line.
    pub(crate) fn wipe(&self, channel: &mut Channel) {
        if self.shown {
            channel.try_write(WIPE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::Screen;

    fn drawn(names: &[&str]) -> String {
        let screen = Screen::default();
        let mut channel = Channel::live(screen.clone());
        let mut progress = Progress::through(names.len(), &channel);
        for name in names {
            progress.next(name, &mut channel);
            progress.wipe(&mut channel);
        }
        screen.take()
    }

    #[test]
    fn each_of_several_pictures_is_named_with_its_number_and_wiped_again() {
        let line = |text: &str| format!("{WIPE}\u{1b}[?7l{text}\u{1b}[?7h{WIPE}");
        let expected = line("picture 1 of 2: a.png") + &line("picture 2 of 2: b.png");
        assert_eq!(drawn(&["a.png", "b.png"]), expected);
    }

    #[test]
    fn one_picture_needs_no_line() {
        assert_eq!(drawn(&["a.png"]), "");
    }
}
