//! Which characters the bytes of a payload mean.
//!
//! A symbol may declare its character set (ECI). Most do not: the standard then says ISO 8859-1, earlier
//! editions said JIS, and encoders everywhere write UTF-8. Each of these is recognised by what the others
//! cannot be; bytes that are no text in any of them are left as bytes.

use encoding_rs::{
    BIG5, EUC_KR, Encoding, GB18030, ISO_8859_2, ISO_8859_3, ISO_8859_4, ISO_8859_5, ISO_8859_6, ISO_8859_7,
    ISO_8859_8, ISO_8859_10, ISO_8859_13, ISO_8859_14, ISO_8859_15, ISO_8859_16, SHIFT_JIS, UTF_8, UTF_16BE,
    UTF_16LE, WINDOWS_874, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252, WINDOWS_1254, WINDOWS_1256,
};
use zeroize::Zeroizing;

/// A stretch of the payload whose bytes mean characters of one set.
pub(super) struct Run {
    pub(super) charset: Charset,
    pub(super) start: usize,
}

/// How the bytes of a run become characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charset {
    /// Digits and alphanumerics: no choice.
    Ascii,
    /// Kanji segments, whatever an ECI says.
    ShiftJis,
    /// Bytes without an ECI before them.
    Undeclared,
    /// ECI 1 and 3. (Not windows-1252, which the Web means by that name.)
    Latin1,
    /// An ECI that names a set we know.
    Declared(&'static Encoding),
    /// An ECI that says "binary" or names a set we do not know.
    NotText,
}

impl Charset {
    /// GB 2312, and all that grew from it.
    pub(super) const CHINESE: Self = Self::Declared(GB18030);

    /// By ECI assignment number (AIM ITS/04-023).
    pub(super) fn from_eci(number: u32) -> Self {
        Self::Declared(match number {
            1 | 3 => return Self::Latin1,
            4 => ISO_8859_2,
            5 => ISO_8859_3,
            6 => ISO_8859_4,
            7 => ISO_8859_5,
            8 => ISO_8859_6,
            9 => ISO_8859_7,
            10 => ISO_8859_8,
            // The Web's names for 8859-9 and 8859-11: the same letters, and more where those have none.
            11 => WINDOWS_1254,
            12 => ISO_8859_10,
            13 => WINDOWS_874,
            15 => ISO_8859_13,
            16 => ISO_8859_14,
            17 => ISO_8859_15,
            18 => ISO_8859_16,
            20 => SHIFT_JIS,
            21 => WINDOWS_1250,
            22 => WINDOWS_1251,
            23 => WINDOWS_1252,
            24 => WINDOWS_1256,
            25 => UTF_16BE,
            // US-ASCII is a part of it.
            26 | 27 | 170 => UTF_8,
            28 => BIG5,
            // GB 2312 and GBK are parts of it.
            29 | 31 | 32 => GB18030,
            30 => EUC_KR,
            33 => UTF_16LE,
            _ => return Self::NotText,
        })
    }
}

/// The text of a payload whose runs lie one after the other, or `None` if any of it is not text.
pub(super) fn decode(bytes: &[u8], runs: &[Run]) -> Option<Zeroizing<String>> {
    let ends = runs.iter().skip(1).map(|run| run.start).chain([bytes.len()]);
    let spans = runs.iter().zip(ends).map(|(run, end)| (run.charset, &bytes[run.start..end]));
    let guessed = guess(&undeclared(spans.clone()));

    // UTF-8 of any of these sets has at most three bytes for one: no growth, so no copy is left behind.
    let mut text = Zeroizing::new(String::with_capacity(bytes.len() * 3));
    for (charset, span) in spans {
        let charset = if charset == Charset::Undeclared { guessed } else { charset };
        match charset {
            Charset::Latin1 => text.extend(span.iter().map(|&byte| char::from(byte))),
            Charset::Ascii => text.push_str(declared(UTF_8, span)?.as_str()),
            Charset::ShiftJis => text.push_str(declared(SHIFT_JIS, span)?.as_str()),
            Charset::Declared(encoding) => text.push_str(declared(encoding, span)?.as_str()),
            Charset::Undeclared | Charset::NotText => return None,
        }
    }
    if text.starts_with('\u{feff}') {
        text.remove(0);
    }
    Some(text)
}

fn declared(encoding: &'static Encoding, span: &[u8]) -> Option<Zeroizing<String>> {
    encoding
        .decode_without_bom_handling_and_without_replacement(span)
        .map(|text| Zeroizing::new(text.into_owned()))
}

/// All undeclared bytes together: encoders cut a payload into segments wherever that is shorter.
fn undeclared<'a>(spans: impl Iterator<Item = (Charset, &'a [u8])>) -> Zeroizing<Vec<u8>> {
    let spans: Vec<_> =
        spans.filter(|(charset, _)| *charset == Charset::Undeclared).map(|(_, span)| span).collect();
    Zeroizing::new(spans.concat())
}

/// The first set that the bytes can be: UTF-8 (hard to hit by accident), Shift-JIS if it looks like Japanese or
/// ISO 8859-1 is out of the question, ISO 8859-1.
fn guess(bytes: &[u8]) -> Charset {
    if std::str::from_utf8(bytes).is_ok() {
        return Charset::Declared(UTF_8);
    }
    // 0x80 to 0x9f are control characters there, and in no text.
    let latin1 = !bytes.iter().any(|byte| (0x80..=0x9f).contains(byte));
    if declared(SHIFT_JIS, bytes).is_some_and(|text| !latin1 || looks_japanese(&text)) {
        return Charset::ShiftJis;
    }
    if latin1 { Charset::Latin1 } else { Charset::NotText }
}

/// Two accented letters are often one good character of Shift-JIS; three such in a row are Japanese.
fn looks_japanese(text: &str) -> bool {
    text.split(|character: char| character.is_ascii()).any(|run| run.chars().count() >= 3)
}
