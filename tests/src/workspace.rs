//! A workspace to test with: people, their phones, and what an honest server would store.
//!
//! Everybody shares one verified log. A test shows only what it is about: `found` and `join` have good defaults, and
//! whatever a hostile move needs is public.

#![allow(clippy::missing_panics_doc, reason = "a setup that fails is a test that fails")]

use std::collections::BTreeMap;

use countersign_crypto::content::{Card, Name, Text, Unknown};
use countersign_crypto::device::DeviceKeys;
use countersign_crypto::entropy::Entropy;
use countersign_crypto::flow::{self, Author, Batch, FlowError, Names};
use countersign_crypto::invite::Greeting;
use countersign_crypto::key_ring::KeyRing;
use countersign_crypto::kit::{KitSecret, RecoveryKit};
use countersign_crypto::link::{InviteLink, ServerAddress};
use countersign_crypto::record::{OpenedRecord, OwnedRecord};
use countersign_protocol::device::DeviceOffer;
use countersign_protocol::ids::{AccountId, Commitment, RecordId, SpaceId, UserId};
use countersign_protocol::keybox::KeyBox;
use countersign_protocol::log::{Accepted, LiveSpace, Log};
use countersign_protocol::manifest::{Line, Manifest};
use countersign_protocol::numbers::{AccountRole, WorkspaceRole};
use countersign_protocol::op::Op;
use countersign_protocol::placement::{CurrentManifest, RecordError, VerifiedRecord};

use crate::entropy::Seeded;

/// A day, in ms.
pub const DAY: u64 = 24 * 60 * 60 * 1000;

/// One phone, or a kit that somebody typed in.
#[derive(Debug)]
pub struct Phone {
    /// Whose it is.
    pub user: UserId,
    /// Its own keys.
    pub device: DeviceKeys,
    /// The space keys that it holds.
    pub keys: KeyRing,
}

/// A workspace as an honest server has it.
#[derive(Debug)]
pub struct TestWorkspace {
    /// What everybody has verified.
    pub log: Log,
    /// Each entry as it was sent, by seq.
    pub entries: Vec<Vec<u8>>,
    /// Every box that was posted, oldest first.
    pub boxes: Vec<KeyBox>,
    /// Every record that was posted, oldest first.
    pub records: Vec<OwnedRecord>,
    /// The manifest of each space that was rotated.
    pub manifests: BTreeMap<SpaceId, CurrentManifest>,
    /// The founder's kit.
    pub kit: RecoveryKit,
    /// What is random is the same in each run.
    pub entropy: Seeded,
    /// The time of the next entry, in ms since the Unix epoch.
    pub ts: u64,
}

/// A name.
pub fn name(text: &str) -> Name {
    Text::new(text).expect("a test's names are short")
}

/// A card that says little.
pub fn card(text: &str) -> Card {
    Card {
        name: Text::new(text).expect("a test's names are short"),
        app: Text::default(),
        address: Text::default(),
        login: Text::default(),
        notes: Text::default(),
        binned: None,
        unknown: Unknown::default(),
    }
}

/// The keys that somebody holds, by space and epoch, each as what the log would commit to.
pub type Held = BTreeMap<(SpaceId, u64), Commitment>;

impl TestWorkspace {
    /// A workspace of one, and its founder's phone.
    pub fn found(seed: u64) -> (Self, Phone) {
        let entropy = Seeded::new(seed);
        let device = DeviceKeys::generate(&entropy).expect("seeded entropy does not fail");
        let user = flow::new_user_id(&entropy).expect("seeded entropy does not fail");
        let kit = KitSecret::generate(&entropy).expect("seeded entropy does not fail");
        let names = Names { workspace: name("Blue"), member: name("Ana"), device: name("Ana's phone") };
        let ts = 1_700_000_000_000;
        let founded = flow::found(names, user, &device, kit, ts, &entropy).expect("a founder may found");
        let mut keys = KeyRing::new();
        for (place, key) in founded.batch.keys {
            keys.insert(founded.log.state(), &place, key).expect("the log commits to what was made for it");
        }
        let workspace = Self {
            log: founded.log,
            entries: vec![founded.batch.entry],
            boxes: founded.batch.boxes,
            records: founded.batch.records,
            manifests: BTreeMap::new(),
            kit: founded.kit,
            entropy,
            ts,
        };
        (workspace, Phone { user, device, keys })
    }

    /// The phone, about to sign.
    pub fn author<'a>(&'a self, phone: &'a Phone) -> Author<'a> {
        Author {
            log: &self.log,
            device: &phone.device,
            keys: &phone.keys,
            outstanding: None,
            ts: self.ts,
            entropy: &self.entropy,
        }
    }

    /// Makes a batch as `phone` and takes it as a server and everybody else would; `phone` keeps the new keys.
    ///
    /// # Errors
    /// The flow's own.
    pub fn post(
        &mut self,
        phone: &mut Phone,
        flow: impl FnOnce(&Author<'_>) -> Result<Batch, FlowError>,
    ) -> Result<Accepted, FlowError> {
        let batch = flow(&self.author(phone))?;
        let accepted = self.take(&batch)?;
        for (place, key) in batch.keys {
            phone
                .keys
                .insert(self.log.state(), &place, key)
                .expect("the log commits to what was made for it");
        }
        Ok(accepted)
    }

    /// Takes a batch as a server and everybody else would.
    ///
    /// # Errors
    /// [`FlowError::Refused`], as the verifier says.
    pub fn take(&mut self, batch: &Batch) -> Result<Accepted, FlowError> {
        let accepted = self.log.verify_next(&batch.entry)?;
        self.entries.push(batch.entry.clone());
        self.boxes.extend(&batch.boxes);
        self.records.extend(batch.records.iter().cloned());
        if let Some((space, manifest)) = &batch.manifest {
            let verified = self.log.verify_manifest(*space, &manifest.encode());
            self.manifests.insert(*space, verified.expect("a flow's manifest is the one it names"));
        }
        self.ts += 1000;
        Ok(accepted)
    }

    /// Opens all the boxes that lie there for `phone`, and goes back along the chains of keys.
    pub fn sync(&self, phone: &mut Phone) {
        phone.keys.open_boxes(self.log.state(), &self.boxes, &phone.device);
        for entry in self.entries.iter().rev() {
            let signed = countersign_protocol::entry::SignedEntry::decode(entry).expect("it was verified");
            if let Op::Rotate(rotate) = &signed.entry.op {
                phone.keys.unwrap_previous(self.log.state(), rotate).expect("an honest rotator");
            }
        }
    }

    /// Invites somebody as `role` and returns their link.
    pub fn invite(&mut self, admin: &mut Phone, role: WorkspaceRole) -> InviteLink {
        let greeting = Greeting { workspace: name("Blue"), inviter: name("Ana") };
        let not_after = self.ts + DAY;
        let (batch, secret) =
            self.author(admin).invite(role, not_after, &greeting).expect("an Admin may invite");
        self.take(&batch).expect("what the flow made is valid");
        let server = ServerAddress::new("https://vault.example.com").expect("an address");
        batch.invite_link(server, &self.log, secret)
    }

    /// A new member with a phone, and a kit if wanted.
    pub fn join(
        &mut self,
        admin: &mut Phone,
        role: WorkspaceRole,
        with_kit: bool,
    ) -> (Phone, Option<RecoveryKit>) {
        let link = self.invite(admin, role);
        let device = self.new_device();
        let user = flow::new_user_id(&self.entropy).expect("seeded entropy does not fail");
        let kit = with_kit.then(|| KitSecret::generate(&self.entropy).expect("seeded entropy does not fail"));
        let kit_device = kit.as_ref().map(KitSecret::device);
        let request = flow::join_request(&link, user, &device, kit_device.as_ref());
        self.post(admin, |author| author.accept_join(&request)).expect("an honest request");
        let mut phone = Phone { user, device, keys: KeyRing::new() };
        self.sync(&mut phone);
        (phone, kit.map(|kit| RecoveryKit::new(kit, self.log.workspace())))
    }

    /// A second phone of the same member.
    pub fn add_phone(&mut self, phone: &mut Phone) -> Phone {
        let device = self.new_device();
        let offer = DeviceOffer(device.proven());
        self.post(phone, |author| author.add_device(&offer)).expect("an own device");
        let mut added = Phone { user: phone.user, device, keys: KeyRing::new() };
        self.sync(&mut added);
        added
    }

    /// Keys that nobody has seen yet.
    pub fn new_device(&self) -> DeviceKeys {
        DeviceKeys::generate(&self.entropy).expect("seeded entropy does not fail")
    }

    /// An account of `owner`, shared with `others`.
    pub fn account(&mut self, owner: &mut Phone, others: &[(UserId, AccountRole)]) -> AccountId {
        let account = flow::new_account_id(&self.entropy).expect("seeded entropy does not fail");
        let roles = others.iter().copied().chain([(owner.user, AccountRole::Owner)]).collect();
        self.post(owner, |author| author.create_account(account, &roles, &card("Mail")))
            .expect("an own account");
        account
    }

    /// Rotates every dirty space that `phone` may rotate.
    ///
    /// # Errors
    /// The first flow's own.
    pub fn rotate_all(&mut self, phone: &mut Phone) -> Result<usize, FlowError> {
        let spaces: Vec<SpaceId> = self.log.state().spaces().keys().copied().collect();
        let mut rotated = 0;
        for space in spaces {
            if self.log.state().live_space(space).is_ok_and(|live| live.dirt.is_some()) {
                let manifest = self.manifest(space);
                match self.post(phone, |author| author.rotate(space, manifest, &[])) {
                    Ok(_) => rotated += 1,
                    Err(FlowError::Refused(error)) if error.name() == "NotPermitted" => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(rotated)
    }

    /// The newest revision of every record of a space.
    pub fn manifest(&self, space: SpaceId) -> Manifest {
        let mut manifest = Manifest::default();
        for record in self.records.iter().filter(|record| record.header.space == space) {
            let line = Line { rev: record.header.rev, hash: record.as_sealed().hash() };
            manifest.lines.insert(record.header.id(), line);
        }
        manifest
    }

    /// The newest revision of one record.
    pub fn newest(&self, record: RecordId) -> Option<&OwnedRecord> {
        self.records.iter().rev().find(|found| found.header.id() == record)
    }

    /// What everybody's rules say of a record at its own place.
    ///
    /// # Errors
    /// [`RecordError`].
    pub fn verify(&self, record: &OwnedRecord) -> Result<VerifiedRecord, RecordError> {
        let manifest = self.manifests.get(&record.header.space);
        self.log.verify_record(record.place(), record.as_sealed(), manifest)
    }

    /// What `phone` reads in a record that verifies, with whichever of its keys the record names.
    pub fn open(&self, phone: &Phone, record: &OwnedRecord) -> Option<OpenedRecord> {
        let verified = self.verify(record).ok()?;
        let key = phone.keys.get(record.header.space, record.header.epoch)?;
        OpenedRecord::open(&verified.header, &record.as_sealed(), key).ok()
    }

    /// The keys in a ring, by all the places that the log has and has had, and one more in each space.
    pub fn held(&self, ring: &KeyRing) -> Held {
        let live = self.log.state().spaces().iter().filter_map(|(id, space)| Some((*id, space.live()?)));
        let places = live.flat_map(|(id, space)| (0..=space.epoch() + 1).map(move |epoch| (id, epoch)));
        places.filter_map(|(id, epoch)| Some(((id, epoch), ring.get(id, epoch)?.commitment()))).collect()
    }

    /// Whether `phone` holds the current key of a space.
    pub fn reads(&self, phone: &Phone, space: SpaceId) -> bool {
        let epoch = self.log.state().live_space(space).map_or(0, LiveSpace::epoch);
        phone.keys.get(space, epoch).is_some()
    }

    /// `N` bytes of this workspace's randomness.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.entropy.fill(&mut bytes).expect("seeded entropy does not fail");
        bytes
    }
}
