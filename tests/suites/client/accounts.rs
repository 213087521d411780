//! Cards, search, favourites and the bin.

use countersign_core::client::{AccountError, CardFields, CodeOfAccount, MfaState, Refusal, Revealed};
use countersign_core::ports::Timestamp;
use countersign_tests::phone::{START, TestPhone};

use super::{KEY, OTHER_KEY, account_with, card, names_of};

fn full() -> CardFields {
    CardFields {
        name: "Build server".to_owned(),
        app: "GitHub".to_owned(),
        address: "https://github.com/login".to_owned(),
        login: "northwind-bot".to_owned(),
        notes: "Ask Ben for the second key".to_owned(),
    }
}

#[test]
fn a_card_comes_back_as_it_was_written_and_as_it_was_edited() {
    let (_phone, _client, unlocked) = TestPhone::with_workspace(1);
    let account = unlocked.add_account(&full()).unwrap();
    let details = unlocked.account(account).unwrap();
    assert_eq!((details.card, details.summary.mfa), (full(), MfaState::Off));
    let edited = CardFields { login: "bot".to_owned(), ..full() };
    unlocked.edit_account(account, &edited).unwrap();
    assert_eq!(unlocked.account(account).unwrap().card, edited);
}

#[test]
fn a_field_that_is_too_long_changes_nothing() {
    let (_phone, _client, unlocked) = TestPhone::with_workspace(2);
    let long = CardFields { name: "x".repeat(257), ..full() };
    assert!(matches!(unlocked.add_account(&long), Err(AccountError::Text(_))));
    assert!(unlocked.accounts("").unwrap().is_empty());
    let account = unlocked.add_account(&full()).unwrap();
    assert!(matches!(unlocked.edit_account(account, &long), Err(AccountError::Text(_))));
    assert_eq!(unlocked.account(account).unwrap().card, full());
}

#[test]
fn search_finds_every_word_anywhere_and_puts_favourites_and_beginnings_first() {
    let (_phone, _client, unlocked) = TestPhone::with_workspace(3);
    for name in ["Slack", "GitLab", "My git", "git"] {
        unlocked.add_account(&card(name)).unwrap();
    }
    let account = unlocked.add_account(&full()).unwrap();
    let found = |query: &str| names_of(&unlocked.accounts(query).unwrap()).join(", ");
    assert_eq!(found("GIT"), "git, GitLab, Build server, My git");
    assert_eq!(found(" bot  github "), "Build server");
    assert_eq!(found("second key"), "Build server");
    assert_eq!(found("nothing like it"), "");
    unlocked.set_favourite(account, true).unwrap();
    assert_eq!(found(""), "Build server, git, GitLab, My git, Slack");
}

#[test]
fn an_account_in_the_bin_is_hidden_and_comes_back_with_its_code() {
    let (_phone, _client, unlocked) = TestPhone::with_workspace(4);
    let account = account_with(&unlocked, "GitHub", KEY);
    let before = unlocked.codes(&[account]).unwrap();
    unlocked.remove_account(account).unwrap();
    assert!(unlocked.accounts("").unwrap().is_empty());
    assert!(unlocked.codes(&[account]).unwrap().is_empty());
    let gone = |error| matches!(error, AccountError::Refused(Refusal::NoSuchAccount));
    assert!(gone(unlocked.edit_account(account, &full()).unwrap_err()));
    assert!(gone(unlocked.remove_account(account).unwrap_err()));
    assert!(unlocked.reveal(account, Revealed::Copied).is_err());
    assert_eq!(unlocked.bin().unwrap().len(), 1);
    unlocked.undo_remove(account).unwrap();
    assert_eq!(unlocked.codes(&[account]).unwrap(), before);
    assert!(gone(unlocked.undo_remove(account).unwrap_err()));
}

#[test]
fn the_bin_is_emptied_after_thirty_days_and_not_before() {
    let (phone, client, unlocked) = TestPhone::with_workspace(5);
    let account = account_with(&unlocked, "GitHub", KEY);
    unlocked.add_account(&card("Kept")).unwrap();
    unlocked.remove_account(account).unwrap();
    let after = |days: i64, seconds: i64| {
        phone.clock.set_date(START + days * 24 * 60 * 60 + seconds);
        unlocked.purge_bin().unwrap()
    };
    assert_eq!(after(30, -1), 0);
    assert_eq!(after(30, 0), 0, "one look is not enough");
    assert_eq!(after(31, -1), 0);
    assert_eq!(after(31, 0), 1);
    assert!(unlocked.undo_remove(account).is_err());
    drop((client, unlocked));
    let unlocked = phone.unlock();
    assert_eq!(names_of(&unlocked.accounts("").unwrap()), ["Kept"]);
    assert!(unlocked.bin().unwrap().is_empty());
}

#[test]
fn a_wrong_date_empties_no_bin() {
    let (phone, _client, unlocked) = TestPhone::with_workspace(6);
    let account = account_with(&unlocked, "GitHub", KEY);
    unlocked.remove_account(account).unwrap();
    let at = |days: i64| {
        phone.clock.set_date(START + days * 24 * 60 * 60);
        unlocked.purge_bin().unwrap()
    };
    // A year ahead for a moment, right again, and another time: what was due then was not due in between.
    assert_eq!([400, 1, 2, 500, 3].map(at), [0; 5]);
    // What only a wrong date found due does not go with what is due since long.
    assert_eq!(at(30), 0);
    let late = account_with(&unlocked, "Slack", OTHER_KEY);
    unlocked.remove_account(late).unwrap();
    assert_eq!(at(400), 1);
    assert_eq!(unlocked.bin().unwrap()[0].summary.id, late);
    // The server says that it is another day: nobody knows which clock is right.
    unlocked.note_server_time(Timestamp::from_unix_seconds(START)).unwrap();
    assert_eq!([800, 900].map(at), [0; 2]);
    unlocked.undo_remove(late).unwrap();
}

#[test]
fn codes_of_a_list_come_in_its_order_with_their_windows_and_write_nothing() {
    let (_phone, _client, unlocked) = TestPhone::with_workspace(6);
    let github = account_with(&unlocked, "GitHub", KEY);
    let plain = unlocked.add_account(&card("Plain")).unwrap();
    let codes = unlocked.codes(&[plain, github]).unwrap();
    assert_eq!(codes[0].code, CodeOfAccount::None);
    let CodeOfAccount::Now(code) = &codes[1].code else { panic!("a code") };
    assert_eq!(
        (code.valid_from.unix_seconds(), code.valid_until.unix_seconds()),
        (1_699_999_980, 1_700_000_010)
    );
    assert_eq!(unlocked.reveal(github, Revealed::Viewed).unwrap(), *code);
}

#[test]
fn more_entries_than_one_checkpoint_covers_are_read_again() {
    let (phone, client, unlocked) = TestPhone::with_workspace(7);
    for index in 0..300 {
        unlocked.add_account(&card(&format!("account {index}"))).unwrap();
    }
    drop((client, unlocked));
    let unlocked = phone.unlock();
    assert_eq!(unlocked.accounts("").unwrap().len(), 300);
    unlocked.add_account(&card("one more")).unwrap();
}
