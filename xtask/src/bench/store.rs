//! `cargo xtask bench store`: a client with ten thousand accounts, beside the bare cost of what it must read and open.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use countersign_core::client::{CardFields, Client, Host, Unlocked, WorkspaceNames};
use countersign_core::enrol::{AccountPayload, Batch, Batches, MigrationPayload};
use countersign_core::otp::{Algorithm, Digits, OtpParameters, OtpSecret, Period, TimeParameters};
use countersign_core::ports::{KeyVault, LocalKey, OsEntropy, SystemClock, VaultError};
use countersign_core::vault::{AskPassphrase, Asking, Cost, Passphrase, PassphraseVault};
use countersign_crypto::local::Place;
use countersign_protocol::ids::AccountId;
use countersign_tests::folder::Folder;

use crate::stopwatch::time;

/// Measures a client with ten thousand accounts; fails where a bar is missed.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How many accounts.
    #[arg(long, default_value_t = 10_000)]
    accounts: usize,
    /// Open the store in this folder, show the first screen and print what memory that took, in KiB. Used by the
    /// command itself.
    #[arg(long, hide = true)]
    child: Option<PathBuf>,
}

/// Accounts on a first screen.
const SCREEN: usize = 20;
/// Codes in one call.
const CODES: usize = 1000;
/// Rounds of each measurement, of which the median counts.
const ROUNDS: usize = 15;

/// A key in a file: the vault costs nothing here.
struct AtOnce(PathBuf);

impl KeyVault for AtOnce {
    fn load(&self) -> Result<LocalKey, VaultError> {
        let key = std::fs::read(&self.0).map_err(|_| VaultError::KeyGone)?;
        Ok(LocalKey::from_bytes(key.first_chunk().ok_or(VaultError::KeyGone)?))
    }

    fn keep(&self, key: &LocalKey) -> Result<(), VaultError> {
        std::fs::write(&self.0, key.as_bytes()).map_err(|_| VaultError::Unavailable)
    }

    fn confirm(&self) -> Result<(), VaultError> {
        Ok(())
    }
}

/// What is compared with its bar.
struct Figures {
    missed: usize,
    count: usize,
}

impl Figures {
    fn hold(&mut self, what: &str, found: f64, bar: f64, unit: &str) {
        let verdict = if found <= bar { "holds" } else { "MISSED" };
        say!("{what}: {found:.2} {unit}, bar {bar} {unit}: {verdict}");
        self.count += 1;
        self.missed += usize::from(found > bar);
    }
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    if let Some(folder) = &arguments.child {
        first_screen(folder)?;
        say!("{}", resident_kib()?);
        return Ok(ExitCode::SUCCESS);
    }
    let (small, large) = (Folder::new(), Folder::new());
    let mut figures = Figures { missed: 0, count: 0 };
    let few = filled(small.path(), 10)?;
    let (many, took) = time(|| filled(large.path(), arguments.accounts));
    say!("{} accounts imported in one step: {:.1} s", arguments.accounts, took.as_secs_f64());
    one_more_account(&few, &many?, arguments.accounts, &mut figures)?;

    first_screen_beside_bare(large.path(), &mut figures)?;
    let output = Command::new(std::env::current_exe()?)
        .args(["bench", "store", "--child"])
        .arg(large.path())
        .output()?;
    ensure!(output.status.success(), "the child that measures memory failed");
    let kib: f64 = String::from_utf8(output.stdout)?.trim().parse()?;
    figures.hold("resident after the first screen", kib / 1024.0, 40.0, "MiB");

    passphrase(small.path())?;
    let (unlocked, _) = first_screen(large.path())?;
    search(&unlocked, &mut figures)?;
    codes(&unlocked, large.path(), &mut figures)?;
    say!("{} of {} figures hold", figures.count - figures.missed, figures.count);
    Ok(if figures.missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn open(folder: &Path) -> anyhow::Result<Client> {
    let host = Host {
        vault: Arc::new(AtOnce(folder.join("key"))),
        clock: Arc::new(SystemClock::new()),
        monotonic: Arc::new(SystemClock::new()),
        entropy: Arc::new(OsEntropy),
    };
    Ok(Client::open(&folder.join("store"), host)?)
}

/// Opens, unlocks, and makes the codes of the first screen.
fn first_screen(folder: &Path) -> anyhow::Result<(Unlocked, usize)> {
    let unlocked = open(folder)?.unlock()?;
    let accounts = unlocked.accounts("")?;
    let screen: Vec<AccountId> = accounts.iter().take(SCREEN).map(|account| account.id).collect();
    let shown = unlocked.codes(&screen)?.len();
    Ok((unlocked, shown))
}

/// A store with `count` accounts, all with MFA on.
fn filled(folder: &Path, count: usize) -> anyhow::Result<Unlocked> {
    let names = WorkspaceNames { workspace: "W".into(), member: "M".into(), device: "D".into() };
    let unlocked = open(folder)?.create_workspace(&names)?;
    let parameters =
        TimeParameters::Totp { algorithm: Algorithm::Sha1, digits: Digits::SIX, period: Period::THIRTY };
    let entry = |number: usize| -> anyhow::Result<_> {
        Ok(Ok(AccountPayload {
            issuer: Some(format!("Service {} {number}", ["Git", "Mail", "Cloud", "Bank"][number % 4])),
            account: Some(format!("person.{number}@example.com")),
            label_issuer: None,
            secret: OtpSecret::from_bytes(format!("secret of twenty {number:05}").as_bytes())?,
            parameters: OtpParameters::Time(parameters),
            warnings: Vec::new(),
        }))
    };
    let entries = (0..count).map(entry).collect::<anyhow::Result<_>>()?;
    let mut batches = Batches::new();
    batches.add(MigrationPayload { entries, batch: Batch { id: 1, index: 0, size: 1 } })?;
    let export = batches.into_exports().pop().context("an export")?;
    unlocked.import_export(&export, &(0..count).collect::<Vec<_>>())?;
    Ok(unlocked)
}

/// One more account in either store in turns, so that what else the disk does meets both.
fn one_more_account(
    few: &Unlocked,
    many: &Unlocked,
    count: usize,
    figures: &mut Figures,
) -> anyhow::Result<()> {
    let card = CardFields { name: "One more".into(), app: "App".into(), ..CardFields::default() };
    let (mut at_few, mut at_many) = (Vec::new(), Vec::new());
    for _ in 0..2 * ROUNDS {
        for (client, times) in [(few, &mut at_few), (many, &mut at_many)] {
            let (added, took) = time(|| client.add_account(&card));
            added?;
            times.push(took.as_secs_f64());
        }
    }
    let [few, many] = [median(at_few), median(at_many)];
    say!("one more account: {:.2} ms at 10, {:.2} ms at {count}", few * 1e3, many * 1e3);
    figures.hold("one more account, ratio", many / few, 1.5, "x");
    Ok(())
}

/// The step and its bare cost in turns, so that what else the machine does meets both.
fn first_screen_beside_bare(folder: &Path, figures: &mut Figures) -> anyhow::Result<()> {
    let (mut step, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        // Closing the store again is no part of it.
        let (screen, took) = time(|| first_screen(folder));
        ensure!(screen?.1 == SCREEN, "a screen of codes");
        step.push(took.as_secs_f64());
        bare.push(bare_cost(folder)?.as_secs_f64());
    }
    let [step, bare] = [median(step), median(bare)];
    say!("open, unlock and the first screen: {:.1} ms; bare: {:.1} ms", step * 1e3, bare * 1e3);
    figures.hold("open, unlock and the first screen beside the bare cost", step / bare, 2.0, "x");
    Ok(())
}

/// SQLite reading what the step reads, then HKDF and AES-GCM of every piece that it must open: as many bytes, sealed
/// for this measurement beforehand.
fn bare_cost(folder: &Path) -> anyhow::Result<Duration> {
    let read = || -> anyhow::Result<Vec<Vec<u8>>> {
        let store = rusqlite::Connection::open(folder.join("store"))?;
        let mut blobs = Vec::new();
        for sql in [
            "SELECT sealed FROM listing",
            "SELECT sealed FROM checkpoint",
            "SELECT entry FROM log WHERE seq > (SELECT seq FROM checkpoint)",
            "SELECT sealed FROM local",
            "SELECT sealed FROM space_keys LIMIT 20",
            "SELECT ciphertext FROM records WHERE slot = 0 LIMIT 20",
        ] {
            let mut query = store.prepare(sql)?;
            let rows = query.query_map([], |row| row.get::<_, Vec<u8>>(0))?;
            for row in rows {
                blobs.push(row?);
            }
        }
        Ok(blobs)
    };
    let (blobs, reading) = time(read);
    let key = LocalKey::generate(&OsEntropy)?;
    let place = Place::Store(b"bench");
    // Salt and tag are part of what was read.
    let sealed = blobs?
        .iter()
        .map(|blob| key.seal(place, &vec![0; blob.len().saturating_sub(48)], &OsEntropy))
        .collect::<Result<Vec<_>, _>>()?;
    let (opened, opening) = time(|| sealed.iter().try_for_each(|sealed| key.open(place, sealed).map(drop)));
    opened?;
    Ok(reading + opening)
}

/// A person whose passphrase is known at once.
struct Typed;

impl AskPassphrase for Typed {
    fn ask(&self, _: Asking) -> Result<Passphrase, VaultError> {
        Passphrase::new("correct horse battery").map_err(|_| VaultError::Refused)
    }
}

/// What the terminal's vault costs besides: a passphrase is meant to be slow, so there is no bar.
fn passphrase(folder: &Path) -> anyhow::Result<()> {
    let vault = PassphraseVault::new(folder.join("vault"), Cost::USUAL, Typed, OsEntropy);
    vault.keep(&LocalKey::generate(&OsEntropy)?)?;
    let took = rounds(|| vault.load().map(drop))?;
    say!("Argon2id of the terminal's vault: {:.0} ms", took * 1e3);
    Ok(())
}

fn search(unlocked: &Unlocked, figures: &mut Figures) -> anyhow::Result<()> {
    let mut slowest = 0.0_f64;
    for typed in ["g", "gi", "git", "git 77", "person.4", "zzz", "bank 9999", "e"] {
        let took = rounds(|| unlocked.accounts(typed).map(drop))?;
        say!("search {typed:?}: {:.2} ms", took * 1e3);
        slowest = slowest.max(took);
    }
    figures.hold("search as typed, the slowest", slowest * 1e3, 5.0, "ms");
    Ok(())
}

/// The first call opens the secret of each account, the others have them: two figures.
fn codes(unlocked: &Unlocked, folder: &Path, figures: &mut Figures) -> anyhow::Result<()> {
    let ids = |from: usize| -> anyhow::Result<Vec<AccountId>> {
        let accounts = unlocked.accounts("service")?;
        Ok(accounts.iter().skip(from).take(CODES).map(|account| account.id).collect())
    };
    // Other accounts each time, so that each is a first one.
    let mut first = Vec::new();
    for round in 0..5 {
        let ids = ids(round * CODES)?;
        let (codes, took) = time(|| unlocked.codes(&ids));
        ensure!(codes?.len() == CODES, "a code for each account");
        first.push(took.as_secs_f64());
    }
    let first = median(first) * 1e3;
    let ids = ids(0)?;
    let again = rounds(|| unlocked.codes(&ids).map(drop))?;
    // The store is this process's alone while it is open.
    unlocked.lock();
    figures.hold("1,000 current codes in one call, with their secrets open", again * 1e3, 5.0, "ms");
    let bare = bare_secrets(folder)? * 1e3;
    say!(
        "the same for the first time, each secret opened: {first:.1} ms; bare: {bare:.1} ms, {:.2} x",
        first / bare
    );
    Ok(())
}

/// SQLite reading a space key and a record for each of a thousand accounts, in no order, then HKDF and AES-GCM of each.
fn bare_secrets(folder: &Path) -> anyhow::Result<f64> {
    let copy = Folder::new();
    let path = copy.path().join("store");
    std::fs::copy(folder.join("store"), &path)?;
    let store = rusqlite::Connection::open(path)?;
    let ids = |sql: &str| -> anyhow::Result<Vec<Vec<u8>>> {
        let mut query = store.prepare(sql)?;
        let rows = query.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    };
    let spaces = ids("SELECT space FROM space_keys ORDER BY hex(substr(space, 8)) LIMIT 1000")?;
    let records = ids("SELECT id FROM records WHERE slot = 0 ORDER BY hex(substr(id, 8)) LIMIT 1000")?;
    let key = LocalKey::generate(&OsEntropy)?;
    let place = Place::Store(b"bench");
    let sealed = |length: usize| key.seal(place, &vec![0; length], &OsEntropy);
    let (of_key, of_record) = (sealed(32)?, sealed(256)?);
    let step = || -> anyhow::Result<()> {
        let mut space_key =
            store.prepare_cached("SELECT sealed FROM space_keys WHERE space = ?1 AND epoch = 1")?;
        let mut record = store
            .prepare_cached("SELECT header, ciphertext, signature FROM records WHERE id = ?1 AND slot = 0")?;
        for (space, id) in spaces.iter().zip(&records) {
            space_key.query_row([space], |row| row.get::<_, Vec<u8>>(0))?;
            record.query_row([id], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?)))?;
            key.open(place, &of_key)?;
            key.open(place, &of_record)?;
        }
        Ok(())
    };
    let (done, took) = time(step);
    done?;
    Ok(took.as_secs_f64())
}

/// The median of all rounds, in seconds.
fn rounds<E: std::error::Error + Send + Sync + 'static>(
    mut step: impl FnMut() -> Result<(), E>,
) -> anyhow::Result<f64> {
    let mut times = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let (done, took) = time(&mut step);
        done?;
        times.push(took.as_secs_f64());
    }
    Ok(median(times))
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// What this process has in memory now.
fn resident_kib() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("resident memory")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
