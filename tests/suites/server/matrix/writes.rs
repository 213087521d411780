//! Each op and each record type, posted by each role: what the rights tables allow is taken, and nothing else.
//!
//! Each is posted before an operation that cannot be read. A batch is taken whole or not at all, so nothing ever changes, and
//! which of the two is refused says what the server thinks of the first.

use countersign_api::{Batch, Bytes, Hex16, Operation, Refusal};
use countersign_crypto::device::DeviceKeys;
use countersign_crypto::record::OwnedRecord;
use countersign_protocol::ids::{
    AccountId, Commitment, InstanceId, ManifestHash, RecordHash, RecordId, Salt, SpaceId,
};
use countersign_protocol::numbers::{AccountRole, Message, OpKind, RecordType, SpaceKind, WorkspaceRole};
use countersign_protocol::op::{Account, Op, Rotate};
use countersign_protocol::record::RecordHeader;
use countersign_protocol::rights::{Ground, Instance, OPS, RECORDS, RecordRow, Writer};

use sha2::{Digest as _, Sha256};

use super::{ACCOUNT_ROLES, Person, Scene};
use crate::server::team::{refusal, rule, wire};

pub(super) const CARD: RecordType = RecordType::Card;

/// What the server says of an operation.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Taken,
    Refused(Refusal),
}

fn verdict(scene: &Scene, person: &Person, operation: Operation) -> Verdict {
    let unreadable = Operation::KeyBox { sealed: Bytes(Vec::new()) };
    let batch = Batch { ops: vec![operation, unreadable] };
    let name = Hex16(scene.team.workspace.random());
    match refusal(scene.team.as_phone(&person.phone).post(name, &batch)) {
        refused if refused == rule("Malformed") => Verdict::Taken,
        refused => Verdict::Refused(refused),
    }
}

/// The next revision of a record, signed by `device`, with noise in place of the ciphertext.
pub(super) fn record(
    scene: &Scene,
    device: &DeviceKeys,
    space: SpaceId,
    record_type: RecordType,
    instance: InstanceId,
) -> OwnedRecord {
    let log = &scene.team.workspace.log;
    let held = scene.team.workspace.newest(RecordId::of(space, record_type, instance));
    let header = RecordHeader {
        workspace: log.workspace(),
        space,
        record_type,
        instance,
        rev: held.map_or(1, |held| held.header.rev + 1),
        prev: held.map_or(RecordHash::ZERO, |held| held.as_sealed().hash()),
        epoch: 1,
        salt: Salt::from_bytes([4; 32]),
        by: device.id(),
        log_seq: log.next_seq() - 1,
        log_head: log.head(),
        tombstone: false,
    };
    let (header_bytes, ciphertext) = (header.encode(), vec![0; 16 + 256]);
    let hash: [u8; 32] = Sha256::digest(&ciphertext).into();
    let signature = device.signing().sign(Message::Record, &[&header_bytes, &hash]);
    OwnedRecord { header, header_bytes, ciphertext, signature }
}

/// The instances of a type that somebody may try: their own, and another's.
fn instances(scene: &Scene, row: &RecordRow, person: &Person) -> Vec<(InstanceId, bool)> {
    let member = |phone| {
        let founder = scene.team.workspace.log.state().founder();
        let invite = scene.invite_of(phone).map(|invite| *invite.as_bytes());
        InstanceId::from_bytes(invite.unwrap_or(*founder.as_bytes()))
    };
    let device =
        |phone: &countersign_tests::workspace::Phone| InstanceId::from_bytes(*phone.device.id().as_bytes());
    match row.instance {
        Instance::Single => vec![(InstanceId::ZERO, true)],
        Instance::Random => vec![(InstanceId::from_bytes([7; 16]), true)],
        Instance::Device => vec![(device(&person.phone), true), (device(&scene.keeper), false)],
        Instance::Member => vec![(member(&person.phone), true), (member(&scene.keeper), false)],
    }
}

fn may_write(row: &RecordRow, person: &Person, account: Option<AccountRole>, is_own: bool) -> bool {
    let holds = |writer: &Writer| match *writer {
        Writer::Account(least) => account >= Some(least),
        Writer::ThatDevice(least) => is_own && account >= Some(least),
        Writer::ThatMember => is_own,
        Writer::Role(least) => person.role >= least,
    };
    !person.is_kit && row.writers.iter().any(holds)
}

#[test]
fn each_record_type_is_taken_from_those_in_the_table_and_from_nobody_else() {
    let scene = Scene::new();
    for row in &RECORDS {
        for person in scene.members.iter().chain(&scene.kits) {
            for account in ACCOUNT_ROLES {
                let (space, reads) = match row.space {
                    SpaceKind::Directory => (SpaceId::directory(scene.team.ws()), true),
                    SpaceKind::Codes => (scene.codes(account), account.is_some()),
                    SpaceKind::Controls => (scene.controls(account), account == Some(AccountRole::Owner)),
                };
                for (instance, is_own) in instances(&scene, row, person) {
                    let made = record(&scene, &person.phone.device, space, row.record_type, instance);
                    let operation = Operation::Record { base_rev: made.header.rev - 1, record: wire(&made) };
                    let expected = match (reads, may_write(row, person, account, is_own)) {
                        (false, _) => Verdict::Refused(Refusal::Forbidden),
                        (true, true) => Verdict::Taken,
                        (true, false) => Verdict::Refused(rule("NotPermitted")),
                    };
                    let name =
                        format!("{}, {}, {account:?}, own: {is_own}", row.record_type.name(), person.who());
                    assert_eq!(verdict(&scene, person, operation), expected, "{name}");
                }
            }
        }
    }
}

/// An op that nothing but its author's rights speaks against, and what it is about.
struct Move {
    op: Op,
    about: About,
}

/// What an op is about, seen from its author.
#[derive(Debug, Clone, Copy)]
enum About {
    Workspace,
    Themselves,
    /// A member of this role.
    Member(WorkspaceRole),
    Directory,
    /// An account in which the author has this role.
    Account(Option<AccountRole>),
}

fn moves(scene: &Scene, person: &Person) -> Vec<Move> {
    let workspace = &scene.team.workspace;
    let of = |op, about| Move { op, about };
    let user = scene.other.user;
    let spare = workspace.new_device();
    let own = Account {
        account: AccountId::from_bytes([6; 16]),
        commit_codes: Commitment::from_bytes([1; 32]),
        commit_controls: Commitment::from_bytes([2; 32]),
        roles: [(person.phone.user, AccountRole::Owner)].into(),
    };
    let mut moves = vec![
        of(Op::AddDevice { user: person.phone.user, device: spare.proven() }, About::Themselves),
        of(Op::RemoveDevice { device: scene.other.device.id() }, About::Member(WorkspaceRole::User)),
        of(Op::RemoveMember { user }, About::Member(WorkspaceRole::User)),
        of(Op::RemoveMember { user: person.phone.user }, About::Themselves),
        of(Op::Role { user, role: WorkspaceRole::Admin }, About::Member(WorkspaceRole::User)),
        of(Op::Account(own), About::Account(Some(AccountRole::Owner))),
        of(Op::Transfer { user }, About::Workspace),
        of(rotate(SpaceId::directory(workspace.log.workspace())), About::Directory),
    ];
    for role in ACCOUNT_ROLES {
        let account = scene.accounts[&role];
        let about = About::Account(role);
        moves.push(of(Op::Grant { account, user, role: Some(AccountRole::Collaborator) }, about));
        moves.push(of(Op::DeleteAccount { account }, about));
        moves.push(of(rotate(scene.codes(role)), about));
        moves.push(of(rotate(scene.controls(role)), about));
    }
    moves
}

fn rotate(space: SpaceId) -> Op {
    let (commit, manifest) = (Commitment::from_bytes([3; 32]), ManifestHash::from_bytes([0; 32]));
    Op::Rotate(Rotate { space, epoch: 2, commit, prev_wrap: None, manifest })
}

/// Whether the table has a ground for it. Rescues, burials and offers need a workspace in need, and are the log's suites'.
fn is_permitted(op: OpKind, person: &Person, about: About) -> bool {
    let row = op.row();
    row.grounds.iter().any(|ground| {
        let holds = match *ground {
            Ground::Founder | Ground::Rescue(_) | Ground::Orphan(_) | Ground::Offered => false,
            Ground::Themselves => matches!(about, About::Themselves),
            Ground::ThemselvesButOwner => {
                matches!(about, About::Themselves) && person.role != WorkspaceRole::Owner
            }
            Ground::Role(least) => person.role >= least,
            Ground::OverLower(least) => {
                matches!(about, About::Member(theirs) if person.role >= least && theirs < person.role)
            }
            Ground::Directory(least) => matches!(about, About::Directory) && person.role >= least,
            Ground::Account(least) => matches!(about, About::Account(theirs) if theirs >= Some(least)),
        };
        holds && (!person.is_kit || (row.kits && *ground == Ground::Themselves))
    })
}

#[test]
fn each_op_is_taken_from_those_in_the_table_and_from_nobody_else() {
    let mut scene = Scene::after_removals();
    let invites = invite_moves(&mut scene);
    let mut seen = std::collections::BTreeSet::new();
    for person in scene.members.iter().chain(&scene.kits) {
        let of_invites = invites.iter().map(|op| Move { op: op.clone(), about: About::Workspace });
        for Move { op, about } in moves(&scene, person).into_iter().chain(of_invites) {
            let kind = op.kind();
            seen.insert(kind.number());
            let entry = crate::hostile::forged(&scene.team.workspace, &person.phone.device, op);
            let found = verdict(&scene, person, Operation::Entry { entry: Bytes(entry) });
            let expected = if is_permitted(kind, person, about) {
                Verdict::Taken
            } else {
                Verdict::Refused(rule("NotPermitted"))
            };
            assert_eq!(found, expected, "{}, {about:?}, {}", kind.name(), person.who());
        }
    }
    // The genesis makes a workspace and stands in none.
    let rest: Vec<_> = OPS.iter().filter(|row| !seen.contains(&row.op.number())).map(|row| row.op).collect();
    assert_eq!(rest, [OpKind::Genesis], "an op is in the table and not in this matrix");
}

/// An invite, its revocation, and the join of somebody who has asked by it.
fn invite_moves(scene: &mut Scene) -> [Op; 3] {
    let (link, team, owner) = (scene.invite(), &scene.team, &scene.members[0].phone);
    let (device, user) =
        (team.workspace.new_device(), countersign_protocol::ids::UserId::from_bytes([5; 16]));
    let request = countersign_crypto::flow::join_request(&link, user, &device, None);
    let greeting = countersign_crypto::invite::Greeting {
        workspace: countersign_tests::workspace::name("Blue"),
        inviter: countersign_tests::workspace::name("Ana"),
    };
    let not_after = team.workspace.ts + 1000;
    let (batch, _) = team.workspace.author(owner).invite(WorkspaceRole::User, not_after, &greeting).unwrap();
    let invite = countersign_protocol::entry::SignedEntry::decode(&batch.entry).unwrap().entry.op;
    [invite, Op::RevokeInvite { invite: link.secret.id(team.ws()) }, Op::Join(request.join)]
}
