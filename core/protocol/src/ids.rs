//! Every identifier, hash and public key as its own type, and how each is made.
//!
//! Two ids of the same length must not be exchangeable by accident, and each hash has its label, so that no two of
//! them ever hash the same bytes for different purposes.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::cbor::{Decode, DecodeError, Encode, Reader, Writer};
use crate::numbers::{RecordType, SpaceKind};

/// SHA-256 over the concatenation of `parts`.
pub(crate) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

/// The first 16 bytes of SHA-256 over the concatenation of `parts`.
fn id16(parts: &[&[u8]]) -> [u8; 16] {
    let hash = sha256(parts);
    let mut id = [0; 16];
    id.copy_from_slice(&hash[..16]);
    id
}

macro_rules! fixed_bytes {
    ($($(#[$doc:meta])* $name:ident[$length:literal] $what:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $length]);

        impl $name {
            /// All zeros.
            pub const ZERO: Self = Self([0; $length]);

            /// Takes the bytes as they are.
            pub const fn from_bytes(bytes: [u8; $length]) -> Self {
                Self(bytes)
            }

            /// The bytes on the wire.
            pub const fn as_bytes(&self) -> &[u8; $length] {
                &self.0
            }
        }

        /// Lower-case hexadecimal.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl Encode for $name {
            fn write(&self, writer: &mut Writer) {
                writer.bytes(&self.0);
            }
        }

        impl Decode for $name {
            fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
                reader.fixed($what).map(Self)
            }
        }
    )*};
}

fixed_bytes! {
    /// A workspace: the hash of its genesis op.
    WorkspaceId[16] "workspace id";
    /// A member: 16 random bytes made by the founder or joiner.
    UserId[16] "user id";
    /// A device: the hash of its record.
    DeviceId[16] "device id";
    /// An account: 16 random bytes made by the client that creates it.
    AccountId[16] "account id";
    /// An invite: the hash of its public key.
    InviteId[16] "invite id";
    /// A space: the hash of its workspace, kind and account.
    SpaceId[16] "space id";
    /// Which of several records of one type in a space; zeros where a space has one of the type.
    InstanceId[16] "instance";
    /// A record's place: the hash of its space, type and instance.
    RecordId[16] "record id";
    /// The hash of a signed entry; of the last one, the log's head.
    Head[32] "head";
    /// The hash of one revision of a record.
    RecordHash[32] "record hash";
    /// The hash of a manifest.
    ManifestHash[32] "manifest hash";
    /// The commitment to a space key: `HKDF-Expand(SK, "cs/1/commit", 32)`.
    Commitment[32] "commitment";
    /// The salt of one encryption: 32 random bytes, never used twice.
    Salt[32] "salt";
    /// An Ed25519 public key (RFC 8032).
    PublicSigningKey[32] "signing key";
    /// A public key for boxes; of suite 1, X25519 (RFC 7748).
    PublicBoxKey[32] "box key";
    /// An Ed25519 signature (RFC 8032).
    Signature[64] "signature";
    /// A login challenge: 32 random bytes made by the server, good for one login.
    Nonce[32] "nonce";
}

impl WorkspaceId {
    /// `SHA-256("cs/1/ws" | genesis op)[..16]`, of the op's canonical bytes.
    pub fn of_genesis(op: &[u8]) -> Self {
        Self(id16(&[b"cs/1/ws", op]))
    }
}

impl DeviceId {
    /// `SHA-256("cs/1/dev" | devrec)[..16]`, of the device record's canonical bytes.
    pub fn of_record(record: &[u8]) -> Self {
        Self(id16(&[b"cs/1/dev", record]))
    }
}

impl InviteId {
    /// `SHA-256(invite public key)[..16]`.
    pub fn of_key(key: &PublicSigningKey) -> Self {
        Self(id16(&[key.as_bytes()]))
    }
}

impl SpaceId {
    /// `SHA-256("cs/1/space" | ws | kind | account)[..16]`.
    fn of(workspace: WorkspaceId, kind: SpaceKind, account: [u8; 16]) -> Self {
        Self(id16(&[b"cs/1/space", workspace.as_bytes(), &[kind.number()], &account]))
    }

    /// The workspace's directory; its account is 16 zeros.
    pub fn directory(workspace: WorkspaceId) -> Self {
        Self::of(workspace, SpaceKind::Directory, [0; 16])
    }

    /// The codes of an account.
    pub fn codes(workspace: WorkspaceId, account: AccountId) -> Self {
        Self::of(workspace, SpaceKind::Codes, account.0)
    }

    /// The emergency controls of an account.
    pub fn controls(workspace: WorkspaceId, account: AccountId) -> Self {
        Self::of(workspace, SpaceKind::Controls, account.0)
    }
}

impl RecordId {
    /// `SHA-256("cs/1/rec" | space | type | instance)[..16]`.
    pub fn of(space: SpaceId, record_type: RecordType, instance: InstanceId) -> Self {
        Self(id16(&[b"cs/1/rec", space.as_bytes(), &[record_type.number()], instance.as_bytes()]))
    }
}

impl Head {
    /// `SHA-256(bytes | sig)` of an entry as it is sent.
    pub fn of_entry(wire: &[u8]) -> Self {
        Self(sha256(&[wire]))
    }
}

impl RecordHash {
    /// `SHA-256(header | ct)`, of the header's canonical bytes.
    pub fn of(header: &[u8], ciphertext: &[u8]) -> Self {
        Self(sha256(&[header, ciphertext]))
    }
}

impl ManifestHash {
    /// SHA-256 of the manifest's canonical bytes.
    pub fn of(manifest: &[u8]) -> Self {
        Self(sha256(&[manifest]))
    }
}
