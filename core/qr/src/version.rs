//! What ISO/IEC 18004 fixes for each version: sizes, alignment patterns, error-correction blocks.
//!
//! A version (1 to 40) says how many modules a symbol has; with the error-correction level it says how the
//! codewords are cut into blocks. Everything here is a table or a formula of the standard; nothing is measured.

/// How much of a symbol may be unreadable before its content is lost (ISO/IEC 18004, 7.5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EcLevel {
    /// About 7 % of the codewords can be restored.
    Low,
    /// About 15 %.
    Medium,
    /// About 25 %.
    Quartile,
    /// About 30 %.
    High,
}

/// The size class of a symbol: 1 to 40, `17 + 4 × version` modules a side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(u8);

/// The two lengths of error-correction blocks of a symbol: `short` blocks of `short_data` data codewords, then
/// `long` blocks with one more; each is followed by `parity` codewords.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Blocks {
    pub(crate) short: usize,
    pub(crate) long: usize,
    pub(crate) short_data: usize,
    pub(crate) parity: usize,
}

impl Version {
    /// The version of that number, or nothing outside 1 to 40.
    pub const fn new(number: u8) -> Option<Self> {
        if number >= 1 && number <= 40 { Some(Self(number)) } else { None }
    }

    /// Its number, 1 to 40.
    pub const fn number(self) -> u8 {
        self.0
    }

    /// Modules a side, quiet zone not counted: 21 to 177.
    pub const fn size(self) -> usize {
        17 + 4 * self.0 as usize
    }

    /// Centres of the alignment patterns along one side, in modules from the edge; both sides take every pair of
    /// them but the three that fall on finder patterns (Annex E).
    pub(crate) fn alignment_centres(self) -> impl Iterator<Item = usize> {
        let version = usize::from(self.0);
        let count = if version == 1 { 0 } else { version / 7 + 2 };
        let step = match version {
            1 => 0,
            32 => 26,
            _ => (version * 4 + count * 2 + 1) / (count * 2 - 2) * 2,
        };
        let size = self.size();
        (0..count).map(move |i| if i == 0 { 6 } else { size - 7 - (count - 1 - i) * step })
    }

    /// Codewords of the whole symbol, data and parity.
    pub(crate) fn codewords(self) -> usize {
        let version = usize::from(self.0);
        let mut bits = (16 * version + 128) * version + 64;
        if version >= 2 {
            let count = version / 7 + 2;
            bits -= (25 * count - 10) * count - 55;
            if version >= 7 {
                bits -= 36;
            }
        }
        bits / 8
    }

    pub(crate) fn blocks(self, level: EcLevel) -> Blocks {
        let column = usize::from(self.0) - 1;
        let parity = usize::from(PARITY_PER_BLOCK[level as usize][column]);
        let count = usize::from(BLOCKS[level as usize][column]);
        let codewords = self.codewords();
        let long = codewords % count;
        Blocks { short: count - long, long, short_data: codewords / count - parity, parity }
    }

    /// Bits of the character count of a segment, by its mode (table 3 of the standard).
    pub(crate) fn count_bits(self, by_group: [u32; 3]) -> u32 {
        by_group[match self.0 {
            1..=9 => 0,
            10..=26 => 1,
            _ => 2,
        }]
    }
}

impl EcLevel {
    /// The two bits of the format information.
    pub(crate) fn from_format_bits(bits: u32) -> Self {
        match bits & 3 {
            0 => Self::Medium,
            1 => Self::Low,
            2 => Self::High,
            _ => Self::Quartile,
        }
    }
}

/// Parity codewords a block, by level (low to high) and version.
#[rustfmt::skip]
const PARITY_PER_BLOCK: [[u8; 40]; 4] = [
    [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28,
     28, 28, 30, 30, 26, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30],
    [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26,
     26, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28],
    [13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30,
     28, 30, 30, 30, 30, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30],
    [17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28,
     30, 24, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30],
];

/// Blocks, by level (low to high) and version.
#[rustfmt::skip]
const BLOCKS: [[u8; 40]; 4] = [
    [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8,
     8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17, 18, 19, 19, 20, 21, 22, 24, 25],
    [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16,
     17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49],
    [1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8, 10, 12, 16, 12, 17, 16, 18, 21, 20,
     23, 23, 25, 27, 29, 34, 34, 35, 38, 40, 43, 45, 48, 51, 53, 56, 59, 62, 65, 68],
    [1, 1, 2, 4, 4, 4, 5, 6, 8, 8, 11, 11, 16, 16, 18, 16, 19, 21, 25, 25,
     25, 34, 30, 32, 35, 37, 40, 42, 45, 48, 51, 54, 57, 60, 63, 66, 70, 74, 77, 81],
];
