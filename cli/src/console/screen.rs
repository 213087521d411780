//! A terminal for tests: what a channel writes, to be read afterwards.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

/// What was written. Clones are the same screen: one goes into the channel, the other is read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Screen(Rc<RefCell<Vec<u8>>>);

impl Screen {
    /// All that was written since this was last asked.
    pub(crate) fn take(&self) -> String {
        String::from_utf8(self.0.take()).unwrap()
    }
}

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
