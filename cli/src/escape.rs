//! Text from outside, made safe to print.
//!
//! An issuer or an account name is whatever somebody put into a QR code. Printed as it is, it could move the
//! cursor, recolour the screen, or turn the reading direction so that one name looks like another. What a
//! person cannot see is therefore shown as its escape: `\u{202e}` instead of a line read backwards.

use std::fmt::Write;

/// `text` with control, format, private and unassigned characters written as `\n` or `\u{…}`.
pub(crate) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if is_hidden(character) {
            shown.extend(character.escape_debug());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// A JSON document with the same characters as `\uXXXX`, which every reader of JSON turns back into them.
///
/// Outside strings JSON is ASCII, and inside them its writer escapes ASCII control characters already.
pub(crate) fn visible_json(document: &str) -> String {
    let mut shown = String::with_capacity(document.len());
    for character in document.chars() {
        if character == '\u{7f}' || !character.is_ascii() && is_hidden(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(shown, "\\u{unit:04x}").expect("a string takes any text");
            }
        } else {
            shown.push(character);
        }
    }
    shown
}

/// Whether a terminal would show something else than the character itself.
fn is_hidden(character: char) -> bool {
    match character {
        ' '..='~' | '\u{a0}' | '\u{3000}' => false,
        // After a letter, so that a combining mark counts as what it is.
        other => ['a', other].iter().collect::<String>().escape_debug().count() > 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HIDDEN: [char; 9] = [
        '\u{202e}',
        '\u{2066}',
        '\u{200f}',
        '\u{61c}',
        '\u{200b}',
        '\u{feff}',
        '\u{2028}',
        '\u{e000}',
        '\u{e0041}',
    ];

    #[test]
    fn names_in_any_script_stay_as_they_are() {
        for name in [
            "Example Corp",
            "O'Neill \"x\"",
            "C:\\ana",
            "Café",
            "Cafe\u{301}",
            "山田　太郎",
            "مثال",
            "🔐 keys",
        ] {
            assert_eq!(visible(name), name);
            assert_eq!(visible_json(name), name);
        }
    }

    #[test]
    fn control_characters_are_shown_and_not_sent_to_the_terminal() {
        assert_eq!(visible("a\u{1b}[2Jb\u{7}\r\nc\u{7f}\u{9b}"), r"a\u{1b}[2Jb\u{7}\r\nc\u{7f}\u{9b}");
    }

    #[test]
    fn what_turns_or_hides_text_is_shown() {
        for hidden in HIDDEN {
            assert_eq!(visible(&format!("a{hidden}b")), format!("a\\u{{{:x}}}b", u32::from(hidden)));
        }
    }

    #[test]
    fn json_says_the_same_without_characters_that_a_terminal_acts_on() {
        let text: String = HIDDEN.into_iter().chain(['\u{7f}', '\u{9b}', '\u{1b}', 'é']).collect();
        let document = visible_json(&serde_json::to_string(&text).unwrap());
        assert!(!document.chars().any(is_hidden), "{document}");
        assert_eq!(serde_json::from_str::<String>(&document).unwrap(), text);
    }
}
