//! What a run must not print: the secrets of a case, in whatever form they may turn up again.
//!
//! A mismatch prints names and ids, and the very mistake that it is there to find may have put the secret into one. So
//! everything that is printed goes through here, and is left out where a part of a secret stands in it.

use countersign_core::enrol::{AccountPayload, Payload, write_key};
use data_encoding::{BASE32_NOPAD, HEXLOWER_PERMISSIVE};
use serde_json::Value;

/// The secrets of one case.
#[derive(Default)]
pub(super) struct Secrets {
    /// Groups of letters as they are written, in small letters.
    groups: Vec<String>,
    /// Secrets in one piece, in small letters: their parts count as well, whatever stands between the letters.
    whole: Vec<String>,
}

impl Secrets {
    /// The shortest group that is looked for; what is shorter is in every other name by chance.
    const SHORTEST: usize = 4;

    /// As many letters of a secret in a row are no chance.
    const PART: usize = 8;

    /// The groups of letters behind `secret=`, `data=` and `steam:`, and those of a text that is no link.
    pub(super) fn in_input(input: &str) -> Self {
        let written = input.to_ascii_lowercase();
        let decoded = percent_decoded(&written);
        let mut secrets = Self::default();
        for text in [&written, &decoded] {
            let values = ["secret=", "data="].into_iter().flat_map(|name| text.split(name).skip(1));
            let values = values.map(|rest| rest.split('&').next().unwrap_or_default());
            let steam = text.trim_start().strip_prefix("steam:");
            let bare = (!text.contains(':')).then_some(text.as_str());
            for value in values.chain(steam).chain(bare) {
                secrets.add_written(value);
            }
        }
        secrets
    }

    /// Also the secret that was read, in every form.
    pub(super) fn add_read(&mut self, payload: &Payload) {
        let accounts: Vec<&AccountPayload> = match payload {
            Payload::Account(account) => vec![account],
            Payload::Migration(migration) => migration.entries.iter().flatten().collect(),
        };
        for account in accounts {
            self.add_whole(&write_key(&account.secret));
            self.add_whole(&HEXLOWER_PERMISSIVE.encode(account.secret.expose()));
        }
    }

    /// Also those that a case expects: every `secret_hex` and `secret_text` in it, in every form.
    pub(super) fn add_expected(&mut self, name: &str, value: &Value) {
        match value {
            Value::Object(fields) => fields.iter().for_each(|(name, value)| self.add_expected(name, value)),
            Value::Array(values) => values.iter().for_each(|value| self.add_expected("", value)),
            Value::String(secret) if name == "secret_hex" || name == "secret_text" => {
                self.add_whole(secret);
                if let Ok(bytes) = HEXLOWER_PERMISSIVE.decode(secret.as_bytes()) {
                    self.add_whole(&BASE32_NOPAD.encode(&bytes));
                }
            }
            _ => {}
        }
    }

    /// A value as it may be printed: JSON on one line, or nothing of it if a secret is in it.
    pub(super) fn shown(&self, value: &Value) -> String {
        let written = value.to_string();
        let lower = written.to_ascii_lowercase();
        let letters: String = lower.chars().filter(char::is_ascii_alphanumeric).collect();
        let in_parts = |secret: &String| {
            secret
                .as_bytes()
                .windows(Self::PART)
                .any(|part| letters.as_bytes().windows(part.len()).any(|window| window == part))
        };
        if self.groups.iter().any(|group| lower.contains(group)) || self.whole.iter().any(in_parts) {
            return "…".to_owned();
        }
        let mut shown = String::with_capacity(written.len());
        for character in written.chars() {
            // JSON keeps what turns the line or acts on a terminal beyond ASCII.
            match character {
                ' '..='~' => shown.push(character),
                other => shown.extend(other.escape_debug()),
            }
        }
        shown
    }

    fn add_written(&mut self, value: &str) {
        // Escapes separate groups, as the characters do that they stand for.
        let pieces = value.split('%').enumerate();
        let pieces =
            pieces.map(|(index, piece)| if index == 0 { piece } else { piece.get(2..).unwrap_or("") });
        let groups = pieces.flat_map(|piece| piece.split(|c: char| !c.is_ascii_alphanumeric()));
        self.groups.extend(groups.filter(|group| group.len() >= Self::SHORTEST).map(str::to_owned));
    }

    fn add_whole(&mut self, secret: &str) {
        let secret = secret.to_ascii_lowercase();
        if secret.len() >= Self::PART {
            self.whole.push(secret);
        } else if secret.len() >= Self::SHORTEST {
            self.groups.push(secret);
        }
    }
}

/// With every escape of an ASCII character decoded: what a reader that decodes first would see.
fn percent_decoded(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut pieces = text.split('%');
    decoded.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let byte = piece.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        if let Some(byte) = byte.filter(u8::is_ascii) {
            decoded.push(char::from(byte).to_ascii_lowercase());
            decoded.push_str(&piece[2..]);
        } else {
            decoded.push('%');
            decoded.push_str(piece);
        }
    }
    decoded
}
