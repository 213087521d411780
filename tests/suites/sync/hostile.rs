//! A server that lies, end to end: whatever it answers, what a phone has stays, and a lie has a name.

use countersign_api::{Changes, Item};
use countersign_core::sync::{Notice, Response, ServerError, SyncError, TransportError};
use countersign_protocol::ids::AccountId;
use countersign_protocol::numbers::{AccountRole, WorkspaceRole};

use super::team::{Line, Meddler, Person, Team};
use crate::client::{KEY, OTHER_KEY, account_with};

/// Ben, who has Ana's account, behind a server that a test makes hostile.
struct Scene {
    team: Team,
    ben: Person,
    line: std::sync::Arc<Line>,
    account: AccountId,
}

fn scene() -> Scene {
    let team = Team::new();
    let (ben, line) = team.join(2, "Ben", WorkspaceRole::User).on_line(&team.server);
    let account = account_with(&team.ana.unlocked, "Bank", KEY);
    team.ana.server.share(account, ben.me(), Some(AccountRole::Collaborator)).unwrap();
    ben.sync();
    Scene { team, ben, line, account }
}

impl Scene {
    /// What Ben's phone has, whatever he is shown.
    fn has(&self) -> (Option<String>, Vec<String>, usize) {
        (self.ben.code(self.account), self.ben.names(), self.ben.unlocked.members().unwrap().len())
    }

    /// Syncs with a server that alters its answers, and makes sure that nothing changed.
    fn lied_to(&self, meddler: Meddler) -> Result<(), SyncError> {
        let before = self.has();
        self.line.meddle(Some(meddler));
        let synced = self.ben.server.sync().map(drop);
        self.line.meddle(None);
        assert_eq!(self.has(), before);
        synced
    }

    /// Something new that Ben has not seen: a rename by Ana, and an entry of the log.
    fn news(&self) {
        let card =
            countersign_core::client::CardFields { login: "ana".to_owned(), ..crate::client::card("Bank") };
        self.team.ana.unlocked.edit_account(self.account, &card).unwrap();
        account_with(&self.team.ana.unlocked, "Mail", OTHER_KEY);
        self.team.ana.sync();
    }
}

/// Alters each page of changes.
fn pages(alter: impl Fn(&mut Changes) + Send + Sync + 'static) -> Meddler {
    Box::new(move |_, response| {
        let Ok(mut page) = serde_json::from_slice::<Changes>(&response.body) else { return Ok(response) };
        alter(&mut page);
        Ok(Response { body: serde_json::to_vec(&page).unwrap(), ..response })
    })
}

#[test]
fn hostile_answers_of_any_status_take_nothing_away() {
    let scene = scene();
    scene.news();
    for status in [200, 204, 301, 304, 400, 401, 403, 404, 410, 413, 418, 429, 500, 503] {
        for body in [
            &b""[..],
            b"{}",
            b"[]",
            b"<html>captive portal</html>",
            br#"{"error":"unauthorized"}"#,
            br#"{"error":"forbidden"}"#,
            br#"{"error":"cursor_too_old"}"#,
            br#"{"items":[],"next":"1.0","more":false,"now":0}"#,
            br#"{"entries":[],"more":true}"#,
        ] {
            let answer = Response { status, retry_after: None, body: body.to_vec() };
            // Most are named errors; an empty page says that there is nothing new, which nobody can disprove (V12).
            drop(scene.lied_to(Box::new(move |_, _| Ok(answer.clone()))));
        }
    }
    for error in [TransportError::Unreachable, TransportError::TooSlow, TransportError::TooLong] {
        let refused = scene.lied_to(Box::new(move |_, _| Err(error))).unwrap_err();
        assert!(matches!(refused, SyncError::Server(ServerError::Transport(found)) if found == error));
    }
    // Once it is honest again, everything comes.
    scene.ben.sync();
    assert_eq!(scene.ben.unlocked.account(scene.account).unwrap().card.login, "ana");
}

#[test]
fn hostile_server_that_leaves_out_entries_is_noticed() {
    let scene = scene();
    scene.news();
    account_with(&scene.team.ana.unlocked, "Third", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP");
    scene.team.ana.sync();
    let withheld = pages(|page| {
        let first = page.items.iter().position(|item| matches!(item, Item::Entry { .. }));
        first.map(|place| page.items.remove(place));
    });
    let refused = scene.lied_to(withheld).unwrap_err();
    assert!(matches!(refused, SyncError::Withheld), "{refused}");
    scene.ben.sync();
}

#[test]
fn hostile_entry_that_was_altered_or_made_up_is_refused() {
    let scene = scene();
    scene.news();
    for place in [3, 40, 90] {
        let altered = pages(move |page| {
            for item in &mut page.items {
                if let Item::Entry { entry, .. } = item {
                    let place = place % entry.0.len();
                    entry.0[place] ^= 1;
                }
            }
        });
        let refused = scene.lied_to(altered).unwrap_err();
        assert!(
            matches!(
                refused,
                SyncError::Log(_) | SyncError::Withheld | SyncError::NeedsUpdate | SyncError::Fork { .. }
            ),
            "{refused}"
        );
    }
    scene.ben.sync();
}

#[test]
fn hostile_server_that_shows_another_history_is_an_alarm_with_evidence() {
    let scene = scene();
    // It begins anew, and what is shown in the place of a verified entry is another one.
    let forked = Box::new(|request: &countersign_core::sync::Request, response: Response| {
        if request.path.contains("since=") && !request.path.contains("since=0.0") {
            let body = br#"{"error":"cursor_too_old"}"#.to_vec();
            return Ok(Response { status: 410, retry_after: None, body });
        }
        let Ok(mut page) = serde_json::from_slice::<Changes>(&response.body) else { return Ok(response) };
        let mut entries = page.items.iter_mut().filter_map(|item| match item {
            Item::Entry { entry, .. } => Some(entry),
            _ => None,
        });
        let last = entries.next_back().unwrap();
        let end = last.0.len() - 1;
        last.0[end] ^= 1;
        Ok(Response { body: serde_json::to_vec(&page).unwrap(), ..response })
    });
    let refused = scene.lied_to(forked).unwrap_err();
    assert!(matches!(refused, SyncError::Fork { .. }), "{refused}");
    let notices = scene.ben.unlocked.notices().unwrap();
    assert!(matches!(notices[..], [(_, Notice::Fork { .. })]), "{notices:?}");
    scene.ben.sync();
}

#[test]
fn hostile_records_that_were_swapped_altered_or_replayed_change_nothing() {
    let scene = scene();
    scene.news();
    let swapped = pages(|page| {
        let mut records: Vec<_> = page
            .items
            .iter_mut()
            .filter_map(|item| match item {
                Item::Record { record, .. } => Some(record),
                _ => None,
            })
            .collect();
        for record in &mut records {
            let end = record.ct.0.len() - 1;
            record.ct.0[end] ^= 1;
        }
        if let [first, .., last] = &mut records[..] {
            std::mem::swap(&mut first.hdr, &mut last.hdr);
        }
    });
    let before = scene.ben.unlocked.account(scene.account).unwrap().card;
    scene.lied_to(swapped).unwrap();
    assert_eq!(scene.ben.unlocked.account(scene.account).unwrap().card, before);
    // Everything once more from the beginning, as often as it likes.
    let anew = Box::new(|request: &countersign_core::sync::Request, response: Response| {
        if request.path.contains("since=") && !request.path.contains("since=0.0") {
            let body = br#"{"error":"cursor_too_old"}"#.to_vec();
            return Ok(Response { status: 410, retry_after: None, body });
        }
        Ok(response)
    });
    scene.line.meddle(Some(anew));
    scene.ben.sync();
    scene.line.meddle(None);
    assert_eq!(scene.ben.unlocked.account(scene.account).unwrap().card.login, "ana");
    assert_eq!(scene.ben.unlocked.notices().unwrap(), []);
}
