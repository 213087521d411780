//! Refusals that no honest flow comes near: forged first entries, devices and ops.

use std::collections::BTreeMap;

use countersign_crypto::device::DeviceKeys;
use countersign_crypto::flow::join_request;
use countersign_crypto::link::InviteLink;
use countersign_protocol::device::ProvenDevice;
use countersign_protocol::entry::{Entry, SignedEntry};
use countersign_protocol::ids::{
    AccountId, Commitment, Head, InviteId, PublicBoxKey, SpaceId, UserId, WorkspaceId,
};
use countersign_protocol::limits::GREETING_BYTES;
use countersign_protocol::log::Log;
use countersign_protocol::numbers::{AccountRole, Message, WorkspaceRole};
use countersign_protocol::op::{Account, Genesis, Invite, Op, Rotate};
use serde_json::json;

use super::super::shared::{Phone, TS, bytes, hex, invite_secret, kit_secret, refused};
use super::{DAY, Scene, sign};

impl Scene {
    /// What no log begins with.
    pub(super) fn refuse_as_first(&mut self) {
        let good = self.taken(0);
        let Op::Genesis(genesis) = good.op.clone() else { return };
        let (phone, kit) = (Phone::new("ana").keys, kit_secret("kit").device());
        let pinned = good.workspace;
        let another = self.taken(1);
        self.first("a log that begins with another op", pinned, &sign(&phone, &another));
        self.first("a genesis other than the one pinned", WorkspaceId::ZERO, &sign(&phone, &good));
        self.first("a genesis at seq 1", pinned, &sign(&phone, &Entry { seq: 1, ..good.clone() }));
        let follows = Entry { prev: Head::from_bytes(bytes("head")), ..good.clone() };
        self.first("a genesis that follows something", pinned, &sign(&phone, &follows));
        let by_kit = Entry { by: kit.id(), ..good.clone() };
        self.first("a genesis by the kit", pinned, &sign(&kit, &by_kit));
        self.first("a genesis signed by the kit for the phone", pinned, &sign(&kit, &good));
        for (name, spoiled) in [
            ("a genesis with a second phone for a kit", Phone::new("ben").keys.proven()),
            ("a genesis with a kit whose box key is of small order", weak(&kit)),
            (
                "a genesis with a kit under the phone's proof",
                ProvenDevice { pop: genesis.device.pop, ..genesis.kit },
            ),
        ] {
            let op = Op::Genesis(Genesis { kit: spoiled, ..genesis.clone() });
            let workspace = WorkspaceId::of_genesis(&op.encode());
            self.first(name, workspace, &sign(&phone, &Entry { workspace, op, ..good.clone() }));
        }
    }

    /// Lists what is said to the first entry of a log, for the workspace that is pinned.
    fn first(&mut self, name: &str, pinned: WorkspaceId, wire: &[u8]) {
        let error = refused(name, Log::begin(wire, pinned)).name();
        self.bad.push(
            json!({ "name": name, "pinned": hex(pinned.as_bytes()), "bytes": hex(wire), "error": error }),
        );
    }

    /// An entry that the log took.
    fn taken(&self, seq: usize) -> Entry {
        SignedEntry::decode(&self.wire(seq)).expect("it was verified").entry
    }

    /// Joins by an open invite that its holder signed, and that are none all the same.
    pub(super) fn refuse_joins(&mut self, link: &InviteLink) {
        let (user, kit) = (UserId::from_bytes(bytes("ben")), kit_secret("ben's kit").device());
        let ana = Phone::new("ana");
        let request = join_request(link, user, &kit, None);
        self.refuse_op("a join with a kit for a phone", 1, &ana.keys, Op::Join(request.join));
    }

    /// Devices, accounts and invites that are not as they should be, where the account is shared.
    pub(super) fn refuse_births(&mut self, after: usize) {
        let ana = Phone::new("ana").keys;
        let (me, ben) = (UserId::from_bytes(bytes("ana")), UserId::from_bytes(bytes("ben")));
        let tablet = Phone::new("tablet").keys;
        let unproven = ProvenDevice { pop: ana.proven().pop, ..tablet.proven() };
        for (name, user, device) in [
            ("a device whose box key is of small order", me, weak(&tablet)),
            ("a device under another one's proof", me, unproven),
            ("a device for another member", ben, tablet.proven()),
        ] {
            self.refuse_op(name, after, &ana, Op::AddDevice { user, device });
        }
        let commit = Commitment::from_bytes(bytes("one key"));
        let account = Account {
            account: AccountId::from_bytes(bytes("another account")),
            commit_codes: commit,
            commit_controls: commit,
            roles: BTreeMap::from([(me, AccountRole::Owner)]),
        };
        self.refuse_op("an account with one key for both spaces", after, &ana, Op::Account(account));
        let role = Some(AccountRole::Collaborator);
        let nothing = Op::Grant { account: AccountId::ZERO, user: ben, role };
        self.refuse_op("a role in an account that never was", after, &ana, nothing);
        let invite = Op::Invite(Invite {
            invite: InviteId::ZERO,
            key: invite_secret("another").key(self.log().workspace()).public(),
            role: WorkspaceRole::User,
            not_after: TS + DAY,
            greeting: [0; GREETING_BYTES],
        });
        self.refuse_op("an invite whose id is not its key's", after, &ana, invite);
        let genesis = self.taken(0).op;
        self.refuse_op("a second genesis", after, &ana, genesis);
    }

    /// Rotations of a space that is dirty again, made from the one before.
    pub(super) fn refuse_rotations(&mut self, codes: SpaceId, rotated: usize) {
        let (after, ana) = (self.logs.len() - 1, Phone::new("ana").keys);
        let Op::Rotate(before) = self.taken(rotated).op else { return };
        let commit = Commitment::from_bytes(bytes("third key"));
        let next = Rotate { space: codes, epoch: before.epoch + 1, commit, ..before.clone() };
        let far = Rotate { epoch: next.epoch + 1, ..next.clone() };
        self.refuse_op("a rotation that leaves an epoch out", after, &ana, Op::Rotate(far));
        let same = Rotate { commit: before.commit, ..next };
        self.refuse_op("a rotation to the key before", after, &ana, Op::Rotate(same));
    }

    /// A join by an invite whose issuer may no longer give that role.
    pub(super) fn refuse_lapsed(&mut self, link: &InviteLink) {
        let eve = Phone::new("eve").keys;
        let request = join_request(link, UserId::from_bytes(bytes("eve")), &eve, None);
        let after = self.logs.len() - 1;
        self.refuse_op(
            "a join by an invite of a former Admin",
            after,
            &Phone::new("ana").keys,
            Op::Join(request.join),
        );
    }

    /// An entry of the log once more.
    pub(super) fn refuse_again(&mut self, seq: usize) {
        let wire = self.wire(seq);
        self.refuse("an entry that the log has", self.logs.len() - 1, &wire);
    }
}

/// A device with a box key of small order, which it does hold.
fn weak(device: &DeviceKeys) -> ProvenDevice {
    let mut record = device.proven().record;
    record.box_key = PublicBoxKey::from_bytes([0; 32]);
    ProvenDevice { record, pop: device.signing().sign(Message::Pop, &[&record.encode()]) }
}
