//! The default transport: HTTP over TLS by `reqwest`, with `rustls` and `ring`.
//!
//! Certificates are judged as the platform judges them, so that a company's own root counts where its phones know it
//! (docs/adr/0041-transport-and-certificates.md). Requests run on a small runtime of its own and are waited for: dropping one
//! ends its connection, which is how it is cancelled in the midst of a read.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use countersign_crypto::link::ServerAddress;
use reqwest::{Client, RequestBuilder};
use rustls::ClientConfig;
use rustls_platform_verifier::BuilderVerifierExt;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

use super::Cancel;
use super::transport::{MAX_RESPONSE_BYTES, Method, Request, Response, Transport, TransportError};

/// How long a connection may take to stand.
const CONNECT: Duration = Duration::from_secs(10);

/// How long a request may take in all.
const WHOLE: Duration = Duration::from_mins(1);

/// How long a stream may say nothing: a server sends a comment every 25 seconds.
const SILENCE: Duration = Duration::from_mins(1);

/// A connection to one server, kept open between requests. It must be used outside an asynchronous runtime.
pub struct Http {
    origin: String,
    client: Client,
    /// There until it is dropped.
    runtime: Option<Runtime>,
}

/// TLS cannot be set up on this device: on Android, the platform verifier was not initialised. Or it has no thread to spare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("set up TLS on this device")]
pub struct HttpError;

impl Http {
    /// A transport to the server at `address`. Nothing is sent yet.
    ///
    /// # Errors
    /// [`HttpError`], where the platform's certificate store cannot be used.
    pub fn new(address: &ServerAddress) -> Result<Self, HttpError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(BuilderVerifierExt::with_platform_verifier)
            .map_err(|_| HttpError)?
            .with_no_client_auth();
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .connect_timeout(CONNECT)
            .build()
            .map_err(|_| HttpError)?;
        let runtime = Builder::new_multi_thread().worker_threads(1).thread_name("http").enable_all().build();
        let origin = address.as_str().trim_end_matches('/').to_owned();
        Ok(Self { origin, client, runtime: Some(runtime.map_err(|_| HttpError)?) })
    }

    fn request(&self, request: &Request) -> RequestBuilder {
        let url = format!("{}{}", self.origin, request.path);
        let builder = match request.method {
            Method::Get => self.client.get(url),
            Method::Post => {
                self.client.post(url).header("content-type", "application/json").body(request.body.clone())
            }
        };
        request.headers.iter().fold(builder, |builder, (name, value)| builder.header(*name, value))
    }

    /// Waits for `work`, and no longer than it is wanted.
    fn wait<T>(
        &self,
        cancel: &Cancel,
        work: impl Future<Output = Result<T, TransportError>>,
    ) -> Result<T, TransportError> {
        let runtime = self.runtime.as_ref().ok_or(TransportError::Unreachable)?;
        runtime.block_on(async {
            tokio::select! {
                biased;
                () = cancel.cancelled() => Err(TransportError::Cancelled),
                done = work => done,
            }
        })
    }
}

impl Transport for Http {
    fn origin(&self) -> &str {
        &self.origin
    }

    fn send(&self, request: &Request) -> Result<Response, TransportError> {
        self.send_unless(request, &Cancel::default())
    }

    fn send_unless(&self, request: &Request, cancel: &Cancel) -> Result<Response, TransportError> {
        let answer = async { whole(begun(self.request(request)).await?).await };
        self.wait(cancel, async { timeout(WHOLE, answer).await.unwrap_or(Err(TransportError::TooSlow)) })
    }

    fn listen(
        &self,
        request: &Request,
        cancel: &Cancel,
        heard: &mut dyn FnMut(&[u8]),
    ) -> Result<Response, TransportError> {
        self.wait(cancel, async {
            let begun = timeout(WHOLE, begun(self.request(request))).await;
            let mut response = begun.unwrap_or(Err(TransportError::TooSlow))?;
            if response.status() != 200 {
                return timeout(WHOLE, whole(response)).await.unwrap_or(Err(TransportError::TooSlow));
            }
            loop {
                match timeout(SILENCE, response.chunk()).await {
                    Ok(Ok(Some(piece))) => heard(&piece),
                    Ok(Ok(None)) => return Ok(Response { status: 200, retry_after: None, body: Vec::new() }),
                    Ok(Err(error)) => return Err(reason(&error)),
                    Err(_) => return Err(TransportError::TooSlow),
                }
            }
        })
    }
}

impl Drop for Http {
    /// Waits for nothing, and may happen on any thread.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn begun(request: RequestBuilder) -> Result<reqwest::Response, TransportError> {
    request.send().await.map_err(|error| reason(&error))
}

async fn whole(mut response: reqwest::Response) -> Result<Response, TransportError> {
    let status = response.status().as_u16();
    let retry_after = response.headers().get("retry-after");
    let retry_after = retry_after.and_then(|value| value.to_str().ok()?.parse().ok());
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|error| reason(&error))? {
        if body.len() + piece.len() > MAX_RESPONSE_BYTES {
            return Err(TransportError::TooLong);
        }
        body.extend_from_slice(&piece);
    }
    Ok(Response { status, retry_after, body })
}

fn reason(error: &reqwest::Error) -> TransportError {
    if error.is_timeout() {
        return TransportError::TooSlow;
    }
    let mut cause = std::error::Error::source(error);
    while let Some(found) = cause {
        if matches!(found.downcast_ref(), Some(rustls::Error::InvalidCertificate(_))) {
            return TransportError::Untrusted;
        }
        cause = found.source();
    }
    TransportError::Unreachable
}
