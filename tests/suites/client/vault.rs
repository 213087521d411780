//! The terminal's vault: a passphrase in front of a whole client.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::sync::{Arc, Mutex};

use countersign_core::client::{Client, Host, UnlockError};
use countersign_core::ports::{OsEntropy, VaultError};
use countersign_core::vault::{AskPassphrase, Asking, Cost, Passphrase, PassphraseVault};
use countersign_tests::phone::{TestPhone, names};

/// Types what a test tells it, and remembers what it was asked for.
#[derive(Clone, Default)]
struct Person {
    types: Arc<Mutex<String>>,
    asked: Arc<Mutex<Vec<Asking>>>,
}

impl AskPassphrase for Person {
    fn ask(&self, asking: Asking) -> Result<Passphrase, VaultError> {
        self.asked.lock().unwrap().push(asking);
        Passphrase::new(&self.types.lock().unwrap()).map_err(|_| VaultError::Refused)
    }
}

impl Person {
    fn types(&self, text: &str) {
        text.clone_into(&mut self.types.lock().unwrap());
    }
}

fn host(phone: &TestPhone, person: &Person) -> Host {
    let vault = PassphraseVault::new(phone.file("vault"), Cost::LEAST, person.clone(), OsEntropy);
    Host { vault: Arc::new(vault), ..phone.host() }
}

#[test]
fn only_the_passphrase_that_made_a_store_opens_it() {
    let (phone, person) = (TestPhone::new(1), Person::default());
    person.types("correct horse");
    let client = Client::open(&phone.store(), host(&phone, &person)).unwrap();
    client.create_workspace(&names()).unwrap();
    client.lock();
    person.types("correct house");
    assert!(matches!(client.unlock(), Err(UnlockError::Vault(VaultError::Refused))));
    person.types("short");
    assert!(matches!(client.unlock(), Err(UnlockError::Vault(VaultError::Refused))));
    person.types("correct horse");
    client.unlock().unwrap();
    assert_eq!(*person.asked.lock().unwrap(), [Asking::New, Asking::Unlock, Asking::Unlock, Asking::Unlock]);
    assert_eq!(std::fs::metadata(phone.file("vault")).unwrap().mode() & 0o777, 0o600);
}

#[test]
fn a_vault_that_is_gone_is_a_lost_key_and_one_that_others_can_read_is_not_used() {
    let (phone, person) = (TestPhone::new(2), Person::default());
    person.types("correct horse");
    let client = Client::open(&phone.store(), host(&phone, &person)).unwrap();
    client.create_workspace(&names()).unwrap();
    client.lock();
    std::fs::set_permissions(phone.file("vault"), std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(client.unlock(), Err(UnlockError::Vault(VaultError::Unavailable))));
    std::fs::remove_file(phone.file("vault")).unwrap();
    assert!(matches!(client.unlock(), Err(UnlockError::KeyLost)));
}
