//! Text with a bound, wiped when dropped.

use std::fmt;

use countersign_protocol::DecodeError;
use zeroize::Zeroizing;

use super::encoding::{Reader, Writer};

/// A text of at most `MAX` bytes of UTF-8. It is what people keep from the server, so it does not print itself.
#[derive(Default, PartialEq, Eq)]
pub struct Text<const MAX: usize>(Zeroizing<String>);

/// A text is longer than its field may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("keep a text of more than {limit} bytes")]
pub struct TextTooLong {
    /// The most bytes of UTF-8 that the field holds.
    pub limit: usize,
}

impl<const MAX: usize> Text<MAX> {
    /// Copies `text`; wiping the original is up to its owner.
    ///
    /// # Errors
    /// [`TextTooLong`] above `MAX` bytes.
    pub fn new(text: &str) -> Result<Self, TextTooLong> {
        if text.len() <= MAX {
            Ok(Self(Zeroizing::new(text.to_owned())))
        } else {
            Err(TextTooLong { limit: MAX })
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn write(&self, writer: &mut Writer<'_>) {
        writer.text(&self.0);
    }

    pub(crate) fn read(reader: &mut Reader<'_>, what: &'static str) -> Result<Self, DecodeError> {
        Self::new(reader.text(what)?).map_err(|_| DecodeError::Malformed { what })
    }
}

impl<const MAX: usize> fmt::Debug for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Text(…)")
    }
}
