//! From data codewords to content: the segments of a symbol, their modes, and the bytes they stand for.
//!
//! Nothing is guessed here. A byte segment gives its bytes as they are, with the character set (ECI) in force if
//! one was declared; what they mean as text is for the caller, who may know better.

use std::fmt;

use zeroize::Zeroizing;

use crate::version::Version;

/// How a segment packs its characters (ISO/IEC 18004, 7.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Digits; the bytes are ASCII.
    Numeric,
    /// Digits, capitals and nine signs; the bytes are ASCII.
    Alphanumeric,
    /// Any bytes.
    Byte,
    /// Two-byte characters; the bytes are Shift JIS.
    Kanji,
    /// Two-byte characters of GB/T 18284; the bytes are GB 2312.
    Hanzi,
}

/// A run of characters in one mode. Its bytes may be somebody's secret: they are wiped when it is dropped, and never
/// printed.
#[derive(PartialEq, Eq)]
pub struct Segment {
    /// How its characters were packed.
    pub mode: Mode,
    /// The character set declared for it, as an ECI assignment number (26 is UTF-8, 3 is Latin-1, 20 Shift JIS).
    pub eci: Option<u32>,
    /// Its bytes.
    pub bytes: Zeroizing<Vec<u8>>,
}

/// This symbol is one of several that hold one message together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StructuredAppend {
    /// Place in the message, from 0.
    pub index: u8,
    /// Symbols of the message: 1 to 16.
    pub total: u8,
    /// Exclusive-or of all bytes of the message: symbols of one message agree on it.
    pub parity: u8,
}

/// What a symbol holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Content {
    /// Its segments in order.
    pub segments: Vec<Segment>,
    /// Set when the symbol is a part of a larger message.
    pub structured_append: Option<StructuredAppend>,
    /// Set when the content follows GS1 (first position) or another industry's rules (second position).
    pub fnc1: bool,
}

/// The codewords are not the writing of any content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed;

/// Content, and how well the filling after it obeys the standard.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(crate) content: Content,
    /// Filling codewords that are as the standard fixes them, and those that are not.
    pub(crate) filling: (usize, usize),
}

const ALPHANUMERIC: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const GROUP_SEPARATOR: u8 = 0x1d;
const FILLING: [u8; 2] = [0xec, 0x11];

impl Content {
    /// The bytes of all segments, one after the other.
    pub fn bytes(&self) -> Zeroizing<Vec<u8>> {
        let length = self.segments.iter().map(|segment| segment.bytes.len()).sum();
        let mut bytes = Zeroizing::new(Vec::with_capacity(length));
        for segment in &self.segments {
            bytes.extend_from_slice(&segment.bytes);
        }
        bytes
    }
}

/// Shows everything but the bytes.
impl fmt::Debug for Segment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Segment")
            .field("mode", &self.mode)
            .field("eci", &self.eci)
            .finish_non_exhaustive()
    }
}

/// Reads the data codewords of a symbol.
pub(crate) fn parse(data: &[u8], version: Version) -> Result<Parsed, Malformed> {
    let mut bits = Bits { data, position: 0 };
    let mut content = Content::default();
    let mut eci = None;
    loop {
        if bits.left() < 4 {
            break;
        }
        let (mode, count_bits) = match bits.take(4)? {
            0 => break,
            1 => (Mode::Numeric, [10, 12, 14]),
            2 => (Mode::Alphanumeric, [9, 11, 13]),
            3 => {
                content.structured_append = Some(structured_append(&mut bits)?);
                continue;
            }
            4 => (Mode::Byte, [8, 16, 16]),
            5 => {
                content.fnc1 = true;
                continue;
            }
            7 => {
                eci = Some(designator(&mut bits)?);
                continue;
            }
            8 => (Mode::Kanji, [8, 10, 12]),
            9 => {
                content.fnc1 = true;
                let bytes = application_indicator(&mut bits)?;
                content.segments.push(Segment { mode: Mode::Alphanumeric, eci: None, bytes });
                continue;
            }
            13 => {
                bits.take(4)?;
                (Mode::Hanzi, [8, 10, 12])
            }
            _ => return Err(Malformed),
        };
        let count = bits.take(version.count_bits(count_bits))? as usize;
        let bytes = match mode {
            Mode::Numeric => numeric(&mut bits, count)?,
            Mode::Alphanumeric => alphanumeric(&mut bits, count, content.fnc1)?,
            Mode::Byte => bytes(&mut bits, count)?,
            Mode::Kanji => two_byte(&mut bits, count, kanji)?,
            Mode::Hanzi => two_byte(&mut bits, count, hanzi)?,
        };
        content.segments.push(Segment { mode, eci, bytes });
    }
    Ok(Parsed { content, filling: bits.filling() })
}

struct Bits<'a> {
    data: &'a [u8],
    position: usize,
}

impl Bits<'_> {
    fn left(&self) -> usize {
        self.data.len() * 8 - self.position
    }

    /// The next `count` bits (at most 16), the first one highest.
    fn take(&mut self, count: u32) -> Result<u32, Malformed> {
        if (count as usize) > self.left() {
            return Err(Malformed);
        }
        let byte = |i: usize| u32::from(self.data.get(self.position / 8 + i).copied().unwrap_or(0));
        let window = byte(0) << 16 | byte(1) << 8 | byte(2);
        let value = window >> (24 - self.position % 8 - count as usize) & ((1 << count) - 1);
        self.position += count as usize;
        Ok(value)
    }

    fn filling(&self) -> (usize, usize) {
        let filling = &self.data[self.position.div_ceil(8).min(self.data.len())..];
        let good = filling.iter().zip(FILLING.iter().cycle()).filter(|(a, b)| a == b).count();
        (good, filling.len() - good)
    }
}

fn structured_append(bits: &mut Bits<'_>) -> Result<StructuredAppend, Malformed> {
    let index = bits.take(4)? as u8;
    let total = bits.take(4)? as u8 + 1;
    let parity = bits.take(8)? as u8;
    Ok(StructuredAppend { index, total, parity })
}

/// The mark of an industry, transmitted before the data (ISO/IEC 18004, 7.4.8.3): two digits or one letter.
fn application_indicator(bits: &mut Bits<'_>) -> Result<Zeroizing<Vec<u8>>, Malformed> {
    match bits.take(8)? as u8 {
        number @ 0..=99 => Ok(Zeroizing::new(vec![b'0' + number / 10, b'0' + number % 10])),
        letter @ (165..=190 | 197..=222) => Ok(Zeroizing::new(vec![letter - 100])),
        _ => Err(Malformed),
    }
}

/// One to three bytes, told apart by their first bits.
fn designator(bits: &mut Bits<'_>) -> Result<u32, Malformed> {
    let first = bits.take(8)?;
    match first {
        0..=0x7f => Ok(first),
        0x80..=0xbf => Ok((first & 0x3f) << 8 | bits.take(8)?),
        0xc0..=0xdf => Ok((first & 0x1f) << 16 | bits.take(16)?),
        _ => Err(Malformed),
    }
}

fn numeric(bits: &mut Bits<'_>, count: usize) -> Result<Zeroizing<Vec<u8>>, Malformed> {
    let mut digits = Zeroizing::new(Vec::with_capacity(count.min(bits.left())));
    let mut left = count;
    while left > 0 {
        let (group, width, limit) = match left {
            1 => (1, 4, 10),
            2 => (2, 7, 100),
            _ => (3, 10, 1000),
        };
        let value = bits.take(width)?;
        if value >= limit {
            return Err(Malformed);
        }
        let places = [value / 100, value / 10 % 10, value % 10];
        digits.extend(places[3 - group..].iter().map(|&digit| b'0' + digit as u8));
        left -= group;
    }
    Ok(digits)
}

fn alphanumeric(bits: &mut Bits<'_>, count: usize, fnc1: bool) -> Result<Zeroizing<Vec<u8>>, Malformed> {
    let sign = |value: u32| ALPHANUMERIC.get(value as usize).copied().ok_or(Malformed);
    let mut signs = Zeroizing::new(Vec::with_capacity(count.min(bits.left())));
    for _ in 0..count / 2 {
        let pair = bits.take(11)?;
        signs.push(sign(pair / 45)?);
        signs.push(sign(pair % 45)?);
    }
    if count % 2 == 1 {
        signs.push(sign(bits.take(6)?)?);
    }
    Ok(if fnc1 { unescape_percent(&signs) } else { signs })
}

/// In FNC1 content a percent sign stands for the group separator, two stand for one (ISO/IEC 18004, 7.4.8.2).
fn unescape_percent(signs: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(signs.len()));
    let mut rest = signs.iter().copied().peekable();
    while let Some(sign) = rest.next() {
        if sign != b'%' {
            bytes.push(sign);
        } else if rest.next_if_eq(&b'%').is_some() {
            bytes.push(b'%');
        } else {
            bytes.push(GROUP_SEPARATOR);
        }
    }
    bytes
}

fn bytes(bits: &mut Bits<'_>, count: usize) -> Result<Zeroizing<Vec<u8>>, Malformed> {
    if count * 8 > bits.left() {
        return Err(Malformed);
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(count));
    for _ in 0..count {
        bytes.push(bits.take(8)? as u8);
    }
    Ok(bytes)
}

fn two_byte(
    bits: &mut Bits<'_>,
    count: usize,
    unpack: fn(u32) -> u32,
) -> Result<Zeroizing<Vec<u8>>, Malformed> {
    let mut bytes = Zeroizing::new(Vec::with_capacity((2 * count).min(bits.left())));
    for _ in 0..count {
        let character = unpack(bits.take(13)?);
        bytes.extend([(character >> 8) as u8, character as u8]);
    }
    Ok(bytes)
}

/// Shift JIS from its packed form (ISO/IEC 18004, 7.4.6).
fn kanji(packed: u32) -> u32 {
    let spread = ((packed / 0xc0) << 8) | (packed % 0xc0);
    if spread < 0x1f00 { spread + 0x8140 } else { spread + 0xc140 }
}

/// GB 2312 from its packed form (GB/T 18284).
fn hanzi(packed: u32) -> u32 {
    let spread = ((packed / 0x60) << 8) | (packed % 0x60);
    if spread < 0x0a00 { spread + 0xa1a1 } else { spread + 0xa6a1 }
}
