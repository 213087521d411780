//! What the generated codes hold: enrolment links as services write them, and authenticator exports.
//!
//! Names are invented and secrets are random: nothing here opens anything.

use data_encoding::{BASE32_NOPAD, BASE64};

use crate::random::Random;

const SERVICES: [&str; 14] = [
    "Acme",
    "Borealis",
    "Cobalt Cloud",
    "Dovetail",
    "Evergreen Bank",
    "Fjord",
    "Granite",
    "Harbour Mail",
    "Ivory Tower",
    "Juniper Desk",
    "Kestrel",
    "Lumen Works",
    "Meridian Payroll",
    "Northwind",
];
const PEOPLE: [&str; 12] = [
    "ana",
    "ben",
    "chidi",
    "dara",
    "elif",
    "farah",
    "goran",
    "hana",
    "ines",
    "jonas",
    "kofi",
    "lucia.martinez",
];
const DOMAINS: [&str; 5] =
    ["example.com", "example.org", "mail.example.net", "team.example", "support.example.com"];

/// An `otpauth://` link of ordinary length.
pub(crate) fn enrolment(random: &mut Random) -> String {
    let service = random.pick(&SERVICES).replace(' ', "%20");
    let account = account(random);
    let secret = secret(random);
    let mut link = format!("otpauth://totp/{service}:{account}?secret={secret}&issuer={service}");
    if random.chance(0.5) {
        let algorithm = *random.pick(&["SHA1", "SHA256"]);
        link = format!("{link}&algorithm={algorithm}&digits=6&period=30");
    }
    link
}

/// An `otpauth://` link with everything that services add to it: a long label, a picture's address.
pub(crate) fn long_enrolment(random: &mut Random) -> String {
    let mut link = enrolment(random);
    let service = random.pick(&SERVICES).replace(' ', "-").to_lowercase();
    let length = random.whole(250, 420);
    let address = format!("https%3A%2F%2Fcdn.{service}.example%2Fassets%2Fbranding%2F");
    link = format!("{link}&image={address}");
    while link.len() < length {
        link = format!("{link}{:016x}", random.next());
    }
    link
}

/// An `otpauth-migration://` link with eight accounts, as an authenticator app exports them.
pub(crate) fn migration(random: &mut Random) -> String {
    let mut message = Vec::new();
    for _ in 0..8 {
        let service = *random.pick(&SERVICES);
        let mut entry = Vec::new();
        let length = *random.pick(&[10, 16, 20, 20, 32]);
        field(&mut entry, 1, &bytes(random, length));
        field(&mut entry, 2, account(random).as_bytes());
        field(&mut entry, 3, service.as_bytes());
        // Algorithm SHA1, six digits, type TOTP.
        entry.extend([0x20, 1, 0x28, 1, 0x30, 2]);
        field(&mut message, 1, &entry);
    }
    // Version 1, batch 1 of 1 (index 0), and an identifier.
    message.extend([0x10, 1, 0x18, 1, 0x20, 0, 0x28]);
    let identifier = random.next() & 0x7fff_ffff;
    message
        .extend((0..5).map(|byte| (identifier >> (7 * byte) & 0x7f) as u8 | if byte < 4 { 0x80 } else { 0 }));
    let data = BASE64.encode(&message).replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    format!("otpauth-migration://offline?data={data}")
}

/// A length-delimited protobuf field; `content` is shorter than 128 × 128 bytes.
fn field(message: &mut Vec<u8>, number: u8, content: &[u8]) {
    message.push(number << 3 | 2);
    let length = content.len();
    if length >= 128 {
        message.push((length & 0x7f) as u8 | 0x80);
        message.push((length >> 7) as u8);
    } else {
        message.push(length as u8);
    }
    message.extend(content);
}

fn account(random: &mut Random) -> String {
    format!("{}@{}", random.pick(&PEOPLE), random.pick(&DOMAINS))
}

fn secret(random: &mut Random) -> String {
    let length = *random.pick(&[10, 16, 20, 20, 32, 40]);
    BASE32_NOPAD.encode(&bytes(random, length))
}

fn bytes(random: &mut Random, length: usize) -> Vec<u8> {
    (0..length).map(|_| random.next() as u8).collect()
}
