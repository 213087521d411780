//! How long a code takes to make: a list of accounts makes two for each of them at every turn of the period.
#![allow(missing_docs, reason = "criterion's macros define public functions")]

use std::hint::black_box;

use countersign_core::otp::{Algorithm, CounterParameters, Digits, OtpSecret, Period, TimeParameters};
use countersign_core::ports::Timestamp;
use criterion::{Criterion, criterion_group, criterion_main};

fn codes(c: &mut Criterion) {
    let mut group = c.benchmark_group("otp");
    let secret = OtpSecret::from_bytes(b"12345678901234567890").expect("twenty bytes are not none");
    let now = Timestamp::from_unix_seconds(1_741_011_292);
    for algorithm in [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512] {
        let totp = TimeParameters::Totp { algorithm, digits: Digits::SIX, period: Period::THIRTY };
        let name = format!("TOTP and the next, {algorithm}");
        group.bench_function(name, |b| b.iter(|| totp.code_at(black_box(&secret), black_box(now))));
    }
    let steam = TimeParameters::Steam;
    group.bench_function("Steam and the next", |b| {
        b.iter(|| steam.code_at(black_box(&secret), black_box(now)));
    });
    let hotp = CounterParameters { algorithm: Algorithm::Sha1, digits: Digits::MAX, counter: 7 };
    group.bench_function("HOTP, ten digits", |b| b.iter(|| black_box(hotp).code(black_box(&secret))));
    group.finish();
}

criterion_group!(benches, codes);
criterion_main!(benches);
