//! Hashes and signatures for the model: the libraries' own calls, without the product's wrappers around them.

use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest, Sha256};

pub(crate) fn hash(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// The first 16 bytes of the hash of the joined parts: the form of most ids.
pub(crate) fn hash16(parts: &[&[u8]]) -> [u8; 16] {
    *hash(&parts.concat()).first_chunk().expect("32 bytes have a first 16")
}

pub(crate) fn verifies(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    VerifyingKey::from_bytes(key)
        .is_ok_and(|key| key.verify_strict(message, &Signature::from_bytes(signature)).is_ok())
}

/// Every u-coordinate, below 2²⁵⁵, of a point on Curve25519 or its twist whose order divides 8 (RFC 7748 section 6
/// asks to refuse what they give; the list is from "Curve25519", cr.yp.to, and stands in the Wycheproof vectors).
const SMALL_ORDER: [&str; 7] = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];

/// X25519 with this key is never all zeros. The highest bit does not count (RFC 7748 section 5).
pub(crate) fn box_key_is_usable(key: &[u8; 32]) -> bool {
    let mut key = *key;
    key[31] &= 0x7f;
    small_order().iter().all(|point| *point != key)
}

pub(crate) fn small_order() -> &'static [[u8; 32]; 7] {
    static POINTS: std::sync::OnceLock<[[u8; 32]; 7]> = std::sync::OnceLock::new();
    POINTS.get_or_init(|| SMALL_ORDER.map(point))
}

fn point(hex: &str) -> [u8; 32] {
    std::array::from_fn(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).expect("the list is hexadecimal"))
}
