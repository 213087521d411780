//! Vectors that others made, each through the lowest function of ours that takes its inputs.
//!
//! | Vectors | Through |
//! |---|---|
//! | Wycheproof `aes_gcm` | ours: [`aead::seal`] and [`aead::open`], which take the 256-bit keys and 96-bit nonces; the other sizes are skipped, and counted |
//! | Wycheproof `hkdf_sha256` | ours: [`kdf::fill`] |
//! | CFRG HPKE, base mode | ours for the first message: [`hpke_base::seal`], [`hpke_base::open`]; the dependency for the 256 that follow in one context, which boxes never have |
//! | Wycheproof `x25519` | the dependency, `x25519-dalek` as `hpke` has it; what must be refused also through [`hpke_base`] and the rule V3 |
//! | Wycheproof `ed25519` | the dependency, `verify_strict`: ours takes no message without its domain |
//! | Wycheproof `hmac_sha1`, `_sha256`, `_sha512` | the dependency, `hmac` as HKDF and the code generator have it |
//! | RFC 5869 | ours: in [`kdf`] |
//! | RFC 4648 | the dependency: `data-encoding`'s base32 and base64url, as [`kit`](crate::kit) and [`link`](crate::link) use them |

use countersign_protocol::device::DeviceRecord;
use countersign_protocol::ids::{PublicBoxKey, PublicSigningKey};
use countersign_protocol::numbers::{DeviceKind, Suite};
use hmac::{Hmac, KeyInit, Mac};
use hpke::aead::{AeadTag, AesGcm256};
use hpke::inout::InOutBuf;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR};
use serde_json::Value;
use wycheproof::TestResult;

use crate::testing::{Fixed, Seeded};
use crate::{aead, hpke_base, kdf};

#[test]
fn wycheproof_aes_gcm() {
    let set = wycheproof::aead::TestSet::load(wycheproof::aead::TestName::AesGcm).unwrap();
    let (mut valid, mut invalid, mut other_sizes) = (0, 0, 0);
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let (Ok(key), Ok(nonce)) = (test.key[..].try_into(), test.nonce[..].try_into()) else {
            other_sizes += 1;
            continue;
        };
        let sealed = [&test.ct[..], &test.tag[..]].concat();
        let opened = aead::open(key, nonce, &test.aad, &sealed);
        if test.result == TestResult::Invalid {
            assert!(opened.is_err(), "test {} must not open", test.tc_id);
            invalid += 1;
        } else {
            assert_eq!(**opened.unwrap(), *test.pt, "test {}", test.tc_id);
            let mut buffer = test.pt.to_vec();
            aead::seal(key, nonce, &test.aad, &mut buffer);
            assert_eq!(buffer, sealed, "test {}", test.tc_id);
            valid += 1;
        }
    }
    assert_eq!((valid, invalid, other_sizes), (39, 27, 250));
}

#[test]
fn wycheproof_hkdf_sha256() {
    let set = wycheproof::hkdf::TestSet::load(wycheproof::hkdf::TestName::HkdfSha256).unwrap();
    let (mut valid, mut too_long) = (0, 0);
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        if test.result == TestResult::Invalid {
            // RFC 5869 section 2.3: at most 255 blocks. No output of the protocol is longer than 44 bytes.
            assert!(test.size > 255 * 32, "test {}", test.tc_id);
            let mut okm = vec![0; test.size];
            let refused = kdf::is_too_long(&test.ikm, &test.salt, &[&test.info], &mut okm);
            assert!(refused && okm.iter().all(|byte| *byte == 0), "test {}", test.tc_id);
            too_long += 1;
            continue;
        }
        let mut okm = vec![0; test.size];
        kdf::fill(&test.ikm, &test.salt, &[&test.info], &mut okm);
        assert_eq!(okm, *test.okm, "test {}", test.tc_id);
        valid += 1;
    }
    assert_eq!((valid, too_long), (83, 3));
}

#[test]
fn wycheproof_x25519_and_what_must_be_refused() {
    let set = wycheproof::xdh::TestSet::load(wycheproof::xdh::TestName::X25519).unwrap();
    let (mut agreed, mut refused) = (0, 0);
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let public: [u8; 32] = test.public_key[..].try_into().unwrap();
        let private: [u8; 32] = test.private_key[..].try_into().unwrap();
        let shared = x25519_dalek::StaticSecret::from(private).diffie_hellman(&public.into());
        assert_eq!(shared.as_bytes()[..], test.shared_secret[..], "test {}", test.tc_id);

        let is_zero = shared.as_bytes() == &[0; 32];
        let record = DeviceRecord {
            suite: Suite::X25519,
            kind: DeviceKind::Phone,
            signing_key: PublicSigningKey::from_bytes([0; 32]),
            box_key: PublicBoxKey::from_bytes(public),
        };
        assert_eq!(record.can_be_boxed(), !is_zero, "test {}", test.tc_id);
        let sealed = hpke_base::seal(&public, b"", b"", &[7; 32], &Seeded::new(1));
        assert_eq!(
            sealed.err(),
            is_zero.then_some(hpke_base::SealFailed::WeakRecipient),
            "test {}",
            test.tc_id
        );
        if is_zero {
            let message = [&public[..], &[0; 48]].concat();
            assert!(hpke_base::open(&hpke_base::private_key(&private), b"", b"", &message).is_none());
            refused += 1;
        } else {
            agreed += 1;
        }
    }
    assert_eq!((agreed, refused), (487, 31));
}

#[test]
fn wycheproof_ed25519() {
    let set = wycheproof::eddsa::TestSet::load(wycheproof::eddsa::TestName::Ed25519).unwrap();
    let (mut valid, mut invalid) = (0, 0);
    for group in &set.test_groups {
        let key = ed25519_dalek::VerifyingKey::from_bytes(group.key.pk[..].try_into().unwrap()).unwrap();
        for test in &group.tests {
            let verified = ed25519_dalek::Signature::from_slice(&test.sig)
                .is_ok_and(|signature| key.verify_strict(&test.msg, &signature).is_ok());
            assert_eq!(verified, test.result == TestResult::Valid, "test {}", test.tc_id);
            *(if verified { &mut valid } else { &mut invalid }) += 1;
        }
    }
    assert_eq!((valid, invalid), (88, 63));
}

#[test]
fn wycheproof_hmac() {
    use wycheproof::mac::TestName::{HmacSha1, HmacSha256, HmacSha512};
    assert_eq!(hmac::<Hmac<sha1::Sha1>>(HmacSha1), (66, 104));
    assert_eq!(hmac::<Hmac<sha2::Sha256>>(HmacSha256), (66, 108));
    assert_eq!(hmac::<Hmac<sha2::Sha512>>(HmacSha512), (66, 108));
}

/// How many vectors were valid and how many invalid.
fn hmac<M: Mac + KeyInit>(name: wycheproof::mac::TestName) -> (usize, usize) {
    let set = wycheproof::mac::TestSet::load(name).unwrap();
    let (mut valid, mut invalid) = (0, 0);
    for group in &set.test_groups {
        for test in &group.tests {
            let mac = <M as KeyInit>::new_from_slice(&test.key)
                .unwrap()
                .chain_update(&test.msg[..])
                .finalize()
                .into_bytes();
            let same = mac[..group.tag_size / 8] == test.tag[..];
            assert_eq!(same, test.result == TestResult::Valid, "test {}", test.tc_id);
            *(if same { &mut valid } else { &mut invalid }) += 1;
        }
    }
    (valid, invalid)
}

/// The CFRG's vector for KEM 0x0020, KDF 1, AEAD 2 in base mode.
struct HpkeVector(Value);

impl HpkeVector {
    fn load() -> Self {
        let text = include_str!("../../../tests/vectors/external/hpke-x25519-hkdfsha256-aes256gcm-base.json");
        Self(serde_json::from_str(text).unwrap())
    }

    fn bytes(&self, field: &str) -> Vec<u8> {
        unhex(&self.0[field])
    }
}

fn unhex(value: &Value) -> Vec<u8> {
    data_encoding::HEXLOWER.decode(value.as_str().unwrap().as_bytes()).unwrap()
}

#[test]
fn cfrg_hpke_first_message() {
    let vector = HpkeVector::load();
    let first = &vector.0["encryptions"][0];
    let (info, aad, plaintext) = (vector.bytes("info"), unhex(&first["aad"]), unhex(&first["pt"]));
    let message = [vector.bytes("enc"), unhex(&first["ct"])].concat();
    let secret = hpke_base::private_key(vector.bytes("skRm")[..].try_into().unwrap());
    let public = hpke_base::public_key(&secret);
    assert_eq!(public[..], vector.bytes("pkRm"));

    // The ephemeral key is derived from the port's bytes, which the vector calls ikmE.
    let ephemeral = Fixed(vector.bytes("ikmE").into());
    assert_eq!(hpke_base::seal(&public, &info, &aad, &plaintext, &ephemeral).unwrap(), message);
    assert_eq!(*hpke_base::open(&secret, &info, &aad, &message).unwrap(), plaintext);
}

#[test]
fn cfrg_hpke_all_messages_of_the_context() {
    let vector = HpkeVector::load();
    let secret = hpke_base::private_key(vector.bytes("skRm")[..].try_into().unwrap());
    let enc = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(&vector.bytes("enc")).unwrap();
    let mut context = hpke::setup_receiver::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        &secret,
        &enc,
        &vector.bytes("info"),
    )
    .unwrap();
    let messages = vector.0["encryptions"].as_array().unwrap();
    for message in messages {
        let mut sealed = unhex(&message["ct"]);
        let tag = sealed.split_off(sealed.len() - aead::TAG);
        let tag = AeadTag::from_bytes(&tag).unwrap();
        context.open_inout_detached(InOutBuf::from(&mut sealed[..]), &unhex(&message["aad"]), &tag).unwrap();
        assert_eq!(sealed, unhex(&message["pt"]));
    }
    assert_eq!(messages.len(), 257);
}

/// RFC 4648, section 10.
#[test]
fn rfc_4648_holds() {
    let vectors = [
        ("", "", ""),
        ("f", "MY======", "Zg"),
        ("fo", "MZXQ====", "Zm8"),
        ("foo", "MZXW6===", "Zm9v"),
        ("foob", "MZXW6YQ=", "Zm9vYg"),
        ("fooba", "MZXW6YTB", "Zm9vYmE"),
        ("foobar", "MZXW6YTBOI======", "Zm9vYmFy"),
    ];
    for (plain, base32, base64url) in vectors {
        assert_eq!(data_encoding::BASE32.encode(plain.as_bytes()), base32);
        assert_eq!(data_encoding::BASE32.decode(base32.as_bytes()).unwrap(), plain.as_bytes());
        assert_eq!(data_encoding::BASE64URL_NOPAD.encode(plain.as_bytes()), base64url);
        assert_eq!(data_encoding::BASE64URL_NOPAD.decode(base64url.as_bytes()).unwrap(), plain.as_bytes());
    }
}
