//! Bytes in JSON and in paths: ids in hexadecimal, everything longer in base64url without padding (RFC 4648, section 5).

use std::fmt;
use std::str::FromStr;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// An id of 16 bytes: 32 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hex16(pub [u8; 16]);

/// A text is no id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("read 32 lower-case hexadecimal digits")]
pub struct HexError;

impl FromStr for Hex16 {
    type Err = HexError;

    fn from_str(text: &str) -> Result<Self, HexError> {
        let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| HexError)?;
        bytes.try_into().map(Self).map_err(|_| HexError)
    }
}

impl fmt::Display for Hex16 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for Hex16 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Hex16 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hex16 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer
            .deserialize_str(TextOf::<Self>("32 lower-case hexadecimal digits", |text| text.parse().ok()))
    }
}

/// Bytes of any length. What they are is for the reader to find out; printing shows how many there are.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Bytes(pub Vec<u8>);

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64URL_NOPAD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let decode = |text: &str| BASE64URL_NOPAD.decode(text.as_bytes()).ok().map(Self);
        deserializer.deserialize_str(TextOf("base64url without padding", decode))
    }
}

/// Reads a value from a text, borrowed or not.
struct TextOf<T>(&'static str, fn(&str) -> Option<T>);

impl<T> de::Visitor<'_> for TextOf<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        // The text itself may be long, and is nobody's business in a log.
        (self.1)(text).ok_or_else(|| E::invalid_value(de::Unexpected::Other("other text"), &self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_form() {
        let id = Hex16([0xAB; 16]);
        let text = "ab".repeat(16);
        assert_eq!((id.to_string(), text.parse()), (text.clone(), Ok(id)));
        for other in
            ["", "ab", &text.to_uppercase(), &text[1..], &format!("{text}ab"), &format!("{}zz", &text[2..])]
        {
            assert_eq!(other.parse::<Hex16>(), Err(HexError), "{other}");
        }
    }

    #[test]
    fn bytes_have_one_form_and_are_not_printed() {
        let bytes = Bytes(vec![0xFB, 0xFF]);
        assert_eq!(serde_json::to_string(&bytes).unwrap(), r#""-_8""#);
        assert_eq!(serde_json::from_str::<Bytes>(r#""-_8""#).unwrap(), bytes);
        assert_eq!(format!("{bytes:?}"), "2 bytes");
        // Padding, the other alphabet, and bits left over, which a second form would hide in.
        for other in [r#""-_8=""#, r#""+/8""#, r#""-_9""#, "17"] {
            assert!(serde_json::from_str::<Bytes>(other).is_err(), "{other}");
        }
    }
}
