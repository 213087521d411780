//! `cargo xtask golden NAME`: keeps a store as this version writes it, for every later version to open.
//!
//! What is there is never written again: that it was written by an older version is what it is for.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, anyhow, ensure};
use countersign_core::ports::{KeyVault as _, OsEntropy, VaultError};
use countersign_core::vault::{AskPassphrase, Asking, Cost, Passphrase, PassphraseVault};
use countersign_tests::{golden, phone::TestPhone};

/// Writes a store of this version into tests/golden/NAME.
#[derive(clap::Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Arguments {
    /// What to call it: the version and what is new in its format, such as `0.1.0-first`.
    name: PathBuf,
}

/// Knows the golden passphrase.
struct Known;

impl AskPassphrase for Known {
    fn ask(&self, _: Asking) -> Result<Passphrase, VaultError> {
        Ok(golden::passphrase())
    }
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    ensure!(arguments.name.components().count() == 1, "the name is one folder's");
    let folder = golden::folder().join(&arguments.name);
    ensure!(!folder.exists(), "{} is there already and stays as it is", folder.display());
    let phone = TestPhone::new(7);
    let client = phone.open()?;
    let unlocked = client.create_workspace(&countersign_tests::phone::names())?;
    golden::fill(&unlocked, &phone.file("backup")).map_err(|error| anyhow!("{error}"))?;
    // Closing the store brings its journal into the file.
    drop((client, unlocked));
    let key = phone.vault.key().context("the vault has the key")?;
    PassphraseVault::new(phone.file("vault"), Cost::LEAST, Known, OsEntropy).keep(&key)?;
    fs::create_dir_all(&folder)?;
    fs::copy(phone.store(), folder.join("store"))?;
    for name in ["vault", "backup"] {
        fs::copy(phone.file(name), folder.join(name))?;
    }
    fs::write(folder.join("key"), key.as_bytes())?;
    say!("{}: store, key, vault, backup", folder.display());
    Ok(ExitCode::SUCCESS)
}
