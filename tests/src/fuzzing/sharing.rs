//! What holds for everything that a server, a QR code or a person's fingers can bring: log entries, boxes, records,
//! links, kits.
//!
//! Whatever reads is the one encoding of what it says, and nothing panics, whatever keys it meets.

use std::sync::OnceLock;

use countersign_crypto::content::{
    Activity, Card, Content, Counter, DeviceName, MemberName, Otp, Pending, RecoveryCodes, Replaced,
    WorkspaceName, decode, encode,
};
use countersign_crypto::kit::RecoveryKit;
use countersign_crypto::link::Link;
use countersign_crypto::record::OpenedRecord;
use countersign_protocol::entry::SignedEntry;
use countersign_protocol::ids::{Signature, SpaceId};
use countersign_protocol::keybox::KeyBox;
use countersign_protocol::record::{RecordHeader, SealedRecord};

use crate::workspace::{Phone, TestWorkspace};

/// A workspace of one, made once.
fn scene() -> &'static (TestWorkspace, Phone) {
    static SCENE: OnceLock<(TestWorkspace, Phone)> = OnceLock::new();
    SCENE.get_or_init(|| TestWorkspace::found(0))
}

/// Any bytes as the next entry of a log: refused, and the log as it was, or written again as they came.
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
    if ring.open_boxes(workspace.log.state(), [&key_box], &phone.device) > 0 {
        assert_eq!(key_box.space, SpaceId::directory(workspace.log.workspace()));
    }
}

/// Any bytes as a header, as a ciphertext under a good header, and as the plaintext of each type.
///
/// # Panics
/// Where one has two encodings, or something opens that nobody sealed.
pub fn record(data: &[u8]) {
    if let Ok(header) = RecordHeader::decode(data) {
        assert_eq!(header.encode(), data, "a header with two encodings");
    }
    let (workspace, phone) = scene();
    let good = &workspace.records[0];
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
