//! The published tables in full, and the edges that the tables do not reach.

use super::*;
use crate::ports::Timestamp;

/// The secret of RFC 4226 appendix D; RFC 6238 appendix B repeats it to the length of the hash.
fn rfc_secret(bytes: usize) -> OtpSecret {
    let text: Vec<u8> = b"1234567890".iter().copied().cycle().take(bytes).collect();
    OtpSecret::from_bytes(&text).unwrap()
}

fn totp(algorithm: Algorithm, digits: u64, period: u64) -> TimeParameters {
    TimeParameters::Totp {
        algorithm,
        digits: Digits::try_from(digits).unwrap(),
        period: Period::try_from(period).unwrap(),
    }
}

fn code_at(parameters: TimeParameters, secret: &OtpSecret, seconds: i64) -> Code {
    parameters.code_at(secret, Timestamp::from_unix_seconds(seconds)).unwrap()
}

#[test]
fn hotp_gives_the_table_of_rfc_4226_appendix_d() {
    let table =
        ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];
    for (counter, expected) in (0..).zip(table) {
        let parameters = CounterParameters { algorithm: Algorithm::Sha1, digits: Digits::SIX, counter };
        let code = parameters.code(&rfc_secret(20));
        assert_eq!((code.digits.as_str(), code.counter), (expected, counter));
    }
}

#[test]
fn ten_digits_are_the_whole_truncated_number_of_rfc_4226_appendix_d() {
    let table: [u32; 10] = [
        1_284_755_224,
        1_094_287_082,
        137_359_152,
        1_726_969_429,
        1_640_338_314,
        868_254_676,
        1_918_287_922,
        82_162_583,
        673_399_871,
        645_520_489,
    ];
    for (counter, expected) in (0..).zip(table) {
        let parameters = CounterParameters { algorithm: Algorithm::Sha1, digits: Digits::MAX, counter };
        assert_eq!(parameters.code(&rfc_secret(20)).digits.as_str(), format!("{expected:010}"));
    }
}

#[test]
fn totp_gives_the_table_of_rfc_6238_appendix_b() {
    let table = [
        (59, "94287082", "46119246", "90693936"),
        (1_111_111_109, "07081804", "68084774", "25091201"),
        (1_111_111_111, "14050471", "67062674", "99943326"),
        (1_234_567_890, "89005924", "91819424", "93441116"),
        (2_000_000_000, "69279037", "90698825", "38618901"),
        (20_000_000_000, "65353130", "77737706", "47863826"),
    ];
    for (seconds, sha1, sha256, sha512) in table {
        for (algorithm, bytes, expected) in
            [(Algorithm::Sha1, 20, sha1), (Algorithm::Sha256, 32, sha256), (Algorithm::Sha512, 64, sha512)]
        {
            let code = code_at(totp(algorithm, 8, 30), &rfc_secret(bytes), seconds);
            assert_eq!(code.digits.as_str(), expected, "{algorithm} at {seconds}");
        }
    }
}

#[test]
fn steam_gives_what_steam_shows() {
    // The secret and the codes of the conformance case `steam-01`, whose source is a SteamGuard file.
    let secret = OtpSecret::from_bytes(&[
        0x4c, 0x72, 0x25, 0xf3, 0xe2, 0x65, 0xea, 0xe8, 0x31, 0xaf, 0xcc, 0x74, 0x5f, 0xa7, 0x91, 0x32,
    ])
    .unwrap();
    assert_eq!(code_at(TimeParameters::Steam, &secret, 59).digits.as_str(), "9WW3X");
    assert_eq!(code_at(TimeParameters::Steam, &secret, 1_741_011_292).digits.as_str(), "56RVY");
}

#[test]
fn a_code_holds_from_the_first_second_of_its_period_to_the_last() {
    let parameters = totp(Algorithm::Sha1, 6, 30);
    let secret = rfc_secret(20);
    let first = code_at(parameters, &secret, 30);
    let last = code_at(parameters, &secret, 59);
    let after = code_at(parameters, &secret, 60);
    assert_eq!(first, last);
    assert_eq!((first.valid_from.unix_seconds(), first.valid_until.unix_seconds()), (30, 60));
    assert_eq!(first.next, after.digits);
    assert_ne!(first.digits, after.digits);
}

#[test]
fn periods_count_from_1970_whatever_their_length() {
    let secret = rfc_secret(20);
    for period in [1, 7, 45, 300, 2_147_483_647] {
        let code = code_at(totp(Algorithm::Sha1, 6, period), &secret, 1_741_011_292);
        let period = i64::try_from(period).unwrap();
        assert_eq!(code.valid_from.unix_seconds(), 1_741_011_292 / period * period);
        assert_eq!(code.valid_until.unix_seconds() - code.valid_from.unix_seconds(), period);
    }
}

#[test]
fn times_before_1970_are_refused() {
    let parameters = totp(Algorithm::Sha1, 6, 30);
    for seconds in [-1, -30, i64::MIN] {
        let refused = parameters.code_at(&rfc_secret(20), Timestamp::from_unix_seconds(seconds));
        assert_eq!(refused.unwrap_err(), TimeOutOfRange);
    }
    assert_eq!(code_at(parameters, &rfc_secret(20), 0).digits.as_str(), "755224");
}

#[test]
fn times_after_2106_do_not_wrap() {
    let secret = rfc_secret(20);
    let parameters = totp(Algorithm::Sha1, 6, 1);
    let after = i64::from(u32::MAX) + 1;
    // With a period of one second the code is that of the HOTP counter: the two ways must agree.
    let counter = u64::try_from(after).unwrap();
    let hotp = CounterParameters { algorithm: Algorithm::Sha1, digits: Digits::SIX, counter };
    let code = code_at(parameters, &secret, after);
    assert_eq!(code.digits, hotp.code(&secret).digits);
    assert_ne!(code.digits, code_at(parameters, &secret, 0).digits);
}

#[test]
fn a_window_that_would_end_after_the_last_moment_is_refused() {
    let secret = rfc_secret(20);
    let end = Timestamp::from_unix_seconds(i64::MAX);
    for period in [1, 30, 2_147_483_647] {
        let refused = totp(Algorithm::Sha1, 6, period).code_at(&secret, end);
        assert_eq!(refused.unwrap_err(), TimeOutOfRange, "period {period}");
    }
}

#[test]
fn the_last_counter_has_a_code() {
    let parameters =
        CounterParameters { algorithm: Algorithm::Sha512, digits: Digits::MAX, counter: u64::MAX };
    assert_eq!(parameters.code(&rfc_secret(64)).digits.as_str().len(), 10);
}

#[test]
fn digits_are_five_to_ten_and_never_wrap() {
    for number in 5..=10 {
        assert_eq!(u64::from(Digits::try_from(number).unwrap().get()), number);
    }
    for number in [0, 4, 11, 100, 256 + 6, u64::MAX] {
        assert_eq!(Digits::try_from(number), Err(DigitsOutOfRange), "{number}");
    }
}

#[test]
fn periods_are_one_second_to_two_to_the_31_less_one_and_never_wrap() {
    for number in [1, 30, 2_147_483_647] {
        assert_eq!(u64::from(Period::try_from(number).unwrap().seconds()), number);
    }
    for number in [0, 2_147_483_648, (1 << 32) + 30, u64::MAX] {
        assert_eq!(Period::try_from(number), Err(PeriodOutOfRange), "{number}");
    }
}

#[test]
fn debug_of_a_code_hides_its_digits() {
    let code = code_at(totp(Algorithm::Sha1, 6, 30), &rfc_secret(20), 59);
    let printed = format!("{code:?}");
    assert!(!printed.contains("287082") && !printed.contains("359152"), "{printed}");
    assert_eq!(printed.matches("CodeDigits(…)").count(), 2, "{printed}");
}

#[test]
fn codes_are_read_in_two_groups_and_five_characters_in_one() {
    let at = Timestamp::from_unix_seconds(59);
    let table = [(5, 5, 0), (6, 3, 3), (7, 4, 3), (8, 4, 4), (9, 5, 4), (10, 5, 5)];
    for (digits, first, second) in table {
        let code = totp(Algorithm::Sha1, digits, 30).code_at(&rfc_secret(20), at).unwrap();
        let (left, right) = code.digits.groups();
        assert_eq!((left.len(), right.len()), (first, second), "{digits} digits");
        assert_eq!([left, right].concat(), code.digits.as_str());
    }
}
