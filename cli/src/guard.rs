//! Refuses a secret on the command line before anything can repeat it.
//!
//! Shells write their history to a file and every user of a computer can list the arguments of its programs. So
//! a key or a link there is already known to more than its owner, and an error message that quotes it would
//! carry it into logs as well. This runs before the arguments are parsed, since the parser quotes what it
//! does not understand.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use crate::problem::Advice;

/// The shortest word that is taken for a key: 80 bits in base32, the least that services hand out.
const SHORTEST_KEY: usize = 16;

/// Refuses arguments with a link or what looks like a key among them.
pub(crate) fn check(arguments: &[OsString]) -> Result<(), Advice> {
    let leaks = arguments.iter().skip(1).any(|argument| is_link(argument) || is_key(argument));
    if leaks { Err(advice()) } else { Ok(()) }
}

/// What to say about a secret on the command line, without the secret.
pub(crate) fn advice() -> Advice {
    Advice::new(
        "a key or link does not belong on the command line: the shell keeps it in its history, and other users of \
         this computer can see it",
        "Remove it from the history, then give it on standard input: countersign code -",
    )
}

fn is_link(argument: &OsStr) -> bool {
    let text = argument.to_string_lossy().to_ascii_lowercase();
    text.contains("otpauth:") || text.contains("otpauth-migration:")
}

/// Whether an argument, or the value in `--option=value`, could be a key and is no file.
fn is_key(argument: &OsStr) -> bool {
    let text = argument.to_string_lossy();
    let value = text.rsplit_once('=').map_or(&*text, |(_, value)| value);
    let letters = value.chars().filter(|letter| !matches!(letter, ' ' | '-' | '_'));
    let is_base32 = letters.clone().all(|letter| matches!(letter, 'A'..='Z' | 'a'..='z' | '2'..='7'));
    is_base32 && letters.count() >= SHORTEST_KEY && !Path::new(value).exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(argument: &str) -> bool {
        check(&["countersign".into(), "code".into(), argument.into()]).is_err()
    }

    #[test]
    fn links_and_keys_are_refused_wherever_they_stand() {
        for argument in [
            "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ",
            "OTPAUTH://totp/x",
            "apple-otpauth://totp/x",
            "otpauth-migration://offline?data=CjEK",
            "GEZDGNBVGY3TQOJQ",
            "gezd gnbv gy3t qojq",
            "--secret=GEZDGNBVGY3TQOJQ",
        ] {
            assert!(refused(argument), "{argument}");
        }
    }

    #[test]
    fn files_and_options_are_not_taken_for_keys() {
        for argument in
            ["-", "--show-secret", "screenshot.png", "Cargo.toml", "photos/IMG_2041.jpg", "1700000000"]
        {
            assert!(!refused(argument), "{argument}");
        }
    }
}
