//! Two people change the same thing while neither sees the other: nothing is lost, and nobody decides for them.

use countersign_core::client::CardFields;
use countersign_core::sync::Notice;
use countersign_protocol::ids::AccountId;
use countersign_protocol::numbers::{AccountRole, WorkspaceRole};

use super::team::{Person, Team};
use crate::client::{KEY, OTHER_KEY, card};

/// An account that Ana and Ben both own.
fn shared(team: &Team, ben: &Person) -> AccountId {
    let account = team.ana.unlocked.add_account(&card("Bank")).unwrap();
    team.ana.server.share(account, ben.me(), Some(AccountRole::Owner)).unwrap();
    ben.sync();
    account
}

fn enrol(person: &Person, account: AccountId, key: &str) {
    let enrolment = person.unlocked.activate(account).unwrap();
    enrolment.enter(key).unwrap();
    enrolment.done().unwrap();
}

#[test]
fn two_edits_of_a_card_are_merged_field_by_field() {
    let team = Team::new();
    let ben = team.join(2, "Ben", WorkspaceRole::User);
    let account = shared(&team, &ben);
    let edit = |person: &Person, fields: CardFields| person.unlocked.edit_account(account, &fields).unwrap();
    edit(&team.ana, CardFields { login: "team@example.com".to_owned(), ..card("Bank") });
    edit(&ben, CardFields { notes: "Ask Ben".to_owned(), ..card("The bank") });
    ben.sync();
    team.ana.sync();
    ben.sync();
    for person in [&team.ana, &ben] {
        let card = person.unlocked.account(account).unwrap().card;
        assert_eq!((card.name.as_str(), card.login.as_str()), ("The bank", "team@example.com"));
        assert_eq!(card.notes, "Ask Ben");
        assert_eq!(person.unlocked.unsent().unwrap(), 0);
    }
}

#[test]
fn two_different_secrets_are_both_kept_and_an_owner_is_asked() {
    let team = Team::new();
    let ben = team.join(2, "Ben", WorkspaceRole::User);
    let account = shared(&team, &ben);
    enrol(&team.ana, account, KEY);
    enrol(&ben, account, OTHER_KEY);
    let (first, second) = (team.ana.code(account), ben.code(account));
    assert_ne!(first, second);
    team.ana.sync();
    ben.sync();
    team.ana.sync();
    assert_eq!((team.ana.code(account), ben.code(account)), (first.clone(), first));
    let asked = ben.unlocked.notices().unwrap();
    assert!(asked.iter().any(|(_, notice)| *notice == Notice::TwoSecrets { account }));
    let kept = team.ana.unlocked.replaced_secrets(account).unwrap();
    assert_eq!(kept.len(), 1);
    team.ana.unlocked.restore_secret(account, kept[0].id).unwrap();
    assert_eq!(team.ana.code(account), second);
}

#[test]
fn the_same_secret_scanned_twice_is_one_secret() {
    let team = Team::new();
    let ben = team.join(2, "Ben", WorkspaceRole::User);
    let account = shared(&team, &ben);
    enrol(&team.ana, account, KEY);
    enrol(&ben, account, KEY);
    team.ana.sync();
    ben.sync();
    team.ana.sync();
    assert_eq!(team.ana.code(account), ben.code(account));
    assert_eq!(ben.unlocked.notices().unwrap(), []);
    assert_eq!(ben.unlocked.replaced_secrets(account).unwrap(), []);
}

#[test]
fn an_edit_wins_over_turning_off_and_marks_on_recovery_codes_add_up() {
    let team = Team::new();
    let ben = team.join(2, "Ben", WorkspaceRole::User);
    let account = shared(&team, &ben);
    team.ana.unlocked.save_recovery_codes(account, "one-code\ntwo-code\nred-code").unwrap();
    team.ana.sync();
    ben.sync();
    team.ana.unlocked.mark_recovery_code(account, 0, true).unwrap();
    ben.unlocked.mark_recovery_code(account, 2, true).unwrap();
    ben.sync();
    team.ana.sync();
    ben.sync();
    for person in [&team.ana, &ben] {
        let codes = person.unlocked.recovery_codes(account).unwrap();
        let used: Vec<_> = codes.iter().map(|code| code.used.is_some()).collect();
        assert_eq!(used, [true, false, true]);
    }
}
