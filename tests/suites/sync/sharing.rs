//! The main job: one person scans, another one's phone shows the same code.

use countersign_core::client::{CardFields, MfaState};
use countersign_core::sync::Synced;
use countersign_protocol::numbers::{AccountRole, WorkspaceRole};

use super::team::{Person, Team};
use crate::client::{KEY, OTHER_KEY, account_with, card};

#[test]
fn what_one_scans_the_other_reads_offline_too() {
    let team = Team::new();
    let ben = team.join(2, "Ben", WorkspaceRole::User);
    let account = account_with(&team.ana.unlocked, "Bank", KEY);
    team.ana.server.share(account, ben.me(), Some(AccountRole::Collaborator)).unwrap();
    ben.sync();
    assert_eq!(ben.names(), ["Bank"]);
    let code = team.ana.code(account).unwrap();
    assert_eq!(ben.code(account), Some(code.clone()));

    // The server is gone, and Ben's phone was restarted.
    let ben = ben.restarted(&team.server);
    drop(team);
    assert_eq!(ben.code(account), Some(code));
}

#[test]
fn what_is_scanned_offline_is_sent_once_whatever_others_did_meanwhile() {
    let team = Team::new();
    let ben = team.join(2, "Ben", WorkspaceRole::User);
    // Both make accounts while nobody sees the other: two entries for one place of the log.
    let bank = account_with(&ben.unlocked, "Ben's bank", KEY);
    let mail = account_with(&ben.unlocked, "Ben's mail", OTHER_KEY);
    account_with(&team.ana.unlocked, "Ana's bank", KEY);
    assert!(ben.unlocked.unsent().unwrap() > 0);
    team.ana.sync();
    let before = (ben.code(bank), ben.code(mail));
    ben.sync();
    assert_eq!(ben.unlocked.unsent().unwrap(), 0);
    assert_eq!((ben.code(bank), ben.code(mail)), before);
    assert_eq!(ben.names(), ["Ben's bank", "Ben's mail"]);

    ben.server.share(bank, team.ana.me(), Some(AccountRole::Owner)).unwrap();
    team.ana.sync();
    assert_eq!(team.ana.names(), ["Ana's bank", "Ben's bank"]);
    assert_eq!(team.ana.code(bank), ben.code(bank));
    assert_eq!(ben.unlocked.notices().unwrap(), []);
    assert_eq!(team.ana.unlocked.notices().unwrap(), []);
}

#[test]
fn a_collaborator_holds_nothing_until_done_and_a_co_owner_sees_who_is_setting_it_up() {
    let team = Team::new();
    let (ben, carla) = (team.join(2, "Ben", WorkspaceRole::User), team.join(3, "Carla", WorkspaceRole::User));
    let account = team.ana.unlocked.add_account(&card("Bank")).unwrap();
    team.ana.server.share(account, ben.me(), Some(AccountRole::Collaborator)).unwrap();
    team.ana.server.share(account, carla.me(), Some(AccountRole::Owner)).unwrap();
    let enrolment = team.ana.unlocked.activate(account).unwrap();
    enrolment.enter(KEY).unwrap();
    for person in [&team.ana, &ben, &carla] {
        person.sync();
    }
    let mfa = |person: &Person| person.unlocked.account(account).unwrap().summary.mfa;
    assert_eq!(mfa(&ben), MfaState::Off);
    assert!(matches!(mfa(&carla), MfaState::Pending { .. }));

    enrolment.done().unwrap();
    for person in [&team.ana, &ben, &carla] {
        person.sync();
        assert!(matches!(mfa(person), MfaState::On { .. }));
    }
    assert_eq!(ben.code(account), team.ana.code(account));
}

#[test]
fn a_restarted_phone_goes_on_where_it_was() {
    let team = Team::new();
    let ben = team.join(2, "Ben", WorkspaceRole::Admin);
    let account = account_with(&team.ana.unlocked, "Bank", KEY);
    team.ana.server.share(account, ben.me(), Some(AccountRole::Owner)).unwrap();
    let ben = ben.restarted(&team.server);
    ben.sync();
    ben.unlocked.edit_account(account, &CardFields { login: "ben".to_owned(), ..card("Bank") }).unwrap();
    let ben = ben.restarted(&team.server);
    ben.sync();
    team.ana.sync();
    assert_eq!(team.ana.unlocked.account(account).unwrap().card.login, "ben");
    for person in [&team.ana, &ben] {
        person.sync();
        assert_eq!(person.server.sync().unwrap(), Synced::default(), "there is nothing left to do");
    }
}
