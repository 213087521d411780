//! What a device gets: all that it may see, once, in order, and nothing when there is nothing new.

use countersign_api::{Cursor, Item, Refusal};
use countersign_crypto::content::Card;
use countersign_crypto::record::OpenedRecord;
use countersign_protocol::ids::SpaceId;
use countersign_protocol::log::Log;
use countersign_protocol::numbers::{AccountRole, RecordType, WorkspaceRole};
use countersign_protocol::record::RecordHeader;
use countersign_tests::server::RunningServer;

use super::team::{NOW, Team, refusal};

/// The record types that a phone is given, each with its space.
fn records(items: &[Item]) -> Vec<(SpaceId, RecordType)> {
    let headers = items.iter().filter_map(|item| match item {
        Item::Record { record, .. } => Some(RecordHeader::decode(&record.hdr.0).unwrap()),
        _ => None,
    });
    headers.map(|header| (header.space, header.record_type)).collect()
}

#[test]
fn what_one_phone_writes_another_reads_and_opens() {
    let mut team = Team::new();
    let ben = team.join(WorkspaceRole::User);
    let account = team.account(&[(&ben, AccountRole::Collaborator)]);
    let items = team.everything(&ben);

    let mut log: Option<Log> = None;
    for item in &items {
        if let Item::Entry { entry, .. } = item {
            match &mut log {
                None => log = Some(Log::begin(&entry.0, team.ws()).unwrap()),
                Some(log) => drop(log.verify_next(&entry.0).unwrap()),
            }
        }
    }
    let log = log.unwrap();
    assert_eq!(log.head(), team.workspace.log.head());

    let codes = SpaceId::codes(team.ws(), account);
    let boxes = items.iter().filter_map(|item| match item {
        Item::KeyBox { sealed, .. } => Some(countersign_protocol::keybox::KeyBox::decode(&sealed.0).unwrap()),
        _ => None,
    });
    let mut keys = countersign_crypto::key_ring::KeyRing::new();
    keys.open_boxes(log.state(), &boxes.collect::<Vec<_>>(), &ben.device);
    let card = items.iter().find_map(|item| match item {
        Item::Record { record, .. } => {
            let header = RecordHeader::decode(&record.hdr.0).unwrap();
            let signature =
                countersign_protocol::ids::Signature::from_bytes(record.sig.0.clone().try_into().unwrap());
            let sealed = countersign_protocol::record::SealedRecord {
                header: &record.hdr.0,
                ciphertext: &record.ct.0,
                signature: &signature,
            };
            let opened = OpenedRecord::open(&header, &sealed, keys.get(header.space, header.epoch)?).unwrap();
            (header.space == codes).then(|| opened.content::<Card>().unwrap().unwrap())
        }
        _ => None,
    });
    assert_eq!(card.unwrap().name.as_str(), "Canary Bank");
}

#[test]
fn a_phone_is_given_no_record_and_no_box_that_is_not_for_it() {
    let mut team = Team::new();
    let ben = team.join(WorkspaceRole::User);
    let account = team.account(&[]);
    let (codes, directory) = (SpaceId::codes(team.ws(), account), SpaceId::directory(team.ws()));
    assert!(records(&team.everything(&team.ana)).iter().any(|(space, _)| *space == codes));
    let bens = team.everything(&ben);
    assert!(records(&bens).iter().all(|(space, _)| *space == directory), "{bens:?}");
    let boxes = bens.iter().filter_map(|item| match item {
        Item::KeyBox { sealed, .. } => {
            Some(countersign_protocol::keybox::KeyBox::decode(&sealed.0).unwrap().device)
        }
        _ => None,
    });
    assert!(boxes.collect::<Vec<_>>().iter().all(|device| *device == ben.device.id()));
    assert_eq!(refusal(team.as_phone(&ben).space(codes, None)), Refusal::Forbidden);
    // Given access later, it fetches what was written before.
    team.post_as_ana(|author| author.grant(account, ben.user, Some(AccountRole::Collaborator))).unwrap();
    assert_eq!(team.as_phone(&ben).space(codes, None).unwrap().records.len(), 1);
    assert!(team.as_phone(&ben).boxed(codes, 1).unwrap().devices.len() >= 2);
}

#[test]
fn where_nothing_is_new_nothing_is_sent() {
    let team = Team::new();
    let server = team.as_phone(&team.ana);
    let end = server.changes(Cursor::START, 1000).unwrap().unwrap().next;
    assert_eq!(server.changes(end, 1000).unwrap(), None);
    // A position that this server never had belongs to another life of its data.
    for cursor in [Cursor { pos: end.pos + 1, ..end }, Cursor { generation: end.generation + 1, ..end }] {
        assert_eq!(refusal(server.changes(cursor, 1000)), Refusal::CursorTooOld);
    }
}

#[test]
fn what_was_acknowledged_is_there_after_a_restart_sessions_too() {
    let mut team = Team::new();
    let account = team.account(&[]);
    let before = team.everything(&team.ana);
    let database = team.folder.path().join("server.db");
    let Team { folder, server, http, workspace, ana, .. } = team;
    drop((server, http));
    let again = RunningServer::start(&database, NOW);
    let http = again.connect();
    let as_ana = countersign_core::sync::WorkspaceServer::new(
        &http,
        workspace.log.workspace(),
        ana.device.id(),
        ana.device.signing(),
    );
    let after = as_ana.changes(Cursor::START, 1000).unwrap().unwrap();
    assert_eq!(after.items, before);
    assert_eq!(
        as_ana.space(SpaceId::codes(workspace.log.workspace(), account), None).unwrap().records.len(),
        1
    );
    drop(folder);
}

#[test]
fn the_database_holds_nothing_that_a_person_wrote() {
    let mut team = Team::new();
    team.account(&[]);
    let Team { folder, server, .. } = team;
    drop(server);
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for canary in ["Canary Bank", "Ana's phone", "Blue"] {
            assert!(!bytes.windows(canary.len()).any(|window| window == canary.as_bytes()), "{canary}");
        }
    }
}

#[test]
fn a_backup_of_a_server_that_runs_serves_what_was_acknowledged() {
    let mut team = Team::new();
    team.account(&[]);
    let (database, copy) = (team.folder.path().join("server.db"), team.folder.path().join("copy.db"));
    let made = countersign_server::backup(&database, &copy).unwrap();
    assert_eq!((made.workspaces, made.records > 3), (1, true), "{made}");
    assert!(countersign_server::backup(&database, &copy).is_err(), "nothing is written over");

    let before = team.everything(&team.ana);
    let again = RunningServer::start(&copy, NOW);
    let http = again.connect();
    let server = countersign_core::sync::WorkspaceServer::new(
        &http,
        team.ws(),
        team.ana.device.id(),
        team.ana.device.signing(),
    );
    assert_eq!(server.changes(Cursor::START, 1000).unwrap().unwrap().items, before);
    let no_database = team.folder.path().join("none.db");
    let missing = countersign_server::backup(&no_database, &team.folder.path().join("other.db"));
    assert!(missing.is_err() && !team.folder.path().join("other.db").exists());
}
