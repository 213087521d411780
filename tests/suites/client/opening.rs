//! A store opens as what it is, or says what the file is instead and leaves it as it was.

use std::fs;
use std::path::Path;

use countersign_core::client::{Client, ClientState, OpenError, StoreError};
use countersign_tests::phone::{TestPhone, names};

use super::{KEY, account_with, card, names_of};

fn write(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).unwrap();
}

/// The error of opening, which must leave the file byte for byte as it was.
fn refused(phone: &TestPhone) -> OpenError {
    let before = fs::read(phone.store()).unwrap();
    let error = phone.open().unwrap_err();
    assert_eq!(fs::read(phone.store()).unwrap(), before);
    error
}

#[test]
fn what_was_written_is_there_when_the_store_is_opened_again() {
    let (phone, client, unlocked) = TestPhone::with_workspace(1);
    unlocked.add_account(&card("GitHub")).unwrap();
    drop((client, unlocked));
    assert_eq!(names_of(&phone.unlock().accounts("").unwrap()), ["GitHub"]);
}

#[test]
fn an_empty_store_says_so_and_takes_one_workspace_only() {
    let phone = TestPhone::new(2);
    let client = phone.open().unwrap();
    assert_eq!(client.state().unwrap(), ClientState::Empty);
    assert_eq!(client.unlock().unwrap_err().to_string(), "unlock: there is no workspace here yet");
    client.create_workspace(&names()).unwrap();
    assert!(client.create_workspace(&names()).is_err());
}

#[test]
fn a_file_that_is_something_else_is_foreign() {
    let phone = TestPhone::new(3);
    for bytes in [&b"hello"[..], &[0; 4096]] {
        write(&phone.store(), bytes);
        assert!(matches!(refused(&phone), OpenError::Foreign));
    }
}

#[test]
fn another_programs_database_is_foreign_too() {
    let (phone, client, unlocked) = TestPhone::with_workspace(4);
    drop((client, unlocked));
    let mut bytes = fs::read(phone.store()).unwrap();
    bytes[68..72].copy_from_slice(b"GPKG");
    write(&phone.store(), &bytes);
    assert!(matches!(refused(&phone), OpenError::Foreign));
}

#[test]
fn a_store_of_a_later_version_names_both_formats() {
    let (phone, client, unlocked) = TestPhone::with_workspace(5);
    drop((client, unlocked));
    let mut bytes = fs::read(phone.store()).unwrap();
    bytes[63] = 9;
    write(&phone.store(), &bytes);
    assert!(matches!(refused(&phone), OpenError::Newer { found: 9, known: 2 }));
}

#[test]
fn a_store_that_was_copied_in_part_is_half_written() {
    let (phone, client, unlocked) = TestPhone::with_workspace(6);
    drop((client, unlocked));
    let bytes = fs::read(phone.store()).unwrap();
    for length in [7, 60, 100, 4096, bytes.len() - 1] {
        write(&phone.store(), &bytes[..length]);
        assert!(matches!(refused(&phone), OpenError::HalfWritten), "{length}");
    }
}

#[test]
fn a_store_whose_pages_were_overwritten_is_damaged() {
    let (phone, client, unlocked) = TestPhone::with_workspace(7);
    drop((client, unlocked));
    let mut bytes = fs::read(phone.store()).unwrap();
    let length = bytes.len();
    bytes[100..length].fill(0x5A);
    write(&phone.store(), &bytes);
    let error = phone.open().unwrap_err();
    assert!(matches!(error, OpenError::Store(StoreError::Damaged)), "{error:?}");
}

/// Flips a bit of each piece of ciphertext in a column of the closed store.
fn flip(store: &Path, table: &str, column: &str) {
    let database = rusqlite::Connection::open(store).unwrap();
    let mut query = database.prepare(&format!("SELECT DISTINCT {column} FROM {table}")).unwrap();
    let held: Vec<Vec<u8>> =
        query.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    assert!(!held.is_empty(), "{table} has something in it");
    for bytes in held {
        let mut altered = bytes.clone();
        *altered.last_mut().unwrap() ^= 1;
        let update = format!("UPDATE {table} SET {column} = ?1 WHERE {column} = ?2");
        database.execute(&update, [&altered, &bytes]).unwrap();
    }
}

#[test]
fn a_bit_that_changed_anywhere_in_what_is_sealed_is_named_and_nothing_is_made_anew() {
    let (phone, client, unlocked) = TestPhone::with_workspace(12);
    let account = account_with(&unlocked, "GitHub", KEY);
    unlocked.save_recovery_codes(account, "1111").unwrap();
    drop((client, unlocked));
    let whole = fs::read(phone.store()).unwrap();
    for (table, column) in [
        ("workspace", "device_keys"),
        ("listing", "sealed"),
        ("space_keys", "sealed"),
        ("records", "ciphertext"),
        ("records", "header"),
        ("local", "sealed"),
    ] {
        write(&phone.store(), &whole);
        flip(&phone.store(), table, column);
        let used = || -> Result<(), Box<dyn std::error::Error>> {
            let unlocked = phone.open()?.unlock()?;
            drop(unlocked.codes(&[account])?);
            unlocked.recovery_codes(account)?;
            unlocked.unsaved_kit()?;
            Ok(())
        };
        let said = used().err().unwrap_or_else(|| panic!("{table}.{column} was read")).to_string();
        let named = ["damaged", "lost its key"].iter().any(|name| said.contains(name));
        assert!(named, "{table}.{column}: {said}");
        // What is damaged stays as it is, for whoever has a copy of the rest.
        flip(&phone.store(), table, column);
        assert_eq!(names_of(&phone.unlock().accounts("").unwrap()), ["GitHub"], "{table}.{column}");
    }
    // What can be made again from the signed log is.
    write(&phone.store(), &whole);
    flip(&phone.store(), "checkpoint", "sealed");
    assert_eq!(names_of(&phone.unlock().accounts("").unwrap()), ["GitHub"]);
    flip(&phone.store(), "log", "entry");
    let said = phone.open().unwrap().unlock().unwrap_err().to_string();
    assert!(said.contains("damaged"), "{said}");
}

#[test]
fn a_second_client_on_the_same_store_is_told_to_wait() {
    let (phone, _client, unlocked) = TestPhone::with_workspace(8);
    let error = phone.open().unwrap_err();
    assert!(matches!(error, OpenError::Store(StoreError::InUse)), "{error:?}");
    unlocked.add_account(&card("still works")).unwrap();
}

#[test]
fn a_store_in_a_folder_that_does_not_exist_is_no_panic() {
    let phone = TestPhone::new(9);
    let error = Client::open(&phone.file("none").join("store"), phone.host()).unwrap_err();
    assert!(matches!(error, OpenError::Store(StoreError::ReadOnly)), "{error:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_store_that_may_only_be_read_says_so_and_stays_as_it_was() {
    use std::os::unix::fs::PermissionsExt as _;
    let (phone, client, unlocked) = TestPhone::with_workspace(11);
    drop((client, unlocked));
    fs::set_permissions(phone.store(), fs::Permissions::from_mode(0o400)).unwrap();
    if fs::OpenOptions::new().write(true).open(phone.store()).is_ok() {
        // Whoever runs the tests may write everything.
        let this = "client::opening::a_store_that_may_only_be_read_says_so_and_stays_as_it_was";
        return countersign_tests::nobody::runs(this);
    }
    let error = refused(&phone);
    assert!(matches!(error, OpenError::Store(StoreError::ReadOnly)), "{error:?}");
}

#[test]
fn only_its_owner_can_read_a_store() {
    use std::os::unix::fs::MetadataExt as _;
    let (phone, _client, _unlocked) = TestPhone::with_workspace(10);
    for entry in fs::read_dir(phone.store().parent().unwrap()).unwrap() {
        assert_eq!(entry.unwrap().metadata().unwrap().mode() & 0o077, 0);
    }
}
