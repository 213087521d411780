//! Base32 and base64 (RFC 4648) as payloads need them: any length, left-over bits ignored, every buffer wiped.
//!
//! Libraries refuse what services really print (lengths that no encoder makes, left-over bits that are not zero) or
//! return buffers that are not wiped. Both directions are a few lines.

use zeroize::Zeroizing;

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The bytes of base32 in capital or small ASCII letters, without padding; `None` for any other character.
pub(super) fn decode_base32(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    unpack(text, 5, |byte| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a'),
        b'2'..=b'7' => Some(byte - b'2' + 26),
        _ => None,
    })
}

/// The bytes of base64 in either alphabet, without padding; `None` for any other character, and for a length at
/// which the last character would hold nothing.
pub(super) fn decode_base64(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    if text.len() % 4 == 1 {
        return None;
    }
    unpack(text, 6, |byte| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    })
}

/// Puts symbols of `width` bits after each other and cuts the result into bytes.
fn unpack(text: &str, width: u32, value: impl Fn(u8) -> Option<u8>) -> Option<Zeroizing<Vec<u8>>> {
    // More than enough, and at once: growing would leave parts of a secret behind in freed memory.
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    let (mut held, mut bits) = (0_u32, 0_u32);
    for symbol in text.bytes() {
        held = (held << width | u32::from(value(symbol)?)) & 0xffff;
        bits += width;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits & 0xff) as u8);
        }
    }
    Some(bytes)
}

/// Appends the bytes as base32 in capital letters, without padding.
pub(super) fn encode_base32(bytes: &[u8], text: &mut String) {
    let (mut held, mut bits) = (0_u32, 0_u32);
    let mut push = |value: u32| text.push(char::from(BASE32[(value & 31) as usize]));
    for byte in bytes {
        held = (held << 8 | u32::from(*byte)) & 0xffff;
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            push(held >> bits);
        }
    }
    if bits > 0 {
        push(held << (5 - bits));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base32_gives_the_vectors_of_rfc_4648_section_10_both_ways() {
        let table = [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ];
        for (plain, encoded) in table {
            assert_eq!(decode_base32(encoded).unwrap().as_slice(), plain.as_bytes());
            assert_eq!(decode_base32(&encoded.to_ascii_lowercase()).unwrap().as_slice(), plain.as_bytes());
            let mut text = String::new();
            encode_base32(plain.as_bytes(), &mut text);
            assert_eq!(text, encoded);
        }
    }

    #[test]
    fn base64_gives_the_vectors_of_rfc_4648_section_10() {
        let table = [
            ("", ""),
            ("f", "Zg"),
            ("fo", "Zm8"),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg"),
            ("fooba", "Zm9vYmE"),
            ("foobar", "Zm9vYmFy"),
        ];
        for (plain, encoded) in table {
            assert_eq!(decode_base64(encoded).unwrap().as_slice(), plain.as_bytes());
        }
    }

    #[test]
    fn both_base64_alphabets_are_read() {
        assert_eq!(decode_base64("-_+/").unwrap().as_slice(), decode_base64("+/-_").unwrap().as_slice());
    }

    #[test]
    fn left_over_bits_are_ignored() {
        assert_eq!(
            decode_base32("QWERTYUIOP").unwrap().as_slice(),
            decode_base32("QWERTYUIOO").unwrap().as_slice()
        );
        assert_eq!(decode_base64("Zh").unwrap().as_slice(), b"f");
        assert_eq!(decode_base32("A").unwrap().len(), 0);
    }

    #[test]
    fn characters_outside_the_alphabet_are_refused() {
        for text in ["0", "1", "8", "A=", "A A", "ı", "ſ", "Å", "A\0"] {
            assert!(decode_base32(text).is_none(), "{text}");
        }
        for text in ["Zg==", "Z g=", "A", "AAAAA", "é1"] {
            assert!(decode_base64(text).is_none(), "{text}");
        }
    }
}
