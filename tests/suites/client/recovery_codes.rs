//! The service's own backup codes.

use countersign_core::client::{Action, OtherKind, RecoveryCodesError, Unlocked};
use countersign_core::enrol::{Foreign, Vendor};
use countersign_protocol::ids::AccountId;
use countersign_tests::phone::TestPhone;

use super::{KEY, account_with};

fn codes(client: &Unlocked, account: AccountId) -> Vec<(String, bool)> {
    let codes = client.recovery_codes(account).unwrap();
    codes.into_iter().map(|code| (code.code.to_string(), code.used.is_some())).collect()
}

#[test]
fn codes_are_kept_in_order_marked_as_used_and_counted_on_the_card() {
    let (phone, client, unlocked) = TestPhone::with_workspace(1);
    let account = account_with(&unlocked, "GitHub", KEY);
    assert!(unlocked.recovery_codes(account).unwrap().is_empty());
    assert_eq!(unlocked.save_recovery_codes(account, "1111-2222\n3333-4444\n").unwrap(), 2);
    unlocked.mark_recovery_code(account, 1, true).unwrap();
    drop((client, unlocked));
    let unlocked = phone.unlock();
    let saved = [("1111-2222".to_owned(), false), ("3333-4444".to_owned(), true)];
    assert_eq!(codes(&unlocked, account), saved);
    assert_eq!(unlocked.account(account).unwrap().recovery_codes, 1);
    // Saved anew, a code that stays keeps its mark.
    unlocked.save_recovery_codes(account, "5555-6666\n3333-4444").unwrap();
    assert_eq!(codes(&unlocked, account), [("5555-6666".to_owned(), false), ("3333-4444".to_owned(), true)]);
    unlocked.mark_recovery_code(account, 1, false).unwrap();
    assert_eq!(unlocked.account(account).unwrap().recovery_codes, 2);
}

#[test]
fn looking_at_codes_is_in_the_activity_and_a_code_that_is_not_there_is_named() {
    let (_phone, _client, unlocked) = TestPhone::with_workspace(2);
    let account = account_with(&unlocked, "GitHub", KEY);
    unlocked.save_recovery_codes(account, "1111-2222").unwrap();
    unlocked.recovery_codes(account).unwrap();
    assert_eq!(unlocked.activity(account).unwrap()[0].action, Action::RecoveryCodesViewed);
    let missing = unlocked.mark_recovery_code(account, 1, true);
    assert!(matches!(missing, Err(RecoveryCodesError::NoSuchCode)));
    let many: Vec<String> = (0..101).map(|number| format!("code-{number}")).collect();
    let refused = unlocked.save_recovery_codes(account, &many.join("\n"));
    assert!(matches!(refused, Err(RecoveryCodesError::TooMany(_))));
    assert_eq!(codes(&unlocked, account).len(), 1);
}

#[test]
fn what_is_known_to_be_something_else_is_named_and_never_kept_as_a_code() {
    let (_phone, _client, unlocked) = TestPhone::with_workspace(3);
    let account = account_with(&unlocked, "GitHub", KEY);
    unlocked.save_recovery_codes(account, "1111-2222").unwrap();
    for (text, kind) in [
        ("otpauth://totp/GitHub:ana?secret=GEZDGNBVGY3TQOJQ&issuer=GitHub", OtherKind::Account),
        ("otpauth://totp/GitHub:ana?issuer=GitHub", OtherKind::Account),
        ("3333-4444\n  OTPAUTH://totp/x?secret=GEZDGNBVGY3TQOJQ\n5555-6666", OtherKind::Account),
        (
            "otpauth-migration://offline?data=CjEKCkhlbGxvId6tvu8SGEV4YW1wbGU6YWxpY2VAZ29vZ2xl",
            OtherKind::Export,
        ),
        (
            "phonefactor://activate_account?code=123456789&url=https%3A%2F%2Fexample.com",
            OtherKind::Vendor(Vendor::Microsoft),
        ),
        ("WIFI:T:WPA;S:Office;P:secret;;", OtherKind::Foreign(Foreign::Wifi)),
        ("https://github.com/settings/security", OtherKind::Foreign(Foreign::WebLink)),
        ("FIDO:/0123456789", OtherKind::Foreign(Foreign::Passkey)),
    ] {
        let refused = unlocked.save_recovery_codes(account, text);
        let Err(RecoveryCodesError::NotCodes(found)) = refused else { panic!("{text}: {refused:?}") };
        assert_eq!(found, kind, "{text}");
    }
    assert_eq!(codes(&unlocked, account), [("1111-2222".to_owned(), false)]);
    // What services give: digits, words, base32, with a heading above them.
    let given = "Save your codes\n12345678\nabcd efgh\nGEZDGNBVGY3TQOJQ\n1-2:3 4/5";
    assert_eq!(unlocked.save_recovery_codes(account, given).unwrap(), 5);
}
