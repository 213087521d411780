//! Format information: the error-correction level and the mask, written twice beside the finder patterns.
//!
//! Fifteen bits hold five of content, so all 32 words are compared with what was sampled, weighing each module by
//! how sure its sampling is. That reads words that a bit-wise decoder (three errors) gives up, and tells by the
//! margin between the best and the second whether the answer means anything.

use crate::modules::Modules;
use crate::version::EcLevel;

/// What the format information of a symbol says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Format {
    pub(crate) level: EcLevel,
    pub(crate) mask: u8,
    /// How well the word fits the modules: 1 when all agree, around 0 for noise.
    pub(crate) agreement: f32,
}

/// BCH(15, 5) with this generator, then this mask, so that no word is all light (ISO/IEC 18004, 7.9).
const GENERATOR: u32 = 0x537;
const MASK: u32 = 0x5412;

fn word(content: u32) -> u32 {
    let mut rest = content;
    for _ in 0..10 {
        rest = (rest << 1) ^ ((rest >> 9) * GENERATOR);
    }
    (content << 10 | rest) ^ MASK
}

/// All words that are likely enough to try, the best first.
pub(crate) fn read(modules: &Modules, limit: usize) -> Vec<Format> {
    let margins = margins(modules);
    let weight: f32 = margins.iter().map(|margin| margin.abs()).sum::<f32>().max(f32::MIN_POSITIVE);
    let mut formats: Vec<Format> = (0..32)
        .map(|content| {
            let word = word(content);
            let fit: f32 =
                (0..15).map(|bit| if word >> bit & 1 == 1 { margins[bit] } else { -margins[bit] }).sum();
            Format {
                level: EcLevel::from_format_bits(content >> 3),
                mask: (content & 7) as u8,
                agreement: fit / weight,
            }
        })
        .collect();
    formats.sort_by(|a, b| b.agreement.total_cmp(&a.agreement));
    formats.truncate(limit);
    formats
}

/// Margins of the fifteen bits, lowest bit first, the two copies added.
fn margins(modules: &Modules) -> [f32; 15] {
    let last = modules.version().size() - 1;
    let mut margins = [0.0; 15];
    for (bit, margin) in margins.iter_mut().enumerate() {
        let beside_first = match bit {
            0..=5 => (8, bit),
            6 => (8, 7),
            7 => (8, 8),
            8 => (7, 8),
            _ => (14 - bit, 8),
        };
        let beside_others = if bit < 8 { (last - bit, 8) } else { (8, last - 14 + bit) };
        for (column, row) in [beside_first, beside_others] {
            *margin += modules.margin(column, row).clamp(-1.0, 1.0);
        }
    }
    margins
}
