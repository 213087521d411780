//! The one who is killed: it works until then, and says what was saved as soon as the client has said so.

use std::io::Write as _;

use anyhow::Context as _;
use countersign_core::client::{
    CardFields, ClientState, EntryResult, ExportError, Exported, MfaState, Unlocked, WorkspaceNames,
};
use countersign_core::enrol::EnrolmentState;
use countersign_core::vault::Cost;

use super::files::passphrase;
use super::scene::{COUNTER, Random, Scene, key};
use super::{batch, files, older};

/// One thing to do.
type Verb<'a> = &'a dyn Fn(&mut Random) -> anyhow::Result<()>;

pub(super) fn work(scene: &Scene, seed: u64) -> anyhow::Result<()> {
    let client = scene.open()?;
    let unlocked = if client.state()? == ClientState::Empty {
        let names = WorkspaceNames { workspace: "W".into(), member: "M".into(), device: "D".into() };
        client.create_workspace(&names)?
    } else {
        client.unlock()?
    };
    say("workspace")?;
    let mut random = Random::new(seed ^ 0xC41D);
    for step in 0_u64.. {
        let name = format!("account {seed} {step}");
        let (what, verb): (&str, Verb<'_>) = match random.below(24) {
            0..=7 => ("enrol", &|random| enrol(&unlocked, &name, random)),
            8 => ("bin", &|random| bin_one(&unlocked, random)),
            9..=10 => ("draw", &|_| draw(&unlocked)),
            11..=12 => {
                ("export, plain", &|_| export_plain(scene, &unlocked, &format!("export-{seed}-{step}")))
            }
            // Under a passphrase, which takes its time: most of the kills would find nothing else.
            13 => ("export, sealed", &|_| export_sealed(scene, &unlocked, &format!("backup-{seed}-{step}"))),
            14 => ("import", &|_| import_backup(scene, &unlocked)),
            15..=17 => ("batch", &|_| import_batch(&unlocked, &format!("{}{seed} {step}", batch::PREFIX))),
            _ => ("migrate", &|random| migrate(scene, &format!("{seed}-{step}"), random)),
        };
        say(&format!("begins|{what}"))?;
        verb(&mut random)?;
    }
    Ok(())
}

/// Adds, scans, and, if the numbers say so, confirms and replaces.
fn enrol(unlocked: &Unlocked, name: &str, random: &mut Random) -> anyhow::Result<()> {
    let account = unlocked.add_account(&CardFields { name: name.to_owned(), ..CardFields::default() })?;
    say(&format!("added|{name}"))?;
    let enrolment = unlocked.activate(account)?;
    let state = enrolment.enter(&key(name, 1))?;
    anyhow::ensure!(matches!(state, EnrolmentState::Pending { .. }), "a key makes it pending");
    say(&format!("pending|{name}"))?;
    if random.below(4) == 0 {
        return Ok(());
    }
    enrolment.done()?;
    say(&format!("on|{name}"))?;
    if random.below(2) == 0 {
        let replacing = unlocked.replace(account)?;
        replacing.enter(&key(name, 2))?;
        say(&format!("replacing|{name}"))?;
        replacing.done()?;
        say(&format!("replaced|{name}"))?;
    }
    Ok(())
}

/// Puts one account into the bin.
fn bin_one(unlocked: &Unlocked, random: &mut Random) -> anyhow::Result<()> {
    let accounts = unlocked.accounts("account")?;
    let Some(last) = accounts.len().checked_sub(1) else { return Ok(()) };
    let chosen = usize::try_from(random.below(last as u64 + 1))?;
    unlocked.remove_account(accounts[chosen].id)?;
    say(&format!("binned|{}", accounts[chosen].name))
}

/// Draws the next code of the one account whose codes are counted, which is made first.
fn draw(unlocked: &Unlocked) -> anyhow::Result<()> {
    let held = unlocked.accounts(COUNTER)?.into_iter().next();
    let account = match held {
        Some(account) if matches!(account.mfa, MfaState::On { .. }) => account.id,
        held => {
            let card = CardFields { name: COUNTER.to_owned(), ..CardFields::default() };
            let account = match &held {
                Some(account) => account.id,
                None => unlocked.add_account(&card)?,
            };
            let enrolment = unlocked.activate(account)?;
            if matches!(enrolment.state()?, EnrolmentState::Scanning(_)) {
                enrolment.enter(&format!("otpauth://hotp/{COUNTER}?secret={}&counter=0", key(COUNTER, 1)))?;
            }
            enrolment.done()?;
            account
        }
    };
    say(&format!("drawn|{COUNTER}|{}", unlocked.draw(account)?.counter))
}

fn export_plain(scene: &Scene, unlocked: &Unlocked, name: &str) -> anyhow::Result<()> {
    said_exported(name, unlocked.export_plain(&scene.file(name)))
}

fn export_sealed(scene: &Scene, unlocked: &Unlocked, name: &str) -> anyhow::Result<()> {
    said_exported(name, unlocked.export_encrypted(&scene.file(name), &passphrase(), Cost::LEAST))
}

fn said_exported(name: &str, exported: Result<Exported, ExportError>) -> anyhow::Result<()> {
    match exported {
        Ok(exported) => say(&format!("exported|{name}|{}", exported.accounts)),
        Err(ExportError::Nothing) => Ok(()),
        Err(error) => Err(error).context("export"),
    }
}

/// Imports the ten accounts of another workspace's backup.
fn import_backup(scene: &Scene, unlocked: &Unlocked) -> anyhow::Result<()> {
    unlocked.import_backup(&scene.file(files::OF_ANOTHER), &passphrase())?;
    say("imported")
}

/// Imports an export of another app in one step, and then once more, which adds nothing.
fn import_batch(unlocked: &Unlocked, name: &str) -> anyhow::Result<()> {
    let export = batch::export(name)?;
    let all: Vec<usize> = (0..batch::ACCOUNTS).collect();
    unlocked.import_export(&export, &all)?;
    say(&format!("batch|{name}"))?;
    let again = unlocked.import_export(&export, &all)?;
    anyhow::ensure!(again.iter().all(|(_, result)| *result == EntryResult::Left), "a batch came in twice");
    Ok(())
}

/// Opens a store that an earlier version wrote, which brings it up to date.
fn migrate(scene: &Scene, name: &str, random: &mut Random) -> anyhow::Result<()> {
    let older = older::put(scene, name, random)?;
    let client = older.open()?;
    say(&format!("migrated|{name}"))?;
    client.unlock()?;
    Ok(())
}

/// One line, in one write, so that a kill leaves it whole or without its end.
fn say(what: &str) -> anyhow::Result<()> {
    let mut output = std::io::stdout().lock();
    output.write_all(format!("{what}\n").as_bytes())?;
    Ok(output.flush()?)
}
