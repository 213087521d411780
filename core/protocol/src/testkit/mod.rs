//! Workspaces for tests: people and things by name, every entry signed for real.
//!
//! Keys and ids are hashes of names, so that a test reads as a story and two runs make the same bytes. It holds
//! secret keys, so it is no part of the library: this crate's tests compile it, and its benchmarks include the file.

pub(crate) mod records;

use std::collections::BTreeMap;

use countersign_protocol::device::{DeviceRecord, ProvenDevice};
use countersign_protocol::entry::{Entry, SignedEntry};
use countersign_protocol::ids::{
    AccountId, Commitment, DeviceId, Head, InviteId, ManifestHash, PublicBoxKey, PublicSigningKey, Signature,
    SpaceId, UserId, WorkspaceId,
};
use countersign_protocol::join::{Join, JoinRequest, JoinText};
use countersign_protocol::limits::GREETING_BYTES;
use countersign_protocol::log::{Accepted, EntryError, Log};
use countersign_protocol::numbers::{AccountRole, DeviceKind, Message, Suite, WorkspaceRole};
use countersign_protocol::op::{Account, Genesis, Invite, Op, PrevWrap, Rotate};
use countersign_protocol::signature::signing_input;
use ed25519_dalek::{Signer, SigningKey};
use sha2::{Digest, Sha256};

/// 32 bytes that a name stands for.
pub(crate) fn bytes32(name: &str) -> [u8; 32] {
    Sha256::digest(name.as_bytes()).into()
}

/// 16 bytes that a name stands for.
pub(crate) fn bytes16(name: &str) -> [u8; 16] {
    *bytes32(name).first_chunk().unwrap()
}

/// A member by name.
pub(crate) fn user(name: &str) -> UserId {
    UserId::from_bytes(bytes16(name))
}

/// An account by name.
pub(crate) fn account(name: &str) -> AccountId {
    AccountId::from_bytes(bytes16(name))
}

/// A commitment to the key of a name.
pub(crate) fn commit(name: &str) -> Commitment {
    Commitment::from_bytes(bytes32(name))
}

/// A device and its secret key.
#[derive(Clone)]
pub(crate) struct Keys {
    signing: SigningKey,
    pub(crate) record: DeviceRecord,
}

impl Keys {
    pub(crate) fn of(name: &str, kind: DeviceKind) -> Self {
        let signing = SigningKey::from_bytes(&bytes32(name));
        let record = DeviceRecord {
            suite: Suite::X25519,
            kind,
            signing_key: PublicSigningKey::from_bytes(signing.verifying_key().to_bytes()),
            box_key: PublicBoxKey::from_bytes(bytes32(&format!("{name}, boxes"))),
        };
        Self { signing, record }
    }

    /// A member's first phone.
    pub(crate) fn phone(owner: &str) -> Self {
        Self::of(&format!("{owner}'s phone"), DeviceKind::Phone)
    }

    /// A member's recovery kit.
    pub(crate) fn kit(owner: &str) -> Self {
        Self::of(&format!("{owner}'s kit"), DeviceKind::Kit)
    }

    /// The key of an invite's secret.
    pub(crate) fn invite(name: &str) -> Self {
        Self::of(&format!("invite {name}"), DeviceKind::Phone)
    }

    pub(crate) fn id(&self) -> DeviceId {
        self.record.id()
    }

    pub(crate) fn sign(&self, message: Message, parts: &[&[u8]]) -> Signature {
        Signature::from_bytes(self.signing.sign(&signing_input(message, parts)).to_bytes())
    }

    /// The device with its proof.
    pub(crate) fn proven(&self) -> ProvenDevice {
        ProvenDevice { record: self.record, pop: self.sign(Message::Pop, &[&self.record.encode()]) }
    }

    /// The same keys with another box key.
    #[must_use]
    pub(crate) fn with_box_key(mut self, key: [u8; 32]) -> Self {
        self.record.box_key = PublicBoxKey::from_bytes(key);
        self
    }

    /// An entry as this device sends it.
    pub(crate) fn sign_entry(&self, entry: &Entry) -> Vec<u8> {
        let signature = self.sign(Message::Entry, &[&entry.encode()]);
        SignedEntry { entry: entry.clone(), signature }.encode()
    }
}

/// A workspace as one honest device has verified it, with everything it was sent.
#[derive(Clone)]
pub(crate) struct TestWorkspace {
    pub(crate) log: Log,
    pub(crate) entries: Vec<Vec<u8>>,
    /// The `ts` of the entries to come.
    pub(crate) now: u64,
}

/// The `not_after` of invites.
pub(crate) const NOT_AFTER: u64 = 10_000;

impl TestWorkspace {
    /// A workspace whose Owner has a phone and a kit.
    pub(crate) fn founded_by(founder: &str) -> Self {
        let wire = genesis(founder);
        let workspace = SignedEntry::decode(&wire).unwrap().entry.workspace;
        Self { log: Log::begin(&wire, workspace).unwrap(), entries: vec![wire], now: 1_000 }
    }

    /// Ana's workspace, with Sue (Super Admin), Adam (Admin), Ben and Cleo (Users). All but Cleo have kits.
    pub(crate) fn of_ana() -> Self {
        let mut workspace = Self::founded_by("ana");
        workspace.add("ana", "sue", WorkspaceRole::SuperAdmin, true);
        workspace.add("ana", "adam", WorkspaceRole::Admin, true);
        workspace.add("ana", "ben", WorkspaceRole::User, true);
        workspace.add("ana", "cleo", WorkspaceRole::User, false);
        workspace
    }

    pub(crate) fn id(&self) -> WorkspaceId {
        self.log.workspace()
    }

    /// The next entry, unsigned.
    pub(crate) fn entry(&self, by: &Keys, op: Op) -> Entry {
        Entry {
            workspace: self.id(),
            seq: self.log.next_seq(),
            prev: self.log.head(),
            ts: self.now,
            by: by.id(),
            op,
        }
    }

    /// The next entry as `by` sends it.
    pub(crate) fn signed(&self, by: &Keys, op: Op) -> Vec<u8> {
        by.sign_entry(&self.entry(by, op))
    }

    /// Sends the next entry.
    pub(crate) fn post(&mut self, by: &Keys, op: Op) -> Result<Accepted, EntryError> {
        let wire = self.signed(by, op);
        self.receive(&wire)
    }

    /// Receives whatever a server sends.
    pub(crate) fn receive(&mut self, wire: &[u8]) -> Result<Accepted, EntryError> {
        let accepted = self.log.verify_next(wire)?;
        self.entries.push(wire.to_vec());
        Ok(accepted)
    }

    /// Sends the next entry, which must be valid.
    pub(crate) fn must(&mut self, by: &Keys, op: Op) -> Accepted {
        self.post(by, op).unwrap_or_else(|error| panic!("refused: {}", error.name()))
    }

    /// Sends the next entry, which must be refused by this name and leave no trace.
    pub(crate) fn refused(&mut self, by: &Keys, op: Op, name: &str) {
        let wire = self.signed(by, op);
        self.refused_wire(&wire, name);
    }

    /// Receives what must be refused by this name and leave no trace.
    pub(crate) fn refused_wire(&mut self, wire: &[u8], name: &str) {
        let before = self.log.clone();
        let error = self.log.verify_next(wire).expect_err("accepted");
        assert_eq!(error.name(), name);
        assert!(self.log == before, "a refused entry changed the log");
    }

    /// Invites somebody and makes them join, all on the inviter's phone.
    pub(crate) fn add(&mut self, inviter: &str, name: &str, role: WorkspaceRole, with_kit: bool) {
        let by = Keys::phone(inviter);
        self.must(&by, invite(name, role));
        let join = self.join(name, with_kit);
        self.must(&by, Op::Join(join));
    }

    /// Adds an account to the log.
    pub(crate) fn account(&mut self, by: &str, name: &str, roles: &[(&str, AccountRole)]) {
        self.must(&Keys::phone(by), account_op(name, roles));
    }

    /// What the invitee `name` posts to use the invite of the same name.
    pub(crate) fn join_request(&self, name: &str, with_kit: bool) -> JoinRequest {
        JoinRequest { workspace: self.id(), join: self.join(name, with_kit) }
    }

    /// Op 2 for the invite and the invitee of one name.
    pub(crate) fn join(&self, name: &str, with_kit: bool) -> Join {
        let kit = with_kit.then(|| Keys::kit(name));
        self.join_as(name, user(name), &Keys::phone(name), kit.as_ref())
    }

    /// Op 2 for the invite `invite`, for anybody and any devices.
    pub(crate) fn join_as(&self, invite: &str, user: UserId, phone: &Keys, kit: Option<&Keys>) -> Join {
        let key = Keys::invite(invite);
        let text = JoinText {
            workspace: self.id(),
            invite: invite_id(invite),
            user,
            device: phone.record,
            kit: kit.map(|kit| kit.record),
        };
        Join {
            invite: invite_id(invite),
            user,
            device: phone.proven(),
            kit: kit.map(Keys::proven),
            inv_sig: key.sign(Message::Join, &[&text.encode()]),
        }
    }

    pub(crate) fn directory(&self) -> SpaceId {
        SpaceId::directory(self.id())
    }

    pub(crate) fn codes(&self, name: &str) -> SpaceId {
        SpaceId::codes(self.id(), account(name))
    }

    pub(crate) fn controls(&self, name: &str) -> SpaceId {
        SpaceId::controls(self.id(), account(name))
    }

    /// Whether a space must be rotated.
    pub(crate) fn is_dirty(&self, space: SpaceId) -> bool {
        self.log.state().live_space(space).unwrap().dirt.is_some()
    }

    /// The rotation that comes next in a space, to a key and a manifest of this name.
    pub(crate) fn rotation(&self, space: SpaceId, name: &str) -> Op {
        let epoch = self.log.state().live_space(space).unwrap().epoch() + 1;
        let prev_wrap = Some(PrevWrap([7; 60]));
        let manifest = ManifestHash::from_bytes(bytes32(name));
        Op::Rotate(Rotate { space, epoch, commit: commit(name), prev_wrap, manifest })
    }
}

/// The genesis of a founder's workspace.
pub(crate) fn genesis(founder: &str) -> Vec<u8> {
    sign_genesis(founder, genesis_op(founder))
}

/// The founder's genesis op, to be spoiled.
pub(crate) fn genesis_op(founder: &str) -> Genesis {
    Genesis {
        user: user(founder),
        device: Keys::phone(founder).proven(),
        kit: Keys::kit(founder).proven(),
        commit_directory: commit("the directory's first key"),
    }
}

/// The entry of a genesis op, signed by the founder's phone.
pub(crate) fn sign_genesis(founder: &str, genesis: Genesis) -> Vec<u8> {
    let by = genesis.device.record.id();
    let op = Op::Genesis(genesis);
    let workspace = WorkspaceId::of_genesis(&op.encode());
    Keys::phone(founder).sign_entry(&Entry { workspace, seq: 0, prev: Head::ZERO, ts: 1_000, by, op })
}

/// The id of the invite of a name.
pub(crate) fn invite_id(name: &str) -> InviteId {
    InviteId::of_key(&Keys::invite(name).record.signing_key)
}

/// Op 1 for an invite of a name.
pub(crate) fn invite(name: &str, role: WorkspaceRole) -> Op {
    Op::Invite(Invite {
        invite: invite_id(name),
        key: Keys::invite(name).record.signing_key,
        role,
        not_after: NOT_AFTER,
        greeting: [1; GREETING_BYTES],
    })
}

/// Op 7 for an account of a name.
pub(crate) fn account_op(name: &str, roles: &[(&str, AccountRole)]) -> Op {
    Op::Account(Account {
        account: account(name),
        commit_codes: commit(&format!("{name}: codes")),
        commit_controls: commit(&format!("{name}: controls")),
        roles: roles.iter().map(|(name, role)| (user(name), *role)).collect::<BTreeMap<_, _>>(),
    })
}

/// Op 3 for a device of a member.
pub(crate) fn add_device(owner: &str, device: &Keys) -> Op {
    Op::AddDevice { user: user(owner), device: device.proven() }
}

/// Op 4.
pub(crate) fn remove_device(device: &Keys) -> Op {
    Op::RemoveDevice { device: device.id() }
}

/// Op 5.
pub(crate) fn remove_member(name: &str) -> Op {
    Op::RemoveMember { user: user(name) }
}

/// Op 6.
pub(crate) fn set_role(name: &str, role: WorkspaceRole) -> Op {
    Op::Role { user: user(name), role }
}

/// Op 8.
pub(crate) fn grant(name: &str, to: &str, role: Option<AccountRole>) -> Op {
    Op::Grant { account: account(name), user: user(to), role }
}

/// Op 10.
pub(crate) fn transfer(to: &str) -> Op {
    Op::Transfer { user: user(to) }
}
