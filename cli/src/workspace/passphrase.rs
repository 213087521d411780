//! Where a passphrase comes from: a file that only its owner can read, a file descriptor, or a person at a terminal.
//!
//! Never an argument or a variable of the environment, which other programs can see.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use countersign_core::client::{FileError, ImportError, read_private};
use countersign_core::ports::VaultError;
use countersign_core::vault::{AskPassphrase, Asking, Passphrase};
use zeroize::Zeroizing;

use super::trouble;
use crate::arguments::Opening;
use crate::escape::visible;
use crate::outcome::Failure;
use crate::problem::Advice;

/// Longest passphrase or key file that is read, in bytes.
pub(super) const KEY_LIMIT: u64 = 4096;
/// How often somebody may type it wrong.
const TRIES: u32 = 3;

/// A passphrase that was given by other means than typing.
pub(crate) struct Given(Option<Zeroizing<String>>);

impl Given {
    /// Reads the file or the descriptor that the arguments name.
    pub(crate) fn new(opening: &Opening) -> Result<Self, Failure> {
        let given = match (&opening.passphrase_file, opening.passphrase_fd) {
            (Some(path), _) => Some(first_line(&from_file(path)?)?),
            (None, Some(number)) => Some(first_line(&from_descriptor(number)?)?),
            (None, None) => None,
        };
        Ok(Self(given))
    }

    /// Reads the file, where one is named.
    pub(crate) fn in_file(path: Option<&Path>) -> Result<Self, Failure> {
        Ok(Self(path.map(|path| first_line(&from_file(path)?)).transpose()?))
    }

    /// Whether a passphrase was given that is shorter than any can be.
    pub(super) fn is_too_short(&self) -> bool {
        self.0.as_ref().is_some_and(|given| Passphrase::new(given).is_err())
    }
}

fn from_file(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let what = || format!("passphrase file {}", visible(&path.to_string_lossy()));
    read_private(path, KEY_LIMIT).map_err(|error| trouble::no_passphrase_in(&what(), error))
}

fn from_descriptor(number: u32) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let read = || -> std::io::Result<_> {
        let mut bytes =
            Zeroizing::new(Vec::with_capacity(usize::try_from(KEY_LIMIT).unwrap_or_default() + 1));
        File::open(format!("/dev/fd/{number}"))?.take(KEY_LIMIT).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().map_err(|error| match (FileError::from(error), number) {
        (FileError::NotFound, _) => trouble::not_open(number),
        (error, _) => trouble::no_passphrase_in(&format!("file descriptor {number}"), error),
    })
}

fn first_line(bytes: &[u8]) -> Result<Zeroizing<String>, Failure> {
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let text = str::from_utf8(line).map_err(|_| trouble::not_text())?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// Who is asked for the passphrase of a store.
pub(super) struct Person {
    given: Given,
    tries: Tries,
    chosen: Chosen,
}

/// A new passphrase that was asked for before it is needed.
pub(super) type Chosen = Arc<Mutex<Option<Passphrase>>>;

/// How often a person was asked.
#[derive(Clone)]
pub(super) struct Tries {
    typed: bool,
    asked: Arc<AtomicU32>,
}

impl Person {
    pub(super) fn new(given: Given) -> Self {
        let tries = Tries { typed: given.0.is_none(), asked: Arc::default() };
        Self { given, tries, chosen: Arc::default() }
    }

    pub(super) fn chosen(&self) -> Chosen {
        self.chosen.clone()
    }

    pub(super) fn tries(&self) -> Tries {
        self.tries.clone()
    }
}

impl Tries {
    /// Whether a passphrase was given, so that nobody is asked.
    pub(super) const fn are_given(&self) -> bool {
        !self.typed
    }

    /// Whether asking once more could help.
    pub(super) fn has_another(&self) -> bool {
        self.typed && self.asked.load(Ordering::Relaxed) < TRIES
    }
}

impl AskPassphrase for Person {
    fn ask(&self, asking: Asking) -> Result<Passphrase, VaultError> {
        let again = self.tries.asked.fetch_add(1, Ordering::Relaxed) > 0;
        if let Some(given) = &self.given.0 {
            return Passphrase::new(given).map_err(|_| VaultError::Refused);
        }
        if asking == Asking::New
            && let Some(chosen) = self.chosen.lock().unwrap_or_else(PoisonError::into_inner).take()
        {
            return Ok(chosen);
        }
        let prompt = match (asking, again) {
            (Asking::New, _) => return typed_twice("Passphrase").map_err(|_| VaultError::Unavailable),
            (Asking::Unlock, false) => "Passphrase: ",
            (Asking::Unlock | Asking::Confirm, true) => "That is not it. Passphrase: ",
            (Asking::Confirm, false) => "Passphrase, for this once more: ",
        };
        let typed = rpassword::prompt_password(prompt).map_err(|_| VaultError::Unavailable)?;
        Passphrase::new(&Zeroizing::new(typed)).map_err(|_| VaultError::Refused)
    }
}

/// A new passphrase for a file: given, or typed twice.
pub(crate) fn new_passphrase(given: &Given, what: &str) -> Result<Passphrase, Failure> {
    match &given.0 {
        Some(given) => Passphrase::new(given).map_err(|_| too_short()),
        None => typed_twice(what).map_err(|not| not.told(nobody)),
    }
}

/// The passphrase of a file that is there; one that is too short for any file is not that.
pub(crate) fn passphrase(given: &Given, what: &str) -> Result<Passphrase, Failure> {
    let opened = |text: &str| Passphrase::new(text).map_err(|_| ImportError::DoesNotOpen.into());
    if let Some(given) = &given.0 {
        return opened(given);
    }
    let typed = rpassword::prompt_password(format!("{what}: ")).map_err(|_| nobody())?;
    opened(&Zeroizing::new(typed))
}

/// A new passphrase that is none.
pub(super) fn too_short() -> Failure {
    Failure::Usage(Advice::new(
        "the passphrase has less than eight characters",
        "Take a longer one: a few words that belong together for nobody but you.",
    ))
}

fn nobody() -> Failure {
    trouble::nobody_to_ask("passphrase_needed", "--backup-passphrase-file FILE")
}

/// Why there is no new passphrase.
pub(super) enum NotTyped {
    /// There is no terminal.
    Nobody,
    /// What was typed cannot be one.
    Unusable,
}

impl NotTyped {
    pub(super) fn told(self, nobody: impl FnOnce() -> Failure) -> Failure {
        match self {
            Self::Nobody => nobody(),
            Self::Unusable => trouble::none_chosen(),
        }
    }
}

/// Asks until both are the same and long enough.
pub(super) fn typed_twice(what: &str) -> Result<Passphrase, NotTyped> {
    let mut prompt = format!("{what}, new (8 characters or more): ");
    for _ in 0..TRIES {
        let typed = Zeroizing::new(rpassword::prompt_password(&prompt).map_err(|_| NotTyped::Nobody)?);
        let Ok(passphrase) = Passphrase::new(&typed) else {
            prompt = format!("That is shorter than 8 characters. {what}: ");
            continue;
        };
        let again = rpassword::prompt_password(format!("{what}, again: ")).map_err(|_| NotTyped::Nobody)?;
        let again = Zeroizing::new(again);
        if *typed == *again {
            return Ok(passphrase);
        }
        prompt = format!("Those were two different ones. {what}: ");
    }
    Err(NotTyped::Unusable)
}
