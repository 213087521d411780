//! What holds for everything that a server, a QR code or a person's fingers can bring: log entries, boxes, records,
//! links, kits.
//!
//! Whatever reads is the one encoding of what it says, and nothing panics, whatever keys it meets.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use countersign_crypto::content::{
    Activity, Card, Content, Counter, DeviceName, MemberName, Otp, Pending, RecoveryCodes, Replaced,
    WorkspaceName, decode, encode,
};
use countersign_crypto::flow::{join_request as join_request_of, new_user_id};
use countersign_crypto::kit::RecoveryKit;
use countersign_crypto::link::Link;
use countersign_crypto::record::OpenedRecord;
use countersign_protocol::entry::{Entry, SignedEntry};
use countersign_protocol::ids::{Commitment, DeviceId, RecordId, Signature, SpaceId};
use countersign_protocol::join::JoinRequest;
use countersign_protocol::keybox::KeyBox;
use countersign_protocol::limits::{MAX_MANIFEST_LINES, highest_revision};
use countersign_protocol::log::{Epoch, Log};
use countersign_protocol::manifest::Manifest;
use countersign_protocol::numbers::{Message, WorkspaceRole};
use countersign_protocol::op::Op;
use countersign_protocol::placement::{ManifestError, Place, Standing};
use countersign_protocol::record::{RecordHeader, SealedRecord};
use countersign_protocol::revision::{Fault, faults};
use sha2::{Digest, Sha256};

use crate::workspace::{Phone, TestWorkspace};

/// A workspace of one, made once.
fn scene() -> &'static (TestWorkspace, Phone) {
    static SCENE: OnceLock<(TestWorkspace, Phone)> = OnceLock::new();
    SCENE.get_or_init(|| TestWorkspace::found(0))
}

/// Any bytes as the next entry of a log, as they are and signed by the founder's phone for the log's next place: refused,
/// and the log as it was, or written again as they came.
///
/// # Panics
/// Where that does not hold.
pub fn log_entry(data: &[u8]) {
    let (workspace, _) = scene();
    let mut log = workspace.log.clone();
    match SignedEntry::decode(data) {
        Ok(signed) => {
            assert_eq!(signed.encode(), data, "an entry with two encodings");
            assert!(log.verify_next(data).is_err(), "an entry that nobody signed");
        }
        Err(error) => {
            let refused = log.verify_next(data).expect_err("no entry, and accepted");
            assert_eq!(refused.name(), error.name());
        }
    }
    assert!(log == workspace.log, "a refused entry left a trace");
    signed_entry(data);
}

/// The entry in `data`, with the place, author and signature that reach the rules of its op.
fn signed_entry(data: &[u8]) {
    // A signature at the end, which the input's own need not have.
    let padded = [data, &[0; 64]].concat();
    let Ok(found) = SignedEntry::decode(data).or_else(|_| SignedEntry::decode(&padded)) else { return };
    let (workspace, phone) = scene();
    let mut log = workspace.log.clone();
    let (seq, prev, by) = (log.next_seq(), log.head(), phone.device.id());
    let entry = Entry { workspace: log.workspace(), seq, prev, by, ..found.entry };
    let bytes = entry.encode();
    let signature = phone.device.signing().sign(Message::Entry, &[&bytes]);
    let wire = SignedEntry { entry: entry.clone(), signature }.encode();
    let would = log.would_accept(&entry).map(|_| ());
    match log.verify_next(&wire) {
        Ok(accepted) => {
            assert_eq!(would, Ok(()), "taken, though refused before it was signed");
            assert_eq!(accepted.signed.encode(), wire, "an entry with two encodings");
            let (seq, head) = (log.next_seq() - 1, log.head());
            let loaded = Log::from_checkpoint(&log.to_checkpoint(), log.workspace(), seq, head);
            assert!(loaded.is_ok_and(|loaded| loaded == log), "a checkpoint of another log");
        }
        Err(error) => {
            assert!(matches!(entry.op, Op::Genesis(_)) || would == Err(error), "two verdicts");
            assert!(log == workspace.log, "a refused entry left a trace");
        }
    }
}

/// Any bytes as a box: it has one encoding, and opens to nothing but the committed key.
///
/// # Panics
/// Where that does not hold.
pub fn key_box(data: &[u8]) {
    let Ok(key_box) = KeyBox::decode(data) else { return };
    assert_eq!(key_box.encode(), data, "a box with two encodings");
    let (workspace, phone) = scene();
    let mut ring = countersign_crypto::key_ring::KeyRing::new();
    ring.open_boxes(workspace.log.state(), [&key_box], &phone.device);
    let directory = SpaceId::directory(workspace.log.workspace());
    let true_key = workspace.held(&phone.keys).into_iter().filter(|((space, _), _)| *space == directory);
    let held = workspace.held(&ring);
    assert!(held.is_empty() || held == true_key.collect(), "a key that the log does not commit to");
}

/// Any bytes as the list of a space's records: it has one encoding, each line is judged once, and it is taken for no
/// rotation that there was not.
///
/// # Panics
/// Where that does not hold.
pub fn manifest(data: &[u8]) {
    let (workspace, _) = scene();
    let directory = SpaceId::directory(workspace.log.workspace());
    assert_eq!(workspace.log.verify_manifest(directory, data).err(), Some(ManifestError::NoManifest));
    let Ok(manifest) = Manifest::decode(data) else { return };
    assert_eq!(manifest.encode(), data, "a manifest with two encodings");
    assert!(manifest.lines.len() <= MAX_MANIFEST_LINES, "more lines than a manifest has");
    let began = Epoch { commit: Commitment::ZERO, by: DeviceId::ZERO, seq: 1, anew: false };
    let found = faults(&manifest, &began, &BTreeMap::new());
    assert_eq!(found.len(), manifest.lines.len());
    for (record, fault) in found {
        let possible = (1..=highest_revision(1)).contains(&manifest.lines[&record].rev);
        assert_eq!(fault, if possible { Fault::Unheld } else { Fault::Impossible });
    }
}

/// A workspace with an open invite, and the one request that its invitee has made.
fn invited() -> &'static (TestWorkspace, Vec<u8>) {
    static SCENE: OnceLock<(TestWorkspace, Vec<u8>)> = OnceLock::new();
    SCENE.get_or_init(|| {
        let (mut workspace, mut ana) = TestWorkspace::found(1);
        let link = workspace.invite(&mut ana, WorkspaceRole::User);
        let user = new_user_id(&workspace.entropy).expect("seeded entropy does not fail");
        let request = join_request_of(&link, user, &workspace.new_device(), None).encode();
        (workspace, request)
    })
}

/// Any bytes as a request to join: it has one encoding, and nobody is let in but who holds the invite.
///
/// # Panics
/// Where that does not hold.
pub fn join_request(data: &[u8]) {
    let Ok(request) = JoinRequest::decode(data) else { return };
    assert_eq!(request.encode(), data, "a request with two encodings");
    let (workspace, asked) = invited();
    let admitted = workspace.log.check_join(&request, workspace.ts).is_ok();
    assert_eq!(admitted, data == *asked, "let in, or kept out, by mistake");
}

/// The request that the invite's holder made: what [`join_request`] must let in.
pub fn good_join_request() -> &'static [u8] {
    &invited().1
}

/// Any bytes as a header that its author really signs, as a ciphertext under a good header, and as the plaintext of each
/// type.
///
/// # Panics
/// Where one has two encodings, something is believed that the rules refuse, or opens that nobody sealed.
pub fn record(data: &[u8]) {
    record_verdict(data);
    let (workspace, phone) = scene();
    let good = &workspace.records[0];
    let verified = workspace.log.verify_record(
        good.place(),
        SealedRecord { ciphertext: data, ..good.as_sealed() },
        None,
    );
    assert!(verified.is_err() || data == good.ciphertext, "a ciphertext that nobody signed");
    let key = phone.keys.get(good.header.space, 1).expect("the founder has the key of the directory");
    let signature = Signature::from_bytes([0; 64]);
    let altered = SealedRecord { header: &good.header_bytes, ciphertext: data, signature: &signature };
    assert!(
        OpenedRecord::open(&good.header, &altered, key).is_err() || data == good.ciphertext,
        "a ciphertext that nobody sealed"
    );
    plaintext::<Card>(data);
    plaintext::<Otp>(data);
    plaintext::<Counter>(data);
    plaintext::<Activity>(data);
    plaintext::<Pending>(data);
    plaintext::<RecoveryCodes>(data);
    plaintext::<Replaced>(data);
    plaintext::<MemberName>(data);
    plaintext::<DeviceName>(data);
    plaintext::<WorkspaceName>(data);
}

/// What the log's rules say to a record with these bytes as its header, signed by the founder's phone or kit; nothing where they
/// are no header.
///
/// # Panics
/// Where a header has two encodings, or a record is believed that is out of its bounds.
pub fn record_verdict(data: &[u8]) -> Option<&'static str> {
    let header = RecordHeader::decode(data).ok()?;
    assert_eq!(header.encode(), data, "a header with two encodings");
    let (workspace, phone) = scene();
    let ciphertext = &workspace.records[0].ciphertext;
    let kit = workspace.kit.device();
    let signer = if header.by == kit.id() { &kit } else { &phone.device };
    let signature = signer.signing().sign(Message::Record, &[data, &Sha256::digest(ciphertext)]);
    let sealed = SealedRecord { header: data, ciphertext, signature: &signature };
    let place = Place { space: header.space, record: header.id() };
    let elsewhere = Place { record: RecordId::from_bytes([0; 16]), ..place };
    assert!(workspace.log.verify_record(elsewhere, sealed, None).is_err(), "a record in another's place");
    match workspace.log.verify_record(place, sealed, None) {
        Ok(verified) => {
            assert_eq!((verified.header, verified.standing), (header, Standing::Written));
            assert_eq!((header.epoch, header.log_seq, header.by), (1, 0, phone.device.id()));
            assert!((1..=highest_revision(1)).contains(&header.rev), "a revision that no record can have");
            Some("Written")
        }
        Err(error) => Some(error.name()),
    }
}

fn plaintext<T: Content>(data: &[u8]) {
    if let Ok(content) = decode::<T>(data) {
        assert_eq!(*encode(&content), data, "a plaintext with two encodings");
    }
}

/// Any text as a link: what reads has this text and no other.
///
/// # Panics
/// Where that does not hold.
pub fn invite_link(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(link) = Link::parse(text) {
        assert_eq!(*link.to_text(), text, "a link with two texts");
    }
}

/// Any text as a kit that somebody typed: what reads is printed in one form, which reads as the same kit.
///
/// # Panics
/// Where that does not hold.
pub fn recovery_kit(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match RecoveryKit::parse(text) {
        Ok(kit) => {
            let printed = kit.to_text();
            let again = RecoveryKit::parse(&printed).expect("what is printed reads");
            assert_eq!(again.device().record(), kit.device().record());
            assert_eq!(again.workspace(), kit.workspace());
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
