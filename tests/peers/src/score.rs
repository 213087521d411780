//! What one decoder's answer to one picture is worth. Pure, so that the rules can be tested without a decoder.

use encoding_rs::{BIG5, EUC_JP, EUC_KR, Encoding, GB18030, SHIFT_JIS, UTF_16BE, WINDOWS_1252};
use serde::Serialize;

use crate::decoders::Payload;
use crate::manifest::{Row, Truth};

/// How one decoder did on one picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Outcome {
    /// Scored: one of the accepted texts.
    Read,
    /// Scored: something, and none of it accepted.
    WrongText,
    /// Scored: nothing.
    Missed,
    /// No QR code here, and something was read.
    FalseRead,
    /// No QR code here, and nothing was read.
    Silent,
    /// A code whose text is not scored: at least one symbol was read.
    OtherRead,
    /// A code whose text is not scored: nothing was read.
    OtherMissed,
}

/// Judges what was read from the picture of `row`.
pub(crate) fn judge(row: &Row, payloads: &[Payload]) -> Outcome {
    let any = !payloads.is_empty();
    if row.truth == Truth::None {
        return if any { Outcome::FalseRead } else { Outcome::Silent };
    }
    if !row.is_scored() {
        return if any { Outcome::OtherRead } else { Outcome::OtherMissed };
    }
    if payloads.iter().any(|payload| is_accepted(payload, &row.accepted)) {
        Outcome::Read
    } else if any {
        Outcome::WrongText
    } else {
        Outcome::Missed
    }
}

/// Whether any common reading of the payload equals an accepted text.
///
/// A symbol rarely says its character set, so a picture's stated text may be any of them.
pub(crate) fn is_accepted(payload: &Payload, accepted: &[String]) -> bool {
    payload.text.as_ref().is_some_and(|text| accepted.contains(text))
        || readings(&payload.bytes).any(|reading| accepted.contains(&reading))
}

fn readings(bytes: &[u8]) -> impl Iterator<Item = String> {
    const ENCODINGS: [&Encoding; 7] = [WINDOWS_1252, SHIFT_JIS, EUC_JP, GB18030, BIG5, EUC_KR, UTF_16BE];
    let utf8 = std::str::from_utf8(bytes).ok().map(|text| text.trim_start_matches('\u{feff}').to_owned());
    let latin1 = bytes.iter().copied().map(char::from).collect();
    let others = ENCODINGS
        .into_iter()
        .filter_map(|encoding| encoding.decode_without_bom_handling_and_without_replacement(bytes))
        .map(std::borrow::Cow::into_owned);
    utf8.into_iter().chain([latin1]).chain(others)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(truth: Truth, near_duplicate: bool) -> Row {
        Row {
            path: "a.png".to_owned(),
            source: "r".to_owned(),
            kind: "photo".to_owned(),
            truth,
            accepted: vec!["Grüße".to_owned(), "点茗".to_owned()],
            is_near_duplicate: near_duplicate,
            category: String::new(),
            sha256: String::new(),
            stream: String::new(),
        }
    }

    fn bytes(bytes: &[u8]) -> Payload {
        Payload { bytes: bytes.to_vec(), text: None }
    }

    #[test]
    fn any_common_reading_of_the_bytes_counts() {
        let scored = row(Truth::Repo, false);
        for payload in [&b"Gr\xfc\xdfe"[..], "Grüße".as_bytes(), "\u{feff}Grüße".as_bytes(), b"\x93_\xe4\xaa"]
        {
            assert_eq!(judge(&scored, &[bytes(payload)]), Outcome::Read, "{payload:?}");
        }
    }

    #[test]
    fn a_decoders_own_text_counts_where_its_bytes_are_partial() {
        let payload = Payload { bytes: b"Gr".to_vec(), text: Some("Grüße".to_owned()) };
        assert_eq!(judge(&row(Truth::RepoTest, false), &[payload]), Outcome::Read);
    }

    #[test]
    fn something_else_is_a_wrong_text_and_nothing_is_a_miss() {
        let scored = row(Truth::Repo, false);
        assert_eq!(judge(&scored, &[bytes(b"Gruesse")]), Outcome::WrongText);
        assert_eq!(judge(&scored, &[bytes(b"")]), Outcome::WrongText);
        assert_eq!(judge(&scored, &[]), Outcome::Missed);
    }

    #[test]
    fn one_accepted_text_among_several_symbols_is_a_read() {
        let symbols = [bytes(b"another code in the picture"), bytes("Grüße".as_bytes())];
        assert_eq!(judge(&row(Truth::Repo, false), &symbols), Outcome::Read);
    }

    #[test]
    fn a_near_duplicate_only_says_whether_anything_was_read() {
        let duplicate = row(Truth::Repo, true);
        assert_eq!(judge(&duplicate, &[bytes(b"Gruesse")]), Outcome::OtherRead);
        assert_eq!(judge(&duplicate, &[]), Outcome::OtherMissed);
    }

    #[test]
    fn anything_read_where_there_is_no_code_is_a_false_read() {
        let empty = row(Truth::None, false);
        assert_eq!(judge(&empty, &[bytes(b"x")]), Outcome::FalseRead);
        assert_eq!(judge(&empty, &[]), Outcome::Silent);
    }

    #[test]
    fn a_text_agreed_on_by_decoders_is_not_scored() {
        assert_eq!(judge(&row(Truth::Consensus, false), &[]), Outcome::OtherMissed);
        assert_eq!(judge(&row(Truth::Unread, false), &[bytes(b"x")]), Outcome::OtherRead);
    }
}
