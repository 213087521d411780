//! A real workspace server on a loopback port, for suites, measurements and whoever wants to try one.

#![allow(clippy::missing_panics_doc, reason = "a setup that fails is a test that fails")]

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use countersign_core::sync::Http;
use countersign_crypto::link::ServerAddress;
use countersign_server::{Background, Config, Host, NoRandomness, System};

/// A server that stops when it is dropped. What it keeps stays in its database.
#[derive(Debug)]
pub struct RunningServer {
    address: ServerAddress,
    now: Arc<AtomicU64>,
    server: Option<Background>,
}

/// The machine, with a clock that a test sets.
struct SetClock(Arc<AtomicU64>);

impl Host for SetClock {
    fn now(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        System.fill(bytes)
    }
}

impl RunningServer {
    /// Starts a server on `database`; its clock stands at `now`, in ms since the Unix epoch.
    pub fn start(database: &Path, now: u64) -> Self {
        Self::start_with(Self::config(database), now)
    }

    /// What a test may change before [`start_with`](Self::start_with): a free port, the defaults for the rest.
    pub fn config(database: &Path) -> Config {
        Config::new(SocketAddr::from(([127, 0, 0, 1], 0)), database.to_owned())
    }

    /// Starts a server as `config` says.
    pub fn start_with(config: Config, now: u64) -> Self {
        let now = Arc::new(AtomicU64::new(now));
        let host = Box::new(SetClock(Arc::clone(&now)));
        let server = Background::start(config, host, std::future::pending()).expect("a free port");
        let address = ServerAddress::new(&format!("http://{}", server.address())).expect("an address");
        Self { address, now, server: Some(server) }
    }

    /// What clients type.
    pub fn address(&self) -> &ServerAddress {
        &self.address
    }

    /// A new connection to it.
    pub fn connect(&self) -> Http {
        Http::new(&self.address).expect("TLS can be set up here")
    }

    /// Puts the server's clock on.
    pub fn pass(&self, ms: u64) {
        self.now.fetch_add(ms, Ordering::Relaxed);
    }
}

impl Drop for RunningServer {
    fn drop(&mut self) {
        let ended = self.server.take().map(Background::stop);
        assert!(ended.is_none_or(|ended| ended.is_ok()) || std::thread::panicking(), "the server failed");
    }
}
