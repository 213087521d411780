//! One log in which all happens by which records, manifests and boxes are judged.

use countersign_crypto::device::DeviceKeys;
use countersign_protocol::ids::{AccountId, InstanceId, RecordHash, RecordId, Salt, Signature, SpaceId};
use countersign_protocol::limits::highest_revision;
use countersign_protocol::log::{LiveSpace, Log};
use countersign_protocol::manifest::{Line, Manifest};
use countersign_protocol::numbers::{AccountRole, Message, RecordType, WorkspaceRole};
use countersign_protocol::record::{RecordHeader, SealedRecord};
use countersign_tests::workspace::{Phone, TestWorkspace};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::shared::{bytes, hex};

/// Where the log stands after each thing that matters, by seq.
pub(super) const SHARED: usize = 5;
pub(super) const TAKEN_AWAY: usize = 6;
pub(super) const ROTATED: usize = 7;
pub(super) const OWNER_GONE: usize = 8;
pub(super) const BEGUN_ANEW: usize = 10;
pub(super) const ROTATED_AGAIN: usize = 11;
pub(super) const DELETED: usize = 12;

/// Ana's workspace with Ben, who owns an account and has a kit, and Cleo. Cleo's role is taken away and the codes are rotated;
/// Ben is removed, Ana rescues the account, rotates its spaces, and ends it.
pub(super) struct Scene {
    /// The log after each entry.
    pub(super) logs: Vec<Log>,
    entries: Vec<String>,
    pub(super) ana: Phone,
    pub(super) ben: Phone,
    pub(super) cleo: Phone,
    pub(super) kit: DeviceKeys,
    pub(super) codes: SpaceId,
    pub(super) controls: SpaceId,
    /// Ben's secret, and Cleo's counter beside it.
    pub(super) secret: Signed,
    pub(super) counter: Signed,
    /// Activity of Cleo's phone, by Ben.
    pub(super) forged: Signed,
    /// The manifests of the codes.
    pub(super) first: Manifest,
    pub(super) second: Manifest,
}

/// A record as its author signs it. What it seals is zeros: nothing here opens it.
#[derive(Clone)]
pub(super) struct Signed {
    pub(super) header: RecordHeader,
    pub(super) ciphertext: Vec<u8>,
    pub(super) signature: Signature,
}

impl Signed {
    pub(super) fn new(by: &DeviceKeys, header: RecordHeader, ciphertext: Vec<u8>) -> Self {
        let hash = Sha256::digest(&ciphertext);
        let signature = by.signing().sign(Message::Record, &[&header.encode(), &hash]);
        Self { header, ciphertext, signature }
    }

    pub(super) fn line(&self) -> (RecordId, Line) {
        let header = self.header.encode();
        let sealed =
            SealedRecord { header: &header, ciphertext: &self.ciphertext, signature: &self.signature };
        (self.header.id(), Line { rev: self.header.rev, hash: sealed.hash() })
    }
}

/// A first record of `by` at the head of `log`, with a change or two.
pub(super) fn record(
    log: &Log,
    by: &DeviceKeys,
    (space, record_type): (SpaceId, RecordType),
    change: impl FnOnce(&mut RecordHeader),
) -> Signed {
    let mut header = RecordHeader {
        workspace: log.workspace(),
        space,
        record_type,
        instance: InstanceId::ZERO,
        rev: 1,
        prev: RecordHash::ZERO,
        epoch: log.state().live_space(space).map_or(1, LiveSpace::epoch),
        salt: Salt::from_bytes(bytes("salt")),
        by: by.id(),
        log_seq: log.next_seq() - 1,
        log_head: log.head(),
        tombstone: false,
    };
    change(&mut header);
    Signed::new(by, header, vec![0; 256 + 16])
}

pub(super) fn line(rev: u64, hash: &str) -> Line {
    Line { rev, hash: RecordHash::from_bytes(bytes(hash)) }
}

/// Lines as vectors list them.
pub(super) fn listed<'a>(lines: impl IntoIterator<Item = (&'a RecordId, &'a Line)>) -> Vec<Value> {
    let lines = lines.into_iter();
    lines.map(|(id, line)| json!([hex(id.as_bytes()), line.rev, hex(line.hash.as_bytes())])).collect()
}

impl Scene {
    pub(super) fn new() -> Self {
        let (mut workspace, mut ana) = TestWorkspace::found(2026);
        let (mut ben, kit) = workspace.join(&mut ana, WorkspaceRole::User, true);
        let (cleo, _) = workspace.join(&mut ana, WorkspaceRole::User, false);
        let collaborate = |phone: &Phone| (phone.user, AccountRole::Collaborator);
        let account = workspace.account(&mut ben, &[collaborate(&ana), collaborate(&cleo)]);
        let id = workspace.log.workspace();
        let (codes, controls) = (SpaceId::codes(id, account), SpaceId::controls(id, account));

        let by = |phone: &Phone, of, instance| {
            record(&workspace.log, &phone.device, (codes, of), |header| header.instance = instance)
        };
        let cleos = InstanceId::from_bytes(*cleo.device.id().as_bytes());
        let secret = by(&ben, RecordType::Otp, InstanceId::ZERO);
        let counter = by(&cleo, RecordType::Counter, InstanceId::ZERO);
        let forged = by(&ben, RecordType::Activity, cleos);
        let first = Manifest { lines: [secret.line(), forged.line()].into() };
        let second = second_manifest(&secret);

        let post = "what an honest author makes";
        workspace.post(&mut ben, |author| author.grant(account, cleo.user, None)).expect(post);
        workspace.post(&mut ben, |author| author.rotate(codes, first.clone(), &[])).expect(post);
        workspace.sync(&mut ana);
        rescue(&mut workspace, &mut ana, &ben, (account, codes, controls), &second);
        let kit = kit.expect("Ben has a kit").device();
        let (logs, entries) = replay(&workspace);
        Self { logs, entries, ana, ben, cleo, kit, codes, controls, secret, counter, forged, first, second }
    }

    /// The log, as the files list it.
    pub(super) fn listed(&self) -> Value {
        json!({ "workspace": hex(self.logs[0].workspace().as_bytes()), "log": self.entries })
    }
}

/// Lines of every kind, for a rotation by entry 11: true, too low, another, too high, unknown, and such as no record can have.
fn second_manifest(secret: &Signed) -> Manifest {
    let highest = highest_revision(ROTATED_AGAIN as u64);
    let lines = [
        secret.line(),
        (id("lowered"), line(2, "second")),
        (id("exchanged"), line(3, "another third")),
        (id("ahead"), line(5, "fifth")),
        (id("unknown"), line(1, "first")),
        (id("rev 0"), line(0, "first")),
        (id("highest"), line(highest, "highest")),
        (id("too high"), line(highest + 1, "too high")),
    ];
    Manifest { lines: lines.into() }
}

/// A record by the name of what happens to it.
pub(super) fn id(name: &str) -> RecordId {
    RecordId::from_bytes(bytes(name))
}

/// Ben is removed; Ana makes herself an Owner, begins the controls anew, rotates the codes, and ends the account.
fn rescue(
    workspace: &mut TestWorkspace,
    ana: &mut Phone,
    ben: &Phone,
    (account, codes, controls): (AccountId, SpaceId, SpaceId),
    manifest: &Manifest,
) {
    let post = "what an honest author makes";
    let me = ana.user;
    workspace.post(ana, |author| author.remove_member(ben.user)).expect(post);
    workspace.post(ana, |author| author.grant(account, me, Some(AccountRole::Owner))).expect(post);
    workspace.post(ana, |author| author.rotate(controls, Manifest::default(), &[])).expect(post);
    workspace.post(ana, |author| author.rotate(codes, manifest.clone(), &[])).expect(post);
    workspace.post(ana, |author| author.delete_account(account)).expect(post);
}

/// The log after each entry, and the entries.
fn replay(workspace: &TestWorkspace) -> (Vec<Log>, Vec<String>) {
    let (genesis, rest) = workspace.entries.split_first().expect("a log begins with its genesis");
    let mut log = Log::begin(genesis, workspace.log.workspace()).expect("it was verified");
    let mut logs = vec![log.clone()];
    for wire in rest {
        log.verify_next(wire).expect("it was verified");
        logs.push(log.clone());
    }
    (logs, workspace.entries.iter().map(hex).collect())
}
