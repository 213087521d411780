//! The files of `tests/vectors/`, read as another implementation would read them.

mod file;
mod judged;

use std::collections::BTreeSet;
use std::fs;

use countersign_crypto::content::{
    Activity, Card, Content, Counter, DeviceName, MemberName, Otp, Pending, RecoveryCodes, Replaced,
    WorkspaceName, decode, encode,
};
use countersign_crypto::flow::Author;
use countersign_crypto::invite::InviteSecret;
use countersign_crypto::key_ring::KeyRing;
use countersign_crypto::kit::{KitSecret, RecoveryKit};
use countersign_crypto::link::Link;
use countersign_crypto::record::{OpenedRecord, OwnedRecord};
use countersign_crypto::space_key::{KeyPlace, SpaceKey};
use countersign_crypto::words::safety_words;
use countersign_protocol::DecodeError;
use countersign_protocol::device::{DeviceOffer, DeviceRecord, ProvenDevice};
use countersign_protocol::entry::SignedEntry;
use countersign_protocol::ids::{Commitment, Head, Nonce, Signature, SpaceId};
use countersign_protocol::join::JoinRequest;
use countersign_protocol::keybox::KeyBox;
use countersign_protocol::log::Log;
use countersign_protocol::login::LoginText;
use countersign_protocol::manifest::Manifest;
use countersign_protocol::numbers::RecordType;
use countersign_protocol::op::PrevWrap;
use countersign_protocol::record::{RecordHeader, SealedRecord};
use countersign_tests::data;
use countersign_tests::workspace::TestWorkspace;
use serde_json::Value;

use file::{File, after, bytes, device, fixed, given, input, place, space_key, text, workspace};

#[test]
fn every_file_of_vectors_is_read_here() {
    let source = include_str!("vectors.rs");
    let entries = fs::read_dir(data().join("vectors")).unwrap();
    let names: BTreeSet<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    for name in names.iter().filter(|name| name.contains(".json")) {
        assert!(source.contains(&format!("File::read(\"{name}\")")), "{name}");
    }
}

#[test]
fn a_log_is_accepted_entry_by_entry_and_each_bad_entry_is_refused_where_it_says() {
    let file = File::read("entry.json");
    let mut logs = Vec::new();
    for good in file.good() {
        let wire = bytes(&good["bytes"]);
        let log = match logs.last() {
            None => Log::begin(&wire, workspace(&file.0["workspace"])).unwrap(),
            Some(log) => {
                let mut next = Log::clone(log);
                next.verify_next(&wire).unwrap();
                next
            }
        };
        assert_eq!(log.head(), Head::from_bytes(fixed(&good["head"])));
        assert_eq!(SignedEntry::decode(&wire).unwrap().entry.op.kind().name(), good["name"]);
        logs.push(log);
    }
    let ops: BTreeSet<_> = file.good().iter().map(|good| good["name"].as_str().unwrap()).collect();
    assert_eq!(ops.len(), 13, "every op is in the log");
    for bad in file.bad().iter().filter(|bad| !bad["after"].is_null()) {
        let error = logs[after(bad)].clone().verify_next(&input(bad)).unwrap_err();
        assert_eq!(error.name(), bad["error"], "{}", bad["name"]);
    }
    for bad in file.bad().iter().filter(|bad| !bad["pinned"].is_null()) {
        let error = Log::begin(&input(bad), workspace(&bad["pinned"])).unwrap_err();
        assert_eq!(error.name(), bad["error"], "{}", bad["name"]);
    }
    assert_eq!(file.refuses(SignedEntry::decode), 9);
    assert_eq!(
        judged::names(file.bad(), "error"),
        judged::sorted(ENTRY_ERRORS),
        "every error has its vector"
    );
}

/// Every name by which an entry is refused.
const ENTRY_ERRORS: [&str; 33] = [
    "TooLong",
    "Malformed",
    "NeedsUpdate",
    "NotCanonical",
    "WrongWorkspace",
    "MisplacedGenesis",
    "Gap",
    "AlreadyHeld",
    "Fork",
    "ForkBefore",
    "NotNext",
    "UnknownAuthor",
    "RemovedAuthor",
    "BadSignature",
    "Absent",
    "Inactive",
    "Reborn",
    "NotPermitted",
    "NothingChanges",
    "TooManyDevices",
    "WrongDeviceKind",
    "UnusableBoxKey",
    "BadProof",
    "WrongInviteId",
    "InviteExpired",
    "IssuerLapsed",
    "BadInviteSignature",
    "LastOwner",
    "OwnerNeedsPhoneAndKit",
    "KitNeeded",
    "NotDirty",
    "WrongEpoch",
    "CommitmentReused",
];

#[test]
fn device_offers_join_requests_boxes_and_manifests_read_or_are_refused() {
    let file = File::read("device-offer.json");
    for good in file.good() {
        let offer = DeviceOffer::decode(&bytes(&good["bytes"])).unwrap();
        assert_eq!(offer.0, device(&good["inputs"]).proven());
    }
    assert_eq!(file.refuses(DeviceOffer::decode), 12);
    let file = File::read("join-request.json");
    for good in file.good() {
        let request = JoinRequest::decode(&bytes(&good["bytes"])).unwrap();
        let inputs = &good["inputs"];
        let secret = InviteSecret::generate(&given(&inputs["secret"])).unwrap();
        let key = secret.key(request.workspace).public();
        assert!(request.join.is_signed_by(&key, request.workspace) && request.join.device.is_proven());
        assert_eq!(request.join.device, device(&inputs["device"]).proven());
        let kit = text(&inputs["kit"])
            .map(|_| KitSecret::generate(&given(&inputs["kit"])).unwrap().device().proven());
        assert_eq!(request.join.kit, kit);
    }
    assert_eq!(file.refuses(JoinRequest::decode), 9);
    let file = File::read("manifest.json");
    for good in file.good() {
        let manifest = Manifest::decode(&bytes(&good["bytes"])).unwrap();
        assert_eq!(manifest.hash().as_bytes()[..], bytes(&good["hash"]));
        assert_eq!(manifest.lines.len(), good["lines"].as_array().unwrap().len());
    }
    assert_eq!(file.refuses(Manifest::decode), 11);
}

#[test]
fn boxes_and_wraps_open_to_their_key_or_say_why_not() {
    let file = File::read("key-box.json");
    let good = &file.good()[0];
    let inputs = &good["inputs"];
    let (key, place, ben) =
        (space_key(&inputs["space_key"]), place(&inputs["place"]), device(&inputs["recipient"]));
    let commit = Commitment::from_bytes(fixed(&inputs["commit"]));
    let listed = KeyBox::decode(&bytes(&good["bytes"])).unwrap();
    assert_eq!(
        key.seal_box(&place, ben.record(), listed.by, &given(&inputs["ephemeral_ikm"])).unwrap(),
        listed
    );
    assert_eq!(SpaceKey::open_box(&listed, &place, &commit, &ben).unwrap().commitment(), commit);
    let unopened = file.bad().iter().filter(|bad| !bad["open_error"].is_null());
    let unopened = unopened.map(|bad| {
        let found = KeyBox::decode(&bytes(&bad["bytes"])).unwrap();
        let error = SpaceKey::open_box(&found, &place, &commit, &ben).unwrap_err();
        assert_eq!(error.name(), bad["open_error"], "{}", bad["name"]);
    });
    assert_eq!((unopened.count(), file.refuses(KeyBox::decode)), (6, 9));

    let file = File::read("prev-wrap.json");
    let good = &file.good()[0];
    let inputs = &good["inputs"];
    let place = self::place(&inputs["place"]);
    let (key, previous) = (space_key(&inputs["space_key"]), space_key(&inputs["previous"]));
    let wrap = key.wrap_previous(&previous, &place, &given(&inputs["nonce"])).unwrap();
    assert_eq!(wrap.0[..], bytes(&good["bytes"]));
    for bad in file.bad() {
        let error =
            key.unwrap_previous(&PrevWrap(fixed(&bad["bytes"])), &place, &previous.commitment()).unwrap_err();
        assert_eq!(error.name(), bad["open_error"], "{}", bad["name"]);
    }
}

#[test]
fn proofs_and_logins_verify_or_do_not() {
    let file = File::read("pop.json");
    let proven = |vector: &Value| ProvenDevice {
        record: DeviceRecord::decode(&bytes(&vector["devrec"])).unwrap(),
        pop: Signature::from_bytes(fixed(&vector["pop"])),
    };
    assert!(file.good().iter().all(|good| proven(good).is_proven()));
    for bad in file.bad() {
        assert_eq!(refused_device(proven(bad)), bad["error"], "{}", bad["name"]);
    }

    let file = File::read("login.json");
    let inputs = &file.good()[0]["inputs"];
    let key = device(&inputs["device"]);
    let login = |origin: &Value| LoginText {
        origin: origin.as_str().unwrap().to_owned(),
        dev: key.id(),
        nonce: Nonce::from_bytes(fixed(&inputs["nonce"])),
    };
    let check = |text: &LoginText, vector: &Value| {
        assert_eq!(text.encode(), bytes(&vector["bytes"]));
        text.check(&key.record().signing_key, &Signature::from_bytes(fixed(&vector["signature"])))
    };
    assert_eq!(check(&login(&inputs["origin"]), &file.good()[0]), Ok(()));
    for bad in file.bad() {
        let error = check(&login(&bad["origin"]), bad).unwrap_err();
        assert_eq!(error.name(), bad["error"], "{}", bad["name"]);
    }
}

/// The name of the error by which a log refuses to add a device.
fn refused_device(device: ProvenDevice) -> &'static str {
    let (workspace, ana) = TestWorkspace::found(0);
    let refused = workspace.author(&ana).add_device(&DeviceOffer(device));
    refused.expect_err("a bad device").name()
}

#[test]
fn greetings_kits_links_and_words_read_as_they_are_written() {
    let file = File::read("greeting.json");
    let open = |inputs: &Value, vector: &Value| {
        let secret = InviteSecret::generate(&given(&inputs["secret"])).unwrap();
        secret.open_greeting(workspace(&inputs["workspace"]), &fixed(&vector["bytes"]))
    };
    for good in file.good() {
        let greeting = open(&good["inputs"], good).unwrap();
        assert_eq!(
            good["names"],
            serde_json::json!([greeting.workspace.as_str(), greeting.inviter.as_str()])
        );
    }
    for bad in file.bad() {
        let error = open(&bad["inputs"], bad).unwrap_err();
        assert_eq!(error.name(), bad["error"], "{}", bad["name"]);
    }

    let file = File::read("recovery-kit.json");
    for good in file.good() {
        let kit = RecoveryKit::parse(good["text"].as_str().unwrap()).unwrap();
        assert_eq!(*kit.to_text(), good["printed"]);
        assert_eq!(kit.device().record().encode(), bytes(&good["devrec"]));
    }
    for bad in file.bad() {
        let error = RecoveryKit::parse(bad["text"].as_str().unwrap()).unwrap_err();
        assert_eq!(
            (error.name(), &*error.to_string()),
            (text(&bad["error"]).unwrap(), text(&bad["message"]).unwrap())
        );
    }

    let file = File::read("link.json");
    assert!(
        file.good()
            .iter()
            .all(|good| *Link::parse(text(&good["text"]).unwrap()).unwrap().to_text() == good["text"])
    );
    for bad in file.bad() {
        assert_eq!(Link::parse(text(&bad["text"]).unwrap()).unwrap_err().name(), bad["error"]);
    }

    for good in File::read("safety-words.json").good() {
        assert_eq!(safety_words(&fixed(&good["inputs"]["head"])).join(" "), good["words"]);
    }
}

#[test]
fn records_are_sealed_as_listed_and_open_where_they_belong() {
    let file = File::read("record.json");
    let author = device(&file.0["author"]);
    let log = Log::begin(&bytes(&file.0["genesis"]), workspace(&file.0["workspace"])).unwrap();
    let key = || space_key(&file.good()[0]["inputs"]["space_key"]);
    let mut keys = KeyRing::new();
    let directory = SpaceId::directory(log.workspace());
    keys.insert(log.state(), &KeyPlace { workspace: log.workspace(), space: directory, epoch: 1 }, key())
        .unwrap();
    for good in file.good() {
        let header = RecordHeader::decode(&bytes(&good["header"])).unwrap();
        let (ciphertext, signature) =
            (bytes(&good["ciphertext"]), Signature::from_bytes(fixed(&good["signature"])));
        let sealed =
            SealedRecord { header: &bytes(&good["header"]), ciphertext: &ciphertext, signature: &signature };
        assert_eq!(sealed.hash().as_bytes()[..], bytes(&good["hash"]));
        assert_eq!(header.id().as_bytes()[..], bytes(&good["record"]));
        let opened = OpenedRecord::open(&header, &sealed, &key()).unwrap();
        assert_eq!(opened.plaintext(), bytes(&good["inputs"]["plaintext"]));

        let salt = given(&good["inputs"]["salt"]);
        let author =
            Author { log: &log, device: &author, keys: &keys, outstanding: None, ts: 0, entropy: &salt };
        let again = match header.record_type {
            RecordType::WorkspaceName => write::<WorkspaceName>(&author, &header, &opened),
            RecordType::MemberName => write::<MemberName>(&author, &header, &opened),
            _ => write::<DeviceName>(&author, &header, &opened),
        };
        assert_eq!((again.ciphertext, again.signature), (ciphertext, signature));
    }
    for bad in file.bad().iter().filter(|bad| !bad["open_error"].is_null()) {
        let header = RecordHeader::decode(&bytes(&bad["header"])).unwrap();
        let signature = Signature::from_bytes([0; 64]);
        let (header_bytes, ciphertext) = (bytes(&bad["header"]), bytes(&bad["ciphertext"]));
        let sealed = SealedRecord { header: &header_bytes, ciphertext: &ciphertext, signature: &signature };
        let error = OpenedRecord::open(&header, &sealed, &key()).unwrap_err();
        assert_eq!(error.name(), bad["open_error"], "{}", bad["name"]);
    }
    assert_eq!(file.refuses(RecordHeader::decode), 10);
}

/// Writes what was opened as a new record.
fn write<T: Content>(author: &Author<'_>, header: &RecordHeader, opened: &OpenedRecord) -> OwnedRecord {
    let content: T = opened.content().unwrap().unwrap();
    author.write(header.space, header.instance, None, &content).unwrap()
}

#[test]
fn ids_are_derived_as_listed() {
    use countersign_protocol::ids::{AccountId, InstanceId, InviteId, RecordId};
    for good in File::read("ids.json").good() {
        let inputs = &good["inputs"];
        let space = || {
            let (id, account) =
                (workspace(&inputs["workspace"]), AccountId::from_bytes(fixed(&inputs["account"])));
            match inputs["kind"].as_u64() {
                Some(1) => SpaceId::codes(id, account),
                Some(2) => SpaceId::controls(id, account),
                _ => SpaceId::directory(id),
            }
        };
        if !good["space"].is_null() {
            assert_eq!(space().as_bytes()[..], bytes(&good["space"]));
        } else if !good["record"].is_null() {
            let record_type = RecordType::from_number(inputs["type"].as_u64().unwrap()).unwrap();
            let space = SpaceId::from_bytes(fixed(&inputs["space"]));
            let id = RecordId::of(space, record_type, InstanceId::from_bytes(fixed(&inputs["instance"])));
            assert_eq!(id.as_bytes()[..], bytes(&good["record"]));
        } else if !good["device"].is_null() {
            assert_eq!(device(inputs).id().as_bytes()[..], bytes(&good["device"]));
        } else if !good["invite"].is_null() {
            let secret = InviteSecret::generate(&given(&inputs["secret"])).unwrap();
            let key = secret.key(workspace(&inputs["workspace"])).public();
            assert_eq!(key.as_bytes()[..], bytes(&good["invite_pub"]));
            assert_eq!(InviteId::of_key(&key).as_bytes()[..], bytes(&good["invite"]));
        } else {
            assert_eq!(space_key(&inputs["space_key"]).commitment().as_bytes()[..], bytes(&good["commit"]));
        }
    }
}

#[test]
fn contents_are_written_again_as_they_were_read() {
    fn again<T: Content>(plaintext: &[u8]) -> Result<Vec<u8>, DecodeError> {
        decode::<T>(plaintext).map(|content| encode(&content).to_vec())
    }
    let file = File::read("content.json");
    let read = |vector: &Value| {
        let plaintext = bytes(&vector["bytes"]);
        match vector["type"].as_u64().unwrap() {
            1 => again::<Card>(&plaintext),
            2 => again::<Otp>(&plaintext),
            3 => again::<Counter>(&plaintext),
            4 => again::<Activity>(&plaintext),
            5 => again::<Pending>(&plaintext),
            6 => again::<RecoveryCodes>(&plaintext),
            7 => again::<Replaced>(&plaintext),
            8 => again::<MemberName>(&plaintext),
            9 => again::<DeviceName>(&plaintext),
            _ => again::<WorkspaceName>(&plaintext),
        }
    };
    for good in file.good() {
        assert_eq!(read(good).unwrap(), bytes(&good["bytes"]), "{}", good["name"]);
    }
    for bad in file.bad() {
        assert_eq!(read(bad).unwrap_err().name(), bad["error"], "{}", bad["name"]);
    }
}
