//! Every verb in every role, held against the table of rights: what a screen offers does not matter.
//!
//! The stores are real ones: what another member did lies in them as it will after a sync.

use std::collections::BTreeMap;

use countersign_core::client::{
    AccountError, CardFields, CodeError, EnrolError, ExportError, RecoveryCodesError, Refusal, Revealed,
    Unlocked,
};
use countersign_crypto::content::OtpKind;
use countersign_protocol::ids::AccountId;
use countersign_protocol::numbers::{AccountRole, RecordType};
use countersign_protocol::rights::Writer;
use countersign_tests::phone::{START, TestPhone};

use super::other::Other;
use super::{KEY, OTHER_KEY, account_with, card};

/// A verb, and the record that it writes or opens in the account; none where having the account is enough.
struct Verb {
    name: &'static str,
    record: Option<RecordType>,
    act: fn(&Unlocked, AccountId) -> Result<(), Refusal>,
}

const fn verb(
    name: &'static str,
    record: Option<RecordType>,
    act: fn(&Unlocked, AccountId) -> Result<(), Refusal>,
) -> Verb {
    Verb { name, record, act }
}

/// In an order in which an Owner can do all of them with an account whose MFA is on, and leaves it as it was.
const VERBS: [Verb; 21] = [
    verb("show", None, |client, account| account_error(client.account(account).map(drop))),
    verb("favourite", None, |client, account| account_error(client.set_favourite(account, true))),
    verb("activity", None, |client, account| account_error(client.activity(account).map(drop))),
    verb("view a code", None, |client, account| {
        code_error(client.reveal(account, Revealed::Viewed).map(drop))
    }),
    verb("copy a code", None, |client, account| {
        code_error(client.reveal(account, Revealed::Copied).map(drop))
    }),
    verb("edit", Some(RecordType::Card), |client, account| {
        account_error(client.edit_account(account, &edited()))
    }),
    verb("replace", Some(RecordType::Pending), |client, account| {
        enrol_error(client.replace(account).and_then(|enrolment| enrolment.enter(OTHER_KEY)).map(drop))
    }),
    verb("cancel", Some(RecordType::Pending), |client, account| {
        enrol_error(client.replace(account).and_then(|enrolment| enrolment.cancel()).map(drop))
    }),
    verb("confirm", Some(RecordType::Otp), |client, account| {
        let scanned = client.replace(account).and_then(|enrolment| {
            enrolment.enter(OTHER_KEY)?;
            enrolment.done()
        });
        enrol_error(scanned.map(drop))
    }),
    verb("look at replaced secrets", Some(RecordType::Replaced), |client, account| {
        enrol_error(client.replaced_secrets(account).map(drop))
    }),
    verb("restore", Some(RecordType::Replaced), |client, account| {
        let sealed = client.replaced_secrets(account);
        enrol_error(sealed.and_then(|sealed| client.restore_secret(account, sealed[0].id)))
    }),
    verb("turn off", Some(RecordType::Otp), |client, account| enrol_error(client.turn_off(account))),
    verb("activate", Some(RecordType::Pending), |client, account| {
        match enrol_error(client.activate(account).and_then(|enrolment| enrolment.enter(KEY)).map(drop)) {
            // So that the verbs that follow find it on.
            Ok(()) => enrol_error(client.activate(account).and_then(|enrolment| enrolment.done()).map(drop)),
            refused => refused,
        }
    }),
    verb("save recovery codes", Some(RecordType::RecoveryCodes), |client, account| {
        recovery_error(client.save_recovery_codes(account, "1111\n2222").map(drop))
    }),
    verb("look at recovery codes", Some(RecordType::RecoveryCodes), |client, account| {
        recovery_error(client.recovery_codes(account).map(drop))
    }),
    verb("mark a recovery code", Some(RecordType::RecoveryCodes), |client, account| {
        recovery_error(client.mark_recovery_code(account, 0, true))
    }),
    verb("remove", Some(RecordType::Card), |client, account| account_error(client.remove_account(account))),
    verb("undo", Some(RecordType::Card), |client, account| {
        match account_error(client.undo_remove(account)) {
            // Where removing was refused there is nothing to take back.
            Err(Refusal::NoSuchAccount) if client.account(account).is_ok() => {
                account_error(client.remove_account(account))
            }
            done => done,
        }
    }),
    verb("edit once more", Some(RecordType::Card), |client, account| {
        account_error(client.edit_account(account, &card("GitHub")))
    }),
    verb("unmark a recovery code", Some(RecordType::RecoveryCodes), |client, account| {
        recovery_error(client.mark_recovery_code(account, 0, false))
    }),
    verb("take a favourite back", None, |client, account| {
        account_error(client.set_favourite(account, false))
    }),
];

fn edited() -> CardFields {
    CardFields { login: "ana".to_owned(), ..card("GitHub") }
}

fn account_error(done: Result<(), AccountError>) -> Result<(), Refusal> {
    done.map_err(|error| match error {
        AccountError::Refused(refusal) => refusal,
        other => panic!("{other}"),
    })
}

fn enrol_error(done: Result<(), EnrolError>) -> Result<(), Refusal> {
    done.map_err(|error| match error {
        EnrolError::Refused(refusal) => refusal,
        other => panic!("{other}"),
    })
}

fn code_error(done: Result<(), CodeError>) -> Result<(), Refusal> {
    done.map_err(|error| match error {
        CodeError::Refused(refusal) => refusal,
        other => panic!("{other}"),
    })
}

fn recovery_error(done: Result<(), RecoveryCodesError>) -> Result<(), Refusal> {
    done.map_err(|error| match error {
        RecoveryCodesError::Refused(refusal) => refusal,
        other => panic!("{other}"),
    })
}

/// What the table says of a verb in a role.
fn allowed(verb: &Verb, role: Option<AccountRole>) -> Result<(), Refusal> {
    let role = role.ok_or(Refusal::NoSuchAccount)?;
    let Some(record) = verb.record else { return Ok(()) };
    let least = record.row().writers.iter().filter_map(|writer| match writer {
        Writer::Account(least) | Writer::ThatDevice(least) => Some(*least),
        Writer::ThatMember | Writer::Role(_) => None,
    });
    let needed = least.min().expect("a record of an account has writers in it");
    if role < needed { Err(Refusal::NotPermitted { needed }) } else { Ok(()) }
}

/// A phone whose owner has this role in an account with MFA on.
fn phone_with(role: Option<AccountRole>, seed: u64) -> (TestPhone, AccountId) {
    if role == Some(AccountRole::Collaborator) {
        return Other::shares_an_account(seed, OtpKind::Totp { period: 30 });
    }
    let (phone, client, unlocked) = TestPhone::with_workspace(seed);
    let account = account_with(&unlocked, "GitHub", KEY);
    drop((client, unlocked));
    if role.is_none() {
        Other::of(&phone, seed).takes_over(account, None);
    }
    (phone, account)
}

#[test]
fn every_verb_in_every_role_does_what_the_table_of_rights_says() {
    let roles = [Some(AccountRole::Owner), Some(AccountRole::Collaborator), None];
    let mut seen = BTreeMap::new();
    for (role, seed) in roles.into_iter().zip(1..) {
        let (phone, account) = phone_with(role, seed);
        let unlocked = phone.unlock();
        for verb in &VERBS {
            let before = unlocked.account(account).ok();
            let done = (verb.act)(&unlocked, account);
            assert_eq!(done, allowed(verb, role), "{} as {role:?}", verb.name);
            if done.is_err() {
                assert_eq!(unlocked.account(account).ok(), before, "{} as {role:?}", verb.name);
            }
            *seen.entry(done.is_ok()).or_insert(0) += 1;
        }
    }
    assert!(seen[&true] > 20 && seen[&false] > 20, "both answers are given: {seen:?}");
}

/// What a Collaborator is told who tries what only an Owner may.
const OWNERS_ONLY: Refusal = Refusal::NotPermitted { needed: AccountRole::Owner };

#[test]
fn the_id_of_a_sealed_secret_that_an_owner_looked_up_restores_nothing_for_a_collaborator() {
    let (phone, client, unlocked) = TestPhone::with_workspace(7);
    let account = account_with(&unlocked, "GitHub", KEY);
    let enrolment = unlocked.replace(account).unwrap();
    enrolment.enter(OTHER_KEY).unwrap();
    enrolment.done().unwrap();
    let sealed = unlocked.replaced_secrets(account).unwrap()[0].id;
    drop((client, unlocked, enrolment));
    Other::of(&phone, 7).takes_over(account, Some(AccountRole::Collaborator));
    let unlocked = phone.unlock();
    assert_eq!(enrol_error(unlocked.restore_secret(account, sealed)), Err(OWNERS_ONLY));
}

#[test]
fn what_an_owner_put_into_the_bin_no_collaborator_takes_out() {
    let (phone, client, unlocked) = TestPhone::with_workspace(8);
    let account = account_with(&unlocked, "GitHub", KEY);
    unlocked.remove_account(account).unwrap();
    drop((client, unlocked));
    Other::of(&phone, 8).takes_over(account, Some(AccountRole::Collaborator));
    let unlocked = phone.unlock();
    assert_eq!(account_error(unlocked.undo_remove(account)), Err(OWNERS_ONLY));
    assert_eq!(unlocked.bin().unwrap().len(), 1);
}

#[test]
fn whoever_lost_their_role_sees_neither_the_account_nor_its_code() {
    let (phone, account) = phone_with(None, 6);
    let unlocked = phone.unlock();
    assert!(unlocked.accounts("").unwrap().is_empty());
    assert!(unlocked.codes(&[account]).unwrap().is_empty());
    assert!(unlocked.draw(account).is_err() && unlocked.bin().unwrap().is_empty());
}

#[test]
fn a_collaborator_draws_counted_codes_and_exports_nothing() {
    let (phone, account) = Other::shares_an_account(4, OtpKind::Hotp { counter: 3 });
    let unlocked = phone.unlock();
    assert_eq!(unlocked.draw(account).unwrap().counter, 3);
    assert_eq!(unlocked.draw(account).unwrap().counter, 4);
    assert!(matches!(unlocked.export_plain(&phone.file("links")), Err(ExportError::Nothing)));
    assert_eq!(unlocked.accounts("").unwrap()[0].role, AccountRole::Collaborator);
}

#[test]
fn nothing_is_purged_by_somebody_who_may_not() {
    let (phone, client, unlocked) = TestPhone::with_workspace(5);
    let account = account_with(&unlocked, "GitHub", KEY);
    let enrolment = unlocked.replace(account).unwrap();
    enrolment.enter(OTHER_KEY).unwrap();
    enrolment.done().unwrap();
    unlocked.remove_account(account).unwrap();
    drop((client, unlocked, enrolment));
    Other::of(&phone, 5).takes_over(account, Some(AccountRole::Collaborator));
    let unlocked = phone.unlock();
    for days in [90, 92] {
        phone.clock.set_date(START + days * 24 * 60 * 60);
        assert_eq!((unlocked.purge_bin().unwrap(), unlocked.purge_replaced().unwrap()), (0, 0));
    }
}
