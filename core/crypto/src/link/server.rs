//! The address of a workspace server, as people pass it on.

use super::LinkError;

/// Longest address, in bytes.
const LIMIT: usize = 255;

/// An origin or a base address, such as `https://vault.example.com`: the `http` or `https` scheme, then printable
/// ASCII without spaces, 255 bytes at most. Whether anyone answers there is for the caller to find out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerAddress(String);

impl ServerAddress {
    /// Takes an address as it was typed or read.
    ///
    /// # Errors
    /// [`LinkError::Damaged`] when it is not of the form above.
    pub fn new(address: &str) -> Result<Self, LinkError> {
        let host = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
        let is_address = address.len() <= LIMIT
            && host.is_some_and(|host| !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_graphic()));
        if is_address { Ok(Self(address.to_owned())) } else { Err(LinkError::Damaged { part: "server" }) }
    }

    /// The address as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Percent-encodes all but letters, digits and `-._~`, in upper-case hexadecimal.
    pub(super) fn encode_append(address: &str, text: &mut String) {
        const HEX: &[u8; 16] = b"0123456789ABCDEF";
        for byte in address.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                text.push(char::from(byte));
            } else {
                text.extend([
                    '%',
                    char::from(HEX[usize::from(byte >> 4)]),
                    char::from(HEX[usize::from(byte & 15)]),
                ]);
            }
        }
    }

    /// Reads what [`encode_append`](Self::encode_append) writes, and nothing else.
    pub(super) fn decode(encoded: &str) -> Result<Self, LinkError> {
        let damaged = LinkError::Damaged { part: "server" };
        if encoded.len() > 3 * LIMIT {
            return Err(damaged);
        }
        let mut address = String::with_capacity(encoded.len());
        let mut bytes = encoded.bytes();
        while let Some(byte) = bytes.next() {
            let byte = if byte == b'%' { hex(bytes.next(), bytes.next()).ok_or(damaged)? } else { byte };
            address.push(char::from(byte));
        }
        let server = Self::new(&address)?;
        let mut canonical = String::with_capacity(encoded.len());
        Self::encode_append(&server.0, &mut canonical);
        if canonical == encoded { Ok(server) } else { Err(damaged) }
    }
}

fn hex(high: Option<u8>, low: Option<u8>) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high?)? << 4 | digit(low?)?)
}
