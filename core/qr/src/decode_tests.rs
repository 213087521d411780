//! The decoder against an independent encoder (`qrcodegen`): every version, level, mask and mode.

use qrcodegen::{Mask, QrCode, QrCodeEcc, QrSegment};

use crate::decode::{Decoded, Effort, decode};
use crate::modules::{Layout, Modules};
use crate::{EcLevel, Mode, Version};

const LEVELS: [(QrCodeEcc, EcLevel); 4] = [
    (QrCodeEcc::Low, EcLevel::Low),
    (QrCodeEcc::Medium, EcLevel::Medium),
    (QrCodeEcc::Quartile, EcLevel::Quartile),
    (QrCodeEcc::High, EcLevel::High),
];

fn encode(segments: &[QrSegment], version: u8, level: QrCodeEcc, mask: u8) -> QrCode {
    let version = qrcodegen::Version::new(version);
    QrCode::encode_segments_advanced(segments, level, version, version, Some(Mask::new(mask)), false).unwrap()
}

fn sample(code: &QrCode) -> Modules {
    let size = code.size();
    let dark = (0..size * size).map(|i| if code.get_module(i % size, i / size) { 1.0 } else { -1.0 });
    Modules::new(Version::new(code.version().value()).unwrap(), dark.collect())
}

fn read(modules: &Modules) -> Decoded {
    decode(modules, &Layout::new(modules.version()), Effort::Errors).unwrap()
}

#[test]
fn every_version_level_and_mask_is_read() {
    for version in 1..=40 {
        for (level, expected) in LEVELS {
            let mask = (version + level as u8) % 8;
            let code = encode(&[QrSegment::make_bytes(b"\xffany")], version, level, mask);
            let decoded = read(&sample(&code));
            assert_eq!(*decoded.content.bytes(), b"\xffany", "version {version}");
            assert_eq!((decoded.level, decoded.mask, decoded.mirrored), (expected, mask, false));
            assert_eq!(decoded.corrected, 0);
        }
    }
}

#[test]
fn a_full_symbol_of_every_version_is_read() {
    for version in 1..=40 {
        let bytes = (1..3000).rev().find_map(|length| {
            let bytes: Vec<u8> = (0..length).map(|i| (i * 7 % 251) as u8).collect();
            let number = qrcodegen::Version::new(version);
            let segments = [QrSegment::make_bytes(&bytes)];
            QrCode::encode_segments_advanced(&segments, QrCodeEcc::High, number, number, None, false)
                .ok()
                .map(|code| (bytes, code))
        });
        let (bytes, code) = bytes.unwrap();
        assert_eq!(*read(&sample(&code)).content.bytes(), bytes, "version {version}");
    }
}

#[test]
fn every_mode_is_read() {
    let kanji =
        QrSegment::new(qrcodegen::QrSegmentMode::Kanji, 2, vec_of_bits(&[(0x0d9f, 13), (0x1aaa, 13)]));
    let segments = [
        QrSegment::make_numeric("0123456789"),
        QrSegment::make_alphanumeric("AC-42: $%"),
        QrSegment::make_eci(26),
        QrSegment::make_bytes("ä".as_bytes()),
        kanji,
    ];
    for version in [5, 10, 27] {
        let content = read(&sample(&encode(&segments, version, QrCodeEcc::Low, 2))).content;
        let found: Vec<_> = content.segments.iter().map(|s| (s.mode, s.eci, s.bytes.as_slice())).collect();
        assert_eq!(
            found,
            [
                (Mode::Numeric, None, b"0123456789".as_slice()),
                (Mode::Alphanumeric, None, b"AC-42: $%"),
                (Mode::Byte, Some(26), "ä".as_bytes()),
                (Mode::Kanji, Some(26), &[0x93, 0x5f, 0xe4, 0xaa]),
            ]
        );
    }
}

fn vec_of_bits(values: &[(u32, u32)]) -> Vec<bool> {
    values.iter().flat_map(|&(value, count)| (0..count).rev().map(move |bit| value >> bit & 1 == 1)).collect()
}

#[test]
fn a_mirrored_symbol_is_read_and_said_to_be_so() {
    let code = encode(&[QrSegment::make_bytes(b"mirror")], 3, QrCodeEcc::Medium, 5);
    let decoded = read(&sample(&code).mirrored());
    assert!(decoded.mirrored);
    assert_eq!(*decoded.content.bytes(), b"mirror");
}

#[test]
fn damage_up_to_the_limit_is_restored_and_beyond_it_with_erasures() {
    // Version 2-M: one block of 28 data and 16 parity codewords.
    let code = encode(&[QrSegment::make_bytes(b"sixteen parity bytes")], 2, QrCodeEcc::Medium, 0);
    let layout = Layout::new(Version::new(2).unwrap());
    let places: Vec<_> = layout.data_places().collect();
    let damaged = |codewords: usize| {
        let mut modules = sample(&code);
        for index in 0..codewords {
            let (column, row) = places[8 * 2 * index];
            let place = row * 25 + column;
            modules.margins_mut()[place] *= -0.1;
        }
        modules
    };
    assert_eq!(decode(&damaged(8), &layout, Effort::Errors).unwrap().corrected, 8);
    assert!(decode(&damaged(9), &layout, Effort::Errors).is_none());
    let restored = decode(&damaged(13), &layout, Effort::Erasures).unwrap();
    assert_eq!(*restored.content.bytes(), b"sixteen parity bytes");
    assert!(decode(&damaged(16), &layout, Effort::Erasures).is_none());
}
