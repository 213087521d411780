//! Keys for the model's workspaces: made once, since a sequence is thousands of times cheaper than its signatures.

use std::sync::OnceLock;

use ed25519_dalek::{Signer, SigningKey};

use super::message::{Device, Hash, Id, Signature, write_devrec, write_join_text};
use super::primitives::{hash, hash16, small_order};
use super::rules::device_id;

/// A device and the key that signs for it.
pub(crate) struct Holder {
    pub(crate) device: Device,
    pub(crate) id: Id,
    key: SigningKey,
}

/// An invite's key.
pub(crate) struct InviteKey {
    pub(crate) id: Id,
    pub(crate) public: Hash,
    key: SigningKey,
}

/// Everything that a random sequence picks from.
pub(crate) struct Keys {
    pub(crate) phones: Vec<Holder>,
    pub(crate) kits: Vec<Holder>,
    /// A key box of small order, a proof by another key.
    pub(crate) faulty: Vec<Holder>,
    pub(crate) invites: Vec<InviteKey>,
}

/// The keys that all sequences share.
pub(crate) fn keys() -> &'static Keys {
    static KEYS: OnceLock<Keys> = OnceLock::new();
    KEYS.get_or_init(|| Keys {
        phones: (0..24).map(|n| Holder::new(&format!("phone {n}"), 0)).collect(),
        kits: (0..10).map(|n| Holder::new(&format!("kit {n}"), 1)).collect(),
        faulty: faulty(),
        invites: (0..12).map(InviteKey::new).collect(),
    })
}

fn faulty() -> Vec<Holder> {
    let mut holders = Vec::new();
    for (n, point) in small_order().iter().enumerate() {
        for kind in [0, 1] {
            let mut holder = Holder::new(&format!("small order {n}"), kind);
            holder.device.key_box = *point;
            // The highest bit is not part of the number, so it must not hide a small order.
            holder.device.key_box[31] |= if n % 2 == 0 { 0x80 } else { 0 };
            holders.push(holder.proven_again());
        }
    }
    for kind in [0, 1] {
        let mut holder = Holder::new("without proof", kind);
        holder.device.pop[10] ^= 1;
        holders.push(holder);
    }
    holders
}

impl Holder {
    pub(crate) fn new(name: &str, kind: u64) -> Self {
        let key = SigningKey::from_bytes(&hash(format!("sign {name}").as_bytes()));
        let sign = key.verifying_key().to_bytes();
        // Any 32 bytes are a public key of X25519; a hash is none of the seven that are refused.
        let key_box = hash(format!("box {name}").as_bytes());
        let device = Device { suite: 1, kind, sign, key_box, pop: [0; 64] };
        Self { device, id: [0; 16], key }.proven_again()
    }

    fn proven_again(mut self) -> Self {
        self.device.pop = sign(&self.key, "pop", &write_devrec(&self.device));
        self.id = device_id(&self.device);
        self
    }

    pub(crate) fn sign_entry(&self, bytes: &[u8]) -> Signature {
        sign(&self.key, "entry", bytes)
    }
}

impl InviteKey {
    fn new(n: u64) -> Self {
        let key = SigningKey::from_bytes(&hash(format!("invite {n}").as_bytes()));
        let public = key.verifying_key().to_bytes();
        Self { id: hash16(&[&public]), public, key }
    }

    pub(crate) fn sign_join(&self, ws: &Id, user: &Id, phone: &Device, kit: Option<&Device>) -> Signature {
        sign(&self.key, "join", &write_join_text(ws, &self.id, user, phone, kit))
    }
}

fn sign(key: &SigningKey, domain: &str, message: &[u8]) -> Signature {
    key.sign(&[format!("cs/1/{domain}\0").as_bytes(), message].concat()).to_bytes()
}
