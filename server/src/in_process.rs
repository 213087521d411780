//! The server without a network: requests go in and answers come out, one after the other, for a simulation that wants to
//! say itself what is lost on the way.

use std::net::{Ipv4Addr, SocketAddr};
use std::thread::JoinHandle;

use anyhow::Context;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{Request, header};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;
use tower::ServiceExt;

use crate::config::Config;
use crate::ports::Host;
use crate::{Begun, begin, routes};

/// A server in this process. Dropped, it ends as one that is stopped; its database can be opened again.
pub struct InProcess {
    router: Option<Router>,
    writer: Option<JoinHandle<()>>,
    runtime: Runtime,
    _stopping: watch::Sender<bool>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Seconds to wait, where the server said so.
    pub retry_after: Option<u32>,
    /// The body.
    pub body: Vec<u8>,
}

impl InProcess {
    /// Opens a server as `config` says. It listens to nobody: its origin is the configured one, or that of `listen`.
    ///
    /// # Errors
    /// A database that cannot be opened, no randomness.
    pub fn open(config: Config, host: Box<dyn Host>) -> anyhow::Result<Self> {
        let runtime = Builder::new_current_thread().enable_time().build().context("cannot make a runtime")?;
        let origin = config.origin.clone().unwrap_or_else(|| format!("http://{}", config.listen));
        let Begun { service, stopping, writer } = begin(config, origin, host)?;
        let router = Some(routes::router(service));
        Ok(Self { router, writer: Some(writer), runtime, _stopping: stopping })
    }

    /// Answers a request. A stream is not for this: its answer would have no end.
    ///
    /// # Errors
    /// A request that is none.
    pub fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> anyhow::Result<Answer> {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::from(body)).context("that is no request")?;
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))));
        let router = self.router.clone().context("the server has ended")?;
        self.runtime.block_on(async {
            let response = router.oneshot(request).await?;
            let status = response.status().as_u16();
            let retry_after = response.headers().get(header::RETRY_AFTER);
            let retry_after = retry_after.and_then(|value| value.to_str().ok()?.parse().ok());
            let body = to_bytes(response.into_body(), usize::MAX).await?.to_vec();
            Ok(Answer { status, retry_after, body })
        })
    }
}

impl Drop for InProcess {
    fn drop(&mut self) {
        // The writer ends once nobody can reach it.
        drop(self.router.take());
        if let Some(writer) = self.writer.take() {
            // A writer that panicked has failed those who waited for it.
            let _ = writer.join();
        }
    }
}

impl std::fmt::Debug for InProcess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InProcess(…)")
    }
}
