//! The one who is killed: it works until then, and says what was saved as soon as the client has said so.

use std::io::Write as _;

use anyhow::Context as _;
use countersign_core::client::{CardFields, ClientState, MfaState, Unlocked, WorkspaceNames};
use countersign_core::enrol::EnrolmentState;
use countersign_core::vault::{Cost, Passphrase};

use super::scene::{COUNTER, Random, Scene, key};

/// What every file of this command is sealed with.
pub(super) const PASSPHRASE: &str = "correct horse battery";

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
        match random.below(9) {
            0..=4 => enrol(&unlocked, &name, &mut random)?,
            8 => draw(&unlocked)?,
            5 => bin_one(&unlocked, &mut random)?,
            6 => export(scene, &unlocked, &format!("export-{seed}-{step}"))?,
            _ => import(scene, &unlocked)?,
        }
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

fn export(scene: &Scene, unlocked: &Unlocked, name: &str) -> anyhow::Result<()> {
    match unlocked.export_plain(&scene.file(name)) {
        Ok(exported) => say(&format!("exported|{name}|{}", exported.accounts)),
        Err(countersign_core::client::ExportError::Nothing) => Ok(()),
        Err(error) => Err(error).context("export"),
    }
}

/// Imports a backup of ten accounts, made once by another workspace beside this one.
fn import(scene: &Scene, unlocked: &Unlocked) -> anyhow::Result<()> {
    let passphrase = Passphrase::new(PASSPHRASE)?;
    let backup = scene.file("backup");
    if !backup.exists() {
        let folder = countersign_tests::folder::Folder::new();
        let other = Scene::new(folder.path()).open()?;
        let names = WorkspaceNames { workspace: "O".into(), member: "M".into(), device: "D".into() };
        let other = other.create_workspace(&names)?;
        for number in 0..10 {
            let name = format!("imported {number}");
            let account = other.add_account(&CardFields { name: name.clone(), ..CardFields::default() })?;
            let enrolment = other.activate(account)?;
            enrolment.enter(&key(&name, 1))?;
            enrolment.done()?;
        }
        other.export_encrypted(&backup, &passphrase, Cost::LEAST)?;
    }
    unlocked.import_backup(&backup, &passphrase)?;
    say("imported")
}

/// One line, in one write, so that a kill leaves it whole or without its end.
fn say(what: &str) -> anyhow::Result<()> {
    let mut output = std::io::stdout().lock();
    output.write_all(format!("{what}\n").as_bytes())?;
    Ok(output.flush()?)
}
