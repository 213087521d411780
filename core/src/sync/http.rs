//! The default transport: HTTP over TLS by `reqwest`, with `rustls` and `ring`.
//!
//! Certificates are judged as the platform judges them, so that a company's own root counts where its phones know it
//! (docs/adr/0041-transport-and-certificates.md).

use std::io::Read as _;
use std::sync::Arc;
use std::time::Duration;

use countersign_crypto::link::ServerAddress;
use reqwest::blocking::Client;
use rustls::ClientConfig;
use rustls_platform_verifier::BuilderVerifierExt;

use super::transport::{MAX_RESPONSE_BYTES, Method, Request, Response, Transport, TransportError};

/// How long a connection may take to stand.
const CONNECT: Duration = Duration::from_secs(10);

/// How long a request may take in all.
const WHOLE: Duration = Duration::from_mins(1);

/// A connection to one server, kept open between requests. It must be made and dropped outside an asynchronous runtime.
pub struct Http {
    origin: String,
    client: Client,
}

/// TLS cannot be set up on this device: on Android, the platform verifier was not initialised.
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
            .referer(false)
            .connect_timeout(CONNECT)
            .timeout(WHOLE)
            .build()
            .map_err(|_| HttpError)?;
        Ok(Self { origin: address.as_str().trim_end_matches('/').to_owned(), client })
    }
}

impl Transport for Http {
    fn origin(&self) -> &str {
        &self.origin
    }

    fn send(&self, request: &Request) -> Result<Response, TransportError> {
        let url = format!("{}{}", self.origin, request.path);
        let mut builder = match request.method {
            Method::Get => self.client.get(url),
            Method::Post => {
                self.client.post(url).header("content-type", "application/json").body(request.body.clone())
            }
        };
        for (name, value) in &request.headers {
            builder = builder.header(*name, value);
        }
        let response = builder.send().map_err(|error| reason(&error))?;
        let status = response.status().as_u16();
        let retry_after = response.headers().get("retry-after");
        let retry_after = retry_after.and_then(|value| value.to_str().ok()?.parse().ok());
        let mut body = Vec::new();
        let read = response.take(MAX_RESPONSE_BYTES as u64 + 1).read_to_end(&mut body);
        read.map_err(|_| TransportError::Unreachable)?;
        if body.len() > MAX_RESPONSE_BYTES {
            return Err(TransportError::TooLong);
        }
        Ok(Response { status, retry_after, body })
    }
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
