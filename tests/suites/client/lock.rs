//! Locked, unlocked, and the key that is lost while the data is there.

use std::time::Duration;

use countersign_core::client::{
    ClientState, CodeOfAccount, RecoverError, Unavailable, UnlockError, Unlocked,
};
use countersign_core::ports::VaultError;
use countersign_core::vault::LockAfter;
use countersign_tests::phone::TestPhone;

use super::{KEY, account_with, card, names_of};

#[test]
fn a_lock_ends_every_handle_and_an_unlock_makes_a_new_one() {
    let (_phone, client, unlocked) = TestPhone::with_workspace(1);
    client.lock();
    assert!(matches!(unlocked.accounts(""), Err(Unavailable::Locked)));
    assert_eq!(client.state().unwrap(), ClientState::Locked);
    let again = client.unlock().unwrap();
    assert!(again.accounts("").is_ok());
    assert!(matches!(unlocked.accounts(""), Err(Unavailable::Locked)));
}

#[test]
fn a_client_locks_itself_when_nobody_does_anything() {
    let (phone, client, unlocked) = TestPhone::with_workspace(2);
    unlocked.lock_after(LockAfter::new(Duration::from_mins(1)).unwrap()).unwrap();
    phone.clock.pass(Duration::from_secs(59));
    // Showing the list does not put the lock off, doing something does.
    unlocked.accounts("").unwrap();
    assert_eq!(client.state().unwrap(), ClientState::Unlocked { left: Duration::from_secs(1) });
    unlocked.add_account(&card("GitHub")).unwrap();
    phone.clock.pass(Duration::from_secs(59));
    assert!(unlocked.accounts("").is_ok());
    phone.clock.pass(Duration::from_secs(1));
    assert!(matches!(unlocked.accounts(""), Err(Unavailable::Locked)));
}

#[test]
fn the_date_does_not_move_the_lock() {
    let (phone, _client, unlocked) = TestPhone::with_workspace(3);
    phone.clock.set_date(4_000_000_000);
    assert!(unlocked.accounts("").is_ok());
}

#[test]
fn a_person_who_is_not_recognised_may_try_again() {
    let (phone, client, unlocked) = TestPhone::with_workspace(4);
    unlocked.lock();
    for error in [VaultError::Refused, VaultError::Unavailable] {
        phone.vault.refuse(Some(error));
        assert!(matches!(client.unlock(), Err(UnlockError::Vault(found)) if found == error));
    }
    phone.vault.refuse(None);
    assert!(client.unlock().is_ok());
}

#[test]
fn a_lost_key_is_a_state_of_its_own_and_the_kit_is_the_way_out() {
    let (phone, client, unlocked) = TestPhone::with_workspace(5);
    let account = account_with(&unlocked, "GitHub", KEY);
    let binned = unlocked.add_account(&card("Old")).unwrap();
    unlocked.remove_account(binned).unwrap();
    let kit = unlocked.unsaved_kit().unwrap().unwrap();
    let digits = |client: &Unlocked| match client.codes(&[account]).unwrap().pop().unwrap().code {
        CodeOfAccount::Now(code) => code.digits.as_str().to_owned(),
        other => panic!("{other:?}"),
    };
    let before = digits(&unlocked);
    client.lock();
    phone.vault.lose();
    assert!(matches!(client.unlock(), Err(UnlockError::KeyLost)));
    let back = client.recover(&kit.to_lowercase(), "Ana's new phone").unwrap();
    assert_eq!(names_of(&back.accounts("").unwrap()), ["GitHub"]);
    assert_eq!(digits(&back), before);
    assert_eq!(back.bin().unwrap().len(), 1);
    // It is a device like any other now: it adds, edits and unlocks again.
    back.add_account(&card("New")).unwrap();
    back.edit_account(account, &card("GitHub Inc.")).unwrap();
    drop((client, unlocked, back));
    assert_eq!(names_of(&phone.unlock().accounts("").unwrap()), ["GitHub Inc.", "New"]);
}

#[test]
fn a_recovery_is_whole_or_not_begun() {
    let (phone, client, unlocked) = TestPhone::with_workspace(12);
    for name in ["GitHub", "Slack"] {
        unlocked.add_account(&card(name)).unwrap();
    }
    let kit = unlocked.unsaved_kit().unwrap().unwrap();
    unlocked.lock();
    phone.vault.lose();
    let mut failed = 0;
    let recovered = loop {
        phone.entropy.fail_after(Some(failed));
        let recovered = client.recover(&kit, "Ana's new phone");
        phone.entropy.fail_after(None);
        match recovered {
            Ok(recovered) => break recovered,
            Err(_) => assert!(matches!(client.unlock(), Err(UnlockError::KeyLost)), "after {failed} calls"),
        }
        failed += 1;
    };
    assert!(failed > 10, "it failed in every part of it");
    assert_eq!(names_of(&recovered.accounts("").unwrap()), ["GitHub", "Slack"]);
    drop((client, unlocked, recovered));
    assert_eq!(names_of(&phone.unlock().accounts("").unwrap()), ["GitHub", "Slack"]);
}

#[test]
fn a_key_that_opens_nothing_here_is_a_lost_key() {
    let (phone, client, unlocked) = TestPhone::with_workspace(6);
    drop((client, unlocked));
    let (other, _client, _unlocked) = TestPhone::with_workspace(7);
    let mut host = phone.host();
    host.vault = other.vault.clone();
    let client = countersign_core::client::Client::open(&phone.store(), host).unwrap();
    assert!(matches!(client.unlock(), Err(UnlockError::KeyLost)));
}

#[test]
fn the_kit_of_another_workspace_opens_nothing() {
    let (phone, client, unlocked) = TestPhone::with_workspace(8);
    let (_other, _other_client, other) = TestPhone::with_workspace(9);
    let kit = other.unsaved_kit().unwrap().unwrap();
    unlocked.lock();
    phone.vault.lose();
    assert!(matches!(client.recover(&kit, "phone"), Err(RecoverError::OtherWorkspace)));
    assert!(matches!(client.recover("not a kit", "phone"), Err(RecoverError::Kit(_))));
    assert!(matches!(client.unlock(), Err(UnlockError::KeyLost)));
}

#[test]
fn the_kit_is_shown_until_it_is_saved() {
    let (phone, client, unlocked) = TestPhone::with_workspace(10);
    let kit = unlocked.unsaved_kit().unwrap().unwrap();
    drop((client, unlocked));
    let unlocked = phone.unlock();
    assert_eq!(unlocked.unsaved_kit().unwrap().as_ref(), Some(&kit));
    unlocked.kit_is_saved().unwrap();
    assert_eq!(unlocked.unsaved_kit().unwrap(), None);
}

#[test]
fn the_chosen_time_is_kept() {
    let (phone, client, unlocked) = TestPhone::with_workspace(11);
    unlocked.lock_after(LockAfter::new(Duration::from_mins(1)).unwrap()).unwrap();
    drop((client, unlocked));
    let client = phone.open().unwrap();
    let _unlocked = client.unlock().unwrap();
    phone.clock.pass(Duration::from_mins(1));
    assert_eq!(client.state().unwrap(), ClientState::Locked);
}
