//! Where there are no sockets of this kind, there is no agent: each command asks for the passphrase.

use std::io;
use std::path::Path;
use std::time::Duration;

use countersign_core::ports::LocalKey;

pub(crate) fn key(_: &Path) -> Option<LocalKey> {
    None
}

pub(crate) fn left(_: &Path) -> Option<Duration> {
    None
}

pub(crate) fn lock(_: &Path) -> bool {
    false
}

pub(crate) fn running(_: &Path) -> Vec<std::path::PathBuf> {
    Vec::new()
}

pub(crate) fn socket(store: &Path, _: Option<&Path>) -> std::path::PathBuf {
    store.to_owned()
}

pub(crate) fn start(_: &Path, _: Option<&Path>, _: &LocalKey, _: Duration) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

pub(crate) fn serve() -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
