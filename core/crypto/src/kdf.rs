//! HKDF-SHA256 (RFC 5869), the one key derivation of `cs/1`.
//!
//! Every derivation names its use in `info`; no server-supplied parameter ever enters one. What it leaves on the stack:
//! *In memory* in `docs/protocol.md`.

use hkdf::{Hkdf, InvalidLength};
use sha2::Sha256;
use zeroize::{Zeroize, Zeroizing};

/// Extract, then expand: `ikm` and `salt` to `N` bytes for the use named by the concatenation of `info`.
pub(crate) fn derive<const N: usize>(ikm: &[u8], salt: &[u8], info: &[&[u8]]) -> Zeroizing<[u8; N]> {
    let mut okm = Zeroizing::new([0; N]);
    fill(ikm, salt, info, &mut okm[..]);
    okm
}

/// Expand only, for an `ikm` that is already a uniformly random key of 32 bytes.
pub(crate) fn expand<const N: usize>(key: &[u8; 32], info: &[&[u8]]) -> Zeroizing<[u8; N]> {
    let mut okm = Zeroizing::new([0; N]);
    Hkdf::<Sha256>::from_prk(key)
        .expect("32 bytes are a whole PRK of SHA-256")
        .expand_multi_info(info, &mut okm[..])
        .expect("every output of the protocol is far below 255 blocks");
    okm
}

/// [`derive()`] into a buffer of any length up to 255 × 32 bytes.
pub(crate) fn fill(ikm: &[u8], salt: &[u8], info: &[&[u8]], okm: &mut [u8]) {
    try_fill(ikm, salt, info, okm).expect("every output of the protocol is far below 255 blocks");
}

fn try_fill(ikm: &[u8], salt: &[u8], info: &[&[u8]], okm: &mut [u8]) -> Result<(), InvalidLength> {
    // Extracting hands out the PRK beside the state that has absorbed it. The state wipes itself; this copy does not.
    let (mut prk, hkdf) = Hkdf::<Sha256>::extract(Some(salt), ikm);
    prk[..].zeroize();
    hkdf.expand_multi_info(info, okm)
}

/// For vectors that ask for more than HKDF gives: whether it was refused.
#[cfg(test)]
pub(crate) fn is_too_long(ikm: &[u8], salt: &[u8], info: &[&[u8]], okm: &mut [u8]) -> bool {
    try_fill(ikm, salt, info, okm).is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        data_encoding::HEXLOWER_PERMISSIVE.decode(text.as_bytes()).unwrap()
    }

    /// RFC 5869, appendix A: the test cases of SHA-256.
    #[test]
    fn rfc_5869_holds() {
        let vectors = include_str!("../../../tests/vectors/external/rfc-5869-hkdf-sha256.txt");
        let mut counted = 0;
        let mut fields = std::collections::BTreeMap::new();
        for line in vectors.lines() {
            let Some((name, value)) = line.split_once('=') else { continue };
            fields.insert(name.trim(), value.trim());
            if name.trim() != "OKM" {
                continue;
            }
            let mut okm = vec![0; fields["L"].parse().unwrap()];
            fill(&hex(fields["IKM"]), &hex(fields["salt"]), &[&hex(fields["info"])], &mut okm);
            assert_eq!(okm, hex(fields["OKM"]));
            counted += 1;
        }
        assert_eq!(counted, 3);
    }
}
