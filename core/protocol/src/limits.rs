//! Bounds on everything that arrives, in one place.
//!
//! A length or count is compared with its bound before anything is allocated for it, so that no message, however
//! hostile, costs more than its own bytes.

/// Largest whole number in any message: 2⁵³ − 1, exact in every JSON reader and in SQLite's integers.
pub const MAX_INTEGER: u64 = (1 << 53) - 1;

/// Longest log entry, signature included, in bytes.
pub const MAX_ENTRY_BYTES: usize = 32 * 1024;

/// Most users listed in one op 7 (`account`). Others are added by op 8 (`grant`).
pub const MAX_ACCOUNT_USERS: usize = 1_000;

/// Length of an invite's sealed greeting: 256 bytes of padded text and a 16-byte tag.
pub const GREETING_BYTES: usize = 256 + 16;

/// Length of a wrapped previous key: 12 bytes of nonce, 32 of key, a 16-byte tag.
pub const PREV_WRAP_BYTES: usize = 12 + 32 + 16;

/// Length of a key box of suite 1: 32 bytes of encapsulated key, 32 of space key, a 16-byte tag.
pub const SEALED_KEY_BYTES: usize = 32 + 32 + 16;

/// Longest record header, in bytes.
pub const MAX_HEADER_BYTES: usize = 512;

/// Plaintexts are padded to a multiple of this many bytes.
pub const PADDING_BYTES: usize = 256;

/// Length of the authentication tag at the end of each ciphertext, in bytes.
pub const TAG_BYTES: usize = 16;

/// Longest record ciphertext: 64 KiB of padded text and the tag.
pub const MAX_CIPHERTEXT_BYTES: usize = 64 * 1024 + TAG_BYTES;

/// Most devices that one user ever has in a log, removed ones and kits included (ADR 0018): each may have a record of its
/// own in every space that its user writes.
pub const MAX_USER_DEVICES: u64 = 32;

/// Most lines of a manifest. Nothing bounds the records of a space but what its writers may name (ADR 0018): a space with
/// more of them than this cannot be rotated.
pub const MAX_MANIFEST_LINES: usize = 16_384;

/// Longest manifest, in bytes.
pub const MAX_MANIFEST_BYTES: usize = 1024 * 1024;

/// Longest of the small messages: join request, box, login text, device offer; in bytes.
pub const MAX_SMALL_BYTES: usize = 1024;

/// Longest origin of a server (`https://…`) in a login text, in bytes.
pub const MAX_ORIGIN_BYTES: usize = 255;

/// Longest checkpoint that is read, in bytes: room for a log of a few million entries.
pub const MAX_CHECKPOINT_BYTES: usize = 256 * 1024 * 1024;

/// How far a record's revision may run ahead of the log: `rev ≤ (log_seq + 1) × 2²⁰` (ADR 0009).
pub const REVISIONS_PER_ENTRY: u64 = 1 << 20;

/// The highest revision of a record whose author had a log of `entries` entries.
pub const fn highest_revision(entries: u64) -> u64 {
    entries.saturating_mul(REVISIONS_PER_ENTRY)
}

/// V12: a device that has not synced for this long says so. 72 hours, in ms.
pub const STALE_AFTER_MS: u64 = 72 * 60 * 60 * 1000;

/// V12: whether a device that last synced at `last_sync` says so at `now`, both in ms since the Unix epoch.
///
/// A warning and no verification: the clock is the device's own.
pub const fn is_stale(last_sync: u64, now: u64) -> bool {
    now.saturating_sub(last_sync) >= STALE_AFTER_MS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_are_those_of_the_document() {
        assert_eq!((MAX_INTEGER, REVISIONS_PER_ENTRY), (9_007_199_254_740_991, 1_048_576));
        assert_eq!((MAX_ENTRY_BYTES, MAX_ACCOUNT_USERS, MAX_USER_DEVICES), (32_768, 1_000, 32));
        assert_eq!((GREETING_BYTES, PREV_WRAP_BYTES, SEALED_KEY_BYTES), (272, 60, 80));
        assert_eq!((MAX_HEADER_BYTES, MAX_CIPHERTEXT_BYTES), (512, 65_552));
        assert_eq!((MAX_MANIFEST_LINES, MAX_MANIFEST_BYTES), (16_384, 1_048_576));
        assert_eq!((MAX_SMALL_BYTES, MAX_ORIGIN_BYTES), (1_024, 255));
        assert_eq!((MAX_CHECKPOINT_BYTES, STALE_AFTER_MS), (268_435_456, 259_200_000));
    }

    #[test]
    fn a_device_is_stale_after_three_days() {
        assert!(!is_stale(1_000, 1_000 + STALE_AFTER_MS - 1));
        assert!(is_stale(1_000, 1_000 + STALE_AFTER_MS));
        // A clock that was set back says nothing.
        assert!(!is_stale(1_000, 0));
    }
}
