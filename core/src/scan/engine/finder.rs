//! rxing's detector (the port of zxing-cpp's): finder patterns, sets of three, a sampled square of modules.

use rxing::common::{BitMatrix, DetectorRXingResult, HybridBinarizer};
use rxing::qrcode::cpp_port::detector::{FindFinderPatterns, GenerateFinderPatternSets, SampleQR};
use rxing::{Binarizer, Luma8Source};

use super::luma::Luma;
use crate::scan::decode;
use crate::scan::symbol::Symbol;

/// What one look at a plane gave.
#[derive(Default)]
pub(super) struct Found {
    pub(super) symbols: Vec<Symbol>,
    /// Three finder patterns stand as those of a code do.
    pub(super) like_a_code: bool,
}

/// Looks for dark codes on a light ground.
pub(super) fn find(luma: &Luma) -> Found {
    let Ok(source) = Luma8Source::new_with_slice(&luma.pixels, luma.width, luma.height) else {
        return Found::default();
    };
    let binarizer = HybridBinarizer::new(source);
    binarizer.get_black_matrix().map_or_else(|_| Found::default(), |matrix| in_matrix(matrix, luma))
}

fn in_matrix(matrix: &BitMatrix, luma: &Luma) -> Found {
    let mut patterns = FindFinderPatterns(matrix, true, 0);
    let sets = GenerateFinderPatternSets(&mut patterns);
    let mut found = Found { symbols: Vec::new(), like_a_code: !sets.is_empty() };
    let mut used = Vec::new();
    for set in sets {
        if [set.bl, set.tl, set.tr].iter().any(|pattern| used.contains(pattern)) {
            continue;
        }
        let Ok(sampled) = SampleQR(matrix, &set) else { continue };
        let Some(decoded) = decode::decode(sampled.getBits()) else { continue };
        // rxing lists them as top left, top right, bottom left, bottom right, and half a pixel off.
        let &[a, b, d, c] = sampled.getPoints() else { continue };
        used.extend([set.bl, set.tl, set.tr]);
        found.symbols.push(Symbol {
            bytes: decoded.content.bytes,
            text: decoded.content.text,
            corners: [a, b, c, d].map(|corner| luma.to_frame(corner.x - 0.5, corner.y - 0.5)),
            version: decoded.version,
            error_correction: decoded.error_correction,
            structured_append: decoded.content.structured_append,
        });
    }
    found
}
