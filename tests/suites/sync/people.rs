//! People and their devices: invited, waiting, admitted, linked, handed over, gone.

use countersign_core::people::{JoinError, PeopleError, Standing, invitation};
use countersign_core::ports::Timestamp;
use countersign_core::sync::Connection;
use countersign_crypto::flow::AdmissionError;
use countersign_crypto::link::Link;
use countersign_protocol::numbers::{AccountRole, WorkspaceRole};
use countersign_tests::phone::{START, TestPhone};

use super::team::{Team, connect};
use crate::client::{KEY, account_with};

#[test]
fn an_invitee_sees_who_invites_waits_and_is_let_in_by_any_admins_device() {
    let team = Team::new();
    let link = team.invite(WorkspaceRole::User);
    let greeting = invitation(&link, &*connect(&team.server)).unwrap();
    assert_eq!((greeting.workspace.as_str(), greeting.inviter.as_str()), ("Blue", "Ana"));

    let ben = team.ask(2, "Ben", WorkspaceRole::User);
    assert_eq!(ben.unlocked.standing().unwrap(), Standing::Waiting);
    ben.sync();
    let ben = ben.restarted(&team.server);
    assert_eq!(ben.unlocked.standing().unwrap(), Standing::Waiting);
    team.ana.sync();
    ben.sync();
    assert_eq!(ben.unlocked.standing().unwrap(), Standing::Member);
    team.ana.sync();
    let names: Vec<_> =
        team.ana.unlocked.members().unwrap().into_iter().map(|member| member.name.unwrap()).collect();
    assert_eq!(names, ["Ana", "Ben"]);
    let words = |person: &super::team::Person, n| person.unlocked.safety_words(Some(n)).unwrap();
    let (last, _) = team.ana.unlocked.safety_words(None).unwrap().unwrap();
    assert_eq!(words(&team.ana, last), words(&ben, last));
    assert!(words(&ben, last + 1).is_none());
}

#[test]
fn an_invite_that_was_revoked_or_used_lets_nobody_in() {
    let team = Team::new();
    let link = team.invite(WorkspaceRole::User);
    let open = team.ana.unlocked.invites().unwrap();
    assert_eq!(open.len(), 1);
    team.ana.server.revoke_invite(open[0].id).unwrap();
    let refused = invitation(&link, &*connect(&team.server)).unwrap_err();
    assert!(matches!(refused, JoinError::Ended), "{refused}");
    assert_eq!(team.ana.unlocked.invites().unwrap(), []);
    let gone = team.ana.server.revoke_invite(open[0].id).unwrap_err();
    assert!(matches!(gone, PeopleError::NotFound), "{gone}");

    let link = team.invite(WorkspaceRole::User);
    let join = |seed| {
        let phone = TestPhone::new(seed);
        let client = phone.open().unwrap();
        let joined = client.join(&link, "Somebody", "phone", connect(&team.server));
        (phone, joined)
    };
    let (_first, joined) = join(3);
    let (_, connection) = joined.unwrap();
    team.ana.sync();
    connection.sync().unwrap();
    let (_second, joined) = join(4);
    let refused = joined.err().unwrap();
    assert!(
        matches!(refused, JoinError::Ended | JoinError::Admission(AdmissionError::UsedByAnother)),
        "{refused}"
    );
}

#[test]
fn a_second_phone_is_added_by_two_scans_and_has_everything() {
    let team = Team::new();
    let account = account_with(&team.ana.unlocked, "Bank", KEY);
    let phone = TestPhone::new(2);
    let client = phone.open().unwrap();
    let newcomer = client.newcomer().unwrap();
    let Ok(Link::NewDevice(offer)) = Link::parse(&newcomer.offer()) else { panic!("an offer is one") };
    let shown = team.ana.server.add_device(&offer, "Ana's tablet").unwrap();
    let Ok(Link::DeviceAdded(link)) = Link::parse(&shown) else { panic!("a device link is one") };
    let (unlocked, connection) = client.link(newcomer, &link, connect(&team.server)).unwrap();
    let code = unlocked.codes(&[account]).unwrap();
    assert_eq!(code, team.ana.unlocked.codes(&[account]).unwrap());
    let devices = unlocked.devices(None).unwrap();
    let names: Vec<_> = devices.iter().map(|device| device.name.as_deref()).collect();
    assert_eq!(names, [Some("Ana's tablet"), Some("Ana's phone"), None]);
    assert!(devices[2].is_kit);

    // Lost: removed from the other one, it has nothing left.
    team.ana.server.remove_device(devices[0].id).unwrap();
    connection.sync().unwrap();
    assert_eq!(unlocked.standing().unwrap(), Standing::DeviceRemoved);
    assert_eq!(unlocked.accounts("").unwrap(), []);
    assert!(team.ana.code(account).is_some());
}

#[test]
fn a_phone_whose_key_is_lost_is_linked_again_and_keeps_what_it_had() {
    let team = Team::new();
    let tablet = TestPhone::new(2);
    let link = |phone: &TestPhone, client: &countersign_core::client::Client| {
        let newcomer = client.newcomer().unwrap();
        let Ok(Link::NewDevice(offer)) = Link::parse(&newcomer.offer()) else { panic!("an offer is one") };
        let shown = team.ana.server.add_device(&offer, "Ana's tablet").unwrap();
        let Ok(Link::DeviceAdded(link)) = Link::parse(&shown) else { panic!("a device link is one") };
        let _ = phone;
        client.link(newcomer, &link, connect(&team.server)).unwrap()
    };
    let client = tablet.open().unwrap();
    let (unlocked, connection) = link(&tablet, &client);
    let account = account_with(&unlocked, "Bank", KEY);
    connection.sync().unwrap();
    drop((unlocked, connection, client));
    tablet.vault.lose();
    let client = tablet.open().unwrap();
    assert!(matches!(client.unlock(), Err(countersign_core::client::UnlockError::KeyLost)));
    team.ana.sync();
    let (unlocked, _connection) = link(&tablet, &client);
    assert_eq!(unlocked.codes(&[account]).unwrap(), team.ana.unlocked.codes(&[account]).unwrap());
}

#[test]
fn roles_change_the_workspace_is_handed_over_and_members_leave() {
    let team = Team::new();
    let ben = team.join(2, "Ben", WorkspaceRole::User);
    let carla = team.join(3, "Carla", WorkspaceRole::User);
    let until = Timestamp::from_unix_seconds(START + 60);
    let refused = ben.server.invite(WorkspaceRole::User, until).unwrap_err();
    assert!(matches!(refused, PeopleError::NotValid(_)), "{refused}");
    team.ana.server.set_role(ben.me(), WorkspaceRole::Admin).unwrap();
    assert!(ben.server.invite(WorkspaceRole::User, until).is_ok());
    carla.server.remove_member(carla.me()).unwrap();
    assert_eq!(carla.unlocked.standing().unwrap(), Standing::MemberRemoved);
    ben.sync();
    team.ana.sync();
    assert_eq!(team.ana.unlocked.members().unwrap().len(), 2);
    assert!(team.ana.server.remove_member(team.ana.me()).is_err(), "the Owner hands over first");
}

#[test]
fn the_last_owner_is_gone_and_an_admin_makes_a_collaborator_owner() {
    let team = Team::new();
    let ben = team.join(2, "Ben", WorkspaceRole::User);
    let carla = team.join(3, "Carla", WorkspaceRole::User);
    let account = account_with(&ben.unlocked, "Bank", KEY);
    ben.server.share(account, carla.me(), Some(AccountRole::Collaborator)).unwrap();
    carla.sync();
    let code = carla.code(account);
    team.ana.server.remove_member(ben.me()).unwrap();
    team.ana.server.share(account, carla.me(), Some(AccountRole::Owner)).unwrap();
    carla.sync();
    assert_eq!(carla.code(account), code);
    let access = carla.unlocked.access(account).unwrap();
    assert_eq!((access.len(), access[0].role), (1, AccountRole::Owner));
    // The new Owner enrols anew, and holds the emergency controls.
    carla.unlocked.save_recovery_codes(account, "one-code").unwrap();
    carla.sync();
    assert_eq!(carla.unlocked.unsent().unwrap(), 0);
}

/// A different secret for each number.
fn key(number: u8) -> String {
    data_encoding::BASE32.encode(&[number; 20])
}

#[test]
fn a_workspace_made_offline_is_attached_with_all_that_it_has() {
    let team = Team::new();
    let (phone, _client, unlocked) = TestPhone::with_workspace(9);
    let accounts: Vec<_> =
        (10..50).map(|number| account_with(&unlocked, &format!("Account {number}"), &key(number))).collect();
    let connection = Connection::new(&unlocked, connect(&team.server));
    connection.attach(team.server.address(), None).unwrap();
    connection.sync().unwrap();
    assert_eq!(unlocked.unsent().unwrap(), 0);

    let second = TestPhone::new(10);
    let client = second.open().unwrap();
    let newcomer = client.newcomer().unwrap();
    let Ok(Link::NewDevice(offer)) = Link::parse(&newcomer.offer()) else { panic!("an offer is one") };
    let shown = connection.add_device(&offer, "tablet").unwrap();
    let Ok(Link::DeviceAdded(link)) = Link::parse(&shown) else { panic!("a device link is one") };
    let (linked, _) = client.link(newcomer, &link, connect(&team.server)).unwrap();
    assert_eq!(linked.accounts("").unwrap().len(), 40);
    assert_eq!(linked.codes(&accounts).unwrap(), unlocked.codes(&accounts).unwrap());
    drop(phone);
}
