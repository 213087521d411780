//! The segments of a symbol, read from its data codewords (ISO/IEC 18004:2015, 7.4).
//!
//! Engines flatten these into one string and guess its character set, which loses bytes. Here the payload keeps
//! the bytes that were encoded, and text is decided afterwards, segment by segment, as the symbol declares it.

use zeroize::Zeroizing;

use super::symbol::StructuredAppend;
use super::text::{self, Charset};

/// What a symbol holds.
pub(super) struct Content {
    pub(super) bytes: Zeroizing<Vec<u8>>,
    pub(super) text: Option<Zeroizing<String>>,
    pub(super) structured_append: Option<StructuredAppend>,
}

/// A stretch of the payload whose bytes mean characters of one set.
pub(super) struct Run {
    pub(super) charset: Charset,
    pub(super) start: usize,
}

const ALPHANUMERIC: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// GS1 data marks the end of a variable field with it; alphanumeric segments write it as `%` (7.4.8.2).
const GROUP_SEPARATOR: u8 = 0x1d;

/// Reads the data codewords of a symbol of this version; `None` if they are not well formed.
pub(super) fn read(codewords: &[u8], version: u8) -> Option<Content> {
    let mut reader = SegmentReader {
        bits: Bits { bytes: codewords, position: 0 },
        version,
        bytes: Zeroizing::new(Vec::with_capacity(codewords.len() * 3)),
        runs: Vec::new(),
        declared: Charset::Undeclared,
        fnc1: false,
        structured_append: None,
    };
    while reader.segment()? {}
    let text = text::decode(&reader.bytes, &reader.runs);
    Some(Content { bytes: reader.bytes, text, structured_append: reader.structured_append })
}

struct SegmentReader<'a> {
    bits: Bits<'a>,
    version: u8,
    bytes: Zeroizing<Vec<u8>>,
    runs: Vec<Run>,
    declared: Charset,
    fnc1: bool,
    structured_append: Option<StructuredAppend>,
}

impl SegmentReader<'_> {
    /// Reads one segment; `Some(false)` at the end of the data.
    fn segment(&mut self) -> Option<bool> {
        // A terminator that does not fit is cut short (7.4.9).
        let mode = self.bits.take(4).unwrap_or(0);
        match mode {
            0b0000 => return Some(false),
            0b0001 => self.numeric()?,
            0b0010 => self.alphanumeric()?,
            0b0100 => self.byte()?,
            0b1000 => self.kanji()?,
            0b1101 => self.hanzi()?,
            0b0111 => self.declared = Charset::from_eci(self.eci()?),
            0b0011 => self.structured_append = Some(self.append_header()?),
            0b0101 => self.fnc1 = true,
            0b1001 => self.application_indicator()?,
            _ => return None,
        }
        Some(true)
    }

    /// The character count of a segment: its width grows with the version (table 3).
    fn count(&mut self, small: u32, medium: u32, large: u32) -> Option<usize> {
        let width = match self.version {
            ..=9 => small,
            10..=26 => medium,
            _ => large,
        };
        self.bits.take(width).map(|count| count as usize)
    }

    /// What follows is of this set. A run goes on across segments: encoders may cut within a character.
    fn begin(&mut self, charset: Charset) {
        if self.runs.last().is_none_or(|run| run.charset != charset) {
            self.runs.push(Run { charset, start: self.bytes.len() });
        }
    }

    fn numeric(&mut self) -> Option<()> {
        let mut left = self.count(10, 12, 14)?;
        self.begin(Charset::Ascii);
        while left > 0 {
            let digits = left.min(3);
            let width = [0, 4, 7, 10][digits];
            let mut value = self.bits.take(width)?;
            let start = self.bytes.len();
            for _ in 0..digits {
                self.bytes.push(b'0' + u8::try_from(value % 10).ok()?);
                value /= 10;
            }
            if value > 0 {
                return None;
            }
            self.bytes[start..].reverse();
            left -= digits;
        }
        Some(())
    }

    fn alphanumeric(&mut self) -> Option<()> {
        let count = self.count(9, 11, 13)?;
        self.begin(Charset::Ascii);
        let start = self.bytes.len();
        for _ in 0..count / 2 {
            let pair = self.bits.take(11)? as usize;
            self.bytes.push(*ALPHANUMERIC.get(pair / 45)?);
            self.bytes.push(ALPHANUMERIC[pair % 45]);
        }
        if count % 2 == 1 {
            let last = self.bits.take(6)? as usize;
            self.bytes.push(*ALPHANUMERIC.get(last)?);
        }
        if self.fnc1 {
            unescape_percent(&mut self.bytes, start);
        }
        Some(())
    }

    fn byte(&mut self) -> Option<()> {
        let count = self.count(8, 16, 16)?;
        self.begin(self.declared);
        for _ in 0..count {
            let byte = self.bits.take_byte()?;
            self.bytes.push(byte);
        }
        Some(())
    }

    /// Thirteen bits a character, two bytes of Shift-JIS each (7.4.6).
    fn kanji(&mut self) -> Option<()> {
        let count = self.count(8, 10, 12)?;
        self.begin(Charset::ShiftJis);
        self.pairs(count, 0xc0, |offset| offset + if offset < 0x1f00 { 0x8140 } else { 0xc140 })
    }

    /// The Chinese edition's counterpart of kanji, two bytes of GB 2312 each (GB/T 18284-2000, 6.4.6).
    fn hanzi(&mut self) -> Option<()> {
        // The subset; there is only one.
        if self.bits.take(4)? != 1 {
            return None;
        }
        let count = self.count(8, 10, 12)?;
        self.begin(Charset::Gb2312);
        self.pairs(count, 0x60, |offset| offset + if offset < 0x0a00 { 0xa1a1 } else { 0xa6a1 })
    }

    /// Characters of two bytes, each packed into 13 bits as `row * columns + column`.
    fn pairs(&mut self, count: usize, columns: u32, unfold: impl Fn(u32) -> u32) -> Option<()> {
        for _ in 0..count {
            let packed = self.bits.take(13)?;
            let [.., high, low] = unfold(((packed / columns) << 8) | (packed % columns)).to_be_bytes();
            self.bytes.extend([high, low]);
        }
        Some(())
    }

    /// An assignment number of one to three bytes (table 4).
    fn eci(&mut self) -> Option<u32> {
        let first = self.bits.take(8)?;
        match first {
            0x00..0x80 => Some(first),
            0x80..0xc0 => Some((first & 0x3f) << 8 | self.bits.take(8)?),
            0xc0..0xe0 => Some((first & 0x1f) << 16 | self.bits.take(16)?),
            _ => None,
        }
    }

    fn append_header(&mut self) -> Option<StructuredAppend> {
        let index = u8::try_from(self.bits.take(4)?).ok()?;
        let count = u8::try_from(self.bits.take(4)?).ok()? + 1;
        Some(StructuredAppend { index, count, parity: self.bits.take_byte()? })
    }

    /// FNC1 in second position: an industry's mark, sent as the first characters of the data (7.4.8.3).
    fn application_indicator(&mut self) -> Option<()> {
        self.fnc1 = true;
        self.begin(Charset::Ascii);
        match self.bits.take_byte()? {
            number @ 0..=99 => self.bytes.extend([b'0' + number / 10, b'0' + number % 10]),
            letter @ (165..=190 | 197..=222) => self.bytes.push(letter - 100),
            _ => return None,
        }
        Some(())
    }
}

/// Turns `%` into a group separator and `%%` into `%`, from `start` on.
fn unescape_percent(bytes: &mut Vec<u8>, start: usize) {
    let mut index = start;
    while index < bytes.len() {
        if bytes[index] == b'%' {
            if bytes.get(index + 1) == Some(&b'%') {
                bytes.remove(index + 1);
            } else {
                bytes[index] = GROUP_SEPARATOR;
            }
        }
        index += 1;
    }
}

/// Bits from the most significant on.
struct Bits<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl Bits<'_> {
    /// The next `width ≤ 16` bits, or `None` if there are fewer.
    fn take(&mut self, width: u32) -> Option<u32> {
        let end = self.position + width as usize;
        if end > self.bytes.len() * 8 {
            return None;
        }
        let value = (self.position..end)
            .fold(0, |value, bit| value << 1 | u32::from(self.bytes[bit / 8] >> (7 - bit % 8) & 1));
        self.position = end;
        Some(value)
    }

    fn take_byte(&mut self) -> Option<u8> {
        self.take(8).and_then(|byte| u8::try_from(byte).ok())
    }
}
