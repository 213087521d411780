//! A real workspace server on a loopback port, for suites, measurements and whoever wants to try one.

#![allow(clippy::missing_panics_doc, reason = "a setup that fails is a test that fails")]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;

use countersign_core::sync::Http;
use countersign_crypto::link::ServerAddress;
use countersign_server::{Allowance, Config, Founding, Host, NoRandomness, System, serve};
use tokio::sync::oneshot;

/// A server that stops when it is dropped. What it keeps stays in its database.
#[derive(Debug)]
pub struct RunningServer {
    address: ServerAddress,
    now: Arc<AtomicU64>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
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
        Self::start_with(database, now, Founding::Open, Allowance::default())
    }

    /// The same, with a rule for who may make workspaces, and one for how often somebody may ask.
    pub fn start_with(database: &Path, now: u64, founding: Founding, allowance: Allowance) -> Self {
        let now = Arc::new(AtomicU64::new(now));
        let host = Box::new(SetClock(Arc::clone(&now)));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime can be made");
        let listen = "127.0.0.1:0".parse().expect("an address");
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind::<std::net::SocketAddr>(listen))
            .expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let database = database.to_owned();
        let config = Config { listen, database, origin: None, founding, allowance, log: "off".to_owned() };
        let (stop, stopped) = oneshot::channel();
        let until = async {
            let _ = stopped.await;
        };
        let thread = std::thread::spawn(move || {
            runtime.block_on(serve(config, listener, host, until)).expect("the server ends in order");
        });
        let address = ServerAddress::new(&format!("http://127.0.0.1:{port}")).expect("an address");
        Self { address, now, stop: Some(stop), thread: Some(thread) }
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
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(ended.is_ok() || std::thread::panicking(), "the server failed");
        }
    }
}
