//! Reads the moment that `--at` names and the time that `--for` names, and writes moments for people.

use std::time::Duration;

use countersign_core::ports::Timestamp;
use countersign_core::vault::LockAfter;
use jiff::tz::TimeZone;

/// Unix seconds (`1700000000`) or RFC 3339 (`2023-11-14T22:13:20Z`); parts of a second are dropped, towards the past.
pub(crate) fn read(text: &str) -> Result<Timestamp, String> {
    if let Ok(seconds) = text.parse() {
        return Ok(Timestamp::from_unix_seconds(seconds));
    }
    let moment: jiff::Timestamp = text
        .parse()
        .map_err(|_| "expected Unix seconds (1700000000) or RFC 3339 (2023-11-14T22:13:20Z)".to_owned())?;
    let past = i64::from(moment.subsec_nanosecond() < 0);
    Ok(Timestamp::from_unix_seconds(moment.as_second() - past))
}

/// `90s`, `10m` or `2h`, up to 24 hours.
pub(crate) fn read_time(text: &str) -> Result<LockAfter, String> {
    let expected = || "expected a time up to 24 hours: 90s, 10m or 2h".to_owned();
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(expected)?;
    let number: u64 = number.parse().map_err(|_| expected())?;
    let seconds = match unit {
        "s" => number,
        "m" => number.saturating_mul(60),
        "h" => number.saturating_mul(60 * 60),
        _ => return Err(expected()),
    };
    LockAfter::new(Duration::from_secs(seconds)).map_err(|_| expected())
}

/// `2026-11-24 14:32`, by the clock on this computer's wall.
pub(crate) fn shown(at: Timestamp) -> String {
    match jiff::Timestamp::from_second(at.unix_seconds()) {
        Ok(moment) => moment.to_zoned_datetime(TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string(),
        Err(_) => format!("{} s after 1970", at.unix_seconds()),
    }
}

/// `14:32:07`, by the clock on this computer's wall.
pub(crate) fn time_of_day(at: Timestamp) -> String {
    match jiff::Timestamp::from_second(at.unix_seconds()) {
        Ok(moment) => moment.to_zoned_datetime(TimeZone::system()).strftime("%H:%M:%S").to_string(),
        Err(_) => shown(at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_its_unit_and_ends_at_a_day() {
        let seconds = |text| read_time(text).map(|time| time.time().as_secs());
        assert_eq!([seconds("90s"), seconds("10m"), seconds("24h")], [Ok(90), Ok(600), Ok(86_400)]);
        for text in ["", "m", "0s", "10", "25h", "-1m", "1.5h", "18446744073709551615h", "10µ"] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }

    #[test]
    fn both_notations_name_the_same_moment() {
        for text in
            ["1700000000", "2023-11-14T22:13:20Z", "2023-11-14T23:13:20+01:00", "2023-11-14T22:13:20.9Z"]
        {
            assert_eq!(read(text).unwrap().unix_seconds(), 1_700_000_000, "{text}");
        }
    }

    #[test]
    fn moments_before_1970_round_towards_the_past() {
        assert_eq!(read("-1").unwrap().unix_seconds(), -1);
        assert_eq!(read("1969-12-31T23:59:59.5Z").unwrap().unix_seconds(), -1);
    }

    #[test]
    fn a_moment_without_its_offset_is_refused() {
        for text in ["", "now", "2023-11-14", "2023-11-14T22:13:20", "99999999999999999999"] {
            assert!(read(text).unwrap_err().contains("RFC 3339"), "{text}");
        }
    }
}
