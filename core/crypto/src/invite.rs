//! Invites: one secret of 160 bits, which the server never sees, gives the key that joins and the key that greets.

use countersign_protocol::DecodeError;
use countersign_protocol::ids::{InviteId, WorkspaceId};
use countersign_protocol::limits::GREETING_BYTES;
use zeroize::Zeroizing;

use crate::content::{Name, Reader, Writer};
use crate::device::SigningKey;
use crate::entropy::{Entropy, EntropyError};
use crate::local::{AtRestError, LocalKey, Place};
use crate::secret::{self, SecretBytes, secret_newtype};
use crate::{aead, kdf, padding};

secret_newtype! {
    /// The 20 random bytes in an invite link. Whoever has them first can join.
    pub struct InviteSecret([u8; 20]) in invite;
}

/// Who invites, and where to: what an invitee sees before they decide.
#[derive(Debug, PartialEq, Eq)]
pub struct Greeting {
    /// The workspace's name.
    pub workspace: Name,
    /// The inviter's name.
    pub inviter: Name,
}

/// A greeting was not sealed under this invite's secret, or does not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("open an invite's greeting")]
pub struct GreetingError;

impl GreetingError {
    /// The error's stable name, as vectors have it.
    pub const fn name(self) -> &'static str {
        "GreetingError"
    }
}

impl InviteSecret {
    /// A new invite's secret.
    ///
    /// # Errors
    /// [`EntropyError`] when the source of randomness fails.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        Ok(Self(secret::random(entropy)?))
    }

    pub(crate) const fn of(bytes: SecretBytes<20>) -> Self {
        Self(bytes)
    }

    pub(crate) fn bytes(&self) -> &[u8; 20] {
        &self.0
    }

    /// The key that signs the join request and logs in before that.
    pub fn key(&self, workspace: WorkspaceId) -> SigningKey {
        SigningKey::from_seed(&kdf::derive(&self.0[..], &[], &[b"cs/1/invite", workspace.as_bytes()]))
    }

    /// The invite's id in `workspace`.
    pub fn id(&self, workspace: WorkspaceId) -> InviteId {
        InviteId::of_key(&self.key(workspace).public())
    }

    /// Seals a greeting. Its length says nothing about the names.
    ///
    /// Key and nonce follow from the secret alone, so a second greeting under one secret would repeat them: only
    /// [`Author::invite`](crate::flow::Author::invite) seals, once, under the secret that it has just drawn.
    pub(crate) fn seal_greeting(&self, workspace: WorkspaceId, greeting: &Greeting) -> [u8; GREETING_BYTES] {
        let mut plaintext = Vec::with_capacity(GREETING_BYTES);
        let mut append = |bytes: &[u8]| plaintext.extend_from_slice(bytes);
        let mut writer = Writer::to(&mut append);
        writer.array(2);
        writer.text(greeting.workspace.as_str());
        writer.text(greeting.inviter.as_str());
        padding::pad(&mut plaintext, GREETING_BYTES - aead::TAG);
        let (key, nonce) = self.greeting_key(workspace);
        aead::seal(&key, &nonce, self.id(workspace).as_bytes(), &mut plaintext);
        plaintext.try_into().expect("padded to the greeting's length, and the tag")
    }

    /// Opens the greeting of this invite's op 1.
    ///
    /// # Errors
    /// [`GreetingError`] for anything that the holder of this secret did not seal for this workspace.
    pub fn open_greeting(
        &self,
        workspace: WorkspaceId,
        sealed: &[u8; GREETING_BYTES],
    ) -> Result<Greeting, GreetingError> {
        let (key, nonce) = self.greeting_key(workspace);
        let padded =
            aead::open(&key, &nonce, self.id(workspace).as_bytes(), sealed).map_err(|_| GreetingError)?;
        let plaintext = padding::unpad(padded).ok_or(GreetingError)?;
        read_greeting(&plaintext).map_err(|_| GreetingError)
    }

    fn greeting_key(&self, workspace: WorkspaceId) -> (Zeroizing<[u8; 32]>, [u8; 12]) {
        aead::key_and_nonce(&kdf::derive(&self.0[..], &[], &[b"cs/1/greet", workspace.as_bytes()]))
    }

    /// This secret sealed for this phone's own storage, while it waits to be let in.
    ///
    /// # Errors
    /// [`EntropyError`] when the source of randomness fails.
    pub fn seal_at_rest(
        &self,
        workspace: WorkspaceId,
        local: &LocalKey,
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, EntropyError> {
        local.seal(Place::Invite(workspace), &self.0[..], entropy)
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
        let bytes = local.open(Place::Invite(workspace), sealed)?;
        bytes[..].try_into().map(|bytes| Self(secret::copied(bytes))).map_err(|_| AtRestError)
    }
}

fn read_greeting(plaintext: &[u8]) -> Result<Greeting, DecodeError> {
    let what = "a greeting";
    let mut reader = Reader::of(plaintext);
    if reader.length(2, what)? != 2 {
        return Err(DecodeError::Malformed { what });
    }
    Ok(Greeting { workspace: Name::read(&mut reader, what)?, inviter: Name::read(&mut reader, what)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Seeded, workspace};

    fn greeting(workspace: &str, inviter: &str) -> Greeting {
        Greeting { workspace: Name::new(workspace).unwrap(), inviter: Name::new(inviter).unwrap() }
    }

    fn secret() -> InviteSecret {
        InviteSecret::generate(&Seeded::new(31)).unwrap()
    }

    #[test]
    fn the_invitee_reads_who_invites_and_where_to() {
        let said = greeting("Blue Café", "Ana");
        let sealed = secret().seal_greeting(workspace(1), &said);
        assert_eq!(secret().open_greeting(workspace(1), &sealed), Ok(said));
    }

    #[test]
    fn the_longest_names_fit() {
        let said = greeting(&"w".repeat(120), &"i".repeat(120));
        let sealed = secret().seal_greeting(workspace(1), &said);
        assert_eq!(secret().open_greeting(workspace(1), &sealed), Ok(said));
    }

    #[test]
    fn hostile_greeting_of_another_invite_workspace_or_altered_does_not_open() {
        let sealed = secret().seal_greeting(workspace(1), &greeting("Blue", "Ana"));
        let other = InviteSecret::generate(&Seeded::new(32)).unwrap();
        assert_eq!(other.open_greeting(workspace(1), &sealed), Err(GreetingError));
        assert_eq!(secret().open_greeting(workspace(2), &sealed), Err(GreetingError));
        for index in 0..GREETING_BYTES {
            let mut altered = sealed;
            altered[index] ^= 0x10;
            assert_eq!(secret().open_greeting(workspace(1), &altered), Err(GreetingError));
        }
    }

    #[test]
    fn one_secret_gives_each_workspace_another_key() {
        assert_ne!(secret().id(workspace(1)), secret().id(workspace(2)));
        assert_eq!(secret().id(workspace(1)), secret().id(workspace(1)));
    }

    #[test]
    fn a_secret_at_rest_opens_for_its_workspace_only() {
        let local = LocalKey::generate(&Seeded::new(33)).unwrap();
        let sealed = secret().seal_at_rest(workspace(1), &local, &Seeded::new(34)).unwrap();
        let back = InviteSecret::open_at_rest(workspace(1), &sealed, &local).unwrap();
        assert_eq!(back.bytes(), secret().bytes());
        assert_eq!(InviteSecret::open_at_rest(workspace(2), &sealed, &local).unwrap_err(), AtRestError);
    }
}
