//! What was read from one QR code: the payload as it was encoded, and where and how the code was drawn.
//!
//! A payload may be the secret of an account. It is wiped when dropped, cannot be copied by accident, and is
//! never printed.

use std::fmt;

use zeroize::Zeroizing;

/// A place in a frame, in pixels: x to the right, y down, (0, 0) the outer corner of the plane's first pixel.
///
/// The plane is the one in memory, neither rotated nor cropped.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Pixels from the left edge.
    pub x: f32,
    /// Pixels from the top edge.
    pub y: f32,
}

/// How much of a symbol may be damaged and still be read (ISO/IEC 18004:2015, 7.5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ErrorCorrection {
    /// About 7 %.
    Low,
    /// About 15 %.
    Medium,
    /// About 25 %.
    Quartile,
    /// About 30 %.
    High,
}

/// One symbol's place in a message that was spread over several (ISO/IEC 18004:2015, 8: *Structured Append*).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StructuredAppend {
    /// Which part this is, from 0.
    pub index: u8,
    /// How many parts there are, 2 to 16; 1 is met in the wild and means nothing.
    pub count: u8,
    /// All bytes of the whole message, XOR-ed: the parts of one message share it.
    pub parity: u8,
}

/// One QR code, read.
pub struct Symbol {
    pub(super) bytes: Zeroizing<Vec<u8>>,
    pub(super) text: Option<Zeroizing<String>>,
    pub(super) corners: [Point; 4],
    pub(super) version: u8,
    pub(super) error_correction: ErrorCorrection,
    pub(super) structured_append: Option<StructuredAppend>,
}

impl Symbol {
    /// The payload: the bytes of all segments in order, as the encoder was given them (digits and alphanumerics
    /// as ASCII, kanji as Shift-JIS).
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The payload as text, if it is text: in the character set that the symbol declares (ECI), else in the
    /// first of UTF-8, Shift-JIS and ISO 8859-1 that it is valid in. A BOM is not part of it.
    pub fn text(&self) -> Option<&str> {
        self.text.as_deref().map(String::as_str)
    }

    /// The outer corners of the code, without its quiet zone, in coordinates of the frame: the code's own
    /// top left, top right, bottom right, bottom left. (On a mirrored code they run anticlockwise.)
    pub const fn corners(&self) -> [Point; 4] {
        self.corners
    }

    /// 1 to 40; a side has `17 + 4 * version` modules.
    pub const fn version(&self) -> u8 {
        self.version
    }

    /// The level of error correction it was made with.
    pub const fn error_correction(&self) -> ErrorCorrection {
        self.error_correction
    }

    /// Set if this symbol is one part of a message: its payload is then that part alone.
    pub const fn structured_append(&self) -> Option<StructuredAppend> {
        self.structured_append
    }
}

/// Shows everything but the payload.
impl fmt::Debug for Symbol {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Symbol")
            .field("version", &self.version)
            .field("error_correction", &self.error_correction)
            .field("structured_append", &self.structured_append)
            .field("corners", &self.corners)
            .finish_non_exhaustive()
    }
}
