//! Takes a link apart without changing a character, then decodes each part once.
//!
//! Split first, decode second: the other way round an encoded `&` or `:` would be taken for a separator. A `%` that
//! does not begin a valid escape stays a `%`, and an escape that is not UTF-8 stays as it is written, so nothing is
//! ever lost or replaced.

use zeroize::Zeroizing;

use super::error::{Parameter, PayloadError};

/// The scheme and what follows its colon (RFC 3986 section 3.1).
pub(super) fn split_scheme(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let mut characters = scheme.chars();
    let is_scheme = characters.next().is_some_and(|first| first.is_ascii_alphabetic())
        && characters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    is_scheme.then_some((scheme, rest))
}

/// Whether the text is a link of any kind, which no key can be.
pub(super) fn is_link(text: &str) -> bool {
    split_scheme(text).is_some_and(|(_, rest)| rest.starts_with("//"))
}

/// The text with `&` for `&amp;`, as it comes out of a web page's source.
pub(super) fn without_html(text: &str) -> Zeroizing<String> {
    let mut plain = Zeroizing::new(String::with_capacity(text.len()));
    for (position, piece) in text.split("&amp;").enumerate() {
        if position > 0 {
            plain.push('&');
        }
        plain.push_str(piece);
    }
    plain
}

/// What follows the scheme, in its three parts; missing ones are empty.
pub(super) struct Parts<'a> {
    pub(super) authority: &'a str,
    pub(super) path: &'a str,
    pub(super) query: &'a str,
}

impl<'a> Parts<'a> {
    /// `//authority/path?query`. The first `?` counts, and a `#` is a character like any other.
    pub(super) fn of(rest: &'a str) -> Self {
        let (before, query) = rest.split_once('?').unwrap_or((rest, ""));
        // Without the two slashes there is no authority, and so no type that could be supported.
        let (authority, path) = match before.strip_prefix("//") {
            Some(hierarchy) => hierarchy.split_once('/').unwrap_or((hierarchy, "")),
            None => ("", before),
        };
        Self { authority, path, query }
    }
}

/// The known parameters of a query, each at most once, not yet decoded.
pub(super) struct Query<'a>(Vec<(Parameter, &'a str)>);

impl<'a> Query<'a> {
    /// Finds the `known` parameters; all others are ignored.
    pub(super) fn of(query: &'a str, known: &[Parameter]) -> Result<Self, PayloadError> {
        let mut found: Vec<(Parameter, &str)> = Vec::with_capacity(known.len());
        for piece in query.split('&') {
            let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
            let name = decode(name, Plus::IsBlank);
            let name = name.trim();
            let Some(&parameter) = known.iter().find(|known| name.eq_ignore_ascii_case(known.name())) else {
                continue;
            };
            if found.iter().any(|(earlier, _)| *earlier == parameter) {
                return Err(PayloadError::DuplicateParameter(parameter));
            }
            found.push((parameter, value));
        }
        Ok(Self(found))
    }

    /// The decoded value; empty for a bare flag.
    pub(super) fn get(&self, parameter: Parameter) -> Option<Zeroizing<String>> {
        let (_, value) = self.0.iter().find(|(found, _)| *found == parameter)?;
        Some(decode(value, Plus::IsBlank))
    }
}

/// What a `+` means: browsers write a blank so in a query, while in a label it belongs to an e-mail address.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Plus {
    IsBlank,
    IsPlus,
}

/// Percent-decodes once (RFC 3986 section 2.1). Never longer than `raw`.
pub(super) fn decode(raw: &str, plus: Plus) -> Zeroizing<String> {
    // Full capacity at once: growing would leave parts of a secret behind in freed memory.
    let mut decoded = Zeroizing::new(String::with_capacity(raw.len()));
    let mut rest = raw;
    while let Some(next) = rest.chars().next() {
        let escapes = leading_escapes(rest);
        if escapes > 0 {
            let (run, after) = rest.split_at(escapes * 3);
            push_run(&mut decoded, run);
            rest = after;
            continue;
        }
        decoded.push(if next == '+' && plus == Plus::IsBlank { ' ' } else { next });
        rest = &rest[next.len_utf8()..];
    }
    decoded
}

/// How many `%XX` stand at the beginning.
fn leading_escapes(text: &str) -> usize {
    text.as_bytes().chunks_exact(3).take_while(|chunk| escaped_byte(chunk).is_some()).count()
}

fn escaped_byte(escape: &[u8]) -> Option<u8> {
    let [b'%', high, low] = escape else { return None };
    let value = char::from(*high).to_digit(16)? * 16 + char::from(*low).to_digit(16)?;
    u8::try_from(value).ok()
}

/// Pushes a run of escapes, which together are UTF-8, or not: what is not is pushed as written.
fn push_run(decoded: &mut String, run: &str) {
    let bytes: Zeroizing<Vec<u8>> =
        Zeroizing::new(run.as_bytes().chunks_exact(3).filter_map(escaped_byte).collect());
    let mut position = 0;
    for chunk in bytes.utf8_chunks() {
        decoded.push_str(chunk.valid());
        position += chunk.valid().len();
        let end = position + chunk.invalid().len();
        decoded.push_str(&run[position * 3..end * 3]);
        position = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(raw: &str) -> String {
        decode(raw, Plus::IsPlus).to_string()
    }

    #[test]
    fn escapes_are_decoded_once() {
        assert_eq!(decoded("100%25%20real"), "100% real");
        assert_eq!(decoded("%2541"), "%41");
        assert_eq!(decoded("%e8%8E%8e"), "莎");
    }

    #[test]
    fn a_stray_percent_sign_stays() {
        for text in ["100%", "%", "%%", "%2", "%zz", "%+1", "%é1", "50%莎"] {
            assert_eq!(decoded(text), text);
        }
        assert_eq!(decoded("%%41"), "%A");
    }

    #[test]
    fn an_escape_that_is_not_utf8_stays_as_written() {
        assert_eq!(decoded("caf%E9"), "caf%E9");
        assert_eq!(decoded("%ff%41%C3"), "%ffA%C3");
        assert_eq!(decoded("%E8%8Ex"), "%E8%8Ex");
    }

    #[test]
    fn a_plus_is_a_blank_only_in_a_query() {
        assert_eq!(*decode("a+b%2B", Plus::IsBlank), "a b+");
        assert_eq!(*decode("a+b%2B", Plus::IsPlus), "a+b+");
    }

    #[test]
    fn an_ampersand_of_a_web_page_is_an_ampersand() {
        assert_eq!(*without_html("R&amp;D?a&amp;b&c"), "R&D?a&b&c");
        assert_eq!(*without_html("&amp;amp;"), "&amp;");
    }

    #[test]
    fn a_scheme_is_a_word_before_a_colon() {
        assert_eq!(split_scheme("otpauth://totp"), Some(("otpauth", "//totp")));
        assert_eq!(split_scheme("FIDO:/1"), Some(("FIDO", "/1")));
        for text in ["otpauth", ":x", "1a:b", "a b:c", "é:x"] {
            assert_eq!(split_scheme(text), None, "{text}");
        }
    }
}
