//! A second device: it shows what it is, an unlocked one adds it and shows a link back, and this one checks that it was added
//! as itself.
//!
//! The same way links a device again whose local key is lost: what is in its store stays, and gets its keys from the others.

use std::sync::Arc;

use countersign_crypto::device::DeviceKeys;
use countersign_crypto::link::{DeviceLink, Link};
use countersign_crypto::local::LocalKey;
use countersign_protocol::device::DeviceOffer;
use countersign_protocol::log::Log;
use zeroize::Zeroizing;

use super::JoinError;
use crate::client::{Client, Unlocked};
use crate::ports::EntropyError;
use crate::store::{Identity, Progress};
use crate::sync::{Connection, SyncError, Transport, WorkspaceServer, keep_server};

/// A device that is not in any workspace yet: its keys, in memory until it was added.
#[derive(Debug)]
pub struct Newcomer {
    device: DeviceKeys,
}

impl Client {
    /// New keys for this device, to be added by another one of the same member.
    ///
    /// # Errors
    /// [`EntropyError`] when there is no randomness.
    pub fn newcomer(&self) -> Result<Newcomer, EntropyError> {
        Ok(Newcomer { device: DeviceKeys::generate(&*self.host().entropy)? })
    }

    /// Takes this device into the workspace that another device has added it to; `link` is what that one showed. The store
    /// is empty, or holds the same workspace under a key that is lost.
    ///
    /// # Errors
    /// [`JoinError`]; the store is then as it was.
    pub fn link(
        &self,
        newcomer: Newcomer,
        link: &DeviceLink,
        transport: Arc<dyn Transport>,
    ) -> Result<(Unlocked, Connection), JoinError> {
        let workspace = link.anchor.workspace;
        if self.workspace()?.is_some_and(|held| held != workspace) {
            return Err(JoinError::NotEmpty);
        }
        let device = newcomer.device;
        let (log, entries) = fetch(link, &device, &*transport)?;
        link.check(&log, &device)?;
        let host = self.host();
        let entropy = &*host.entropy;
        let local = LocalKey::generate(entropy)?;
        host.vault.keep(&local)?;
        let identity = Identity { workspace, user: link.user, device: device.id() };
        let keys = device.seal_at_rest(&local, entropy)?;
        let progress = Progress::at(entries.len() as u64);
        let unlocked = self.found(identity, local, device, |step, local| {
            step.forget_sealed()?;
            step.cut_log(0)?;
            step.put_identity(&identity, &keys)?;
            (0..).zip(&entries).try_for_each(|(seq, entry)| step.put_entry(seq, entry))?;
            keep_server(step, &link.anchor.server, local, entropy)?;
            Ok(step.put_progress(&progress)?)
        })?;
        let connection = Connection::new(&unlocked, transport);
        match connection.sync() {
            // It is linked; what is missing comes with the next sync.
            Ok(_) | Err(SyncError::Server(_)) => Ok((unlocked, connection)),
            Err(error) => Err(error.into()),
        }
    }
}

impl Newcomer {
    /// What this device shows to the one that adds it.
    pub fn offer(&self) -> Zeroizing<String> {
        Link::NewDevice(Box::new(DeviceOffer(self.device.proven()))).to_text()
    }
}

fn fetch(
    link: &DeviceLink,
    device: &DeviceKeys,
    transport: &dyn Transport,
) -> Result<(Log, Vec<Vec<u8>>), JoinError> {
    let workspace = link.anchor.workspace;
    let server = WorkspaceServer::new(transport, workspace, device.id(), device.signing());
    super::join::replay(&server, workspace)
}
