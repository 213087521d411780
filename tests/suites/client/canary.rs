//! A canary for each thing that must not get out: it is looked for wherever something could have put it.

use std::sync::{Mutex, PoisonError};

use countersign_core::client::{CardFields, Revealed};
use countersign_core::enrol::EnrolmentState;
use countersign_core::scan::Frame;
use countersign_core::vault::{Cost, Passphrase};
use countersign_tests::phone::TestPhone;

use super::picture;

/// "canary-secret-bytes!" and its base32.
const SECRET: &[u8] = b"canary-secret-bytes!";
const SECRET_KEY: &str = "MNQW4YLSPEWXGZLDOJSXILLCPF2GK4ZB";

fn canaries() -> Vec<(&'static str, Vec<u8>)> {
    let text = |text: &'static str| (text, text.as_bytes().to_vec());
    let mut canaries = vec![
        ("the secret", SECRET.to_vec()),
        ("the key", SECRET_KEY.as_bytes().to_vec()),
        ("the key in lower case", SECRET_KEY.to_lowercase().into_bytes()),
    ];
    canaries.extend(
        ["canary-issuer", "Canary Name", "canary.example", "canary-login", "canary-notes", "canary-recovery"]
            .map(text),
    );
    canaries
}

fn found_in(bytes: &[u8]) -> Vec<&'static str> {
    let contains =
        |needle: &[u8]| bytes.windows(needle.len()).any(|window| window.eq_ignore_ascii_case(needle));
    canaries().into_iter().filter(|(_, canary)| contains(canary)).map(|(name, _)| name).collect()
}

fn card() -> CardFields {
    CardFields {
        name: "Canary Name".to_owned(),
        app: "canary-issuer".to_owned(),
        address: "https://canary.example/login".to_owned(),
        login: "canary-login".to_owned(),
        notes: "canary-notes".to_owned(),
    }
}

#[test]
fn nothing_that_a_person_wrote_is_in_any_file_of_the_store() {
    let (phone, client, unlocked) = TestPhone::with_workspace(1);
    let account = unlocked.add_account(&card()).unwrap();
    let enrolment = unlocked.activate(account).unwrap();
    enrolment.enter(SECRET_KEY).unwrap();
    enrolment.done().unwrap();
    let code = unlocked.reveal(account, Revealed::Copied).unwrap();
    unlocked.save_recovery_codes(account, "canary-recovery-1\ncanary-recovery-2").unwrap();
    unlocked.mark_recovery_code(account, 0, true).unwrap();
    unlocked.turn_off(account).unwrap();
    unlocked.remove_account(account).unwrap();
    let mut files = 0;
    let mut look = || {
        for entry in std::fs::read_dir(phone.store().parent().unwrap()).unwrap() {
            let entry = entry.unwrap();
            let bytes = std::fs::read(entry.path()).unwrap();
            assert_eq!(found_in(&bytes), Vec::<&str>::new(), "{}", entry.path().display());
            let digits = code.digits.as_str().as_bytes();
            assert!(!bytes.windows(digits.len()).any(|window| window == digits));
            files += 1;
        }
    };
    // With the journal beside it, and after it has gone into the file.
    look();
    drop((client, unlocked, enrolment));
    look();
    assert!(files >= 3, "the file and its journal, then the file");
}

#[test]
fn the_search_itself_finds_what_is_there() {
    assert_eq!(found_in(b"...CANARY-ISSUER..."), ["canary-issuer"]);
    assert_eq!(found_in(SECRET), ["the secret"]);
}

#[test]
fn neither_debug_nor_an_error_says_what_a_person_wrote() {
    let (_phone, client, unlocked) = TestPhone::with_workspace(2);
    let account = unlocked.add_account(&card()).unwrap();
    let enrolment = unlocked.activate(account).unwrap();
    let mismatch = enrolment.enter(&format!("otpauth://totp/canary-login?secret={SECRET_KEY}&issuer=else"));
    let mut said = vec![format!("{client:?} {unlocked:?} {enrolment:?} {mismatch:?}")];
    assert!(matches!(mismatch.unwrap(), EnrolmentState::LabelMismatch { .. }));
    enrolment.use_anyway().unwrap();
    said.push(format!("{:?}", enrolment.state()));
    enrolment.done().unwrap();
    said.push(format!("{:?} {:?}", unlocked.accounts(""), unlocked.account(account)));
    said.push(format!("{:?} {:?}", unlocked.codes(&[account]), unlocked.replaced_secrets(account)));
    let refused = unlocked.edit_account(account, &CardFields { name: "canary-notes".repeat(99), ..card() });
    let again = unlocked.activate(account);
    said.push(format!("{refused:?} {} {again:?}", refused.as_ref().unwrap_err()));
    unlocked.remove_account(account).unwrap();
    said.push(format!("{:?}", unlocked.bin()));
    let said = said.join("\n");
    assert_eq!(found_in(said.as_bytes()), Vec::<&str>::new(), "{said}");
}

/// Everything that anybody in this process writes to the log, at every level.
struct Listening(Mutex<Vec<u8>>);

impl log::Log for Listening {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let line = format!("{} {}\n", record.target(), record.args());
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(line.bytes());
    }

    fn flush(&self) {}
}

#[test]
fn nothing_that_a_person_wrote_is_in_a_log_at_any_level() {
    static LOG: Listening = Listening(Mutex::new(Vec::new()));
    log::set_logger(&LOG).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    log::trace!("the log is heard");
    let (phone, _client, unlocked) = TestPhone::with_workspace(3);
    let account = unlocked.add_account(&card()).unwrap();
    let enrolment = unlocked.activate(account).unwrap();
    // A picture, so that what decodes it has its say too.
    let link = format!("otpauth://totp/canary-login?secret={SECRET_KEY}&issuer=canary-issuer");
    let (pixels, geometry) = picture(&link);
    let fed = enrolment.feed(&Frame::new(&pixels, geometry).unwrap()).unwrap();
    assert!(matches!(fed, EnrolmentState::Pending { .. }), "{fed:?}");
    enrolment.done().unwrap();
    unlocked.reveal(account, Revealed::Copied).unwrap();
    let path = phone.file("backup");
    let passphrase = Passphrase::new("correct horse battery").unwrap();
    unlocked.export_encrypted(&path, &passphrase, Cost::LEAST).unwrap();
    unlocked.import_backup(&path, &passphrase).unwrap();
    drop(unlocked.import_backup(&phone.store(), &passphrase).unwrap_err());
    let logged = LOG.0.lock().unwrap();
    assert!(logged.windows(16).any(|window| window == b"the log is heard"));
    assert_eq!(found_in(&logged), Vec::<&str>::new());
    assert_eq!(found_in(&std::fs::read(&path).unwrap()), Vec::<&str>::new(), "the backup");
}
