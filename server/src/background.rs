//! A server on threads of its own, for whoever has no runtime: the demonstration, tests, measurements.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::thread::JoinHandle;

use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use crate::config::Config;
use crate::ports::Host;
use crate::serve;

/// A server that stops when it is dropped. What it keeps stays in its database.
#[derive(Debug)]
pub struct Background {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<anyhow::Result<()>>>,
}

impl Background {
    /// Starts a server that goes on until it is dropped or `until` is done.
    ///
    /// # Errors
    /// Where no runtime can be made, or the address of `config` cannot be listened on. What goes wrong later is said by
    /// [`wait`](Self::wait).
    pub fn start(
        config: Config,
        host: Box<dyn Host>,
        until: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<Self> {
        let runtime = Runtime::new()?;
        let listener = runtime.block_on(TcpListener::bind(config.listen))?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let until = async {
            tokio::select! {
                _ = stopped => {}
                () = until => {}
            }
        };
        let thread = std::thread::Builder::new()
            .name("server".to_owned())
            .spawn(move || runtime.block_on(serve(config, listener, host, until)))?;
        Ok(Self { address, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits until it has ended by itself.
    ///
    /// # Errors
    /// Why it failed.
    pub fn wait(mut self) -> anyhow::Result<()> {
        self.join()
    }

    /// Ends it, and waits until requests under way are answered.
    ///
    /// # Errors
    /// Why it failed.
    pub fn stop(mut self) -> anyhow::Result<()> {
        drop(self.stop.take());
        self.join()
    }

    fn join(&mut self) -> anyhow::Result<()> {
        let ended = self.thread.take().map(JoinHandle::join);
        ended.unwrap_or(Ok(Ok(()))).unwrap_or_else(|_| Err(anyhow::anyhow!("the server panicked")))
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Err(error) = self.join() {
            tracing::error!(%error, "the server failed");
        }
    }
}
