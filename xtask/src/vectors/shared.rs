//! What the makers of vectors share: secrets by name, hexadecimal, the ways to spoil a message.

use countersign_crypto::device::DeviceKeys;
use countersign_crypto::invite::InviteSecret;
use countersign_crypto::kit::KitSecret;
use countersign_crypto::space_key::SpaceKey;
use countersign_protocol::DecodeError;
use countersign_tests::entropy::Given;
use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// A Tuesday in 2026, in ms since the Unix epoch.
pub(super) const TS: u64 = 1_790_000_000_000;

pub(super) fn hex(bytes: impl AsRef<[u8]>) -> String {
    HEXLOWER.encode(bytes.as_ref())
}

/// 32 bytes that stand for the secret of this name: `SHA-256("countersign vector" | name)`.
pub(super) fn secret(name: &str) -> [u8; 32] {
    Sha256::new().chain_update("countersign vector").chain_update(name).finalize().into()
}

/// The first bytes of a secret.
pub(super) fn bytes<const N: usize>(name: &str) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.copy_from_slice(&secret(name)[..N]);
    bytes
}

/// A phone with its two secrets.
pub(super) struct Phone {
    pub(super) keys: DeviceKeys,
    name: String,
}

impl Phone {
    pub(super) fn new(name: &str) -> Self {
        let (signing, boxing) = (secret(&format!("{name} signing")), secret(&format!("{name} boxing")));
        let keys =
            DeviceKeys::generate(&Given::new(&[&signing, &boxing])).expect("two secrets make a device");
        Self { keys, name: name.to_owned() }
    }

    /// The secrets, the record and the id, as a vector lists them.
    pub(super) fn listed(&self) -> Value {
        json!({
            "sign_secret": hex(secret(&format!("{} signing", self.name))),
            "box_secret": hex(secret(&format!("{} boxing", self.name))),
            "devrec": hex(self.keys.record().encode()),
            "device": hex(self.keys.id().as_bytes()),
        })
    }
}

pub(super) fn space_key(name: &str) -> SpaceKey {
    SpaceKey::generate(&Given::new(&[&secret(name)])).expect("32 bytes make a space key")
}

pub(super) fn invite_secret(name: &str) -> InviteSecret {
    InviteSecret::generate(&Given::new(&[&bytes::<20>(name)])).expect("20 bytes make an invite")
}

pub(super) fn kit_secret(name: &str) -> KitSecret {
    KitSecret::generate(&Given::new(&[&bytes::<20>(name)])).expect("20 bytes make a kit")
}

/// What no message of a kind may look like, made from a good one: cut, extended, of another version or type, and its
/// first element written in more bytes than it takes.
pub(super) fn spoiled<T>(
    good: &[u8],
    limit: usize,
    decode: fn(&[u8]) -> Result<T, DecodeError>,
) -> Vec<Value> {
    let other = |at: usize, byte: u8| {
        let mut changed = good.to_vec();
        changed[at] = byte;
        changed
    };
    let longer_version = [&good[..1], &[0x18, good[1]], &good[2..]].concat();
    let inputs = [
        ("empty", Vec::new()),
        ("cut short by one byte", good[..good.len() - 1].to_vec()),
        ("one byte after its end", [good, &[0]].concat()),
        ("version 2", other(1, 2)),
        ("a number of message that is not known", other(2, 23)),
        ("another message's number", other(2, if good[2] == 1 { 2 } else { 1 })),
        ("its version in two bytes", longer_version),
        ("an array without end", [&[0x9f], &good[1..], &[0xff]].concat()),
        ("longer than any such message", vec![0; limit + 1]),
    ];
    inputs.into_iter().map(|(name, input)| refusal(name, &input, decode)).collect()
}

/// A vector for an input that `decode` refuses.
///
/// # Panics
/// Where it does not: a file with a bad vector that is good would be worse than none.
pub(super) fn refusal<T>(name: &str, input: &[u8], decode: fn(&[u8]) -> Result<T, DecodeError>) -> Value {
    let error = refused(name, decode(input)).name();
    // A long run of zeros says nothing that its length does not.
    if input.len() > 4096 {
        return json!({ "name": name, "zeros": input.len(), "error": error });
    }
    json!({ "name": name, "bytes": hex(input), "error": error })
}

/// The error that a bad vector must give.
///
/// # Panics
/// Where there is none.
pub(super) fn refused<T, E>(name: &str, outcome: Result<T, E>) -> E {
    match outcome {
        Err(error) => error,
        Ok(_) => panic!("{name}: this bad vector is accepted"),
    }
}
