//! Unlocks a store, shows its list, and locks it again, with a stop after each for whoever looks into its memory.
//!
//! `locked STORE`, the local key on standard input. It writes a line when it has come to a stop, and reads one to go on.
//! Only what the core does may leave traces: the key is read past every buffer, and handed over once.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use countersign_core::client::{Client, Host};
use countersign_core::ports::{KeyVault, LocalKey, OsEntropy, SystemClock, VaultError};

struct Once(Mutex<Option<LocalKey>>);

impl KeyVault for Once {
    fn load(&self) -> Result<LocalKey, VaultError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take().ok_or(VaultError::KeyGone)
    }

    fn keep(&self, _: &LocalKey) -> Result<(), VaultError> {
        Err(VaultError::Unavailable)
    }

    fn confirm(&self) -> Result<(), VaultError> {
        Err(VaultError::Unavailable)
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let store = PathBuf::from(std::env::args_os().nth(1).ok_or("say which store")?);
    let mut input = File::from(std::io::stdin().as_fd().try_clone_to_owned()?);
    let vault = Arc::new(Once(Mutex::new(Some(key(&mut input)?))));
    let clock = Arc::new(SystemClock::new());
    let host = Host { vault, clock: clock.clone(), monotonic: clock, entropy: Arc::new(OsEntropy) };
    let client = Client::open(&store, host)?;
    let unlocked = client.unlock()?;
    let accounts: Vec<_> = unlocked.accounts("")?.iter().map(|account| account.id).collect();
    drop(unlocked.codes(&accounts)?);
    drop(accounts);
    stop("unlocked", &mut input)?;
    client.lock();
    stop("locked", &mut input)
}

/// Wiped where it was read: a move would leave a copy behind.
fn key(input: &mut File) -> std::io::Result<LocalKey> {
    let mut bytes = zeroize::Zeroizing::new([0; 32]);
    input.read_exact(&mut bytes[..])?;
    Ok(LocalKey::from_bytes(&bytes))
}

fn stop(what: &str, input: &mut File) -> Result<(), Box<dyn std::error::Error>> {
    println!("{what}");
    std::io::stdout().flush()?;
    Ok(input.read_exact(&mut [0])?)
}
