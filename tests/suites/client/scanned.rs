//! A code that is scanned before there is a card for it.

use countersign_core::client::{CardFields, MfaState, Unlocked};
use countersign_core::enrol::{AccountPayload, Added, EnrolmentState, Entry, Glance, Payload, read};
use countersign_core::scan::{Frame, Geometry};
use countersign_tests::phone::{TestPhone, names};

use super::{KEY, OTHER_KEY, names_of, picture};

fn scanned(key: &str) -> AccountPayload {
    let link = format!("otpauth://totp/GitHub:ana?secret={key}&issuer=GitHub");
    match read(&link, Entry::Qr).unwrap() {
        Payload::Account(account) => account,
        Payload::Migration(_) => panic!("one account"),
    }
}

fn github() -> CardFields {
    let named = |name: &str| name.to_owned();
    CardFields { name: named("GitHub"), app: named("GitHub"), login: named("ana"), ..CardFields::default() }
}

fn mfa(client: &Unlocked) -> Vec<MfaState> {
    client.accounts("").unwrap().iter().map(|account| account.mfa).collect()
}

#[test]
fn a_code_without_a_card_gets_one_and_is_pending() {
    let (phone, client, unlocked) = TestPhone::with_workspace(1);
    let Added::New(account) = unlocked.add_scanned(&scanned(KEY), &github()).unwrap() else { panic!("new") };
    drop((client, unlocked));
    let unlocked = phone.unlock();
    let enrolment = unlocked.activate(account).unwrap();
    assert!(matches!(enrolment.state().unwrap(), EnrolmentState::Pending { .. }));
    enrolment.done().unwrap();
    assert!(matches!(mfa(&unlocked)[..], [MfaState::On { .. }]));
}

#[test]
fn a_second_scan_of_the_same_code_adds_nothing() {
    let (_phone, _client, unlocked) = TestPhone::with_workspace(2);
    let Added::New(account) = unlocked.add_scanned(&scanned(KEY), &github()).unwrap() else { panic!("new") };
    assert_eq!(unlocked.add_scanned(&scanned(KEY), &github()).unwrap(), Added::Known(account));
    unlocked.activate(account).unwrap().done().unwrap();
    assert_eq!(unlocked.add_scanned(&scanned(KEY), &github()).unwrap(), Added::Known(account));
    assert_eq!(names_of(&unlocked.accounts("").unwrap()), ["GitHub"]);
}

#[test]
fn a_card_that_waits_for_its_code_is_taken_before_a_second_one_is_made() {
    let (_phone, _client, unlocked) = TestPhone::with_workspace(3);
    let account = unlocked.add_account(&github()).unwrap();
    assert_eq!(unlocked.add_scanned(&scanned(KEY), &github()).unwrap(), Added::OnCard(account));
    // One that is set up already is left alone.
    assert!(matches!(unlocked.add_scanned(&scanned(OTHER_KEY), &github()).unwrap(), Added::New(_)));
    assert_eq!(unlocked.accounts("").unwrap().len(), 2);
}

#[test]
fn a_failure_leaves_neither_a_card_nor_a_secret() {
    let (phone, _client, unlocked) = TestPhone::with_workspace(4);
    for calls in 0..40 {
        phone.entropy.fail_after(Some(calls));
        let added = unlocked.add_scanned(&scanned(KEY), &github());
        phone.entropy.fail_after(None);
        if added.is_ok() {
            assert!(calls > 3, "there is randomness in an account");
            assert!(matches!(mfa(&unlocked)[..], [MfaState::Pending { .. }]));
            return;
        }
        assert!(unlocked.accounts("").unwrap().is_empty());
    }
    panic!("it never worked");
}

#[test]
fn a_picture_is_offered_to_an_enrolment_as_a_frame_is_fed() {
    let (_phone, _client, unlocked) = TestPhone::with_workspace(5);
    let card = CardFields { name: "Work".to_owned(), app: "GitLab".to_owned(), ..github() };
    let account = unlocked.add_account(&card).unwrap();
    let enrolment = unlocked.activate(account).unwrap();
    let asked = enrolment.offer(scanned(KEY)).unwrap();
    assert!(matches!(asked, EnrolmentState::LabelMismatch { .. }));
    assert!(enrolment.offer(scanned(KEY)).is_err());
    assert!(matches!(enrolment.use_anyway().unwrap(), EnrolmentState::Pending { .. }));
}

#[test]
fn frames_go_in_and_states_come_out() {
    let (_phone, _client, unlocked) = TestPhone::with_workspace(7);
    let account = unlocked.add_account(&github()).unwrap();
    let enrolment = unlocked.activate(account).unwrap();
    let feed = |text: &str| {
        let (pixels, geometry) = picture(text);
        enrolment.feed(&Frame::new(&pixels, geometry).unwrap()).unwrap()
    };
    let desk = vec![128; 64 * 64];
    let nothing = enrolment.feed(&Frame::new(&desk, Geometry::packed(64, 64)).unwrap()).unwrap();
    assert!(matches!(nothing, EnrolmentState::Scanning(Glance::Nothing(_))), "{nothing:?}");
    let other = feed("WIFI:S:home;;");
    assert!(matches!(other, EnrolmentState::Scanning(Glance::Refused(_))), "{other:?}");
    let code = feed(&format!("otpauth://totp/GitHub:ana?secret={KEY}&issuer=GitHub"));
    assert!(matches!(code, EnrolmentState::Pending { .. }), "{code:?}");
}

#[test]
fn the_names_given_at_the_beginning_are_known_after_an_unlock() {
    let (phone, client, unlocked) = TestPhone::with_workspace(6);
    drop((client, unlocked));
    assert_eq!(phone.unlock().names().unwrap(), names());
}
