//! The server's event stream, as far as anybody listens: that something changed, and nothing of what.
//!
//! Server-sent events are lines of text; those that begin with `data:` are pokes, everything else (comments that keep the
//! connection, names, ids) is passed over. What a poke says is not read: the cursor decides what is new.

/// What begins the line of a poke.
const DATA: &[u8] = b"data:";

/// Reads a stream piece by piece. It keeps no line, so that one without an end takes no memory.
#[derive(Debug, Default)]
pub(super) struct Pokes {
    line: Line,
}

/// How far a line has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    /// So many bytes of it are as a poke's are.
    Begins(usize),
    /// It is known what it is.
    Decided,
}

impl Default for Line {
    fn default() -> Self {
        Self::Begins(0)
    }
}

impl Pokes {
    /// Whether the next piece holds a poke.
    pub(super) fn take(&mut self, piece: &[u8]) -> bool {
        let mut poked = false;
        for &byte in piece {
            self.line = match self.line {
                _ if byte == b'\n' || byte == b'\r' => Line::Begins(0),
                Line::Begins(at) if DATA[at] == byte && at + 1 == DATA.len() => {
                    poked = true;
                    Line::Decided
                }
                Line::Begins(at) if DATA[at] == byte => Line::Begins(at + 1),
                Line::Begins(_) | Line::Decided => Line::Decided,
            };
        }
        poked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(pieces: &[&str]) -> Vec<bool> {
        let mut pokes = Pokes::default();
        pieces.iter().map(|piece| pokes.take(piece.as_bytes())).collect()
    }

    #[test]
    fn a_poke_is_heard_however_it_is_cut() {
        assert_eq!(heard(&["data: {\"ws\":\"…\"}\n\n"]), [true]);
        assert_eq!(heard(&["da", "ta", ":x", "\n\ndata:y\n\n"]), [false, false, true, true]);
        assert_eq!(heard(&["event: poke\r\ndata: x\r\n\r\n"]), [true]);
    }

    #[test]
    fn what_keeps_the_connection_is_no_poke() {
        assert_eq!(heard(&[":\n\n", ": data: x\n", "id: data:\n", "dat", "\na:\n", " data:x\n"]), [false; 6]);
    }
}
