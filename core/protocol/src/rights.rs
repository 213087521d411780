//! V3: who may do what. The one table, for people and code alike.
//!
//! Each op and each record type has a row. Code asks the rows and decides nothing itself; `docs/protocol.md` shows
//! them, and `cargo xtask rights` keeps the two equal.

use crate::numbers::{AccountRole, DeviceKind, OpKind, RecordType, SpaceKind, WorkspaceRole};

use AccountRole::Collaborator;
use WorkspaceRole::Admin;

/// One op and the grounds on which somebody may do it. One that holds is enough.
#[derive(Debug, Clone, Copy)]
pub struct OpRow {
    /// The op.
    pub op: OpKind,
    /// Who may do it.
    pub grounds: &'static [Ground],
    /// Whether a recovery kit may sign it, for its own user.
    pub kits: bool,
}

/// Why somebody may do an op.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// They begin the workspace.
    Founder,
    /// The op is about their own user or one of its devices.
    Themselves,
    /// The op is about their own user, which is not the workspace Owner.
    ThemselvesButOwner,
    /// They have this workspace role or a higher one.
    Role(WorkspaceRole),
    /// The same, and the op is about a member of lower role.
    OverLower(WorkspaceRole),
    /// The same, and the op is about the directory.
    Directory(WorkspaceRole),
    /// They have this account role or a higher one; of an op that creates an account, in the account it creates.
    Account(AccountRole),
    /// They have this workspace role or a higher one, and make an Owner of a Collaborator who has a phone, where no
    /// Owner of the account has one.
    Rescue(WorkspaceRole),
    /// They have this workspace role or a higher one, and nobody with the account has any active device.
    Orphan(WorkspaceRole),
    /// The workspace is offered to them.
    Offered,
}

/// Who may do each op, in the order of the ops' numbers.
pub const OPS: [OpRow; 13] = [
    row(OpKind::Genesis, &[Ground::Founder]),
    row(OpKind::Invite, &[Ground::Role(Admin)]),
    row(OpKind::Join, &[Ground::Role(Admin)]),
    row_with_kits(OpKind::AddDevice, &[Ground::Themselves]),
    row_with_kits(OpKind::RemoveDevice, &[Ground::Themselves, Ground::OverLower(Admin)]),
    row(OpKind::RemoveMember, &[Ground::ThemselvesButOwner, Ground::OverLower(Admin)]),
    row(OpKind::Role, &[Ground::OverLower(Admin)]),
    row(OpKind::Account, &[Ground::Account(AccountRole::Owner)]),
    row(OpKind::Grant, &[Ground::Account(AccountRole::Owner), Ground::Rescue(Admin)]),
    row(OpKind::Rotate, &[Ground::Account(AccountRole::Owner), Ground::Directory(Admin)]),
    row(OpKind::Transfer, &[Ground::Role(WorkspaceRole::Owner), Ground::Offered]),
    row(OpKind::RevokeInvite, &[Ground::Role(Admin)]),
    row(OpKind::DeleteAccount, &[Ground::Account(AccountRole::Owner), Ground::Orphan(Admin)]),
];

const fn row(op: OpKind, grounds: &'static [Ground]) -> OpRow {
    OpRow { op, grounds, kits: false }
}

const fn row_with_kits(op: OpKind, grounds: &'static [Ground]) -> OpRow {
    OpRow { op, grounds, kits: true }
}

/// What the log says about an author and what their op is about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Situation {
    /// The author's workspace role.
    pub(crate) role: WorkspaceRole,
    /// What the author signs with.
    pub(crate) signs_with: DeviceKind,
    /// The workspace role that the op gives.
    pub(crate) gives: Option<WorkspaceRole>,
    /// What the op is about.
    pub(crate) about: About,
}

/// What an op is about.
#[derive(Debug, Clone, Copy)]
pub(crate) enum About {
    /// The workspace.
    Workspace,
    /// The author's own user or device; and whether the workspace is offered to them.
    Themselves { offered: bool },
    /// Another member, of this role, or their device.
    Member(WorkspaceRole),
    /// The directory.
    Directory,
    /// An account in which the author has this role.
    Account { role: Option<AccountRole>, need: Need },
}

/// What an account is in need of, seen from the op about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Nothing: an Owner can act.
    Nothing,
    /// An Owner with a phone, and the op makes one of a Collaborator with a phone.
    Rescue,
    /// Nobody who has it has a device.
    Burial,
}

/// The ground on which an author may do `op`, or `None` where there is none.
pub(crate) fn ground(op: OpKind, situation: Situation) -> Option<Ground> {
    let row = op.row();
    let gives_too_much = |given| given > situation.role || given == WorkspaceRole::Owner;
    if situation.gives.is_some_and(gives_too_much) {
        return None;
    }
    row.grounds.iter().copied().find(|ground| {
        let signs = situation.signs_with == DeviceKind::Phone || (row.kits && *ground == Ground::Themselves);
        signs && ground.holds(situation)
    })
}

impl Ground {
    fn holds(self, situation: Situation) -> bool {
        let Situation { role, about, .. } = situation;
        match self {
            // The first entry has no situation: the log's own beginning judges it.
            Self::Founder => false,
            Self::Themselves => matches!(about, About::Themselves { .. }),
            Self::ThemselvesButOwner => {
                matches!(about, About::Themselves { .. }) && role != WorkspaceRole::Owner
            }
            Self::Role(least) => role >= least,
            Self::OverLower(least) => {
                matches!(about, About::Member(theirs) if role >= least && theirs < role)
            }
            Self::Directory(least) => matches!(about, About::Directory) && role >= least,
            Self::Account(least) => {
                matches!(about, About::Account { role: Some(theirs), .. } if theirs >= least)
            }
            Self::Rescue(least) => {
                matches!(about, About::Account { need: Need::Rescue, .. }) && role >= least
            }
            Self::Orphan(least) => {
                matches!(about, About::Account { need: Need::Burial, .. }) && role >= least
            }
            Self::Offered => matches!(about, About::Themselves { offered: true }),
        }
    }
}

/// One record type: where it lies, what its instance is, and who may write it.
#[derive(Debug, Clone, Copy)]
pub struct RecordRow {
    /// The type.
    pub record_type: RecordType,
    /// The kind of space that it lies in.
    pub space: SpaceKind,
    /// What tells records of this type in one space apart.
    pub instance: Instance,
    /// Who may write it. One that holds is enough.
    pub writers: &'static [Writer],
}

/// What a record's instance is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instance {
    /// Zeros: a space has one of the type.
    Single,
    /// 16 random bytes, not zeros.
    Random,
    /// The id of a device that ever was in the log.
    Device,
    /// The id of an invite that ever was in the log, for whoever joins by it; for the founder, their user id.
    Member,
}

/// Who may write a record type. Always a phone: kits write no records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writer {
    /// Whoever has this account role or a higher one.
    Account(AccountRole),
    /// The device that the instance names, while its user has this account role or a higher one.
    ThatDevice(AccountRole),
    /// The member whom the instance names, or whose device it names.
    ThatMember,
    /// Whoever has this workspace role or a higher one.
    Role(WorkspaceRole),
}

/// Where each record type lies and who may write it, in the order of the types' numbers.
pub const RECORDS: [RecordRow; 10] = [
    record(RecordType::Card, SpaceKind::Codes, Instance::Single, OWNERS),
    record(RecordType::Otp, SpaceKind::Codes, Instance::Single, OWNERS),
    record(RecordType::Counter, SpaceKind::Codes, Instance::Single, &[Writer::Account(Collaborator)]),
    record(RecordType::Activity, SpaceKind::Codes, Instance::Device, &[Writer::ThatDevice(Collaborator)]),
    record(RecordType::Pending, SpaceKind::Controls, Instance::Single, OWNERS),
    record(RecordType::RecoveryCodes, SpaceKind::Controls, Instance::Single, OWNERS),
    record(RecordType::Replaced, SpaceKind::Controls, Instance::Random, OWNERS),
    record(RecordType::MemberName, SpaceKind::Directory, Instance::Member, THAT_MEMBER_OR_ADMIN),
    record(RecordType::DeviceName, SpaceKind::Directory, Instance::Device, &[Writer::ThatMember]),
    record(RecordType::WorkspaceName, SpaceKind::Directory, Instance::Single, &[Writer::Role(Admin)]),
];

const OWNERS: &[Writer] = &[Writer::Account(AccountRole::Owner)];
const THAT_MEMBER_OR_ADMIN: &[Writer] = &[Writer::ThatMember, Writer::Role(Admin)];

const fn record(
    record_type: RecordType,
    space: SpaceKind,
    instance: Instance,
    writers: &'static [Writer],
) -> RecordRow {
    RecordRow { record_type, space, instance, writers }
}

/// The least account role that reads a kind of space; `None` where every member does.
pub const fn least_reader(kind: SpaceKind) -> Option<AccountRole> {
    match kind {
        SpaceKind::Directory => None,
        SpaceKind::Codes => Some(Collaborator),
        SpaceKind::Controls => Some(AccountRole::Owner),
    }
}

/// How an author stands to a record that they write.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Authorship {
    /// The author's workspace role.
    pub(crate) workspace: Option<WorkspaceRole>,
    /// The author's role in the record's account.
    pub(crate) account: Option<AccountRole>,
    /// Whether the record's instance is the device that signs.
    pub(crate) is_that_device: bool,
    /// Whether the record's instance is the author, or a device of theirs.
    pub(crate) is_that_member: bool,
}

impl RecordRow {
    /// Whether such an author may write the type.
    pub(crate) fn may_write(&self, author: Authorship) -> bool {
        self.writers.iter().any(|writer| match *writer {
            Writer::Account(least) => author.account >= Some(least),
            Writer::ThatDevice(least) => author.is_that_device && author.account >= Some(least),
            Writer::ThatMember => author.is_that_member && author.workspace.is_some(),
            Writer::Role(least) => author.workspace >= Some(least),
        })
    }
}

impl RecordType {
    /// The type's row in the table.
    pub const fn row(self) -> &'static RecordRow {
        &RECORDS[self as usize - 1]
    }
}

impl OpKind {
    /// The op's row in the table.
    pub const fn row(self) -> &'static OpRow {
        &OPS[self as usize]
    }
}

// Rows are found by their numbers: the compiler sees to it that none is missing or misplaced.
const _: () = {
    let mut index = 0;
    while index < OPS.len() {
        assert!(OPS[index].op as usize == index);
        index += 1;
    }
    index = 0;
    while index < RECORDS.len() {
        assert!(RECORDS[index].record_type as usize == index + 1);
        index += 1;
    }
    assert!(OPS.len() == OpKind::ALL.len() && RECORDS.len() == RecordType::ALL.len());
};
