//! Padding to steps of 256 bytes, so that a record's size says nothing about what it holds.
//!
//! `pad256`: the byte 0x80, then zeros to the next multiple of 256 (ISO/IEC 7816-4). The plaintext always ends in
//! at least that one byte, so that taking it off is never ambiguous.

use zeroize::Zeroizing;

/// Sizes differ in steps of this many bytes.
pub(crate) const STEP: usize = 256;

/// The length of `length` bytes once padded.
pub(crate) const fn padded(length: usize) -> usize {
    (length / STEP + 1) * STEP
}

/// Pads in place to `target` bytes, a multiple of [`STEP`] that leaves room for the first byte of padding.
pub(crate) fn pad(plaintext: &mut Vec<u8>, target: usize) {
    debug_assert!(target.is_multiple_of(STEP) && target > plaintext.len());
    plaintext.push(0x80);
    plaintext.resize(target, 0);
}

/// Takes the padding off; `None` when there is none.
pub(crate) fn unpad(mut padded: Zeroizing<Vec<u8>>) -> Option<Zeroizing<Vec<u8>>> {
    let length = padded.iter().rposition(|&byte| byte != 0)?;
    let canonical = padded[length] == 0x80 && padded.len() == self::padded(length);
    padded.truncate(length);
    canonical.then_some(padded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_comes_back_and_sizes_step_by_256() {
        for length in 0..1025 {
            let plaintext = vec![0xA5; length];
            let mut buffer = plaintext.clone();
            pad(&mut buffer, padded(length));
            assert_eq!(buffer.len() % STEP, 0);
            assert!(buffer.len() > length && buffer.len() <= length + STEP);
            assert_eq!(*unpad(Zeroizing::new(buffer)).unwrap(), plaintext);
        }
    }

    #[test]
    fn a_plaintext_that_ends_like_padding_comes_back_whole() {
        for plaintext in [&b"\x80"[..], b"\x80\0\0", b"\0\0\0", b"a\x80"] {
            let mut buffer = plaintext.to_vec();
            pad(&mut buffer, padded(plaintext.len()));
            assert_eq!(**unpad(Zeroizing::new(buffer)).unwrap(), *plaintext);
        }
    }

    #[test]
    fn padding_that_is_missing_too_long_or_another_byte_is_refused() {
        let mut a_step_too_long = vec![0x80];
        a_step_too_long.resize(2 * STEP, 0);
        for bad in [vec![], vec![0; STEP], vec![1; STEP], a_step_too_long, vec![0x80; STEP - 1]] {
            assert!(unpad(Zeroizing::new(bad)).is_none());
        }
    }
}
