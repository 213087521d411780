//! What symbols say: segments written bit by bit, as the standard draws them, put in a symbol, and read back.

use countersign_core::scan::{Scanned, Session, StructuredAppend};
use qrcodegen::{QrCode, QrCodeEcc, Version};

use super::canvas::Canvas;
use super::*;

/// A writer of bits, for the data codewords of versions 1 to 9.
#[derive(Default, Clone)]
struct Codewords(Vec<bool>);

impl Codewords {
    fn bits(mut self, value: u32, width: u32) -> Self {
        self.0.extend((0..width).rev().map(|bit| value >> bit & 1 == 1));
        self
    }

    fn byte_segment(self, bytes: &[u8]) -> Self {
        let head = self.bits(0b0100, 4).bits(u32::try_from(bytes.len()).unwrap(), 8);
        bytes.iter().fold(head, |codewords, &byte| codewords.bits(byte.into(), 8))
    }

    fn eci(self, number: u32) -> Self {
        self.bits(0b0111, 4).bits(number, 8)
    }

    /// In a symbol of this version and level L, which has room for `capacity` data codewords.
    fn symbol_of(self, version: u8, capacity: usize) -> QrCode {
        let mut bits = self.0;
        // The terminator, then the standard's filling (7.4.9, 7.4.10).
        bits.extend([false; 4]);
        bits.resize(bits.len().next_multiple_of(8), false);
        let mut bytes: Vec<u8> =
            bits.chunks(8).map(|byte| byte.iter().fold(0, |byte, &bit| byte << 1 | u8::from(bit))).collect();
        assert!(bytes.len() <= capacity, "no room in version {version}");
        bytes.extend([0xec, 0x11].into_iter().cycle().take(capacity - bytes.len()));
        QrCode::encode_codewords(Version::new(version), QrCodeEcc::Low, &bytes, None)
    }

    fn symbol(self) -> QrCode {
        self.symbol_of(3, 55)
    }

    fn read(self) -> Result<Symbol, Hint> {
        one(&self.symbol())
    }

    fn text(self) -> Option<String> {
        self.read().unwrap().text().map(str::to_owned)
    }
}

/// The one symbol in a picture of `code`.
fn one(code: &QrCode) -> Result<Symbol, Hint> {
    let mut symbols = read(&Canvas::of(code, 4, 4).frame())?;
    assert_eq!(symbols.len(), 1);
    Ok(symbols.remove(0))
}

fn codewords() -> Codewords {
    Codewords::default()
}

#[test]
fn the_standards_numeric_example_is_read() {
    // 7.4.3: 01234567
    let content =
        codewords().bits(0b0001, 4).bits(8, 10).bits(12, 10).bits(345, 10).bits(67, 7).read().unwrap();
    assert_eq!(content.bytes(), b"01234567");
}

#[test]
fn the_standards_alphanumeric_example_is_read() {
    // 7.4.4: AC-42
    let content =
        codewords().bits(0b0010, 4).bits(5, 9).bits(462, 11).bits(1849, 11).bits(2, 6).read().unwrap();
    assert_eq!(content.bytes(), b"AC-42");
}

#[test]
fn the_standards_kanji_example_is_read_as_shift_jis() {
    // 7.4.6: 0x935F and 0xE4AA
    let content = codewords().bits(0b1000, 4).bits(2, 8).bits(0xd9f, 13).bits(0x1aaa, 13).read().unwrap();
    assert_eq!(content.bytes(), [0x93, 0x5f, 0xe4, 0xaa]);
    assert_eq!(content.text().unwrap(), "点茗");
}

#[test]
fn hanzi_is_read_as_gb2312() {
    // 中文 is 0xD6D0 0xCEC4.
    let pack = |high: u32, low: u32| ((high - 0xa6) * 0x60) + (low - 0xa1);
    let content = codewords()
        .bits(0b1101, 4)
        .bits(1, 4)
        .bits(2, 8)
        .bits(pack(0xd6, 0xd0), 13)
        .bits(pack(0xce, 0xc4), 13)
        .read()
        .unwrap();
    assert_eq!(content.bytes(), [0xd6, 0xd0, 0xce, 0xc4]);
    assert_eq!(content.text().unwrap(), "中文");
}

#[test]
fn counts_are_wider_in_larger_versions() {
    let medium = codewords().bits(0b0001, 4).bits(1, 12).bits(7, 4).symbol_of(10, 274);
    assert_eq!(one(&medium).unwrap().bytes(), b"7");
    let large = codewords().bits(0b0001, 4).bits(1, 14).bits(7, 4).symbol_of(27, 1468);
    assert_eq!(one(&large).unwrap().bytes(), b"7");
}

#[test]
fn segments_follow_each_other_until_the_terminator() {
    let mixed = codewords().byte_segment(b"a").bits(0b0001, 4).bits(1, 10).bits(5, 4);
    assert_eq!(mixed.read().unwrap().bytes(), b"a5");
    let ended = codewords().byte_segment(b"a").bits(0, 4).byte_segment(b"never");
    assert_eq!(ended.read().unwrap().bytes(), b"a");
}

#[test]
fn data_that_ends_within_a_segment_is_refused() {
    assert!(codewords().bits(0b0100, 4).bits(255, 8).read().is_err());
    assert!(codewords().bits(0b0001, 4).bits(1023, 10).read().is_err());
}

#[test]
fn impossible_digits_characters_and_modes_are_refused() {
    assert!(codewords().bits(0b0001, 4).bits(3, 10).bits(1000, 10).read().is_err());
    assert!(codewords().bits(0b0010, 4).bits(2, 9).bits(45 * 45, 11).read().is_err());
    assert!(codewords().bits(0b1111, 4).bits(0, 32).read().is_err());
}

#[test]
fn a_part_of_a_spread_message_says_which_it_is() {
    let part = codewords().bits(0b0011, 4).bits(2, 4).bits(3, 4).bits(0xa5, 8).byte_segment(b"x");
    let content = part.read().unwrap();
    assert_eq!(content.structured_append(), Some(StructuredAppend { index: 2, count: 4, parity: 0xa5 }));
    assert_eq!(content.bytes(), b"x");
}

#[test]
fn gs1_data_has_its_separators() {
    // 10A%B%%C with FNC1: % separates, %% is one percent sign.
    let alphabet = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    let value =
        |character: u8| u32::try_from(alphabet.iter().position(|&c| c == character).unwrap()).unwrap();
    let text = b"A%B%%C";
    let head = codewords().bits(0b0101, 4).bits(0b0010, 4).bits(6, 9);
    let content = text
        .chunks(2)
        .fold(head, |codewords, pair| codewords.bits(value(pair[0]) * 45 + value(pair[1]), 11))
        .read()
        .unwrap();
    assert_eq!(content.bytes(), b"A\x1dB%C");
    let industry = codewords().bits(0b1001, 4).bits(37, 8).byte_segment(b"x").read().unwrap();
    assert_eq!(industry.bytes(), b"37x");
}

#[test]
fn a_declared_character_set_is_kept_to() {
    assert_eq!(codewords().eci(26).byte_segment("é€".as_bytes()).text().unwrap(), "é€");
    assert_eq!(codewords().eci(3).byte_segment(b"caf\xe9").text().unwrap(), "café");
    // The same bytes, declared and not: an ECI is no guess.
    assert_eq!(codewords().eci(3).byte_segment("é".as_bytes()).text().unwrap(), "Ã©");
    assert_eq!(codewords().eci(20).byte_segment(b"\x93\x5f").text().unwrap(), "点");
    assert_eq!(codewords().eci(25).byte_segment(b"\x00A\x20\xac").text().unwrap(), "A€");
    assert_eq!(codewords().eci(26).byte_segment(b"\xff").text(), None);
    // 899 is "binary", in two bytes of designator.
    let binary = codewords().bits(0b0111, 4).bits(0x8383, 16).byte_segment(b"abc");
    assert_eq!(binary.text(), None);
}

#[test]
fn an_undeclared_character_set_is_the_one_the_bytes_can_be() {
    for (bytes, expected) in [
        (b"plain".as_slice(), Some("plain")),
        ("żółw".as_bytes(), Some("żółw")),
        ("\u{feff}bom".as_bytes(), Some("bom")),
        (b"Z\xfcrich", Some("Zürich")),
        (b"\xc4\xd6 GmbH", Some("ÄÖ GmbH")),
        (b"\x83\x65\x83\x58\x83\x67", Some("テスト")),
        // In half-width katakana, without a byte that ISO 8859-1 lacks.
        (b"\xc3\xbd\xc4\xc3\xbd", Some("ﾃｽﾄﾃｽ")),
        (b"\x81\x00\xff\xfe", None),
    ] {
        assert_eq!(codewords().byte_segment(bytes).text().as_deref(), expected, "{bytes:x?}");
    }
}

#[test]
fn a_character_may_be_cut_between_two_segments() {
    let [head @ .., tail] = "ü".as_bytes() else { unreachable!() };
    let cut = codewords().byte_segment(head).byte_segment(&[*tail]);
    assert_eq!(cut.text().unwrap(), "ü");
}

#[test]
fn a_message_spread_over_symbols_comes_whole_from_a_stream_of_frames() {
    let whole = b"otpauth://totp/ana?secret=JBSWY3DPEHPK3PXP";
    let parity = u32::from(whole.iter().fold(0, |parity, byte| parity ^ byte));
    let part = |index: u32, bytes: &[u8]| {
        let head = codewords().bits(0b0011, 4).bits(index, 4).bits(1, 4).bits(parity, 8);
        Canvas::of(&head.byte_segment(bytes).symbol(), 4, 4)
    };
    let (head, tail) = whole.split_at(20);
    let mut session = Session::new(reader(), STILL_BUDGET);
    let scanned = session.feed(&part(1, tail).frame());
    assert!(matches!(&scanned, Scanned::Part { missing } if *missing == [0]), "{scanned:?}");
    let empty = Canvas::blank(100, 100);
    assert!(matches!(session.feed(&empty.frame()), Scanned::Nothing(Hint::NothingLikeACode)));
    assert!(matches!(session.feed(&part(1, tail).frame()), Scanned::SeenBefore));
    let Scanned::New(messages) = session.feed(&part(0, head).frame()) else { panic!("not whole") };
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].bytes(), whole);
}
