//! Counts of what passed, failed and could not be run: one shape for checks and tests, so that they add up to one closing line.

use std::fmt;
use std::ops::AddAssign;
use std::process::ExitCode;

/// How many checks or tests passed, failed, and were not run because this system has no means for them.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
    pub(crate) not_run: usize,
}

impl Tally {
    /// Counts one more verdict.
    pub(crate) fn count(&mut self, passed: bool) {
        if passed {
            self.passed += 1;
        } else {
            self.failed += 1;
        }
    }

    /// Success when nothing failed and something ran: a run that tested nothing is not green.
    pub(crate) fn exit_code(self) -> ExitCode {
        if self.failed == 0 && self.passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.not_run += other.not_run;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.not_run > 0 {
            write!(f, ", {} not run here", self.not_run)?;
        }
        Ok(())
    }
}
