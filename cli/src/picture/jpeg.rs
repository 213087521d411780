//! Whether a JPEG file arrived whole (ITU-T T.81, Annex B).
//!
//! Its decoder paints what is missing in grey and says nothing, so that half a download would pass for a picture without a code.
//! The end mark is looked for by walking the segments: the thumbnail within a photo has an end mark of its own.

/// What ends a picture: *end of image*.
const END: u8 = 0xD9;

/// What begins the compressed data: *start of scan*.
const SCAN: u8 = 0xDA;

/// Whether the end mark is where a walk from the beginning finds it.
pub(super) fn has_end(bytes: &[u8]) -> bool {
    let mut at = 2;
    while let Some(&[0xFF, marker]) = bytes.get(at..at + 2) {
        at = match marker {
            END => return true,
            // A fill byte before a marker.
            0xFF => at + 1,
            marker if stands_alone(marker) => at + 2,
            marker => {
                let Some(&[high, low]) = bytes.get(at + 2..at + 4) else { return false };
                let next = at + 2 + usize::from(u16::from_be_bytes([high, low]));
                if marker == SCAN { after_data(bytes, next) } else { next }
            }
        };
    }
    false
}

/// Markers without a length: the restarts, and the two that older writers leave between segments.
fn stands_alone(marker: u8) -> bool {
    matches!(marker, 0x01 | 0xD0..=0xD8)
}

/// Where the compressed data that begins at `at` ends: at a marker that is neither a stuffed byte nor a restart.
fn after_data(bytes: &[u8], at: usize) -> usize {
    let is_marker = |pair: &[u8]| pair[0] == 0xFF && !matches!(pair[1], 0x00 | 0xD0..=0xD7);
    let data = bytes.get(at..).unwrap_or_default();
    data.windows(2).position(is_marker).map_or(bytes.len(), |offset| at + offset)
}

#[cfg(test)]
mod tests {
    use super::has_end;

    /// A thumbnail with an end mark of its own in an APP1 segment, a scan with a stuffed byte and a restart, and the end.
    const WHOLE: &[u8] =
        b"\xFF\xD8\xFF\xE1\0\x06\xFF\xD8\xFF\xD9\xFF\xFF\xDA\0\x02\x12\xFF\0\x34\xFF\xD3\x56\xFF\xD9";

    #[test]
    fn only_the_end_of_the_picture_itself_counts() {
        assert!(has_end(WHOLE));
        assert!(has_end(&[WHOLE, b"what a phone adds behind"].concat()));
        for length in 0..WHOLE.len() {
            assert!(!has_end(&WHOLE[..length]), "{length}");
        }
    }
}
