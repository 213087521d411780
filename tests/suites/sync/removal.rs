//! Somebody goes: their codes go, keys are replaced, and the Owner knows what to enrol anew.

use countersign_core::people::Standing;
use countersign_core::sync::TransportError;
use countersign_protocol::numbers::{AccountRole, WorkspaceRole};

use super::team::Team;
use crate::client::{KEY, OTHER_KEY, account_with, card};

const THIRD_KEY: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

#[test]
fn a_removed_member_loses_the_codes_and_the_owner_is_told_what_they_knew() {
    let team = Team::new();
    let (ben, carla) = (team.join(2, "Ben", WorkspaceRole::User), team.join(3, "Carla", WorkspaceRole::User));
    let account = account_with(&team.ana.unlocked, "Bank", KEY);
    account_with(&team.ana.unlocked, "Mail", THIRD_KEY);
    let id = ben.me();
    for person in [&ben, &carla] {
        team.ana.server.share(account, person.me(), Some(AccountRole::Collaborator)).unwrap();
        person.sync();
    }
    // Offline, Ben has written what nobody will ever see.
    ben.unlocked.reveal(account, countersign_core::client::Revealed::Viewed).unwrap();

    team.ana.server.remove_member(id).unwrap();
    assert!(ben.code(account).is_some(), "he reads on until he hears of it");
    ben.sync();
    assert_eq!(ben.unlocked.standing().unwrap(), Standing::MemberRemoved);
    assert_eq!((ben.code(account), ben.names()), (None, Vec::new()));
    assert_eq!(ben.unlocked.notices().unwrap().len(), 1, "his unsent change is counted");

    carla.sync();
    assert_eq!(carla.code(account), team.ana.code(account));
    let known = team.ana.unlocked.known_secrets().unwrap();
    assert_eq!(known.len(), 1);
    assert_eq!((known[0].account, known[0].member), (account, id));
    assert_eq!(known[0].member_name.as_deref(), Some("Ben"));

    // A new secret at the service: done.
    let enrolment = team.ana.unlocked.replace(account).unwrap();
    enrolment.enter(OTHER_KEY).unwrap();
    enrolment.done().unwrap();
    team.ana.sync();
    assert_eq!(team.ana.unlocked.known_secrets().unwrap(), []);
    carla.sync();
    assert_eq!(carla.code(account), team.ana.code(account));
    for person in [&team.ana, &carla] {
        assert_eq!(person.unlocked.notices().unwrap(), []);
    }
}

#[test]
fn whoever_loses_an_account_loses_its_codes_alone() {
    let team = Team::new();
    let ben = team.join(2, "Ben", WorkspaceRole::User);
    let bank = account_with(&team.ana.unlocked, "Bank", KEY);
    let mail = account_with(&team.ana.unlocked, "Mail", OTHER_KEY);
    for account in [bank, mail] {
        team.ana.server.share(account, ben.me(), Some(AccountRole::Owner)).unwrap();
    }
    ben.sync();
    assert_eq!(ben.names(), ["Bank", "Mail"]);
    team.ana.server.share(bank, ben.me(), None).unwrap();
    ben.sync();
    assert_eq!(ben.names(), ["Mail"]);
    assert_eq!(ben.unlocked.standing().unwrap(), Standing::Member);
    // What is written after the rotation is read by those who are left, and given back it is read again.
    team.ana.server.share(bank, ben.me(), Some(AccountRole::Collaborator)).unwrap();
    ben.sync();
    assert_eq!(ben.code(bank), team.ana.code(bank));
}

#[test]
fn what_is_written_while_a_key_is_being_replaced_waits_for_the_new_one() {
    let team = Team::new();
    let ben = team.join(2, "Ben", WorkspaceRole::User);
    let carla = team.join(3, "Carla", WorkspaceRole::User);
    let account = account_with(&ben.unlocked, "Bank", KEY);
    for person in [&team.ana, &carla] {
        ben.server.share(account, person.me(), Some(AccountRole::Collaborator)).unwrap();
        person.sync();
    }
    // Ana removes Carla and does not own the account: it stays dirty until Ben's phone is online.
    team.ana.server.remove_member(carla.me()).unwrap();
    team.ana.unlocked.reveal(account, countersign_core::client::Revealed::Copied).unwrap();
    team.ana.sync();
    assert_eq!(team.ana.unlocked.unsent().unwrap(), 1);
    ben.sync();
    team.ana.sync();
    assert_eq!(team.ana.unlocked.unsent().unwrap(), 0);
    ben.sync();
    let deeds = ben.unlocked.activity(account).unwrap();
    let ana = team.ana.me();
    assert!(
        deeds
            .iter()
            .any(|deed| deed.member == ana && deed.action == countersign_core::client::Action::Copied)
    );
}

#[test]
fn a_rotation_that_was_signed_and_overtaken_is_taken_back() {
    let team = Team::new();
    let carla = team.join(3, "Carla", WorkspaceRole::User);
    let (ben, line) = team.join(2, "Ben", WorkspaceRole::Admin).on_line(&team.server);
    let account = account_with(&team.ana.unlocked, "Bank", KEY);
    for (person, role) in [(&ben, AccountRole::Owner), (&carla, AccountRole::Collaborator)] {
        team.ana.server.share(account, person.me(), Some(role)).unwrap();
        person.sync();
    }
    carla.server.remove_member(carla.me()).unwrap();
    // What Ben's phone posts never arrives: it has signed a rotation that nobody has.
    line.lose_posts(true);
    assert!(ben.server.sync().is_err());
    assert!(ben.unlocked.unsent().unwrap() > 0);
    team.ana.sync();
    line.lose_posts(false);
    for person in [&ben, &team.ana] {
        person.sync();
        person.sync();
        assert_eq!(person.unlocked.unsent().unwrap(), 0);
        assert_eq!(person.unlocked.notices().unwrap(), []);
    }
    assert_eq!(ben.code(account), team.ana.code(account));
    ben.unlocked.save_recovery_codes(account, "one-code").unwrap();
    ben.sync();
    team.ana.sync();
    assert_eq!(team.ana.unlocked.recovery_codes(account).unwrap().len(), 1);
}

#[test]
fn a_lost_answer_does_nothing_twice() {
    let team = Team::new();
    let (ben, line) = team.join(2, "Ben", WorkspaceRole::User).on_line(&team.server);
    let account = account_with(&ben.unlocked, "Bank", KEY);
    // Everything arrives, and no answer comes back.
    line.meddle(Some(Box::new(|request, response| {
        if request.path.ends_with("/ops") { Err(TransportError::Unreachable) } else { Ok(response) }
    })));
    assert!(ben.server.sync().is_err());
    ben.unlocked
        .edit_account(
            account,
            &countersign_core::client::CardFields { login: "ben".to_owned(), ..card("Bank") },
        )
        .unwrap();
    line.meddle(None);
    ben.sync();
    assert_eq!(ben.unlocked.unsent().unwrap(), 0);
    ben.server.share(account, team.ana.me(), Some(AccountRole::Owner)).unwrap();
    team.ana.sync();
    assert_eq!(team.ana.names(), ["Bank"]);
    assert_eq!(team.ana.unlocked.account(account).unwrap().card.login, "ben");
    assert_eq!(ben.unlocked.notices().unwrap(), []);
}
