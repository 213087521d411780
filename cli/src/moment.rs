//! Reads the moment that `--at` names.

use countersign_core::ports::Timestamp;

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

#[cfg(test)]
mod tests {
    use super::read;

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
