//! A whole log with every op, and what its verifiers refuse at some of its places.

mod refusals;

use std::collections::BTreeMap;

use countersign_crypto::device::DeviceKeys;
use countersign_crypto::flow::{self, Author, Batch, FlowError, Names};
use countersign_crypto::invite::{Greeting, InviteSecret};
use countersign_crypto::key_ring::KeyRing;
use countersign_crypto::link::{InviteLink, ServerAddress};
use countersign_protocol::device::DeviceOffer;
use countersign_protocol::entry::{Entry, SignedEntry};
use countersign_protocol::ids::{AccountId, Head, SpaceId, UserId};
use countersign_protocol::limits::{MAX_ENTRY_BYTES, MAX_USER_DEVICES};
use countersign_protocol::log::Log;
use countersign_protocol::manifest::Manifest;
use countersign_protocol::numbers::{AccountRole, Message, WorkspaceRole};
use countersign_protocol::op::Op;
use countersign_tests::entropy::Seeded;
use countersign_tests::workspace::{card, name};
use serde_json::{Value, json};

use super::shared::{Phone, TS, bytes, hex, kit_secret, refused, spoiled};

const DAY: u64 = 24 * 60 * 60 * 1000;

/// The log as it grows, and what everybody needs to grow it.
struct Scene {
    /// The log after each entry.
    logs: Vec<Log>,
    good: Vec<Value>,
    bad: Vec<Value>,
    entropy: Seeded,
    keys: KeyRing,
    ana: Phone,
    second: Phone,
    ben: Phone,
    /// Ben's kits; he throws the first away before he is given the workspace.
    kits: [DeviceKeys; 2],
}

/// The log and its refusals.
pub(super) fn entries() -> Value {
    let mut scene = Scene::found();
    let ben = UserId::from_bytes(bytes("ben"));
    let link = scene.invite_and_join(ben);
    let account = scene.share(ben);
    scene.rotate(account, ben);
    scene.hand_over(ben);
    scene.refuse_at_the_end(&link, account);
    scene.refuse_again(3);
    scene.refuse_as_first();
    scene.fill_devices(ben);
    let genesis = scene.wire(0);
    scene.bad.extend(spoiled(&genesis, MAX_ENTRY_BYTES, SignedEntry::decode));
    json!({
        "about": "A log, entry by entry; `workspace` pins it. Each bad one is refused by a log that holds the entries up to `after`, or as the first entry of the workspace `pinned`; without either, by its form alone.",
        "workspace": hex(scene.log().workspace().as_bytes()),
        "devices": { "ana": scene.ana.listed(), "ana's second": scene.second.listed(), "ben": scene.ben.listed() },
        "good": scene.good,
        "bad": scene.bad,
    })
}

impl Scene {
    fn found() -> Self {
        let entropy = Seeded::new(2026);
        let ana = Phone::new("ana");
        let names = Names { workspace: name("Blue"), member: name("Ana"), device: name("Phone") };
        let user = UserId::from_bytes(bytes("ana"));
        let founded =
            flow::found(names, user, &ana.keys, kit_secret("kit"), TS, &entropy).expect("a founder may");
        let mut keys = KeyRing::new();
        keep(&mut keys, &founded.log, founded.batch.keys);
        let mut scene = Self {
            logs: Vec::new(),
            good: Vec::new(),
            bad: Vec::new(),
            entropy,
            keys,
            second: Phone::new("ana's second"),
            ben: Phone::new("ben"),
            kits: ["ben's kit", "ben's second kit"].map(|name| kit_secret(name).device()),
            ana,
        };
        scene.list(&founded.batch.entry, founded.log);
        scene
    }

    fn log(&self) -> &Log {
        self.logs.last().expect("a log begins with its genesis")
    }

    /// An entry as it is listed.
    fn wire(&self, seq: usize) -> Vec<u8> {
        let wire = self.good[seq]["bytes"].as_str().expect("an entry is listed by its bytes");
        data_encoding::HEXLOWER.decode(wire.as_bytes()).expect("it is hexadecimal")
    }

    fn list(&mut self, wire: &[u8], log: Log) {
        let signed = SignedEntry::decode(wire).expect("it was verified");
        self.good.push(json!({
            "name": signed.entry.op.kind().name(),
            "seq": signed.entry.seq,
            "bytes": hex(wire),
            "head": hex(log.head().as_bytes()),
        }));
        self.logs.push(log);
    }

    /// Makes and takes one batch of an honest author.
    fn post(&mut self, by: &str, flow: impl FnOnce(&Author<'_>) -> Result<Batch, FlowError>) -> Batch {
        let device = match by {
            "ben" => &self.ben.keys,
            "second" => &self.second.keys,
            _ => &self.ana.keys,
        };
        let ts = TS + 1000 * self.log().next_seq();
        let (log, entropy) = (self.log(), &self.entropy);
        let author = Author { log, device, keys: &self.keys, outstanding: None, ts, entropy };
        let mut batch = flow(&author).expect("an honest flow");
        let mut log = self.log().clone();
        log.verify_next(&batch.entry).expect("what a flow makes is valid");
        keep(&mut self.keys, &log, std::mem::take(&mut batch.keys));
        self.list(&batch.entry, log);
        batch
    }

    /// Lists what the log after `seq` says to an entry.
    fn refuse(&mut self, name: &str, after: usize, wire: &[u8]) {
        let error = refused(name, self.logs[after].clone().verify_next(wire)).name();
        self.bad.push(json!({ "name": name, "after": after, "bytes": hex(wire), "error": error }));
    }

    /// Lists what the log after `seq` says to an op at its next place.
    fn refuse_op(&mut self, name: &str, after: usize, by: &DeviceKeys, op: Op) {
        let wire = sign(by, &self.next(after, by, op));
        self.refuse(name, after, &wire);
    }

    fn next(&self, after: usize, by: &DeviceKeys, op: Op) -> Entry {
        let log = &self.logs[after];
        let ts = TS + 1000 * log.next_seq();
        Entry { workspace: log.workspace(), seq: log.next_seq(), prev: log.head(), ts, by: by.id(), op }
    }

    fn invite(&mut self, by: &str, role: WorkspaceRole) -> InviteLink {
        let greeting = Greeting { workspace: name("Blue"), inviter: name("Ana") };
        let mut secret: Option<InviteSecret> = None;
        let batch = self.post(by, |author| {
            let (batch, made) = author.invite(role, TS + DAY, &greeting)?;
            secret = Some(made);
            Ok(batch)
        });
        let server = ServerAddress::new("https://vault.example.com").expect("an address");
        batch.invite_link(server, self.log(), secret.expect("an invite has a secret"))
    }

    fn invite_and_join(&mut self, ben: UserId) -> InviteLink {
        let link = self.invite("ana", WorkspaceRole::Admin);
        let request = flow::join_request(&link, ben, &self.ben.keys, Some(&self.kits[0]));
        self.refuse_joins(&link);

        let mut expired = self.next(1, &self.ana.keys, Op::Join(request.join));
        expired.ts = TS + DAY + 1;
        let expired = sign(&self.ana.keys, &expired);
        self.refuse("a join after the invite's last moment", 1, &expired);
        let mut join = request.join;
        join.kit = None;
        let ana = Phone::new("ana");
        self.refuse_op("a join whose kit was taken out", 1, &ana.keys, Op::Join(join));
        let theirs = flow::join_request(&link, UserId::from_bytes(bytes("ana")), &self.ben.keys, None);
        self.refuse_op("a join under the id of another member", 1, &ana.keys, Op::Join(theirs.join));
        self.refuse_op("a join that the invitee posts", 1, &Phone::new("ben").keys, Op::Join(request.join));

        self.post("ana", |author| author.accept_join(&request));
        self.refuse_op("an invite used twice", 2, &ana.keys, Op::Join(request.join));
        link
    }

    fn share(&mut self, ben: UserId) -> AccountId {
        let offer = DeviceOffer(self.second.keys.proven());
        self.post("ana", |author| author.add_device(&offer));
        let account = AccountId::from_bytes(bytes("account"));
        let roles = BTreeMap::from([(UserId::from_bytes(bytes("ana")), AccountRole::Owner)]);
        self.post("ana", |author| author.create_account(account, &roles, &card("Mail")));
        self.post("ana", |author| author.grant(account, ben, Some(AccountRole::Collaborator)));
        let ben_device = Phone::new("ben");
        let take = Op::Grant { account, user: ben, role: Some(AccountRole::Owner) };
        self.refuse_op("a Collaborator who makes themselves Owner", 5, &ben_device.keys, take);
        let last = Op::Grant { account, user: UserId::from_bytes(bytes("ana")), role: None };
        self.refuse_op("the last Owner of an account, taken away", 5, &Phone::new("ana").keys, last);
        self.refuse_births(5);
        account
    }

    fn rotate(&mut self, account: AccountId, ben: UserId) {
        let codes = SpaceId::codes(self.log().workspace(), account);
        let before = self.logs.len() - 1;
        self.post("ana", |author| author.grant(account, ben, None));
        let rotated = self.post("ana", |author| author.rotate(codes, Manifest::default(), &[]));
        self.refuse("a rotation of a clean space", before, &self.resigned(&rotated, before));
        let second = self.second.keys.id();
        self.post("ana", |author| author.remove_device(second));
        self.refuse_rotations(codes, before + 2);
        let gone = Phone::new("ana's second");
        let revenge = Op::RemoveDevice { device: self.ana.keys.id() };
        self.refuse_op("by a device that was removed", self.logs.len() - 1, &gone.keys, revenge);
        let again = Op::AddDevice { user: UserId::from_bytes(bytes("ana")), device: gone.keys.proven() };
        self.refuse_op(
            "a device that was removed, added again",
            self.logs.len() - 1,
            &Phone::new("ana").keys,
            again,
        );
    }

    /// The op of a good entry, signed for the place after another entry.
    fn resigned(&self, batch: &Batch, after: usize) -> Vec<u8> {
        let op = SignedEntry::decode(&batch.entry).expect("it was verified").entry.op;
        sign(&self.ana.keys, &self.next(after, &self.ana.keys, op))
    }

    fn hand_over(&mut self, ben: UserId) {
        let link = self.invite("ben", WorkspaceRole::User);
        self.post("ana", |author| author.set_role(ben, WorkspaceRole::User));
        self.refuse_lapsed(&link);
        let [old, new] = self.kits.each_ref().map(|kit| DeviceOffer(kit.proven()));
        self.post("ben", |author| author.remove_device(old.0.record.id()));
        self.post("ana", |author| author.offer_workspace(ben));
        let end = self.logs.len() - 1;
        let accept = Op::Transfer { user: ben };
        self.refuse_op("a workspace accepted without a kit", end, &Phone::new("ben").keys, accept);
        self.post("ben", |author| author.add_device(&new));
        let early = Op::Transfer { user: UserId::from_bytes(bytes("ana")) };
        self.refuse_op(
            "a transfer accepted for somebody else",
            self.logs.len() - 1,
            &Phone::new("ben").keys,
            early,
        );
        #[allow(clippy::redundant_closure_for_method_calls, reason = "the method is bound to one lifetime")]
        self.post("ben", |author| author.accept_workspace());
        let link = self.invite("ben", WorkspaceRole::User);
        let invite = link.secret.id(self.log().workspace());
        self.post("ben", |author| author.revoke_invite(invite));
        self.post("ben", |author| author.remove_member(UserId::from_bytes(bytes("ana"))));
        let account = AccountId::from_bytes(bytes("account"));
        self.post("ben", |author| author.delete_account(account));
    }

    /// Ben adds devices until he has had as many as one user ever has.
    fn fill_devices(&mut self, ben: UserId) {
        let device = |number: u64| kit_secret(&format!("ben's device {number}")).device();
        let had = self.log().state().member(ben).expect("a member").devices_ever;
        for number in had..MAX_USER_DEVICES {
            self.post("ben", |author| author.add_device(&DeviceOffer(device(number).proven())));
        }
        let one_more = Op::AddDevice { user: ben, device: device(MAX_USER_DEVICES).proven() };
        let end = self.logs.len() - 1;
        self.refuse_op("a device more than one user ever has", end, &Phone::new("ben").keys, one_more);
    }

    fn refuse_at_the_end(&mut self, link: &InviteLink, account: AccountId) {
        let end = self.logs.len() - 1;
        let (ana, ben) = (Phone::new("ana"), Phone::new("ben"));
        let me = UserId::from_bytes(bytes("ben"));
        self.refuse_op("by a member who was removed", end, &ana.keys, Op::RemoveMember { user: me });
        self.refuse_op(
            "by a device that was never there",
            end,
            &Phone::new("ghost").keys,
            Op::RemoveMember { user: me },
        );
        self.refuse_op("the workspace Owner, leaving", end, &ben.keys, Op::RemoveMember { user: me });
        self.refuse_op(
            "the Owner's only phone, removed",
            end,
            &ben.keys,
            Op::RemoveDevice { device: ben.keys.id() },
        );
        self.refuse_op("an account deleted twice", end, &ben.keys, Op::DeleteAccount { account });
        let kit_invites = Op::RevokeInvite { invite: link.secret.id(self.log().workspace()) };
        let kit = kit_secret("ben's second kit").device();
        self.refuse_op("an invite that was used, revoked", end, &kit, kit_invites);
        let by_kit = Op::RemoveMember { user: UserId::from_bytes(bytes("ana")) };
        self.refuse_op("a member who is gone, removed by a kit", end, &kit, by_kit);

        let op = Op::Transfer { user: me };
        let entry = self.next(end, &ben.keys, op);
        for (name, changed) in [
            (
                "of another workspace",
                Entry { workspace: countersign_protocol::ids::WorkspaceId::ZERO, ..entry.clone() },
            ),
            ("with a gap before it", Entry { seq: entry.seq + 1, ..entry.clone() }),
            ("after another head", Entry { prev: Head::ZERO, ..entry.clone() }),
            ("a second entry 1", Entry { seq: 1, ..entry.clone() }),
            ("an op that changes nothing", entry.clone()),
        ] {
            let wire = sign(&ben.keys, &changed);
            self.refuse(name, end, &wire);
        }
        let mut altered = sign(&ben.keys, &entry);
        if let Some(last) = altered.last_mut() {
            *last ^= 1;
        }
        self.refuse("one bit of its signature altered", end, &altered);
    }
}

fn keep(
    keys: &mut KeyRing,
    log: &Log,
    made: Vec<(countersign_crypto::space_key::KeyPlace, countersign_crypto::space_key::SpaceKey)>,
) {
    for (place, key) in made {
        keys.insert(log.state(), &place, key).expect("the log commits to what was made for it");
    }
}

fn sign(by: &DeviceKeys, entry: &Entry) -> Vec<u8> {
    let mut wire = entry.encode();
    let signature = by.signing().sign(Message::Entry, &[&wire]);
    wire.extend_from_slice(signature.as_bytes());
    wire
}
