//! How far a client has come in a workspace's changes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// `generation.pos`: the last change that a client has seen.
///
/// `pos` counts a workspace's changes in the order in which they became durable. `generation` is made anew when a server
/// is restored from a backup: a position in another one means nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// Which life of the server's data it belongs to.
    pub generation: u64,
    /// The position of the last change.
    pub pos: u64,
}

/// A text is no cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("read a cursor: two decimal numbers with a dot between them")]
pub struct CursorError;

impl Cursor {
    /// Before everything, for a client that has nothing yet.
    pub const START: Self = Self { generation: 0, pos: 0 };
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.generation, self.pos)
    }
}

impl FromStr for Cursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, CursorError> {
        let number = |text: &str| {
            let is_plain =
                text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
            if is_plain { text.parse().map_err(|_| CursorError) } else { Err(CursorError) }
        };
        let (generation, pos) = text.split_once('.').ok_or(CursorError)?;
        Ok(Self { generation: number(generation)?, pos: number(pos)? })
    }
}

impl Serialize for Cursor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Cursor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_has_one_form() {
        let cursor = Cursor { generation: 1, pos: 1041 };
        assert_eq!((cursor.to_string().as_str(), "1.1041".parse()), ("1.1041", Ok(cursor)));
        for other in ["", "1", "1.", ".1", "1.01", "+1.2", "1.2.3", "1.99999999999999999999"] {
            assert_eq!(other.parse::<Cursor>(), Err(CursorError), "{other}");
        }
    }
}
