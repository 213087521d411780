//! Unlocking: the vault hands over the local key, and the local key opens this device's keys.
//!
//! A key that is gone, or that opens nothing here, is a state of its own with a way out, and never an empty list.

use countersign_crypto::device::DeviceKeys;

use super::session::Session;
use super::{Client, Unlocked};
use crate::error::UnlockError;
use crate::ports::VaultError;

impl Client {
    /// Unlocks, asking the vault; it may show something to the person. An unlocked client is unlocked anew.
    ///
    /// # Errors
    /// [`UnlockError::KeyLost`] is the one to leave this screen for: nothing but a recovery kit or another device
    /// helps. After most others, trying again may.
    pub fn unlock(&self) -> Result<Unlocked, UnlockError> {
        let mut state = self.inner.state();
        let (identity, device_keys) = state.store.identity()?.ok_or(UnlockError::Empty)?;
        let local = self.host().vault.load().map_err(|error| match error {
            VaultError::KeyGone => UnlockError::KeyLost,
            VaultError::Refused | VaultError::Damaged | VaultError::Newer | VaultError::Unavailable => {
                UnlockError::Vault(error)
            }
        })?;
        let device = DeviceKeys::open_at_rest(identity.device, &device_keys, &local)
            .map_err(|_| UnlockError::KeyLost)?;
        let session = Session::load(&state.store, identity, local, device, self.host().monotonic.elapsed())?;
        Ok(self.begin(&mut state, session))
    }
}
