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

/// Commands whose words are names of accounts or of a file that is not there yet, which may look like a key as well. They
/// never repeat a word that names nothing.
const NAMING: [&str; 16] = [
    "activate",
    "activity",
    "cancel",
    "code",
    "confirm",
    "edit",
    "export",
    "favourite",
    "list",
    "off",
    "recovery-codes",
    "remove",
    "replace",
    "restore",
    "show",
    "undo",
];

/// Options whose value is what a person wants to call something.
const TEXTS: [&str; 9] =
    ["--address", "--app", "--device", "--login", "--member", "--name", "--notes", "--store", "--workspace"];

/// Refuses arguments with a link or what looks like a key among them.
pub(crate) fn check(arguments: &[OsString]) -> Result<(), Advice> {
    let naming = arguments.iter().any(|argument| NAMING.iter().any(|name| argument == name));
    let mut previous = OsStr::new("");
    for argument in arguments.iter().skip(1) {
        let text = argument.to_string_lossy();
        let option = text.split('=').next().filter(|option| option.starts_with("--"));
        let is_text = TEXTS.iter().any(|name| previous == *name || option == Some(*name));
        let may_be_name = is_text || (naming && option.is_none());
        if is_link(argument) || option == Some("--secret") || (is_key(argument) && !may_be_name) {
            return Err(advice());
        }
        previous = argument;
    }
    Ok(())
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
pub(crate) fn is_key(argument: &OsStr) -> bool {
    let text = argument.to_string_lossy();
    let value = match text.split_once('=') {
        Some((_, value)) => value,
        None if text.starts_with("--") => return false,
        None => &text,
    };
    let letters = value.chars().filter(|letter| !matches!(letter, ' ' | '-' | '_'));
    let is_base32 = letters.clone().all(|letter| matches!(letter, 'A'..='Z' | 'a'..='z' | '2'..='7'));
    is_base32 && letters.count() >= SHORTEST_KEY && !Path::new(value).exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(argument: &str) -> bool {
        check(&["countersign".into(), "scan".into(), argument.into()]).is_err()
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
    fn names_of_accounts_and_texts_are_not_taken_for_keys() {
        let passes = |arguments: &[&str]| {
            let arguments: Vec<OsString> = ["countersign"].iter().chain(arguments).map(Into::into).collect();
            check(&arguments).is_ok()
        };
        assert!(passes(&["code", "ProductionMailServer"]) && passes(&["show", "Production Mail Server"]));
        assert!(
            passes(&["add", "--name", "ProductionMailServer"])
                && passes(&["add", "--name=ProductionMailServer"])
        );
        assert!(!passes(&["add", "GEZDGNBVGY3TQOJQ"]) && !passes(&["code", "--other=GEZDGNBVGY3TQOJQ"]));
        assert!(!passes(&["code", "otpauth://totp/x"]) && !passes(&["code", "--secret", "JBSWY3DP"]));
    }

    #[test]
    fn files_and_options_are_not_taken_for_keys() {
        for argument in [
            "-",
            "--show-secret",
            "--backup-passphrase-file",
            "screenshot.png",
            "Cargo.toml",
            "photos/IMG_2041.jpg",
            "1700000000",
        ] {
            assert!(!refused(argument), "{argument}");
        }
    }
}
