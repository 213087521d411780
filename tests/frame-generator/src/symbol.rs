//! The QR code itself: which modules are dark.

use qrcodegen::{QrCode, QrCodeEcc, QrSegment, Version};

/// How much damage the code survives (ISO/IEC 18004:2015, 7.5.1): about 7, 15, 25, 30 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// About 7 %.
    L,
    /// About 15 %.
    M,
    /// About 25 %.
    Q,
    /// About 30 %.
    H,
}

/// One code's modules.
#[derive(Debug)]
pub(crate) struct Symbol {
    dark: Vec<bool>,
    /// Modules a side.
    pub side: usize,
    /// 1 to 40.
    pub version: u8,
    pub level: Level,
}

impl Symbol {
    /// `text` in the smallest code of `level` that holds it, in byte mode, as most services make them.
    pub(crate) fn new(text: &str, level: Level) -> Self {
        let ecc = match level {
            Level::L => QrCodeEcc::Low,
            Level::M => QrCodeEcc::Medium,
            Level::Q => QrCodeEcc::Quartile,
            Level::H => QrCodeEcc::High,
        };
        let segments = [QrSegment::make_bytes(text.as_bytes())];
        let code = QrCode::encode_segments_advanced(&segments, ecc, Version::MIN, Version::MAX, None, false)
            .expect("generated payloads are far shorter than what version 40 holds");
        let side = code.size();
        let dark = (0..side * side).map(|i| code.get_module(i % side, i / side)).collect();
        Self { dark, side: side as usize, version: code.version().value(), level }
    }

    /// Whether the module in this column and row is dark; both are below [`Symbol::side`].
    pub(crate) fn is_dark(&self, column: usize, row: usize) -> bool {
        self.dark[row * self.side + column]
    }
}
