//! The vault of a terminal: the local key in a file, under a passphrase.
//!
//! Where the passphrase comes from is the host's affair: a prompt, a file descriptor, a file that only its owner can
//! read; never an argument, which every process can see.

use std::fmt;
use std::path::PathBuf;

use zeroize::Zeroizing;

use super::sealed::{Cost, Purpose, Sealed, SealedError, seal_with};
use crate::ports::{Entropy, KeyVault, LocalKey, VaultError};
use crate::store::{Existing, FileError, read_private, write_private};

/// Longest vault file that is looked at, in bytes.
const LIMIT: u64 = 4096;
/// How long the key is that lies in it, in bytes.
const KEY: usize = 32;

/// What a person typed to guard something. It cannot be cloned or printed.
///
/// ```compile_fail,E0277
/// fn clone<T: Clone>() {}
/// clone::<countersign_core::vault::Passphrase>();
/// ```
/// ```compile_fail,E0277
/// fn show<T: std::fmt::Display>() {}
/// show::<countersign_core::vault::Passphrase>();
/// ```
/// The control:
/// ```
/// fn debug<T: std::fmt::Debug>() {}
/// debug::<countersign_core::vault::Passphrase>();
/// ```
pub struct Passphrase(Zeroizing<String>);

/// A passphrase has at least eight characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("use a passphrase of less than eight characters")]
pub struct PassphraseTooShort;

impl Passphrase {
    /// Copies `text`; wiping the original is up to its owner.
    ///
    /// # Errors
    /// [`PassphraseTooShort`] below eight characters.
    pub fn new(text: &str) -> Result<Self, PassphraseTooShort> {
        if text.chars().count() < 8 {
            return Err(PassphraseTooShort);
        }
        Ok(Self(Zeroizing::new(text.to_owned())))
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(…)")
    }
}

/// What a passphrase is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asking {
    /// A new one, for a new store: ask twice.
    New,
    /// The one that opens the store.
    Unlock,
    /// The same, before something that needs the person and not just an open app.
    Confirm,
}

/// Asks a person for a passphrase.
pub trait AskPassphrase: Send + Sync {
    /// # Errors
    /// [`VaultError::Refused`] when nothing usable was typed, [`VaultError::Unavailable`] when nobody can be asked.
    fn ask(&self, asking: Asking) -> Result<Passphrase, VaultError>;
}

/// Keeps the local key in a file.
pub struct PassphraseVault<A, E> {
    path: PathBuf,
    cost: Cost,
    person: A,
    entropy: E,
}

impl<A: AskPassphrase, E: Entropy> PassphraseVault<A, E> {
    /// A vault in the file at `path`, which need not exist yet. `cost` is for keys kept from now on.
    pub const fn new(path: PathBuf, cost: Cost, person: A, entropy: E) -> Self {
        Self { path, cost, person, entropy }
    }

    fn open(&self, asking: Asking) -> Result<LocalKey, VaultError> {
        let file = match read_private(&self.path, LIMIT) {
            Ok(file) => file,
            Err(FileError::NotFound) => return Err(VaultError::KeyGone),
            Err(FileError::TooLong) => return Err(VaultError::Damaged),
            Err(_) => return Err(VaultError::Unavailable),
        };
        // Before anybody is asked: no passphrase opens what is not whole.
        let sealed = Sealed::read(Purpose::Vault, &file).map_err(named)?;
        if sealed.length() != KEY {
            return Err(VaultError::Damaged);
        }
        let key = sealed.open(&self.person.ask(asking)?).map_err(named)?;
        Ok(LocalKey::from_bytes(key.first_chunk().ok_or(VaultError::Damaged)?))
    }
}

/// A bit that was altered is told apart from a wrong passphrase nowhere but in the header.
const fn named(error: SealedError) -> VaultError {
    match error {
        SealedError::DoesNotOpen => VaultError::Refused,
        SealedError::Newer => VaultError::Newer,
        SealedError::Foreign | SealedError::Cost | SealedError::CutShort => VaultError::Damaged,
    }
}

impl<A: AskPassphrase, E: Entropy> KeyVault for PassphraseVault<A, E> {
    fn load(&self) -> Result<LocalKey, VaultError> {
        self.open(Asking::Unlock)
    }

    fn keep(&self, key: &LocalKey) -> Result<(), VaultError> {
        let passphrase = self.person.ask(Asking::New)?;
        let file = seal_with(&passphrase, Purpose::Vault, self.cost, key.as_bytes(), &self.entropy)
            .map_err(|_| VaultError::Unavailable)?;
        write_private(&self.path, &file, Existing::Replace).map_err(|_| VaultError::Unavailable)
    }

    fn confirm(&self) -> Result<(), VaultError> {
        self.open(Asking::Confirm).map(drop)
    }
}

impl<A, E> fmt::Debug for PassphraseVault<A, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PassphraseVault({})", self.path.display())
    }
}
