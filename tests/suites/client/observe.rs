//! Watching the list.

use std::sync::mpsc::{Receiver, Sender, channel};
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

/// Waits in its second value, as a slow screen does.
struct Slow {
    screen: Screen,
    waits: Mutex<Option<(Sender<()>, Receiver<()>)>>,
}

impl Listener for Slow {
    fn changed(&self, listed: Listed) {
        let is_second = self.screen.shown().len() == 1;
        if is_second && let Some((begun, go_on)) = self.waits.lock().unwrap().take() {
            begun.send(()).unwrap();
            go_on.recv().unwrap();
        }
        self.screen.changed(listed);
    }
}

#[test]
fn what_two_threads_change_is_told_in_order_and_the_last_value_is_the_newest() {
    let (_phone, client, unlocked) = TestPhone::with_workspace(4);
    let screen = Screen::default();
    let ((begun, has_begun), (go_on, may_go_on)) = (channel(), channel());
    let slow = Slow { screen: screen.clone(), waits: Mutex::new(Some((begun, may_go_on))) };
    let _subscription = unlocked.observe("", Box::new(slow)).unwrap();
    std::thread::scope(|scope| {
        let first = unlocked.clone();
        scope.spawn(move || first.add_account(&card("GitHub")).unwrap());
        has_begun.recv().unwrap();
        // While the screen is told of the first account, a second one comes, and the client is locked.
        unlocked.add_account(&card("Slack")).unwrap();
        client.lock();
        go_on.send(()).unwrap();
    });
    let shown = screen.shown();
    assert_eq!((shown[1].as_str(), shown.last().unwrap().as_str()), ("GitHub", "locked"));
    assert_eq!(shown.len(), 3, "what was overtaken is not told: {shown:?}");
}

#[test]
fn a_listener_that_panics_is_told_the_next_value() {
    struct Panics(Screen);
    impl Listener for Panics {
        fn changed(&self, listed: Listed) {
            self.0.changed(listed);
            assert_ne!(self.0.shown().len(), 2, "the screen is gone");
        }
    }
    let (_phone, _client, unlocked) = TestPhone::with_workspace(5);
    let screen = Screen::default();
    let _subscription = unlocked.observe("", Box::new(Panics(screen.clone()))).unwrap();
    let panicking = std::panic::AssertUnwindSafe(|| unlocked.add_account(&card("GitHub")));
    assert!(std::panic::catch_unwind(panicking).is_err());
    unlocked.add_account(&card("Slack")).unwrap();
    assert_eq!(screen.shown().last().unwrap(), "GitHub, Slack");
}
