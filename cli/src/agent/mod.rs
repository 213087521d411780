//! The agent: a process that holds one store's key in memory for a while, so that four commands ask once.
//!
//! It answers to processes of the same user, over a socket that nobody else can use, and knows
//! nothing but the key: commands do their work themselves (ADR 0023). It ends with its time, with `countersign lock`,
//! and with the session of the computer.

#[cfg(unix)]
mod client;
#[cfg(unix)]
mod known;
#[cfg(not(unix))]
mod nowhere;
#[cfg(unix)]
mod place;
#[cfg(unix)]
mod server;

#[cfg(unix)]
pub(crate) use client::{key, left, lock, start};
#[cfg(unix)]
pub(crate) use known::running;
#[cfg(not(unix))]
pub(crate) use nowhere::{key, left, lock, running, serve, socket, start};
#[cfg(unix)]
pub(crate) use place::socket;
#[cfg(unix)]
pub(crate) use server::serve;

/// The only argument with which the program starts itself as an agent; the key and the rest come on standard input.
pub(crate) const ARGUMENT: &str = "--agent";

/// What the folder is called that says which agents run.
#[cfg(unix)]
const FOLDER: &str = "agents";

/// Bytes of a local key.
#[cfg(unix)]
const KEY: usize = 32;

/// What an agent can be asked.
#[cfg(unix)]
mod question {
    /// The key: 32 bytes come back.
    pub(super) const KEY: u8 = b'k';
    /// How many seconds are left: 8 bytes, big-endian.
    pub(super) const LEFT: u8 = b't';
    /// To end: one byte comes back once the key is wiped.
    pub(super) const LOCK: u8 = b'l';
}

/// Whether the process at the other end runs under the same user.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn is_own(stream: &std::os::unix::net::UnixStream) -> bool {
    rustix::net::sockopt::socket_peercred(stream).is_ok_and(|peer| peer.uid == rustix::process::geteuid())
}

/// Elsewhere the socket's permissions alone decide, which those systems honour.
#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
fn is_own(_: &std::os::unix::net::UnixStream) -> bool {
    true
}
