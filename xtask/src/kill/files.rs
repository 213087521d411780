//! Files beside the store: what children export, and what they import.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, ensure};
use countersign_core::client::{CardFields, Imported, Unlocked, WorkspaceNames};
use countersign_core::vault::{Cost, Passphrase};

use super::scene::{Scene, key};

/// The backup of another workspace, which children import.
pub(super) const OF_ANOTHER: &str = "of-another";

/// What is left of a file that nobody has finished.
const UNFINISHED: &str = ".countersign-unfinished";

/// What every backup of this command is sealed with.
///
/// # Panics
/// Never: it is long enough.
pub(super) fn passphrase() -> Passphrase {
    Passphrase::new("correct horse battery").expect("it has more than eight characters")
}

/// How many accounts each export has, all of which must be whole. A backup is judged once and then gone: it is what the
/// store had then, and no later one.
pub(super) fn exports(scene: &Scene, unlocked: &Unlocked) -> anyhow::Result<BTreeMap<String, usize>> {
    let mut exports = BTreeMap::new();
    let mut unfinished = 0;
    for name in scene.names()? {
        let path = scene.file(&name);
        if name.ends_with(UNFINISHED) {
            unfinished += 1;
        } else if name.starts_with("export-") {
            let text = fs::read_to_string(&path)?;
            ensure!(text.ends_with('\n'), "the export {name} is half a file");
            exports.insert(name, text.lines().count());
        } else if name.starts_with("backup-") {
            let Imported { added, present } =
                unlocked.import_backup(&path, &passphrase()).with_context(|| format!("the backup {name}"))?;
            ensure!(added == 0, "the backup {name} has {added} accounts that the store has not");
            fs::remove_file(&path)?;
            exports.insert(name, present);
        }
    }
    ensure!(
        unfinished <= 1,
        "{unfinished} files are half written: each export takes away what is left of another"
    );
    Ok(exports)
}

/// Writes the backup of another workspace with ten accounts.
pub(super) fn backup_of_another(path: &Path) -> anyhow::Result<()> {
    let folder = countersign_tests::folder::Folder::new();
    let client = Scene::new(folder.path()).open()?;
    let names = WorkspaceNames { workspace: "O".into(), member: "M".into(), device: "D".into() };
    let unlocked = client.create_workspace(&names)?;
    for number in 0..10 {
        let name = format!("imported {number}");
        let account = unlocked.add_account(&CardFields { name: name.clone(), ..CardFields::default() })?;
        let enrolment = unlocked.activate(account)?;
        enrolment.enter(&key(&name, 1))?;
        enrolment.done()?;
    }
    unlocked.export_encrypted(path, &passphrase(), Cost::LEAST)?;
    Ok(())
}
