//! What really happened: who had which role after each entry, and everything that anybody ever wrote.
//!
//! One account, three members: Ana owns it all the time, Ben and Cleo get and lose roles by her hand.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use countersign_crypto::device::DeviceKeys;
use countersign_protocol::entry::Entry;
use countersign_protocol::ids::{
    AccountId, Commitment, Head, InstanceId, RecordHash, Salt, Signature, SpaceId,
};
use countersign_protocol::log::Log;
use countersign_protocol::manifest::{Line, Manifest};
use countersign_protocol::numbers::{AccountRole, Message, RecordType, WorkspaceRole};
use countersign_protocol::op::{Op, PrevWrap, Rotate};
use countersign_protocol::placement::Place;
use countersign_protocol::record::{RecordHeader, SealedRecord};
use sha2::{Digest, Sha256};

use crate::log_model::random::Random;
use crate::workspace::{Phone, TestWorkspace};

pub(super) const PEOPLE: usize = 3;
/// 0 none, 1 Collaborator, 2 Owner.
pub(super) type Role = u64;
pub(super) const OWNER: Role = 2;

/// The account's `codes` after one entry.
#[derive(Debug, Clone)]
pub(super) struct Moment {
    pub(super) roles: [Role; PEOPLE],
    pub(super) active: [bool; PEOPLE],
    pub(super) epoch: u64,
    /// The entry that made the space dirty.
    pub(super) dirty_since: Option<u64>,
    /// The strongest roles of those whose rights shrank in this epoch.
    pub(super) former: [Role; PEOPLE],
}

/// One revision as its author signed it.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) author: usize,
    pub(super) header: RecordHeader,
    header_bytes: Vec<u8>,
    ciphertext: Vec<u8>,
    signature: Signature,
    /// Whether it names the head that the log really had at its seq.
    pub(super) true_head: bool,
    /// Whether it is nobody else's to write: activity is its device's own.
    pub(super) fitting: bool,
}

impl Written {
    pub(super) fn sealed(&self) -> SealedRecord<'_> {
        SealedRecord { header: &self.header_bytes, ciphertext: &self.ciphertext, signature: &self.signature }
    }

    pub(super) fn place(&self) -> Place {
        Place { space: self.header.space, record: self.header.id() }
    }

    pub(super) fn line(&self) -> Line {
        Line { rev: self.header.rev, hash: self.sealed().hash() }
    }

    /// The least role that writes the type.
    pub(super) fn needs(&self) -> Role {
        if self.header.record_type == RecordType::Card { OWNER } else { 1 }
    }
}

/// The members and the log with which every history begins.
struct Scene {
    log: Log,
    people: [Phone; PEOPLE],
    account: AccountId,
}

fn scene() -> &'static Scene {
    static SCENE: OnceLock<Scene> = OnceLock::new();
    SCENE.get_or_init(|| {
        let (mut workspace, mut ana) = TestWorkspace::found(0x5EC0);
        let (ben, _) = workspace.join(&mut ana, WorkspaceRole::User, false);
        let (cleo, _) = workspace.join(&mut ana, WorkspaceRole::User, false);
        let others = [(ben.user, AccountRole::Collaborator), (cleo.user, AccountRole::Owner)];
        let account = workspace.account(&mut ana, &others);
        Scene { log: workspace.log, people: [ana, ben, cleo], account }
    })
}

pub(super) struct History {
    /// The log as an honest server has it.
    pub(super) log: Log,
    /// The entries after the scene's, with the manifest of each that is a rotation.
    pub(super) entries: Vec<(Vec<u8>, Option<Manifest>)>,
    /// By seq, from the scene's last entry on.
    moments: Vec<Moment>,
    first: u64,
    pub(super) records: Vec<Written>,
}

impl History {
    pub(super) fn begin() -> Self {
        let log = scene().log.clone();
        let now = Moment {
            roles: [OWNER, 1, OWNER],
            active: [true; PEOPLE],
            epoch: 1,
            dirty_since: None,
            former: [0; PEOPLE],
        };
        let first = log.next_seq() - 1;
        Self { log, entries: Vec::new(), moments: vec![now], first, records: Vec::new() }
    }

    pub(super) fn base_log() -> Log {
        scene().log.clone()
    }

    pub(super) fn space(&self) -> SpaceId {
        SpaceId::codes(self.log.workspace(), scene().account)
    }

    pub(super) fn at(&self, seq: u64) -> &Moment {
        &self.moments[usize::try_from(seq - self.first).expect("a short log")]
    }

    pub(super) fn last(&self) -> u64 {
        self.first + self.entries.len() as u64
    }

    pub(super) fn entry(&self, seq: u64) -> Option<&(Vec<u8>, Option<Manifest>)> {
        self.entries.get(usize::try_from(seq - self.first - 1).expect("a short log"))
    }

    /// The manifest of the epoch that the space had after the entry at `seq`.
    pub(super) fn manifest_at(&self, seq: u64) -> Option<&Manifest> {
        let held = usize::try_from(seq - self.first).expect("a short log");
        self.entries[..held].iter().rev().find_map(|(_, manifest)| manifest.as_ref())
    }

    /// The seq of the rotation that began that epoch.
    pub(super) fn rotated_at(&self, seq: u64) -> u64 {
        let held = usize::try_from(seq - self.first).expect("a short log");
        let before = self.entries[..held].iter().rposition(|(_, manifest)| manifest.is_some());
        before.map_or(0, |index| self.first + 1 + index as u64)
    }

    pub(super) fn any_record(&self, random: &mut Random) -> Option<usize> {
        let count = self.records.len() as u64;
        (count > 0).then(|| usize::try_from(random.below(count)).expect("below a length"))
    }

    /// Ana gives or takes a role, or removes a member.
    pub(super) fn change_rights(&mut self, random: &mut Random) {
        let whom = 1 + usize::try_from(random.below(2)).expect("two people");
        let user = scene().people[whom].user;
        let mut now = self.at(self.last()).clone();
        if !now.active[whom] {
            return;
        }
        let before = now.roles[whom];
        let role = if random.one_in(8) { 0 } else { random.below(3) };
        let op = if random.one_in(10) {
            now.active[whom] = false;
            Op::RemoveMember { user }
        } else if role == before {
            return;
        } else {
            let role = [None, Some(AccountRole::Collaborator), Some(AccountRole::Owner)]
                [usize::try_from(role).expect("three roles")];
            Op::Grant { account: scene().account, user, role }
        };
        now.roles[whom] = if now.active[whom] { role } else { 0 };
        if now.roles[whom] < before {
            now.dirty_since = now.dirty_since.or(Some(self.last() + 1));
            now.former[whom] = now.former[whom].max(before);
        }
        self.post(0, op, None, now);
    }

    /// An Owner rotates the space where it is dirty: Ana with her own manifest, Cleo with one that she makes up.
    pub(super) fn rotate(&mut self, random: &mut Random, honest: Manifest) {
        let mut now = self.at(self.last()).clone();
        if now.dirty_since.take().is_none() {
            return;
        }
        let cleo = now.roles[2] == OWNER && random.one_in(2);
        let manifest = if cleo { self.made_up(random) } else { honest };
        now.epoch += 1;
        now.former = [0; PEOPLE];
        let op = Op::Rotate(Rotate {
            space: self.space(),
            epoch: now.epoch,
            commit: Commitment::from_bytes(Sha256::digest(now.epoch.to_be_bytes()).into()),
            prev_wrap: Some(PrevWrap([1; 60])),
            manifest: manifest.hash(),
        });
        self.post(if cleo { 2 } else { 0 }, op, Some(manifest), now);
    }

    /// A manifest that drops, lowers and picks as it likes, and now and then lists what no record can be.
    fn made_up(&self, random: &mut Random) -> Manifest {
        let mut lines = BTreeMap::new();
        for record in &self.records {
            if random.one_in(2) {
                let impossible = [0, (self.last() + 1) * (1 << 20) + 1, (1 << 53) - 1];
                let rev = if random.one_in(12) { *random.pick(&impossible) } else { record.header.rev };
                lines.insert(record.place().record, Line { rev, ..record.line() });
            }
        }
        Manifest { lines }
    }

    fn post(&mut self, by: usize, op: Op, manifest: Option<Manifest>, after: Moment) {
        let device = &scene().people[by].device;
        let entry = Entry {
            workspace: self.log.workspace(),
            seq: self.log.next_seq(),
            prev: self.log.head(),
            ts: 0,
            by: device.id(),
            op,
        };
        let mut wire = entry.encode();
        let signature = device.signing().sign(Message::Entry, &[&wire]);
        wire.extend_from_slice(signature.as_bytes());
        self.log.verify_next(&wire).expect("what the history does is valid");
        self.entries.push((wire, manifest));
        self.moments.push(after);
    }

    /// Somebody writes, with or without the right to, on the head or on one before it.
    pub(super) fn write(&mut self, random: &mut Random) {
        let author = usize::try_from(random.below(PEOPLE as u64)).expect("three people");
        let record_type =
            *random.pick(&[RecordType::Card, RecordType::Counter, RecordType::Counter, RecordType::Activity]);
        let whose = if random.one_in(6) { usize::try_from(random.below(3)).expect("three") } else { author };
        let instance = match record_type {
            RecordType::Activity => InstanceId::from_bytes(*scene().people[whose].device.id().as_bytes()),
            _ => InstanceId::ZERO,
        };
        let fitting = record_type != RecordType::Activity || whose == author;
        let back = if random.one_in(3) { random.below(self.entries.len() as u64 + 1) } else { 0 };
        let log_seq = self.last() - back;
        let epoch = if random.one_in(12) { 1 + random.below(3) } else { self.at(log_seq).epoch };
        let (rev, prev) = self.base(random, record_type, instance);
        let true_head = !random.one_in(20);
        let device = &scene().people[author].device;
        let header = RecordHeader {
            workspace: self.log.workspace(),
            space: self.space(),
            record_type,
            instance,
            rev,
            prev,
            epoch,
            salt: Salt::from_bytes(Sha256::digest(self.records.len().to_be_bytes()).into()),
            by: device.id(),
            log_seq,
            log_head: if true_head { self.log.head_at(log_seq).unwrap_or(Head::ZERO) } else { Head::ZERO },
            tombstone: random.one_in(10),
        };
        self.records.push(Written { true_head, fitting, ..signed(author, header, device) });
    }

    /// What a revision says that it was made from: mostly the newest, now and then another, with a gap or without.
    fn base(&self, random: &mut Random, of: RecordType, instance: InstanceId) -> (u64, RecordHash) {
        let is_it = |record: &&Written| (record.header.record_type, record.header.instance) == (of, instance);
        let of_type: Vec<&Written> = self.records.iter().filter(is_it).collect();
        if of_type.is_empty() || random.one_in(10) {
            return (1, RecordHash::ZERO);
        }
        let newest = of_type.iter().max_by_key(|record| record.header.rev).expect("not empty");
        let base = if random.one_in(3) { random.pick(&of_type) } else { newest };
        (base.header.rev + 1 + if random.one_in(6) { random.below(3) } else { 0 }, base.sealed().hash())
    }
}

fn signed(author: usize, header: RecordHeader, device: &DeviceKeys) -> Written {
    let header_bytes = header.encode();
    let ciphertext = vec![0; 256 + 16];
    let hash: [u8; 32] = Sha256::digest(&ciphertext).into();
    let signature = device.signing().sign(Message::Record, &[&header_bytes, &hash]);
    Written { author, header, header_bytes, ciphertext, signature, true_head: true, fitting: true }
}
