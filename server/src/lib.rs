//! The workspace server: it stores and forwards what members signed and sealed, and can read none of it.
//!
//! It is not trusted (`docs/protocol.md`); its own checks keep honest clients from filling a workspace with what every other
//! device would refuse. A request goes one way: `routes` say who is asking, [`judge`] decides by the verifier that
//! clients use too, [`writer`] stores what was decided and answers when it is on the disk.

mod background;
mod backup;
mod config;
mod in_process;
mod judge;
mod limits;
mod login;
mod ports;
mod refusal;
mod routes;
mod service;
mod store;
mod workspaces;
mod writer;

use std::future::Future;
use std::net::SocketAddr;
use std::sync::{Arc, RwLock};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::sync::watch;

pub use background::Background;
pub use backup::{BackedUp, backup};
pub use config::{Arguments, Command, Config, Founding};
pub use in_process::{Answer, InProcess};
pub use limits::Allowance;
pub use ports::{Host, NoRandomness, System};
pub use routes::{Route, Who, routes};
pub use store::OpenError;

use limits::Limits;
use login::Nonces;
use service::{Parts, Service};
use store::Store;
use workspaces::Workspaces;
use writer::Writer;

/// How often what has ended is forgotten.
const TIDY: Duration = Duration::from_hours(1);

/// How long a batch's answer is kept for retries, in ms.
const BATCHES_MS: u64 = 30 * 24 * 60 * 60 * 1000;

/// Serves `config` on `listener` until `stop` is done; requests under way are answered first.
///
/// # Errors
/// A database that cannot be opened, no randomness, a listener that fails.
pub async fn serve(
    config: Config,
    listener: TcpListener,
    host: Box<dyn Host>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let origin = match config.origin.clone() {
        Some(origin) => origin,
        None => format!("http://{}", listener.local_addr()?),
    };
    tracing::info!(%origin, database = %config.database.display(), "serving");
    let Begun { service, stopping, writer: thread } = begin(config, origin, host)?;

    let tidying = tokio::spawn(tidy(service.clone()));
    let until = async move {
        stop.await;
        tracing::info!("stopping");
        stopping.send_replace(true);
    };
    axum::serve(listener, routes::router(service).into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(until)
        .await?;
    tidying.abort();
    // The last handle on the service goes with the task; then the writer has nobody left to wait for.
    let _ = tidying.await;
    tokio::task::spawn_blocking(move || thread.join())
        .await?
        .map_err(|_| anyhow::anyhow!("the writer failed"))
}

/// A server that can be asked.
struct Begun {
    service: Service,
    /// Said to those who listen before it ends.
    stopping: watch::Sender<bool>,
    /// The writer's thread, which ends after the last handle on the service.
    writer: JoinHandle<()>,
}

/// Opens the database and puts the parts together.
#[expect(clippy::redundant_closure_for_method_calls, reason = "the method has one lifetime, the closure any")]
fn begin(config: Config, origin: String, host: Box<dyn Host>) -> anyhow::Result<Begun> {
    let (stopping, will_stop) = watch::channel(false);
    // A generation is told from another by when it began.
    let (store, connection) = Store::open(&config.database, host.now() / 1000)?;
    let generation = store.read(|rows| rows.generation())?;
    let workspaces = Arc::new(Workspaces::default());
    let (writer, thread) =
        Writer::start(connection, Arc::clone(&workspaces)).context("cannot start the writer")?;
    let service = Service::new(Parts {
        store,
        writer,
        workspaces,
        nonces: Nonces::new(&*host)?,
        limits: Limits::new(config.allowance),
        host,
        origin,
        founding: config.founding,
        generation,
        stopping: will_stop,
        sessions: RwLock::default(),
    });
    Ok(Begun { service, stopping, writer: thread })
}

/// Forgets ended sessions and old batches, now and then.
async fn tidy(service: Service) {
    let mut every = tokio::time::interval(TIDY);
    loop {
        every.tick().await;
        service.forget_ended();
        service.limits.forget_quiet();
        let now = service.now();
        let forgotten = service
            .writer
            .write(move |turn| Ok(turn.rows.forget_old(now, now.saturating_sub(BATCHES_MS))?))
            .await;
        if forgotten.is_err() {
            tracing::warn!("what has ended could not be forgotten; it is tried again in an hour");
        }
    }
}
