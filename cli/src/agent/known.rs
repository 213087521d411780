//! Which agents run, wherever their stores are: a lock is for all of them, and nobody remembers where they unlocked.
//!
//! A folder beside the usual store has a link to the store of each, under its process's number. It says where stores are
//! and nothing of what is in them.

use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use super::client::left;
use super::{FOLDER, socket};

/// Makes the folder, for its owner alone. Where that cannot be done, an agent listens beside its store or not at all.
pub(super) fn make(folder: &Path) {
    let _ = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder.join(FOLDER));
}

/// Notes that process as the agent of `store`. Where that cannot be written, only a command that names its store finds it.
pub(super) fn note(folder: &Path, process: u32, store: &Path) {
    let link = folder.join(FOLDER).join(process.to_string());
    // An earlier process of that number has ended.
    let _ = fs::remove_file(&link);
    let _ = std::os::unix::fs::symlink(store, &link);
}

/// The stores of all agents that were noted and still answer.
pub(crate) fn running(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.join(FOLDER)).into_iter().flatten().flatten();
    let mut stores: Vec<PathBuf> = entries
        .filter_map(|entry| {
            let store = fs::read_link(entry.path()).ok()?;
            let answers = left(&socket(&store, Some(folder))).is_some();
            if !answers {
                let _ = fs::remove_file(entry.path());
            }
            answers.then_some(store)
        })
        .collect();
    stores.sort();
    stores.dedup();
    stores
}
