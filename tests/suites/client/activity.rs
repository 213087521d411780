//! Who did what, and that showing a list writes nothing.

use countersign_core::client::{Action, Revealed, Unlocked};
use countersign_protocol::ids::AccountId;
use countersign_tests::phone::TestPhone;

use super::{KEY, OTHER_KEY, account_with, card};

fn actions(client: &Unlocked, account: AccountId) -> Vec<Action> {
    client.activity(account).unwrap().into_iter().map(|deed| deed.action).collect()
}

#[test]
fn the_latest_deed_comes_first_with_who_did_it_and_where() {
    let (_phone, _client, unlocked) = TestPhone::with_workspace(1);
    let account = account_with(&unlocked, "GitHub", KEY);
    unlocked.reveal(account, Revealed::Viewed).unwrap();
    unlocked.reveal(account, Revealed::Copied).unwrap();
    let replacing = unlocked.replace(account).unwrap();
    replacing.enter(OTHER_KEY).unwrap();
    replacing.done().unwrap();
    assert_eq!(
        actions(&unlocked, account),
        [Action::Replaced, Action::Copied, Action::Viewed, Action::Enrolled]
    );
    let deeds = unlocked.activity(account).unwrap();
    assert_eq!(deeds[0].member_name.as_deref(), Some("Ana"));
    assert_eq!(deeds[0].device_name.as_deref(), Some("Ana's phone"));
}

#[test]
fn showing_a_list_writes_nothing() {
    let (_phone, _client, unlocked) = TestPhone::with_workspace(2);
    let account = account_with(&unlocked, "GitHub", KEY);
    let before = actions(&unlocked, account);
    unlocked.codes(&[account]).unwrap();
    unlocked.accounts("").unwrap();
    unlocked.account(account).unwrap();
    assert_eq!(actions(&unlocked, account), before);
}

#[test]
fn the_last_hundred_deeds_are_kept() {
    let (_phone, _client, unlocked) = TestPhone::with_workspace(3);
    let account = account_with(&unlocked, "GitHub", KEY);
    for _ in 0..105 {
        unlocked.reveal(account, Revealed::Copied).unwrap();
    }
    unlocked.edit_account(account, &card("GitHub")).unwrap();
    let actions = actions(&unlocked, account);
    assert_eq!((actions.len(), actions[0]), (100, Action::Edited));
    assert!(!actions.contains(&Action::Enrolled));
}
