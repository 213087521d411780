//! Says on standard error how far a long command is, so that nobody thinks it hangs.

use std::io::{IsTerminal, Write};

/// Counts steps: a line that changes on a terminal, a line for every tenth of the work in a file.
pub(crate) struct Progress {
    done: usize,
    total: usize,
}

impl Progress {
    pub(crate) fn new(total: usize) -> Self {
        Self { done: 0, total }
    }

    /// One more is done; `what` names it.
    pub(crate) fn step(&mut self, what: &str) {
        self.done += 1;
        let mut out = std::io::stderr();
        // Progress that cannot be shown is no reason to stop.
        if out.is_terminal() {
            let end = if self.done == self.total { "\r\x1b[K" } else { "" };
            let _ = write!(out, "\r\x1b[K{}/{} {what}{end}", self.done, self.total);
            let _ = out.flush();
        } else if self.done.is_multiple_of(self.total.div_ceil(10)) {
            let _ = writeln!(out, "{}/{} {what}", self.done, self.total);
        }
    }
}
