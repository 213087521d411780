//! Watching the list.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use countersign_core::client::{Listed, Listener};
use countersign_tests::phone::TestPhone;

use super::{KEY, account_with, card, names_of};

#[derive(Clone, Default)]
struct Screen(Arc<Mutex<Vec<String>>>);

impl Listener for Screen {
    fn changed(&self, listed: Listed) {
        let shown = match listed {
            Listed::Accounts(accounts) => names_of(&accounts).join(", "),
            Listed::Locked => "locked".to_owned(),
        };
        self.0.lock().unwrap().push(shown);
    }
}

impl Screen {
    fn shown(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

#[test]
fn the_first_value_comes_at_once_then_each_change_once_and_nothing_after_the_drop() {
    let (_phone, _client, unlocked) = TestPhone::with_workspace(1);
    let screen = Screen::default();
    let subscription = unlocked.observe("git", Box::new(screen.clone())).unwrap();
    assert_eq!(screen.shown(), [""]);
    let account = unlocked.add_account(&card("GitHub")).unwrap();
    unlocked.add_account(&card("Slack")).unwrap();
    unlocked.accounts("").unwrap();
    assert_eq!(screen.shown(), ["", "GitHub"]);
    unlocked.set_favourite(account, true).unwrap();
    assert_eq!(screen.shown(), ["", "GitHub", "GitHub"]);
    drop(subscription);
    unlocked.add_account(&card("GitLab")).unwrap();
    assert_eq!(screen.shown().len(), 3);
}

#[test]
fn a_lock_by_hand_or_by_time_is_the_last_value() {
    let (phone, client, unlocked) = TestPhone::with_workspace(2);
    let (by_hand, by_time) = (Screen::default(), Screen::default());
    let _first = unlocked.observe("", Box::new(by_hand.clone())).unwrap();
    client.lock();
    assert_eq!(by_hand.shown(), ["", "locked"]);
    let unlocked = client.unlock().unwrap();
    let _second = unlocked.observe("", Box::new(by_time.clone())).unwrap();
    phone.clock.pass(Duration::from_hours(1));
    assert_eq!(client.lock_if_due(), None);
    assert_eq!(by_time.shown(), ["", "locked"]);
    client.unlock().unwrap().add_account(&card("GitHub")).unwrap();
    assert_eq!(by_hand.shown(), ["", "locked"]);
}

#[test]
fn a_listener_may_call_the_client() {
    struct Asking(countersign_core::client::Unlocked, Screen);
    impl Listener for Asking {
        fn changed(&self, listed: Listed) {
            let count = self.0.accounts("").map(|accounts| accounts.len());
            self.1.changed(listed);
            assert!(count.is_ok());
        }
    }
    let (_phone, _client, unlocked) = TestPhone::with_workspace(3);
    let screen = Screen::default();
    let asking = Asking(unlocked.clone(), screen.clone());
    let _subscription = unlocked.observe("", Box::new(asking)).unwrap();
    account_with(&unlocked, "GitHub", KEY);
    assert!(screen.shown().len() >= 3);
}
