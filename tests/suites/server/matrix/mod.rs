//! Everybody at every door: each route, each op and each record type, for every role and standing, in the own workspace
//! and another. What is expected is derived from the tables that code goes by, row by row.

mod endings;
mod ids;
mod routes;
mod wire;
mod writes;

use std::collections::BTreeMap;

use countersign_crypto::device::DeviceKeys;
use countersign_crypto::flow::{Author, Batch, FlowError};
use countersign_crypto::key_ring::KeyRing;
use countersign_crypto::kit::KitSecret;
use countersign_crypto::link::InviteLink;
use countersign_protocol::ids::{AccountId, DeviceId, InviteId, SpaceId};
use countersign_protocol::log::InviteStatus;
use countersign_protocol::numbers::{AccountRole, WorkspaceRole};
use countersign_tests::workspace::{Phone, TestWorkspace, card};

use super::team::{Team, operations};

/// Every workspace role, the highest first.
const ROLES: [WorkspaceRole; 4] =
    [WorkspaceRole::Owner, WorkspaceRole::SuperAdmin, WorkspaceRole::Admin, WorkspaceRole::User];

/// A workspace with somebody of each role, and one more of each who may have been removed since.
struct Scene {
    /// Its founder's phone is among the members.
    team: Team,
    /// Somebody of each role, with a phone.
    members: Vec<Person>,
    /// The kits of the same people.
    kits: Vec<Person>,
    /// One more of each role but the Owner's, with the same accounts.
    leavers: Vec<Person>,
    /// A User who owns every account.
    keeper: Phone,
    /// A User without any account.
    other: Phone,
    /// An account in which everybody has this role.
    accounts: BTreeMap<Option<AccountRole>, AccountId>,
}

/// Somebody with a device.
struct Person {
    role: WorkspaceRole,
    is_kit: bool,
    phone: Phone,
}

impl Person {
    fn who(&self) -> String {
        format!("{}{}", self.role.name(), if self.is_kit { "'s kit" } else { "" })
    }
}

/// What an account's role opens, highest last.
const ACCOUNT_ROLES: [Option<AccountRole>; 3] =
    [None, Some(AccountRole::Collaborator), Some(AccountRole::Owner)];

impl Scene {
    fn new() -> Self {
        let mut team = Team::new();
        let (mut keeper, other) = (team.join(WorkspaceRole::User), team.join(WorkspaceRole::User));
        let founders_kit = as_kit(&team.workspace, team.workspace.kit.device());
        let (mut members, mut kits, mut leavers) = (Vec::new(), vec![founders_kit], Vec::new());
        for role in &ROLES[1..] {
            let kit = KitSecret::generate(&team.workspace.entropy).unwrap().device();
            let phone = team.join_with(*role, Some(&kit));
            members.push(Person { role: *role, is_kit: false, phone });
            kits.push(as_kit(&team.workspace, kit));
            leavers.push(Person { role: *role, is_kit: false, phone: team.join(*role) });
        }
        let phone = team.take_ana();
        members.insert(0, Person { role: WorkspaceRole::Owner, is_kit: false, phone });
        let mut accounts = BTreeMap::new();
        for role in ACCOUNT_ROLES {
            let account = countersign_crypto::flow::new_account_id(&team.workspace.entropy).unwrap();
            let theirs = members.iter().chain(&leavers).filter_map(|person| Some((person.phone.user, role?)));
            let roles = theirs.chain([(keeper.user, AccountRole::Owner)]).collect();
            team.post(&mut keeper, |author| author.create_account(account, &roles, &card("Mail"))).unwrap();
            accounts.insert(role, account);
        }
        Self { team, members, kits, leavers, keeper, other, accounts }
    }

    /// The same after every leaver was removed, each of whom had every account.
    fn after_removals() -> Self {
        let mut scene = Self::new();
        let leavers: Vec<_> = scene.leavers.iter().map(|leaver| leaver.phone.user).collect();
        let closed = scene.accounts[&None];
        for user in leavers {
            let owner = Some(AccountRole::Owner);
            scene.team.post(&mut scene.keeper, |author| author.grant(closed, user, owner)).unwrap();
            scene.post_as_owner(|author| author.remove_member(user));
        }
        scene
    }

    /// Posts as the workspace's Owner.
    fn post_as_owner(&mut self, flow: impl FnOnce(&Author<'_>) -> Result<Batch, FlowError>) {
        let nobody = self.team.nobody();
        let mut owner = std::mem::replace(&mut self.members[0].phone, nobody);
        self.team.post(&mut owner, flow).unwrap();
        self.members[0].phone = owner;
    }

    /// An invite of the Owner's that nobody has used.
    fn invite(&mut self) -> InviteLink {
        let nobody = self.team.nobody();
        let mut owner = std::mem::replace(&mut self.members[0].phone, nobody);
        let entries = self.team.workspace.entries.len();
        let link = self.team.workspace.invite(&mut owner, WorkspaceRole::User);
        let invited = operations(&self.team.workspace.entries[entries..], &[], None, &[]);
        self.team.send(&owner, &invited).unwrap();
        self.members[0].phone = owner;
        link
    }

    fn codes(&self, role: Option<AccountRole>) -> SpaceId {
        SpaceId::codes(self.team.ws(), self.accounts[&role])
    }

    fn controls(&self, role: Option<AccountRole>) -> SpaceId {
        SpaceId::controls(self.team.ws(), self.accounts[&role])
    }

    /// Every space, with whether somebody of the account role that it is of reads it.
    fn spaces(&self) -> Vec<(&'static str, SpaceId, bool)> {
        let mut spaces = vec![("directory", SpaceId::directory(self.team.ws()), true)];
        for role in ACCOUNT_ROLES {
            spaces.push(("codes", self.codes(role), role.is_some()));
            spaces.push(("controls", self.controls(role), role == Some(AccountRole::Owner)));
        }
        spaces
    }

    /// The invite that somebody joined by.
    fn invite_of(&self, phone: &Phone) -> Option<InviteId> {
        let invites = self.team.workspace.log.state().invites().iter();
        let mut theirs = invites.filter(|(_, found)| found.status == InviteStatus::Used { by: phone.user });
        theirs.next().map(|(id, _)| *id)
    }
}

/// A kit that was typed in.
fn as_kit(workspace: &TestWorkspace, device: DeviceKeys) -> Person {
    let user = workspace.log.state().devices()[&device.id()].user;
    let role = workspace.log.state().member(user).unwrap().role;
    Person { role, is_kit: true, phone: Phone { user, device, keys: KeyRing::new() } }
}

/// An invite's id, as what logs in.
fn as_device(invite: InviteId) -> DeviceId {
    DeviceId::from_bytes(*invite.as_bytes())
}
