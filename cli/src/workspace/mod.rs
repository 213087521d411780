//! The workspace that a command works on: where its store is, who opens it, and what is in the way.
//!
//! A command has the store for the time of its work and no longer: another one waits for it (ADR 0021), so a list that
//! stays on the screen reads, lets go, and reads again.

mod names;
mod passphrase;
mod trouble;
mod vault;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use countersign_core::client::{Client, FileError, Host, Unlocked};
use countersign_core::ports::{KeyVault as _, LocalKey, OsEntropy, SystemClock};

pub(crate) use names::{call, find, find_in, quoted};
pub(crate) use passphrase::{Given, new_passphrase, passphrase};
use trouble::no_account;
use vault::TerminalVault;

use crate::agent;
use crate::arguments::Opening;
use crate::hint::Hints;
use crate::outcome::{Exit, Failure};
use crate::problem::{Advice, Problem};

/// What stores are called in the usual folder.
pub(crate) const EXTENSION: &str = "countersign";

/// A store and who opens it.
#[derive(Clone)]
pub(crate) struct Workspace {
    store: PathBuf,
    hints: Hints,
    vault: Arc<TerminalVault>,
    clock: SystemClock,
    /// Whether a passphrase was given that is no use as a new one.
    given_is_too_short: bool,
}

impl Workspace {
    /// The workspace that the arguments, the environment or the usual place name. Nothing is opened yet.
    pub(crate) fn new(opening: &Opening) -> Result<Self, Failure> {
        let store = absolute(&path(opening.store.as_deref())?)?;
        let given = Given::new(opening)?;
        let given_is_too_short = given.is_too_short();
        let clock = SystemClock::new();
        let vault = Arc::new(TerminalVault::new(&store, given, clock));
        Ok(Self { store, hints: Hints::new(opening), vault, clock, given_is_too_short })
    }

    /// Where the store is.
    pub(crate) fn store(&self) -> &Path {
        &self.store
    }

    /// What the commands that come next are told with.
    pub(crate) fn hints(&self) -> &Hints {
        &self.hints
    }

    /// Refuses a given passphrase that cannot become the new one, before anything is written.
    pub(crate) fn accepts_new_passphrase(&self) -> Result<(), Failure> {
        if self.given_is_too_short { Err(passphrase::too_short()) } else { Ok(()) }
    }

    /// Refuses to make a store, before anything is written: with a given passphrase that cannot become the new one, and
    /// where the key of a store lies that was moved away, because the new store's key would take its place.
    pub(crate) fn accepts_new_store(&self) -> Result<(), Failure> {
        self.accepts_new_passphrase()?;
        let key = beside(&self.store, "key");
        if !self.is_there() && key.symlink_metadata().is_ok() {
            return Err(trouble::key_without_store(&key));
        }
        Ok(())
    }

    /// The store, which there must be already.
    pub(crate) fn open(&self) -> Result<Client, Failure> {
        self.there()?;
        self.open_or_make()
    }

    /// Asks for a new passphrase now: where there is none, nothing is written.
    pub(crate) fn choose_passphrase(&self) -> Result<(), Failure> {
        self.vault.choose()
    }

    /// Whether there is a file where the store is to be.
    pub(crate) fn is_there(&self) -> bool {
        self.store.symlink_metadata().is_ok_and(|store| store.len() > 0)
    }

    fn there(&self) -> Result<(), Failure> {
        if self.is_there() {
            return Ok(());
        }
        Err(Failure::Workspace(
            Exit::Refused,
            Problem::new("no_workspace", "there is no workspace here yet", "Create one: countersign init"),
        ))
    }

    /// The store, which is made where there is none.
    pub(crate) fn open_or_make(&self) -> Result<Client, Failure> {
        if let Some(folder) = self.store.parent() {
            make_private(folder).map_err(FileError::from)?;
        }
        let host = Host {
            vault: self.vault.clone(),
            clock: Arc::new(self.clock),
            monotonic: Arc::new(self.clock),
            entropy: Arc::new(OsEntropy),
        };
        Ok(Client::open(&self.store, host)?)
    }

    /// The unlocked workspace, by the agent's key or a passphrase. What is past its 30 days goes now.
    ///
    /// The passphrase is asked for before the store is opened: nobody waits for somebody who types.
    pub(crate) fn unlock(&self) -> Result<Unlocked, Failure> {
        self.there()?;
        if let Err(error) = self.vault.prepare() {
            // What is no store has no key either.
            self.open()?;
            return Err(self.explain(error));
        }
        let unlocked = self.open()?.unlock().map_err(|error| self.explain(error))?;
        unlocked.purge_bin()?;
        unlocked.purge_replaced()?;
        Ok(unlocked)
    }

    /// Asks for the passphrase, whatever an agent holds, and gives out the key that opens the store.
    pub(crate) fn key(&self) -> Result<LocalKey, Failure> {
        self.there()?;
        agent::lock(self.agent());
        self.keep_for(Duration::from_mins(1));
        self.unlock()?;
        self.vault.load().map_err(|error| self.explain(error))
    }

    /// Lets a command that goes on unlock again without asking, for this long after the passphrase was typed.
    pub(crate) fn keep_for(&self, time: Duration) {
        self.vault.keep_for(time);
    }

    /// The agent's socket.
    pub(crate) fn agent(&self) -> &Path {
        self.vault.agent()
    }

    /// What to say about a failure in which the vault had a part.
    pub(crate) fn explain(&self, error: impl Into<Failure>) -> Failure {
        self.vault.trouble().unwrap_or_else(|| error.into())
    }
}

/// Where the store is said to be.
fn path(argument: Option<&Path>) -> Result<PathBuf, Failure> {
    let variable = std::env::var_os("COUNTERSIGN_STORE").filter(|path| !path.is_empty());
    match (argument, variable) {
        (Some(path), _) => Ok(path.to_owned()),
        (None, Some(path)) => Ok(path.into()),
        (None, None) => Ok(folder()?.join("default").with_extension(EXTENSION)),
    }
}

/// Where stores are kept when nobody says where (XDG Base Directory Specification).
pub(crate) fn folder() -> Result<PathBuf, Failure> {
    let set = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let data = set("XDG_DATA_HOME")
        .or_else(|| Some(set("HOME").or_else(|| set("USERPROFILE"))?.join(".local/share")));
    data.map(|data| data.join("countersign")).ok_or_else(|| {
        Failure::Usage(Advice::new(
            "there is no home folder to keep a store in",
            "Say where: --store PATH, or COUNTERSIGN_STORE=PATH",
        ))
    })
}

/// The one name of a store, whatever it was called.
pub(crate) fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    // Two names of one store have one agent.
    if let Ok(path) = path.canonicalize() {
        return Ok(path);
    }
    std::path::absolute(path)
        .map_err(|_| Failure::Usage(Advice::new("the store has no name", "Say where it is: --store PATH")))
}

/// All stores that can be told of: those in the usual folder, those that the environment and the arguments name, and those
/// that are unlocked.
pub(crate) fn known(used: &Path) -> Vec<PathBuf> {
    let usual =
        folder().ok().and_then(|folder| std::fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    let usual = usual.map(|entry| entry.path());
    let usual = usual.filter(|path| path.extension().is_some_and(|extension| extension == EXTENSION));
    let named = path(None).ok().filter(|path| path.exists());
    let mut stores: Vec<PathBuf> = usual.chain(named).filter_map(|path| absolute(&path).ok()).collect();
    stores.extend(unlocked());
    stores.push(used.to_owned());
    stores.sort();
    stores.dedup();
    stores
}

/// The stores whose agents were noted and answer.
pub(crate) fn unlocked() -> Vec<PathBuf> {
    folder().map(|folder| agent::running(&folder)).unwrap_or_default()
}

/// The socket of a store's agent.
pub(crate) fn agent_of(store: &Path) -> PathBuf {
    agent::socket(store, folder().ok().as_deref())
}

/// The file that belongs to a store, under its name and `suffix`.
fn beside(store: &Path, suffix: &str) -> PathBuf {
    let mut name = store.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    name.into()
}

/// A folder that only its owner can look into, where there is none yet.
fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
