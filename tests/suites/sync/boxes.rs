//! No key leaves a phone before the entry that gives the right to it is in the log (V5, ADR 0017).

use std::sync::{Arc, Mutex};

use countersign_api::{Batch, Operation};
use countersign_core::sync::{Connection, Request, Response};
use countersign_protocol::ids::DeviceId;
use countersign_protocol::keybox::KeyBox;
use countersign_protocol::numbers::{AccountRole, WorkspaceRole};

use countersign_crypto::link::Link;
use countersign_tests::phone::TestPhone;

use super::team::{Line, Team, Watcher, connect};
use crate::client::{KEY, account_with};

/// For whom boxes were sent, by a server that keeps all that it sees.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<DeviceId>>>);

impl Kept {
    fn devices(&self) -> Vec<DeviceId> {
        self.0.lock().unwrap().clone()
    }

    /// Keeps what is sent. Before the first entry arrives, `meanwhile` happens.
    fn watcher(&self, meanwhile: impl FnOnce() + Send + 'static) -> Watcher {
        let (kept, mut meanwhile) = (self.clone(), Some(meanwhile));
        Box::new(move |request: &Request| {
            let Ok(batch) = serde_json::from_slice::<Batch>(&request.body) else { return };
            let is_entry = |operation: &Operation| matches!(operation, Operation::Entry { .. });
            if batch.ops.iter().any(is_entry)
                && let Some(meanwhile) = meanwhile.take()
            {
                meanwhile();
            }
            let boxes = batch.ops.iter().filter_map(|operation| match operation {
                Operation::KeyBox { sealed } => Some(KeyBox::decode(&sealed.0).unwrap().device),
                _ => None,
            });
            kept.0.lock().unwrap().extend(boxes);
        })
    }
}

#[test]
fn hostile_server_refuses_a_grant_to_whom_it_removes_and_gets_no_box() {
    let team = Team::new();
    let ben = team.join(2, "Ben", WorkspaceRole::User);
    let (carla, line) = team.join(3, "Carla", WorkspaceRole::User).on_line(&team.server);
    let account = account_with(&carla.unlocked, "Bank", KEY);
    carla.sync();
    let (kept, ana, removed) = (Kept::default(), team.ana.server.clone(), ben.me());
    line.watch(kept.watcher(move || {
        ana.remove_member(removed).unwrap();
    }));
    let shared = carla.server.share(account, ben.me(), Some(AccountRole::Collaborator));
    carla.sync();
    assert!(shared.is_err(), "nobody is left to share with");
    assert_eq!(carla.unlocked.access(account).unwrap().len(), 1);
    assert_eq!(kept.devices(), [], "a key was on its way before the right to it");
}

#[test]
fn hostile_server_refuses_a_join_that_is_revoked_and_gets_no_box() {
    let team = Team::new();
    let (carla, line) = team.join(3, "Carla", WorkspaceRole::Admin).on_line(&team.server);
    let _dave = team.ask(4, "Dave", WorkspaceRole::User);
    // Ana's phone would let him in as well: she is shown no requests.
    let blind = Line::new(&team.server);
    blind.meddle(Some(Box::new(|request: &Request, response: Response| {
        let is_of_joins = request.path.ends_with("/joins");
        let body = if is_of_joins { br#"{"requests":[]}"#.to_vec() } else { response.body };
        Ok(Response { body, ..response })
    })));
    let (kept, ana) = (Kept::default(), Connection::new(&team.ana.unlocked, blind));
    let invite = team.ana.unlocked.invites().unwrap().pop().unwrap().id;
    line.watch(kept.watcher(move || {
        ana.revoke_invite(invite).unwrap();
    }));
    carla.sync();
    assert_eq!(carla.unlocked.members().unwrap().len(), 2, "nobody came");
    assert_eq!(kept.devices(), []);
}

#[test]
fn a_phone_that_was_removed_meanwhile_gets_no_box_of_a_new_account() {
    let team = Team::new();
    let (ben, line) = team.join(2, "Ben", WorkspaceRole::User).on_line(&team.server);
    let tablet = TestPhone::new(4);
    let client = tablet.open().unwrap();
    let newcomer = client.newcomer().unwrap();
    let Ok(Link::NewDevice(offer)) = Link::parse(&newcomer.offer()) else { panic!("an offer is one") };
    let shown = ben.server.add_device(&offer, "Ben's tablet").unwrap();
    let Ok(Link::DeviceAdded(link)) = Link::parse(&shown) else { panic!("a device link is one") };
    let (linked, _connection) = client.link(newcomer, &link, connect(&team.server)).unwrap();
    let stolen = linked.devices(None).unwrap()[0].id;
    // Offline, Ben makes an account, whose key he boxes for his tablet; meanwhile Ana removes that.
    let account = account_with(&ben.unlocked, "Bank", KEY);
    team.ana.sync();
    team.ana.server.remove_device(stolen).unwrap();
    let kept = Kept::default();
    line.watch(kept.watcher(|| ()));
    ben.sync();
    assert!(!kept.devices().contains(&stolen));
    assert_eq!(ben.unlocked.unsent().unwrap(), 0);
    assert!(ben.code(account).is_some());
    assert_eq!(ben.unlocked.notices().unwrap(), []);
}
