//! "Activate MFA", step by step and interrupted at each of them.

use std::time::Duration;

use countersign_core::client::{CodeError, CodeOfAccount, EnrolError, MfaState, Unlocked};
use countersign_core::enrol::{EnrolmentState, Glance, PayloadError, PendingCode};
use countersign_protocol::ids::AccountId;
use countersign_tests::phone::{START, TestPhone};

use super::{KEY, OTHER_KEY, account_with, card};

const COUNTER: &str = "otpauth://hotp/GitHub:ana?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&counter=5";

fn digits(client: &Unlocked, account: AccountId) -> String {
    match client.codes(&[account]).unwrap().pop().map(|code| code.code) {
        Some(CodeOfAccount::Now(code)) => code.digits.as_str().to_owned(),
        other => format!("{other:?}"),
    }
}

fn mfa(client: &Unlocked, account: AccountId) -> MfaState {
    client.account(account).unwrap().summary.mfa
}

fn pending_digits(state: &EnrolmentState) -> &str {
    match state {
        EnrolmentState::Pending { code: PendingCode::Clock(code), .. } => code.digits.as_str(),
        EnrolmentState::Pending { code: PendingCode::Counter(code), .. } => code.digits.as_str(),
        other => panic!("pending, not {other:?}"),
    }
}

#[test]
fn a_typed_key_is_pending_with_its_code_and_on_at_done() {
    let (_phone, _client, unlocked) = TestPhone::with_workspace(1);
    let account = unlocked.add_account(&card("GitHub")).unwrap();
    let enrolment = unlocked.activate(account).unwrap();
    assert!(matches!(enrolment.state().unwrap(), EnrolmentState::Scanning(Glance::Nothing(_))));
    let state = enrolment.enter(KEY).unwrap();
    // Until Done the list shows no code.
    assert_eq!(digits(&unlocked, account), "Some(None)");
    assert_eq!(
        mfa(&unlocked, account),
        MfaState::Pending { since: countersign_core::ports::Timestamp::from_unix_seconds(START) }
    );
    assert_eq!(enrolment.done().unwrap(), EnrolmentState::On);
    assert_eq!(digits(&unlocked, account), pending_digits(&state));
    assert!(matches!(unlocked.activate(account), Err(EnrolError::AlreadyOn)));
}

#[test]
fn a_killed_app_goes_on_at_the_code() {
    let (phone, client, unlocked) = TestPhone::with_workspace(2);
    let account = unlocked.add_account(&card("GitHub")).unwrap();
    let before = unlocked.activate(account).unwrap().enter(KEY).unwrap();
    drop((client, unlocked));
    let unlocked = phone.unlock();
    let enrolment = unlocked.activate(account).unwrap();
    assert_eq!(enrolment.state().unwrap(), before);
    enrolment.done().unwrap();
    assert_eq!(digits(&unlocked, account), pending_digits(&before));
}

#[test]
fn a_pending_enrolment_is_never_dropped_but_said_to_be_old() {
    let (phone, _client, unlocked) = TestPhone::with_workspace(3);
    let account = unlocked.add_account(&card("GitHub")).unwrap();
    unlocked.activate(account).unwrap().enter(KEY).unwrap();
    let stale = || match unlocked.activate(account).unwrap().state().unwrap() {
        EnrolmentState::Pending { stale, .. } => stale,
        other => panic!("pending, not {other:?}"),
    };
    phone.clock.set_date(START + 24 * 60 * 60);
    assert!(!stale());
    phone.clock.set_date(START + 24 * 60 * 60 + 1);
    assert!(stale());
}

#[test]
fn cancel_leaves_nothing_and_done_after_it_is_refused() {
    let (_phone, _client, unlocked) = TestPhone::with_workspace(4);
    let account = unlocked.add_account(&card("GitHub")).unwrap();
    let enrolment = unlocked.activate(account).unwrap();
    enrolment.enter(KEY).unwrap();
    assert_eq!(enrolment.cancel().unwrap(), EnrolmentState::Off);
    assert!(matches!(enrolment.done(), Err(EnrolError::OtherStep)));
    assert_eq!(mfa(&unlocked, account), MfaState::Off);
    // And the same secret may be scanned again.
    assert!(matches!(
        unlocked.activate(account).unwrap().enter(KEY).unwrap(),
        EnrolmentState::Pending { .. }
    ));
}

#[test]
fn a_code_for_another_card_asks_first() {
    let (_phone, _client, unlocked) = TestPhone::with_workspace(5);
    let fields = countersign_core::client::CardFields { app: "GitLab".to_owned(), ..card("Repositories") };
    let account = unlocked.add_account(&fields).unwrap();
    let enrolment = unlocked.activate(account).unwrap();
    let uri = format!("otpauth://totp/GitHub:ana?secret={KEY}&issuer=GitHub");
    let EnrolmentState::LabelMismatch { card, scanned } = enrolment.enter(&uri).unwrap() else {
        panic!("it asks")
    };
    assert_eq!((card.app.as_str(), scanned.app.as_str()), ("GitLab", "GitHub"));
    // Nothing is saved while it asks.
    assert_eq!(mfa(&unlocked, account), MfaState::Off);
    assert!(matches!(enrolment.scan_again().unwrap(), EnrolmentState::Scanning(_)));
    enrolment.enter(&uri).unwrap();
    assert!(matches!(enrolment.use_anyway().unwrap(), EnrolmentState::Pending { .. }));
}

#[test]
fn a_secret_that_is_here_already_is_recognised() {
    let (_phone, _client, unlocked) = TestPhone::with_workspace(6);
    let first = account_with(&unlocked, "GitHub", KEY);
    let second = unlocked.add_account(&card("GitHub again")).unwrap();
    let enrolment = unlocked.activate(second).unwrap();
    assert_eq!(enrolment.enter(KEY).unwrap(), EnrolmentState::SecretKnown { account: first });
    assert!(matches!(enrolment.use_anyway().unwrap(), EnrolmentState::Pending { .. }));
    // In its own account there is nothing to replace it by.
    let replacing = unlocked.replace(first).unwrap();
    assert_eq!(replacing.enter(KEY).unwrap(), EnrolmentState::SecretKnown { account: first });
    assert!(matches!(replacing.use_anyway(), Err(EnrolError::OtherStep)));
}

#[test]
fn what_is_no_key_is_refused_by_name_and_the_camera_stays_open() {
    let (_phone, _client, unlocked) = TestPhone::with_workspace(7);
    let account = unlocked.add_account(&card("GitHub")).unwrap();
    let enrolment = unlocked.activate(account).unwrap();
    for text in ["123456", "https://example.com", "WIFI:S:x;;"] {
        let state = enrolment.enter(text).unwrap();
        let EnrolmentState::Scanning(Glance::Refused(refused)) = state else { panic!("{state:?}") };
        assert!(matches!(refused, PayloadError::NotOtpauth(_) | PayloadError::InvalidSecret(_)));
    }
    assert!(matches!(enrolment.enter(KEY).unwrap(), EnrolmentState::Pending { .. }));
    assert!(matches!(enrolment.enter(KEY), Err(EnrolError::OtherStep)));
}

#[test]
fn a_replaced_secret_stays_in_use_until_done_and_can_be_restored() {
    let (_phone, _client, unlocked) = TestPhone::with_workspace(8);
    let account = account_with(&unlocked, "GitHub", KEY);
    let old = digits(&unlocked, account);
    let enrolment = unlocked.replace(account).unwrap();
    let new = enrolment.enter(OTHER_KEY).unwrap();
    assert_eq!(digits(&unlocked, account), old);
    assert!(matches!(mfa(&unlocked, account), MfaState::On { replacing: Some(_), .. }));
    enrolment.done().unwrap();
    assert_eq!(digits(&unlocked, account), pending_digits(&new));
    let sealed = unlocked.replaced_secrets(account).unwrap();
    assert_eq!(sealed.len(), 1);
    unlocked.restore_secret(account, sealed[0].id).unwrap();
    assert_eq!(digits(&unlocked, account), old);
    // The one that was in use is sealed in its place, and the restored one is no longer there to restore.
    assert_eq!(unlocked.replaced_secrets(account).unwrap().len(), 1);
    assert!(matches!(unlocked.restore_secret(account, sealed[0].id), Err(EnrolError::NothingToRestore)));
}

#[test]
fn cancelling_a_replacement_keeps_the_secret_in_use() {
    let (_phone, _client, unlocked) = TestPhone::with_workspace(9);
    let account = account_with(&unlocked, "GitHub", KEY);
    let old = digits(&unlocked, account);
    let enrolment = unlocked.replace(account).unwrap();
    enrolment.enter(OTHER_KEY).unwrap();
    assert_eq!(enrolment.cancel().unwrap(), EnrolmentState::On);
    assert_eq!(digits(&unlocked, account), old);
}

#[test]
fn mfa_that_was_turned_off_can_be_restored_for_thirty_days() {
    let (phone, client, unlocked) = TestPhone::with_workspace(10);
    let account = account_with(&unlocked, "GitHub", KEY);
    let old = digits(&unlocked, account);
    unlocked.turn_off(account).unwrap();
    assert_eq!(mfa(&unlocked, account), MfaState::Off);
    assert!(matches!(unlocked.turn_off(account), Err(EnrolError::Off)));
    let sealed = unlocked.replaced_secrets(account).unwrap();
    unlocked.restore_secret(account, sealed[0].id).unwrap();
    assert_eq!(digits(&unlocked, account), old);
    unlocked.turn_off(account).unwrap();
    drop((client, unlocked));
    let unlocked = phone.unlock();
    phone.clock.set_date(START + 30 * 24 * 60 * 60 - 1);
    assert_eq!(unlocked.purge_replaced().unwrap(), 0);
    phone.clock.set_date(START + 30 * 24 * 60 * 60);
    assert_eq!(unlocked.purge_replaced().unwrap(), 0, "one look is not enough");
    phone.clock.set_date(START + 31 * 24 * 60 * 60);
    assert_eq!(unlocked.purge_replaced().unwrap(), 1);
    assert!(unlocked.replaced_secrets(account).unwrap().is_empty());
    assert_eq!(unlocked.purge_replaced().unwrap(), 0);
}

#[test]
fn a_counted_secret_that_is_scanned_again_goes_on_where_it_was() {
    let (_phone, _client, unlocked) = TestPhone::with_workspace(23);
    let account = unlocked.add_account(&card("GitHub")).unwrap();
    let enrolment = unlocked.activate(account).unwrap();
    enrolment.enter(COUNTER).unwrap();
    enrolment.done().unwrap();
    assert_eq!(unlocked.draw(account).unwrap().counter, 6);
    assert_eq!(unlocked.draw(account).unwrap().counter, 7);
    unlocked.turn_off(account).unwrap();
    let again = unlocked.activate(account).unwrap();
    let state = again.enter(COUNTER).unwrap();
    let EnrolmentState::Pending { code: PendingCode::Counter(code), .. } = state else { panic!("{state:?}") };
    assert_eq!(code.counter, 8, "not one that was shown");
    again.done().unwrap();
    assert_eq!(unlocked.draw(account).unwrap().counter, 9);
}

#[test]
fn what_cancel_answers_is_what_the_store_says() {
    let (_phone, _client, unlocked) = TestPhone::with_workspace(21);
    let account = unlocked.add_account(&card("GitHub")).unwrap();
    let enrolment = unlocked.activate(account).unwrap();
    enrolment.enter(KEY).unwrap();
    enrolment.done().unwrap();
    assert_eq!(enrolment.cancel().unwrap(), EnrolmentState::On, "it was done already");
    let replacing = unlocked.replace(account).unwrap();
    unlocked.turn_off(account).unwrap();
    assert_eq!(replacing.cancel().unwrap(), EnrolmentState::Off);
    assert!(matches!(unlocked.replace(account), Err(EnrolError::Off)));
}

#[test]
fn two_screens_of_one_enrolment_do_not_overwrite_each_other() {
    let (_phone, _client, unlocked) = TestPhone::with_workspace(22);
    let account = unlocked.add_account(&card("GitHub")).unwrap();
    let (first, second) = (unlocked.activate(account).unwrap(), unlocked.activate(account).unwrap());
    let shown = pending_digits(&first.enter(KEY).unwrap()).to_owned();
    assert!(matches!(second.enter(OTHER_KEY), Err(EnrolError::OtherStep)));
    assert_eq!(pending_digits(&first.state().unwrap()), shown);
    // The second one cancels and scans another code: the first may not confirm what it never showed.
    let second = unlocked.activate(account).unwrap();
    second.cancel().unwrap();
    let third = unlocked.activate(account).unwrap();
    let other = pending_digits(&third.enter(OTHER_KEY).unwrap()).to_owned();
    assert_ne!(other, shown);
    assert!(matches!(first.done(), Err(EnrolError::OtherStep)));
    assert!(matches!(mfa(&unlocked, account), MfaState::Pending { .. }));
    // Once it has shown the other one, it may.
    assert_eq!(pending_digits(&first.state().unwrap()), other);
    first.done().unwrap();
    assert_eq!(digits(&unlocked, account), other);
    // An enrolment that began when MFA was off adds no second secret once it is on.
    let late = unlocked.add_account(&card("Slack")).unwrap();
    let (slow, quick) = (unlocked.activate(late).unwrap(), unlocked.activate(late).unwrap());
    quick.enter("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP").unwrap();
    quick.done().unwrap();
    assert!(matches!(slow.enter("KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU"), Err(EnrolError::AlreadyOn)));
}

#[test]
fn a_counter_moves_on_for_good_before_its_code_is_shown() {
    let (phone, client, unlocked) = TestPhone::with_workspace(11);
    let account = unlocked.add_account(&card("GitHub")).unwrap();
    let enrolment = unlocked.activate(account).unwrap();
    // RFC 4226, appendix D: counters 5, 6, 7, 8.
    assert_eq!(pending_digits(&enrolment.enter(COUNTER).unwrap()), "254676");
    enrolment.done().unwrap();
    assert_eq!(digits(&unlocked, account), "Some(Drawn)");
    assert_eq!(unlocked.draw(account).unwrap().digits.as_str(), "287922");
    drop((client, unlocked, enrolment));
    let unlocked = phone.unlock();
    assert_eq!(unlocked.draw(account).unwrap().digits.as_str(), "162583");
    // A draw that cannot be made durable draws nothing.
    phone.entropy.fail_after(Some(1));
    assert!(matches!(unlocked.draw(account), Err(CodeError::Unavailable(_))));
    phone.entropy.fail_after(None);
    assert_eq!(unlocked.draw(account).unwrap().counter, 8);
}

#[test]
fn a_counter_goes_on_where_it_was_after_a_restore() {
    let (_phone, _client, unlocked) = TestPhone::with_workspace(12);
    let account = account_with(&unlocked, "GitHub", COUNTER);
    assert_eq!(unlocked.draw(account).unwrap().counter, 6);
    let replacing = unlocked.replace(account).unwrap();
    replacing.enter(OTHER_KEY).unwrap();
    replacing.done().unwrap();
    assert!(matches!(unlocked.draw(account), Err(CodeError::ByTheClock)));
    let sealed = unlocked.replaced_secrets(account).unwrap();
    unlocked.restore_secret(account, sealed[0].id).unwrap();
    assert_eq!(unlocked.draw(account).unwrap().counter, 7);
}

#[test]
fn a_lock_in_the_middle_loses_nothing() {
    let (phone, client, unlocked) = TestPhone::with_workspace(13);
    let account = unlocked.add_account(&card("GitHub")).unwrap();
    let enrolment = unlocked.activate(account).unwrap();
    let before = enrolment.enter(KEY).unwrap();
    phone.clock.pass(Duration::from_hours(1));
    assert!(matches!(enrolment.done(), Err(EnrolError::Unavailable(_))));
    phone.clock.set_date(START);
    let unlocked = client.unlock().unwrap();
    let enrolment = unlocked.activate(account).unwrap();
    assert_eq!(enrolment.state().unwrap(), before);
    enrolment.done().unwrap();
}
