//! From a square of modules to what was encoded in it (ISO/IEC 18004:2015, 7 and 8, read backwards).
//!
//! Finding codes is a matter of engines and taste; this part is not, so every engine hands its modules over
//! here and a payload never depends on who found it. Tables and Reed–Solomon arithmetic are rxing's.

use rxing::common::BitMatrix;
use rxing::qrcode::common::{
    ErrorCorrectionLevel, FORMAT_INFO_MASK_QR, FormatInformation, Version, VersionRef,
};
use rxing::qrcode::cpp_port::decoder::CorrectErrors;
use rxing::qrcode::decoder::{DataBlock, DataMask};
use zeroize::Zeroizing;

use super::segments::{self, Content};
use super::symbol::{ErrorCorrection, Point, Symbol};

/// The 32 format codes are 7 bits apart, so 3 wrong bits can be put right (7.9.1).
const FORMAT_ERRORS: u32 = 3;

/// A square of modules whose error correction held.
pub(super) struct Decoded {
    version: u8,
    error_correction: ErrorCorrection,
    content: Content,
}

impl Decoded {
    /// The symbol, found between these corners of the frame.
    pub(super) fn at(self, corners: [Point; 4]) -> Symbol {
        let Content { bytes, text, structured_append } = self.content;
        let Self { version, error_correction, .. } = self;
        Symbol { bytes, text, corners, version, error_correction, structured_append }
    }
}

/// Reads a square of modules, dark = set; a mirrored one too.
///
/// `None` unless the format information is readable, every block of codewords checks, and the segments in them
/// are well formed.
pub(super) fn decode(modules: &BitMatrix) -> Option<Decoded> {
    let side = modules.height();
    if modules.width() != side || side < 21 {
        return None;
    }
    let version = Version::getProvisionalVersionForDimension(side).ok()?;
    let format = format_information(modules)?;
    let codewords = Zeroizing::new(codewords(modules, version, &format)?);
    let corrected = correct(&codewords, version, format.error_correction_level)?;
    let number = u8::try_from(version.getVersionNumber()).ok()?;
    Some(Decoded {
        version: number,
        error_correction: level(format.error_correction_level)?,
        content: segments::read(&corrected, number)?,
    })
}

/// Both copies of the format information, 15 bits each, straight and mirrored: the nearest code wins.
fn format_information(modules: &BitMatrix) -> Option<FormatInformation> {
    let side = modules.height();
    let collect = |cells: &mut dyn Iterator<Item = (u32, u32)>| {
        cells.fold(0u32, |bits, (x, y)| bits << 1 | u32::from(modules.get(x, y)))
    };
    // Around the top left finder pattern, without the modules of the timing patterns.
    let first = collect(
        &mut (0..6).map(|x| (x, 8)).chain([(7, 8), (8, 8), (8, 7)]).chain((0..6).rev().map(|y| (8, y))),
    );
    // Up the bottom left, then along the top right; 16 bits, for the dark module is among them.
    let second = collect(&mut (side - 8..side).rev().map(|y| (8, y)).chain((side - 8..side).map(|x| (x, 8))));
    let format = FormatInformation::DecodeQR(first, second);
    // Mask 0: some encoders forget to apply it. Any other is that of the obsolete Model 1.
    let model_2 = format.mask == FORMAT_INFO_MASK_QR || format.mask == 0;
    (model_2 && format.hammingDistance <= FORMAT_ERRORS).then_some(format)
}

/// The codewords as they lie: two columns at a time from the right, up and down in turn (7.7.3).
fn codewords(modules: &BitMatrix, version: VersionRef, format: &FormatInformation) -> Option<Vec<u8>> {
    let side = modules.height();
    let function = version.buildFunctionPattern().ok()?;
    let mask = DataMask::try_from(format.data_mask).ok()?;
    let mut bytes = Vec::with_capacity(version.getTotalCodewords() as usize);
    let (mut byte, mut bits) = (0u8, 0u8);
    // Column 6 is the vertical timing pattern: pairs left of it are shifted by one.
    let pairs = (1..side).rev().step_by(2).map(|right| if right <= 6 { right - 1 } else { right });
    for (pair, right) in pairs.enumerate() {
        for step in 0..side {
            let y = if pair % 2 == 0 { side - 1 - step } else { step };
            for x in [right, right - 1] {
                if function.get(x, y) {
                    continue;
                }
                let dark = if format.isMirrored { modules.get(y, x) } else { modules.get(x, y) };
                byte = byte << 1 | u8::from(dark != mask.isMasked(y, x));
                bits += 1;
                if bits == 8 {
                    bytes.push(byte);
                    (byte, bits) = (0, 0);
                }
            }
        }
    }
    (bytes.len() == version.getTotalCodewords() as usize).then_some(bytes)
}

/// Sorts codewords into their blocks, puts errors right, and gives the data codewords in order (7.6).
fn correct(codewords: &[u8], version: VersionRef, level: ErrorCorrectionLevel) -> Option<Zeroizing<Vec<u8>>> {
    let mut data = Zeroizing::new(Vec::with_capacity(codewords.len()));
    for block in DataBlock::getDataBlocks(codewords, version, level).ok()? {
        let mut corrected = Zeroizing::new(block.getCodewords().to_vec());
        let length = block.getNumDataCodewords();
        CorrectErrors(&mut corrected, length).ok()?;
        data.extend_from_slice(corrected.get(..length as usize)?);
    }
    Some(data)
}

const fn level(level: ErrorCorrectionLevel) -> Option<ErrorCorrection> {
    match level {
        ErrorCorrectionLevel::L => Some(ErrorCorrection::Low),
        ErrorCorrectionLevel::M => Some(ErrorCorrection::Medium),
        ErrorCorrectionLevel::Q => Some(ErrorCorrection::Quartile),
        ErrorCorrectionLevel::H => Some(ErrorCorrection::High),
        ErrorCorrectionLevel::Invalid => None,
    }
}
