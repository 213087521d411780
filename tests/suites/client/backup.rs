//! Backups: what is reported as saved can be read, and what cannot be saved leaves no file.

use std::fs;
use std::os::unix::fs::MetadataExt as _;

use countersign_core::client::{
    Action, CodeOfAccount, EntryResult, ExportError, Exported, FileError, ImportError, Imported, Omission,
    Unlocked,
};
use countersign_core::enrol::Export;
use countersign_core::ports::VaultError;
use countersign_core::vault::{Cost, Passphrase};
use countersign_protocol::ids::AccountId;
use countersign_tests::phone::TestPhone;

use super::{KEY, OTHER_KEY, account_with, card};

fn passphrase() -> Passphrase {
    Passphrase::new("correct horse battery").unwrap()
}

fn digits(client: &Unlocked, account: AccountId) -> String {
    match client.codes(&[account]).unwrap().pop().unwrap().code {
        CodeOfAccount::Now(code) => code.digits.as_str().to_owned(),
        other => panic!("{other:?}"),
    }
}

/// Two more secrets, which stay pending.
const PENDING: &str = "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U";
const OTHER_PENDING: &str = "ORSXG5DJNZTSA43FMNZGK5BAMJ4XIZLT";

fn omissions(exported: &Exported) -> Vec<Omission> {
    exported.left_out.iter().map(|left| left.what).collect()
}

/// A phone with two accounts with codes, one without, one in the bin.
fn scene(seed: u64) -> (TestPhone, Unlocked, AccountId) {
    let (phone, _client, unlocked) = TestPhone::with_workspace(seed);
    let github = account_with(&unlocked, "GitHub", KEY);
    account_with(&unlocked, "Counter", "otpauth://hotp/x:y?secret=NBSWY3DPEB3W64TMMQ&counter=3");
    unlocked.add_account(&card("Plain")).unwrap();
    let old = account_with(&unlocked, "Old", OTHER_KEY);
    unlocked.remove_account(old).unwrap();
    unlocked.save_recovery_codes(github, "1111\n2222").unwrap();
    unlocked.mark_recovery_code(github, 0, true).unwrap();
    (phone, unlocked, github)
}

#[test]
fn an_encrypted_backup_comes_back_on_another_phone_whole() {
    let (phone, unlocked, github) = scene(1);
    let path = phone.file("backup");
    let exported = unlocked.export_encrypted(&path, &passphrase(), Cost::LEAST).unwrap();
    assert_eq!((exported.accounts, exported.recovery_codes), (3, 2));
    assert_eq!(omissions(&exported), [Omission::Binned]);
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
    assert_eq!(unlocked.activity(github).unwrap()[0].action, Action::Exported);

    let (_other, _client, other) = TestPhone::with_workspace(2);
    assert_eq!(other.import_backup(&path, &passphrase()).unwrap(), Imported { added: 3, present: 0 });
    let list = other.accounts("").unwrap();
    let find = |name: &str| list.iter().find(|account| &*account.name == name).unwrap().id;
    assert_eq!(digits(&other, find("GitHub")), digits(&unlocked, github));
    assert_eq!(other.draw(find("Counter")).unwrap().counter, 4);
    let codes = other.recovery_codes(find("GitHub")).unwrap();
    assert_eq!(codes.iter().map(|code| code.used.is_some()).collect::<Vec<_>>(), [true, false]);
    // Once more adds nothing.
    assert_eq!(other.import_backup(&path, &passphrase()).unwrap(), Imported { added: 0, present: 3 });
}

#[test]
fn a_backup_shows_nothing_of_what_is_in_it() {
    let (phone, unlocked, _) = scene(3);
    let path = phone.file("backup");
    unlocked.export_encrypted(&path, &passphrase(), Cost::LEAST).unwrap();
    let bytes = fs::read(&path).unwrap();
    for canary in [&b"GitHub"[..], b"12345678901234567890", KEY.as_bytes(), b"1111"] {
        assert!(!bytes.windows(canary.len()).any(|window| window == canary));
    }
}

#[test]
fn a_plain_list_has_a_link_for_each_secret_and_says_what_it_left_out() {
    let (phone, unlocked, github) = scene(4);
    let new = unlocked.add_account(&card("New")).unwrap();
    unlocked.activate(new).unwrap().enter(PENDING).unwrap();
    unlocked.replace(github).unwrap().enter(OTHER_PENDING).unwrap();
    let path = phone.file("links");
    let exported = unlocked.export_plain(&path).unwrap();
    assert_eq!((exported.accounts, exported.recovery_codes), (2, 0));
    let mut omissions = omissions(&exported);
    omissions.sort_by_key(|what| format!("{what:?}"));
    let expected = [
        Omission::Binned,
        Omission::NoSecret,
        Omission::PendingSecret,
        Omission::RecoveryCodes(2),
        Omission::Unconfirmed,
    ];
    assert_eq!(omissions, expected);
    let of_github = exported.left_out.iter().filter(|left| left.account == github).count();
    assert_eq!(of_github, 2, "what is pending there, and its recovery codes");
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().count(), 2);
    assert!(text.lines().any(|line| line.contains(KEY)) && text.contains("counter=4"));
    assert_eq!(unlocked.activity(github).unwrap()[0].action, Action::Exported);
}

#[test]
fn a_plain_list_comes_back_on_another_phone_with_a_result_for_each_line() {
    let (phone, unlocked, github) = scene(9);
    let path = phone.file("links");
    unlocked.export_plain(&path).unwrap();
    let list = format!("{}hello\n", fs::read_to_string(&path).unwrap());
    let (_other, _client, other) = TestPhone::with_workspace(10);
    let results = other.import_export(&Export::of_links(&list), &[0, 1, 2]).unwrap();
    let results: Vec<_> = results.into_iter().map(|(_, result)| result).collect();
    assert!(matches!(results[..], [EntryResult::Added(_), EntryResult::Added(_), EntryResult::Left]));
    let accounts = other.accounts("").unwrap();
    let find = |name: &str| accounts.iter().find(|account| &*account.name == name).unwrap().id;
    assert_eq!(digits(&other, find("GitHub")), digits(&unlocked, github));
    assert_eq!(other.draw(find("Counter")).unwrap().counter, 4);
}

#[test]
fn an_export_asks_for_the_person_whatever_is_unlocked() {
    let (phone, unlocked, github) = scene(5);
    phone.vault.refuse(Some(VaultError::Refused));
    let path = phone.file("backup");
    let refused = unlocked.export_encrypted(&path, &passphrase(), Cost::LEAST);
    assert!(matches!(refused, Err(ExportError::Vault(VaultError::Refused))));
    assert!(matches!(unlocked.export_plain(&path), Err(ExportError::Vault(VaultError::Refused))));
    assert!(!path.exists());
    assert_ne!(unlocked.activity(github).unwrap()[0].action, Action::Exported);
}

#[test]
fn a_file_that_is_there_is_never_replaced_and_no_half_file_stays() {
    let (phone, unlocked, github) = scene(6);
    let path = phone.file("backup");
    fs::write(&path, "mine").unwrap();
    let refused = unlocked.export_plain(&path);
    assert!(matches!(refused, Err(ExportError::File(FileError::Exists))));
    assert_eq!(fs::read(&path).unwrap(), b"mine");
    let refused = unlocked.export_plain(&phone.file("none").join("backup"));
    assert!(matches!(refused, Err(ExportError::File(FileError::NotFound))));
    let exports = || {
        let deeds = unlocked.activity(github).unwrap();
        deeds.into_iter().filter(|deed| deed.action == Action::Exported).count()
    };
    assert_eq!(exports(), 0, "what failed was not exported");
    unlocked.export_plain(&phone.file("links")).unwrap();
    assert_eq!(exports(), 1);
    let left: Vec<_> = fs::read_dir(phone.store().parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("unfinished"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn what_a_kill_left_of_an_export_goes_with_the_next_one_and_what_somebody_writes_stays() {
    let (phone, unlocked, _) = scene(9);
    let unfinished = |name: &str| phone.file(&format!("{name}.countersign-unfinished"));
    let paths = ["killed", "at work"].map(unfinished);
    for path in &paths {
        fs::write(path, "otpauth://…").unwrap();
    }
    fs::write(phone.file("mine.unfinished"), "mine").unwrap();
    let at_work = fs::File::open(&paths[1]).unwrap();
    at_work.lock().unwrap();
    unlocked.export_plain(&phone.file("links")).unwrap();
    assert_eq!(paths.each_ref().map(|path| path.exists()), [false, true]);
    assert!(phone.file("mine.unfinished").exists() && phone.file("links").exists());
}

#[test]
fn a_workspace_without_accounts_exports_nothing() {
    let (phone, _client, unlocked) = TestPhone::with_workspace(7);
    let refused = unlocked.export_encrypted(&phone.file("backup"), &passphrase(), Cost::LEAST);
    assert!(matches!(refused, Err(ExportError::Nothing)));
}

#[test]
fn a_backup_that_does_not_open_adds_nothing_and_says_why() {
    let (phone, unlocked, _) = scene(8);
    let path = phone.file("backup");
    unlocked.export_encrypted(&path, &passphrase(), Cost::LEAST).unwrap();
    let import = |bytes: &[u8], passphrase: &Passphrase| {
        let altered = phone.file("altered");
        fs::write(&altered, bytes).unwrap();
        let error = unlocked.import_backup(&altered, passphrase).unwrap_err();
        assert_eq!(unlocked.accounts("").unwrap().len(), 3);
        error
    };
    let bytes = fs::read(&path).unwrap();
    let wrong = Passphrase::new("wrong horse").unwrap();
    assert!(matches!(import(&bytes, &wrong), ImportError::DoesNotOpen));
    assert!(matches!(import(&bytes[..bytes.len() - 1], &passphrase()), ImportError::DoesNotOpen));
    assert!(matches!(import(b"otpauth://totp/x", &passphrase()), ImportError::Foreign));
    assert!(matches!(import(b"countersign backup 2\n", &passphrase()), ImportError::Newer));
    let mut dear = bytes.clone();
    dear[21] = 0xFF;
    assert!(matches!(import(&dear, &passphrase()), ImportError::Cost));
    let missing = unlocked.import_backup(&phone.file("none"), &passphrase());
    assert!(matches!(missing, Err(ImportError::File(FileError::NotFound))));
}
