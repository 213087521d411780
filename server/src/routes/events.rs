//! A stream of pokes: that something changed, and nothing of what. A lost poke costs nothing, because the cursor decides.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use countersign_api::{Cursor, Hex16};
use countersign_protocol::ids::DeviceId;
use futures_util::stream::{self, Stream};
use serde::Serialize;
use tokio::sync::watch;

use super::Caller;
use crate::login::{Access, access};
use crate::refusal::Refused;
use crate::service::Service;
use crate::workspaces::Live;

/// Often enough that a proxy keeps the connection, in seconds.
const KEEP_ALIVE: Duration = Duration::from_secs(25);

/// One `data: {"ws":…,"next":"…"}` for each change, and one at once. The stream ends with the device's access.
pub(super) async fn events(
    State(service): State<Service>,
    caller: Caller,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Refused> {
    let mut changed = caller.live.watch();
    changed.mark_changed();
    let stopping = service.stopping.clone();
    let watching = Watching { service, dev: caller.dev, live: caller.live, changed, stopping };
    let pokes = stream::unfold(watching, async |mut watching| Some((Ok(watching.poke().await?), watching)));
    Ok(Sse::new(pokes).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

/// A device that waits for changes.
struct Watching {
    service: Service,
    dev: DeviceId,
    live: Arc<Live>,
    changed: watch::Receiver<u64>,
    stopping: watch::Receiver<bool>,
}

impl Watching {
    /// The next poke; none when the device has lost its access, or the server is about to stop.
    async fn poke(&mut self) -> Option<Event> {
        tokio::select! {
            changed = self.changed.changed() => changed.ok()?,
            _ = self.stopping.wait_for(|stopping| *stopping) => return None,
        }
        let (log, pos) = (self.live.log(), *self.changed.borrow_and_update());
        let (access, _) = access(&log, self.dev, self.service.now())?;
        let next = Cursor { generation: self.service.generation, pos };
        let poke = Poke { ws: Hex16(*log.workspace().as_bytes()), next };
        if access == Access::Member { Event::default().json_data(poke).ok() } else { None }
    }
}

/// What a poke says.
#[derive(Serialize)]
struct Poke {
    ws: Hex16,
    next: Cursor,
}
