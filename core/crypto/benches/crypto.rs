//! What sharing costs beside the primitives it is made of: boxes for a thousand devices, one record sealed and opened.
//!
//! `bare` calls the same primitives on the same bytes and does nothing else. `cargo xtask bench crypto` reads the
//! ratios.

#![allow(missing_docs, reason = "criterion's macros define public functions")]
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot be set up should stop")]

use std::collections::BTreeSet;
use std::hint::black_box;

use aes_gcm::aead::inout::InOutBuf;
use aes_gcm::{AeadInOut, Aes256Gcm, KeyInit, Tag};
use countersign_crypto::content::{Card, Text, Unknown};
use countersign_crypto::device::DeviceKeys;
use countersign_crypto::entropy::{Entropy, OsEntropy};
use countersign_crypto::flow::{self, Author, Names};
use countersign_crypto::invite::Greeting;
use countersign_crypto::key_ring::KeyRing;
use countersign_crypto::kit::KitSecret;
use countersign_crypto::link::ServerAddress;
use countersign_crypto::record::{OpenedRecord, OwnedRecord};
use countersign_crypto::space_key::{KeyPlace, SpaceKey};
use countersign_protocol::device::DeviceRecord;
use countersign_protocol::ids::{DeviceId, InstanceId, SpaceId};
use countersign_protocol::log::Log;
use countersign_protocol::numbers::{AccountRole, WorkspaceRole};
use criterion::{Criterion, criterion_group, criterion_main};
use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use hkdf::Hkdf;
use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{Deserializable, OpModeS};
use sha2::{Digest, Sha256};

const DEVICES: usize = 1000;

/// A founder, an account, and as many members with a device each as are asked for.
struct Scene {
    log: Log,
    device: DeviceKeys,
    keys: KeyRing,
    devices: Vec<DeviceRecord>,
    codes: SpaceId,
}

impl Scene {
    fn with(devices: usize) -> Self {
        let device = DeviceKeys::generate(&OsEntropy).unwrap();
        let names = Names { workspace: text("Blue"), member: text("Ana"), device: text("Phone") };
        let (user, kit) = (flow::new_user_id(&OsEntropy).unwrap(), KitSecret::generate(&OsEntropy).unwrap());
        let founded = flow::found(names, user, &device, kit, 0, &OsEntropy).unwrap();
        let mut scene = Self {
            codes: SpaceId::directory(founded.log.workspace()),
            log: founded.log,
            device,
            keys: KeyRing::new(),
            devices: Vec::new(),
        };
        scene.keep(founded.batch.keys);
        for _ in 0..devices {
            scene.join();
        }
        let account = flow::new_account_id(&OsEntropy).unwrap();
        let roles = [(user, AccountRole::Owner)].into();
        let batch = scene.author().create_account(account, &roles, &card(10)).unwrap();
        scene.log.verify_next(&batch.entry).unwrap();
        scene.keep(batch.keys);
        scene.codes = SpaceId::codes(scene.log.workspace(), account);
        scene
    }

    /// A new member with a phone: one user has few devices.
    fn join(&mut self) {
        let greeting = Greeting { workspace: text("Blue"), inviter: text("Ana") };
        let (batch, secret) = self.author().invite(WorkspaceRole::User, 0, &greeting).unwrap();
        self.log.verify_next(&batch.entry).unwrap();
        let server = ServerAddress::new("https://vault.example.com").unwrap();
        let link = batch.invite_link(server, &self.log, secret);
        let added = DeviceKeys::generate(&OsEntropy).unwrap();
        let user = flow::new_user_id(&OsEntropy).unwrap();
        let batch = self.author().accept_join(&flow::join_request(&link, user, &added, None)).unwrap();
        self.log.verify_next(&batch.entry).unwrap();
        self.devices.push(*added.record());
    }

    fn keep(&mut self, made: Vec<(KeyPlace, SpaceKey)>) {
        for (place, key) in made {
            self.keys.insert(self.log.state(), &place, key).unwrap();
        }
    }

    fn author(&self) -> Author<'_> {
        Author {
            log: &self.log,
            device: &self.device,
            keys: &self.keys,
            outstanding: None,
            ts: 0,
            entropy: &OsEntropy,
        }
    }
}

fn text<const MAX: usize>(text: &str) -> Text<MAX> {
    Text::new(text).unwrap()
}

/// A card whose plaintext has some 40 bytes more than its notes.
fn card(notes: usize) -> Card {
    Card {
        name: text("Mail"),
        app: text("Example"),
        address: text("https://example.com"),
        login: text(""),
        notes: text(&"n".repeat(notes)),
        binned: None,
        unknown: Unknown::default(),
    }
}

/// The system's randomness for HPKE called bare.
struct Os;

impl TryRng for Os {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Ok(0)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Ok(0)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        OsEntropy.fill(bytes).unwrap();
        Ok(())
    }
}

impl TryCryptoRng for Os {}

fn boxes(criterion: &mut Criterion) {
    let scene = Scene::with(DEVICES);
    let directory = SpaceId::directory(scene.log.workspace());
    let waiting: BTreeSet<DeviceId> = scene.devices.iter().map(DeviceRecord::id).collect();
    let mut group = criterion.benchmark_group("boxes");
    group.sample_size(20);
    group.bench_function("ours", |bencher| {
        bencher.iter(|| {
            let made = scene.author().box_for_readers(directory, 1, &waiting).unwrap();
            assert_eq!(made.len(), DEVICES);
            made
        });
    });
    let aad = [0; 94];
    group.bench_function("bare", |bencher| {
        bencher.iter(|| {
            for device in &scene.devices {
                let public = Deserializable::from_bytes(device.box_key.as_bytes()).unwrap();
                let mut key = [7; 32];
                let sealed = hpke::single_shot_seal_inout_detached_with_rng::<
                    AesGcm256,
                    HkdfSha256,
                    X25519HkdfSha256,
                >(
                    &OpModeS::Base,
                    &public,
                    b"cs/1/box",
                    InOutBuf::from(&mut key[..]),
                    &aad,
                    &mut Os,
                );
                black_box(sealed.is_ok());
                black_box(key);
            }
        });
    });
    group.finish();
}

/// The primitives that a record is sealed and opened with, once each, on as many bytes.
struct Bare<'a> {
    signing: SigningKey,
    public: VerifyingKey,
    header: &'a [u8],
    salt: &'a [u8; 32],
    signed: Vec<u8>,
}

impl<'a> Bare<'a> {
    fn of(record: &'a OwnedRecord) -> Self {
        let (signing, header) = (SigningKey::from_bytes(&[7; 32]), &record.header_bytes[..]);
        let signed = [b"cs/1/record\0", header, &[0; 32]].concat();
        Self { public: signing.verifying_key(), signing, header, salt: record.header.salt.as_bytes(), signed }
    }

    fn cipher_and_nonce(&self) -> (Aes256Gcm, [u8; 12]) {
        let mut okm = [0; 44];
        let hkdf = Hkdf::<Sha256>::new(Some(self.salt), &[7; 32]);
        hkdf.expand_multi_info(&[b"cs/1/rec", self.header], &mut okm).unwrap();
        (Aes256Gcm::new_from_slice(&okm[..32]).unwrap(), okm[32..].try_into().unwrap())
    }

    fn seal(&self, buffer: &mut [u8]) -> (Tag, ed25519_dalek::Signature) {
        let (cipher, nonce) = self.cipher_and_nonce();
        let both = InOutBuf::from(&mut *buffer);
        let tag = cipher.encrypt_inout_detached((&nonce).into(), self.header, both).unwrap();
        black_box(Sha256::new().chain_update(&*buffer).chain_update(tag).finalize());
        (tag, self.signing.sign(&self.signed))
    }

    fn open(&self, sealed: &[u8], tag: &Tag, signature: &ed25519_dalek::Signature, buffer: &mut [u8]) {
        black_box(Sha256::new().chain_update(sealed).chain_update(tag).finalize());
        self.public.verify_strict(&self.signed, signature).unwrap();
        let (cipher, nonce) = self.cipher_and_nonce();
        let both = InOutBuf::new(sealed, buffer).unwrap();
        cipher.decrypt_inout_detached((&nonce).into(), self.header, both, tag).unwrap();
    }
}

fn records(criterion: &mut Criterion) {
    let scene = Scene::with(0);
    let content = card(180);
    let record = scene.author().write(scene.codes, InstanceId::ZERO, None, &content).unwrap();
    assert_eq!(record.ciphertext.len(), 256 + 16);
    let bare = Bare::of(&record);

    let mut group = criterion.benchmark_group("seal");
    group.bench_function("ours", |bencher| {
        bencher.iter(|| scene.author().write(scene.codes, InstanceId::ZERO, None, &content).unwrap());
    });
    group.bench_function("bare", |bencher| {
        let mut buffer = [7; 256];
        bencher.iter(|| bare.seal(&mut buffer));
    });
    group.finish();

    let mut group = criterion.benchmark_group("open");
    let key = scene.keys.get(scene.codes, 1).unwrap();
    group.bench_function("ours", |bencher| bencher.iter(|| judged_and_opened(&scene, &record, key)));
    group.bench_function("bare", |bencher| {
        let (mut sealed, mut buffer) = ([7; 256], [0; 256]);
        let (tag, signature) = bare.seal(&mut sealed);
        bencher.iter(|| bare.open(&sealed, &tag, &signature, &mut buffer));
    });
    group.finish();
}

/// What a device does with a record that it is sent: judge it by the log, open it, read its content.
fn judged_and_opened(scene: &Scene, record: &OwnedRecord, key: &SpaceKey) -> Card {
    let verified = scene.log.verify_record(record.place(), record.as_sealed(), None).unwrap();
    let opened = OpenedRecord::open(&verified.header, &record.as_sealed(), key).unwrap();
    opened.content::<Card>().unwrap().unwrap()
}

criterion_group!(benches, boxes, records);
criterion_main!(benches);
