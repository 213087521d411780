//! What each fuzz target holds, as functions that panic when it does not hold.
//!
//! They are here and not with the targets, so that every test run replays the small corpora in `tests/corpora/` on
//! stable Rust, and so that a finding becomes a file there. To add one: a function, a line in [`TARGETS`], a target
//! in `tests/fuzz/`, a folder in `tests/corpora/`.

mod sharing;

use std::time::Duration;

use countersign_core::enrol::{
    self, AccountPayload, Batches, Entry, MAX_TEXT_BYTES, Payload, write_key, write_otpauth,
};
use countersign_core::otp::OtpParameters;
use countersign_core::ports::{MonotonicClock, Timestamp};
use countersign_core::scan::{Crop, Frame, Geometry, Reader, Reading, Rotation};

pub use sharing::{
    good_join_request, invite_link, join_request, key_box, log_entry, manifest, record, record_verdict,
    recovery_kit,
};

/// A fuzz target.
pub struct Target {
    /// The name of its function, its binary in `tests/fuzz/` and its folder in `tests/corpora/`.
    pub name: &'static str,
    /// Panics when the property does not hold for these bytes.
    pub run: fn(&[u8]),
}

/// All of them, by name.
pub const TARGETS: [Target; 11] = [
    Target { name: "frame", run: frame },
    Target { name: "invite_link", run: invite_link },
    Target { name: "join_request", run: join_request },
    Target { name: "key_box", run: key_box },
    Target { name: "log_entry", run: log_entry },
    Target { name: "manifest", run: manifest },
    Target { name: "manual_key", run: manual_key },
    Target { name: "migration", run: migration },
    Target { name: "otpauth", run: otpauth },
    Target { name: "record", run: record },
    Target { name: "recovery_kit", run: recovery_kit },
];

/// Any bytes as any plane: wrong geometry is refused, and what a frame holds does not depend on how it lies in memory.
///
/// # Panics
/// Where that does not hold.
pub fn frame(data: &[u8]) {
    let Some((header, bytes)) = data.split_first_chunk::<12>() else { return };
    let [width, height, row_stride, pixel_stride, rotation, cropped, left, top, right, bottom, high, low] =
        header.map(u32::from);
    let rotations = [Rotation::None, Rotation::Clockwise90, Rotation::Half, Rotation::Clockwise270];
    let geometry = Geometry {
        width: width | high << 8,
        height: height | low << 8,
        row_stride,
        pixel_stride,
        rotation: rotations[rotation as usize % rotations.len()],
        crop: (cropped & 1 == 1).then_some(Crop { left, top, width: right, height: bottom }),
    };
    let Ok(frame) = Frame::new(bytes, geometry) else { return };
    let whole = Crop { left: 0, top: 0, width: geometry.width, height: geometry.height };
    let Crop { left, top, width, height } = geometry.crop.unwrap_or(whole);
    let places = (top..top + height).flat_map(|y| (left..left + width).map(move |x| (x, y)));
    let pixels: Vec<u8> = places.map(|(x, y)| bytes[(y * row_stride + x * pixel_stride) as usize]).collect();
    let tidy = Geometry { rotation: geometry.rotation, ..Geometry::packed(width, height) };
    assert_eq!(payloads(&frame), payloads(&Frame::new(&pixels, tidy).expect("a plane without gaps")));
}

/// The payloads in a frame.
fn payloads(frame: &Frame<'_>) -> Vec<Vec<u8>> {
    let Reading::Symbols(symbols) = Reader::new(StoppedClock).read(frame, Duration::from_secs(1)) else {
        return Vec::new();
    };
    for symbol in &symbols {
        assert!((1..=40).contains(&symbol.version()));
        assert!(symbol.corners().iter().all(|corner| corner.x.is_finite() && corner.y.is_finite()));
    }
    symbols.iter().map(|symbol| symbol.bytes().to_vec()).collect()
}

/// A clock that stands still, so that no budget ends and every step is run.
struct StoppedClock;

impl MonotonicClock for StoppedClock {
    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }
}

/// Any text from a camera or a link: what is read can make codes, and can be written and read again.
///
/// # Panics
/// Where that does not hold.
pub fn otpauth(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for entry in [Entry::Qr, Entry::Link] {
        match enrol::read(&text, entry) {
            Ok(Payload::Account(account)) => usable(&account, text.len()),
            Ok(Payload::Migration(_)) => {}
            Err(error) => {
                assert!(error.detail().is_none_or(|detail| detail.chars().count() <= 64));
                assert!(!error.next_step().sentence.is_empty());
            }
        }
    }
}

/// Any bytes as the message of an export: its good entries are usable, and its numbers are taken or refused.
///
/// # Panics
/// Where that does not hold.
pub fn migration(data: &[u8]) {
    let link = format!("otpauth-migration://offline?data={}", base64(data));
    let Ok(Payload::Migration(migration)) = enrol::read(&link, Entry::Qr) else { return };
    assert!(migration.entries.len() <= data.len() / 2, "more entries than the data has room for");
    migration.entries.iter().flatten().for_each(|account| usable(account, link.len()));
    let mut batches = Batches::new();
    if let Ok(export) = batches.add(migration) {
        assert!(export.missing().len() < export.size() as usize);
    }
}

/// Any text in the "Secret key" field: a key that is taken is the same key when it is typed again.
///
/// # Panics
/// Where that does not hold.
pub fn manual_key(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Ok(Payload::Account(account)) = enrol::read(&text, Entry::Manual) else { return };
    usable(&account, text.len());
    let key = write_key(&account.secret);
    let Ok(Payload::Account(typed)) = enrol::read(&key, Entry::Manual) else {
        // Short keys of digits alone are taken for a code, so only a link can hold them.
        assert!(key.len() <= 8, "a key that was taken is refused when it is typed");
        return;
    };
    assert!(typed.secret == account.secret, "a key became another one when it was typed");
}

/// What holds for every account that was read, from a text of this length.
fn usable(account: &AccountPayload, length: usize) {
    match account.parameters {
        OtpParameters::Time(time) => {
            for seconds in [i64::MIN, -1, 0, 59, 4_294_967_296, i64::MAX] {
                if let Ok(code) = time.code_at(&account.secret, Timestamp::from_unix_seconds(seconds)) {
                    assert!(
                        code.valid_from.unix_seconds() <= seconds
                            && seconds < code.valid_until.unix_seconds()
                    );
                    assert_eq!(code.digits.as_str().len(), usize::from(time.digits().get()));
                }
            }
        }
        OtpParameters::Counter(hotp) => {
            assert_eq!(hotp.code(&account.secret).digits.as_str().len(), usize::from(hotp.digits.get()));
        }
    }
    let written = write_otpauth(account);
    // Encoding makes a text up to six times as long, and the longest texts are not read.
    assert!(written.is_ok() || length > MAX_TEXT_BYTES / 8, "what was read cannot be written");
}

/// Base64 for links (RFC 4648 section 5), without padding.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::with_capacity(bytes.len() * 4 / 3 + 4);
    for chunk in bytes.chunks(3) {
        let word =
            chunk.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            text.push(char::from(ALPHABET[(word >> (18 - 6 * place) & 63) as usize]));
        }
    }
    text
}
