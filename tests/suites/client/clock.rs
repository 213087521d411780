//! A device whose clock is wrong: its codes go by the server's, and nothing it verifies goes by either.

use countersign_core::client::{CodeOfAccount, Unlocked};
use countersign_core::enrol::{EnrolmentState, PendingCode};
use countersign_core::otp::{ClockState, Code};
use countersign_core::ports::Timestamp;
use countersign_protocol::ids::AccountId;
use countersign_tests::phone::{START, TestPhone};

use super::{KEY, account_with, card, names_of};

const DAY: i64 = 24 * 60 * 60;

fn code(client: &Unlocked, account: AccountId) -> Code {
    match client.codes(&[account]).unwrap().pop().map(|code| code.code) {
        Some(CodeOfAccount::Now(code)) => code,
        other => panic!("a code, not {other:?}"),
    }
}

/// The code that an account shows, as a service would be told it.
fn shown(client: &Unlocked, account: AccountId) -> String {
    code(client, account).digits.as_str().to_owned()
}

/// The code of an enrolment that waits for its confirmation.
fn pending(client: &Unlocked, account: AccountId) -> String {
    match client.activate(account).unwrap().state().unwrap() {
        EnrolmentState::Pending { code: PendingCode::Clock(code), .. } => code.digits.as_str().to_owned(),
        other => panic!("a pending code, not {other:?}"),
    }
}

/// The server's clock, which is right.
fn hear_from_the_server(client: &Unlocked) -> ClockState {
    client.note_server_time(Timestamp::from_unix_seconds(START)).unwrap()
}

#[test]
fn codes_go_by_the_servers_clock_offline_too() {
    let (phone, client, unlocked) = TestPhone::with_workspace(1);
    let account = account_with(&unlocked, "GitHub", KEY);
    let right = shown(&unlocked, account);
    for ahead in [3600, -3600, DAY, -DAY] {
        phone.clock.set_date(START + ahead);
        hear_from_the_server(&unlocked);
        assert_eq!(shown(&unlocked, account), right, "{ahead}");
    }
    drop((client, unlocked));
    let unlocked = phone.unlock();
    assert_eq!(shown(&unlocked, account), right);
    assert_eq!(unlocked.clock().unwrap(), ClockState::Corrected { ahead: -DAY });
}

#[test]
fn the_code_that_confirms_an_enrolment_goes_by_the_servers_clock() {
    let (phone, _client, unlocked) = TestPhone::with_workspace(2);
    let account = unlocked.add_account(&card("GitHub")).unwrap();
    unlocked.activate(account).unwrap().enter(KEY).unwrap();
    let right = pending(&unlocked, account);
    phone.clock.set_date(START + 3600);
    assert_ne!(pending(&unlocked, account), right);
    hear_from_the_server(&unlocked);
    assert_eq!(pending(&unlocked, account), right);
}

#[test]
fn a_codes_window_is_told_by_the_devices_own_clock() {
    let (phone, _client, unlocked) = TestPhone::with_workspace(6);
    let account = account_with(&unlocked, "GitHub", KEY);
    let right = code(&unlocked, account);
    // Seconds that are no multiple of a period, so that the windows of the two clocks begin apart.
    for ahead in [3607, -3607] {
        phone.clock.set_date(START + ahead);
        hear_from_the_server(&unlocked);
        let corrected = code(&unlocked, account);
        assert_eq!(corrected.valid_from.unix_seconds(), right.valid_from.unix_seconds() + ahead);
        assert_eq!(corrected.valid_until.unix_seconds(), right.valid_until.unix_seconds() + ahead);
    }
}

#[test]
fn a_difference_too_small_or_too_large_is_said_and_left_alone() {
    let (phone, _client, unlocked) = TestPhone::with_workspace(3);
    let account = account_with(&unlocked, "GitHub", KEY);
    for (ahead, state) in [
        (DAY + 1, ClockState::TooFar { ahead: DAY + 1 }),
        (-DAY - 1, ClockState::TooFar { ahead: -DAY - 1 }),
        (1, ClockState::Right),
    ] {
        phone.clock.set_date(START + ahead);
        let uncorrected = shown(&unlocked, account);
        assert_eq!(hear_from_the_server(&unlocked), state);
        assert_eq!(unlocked.clock().unwrap(), state);
        assert_eq!(shown(&unlocked, account), uncorrected, "{ahead}");
    }
}

#[test]
fn a_clock_that_is_set_right_is_trusted_again() {
    let (phone, _client, unlocked) = TestPhone::with_workspace(4);
    let account = account_with(&unlocked, "GitHub", KEY);
    let right = shown(&unlocked, account);
    phone.clock.set_date(START + 3600);
    hear_from_the_server(&unlocked);
    phone.clock.set_date(START);
    assert_ne!(shown(&unlocked, account), right);
    assert_eq!(hear_from_the_server(&unlocked), ClockState::Right);
    assert_eq!(shown(&unlocked, account), right);
}

#[test]
fn no_verification_goes_by_this_devices_clock() {
    let (phone, client, mut unlocked) = TestPhone::with_workspace(5);
    let kit = unlocked.unsaved_kit().unwrap().unwrap();
    drop(client);
    // 2100, 1970, and an hour that the server corrects: what is written then is followed by what is older.
    for (name, date) in [("A", 4_102_444_800), ("B", 0), ("C", START + 3600)] {
        phone.clock.set_date(date);
        hear_from_the_server(&unlocked);
        unlocked.add_account(&card(name)).unwrap();
        drop(unlocked);
        unlocked = phone.unlock();
    }
    drop(unlocked);
    // The kit's way in verifies the whole log again.
    phone.clock.set_date(START);
    phone.vault.lose();
    let back = phone.open().unwrap().recover(&kit, "phone").unwrap();
    assert_eq!(names_of(&back.accounts("").unwrap()), ["A", "B", "C"]);
}
