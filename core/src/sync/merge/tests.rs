//! What becomes of two changes, type by type.

use countersign_crypto::content::{
    Action, Activity, Card, Content, Counter, MAX_RECOVERY_CODES, MemberName, Otp, OtpAlgorithm, OtpId,
    OtpKind, OtpSecret, Pending, RecoveryCode, RecoveryCodes, Text, Unknown,
};
use countersign_crypto::entropy::{Entropy, EntropyError};

use super::{Merge, Merged, both_same, merge, same};

/// Every byte is this one.
struct Byte(u8);

impl Entropy for Byte {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        bytes.fill(self.0);
        Ok(())
    }
}

fn scan(number: u8) -> OtpId {
    OtpId::generate(&Byte(number)).unwrap()
}

fn otp(number: u8, secret: &[u8]) -> Otp {
    Otp {
        id: scan(number),
        kind: OtpKind::Totp { period: 30 },
        algorithm: OtpAlgorithm::Sha1,
        digits: 6,
        secret: OtpSecret::new(secret).unwrap(),
        unknown: Unknown::default(),
    }
}

fn card(name: &str, login: &str) -> Card {
    Card {
        name: Text::new(name).unwrap(),
        app: Text::default(),
        address: Text::default(),
        login: Text::new(login).unwrap(),
        notes: Text::default(),
        binned: None,
        unknown: Unknown::default(),
    }
}

/// Codes, each with the moment at which it was used.
fn codes(codes: &[(&str, Option<u64>)]) -> RecoveryCodes {
    let code =
        |(code, used): &(&str, Option<u64>)| RecoveryCode { code: Text::new(code).unwrap(), used: *used };
    RecoveryCodes::new(codes.iter().map(code).collect()).unwrap()
}

fn counter(number: u8, next: u64) -> Counter {
    Counter { otp: scan(number), next, unknown: Unknown::default() }
}

/// Merges two changes of what was there.
fn both<T: Merge>(base: &T, mine: T, theirs: T) -> Merged<T> {
    merge(Some(base), Some(mine), Some(theirs), None)
}

fn written<T: Content>(merged: Merged<T>) -> T {
    match merged {
        Merged::Write(Some(content)) => content,
        Merged::Write(None) | Merged::Theirs | Merged::Both(_) => panic!("something is written"),
    }
}

/// Whether it became what was expected, to the byte.
fn is<T: Content>(merged: &Merged<T>, expected: &Merged<T>) -> bool {
    match (merged, expected) {
        (Merged::Theirs, Merged::Theirs) => true,
        (Merged::Write(merged), Merged::Write(expected)) => both_same(merged.as_ref(), expected.as_ref()),
        (Merged::Both(merged), Merged::Both(expected)) => same(merged, expected),
        _ => false,
    }
}

#[test]
fn what_one_side_alone_changed_is_what_it_becomes() {
    let base = || card("Bank", "ana");
    assert!(is(&both(&base(), base(), card("Bank", "ben")), &Merged::Theirs));
    assert!(is(&both(&base(), card("Bank", "ben"), base()), &Merged::Write(Some(card("Bank", "ben")))));
    // Both did the same.
    assert!(is(&both(&base(), card("Bank", "ben"), card("Bank", "ben")), &Merged::Theirs));
}

#[test]
fn two_fields_of_a_card_are_both_kept_and_of_one_field_the_later_is() {
    let base = card("Bank", "ana");
    let merged = written(both(&base, card("Bank", "ben"), card("Bank of Berne", "ana")));
    assert_eq!((merged.name.as_str(), merged.login.as_str()), ("Bank of Berne", "ben"));
    let merged = written(both(&base, card("Bank", "ben"), card("Bank", "carla")));
    assert_eq!(merged.login.as_str(), "ben");
    // Two cards that were made at one place without a base: mine goes on top.
    let merged = written(merge(None, Some(card("Bank", "ben")), Some(card("Bench", "")), None));
    assert_eq!((merged.name.as_str(), merged.login.as_str()), ("Bank", "ben"));
}

#[test]
fn an_edit_wins_over_a_deletion_that_did_not_know_it() {
    let base = card("Bank", "ana");
    let edited = || Some(card("Bank", "ben"));
    assert!(is(&merge(Some(&base), edited(), None, None), &Merged::Write(edited())));
    assert!(is(&merge(Some(&base), None, edited(), None), &Merged::Theirs));
    // Where nobody edited, it is deleted.
    assert!(is(&merge(Some(&base), None, Some(card("Bank", "ana")), None), &Merged::Write(None)));
    assert!(is(&merge(Some(&base), Some(card("Bank", "ana")), None, None), &Merged::Theirs));
    assert!(is(&merge::<Card>(Some(&base), None, None, None), &Merged::Theirs));
}

#[test]
fn two_secrets_are_never_merged_and_two_scans_of_one_are_one() {
    let base = || otp(1, b"the secret before");
    assert!(is(&both(&base(), otp(2, b"one"), otp(3, b"two")), &Merged::Both(otp(2, b"one"))));
    assert!(is(&both(&base(), otp(2, b"one"), otp(3, b"one")), &Merged::Theirs));
    // The same secret with other digits makes other codes.
    let longer = || Otp { digits: 8, ..otp(2, b"one") };
    assert!(is(&both(&base(), longer(), otp(3, b"one")), &Merged::Both(longer())));
    // Whoever did not scan anything loses nothing to whoever did.
    assert!(is(&both(&base(), base(), otp(3, b"two")), &Merged::Theirs));
}

#[test]
fn two_secrets_that_are_pending_are_both_kept() {
    let pending = |number, secret| Pending { at: 1, otp: otp(number, secret), unknown: Unknown::default() };
    let merged = merge(None, Some(pending(1, b"one")), Some(pending(2, b"two")), None);
    assert!(is(&merged, &Merged::Both(pending(1, b"one"))));
    assert!(is(&merge(None, Some(pending(1, b"one")), Some(pending(2, b"one")), None), &Merged::Theirs));
}

#[test]
fn a_counter_goes_up_within_its_scan_and_belongs_to_the_one_in_use() {
    let base = counter(1, 5);
    let merged = |mine, theirs, current| merge(Some(&base), Some(mine), Some(theirs), Some(scan(current)));
    assert!(is(&merged(counter(1, 9), counter(1, 7), 1), &Merged::Write(Some(counter(1, 9)))));
    assert!(is(&merged(counter(1, 7), counter(1, 9), 1), &Merged::Theirs));
    // The scan was replaced: a high counter of the old one says nothing.
    assert!(is(&merged(counter(1, 900), counter(2, 1), 2), &Merged::Theirs));
    assert!(is(&merged(counter(2, 1), counter(1, 900), 2), &Merged::Write(Some(counter(2, 1)))));
}

#[test]
fn a_devices_own_activity_goes_on_from_its_own() {
    let mut mine = Activity::default();
    mine.push(1, Action::Viewed, None);
    let theirs = Activity::default();
    mine.push(2, Action::Copied, None);
    assert_eq!(written(merge(None, Some(mine), Some(theirs), None)).entries().len(), 2);
}

#[test]
fn recovery_codes_that_either_added_are_there_and_those_that_either_took_out_are_not() {
    let base = codes(&[("a", None), ("b", None), ("c", None)]);
    let mine = codes(&[("a", None), ("c", None), ("d", None)]);
    let theirs = codes(&[("a", None), ("b", None), ("e", None)]);
    let merged = written(both(&base, mine, theirs));
    assert!(same(&merged, &codes(&[("a", None), ("e", None), ("d", None)])));
}

#[test]
fn a_code_that_either_used_is_used_and_one_that_was_used_meanwhile_is_not_taken_out() {
    let base = codes(&[("a", None), ("b", None)]);
    let merged =
        written(both(&base, codes(&[("a", Some(1)), ("b", None)]), codes(&[("a", None), ("b", Some(2))])));
    assert!(same(&merged, &codes(&[("a", Some(1)), ("b", Some(2))])));
    let merged = written(both(&base, codes(&[("b", None)]), codes(&[("a", Some(2)), ("b", None)])));
    assert!(same(&merged, &codes(&[("a", Some(2)), ("b", None)])));
}

#[test]
fn more_codes_than_an_account_may_have_are_not_dropped_in_silence() {
    let many = |word: &str| {
        let texts: Vec<String> = (0..MAX_RECOVERY_CODES).map(|number| format!("{word}{number}")).collect();
        codes(&texts.iter().map(|text| (text.as_str(), None)).collect::<Vec<_>>())
    };
    assert!(is(&merge(None, Some(many("a")), Some(many("b")), None), &Merged::Write(Some(many("a")))));
}

#[test]
fn of_two_names_the_later_stands() {
    let name = |text: &str| MemberName::new(Text::new(text).unwrap());
    let merged = both(&name("Ana"), name("Ana B."), name("Ana C."));
    assert_eq!(written(merged).name.as_str(), "Ana B.");
}
