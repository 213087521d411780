//! What tries to break it: a malicious server, and members who help it. Each move is refused with its named error, and
//! what was held stays as it was, compared whole.

mod devices;
mod entropy;
mod joins;
mod keys;
mod signing;

use countersign_crypto::device::DeviceKeys;
use countersign_crypto::flow::FlowError;
use countersign_protocol::entry::Entry;
use countersign_protocol::numbers::Message;
use countersign_protocol::op::Op;
use countersign_tests::workspace::{Phone, TestWorkspace};

/// An entry at the log's next place that `device` signs, whatever the verifier would say.
pub(crate) fn forged(workspace: &TestWorkspace, device: &DeviceKeys, op: Op) -> Vec<u8> {
    let entry = Entry {
        workspace: workspace.log.workspace(),
        seq: workspace.log.next_seq(),
        prev: workspace.log.head(),
        ts: workspace.ts,
        by: device.id(),
        op,
    };
    let mut wire = entry.encode();
    let signature = device.signing().sign(Message::Entry, &[&wire]);
    wire.extend_from_slice(signature.as_bytes());
    wire
}

/// The name of the error that everybody's verifier refuses an entry with. Their logs stay as they were.
fn refused(workspace: &mut TestWorkspace, wire: &[u8]) -> &'static str {
    let before = workspace.log.clone();
    let error = workspace.log.verify_next(wire).expect_err("a hostile entry");
    assert_eq!(workspace.log, before);
    error.name()
}

/// The name of the error that a flow refuses to make something with.
fn not_made<T: std::fmt::Debug>(flow: Result<T, FlowError>) -> &'static str {
    flow.expect_err("a hostile flow").name()
}

/// Whoever sits behind the server: keys of their own, and no place in the log.
fn stranger(workspace: &TestWorkspace) -> DeviceKeys {
    workspace.new_device()
}

/// A phone that forgot its keys and starts again from the boxes.
fn without_keys(phone: Phone) -> Phone {
    Phone { keys: countersign_crypto::key_ring::KeyRing::new(), ..phone }
}
