//! Which agents run, wherever their stores are: a lock is for all of them, and nobody remembers where they unlocked.
//!
//! A folder beside the usual store has a link to the socket of each, under its process's number. It says where stores are
//! and nothing of what is in them.

use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use super::client::left;

/// The folder's name.
const FOLDER: &str = "agents";

/// Notes that the agent of that process answers on `socket`. Where that cannot be written, only a command that names its
/// store finds it.
pub(super) fn note(folder: &Path, process: u32, socket: &Path) {
    let folder = folder.join(FOLDER);
    let link = folder.join(process.to_string());
    let _ = fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder);
    // An earlier process of that number has ended.
    let _ = fs::remove_file(&link);
    let _ = std::os::unix::fs::symlink(socket, &link);
}

/// The sockets of all agents that were noted and still answer.
pub(crate) fn running(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.join(FOLDER)).into_iter().flatten().flatten();
    let mut sockets: Vec<PathBuf> = entries
        .filter_map(|entry| {
            let socket = fs::read_link(entry.path()).ok()?;
            let answers = left(&socket).is_some();
            if !answers {
                let _ = fs::remove_file(entry.path());
            }
            answers.then_some(socket)
        })
        .collect();
    sockets.sort();
    sockets.dedup();
    sockets
}
