//! Logging in without a password: a device signs a nonce, once, and gets a token.
//!
//! Anybody may ask for a nonce, so giving one keeps nothing: it carries its own end and a tag that only this server can make.
//! What is kept is which nonces were used, and that only after a signature was good: no stranger can fill that list.

use std::collections::HashMap;
use std::sync::Mutex;

use countersign_protocol::ids::{DeviceId, InviteId, Nonce, PublicSigningKey, WorkspaceId};
use countersign_protocol::log::{InviteStatus, Log};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::ports::{Host, NoRandomness};

/// How long a nonce can be signed, in ms: a person may be asked to unlock the app first.
pub(crate) const NONCE_MS: u64 = 2 * 60 * 1000;

/// How long a session lasts, in ms.
pub(crate) const SESSION_MS: u64 = 24 * 60 * 60 * 1000;

/// Makes nonces and takes each back once. The key is of this process: after a restart, clients ask anew.
pub(crate) struct Nonces {
    key: [u8; 32],
    /// The nonces that were used, with their ends.
    used: Mutex<HashMap<[u8; 32], u64>>,
}

impl Nonces {
    pub(crate) fn new(host: &dyn Host) -> Result<Self, NoRandomness> {
        let mut key = [0; 32];
        host.fill(&mut key)?;
        Ok(Self { key, used: Mutex::default() })
    }

    /// A nonce for whoever says to be `dev`: its end, 8 random bytes, and the tag of both.
    pub(crate) fn make(
        &self,
        ws: WorkspaceId,
        dev: DeviceId,
        host: &dyn Host,
    ) -> Result<(Nonce, u64), NoRandomness> {
        let expires = host.now() + NONCE_MS;
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&expires.to_be_bytes());
        host.fill(&mut bytes[8..16])?;
        let tag = self.mac(&bytes[..16], ws, dev).finalize().into_bytes();
        bytes[16..].copy_from_slice(&tag[..16]);
        Ok((Nonce::from_bytes(bytes), expires))
    }

    /// Whether this server made the nonce for `dev` and it can still be used.
    pub(crate) fn is_ours(&self, nonce: &Nonce, ws: WorkspaceId, dev: DeviceId, now: u64) -> bool {
        let (made, tag) = nonce.as_bytes().split_at(16);
        end_of(nonce) >= now && self.mac(made, ws, dev).verify_truncated_left(tag).is_ok()
    }

    /// Uses a nonce that is ours, after its signature was found good; `false` where it was used before.
    pub(crate) fn spend(&self, nonce: &Nonce, now: u64) -> bool {
        let mut used = self.used.lock().expect("nobody panics while holding the list");
        used.retain(|_, expires| *expires >= now);
        used.insert(*nonce.as_bytes(), end_of(nonce)).is_none()
    }

    fn mac(&self, made: &[u8], ws: WorkspaceId, dev: DeviceId) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes a key of any length");
        for part in [made, ws.as_bytes(), dev.as_bytes()] {
            mac.update(part);
        }
        mac
    }
}

fn end_of(nonce: &Nonce) -> u64 {
    let first = nonce.as_bytes().first_chunk().expect("a nonce has 32 bytes");
    u64::from_be_bytes(*first)
}

/// What is stored of a token.
pub(crate) fn token_hash(token: &[u8]) -> [u8; 32] {
    Sha256::digest(token).into()
}

/// What a log lets a session do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// An active device, kits included: everything that its rights allow.
    Member,
    /// A removed device: the log up to the entry that removed it, which is how it learns of it.
    Former {
        /// That entry.
        until: u64,
    },
    /// An invite's key while the invite is open: the log, and its own join request.
    Invitee,
    /// An invite's key afterwards: the log up to the entry that ended it.
    FormerInvitee,
}

/// Who `dev` is in a log, with the key that its logins are checked against; none where the log does not know it.
///
/// An invite that has expired by the server's clock, unused, opens nothing.
pub(crate) fn access(log: &Log, dev: DeviceId, now: u64) -> Option<(Access, PublicSigningKey)> {
    let state = log.state();
    if let Some(device) = state.devices().get(&dev) {
        let access = device.removed.map_or(Access::Member, |until| Access::Former { until });
        return Some((access, device.record.signing_key));
    }
    let invite = state.invites().get(&InviteId::from_bytes(*dev.as_bytes()))?;
    match invite.status {
        InviteStatus::Pending if invite.not_after < now => None,
        InviteStatus::Pending => Some((Access::Invitee, invite.key)),
        InviteStatus::Used { .. } | InviteStatus::Revoked => Some((Access::FormerInvitee, invite.key)),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    struct Desk(AtomicU64);

    impl Host for Desk {
        fn now(&self) -> u64 {
            self.0.load(Ordering::Relaxed)
        }

        fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
            bytes.fill(7);
            Ok(())
        }
    }

    #[test]
    fn a_nonce_is_good_once_in_time_and_for_whom_it_was_made() {
        let desk = Desk(AtomicU64::new(1_000_000));
        let nonces = Nonces::new(&desk).unwrap();
        let (ws, ana, ben) =
            (WorkspaceId::from_bytes([1; 16]), DeviceId::from_bytes([2; 16]), DeviceId::from_bytes([3; 16]));
        let (nonce, expires) = nonces.make(ws, ana, &desk).unwrap();
        assert!(nonces.is_ours(&nonce, ws, ana, expires));
        assert!(!nonces.is_ours(&nonce, ws, ana, expires + 1));
        assert!(!nonces.is_ours(&nonce, ws, ben, expires));
        assert!(!nonces.is_ours(&nonce, WorkspaceId::from_bytes([9; 16]), ana, expires));
        for at in 0..32 {
            let mut other = *nonce.as_bytes();
            other[at] ^= 1;
            assert!(!nonces.is_ours(&Nonce::from_bytes(other), ws, ana, 0), "{at}");
        }
        assert!(nonces.spend(&nonce, 0) && !nonces.spend(&nonce, expires));
    }

    #[test]
    fn used_nonces_are_forgotten_when_they_could_not_be_used_anyway() {
        let desk = Desk(AtomicU64::new(1_000_000));
        let nonces = Nonces::new(&desk).unwrap();
        let (nonce, expires) =
            nonces.make(WorkspaceId::from_bytes([1; 16]), DeviceId::from_bytes([2; 16]), &desk).unwrap();
        assert!(nonces.spend(&nonce, 0));
        assert!(nonces.spend(&Nonce::from_bytes([0xFF; 32]), expires + 1));
        assert_eq!(nonces.used.lock().unwrap().len(), 1);
    }
}
