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

/// Options without a value: the word after one is a word of its own.
const FLAGS: [&str; 12] = [
    "--",
    "--anyway",
    "--copy",
    "--json",
    "--off",
    "--once",
    "--pending",
    "--plain",
    "--saved",
    "--show-secret",
    "--watch",
    "--yes",
];

/// Refuses arguments with a link or what looks like a key among them.
pub(crate) fn check(arguments: &[OsString]) -> Result<(), Advice> {
    let given = arguments.get(1..).unwrap_or_default();
    let naming = NAMING.iter().any(|name| command(arguments) == *name);
    let mut previous = OsStr::new("");
    for argument in given {
        let text = argument.to_string_lossy();
        let option = text.split('=').next().filter(|_| is_option(argument));
        let is_text = TEXTS.iter().any(|name| previous == *name || option == Some(*name));
        // What follows an option may be its value, and the parser quotes a value that it does not understand.
        let is_value = is_option(previous) && !FLAGS.iter().any(|flag| previous == *flag);
        let may_be_name = is_text || (naming && option.is_none() && !is_value);
        if is_link(argument) || option == Some("--secret") || (is_key(argument) && !may_be_name) {
            return Err(advice(command(arguments)));
        }
        previous = argument;
    }
    Ok(())
}

/// Whether an argument is an option, with or without a value of its own; a dash alone is standard input.
fn is_option(argument: &OsStr) -> bool {
    let text = argument.to_string_lossy();
    text.starts_with('-') && text != "-"
}

/// The command that was meant, where one was named.
pub(crate) fn command(arguments: &[OsString]) -> &OsStr {
    let mut words = arguments.iter().skip(1).map(OsString::as_os_str);
    words.find(|word| !is_option(word)).unwrap_or_default()
}

/// What to say about a secret on the command line of that command, without the secret.
pub(crate) fn advice(command: &OsStr) -> Advice {
    let instead = match command.to_str() {
        Some("add" | "import") => "add -",
        Some("activate") => "activate NAME -",
        Some("replace") => "replace NAME -",
        _ => "code -",
    };
    Advice::new(
        "a key or link does not belong on the command line: the shell keeps it in its history, and other users of \
         this computer can see it",
        format!("Remove it from the history, then give it on standard input: countersign {instead}"),
    )
}

/// Whether `message` repeats an argument that could be a key.
pub(crate) fn is_repeated(arguments: &[OsString], message: &str) -> bool {
    let keys = arguments.iter().skip(1).filter(|argument| is_key(argument));
    keys.map(|key| key.to_string_lossy()).any(|key| message.contains(&*key))
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
        assert!(passes(&["code", "--json", "Mail"]) && !passes(&["code", "--at", "GEZDGNBVGY3TQOJQ", "-"]));
        assert!(!passes(&["scan", "list", "GEZDGNBVGY3TQOJQ"]));
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
