//! The recovery kit: a device on paper, which lets its owner back in when every phone is lost.
//!
//! Twenty random bytes give the keys of a device of kind 1. On paper they stand beside the workspace that they
//! open: a kit that let the server name the workspace could be led into a forged one that lists the kit's public
//! keys. People copy it by hand, so reading it back forgives what it can and says which group is wrong.

mod text;

use countersign_protocol::ids::WorkspaceId;
use zeroize::Zeroizing;

use crate::device::DeviceKeys;
use crate::entropy::{Entropy, EntropyError};
use crate::kdf;
use crate::local::{AtRestError, LocalKey, Place};
use crate::secret::{self, secret_newtype};

pub use text::KitError;

secret_newtype! {
    /// The 20 random bytes that a kit's keys are made from.
    pub struct KitSecret([u8; 20]) in kit;
}

impl KitSecret {
    /// A new kit's secret. It is older than the workspace it opens, whose id is the hash of an entry that names the
    /// kit's public keys.
    ///
    /// # Errors
    /// [`EntropyError`] when the source of randomness fails.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        Ok(Self(secret::random(entropy)?))
    }

    /// The keys of the device on paper.
    pub fn device(&self) -> DeviceKeys {
        DeviceKeys::of_kit(
            &kdf::derive(&self.0[..], &[], &[b"cs/1/kit/sign"]),
            &kdf::derive(&self.0[..], &[], &[b"cs/1/kit/box"]),
        )
    }
}

/// What the paper says: the kit's secret and the one workspace that it opens.
///
/// It cannot be cloned, printed or serialized; the last test is the control, so that each failure has one cause:
/// ```compile_fail,E0277
/// fn cloned<T: Clone>() {}
/// cloned::<countersign_crypto::kit::RecoveryKit>();
/// ```
/// ```compile_fail,E0277
/// fn shown<T: std::fmt::Display>() {}
/// shown::<countersign_crypto::kit::RecoveryKit>();
/// ```
/// ```compile_fail,E0277
/// fn written<T: serde::Serialize>() {}
/// written::<countersign_crypto::kit::RecoveryKit>();
/// ```
/// ```
/// fn named<T: std::fmt::Debug>() {}
/// fn written<T: serde::Serialize>() {}
/// named::<countersign_crypto::kit::RecoveryKit>();
/// written::<String>();
/// ```
#[derive(Debug)]
pub struct RecoveryKit {
    secret: KitSecret,
    workspace: WorkspaceId,
}

impl RecoveryKit {
    /// Binds a kit to its workspace.
    pub const fn new(secret: KitSecret, workspace: WorkspaceId) -> Self {
        Self { secret, workspace }
    }

    /// Reads the 64 characters as a person typed them: any case, spaces and dashes anywhere, 0 for O, 8 for B, and 1
    /// for whichever of I and L the checksum tells.
    ///
    /// # Errors
    /// [`KitError`] names the group that is wrong where it can be known.
    pub fn parse(text: &str) -> Result<Self, KitError> {
        let (secret, workspace) = text::read(text)?;
        Ok(Self { secret: KitSecret(secret), workspace: WorkspaceId::from_bytes(workspace) })
    }

    /// The only workspace that recovery with this kit accepts.
    pub const fn workspace(&self) -> WorkspaceId {
        self.workspace
    }

    /// The keys of the device on paper.
    pub fn device(&self) -> DeviceKeys {
        self.secret.device()
    }

    /// The 64 characters in groups of four with a dash between them, for paper.
    pub fn to_text(&self) -> Zeroizing<String> {
        text::grouped(&self.characters())
    }

    /// This kit sealed for this phone's own storage, until it is saved on paper.
    ///
    /// # Errors
    /// [`EntropyError`] when the source of randomness fails.
    pub fn seal_at_rest(&self, local: &LocalKey, entropy: &dyn Entropy) -> Result<Vec<u8>, EntropyError> {
        local.seal(Place::Kit(self.workspace), &self.secret.0[..], entropy)
    }

    /// Takes back what [`seal_at_rest`](Self::seal_at_rest) made.
    ///
    /// # Errors
    /// [`AtRestError`] when the bytes were made for another place or under another key.
    pub fn open_at_rest(
        workspace: WorkspaceId,
        sealed: &[u8],
        local: &LocalKey,
    ) -> Result<Self, AtRestError> {
        let bytes = local.open(Place::Kit(workspace), sealed)?;
        let bytes: &[u8; 20] = bytes[..].try_into().map_err(|_| AtRestError)?;
        Ok(Self { secret: KitSecret(secret::copied(bytes)), workspace })
    }

    /// The 64 characters alone.
    pub(crate) fn characters(&self) -> Zeroizing<String> {
        text::write(&self.secret.0, self.workspace.as_bytes())
    }
}

#[cfg(test)]
mod tests;
