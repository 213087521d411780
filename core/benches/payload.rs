//! How long a payload takes to read and to write: what a person waits for between a scan and the first code.
#![allow(missing_docs, reason = "criterion's macros define public functions")]

use std::hint::black_box;

use countersign_core::enrol::{Entry, Payload, read, write_otpauth};
use criterion::{Criterion, criterion_group, criterion_main};

const LINK: &str = "otpauth://totp/Example%20Inc:alice%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Example+Inc&algorithm=SHA1&digits=6&period=30";
const KEY: &str = "gezd gnbv gy3t qojq gezd gnbv gy3t qojq";
const WEB: &str = "https://example.com/signin?next=%2Fsettings";
/// Three accounts, of a conformance case.
const EXPORT: &str = "otpauth-migration://offline?data=CiQKFDEyMzQ1Njc4OTAxMjM0NTY3ODkwEgFhGgNPbmUgASgBMAIKJAoU8PHy8%2FT19vf4%2Bfr7%2FP3%2B%2F%2Fvvvv8SAWIaA1R3byABKAEwAgocCgoBAgMEBQYHCAkKEgFjGgVUaHJlZSABKAEwAhABGAMgASj50rT%2F%2F%2F%2F%2F%2F%2F8B";

fn readers(c: &mut Criterion) {
    let mut group = c.benchmark_group("payload");
    for (name, text, entry) in [
        ("read a link", LINK, Entry::Qr),
        ("read a typed key", KEY, Entry::Manual),
        ("read an export of three", EXPORT, Entry::Qr),
        ("refuse a web link", WEB, Entry::Qr),
    ] {
        group.bench_function(name, |b| b.iter(|| read(black_box(text), entry)));
    }
    // The longest text that is looked at, made of what costs most to decode.
    let longest = format!("otpauth://totp/{}?secret=AAAA", "%E9".repeat(21_000));
    group.bench_function("read the longest label", |b| b.iter(|| read(black_box(&longest), Entry::Qr)));
    let Ok(Payload::Account(account)) = read(LINK, Entry::Qr) else { panic!("the link is an account") };
    group.bench_function("write a link and read it back", |b| b.iter(|| write_otpauth(black_box(&account))));
    group.finish();
}

criterion_group!(benches, readers);
criterion_main!(benches);
