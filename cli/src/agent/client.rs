//! What commands ask an agent, and how one is started.

use std::io::{self, Read as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use countersign_core::ports::LocalKey;
use zeroize::Zeroizing;

use super::{ARGUMENT, KEY, is_own, known, question, socket};

/// An agent answers at once, or is none.
const PATIENCE: Duration = Duration::from_secs(2);

/// The key that the agent of this socket holds.
pub(crate) fn key(socket: &Path) -> Option<LocalKey> {
    let mut bytes = Zeroizing::new([0; KEY]);
    ask(socket, question::KEY, &mut bytes[..])?;
    Some(LocalKey::from_bytes(&bytes))
}

/// How long it will hold it.
pub(crate) fn left(socket: &Path) -> Option<Duration> {
    let mut seconds = [0; 8];
    ask(socket, question::LEFT, &mut seconds)?;
    Some(Duration::from_secs(u64::from_be_bytes(seconds)))
}

/// Ends the agent; whether there was one. Its key is gone when this returns.
pub(crate) fn lock(socket: &Path) -> bool {
    ask(socket, question::LOCK, &mut [0]).is_some()
}

fn ask(socket: &Path, question: u8, answer: &mut [u8]) -> Option<()> {
    let mut stream = UnixStream::connect(socket).ok().filter(is_own)?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    stream.write_all(&[question]).ok()?;
    stream.read_exact(answer).ok()
}

/// Starts an agent that holds the `key` of `store` for `time`, and notes it in `folder`. It answers when this returns.
///
/// # Errors
/// Where the process cannot be started or the socket not be made: its path may be too long for one.
pub(crate) fn start(store: &Path, folder: Option<&Path>, key: &LocalKey, time: Duration) -> io::Result<()> {
    if let Some(folder) = folder {
        known::make(folder);
    }
    let mut agent = Command::new(std::env::current_exe()?)
        .arg(ARGUMENT)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    if let Some(mut input) = agent.stdin.take() {
        input.write_all(key.as_bytes())?;
        input.write_all(&time.as_secs().to_be_bytes())?;
        input.write_all(socket(store, folder).as_os_str().as_bytes())?;
    }
    let mut ready = [0];
    match agent.stdout.take().map(|mut output| output.read_exact(&mut ready)) {
        Some(Ok(())) => {
            if let Some(folder) = folder {
                known::note(folder, agent.id(), store);
            }
            Ok(())
        }
        _ => Err(io::Error::other("the agent did not start")),
    }
}
