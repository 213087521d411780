//! Ids, space keys, boxes and wraps.

use std::convert::Infallible;

use countersign_crypto::space_key::{KeyPlace, SpaceKey};
use countersign_protocol::ids::{AccountId, InstanceId, InviteId, RecordId, SpaceId, WorkspaceId};
use countersign_protocol::keybox::{BoxAad, KeyBox};
use countersign_protocol::limits::MAX_SMALL_BYTES;
use countersign_protocol::numbers::RecordType;
use countersign_protocol::op::PrevWrap;
use countersign_tests::entropy::Given;
use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{Deserializable, OpModeS, Serializable};
use serde_json::{Value, json};

use super::judged;
use super::scene::Scene;
use super::shared::{Phone, bytes, hex, invite_secret, refused, secret, space_key, spoiled};

fn place(epoch: u64) -> KeyPlace {
    let workspace = WorkspaceId::from_bytes(bytes("workspace"));
    KeyPlace { workspace, space: SpaceId::codes(workspace, AccountId::from_bytes(bytes("account"))), epoch }
}

fn listed(place: &KeyPlace) -> Value {
    json!({ "workspace": hex(place.workspace.as_bytes()), "space": hex(place.space.as_bytes()), "epoch": place.epoch })
}

/// Ids that are derived from others, and commitments.
pub(super) fn ids() -> Value {
    let workspace = WorkspaceId::from_bytes(bytes("workspace"));
    let account = AccountId::from_bytes(bytes("account"));
    let codes = SpaceId::codes(workspace, account);
    let phone = Phone::new("ana");
    let instance = InstanceId::from_bytes(*phone.keys.id().as_bytes());
    let key = invite_secret("invite").key(workspace).public();
    let record = |record_type: RecordType, instance: InstanceId| {
        json!({
            "name": record_type.name(),
            "inputs": { "space": hex(codes.as_bytes()), "type": record_type.number(), "instance": hex(instance.as_bytes()) },
            "record": hex(RecordId::of(codes, record_type, instance).as_bytes()),
        })
    };
    let space = |name: &str, kind: u8, account: [u8; 16], space: SpaceId| {
        json!({
            "name": name,
            "inputs": { "workspace": hex(workspace.as_bytes()), "kind": kind, "account": hex(account) },
            "space": hex(space.as_bytes()),
        })
    };
    json!({
        "about": "Derivations of the section *Ids and hashes*; the workspace's is in entry.json, with a genesis.",
        "good": [
            space("directory", 0, [0; 16], SpaceId::directory(workspace)),
            space("codes", 1, *account.as_bytes(), codes),
            space("controls", 2, *account.as_bytes(), SpaceId::controls(workspace, account)),
            record(RecordType::Card, InstanceId::ZERO),
            record(RecordType::Activity, instance),
            { "name": "device", "inputs": phone.listed(), "device": hex(phone.keys.id().as_bytes()) },
            {
                "name": "invite",
                "inputs": { "secret": hex(bytes::<20>("invite")), "workspace": hex(workspace.as_bytes()) },
                "invite_pub": hex(key.as_bytes()),
                "invite": hex(InviteId::of_key(&key).as_bytes()),
            },
            { "name": "commitment", "inputs": { "space_key": hex(secret("key 1")) }, "commit": hex(space_key("key 1").commitment().as_bytes()) },
        ],
        "bad": [],
    })
}

/// Boxes, and what does not open as one.
pub(super) fn boxes(scene: &Scene) -> Value {
    let (ana, ben) = (Phone::new("ana"), Phone::new("ben"));
    let key = space_key("key 1");
    let ephemeral = secret("ephemeral");
    let seal = |key: &SpaceKey, place: &KeyPlace, phone: &Phone| {
        let entropy = Given::new(&[&ephemeral]);
        key.seal_box(place, phone.keys.record(), ana.keys.id(), &entropy).expect("a good device")
    };
    let good = seal(&key, &place(1), &ben);
    let mut altered = good;
    altered.sealed[40] ^= 1;
    let commit = key.commitment();
    let aad = BoxAad { workspace: good.workspace, space: good.space, epoch: 1, device: good.device, commit }
        .encode();
    let bad = [
        ("for another device", seal(&key, &place(1), &ana)),
        ("for another epoch", seal(&key, &place(2), &ben)),
        ("of another key, which says so", seal(&space_key("key 2"), &place(1), &ben)),
        ("of another key, under the commitment of the right one", lying(&good, &ben, &aad)),
        ("one bit altered", altered),
        ("garbage", KeyBox { sealed: [0; 80], ..good }),
    ];
    let bad = bad.map(|(name, found)| {
        let error = refused(name, SpaceKey::open_box(&found, &place(1), &commit, &ben.keys)).name();
        json!({ "name": name, "bytes": hex(found.encode()), "open_error": error })
    });
    let mut bad = bad.to_vec();
    bad.extend(spoiled(&good.encode(), MAX_SMALL_BYTES, KeyBox::decode));
    json!({
        "about": "`[1, 6, ws, space, epoch, device, by, sealed]`, opened by ben at the good one's place with its commitment. `error` is of reading, `open_error` of opening. Each of `judged` is posted where `judged_by.log` ends with entry `after`; without `error` it is taken.",
        "good": [{
            "name": "ana boxes a key for ben",
            "inputs": {
                "place": listed(&place(1)), "space_key": hex(secret("key 1")), "commit": hex(commit.as_bytes()),
                "recipient": ben.listed(), "by": hex(ana.keys.id().as_bytes()), "ephemeral_ikm": hex(ephemeral),
            },
            "bytes": hex(good.encode()),
        }],
        "bad": bad,
        "judged_by": scene.listed(),
        "judged": judged::boxes(scene),
    })
}

/// A box that opens, to a key of its maker's own: what the commitment is there for (V5). Made by HPKE itself, because
/// this product has no way to make one.
fn lying(good: &KeyBox, recipient: &Phone, aad: &[u8]) -> KeyBox {
    let public =
        Deserializable::from_bytes(recipient.keys.record().box_key.as_bytes()).expect("a good device");
    let (enc, ciphertext) = hpke::single_shot_seal_with_rng::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
        &OpModeS::Base,
        &public,
        b"cs/1/box",
        &secret("key 2"),
        aad,
        &mut Repeated(secret("ephemeral")),
    )
    .expect("a good device");
    let sealed = [&enc.to_bytes()[..], &ciphertext].concat();
    KeyBox { sealed: sealed.try_into().expect("32 bytes seal to 80"), ..*good }
}

/// The same 32 bytes each time, for HPKE's one draw.
struct Repeated([u8; 32]);

impl TryRng for Repeated {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(0)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(0)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.iter_mut().zip(self.0).for_each(|(byte, given)| *byte = given);
        Ok(())
    }
}

impl TryCryptoRng for Repeated {}

/// Wraps of the key before, and what does not unwrap.
pub(super) fn wraps() -> Value {
    let (old, new) = (space_key("key 1"), space_key("key 2"));
    let nonce = bytes::<12>("nonce");
    let wrap = |key: &SpaceKey, place: &KeyPlace| {
        new.wrap_previous(key, place, &Given::new(&[&nonce])).expect("a nonce is all it takes")
    };
    let good = wrap(&old, &place(2));
    let mut altered = good;
    altered.0[59] ^= 1;
    let bad: [(&str, PrevWrap); 3] = [
        ("of another key", wrap(&new, &place(2))),
        ("for another epoch", wrap(&old, &place(3))),
        ("one bit altered", altered),
    ];
    let bad = bad.map(|(name, found)| {
        let error = refused(name, new.unwrap_previous(&found, &place(2), &old.commitment())).name();
        json!({ "name": name, "bytes": hex(found.0), "open_error": error })
    });
    json!({
        "about": "nonce12 | AES-256-GCM of SK[e-1] under HKDF-Expand(SK[e], \"cs/1/prev\", 32); aad [ws, space, e].",
        "good": [{
            "name": "key 1 under key 2",
            "inputs": {
                "place": listed(&place(2)), "space_key": hex(secret("key 2")), "previous": hex(secret("key 1")),
                "commit_before": hex(old.commitment().as_bytes()), "nonce": hex(nonce),
            },
            "bytes": hex(good.0),
        }],
        "bad": bad,
    })
}
