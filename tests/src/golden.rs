//! What is in the golden stores: those that write one and those that open it go by the same words.
//!
//! `tests/golden/<name>/` holds `store`, the local key that opens it (`key`), the same key under a passphrase
//! (`vault`), and an encrypted backup (`backup`). All secrets are the RFC's or made up here.

use std::path::{Path, PathBuf};

use countersign_core::client::{CardFields, Unlocked};
use countersign_core::vault::{Cost, Passphrase};

use crate::phone::TestPhone;

/// The secret of RFC 4226, "12345678901234567890".
pub const KEY: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
/// "hello world d hello world".
pub const OTHER_KEY: &str = "NBSWY3DPEB3W64TMMQQGQZLMNRXSA53P";
/// What guards the vault and the backup.
pub const PASSPHRASE: &str = "golden passphrase";

/// Where golden stores lie.
pub fn folder() -> PathBuf {
    crate::data().join("golden")
}

/// The passphrase of the files.
///
/// # Panics
/// Never: it is long enough.
pub fn passphrase() -> Passphrase {
    Passphrase::new(PASSPHRASE).expect("it has more than eight characters")
}

/// Does with a new workspace what a golden store holds, and exports it to `backup`.
///
/// # Errors
/// Whatever a verb refuses.
pub fn fill(client: &Unlocked, backup: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let card = |name: &str| CardFields { name: name.to_owned(), ..CardFields::default() };
    let github = client.add_account(&CardFields {
        app: "GitHub".to_owned(),
        address: "https://github.com/login".to_owned(),
        login: "ana".to_owned(),
        notes: "Ask Ben for the second key".to_owned(),
        ..card("Code")
    })?;
    let enrol = |account, text: &str| client.activate(account)?.enter(text).map(drop);
    enrol(github, OTHER_KEY)?;
    client.activate(github)?.done()?;
    let replacing = client.replace(github)?;
    replacing.enter(KEY)?;
    replacing.done()?;
    client.save_recovery_codes(github, "1111-2222\n3333-4444")?;
    client.mark_recovery_code(github, 0, true)?;
    client.set_favourite(github, true)?;
    let bank = client.add_account(&card("Bank"))?;
    enrol(bank, &format!("otpauth://hotp/x?secret={OTHER_KEY}&counter=5&algorithm=SHA256&digits=8"))?;
    client.activate(bank)?.done()?;
    client.draw(bank)?;
    let mail = client.add_account(&card("Mail"))?;
    enrol(mail, "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U")?;
    client.add_account(&card("Plain"))?;
    let old = client.add_account(&card("Old"))?;
    client.remove_account(old)?;
    client.export_encrypted(backup, &passphrase(), Cost::LEAST)?;
    Ok(())
}

/// A phone that has a golden store, copied, with its key in the vault.
///
/// # Panics
/// Where the files cannot be read.
pub fn phone(golden: &Path) -> TestPhone {
    let phone = TestPhone::new(1);
    std::fs::copy(golden.join("store"), phone.store()).expect("a golden store lies there");
    let key = std::fs::read(golden.join("key")).expect("a golden key lies there");
    let key = key.first_chunk().expect("a key has 32 bytes");
    phone.vault.hold(&countersign_core::ports::LocalKey::from_bytes(key));
    phone
}
