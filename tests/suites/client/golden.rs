//! Stores that earlier versions wrote are opened by this one, with all that is in them.

use std::path::PathBuf;

use countersign_core::client::{Action, Imported, MfaState, Unlocked};
use countersign_core::enrol::{EnrolmentState, PendingCode};
use countersign_core::ports::{KeyVault as _, OsEntropy, VaultError};
use countersign_core::vault::{AskPassphrase, Asking, Cost, Passphrase, PassphraseVault};
use countersign_protocol::ids::AccountId;
use countersign_tests::golden;
use countersign_tests::phone::{TestPhone, names};

use super::names_of;

fn goldens() -> Vec<PathBuf> {
    let folders = std::fs::read_dir(golden::folder()).unwrap();
    let folders: Vec<PathBuf> =
        folders.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    assert!(!folders.is_empty(), "there are golden stores");
    folders
}

fn account(client: &Unlocked, name: &str) -> AccountId {
    client.accounts(name).unwrap().first().unwrap_or_else(|| panic!("{name}")).id
}

/// The code of an account whose MFA is on.
fn digits(client: &Unlocked, account: AccountId) -> String {
    match client.codes(&[account]).unwrap().pop().unwrap().code {
        countersign_core::client::CodeOfAccount::Now(code) => code.digits.as_str().to_owned(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_golden_store_opens_with_all_that_is_in_it() {
    for golden in goldens() {
        let phone = golden::phone(&golden);
        let client = phone.unlock();
        assert_eq!(client.names().unwrap(), names(), "{}", golden.display());
        assert_eq!(names_of(&client.accounts("").unwrap()), ["Code", "Bank", "Mail", "Plain"]);
        let code = account(&client, "Code");
        let details = client.account(code).unwrap();
        assert_eq!((details.card.login.as_str(), details.recovery_codes), ("ana", 1));
        assert!(details.summary.favourite && details.card.notes.contains("second key"));
        // RFC 6238's secret at the start of every test.
        let in_use = digits(&client, code);
        let sealed = client.replaced_secrets(code).unwrap();
        client.restore_secret(code, sealed[0].id).unwrap();
        assert_ne!(digits(&client, code), in_use, "the secret before is another one");
        let codes = client.recovery_codes(code).unwrap();
        assert_eq!(codes.iter().map(|code| code.used.is_some()).collect::<Vec<_>>(), [true, false]);
        assert_eq!(client.draw(account(&client, "Bank")).unwrap().counter, 7);
        let mail = client.activate(account(&client, "Mail")).unwrap();
        let EnrolmentState::Pending { code: PendingCode::Clock(_), .. } = mail.state().unwrap() else {
            panic!("it is pending")
        };
        mail.done().unwrap();
        assert!(matches!(client.account(account(&client, "Mail")).unwrap().summary.mfa, MfaState::On { .. }));
        assert_eq!(&*client.bin().unwrap()[0].summary.name, "Old");
        assert_eq!(client.activity(code).unwrap().last().unwrap().action, Action::Enrolled);
        assert!(client.unsaved_kit().unwrap().is_some());
    }
}

#[test]
fn every_golden_backup_comes_into_a_new_workspace() {
    for golden in goldens() {
        let (_phone, _client, unlocked) = TestPhone::with_workspace(1);
        let imported = unlocked.import_backup(&golden.join("backup"), &golden::passphrase()).unwrap();
        assert_eq!(imported, Imported { added: 4, present: 0 }, "{}", golden.display());
        assert_eq!(names_of(&unlocked.accounts("").unwrap()), ["Bank", "Code", "Mail", "Plain"]);
        assert_eq!(unlocked.draw(account(&unlocked, "Bank")).unwrap().counter, 7);
    }
}

/// The number of a store's format, in the header of its file (`user_version`).
fn format(store: &std::path::Path) -> u32 {
    let bytes = std::fs::read(store).unwrap();
    u32::from_be_bytes(bytes[60..64].try_into().unwrap())
}

#[test]
fn the_format_that_is_written_now_has_a_golden_store() {
    let (phone, client, unlocked) = TestPhone::with_workspace(1);
    // Closed, its journal is in the file.
    drop((client, unlocked));
    let newest = goldens().iter().map(|golden| format(&golden.join("store"))).max();
    assert_eq!(newest, Some(format(&phone.store())), "make one: cargo xtask golden NAME");
}

struct Known;

impl AskPassphrase for Known {
    fn ask(&self, _: Asking) -> Result<Passphrase, VaultError> {
        Ok(golden::passphrase())
    }
}

#[test]
fn every_golden_vault_gives_out_the_key_of_its_store() {
    use std::os::unix::fs::PermissionsExt as _;
    for golden in goldens() {
        let phone = TestPhone::new(1);
        let path = phone.file("vault");
        std::fs::copy(golden.join("vault"), &path).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        let vault = PassphraseVault::new(path, Cost::LEAST, Known, OsEntropy);
        let key = std::fs::read(golden.join("key")).unwrap();
        assert_eq!(vault.load().unwrap().as_bytes()[..], key[..], "{}", golden.display());
    }
}
