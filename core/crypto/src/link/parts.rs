//! The parts of a link, written and read from left to right.

use countersign_protocol::DecodeError;
use countersign_protocol::device::DeviceOffer;
use countersign_protocol::ids::{Head, WorkspaceId};
use countersign_protocol::limits::MAX_INTEGER;
use data_encoding::BASE64URL_NOPAD;
use zeroize::Zeroizing;

use super::{Anchor, LinkError, MAX_LINK_BYTES, ServerAddress};
use crate::secret::{self, SecretBytes};

/// What every link begins with.
pub(super) const SCHEME: &str = "countersign://";

/// What is left of a link that is being read.
pub(super) struct Parts<'a>(std::str::Split<'a, char>);

impl<'a> Parts<'a> {
    pub(super) fn of(rest: &'a str) -> Self {
        Self(rest.split('/'))
    }

    pub(super) fn next(&mut self, part: &'static str) -> Result<&'a str, LinkError> {
        self.0.next().ok_or(LinkError::Damaged { part })
    }

    pub(super) fn end(&mut self) -> Result<(), LinkError> {
        if self.0.next().is_none() { Ok(()) } else { Err(LinkError::Damaged { part: "end" }) }
    }

    pub(super) fn bytes<const N: usize>(&mut self, part: &'static str) -> Result<[u8; N], LinkError> {
        let mut bytes = [0; N];
        decode(self.next(part)?, &mut bytes, part)?;
        Ok(bytes)
    }

    pub(super) fn secret<const N: usize>(&mut self, part: &'static str) -> Result<SecretBytes<N>, LinkError> {
        let mut bytes = secret::zeros();
        decode(self.next(part)?, &mut bytes[..], part)?;
        Ok(bytes)
    }

    pub(super) fn anchor(&mut self) -> Result<Anchor, LinkError> {
        Ok(Anchor {
            server: ServerAddress::decode(self.next("server")?)?,
            workspace: WorkspaceId::from_bytes(self.bytes("workspace")?),
            seq: self.seq()?,
            head: Head::from_bytes(self.bytes("head")?),
        })
    }

    pub(super) fn optional_server(&mut self) -> Result<Option<ServerAddress>, LinkError> {
        let encoded = self.next("server")?;
        if encoded.is_empty() { Ok(None) } else { ServerAddress::decode(encoded).map(Some) }
    }

    pub(super) fn device_offer(&mut self) -> Result<DeviceOffer, LinkError> {
        let damaged = LinkError::Damaged { part: "device offer" };
        let bytes = BASE64URL_NOPAD.decode(self.next("device offer")?.as_bytes()).map_err(|_| damaged)?;
        DeviceOffer::decode(&bytes).map_err(|error| match error {
            DecodeError::NeedsUpdate { .. } => LinkError::NeedsUpdate,
            _ => damaged,
        })
    }

    fn seq(&mut self) -> Result<u64, LinkError> {
        let damaged = LinkError::Damaged { part: "seq" };
        let text = self.next("seq")?;
        let seq: u64 = text.parse().map_err(|_| damaged)?;
        if seq <= MAX_INTEGER && seq.to_string() == text { Ok(seq) } else { Err(damaged) }
    }
}

/// Decodes exactly as many bytes as `into` has.
fn decode(text: &str, into: &mut [u8], part: &'static str) -> Result<(), LinkError> {
    let damaged = LinkError::Damaged { part };
    if BASE64URL_NOPAD.decode_len(text.len()) != Ok(into.len()) {
        return Err(damaged);
    }
    BASE64URL_NOPAD.decode_mut(text.as_bytes(), into).map(|_| ()).map_err(|_| damaged)
}

/// A link that is being written. Its capacity is that of the longest link: growing would leave copies of a secret.
pub(super) struct Text(Zeroizing<String>);

impl Text {
    pub(super) fn new(kind: &str) -> Self {
        let mut text = Zeroizing::new(String::with_capacity(MAX_LINK_BYTES));
        text.push_str(SCHEME);
        text.push_str(kind);
        Self(text)
    }

    pub(super) fn plain(mut self, part: &str) -> Self {
        self.0.push('/');
        self.0.push_str(part);
        self
    }

    pub(super) fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.push('/');
        BASE64URL_NOPAD.encode_append(bytes, &mut self.0);
        self
    }

    pub(super) fn server(mut self, address: &str) -> Self {
        self.0.push('/');
        ServerAddress::encode_append(address, &mut self.0);
        self
    }

    pub(super) fn anchor(self, anchor: &Anchor) -> Self {
        self.server(anchor.server.as_str())
            .bytes(anchor.workspace.as_bytes())
            .plain(&anchor.seq.to_string())
            .bytes(anchor.head.as_bytes())
    }

    pub(super) fn finish(self) -> Zeroizing<String> {
        self.0
    }
}
