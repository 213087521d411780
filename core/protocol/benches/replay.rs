//! What verifying a log of 10,000 entries costs beside its bare signature checks, and what a checkpoint saves.
//!
//! `bare` checks the same signatures with the same keys, read from the same bytes, and does nothing else: those of the
//! entries, the proofs of devices and the invites' keys. `cargo xtask bench protocol` reads the ratios.

#![allow(missing_docs, reason = "criterion's macros define public functions")]
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot be set up should stop")]

#[path = "../src/testkit/mod.rs"]
#[allow(dead_code, reason = "a kit for tests, of which a benchmark needs a part")]
mod testkit;

use std::hint::black_box;

use countersign_protocol::device::ProvenDevice;
use countersign_protocol::entry::SignedEntry;
use countersign_protocol::ids::{PublicSigningKey, Signature};
use countersign_protocol::log::Log;
use countersign_protocol::numbers::{AccountRole, DeviceKind, Message, WorkspaceRole};
use countersign_protocol::op::Op;
use countersign_protocol::signature::signing_input;
use criterion::{Criterion, criterion_group, criterion_main};
use ed25519_dalek::VerifyingKey;
use testkit::{Keys, TestWorkspace, add_device, grant, remove_device, set_role};

const ENTRIES: usize = 10_000;

/// A company's log: members come with phones and kits, share accounts, lose devices, and Owners rotate what is dirty.
fn company() -> TestWorkspace {
    let mut ws = TestWorkspace::founded_by("ana");
    let ana = Keys::phone("ana");
    ws.add("ana", "member 0", WorkspaceRole::User, false);
    let mut number = 0;
    while ws.entries.len() < ENTRIES {
        number += 1;
        let (name, before) = (format!("member {number}"), format!("member {}", number - 1));
        let (name, before) = (name.as_str(), before.as_str());
        let phone = Keys::phone(name);
        let tablet = Keys::of(&format!("{name}'s tablet"), DeviceKind::Phone);
        ws.add("ana", name, WorkspaceRole::User, number % 2 == 0);
        ws.must(&phone, add_device(name, &tablet));
        ws.account(name, name, &[(name, AccountRole::Owner), (before, AccountRole::Collaborator)]);
        ws.must(&tablet, grant(name, "ana", Some(AccountRole::Owner)));
        ws.must(&ana, set_role(name, WorkspaceRole::Admin));
        ws.must(&phone, grant(name, before, None));
        let codes = ws.rotation(ws.codes(name), &format!("{name}, without {before}"));
        ws.must(&ana, codes);
        ws.must(&phone, remove_device(&tablet));
        let directory = ws.rotation(ws.directory(), &format!("without a tablet of {name}"));
        ws.must(&ana, directory);
    }
    ws
}

/// One signature check, ready to be done.
struct Check {
    key: PublicSigningKey,
    message: Vec<u8>,
    signature: Signature,
}

/// Every signature that the log's verifier checks.
fn checks(ws: &TestWorkspace) -> Vec<Check> {
    let devices = ws.log.state().devices();
    let mut checks = Vec::new();
    let mut check = |key, message, parts: &[&[u8]], signature| {
        checks.push(Check { key, message: signing_input(message, parts), signature });
    };
    for wire in &ws.entries {
        let SignedEntry { entry, signature } = SignedEntry::decode(wire).unwrap();
        check(devices[&entry.by].record.signing_key, Message::Entry, &[&entry.encode()], signature);
        let mut proof = |device: &ProvenDevice| {
            check(device.record.signing_key, Message::Pop, &[&device.record.encode()], device.pop);
        };
        match &entry.op {
            Op::Genesis(genesis) => [&genesis.device, &genesis.kit].into_iter().for_each(proof),
            Op::AddDevice { device, .. } => proof(device),
            Op::Join(join) => {
                [Some(&join.device), join.kit.as_ref()].into_iter().flatten().for_each(proof);
                let text = join.text(ws.id()).encode();
                check(ws.log.state().invites()[&join.invite].key, Message::Join, &[&text], join.inv_sig);
            }
            _ => {}
        }
    }
    checks
}

fn replay(entries: &[Vec<u8>], ws: &TestWorkspace) -> Log {
    let mut log = Log::begin(&entries[0], ws.id()).unwrap();
    for wire in &entries[1..] {
        log.verify_next(wire).unwrap();
    }
    log
}

fn bare(checks: &[Check]) -> bool {
    checks.iter().all(|check| {
        let key = VerifyingKey::from_bytes(check.key.as_bytes()).unwrap();
        let signature = ed25519_dalek::Signature::from_bytes(check.signature.as_bytes());
        key.verify_strict(&check.message, &signature).is_ok()
    })
}

fn bench(criterion: &mut Criterion) {
    let ws = company();
    let checks = checks(&ws);
    let checkpoint = ws.log.to_checkpoint();
    let (seq, head) = (ws.log.next_seq() - 1, ws.log.head());
    assert!(bare(&checks) && replay(&ws.entries, &ws) == ws.log);
    println!(
        "{} entries, {} signatures, a checkpoint of {} KiB",
        ws.entries.len(),
        checks.len(),
        checkpoint.len() / 1024
    );

    let mut group = criterion.benchmark_group("replay");
    group.sample_size(20);
    group.bench_function("bare", |bencher| bencher.iter(|| bare(black_box(&checks))));
    group.bench_function("ours", |bencher| bencher.iter(|| replay(black_box(&ws.entries), &ws)));
    group.bench_function("checkpoint", |bencher| {
        bencher.iter(|| Log::from_checkpoint(black_box(&checkpoint), ws.id(), seq, head).unwrap());
    });
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
