//! Stores that earlier versions wrote, copied from `tests/golden`: opening one brings it up to date, and a kill in the
//! middle of that leaves the old format or the new one.
//!
//! Whatever was killed, the next start must find what an opening finds that nobody disturbed.

use std::fs;

use anyhow::{Context as _, ensure};
use countersign_core::client::{CodeOfAccount, Unlocked};
use countersign_tests::folder::Folder;
use countersign_tests::golden;

use super::scene::{Random, Scene};

/// What the folder of every such store begins with.
const PREFIX: &str = "older-";
/// The file that says which golden store it was.
const WHICH: &str = "which";

/// Copies one of the golden stores, whole or not at all, and returns where it is.
pub(super) fn put(scene: &Scene, name: &str, random: &mut Random) -> anyhow::Result<Scene> {
    let mut goldens: Vec<String> = fs::read_dir(golden::folder())?
        .map(|entry| Ok(entry?.file_name().into_string().unwrap_or_default()))
        .collect::<std::io::Result<_>>()?;
    goldens.retain(|name| golden::folder().join(name).is_dir());
    goldens.sort();
    let formats = goldens.iter().map(|name| format(name)).collect::<anyhow::Result<Vec<_>>>()?;
    let newest = formats.iter().max().context("there are golden stores")?;
    let mut of_older = formats.iter().map(|format| format < newest);
    goldens.retain(|_| of_older.next().unwrap_or_default());
    ensure!(!goldens.is_empty(), "no golden store is of an earlier format");
    let golden = &goldens[usize::try_from(random.below(goldens.len() as u64))?];
    let unfinished = scene.file(&format!("unfinished-{name}"));
    copy(golden, &Scene::new(&unfinished))?;
    let folder = scene.file(&format!("{PREFIX}{name}"));
    fs::rename(unfinished, &folder)?;
    Ok(Scene::new(&folder))
}

/// A golden store's `user_version`, where the header of an `SQLite` file has it (sqlite.org/fileformat2.html, 1.3).
fn format(golden: &str) -> anyhow::Result<u32> {
    let store = fs::read(golden::folder().join(golden).join("store"))?;
    let version = store.get(60..).and_then(<[u8]>::first_chunk).context("a golden store has a header")?;
    Ok(u32::from_be_bytes(*version))
}

fn copy(golden: &str, to: &Scene) -> anyhow::Result<()> {
    fs::create_dir(to.folder())?;
    for file in ["store", "key"] {
        fs::copy(golden::folder().join(golden).join(file), to.file(file))?;
    }
    Ok(fs::write(to.file(WHICH), golden)?)
}

/// The names of all such stores, each of which must hold what it held when it was written. They are judged once and then
/// gone.
pub(super) fn look(scene: &Scene) -> anyhow::Result<Vec<String>> {
    let mut seen = Vec::new();
    for folder in scene.names()?.iter().filter(|folder| folder.starts_with(PREFIX)) {
        let older = Scene::new(&scene.file(folder));
        let golden = fs::read_to_string(older.file(WHICH))?;
        let undisturbed = Folder::new();
        let undisturbed = Scene::new(&undisturbed.path().join("copy"));
        copy(&golden, &undisturbed)?;
        let (found, expected) =
            (contents(&older).with_context(|| format!("{folder} ({golden})"))?, contents(&undisturbed)?);
        ensure!(found == expected, "{folder} ({golden}) is not what an opening leaves: {found:?}");
        fs::remove_dir_all(older.folder())?;
        seen.extend(folder.strip_prefix(PREFIX).map(str::to_owned));
    }
    Ok(seen)
}

/// What the next start finds in a store, its format first.
fn contents(scene: &Scene) -> anyhow::Result<Vec<String>> {
    let client = scene.open().context("open")?;
    let unlocked = client.unlock().context("unlock")?;
    let mut contents = vec![format!("kit: {}", unlocked.unsaved_kit()?.is_some())];
    for account in unlocked.accounts("")? {
        contents.push(account_line(&unlocked, account.id)?);
    }
    contents.extend(unlocked.bin()?.iter().map(|binned| format!("bin: {}", binned.summary.name)));
    drop((unlocked, client));
    contents.insert(0, format!("format {}", scene.sound_format()?));
    Ok(contents)
}

fn account_line(
    unlocked: &Unlocked,
    account: countersign_protocol::ids::AccountId,
) -> anyhow::Result<String> {
    let details = unlocked.account(account)?;
    let code = match unlocked.codes(&[account])?.pop().context("an account on the list")?.code {
        CodeOfAccount::Now(code) => code.digits.as_str().to_owned(),
        other => format!("{other:?}"),
    };
    let (sealed, deeds) = (unlocked.replaced_secrets(account)?.len(), unlocked.activity(account)?.len());
    let (name, mfa, codes) = (&details.summary.name, details.summary.mfa, details.recovery_codes);
    Ok(format!("{name}: {mfa:?}, {code}, {sealed} sealed, {codes} recovery codes, {deeds} deeds"))
}
