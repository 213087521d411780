//! A Google Authenticator export: looked at first, chosen from, and saved in one step.

use countersign_core::client::{CandidateState, CardFields, EntryResult, MfaState, Unlocked};
use countersign_core::enrol::{Batches, Entry, EntryError, Export, Payload, read};
use countersign_tests::phone::TestPhone;

use super::{KEY, OTHER_KEY, account_with, names_of};

/// Three accounts: GitHub:ana with [`KEY`], Slack:ana with another one, and one of a kind that nobody supports.
fn export() -> Export {
    let entry = |secret: &[u8], name: &str, issuer: &str, algorithm: u8| {
        let field = |number: u8, bytes: &[u8]| {
            [&[number << 3 | 2, u8::try_from(bytes.len()).unwrap()], bytes].concat()
        };
        let varint = |number: u8, value: u8| vec![number << 3, value];
        [
            field(1, secret),
            field(2, name.as_bytes()),
            field(3, issuer.as_bytes()),
            varint(4, algorithm),
            varint(5, 1),
            varint(6, 2),
        ]
        .concat()
    };
    let mut message = Vec::new();
    for entry in [
        entry(b"12345678901234567890", "ana", "GitHub", 1),
        entry(b"slack-secret-of-anas", "ana", "Slack", 1),
        entry(b"md5-secret-of-anas-x", "ana", "Old", 4),
    ] {
        message.extend([0x0A, u8::try_from(entry.len()).unwrap()]);
        message.extend(entry);
    }
    // Version 1, batch size 1, index 0, id 7.
    message.extend([0x10, 1, 0x18, 1, 0x20, 0, 0x28, 7]);
    let data: String =
        data_encoding::BASE64.encode(&message).replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    let Ok(Payload::Migration(part)) = read(&format!("otpauth-migration://offline?data={data}"), Entry::Qr)
    else {
        panic!("the test's own export")
    };
    let mut batches = Batches::new();
    assert!(batches.add(part).unwrap().is_complete());
    batches.into_exports().pop().unwrap()
}

fn states(client: &Unlocked) -> Vec<CandidateState> {
    client.preview_export(&export()).unwrap().into_iter().map(|candidate| candidate.state).collect()
}

#[test]
fn a_preview_saves_nothing_and_says_what_each_account_would_be() {
    let (_phone, _client, unlocked) = TestPhone::with_workspace(1);
    let refused = CandidateState::Refused(EntryError::UnsupportedAlgorithm);
    assert_eq!(states(&unlocked), [CandidateState::New, CandidateState::New, refused]);
    assert!(unlocked.accounts("").unwrap().is_empty());
    let here = account_with(&unlocked, "Anything", KEY);
    assert_eq!(states(&unlocked), [CandidateState::Here { account: here }, CandidateState::New, refused]);
}

#[test]
fn only_what_was_chosen_is_saved_and_each_has_its_result() {
    let (phone, client, unlocked) = TestPhone::with_workspace(2);
    let results = unlocked.import_export(&export(), &[1, 2, 9]).unwrap();
    assert!(matches!(results[..], [(1, EntryResult::Added(_)), (2, EntryResult::Left)]));
    drop((client, unlocked));
    let unlocked = phone.unlock();
    let list = unlocked.accounts("").unwrap();
    assert_eq!(names_of(&list), ["Slack"]);
    assert!(matches!(list[0].mfa, MfaState::On { .. }));
    // A second time there is nothing to do.
    assert_eq!(unlocked.import_export(&export(), &[1]).unwrap(), [(1, EntryResult::Left)]);
}

#[test]
fn another_secret_under_the_same_names_replaces_only_if_it_was_chosen() {
    let (_phone, _client, unlocked) = TestPhone::with_workspace(3);
    let account = account_with(&unlocked, "Work", OTHER_KEY);
    let fields = CardFields {
        app: "github".to_owned(),
        login: "Ana".to_owned(),
        name: "Work".to_owned(),
        ..CardFields::default()
    };
    unlocked.edit_account(account, &fields).unwrap();
    assert_eq!(states(&unlocked)[0], CandidateState::OtherSecret { account });
    unlocked.import_export(&export(), &[1]).unwrap();
    assert!(unlocked.replaced_secrets(account).unwrap().is_empty());
    assert_eq!(unlocked.import_export(&export(), &[0]).unwrap(), [(0, EntryResult::Replaced(account))]);
    assert_eq!(unlocked.replaced_secrets(account).unwrap().len(), 1);
}

#[test]
fn an_import_that_fails_anywhere_saves_nothing() {
    let (phone, _client, unlocked) = TestPhone::with_workspace(4);
    for calls in 0..60 {
        phone.entropy.fail_after(Some(calls));
        let failed = unlocked.import_export(&export(), &[0, 1]).is_err();
        phone.entropy.fail_after(None);
        let saved = unlocked.accounts("").unwrap().len();
        assert_eq!(saved, if failed { 0 } else { 2 }, "{calls}");
        if !failed {
            return;
        }
    }
    panic!("an import takes less randomness than that");
}
