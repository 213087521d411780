//! After a lock no key is left in memory that a dump of the process could show.
//!
//! What is looked into is a process of its own, at two stops: while it is unlocked, which shows that the search finds
//! what is there, and after the lock.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use countersign_core::client::Unlocked;
use countersign_core::ports::LocalKey;
use countersign_crypto::local::Place;
use countersign_protocol::ids::DeviceId;
use countersign_tests::phone::TestPhone;

use super::{KEY, account_with};

/// "canary-secret-bytes!" and its base32.
const SECRET: &[u8] = b"canary-secret-bytes!";
const SECRET_KEY: &str = "MNQW4YLSPEWXGZLDOJSXILLCPF2GK4ZB";

type Needles = Vec<(&'static str, Vec<u8>)>;

/// What a dump must not show: the local key, the two halves of the device's keys, and a secret.
fn needles(store: &Path, local: &LocalKey) -> Needles {
    let database = rusqlite::Connection::open(store).unwrap();
    let (device, sealed): (Vec<u8>, Vec<u8>) = database
        .query_row("SELECT device, device_keys FROM workspace", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    let device = DeviceId::from_bytes(device.try_into().unwrap());
    let keys = local.open(Place::Device(device), &sealed).unwrap();
    vec![
        ("the local key", local.as_bytes().to_vec()),
        ("the key that signs", keys[..32].to_vec()),
        ("the key that opens boxes", keys[32..].to_vec()),
        ("the secret", SECRET.to_vec()),
        ("the secret as it is typed", SECRET_KEY.as_bytes().to_vec()),
    ]
}

/// What of it lies anywhere in the process's own memory.
fn found(process: u32, needles: &Needles) -> Vec<&'static str> {
    let maps = std::fs::read_to_string(format!("/proc/{process}/maps")).unwrap();
    let memory = File::open(format!("/proc/{process}/mem")).unwrap();
    let mut found = Vec::new();
    let mut read = 0;
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let (from, to) = line.split(' ').next().unwrap().split_once('-').unwrap();
        let [from, to] = [from, to].map(|address| u64::from_str_radix(address, 16).unwrap());
        let mut bytes = vec![0; usize::try_from(to - from).unwrap()];
        // What the kernel shows to nobody is no part of a dump.
        if memory.read_exact_at(&mut bytes, from).is_err() {
            continue;
        }
        read += bytes.len();
        for (name, needle) in needles {
            if !found.contains(name) && contains(&bytes, needle) {
                found.push(*name);
            }
        }
    }
    assert!(read > 1 << 18, "a process has more than {read} bytes");
    found
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    let places = bytes.iter().enumerate().filter(|(_, byte)| **byte == needle[0]);
    places.into_iter().any(|(place, _)| bytes[place..].starts_with(needle))
}

fn account_with_the_secret(unlocked: &Unlocked) {
    account_with(unlocked, "Canary", SECRET_KEY);
    account_with(unlocked, "Other", KEY);
}

#[cfg(target_os = "linux")]
#[test]
fn after_a_lock_no_key_and_no_secret_is_left_in_memory() {
    let (phone, client, unlocked) = TestPhone::with_workspace(1);
    account_with_the_secret(&unlocked);
    drop((client, unlocked));
    let local = phone.vault.key().unwrap();
    let needles = needles(&phone.store(), &local);
    let mut process = Command::new(env!("CARGO_BIN_EXE_locked"))
        .arg(phone.store())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = process.stdin.take().unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    input.write_all(local.as_bytes()).unwrap();
    assert_eq!(lines.next().unwrap().unwrap(), "unlocked");
    let unlocked = found(process.id(), &needles);
    for name in ["the local key", "the key that signs", "the key that opens boxes", "the secret"] {
        assert!(unlocked.contains(&name), "the search finds {name}: {unlocked:?}");
    }
    input.write_all(b"\n").unwrap();
    assert_eq!(lines.next().unwrap().unwrap(), "locked");
    let locked = found(process.id(), &needles);
    input.write_all(b"\n").unwrap();
    assert!(process.wait().unwrap().success());
    assert_eq!(locked, Vec::<&str>::new());
}
