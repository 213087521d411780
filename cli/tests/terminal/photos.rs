//! Real photos go the whole way, from the file to an answer and an exit code.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::program::run;

/// Each photo that ships, and what is said about it: the name of a problem, and the exit code.
const PHOTOS: [(&str, &str, i32); 14] = [
    ("jsqr-10.png", "not_otpauth", 1),
    ("jsqr-bus-stop-3.png", "not_otpauth", 1),
    ("jsqr-cupcake-1.png", "not_otpauth", 1),
    ("rxing-finder-order.jpg", "not_otpauth", 1),
    ("zxing-cpp-1-13.webp", "not_otpauth", 1),
    ("zxing-cpp-4-01.webp", "not_otpauth", 1),
    ("zxing-cpp-4-16.webp", "not_otpauth", 1),
    ("zxing-cpp-4-42.webp", "not_otpauth", 1),
    ("zxing-cpp-6-15.webp", "not_otpauth", 1),
    ("zxing-cpp-none-1-01.webp", "no_code", 1),
    ("zxing-cpp-none-1-08.webp", "no_code", 1),
    ("zxing-cpp-none-1-14.webp", "no_code", 1),
    ("zxing-cpp-none-2-05.webp", "no_code", 1),
    ("zxing-cpp-none-2-10.webp", "no_code", 1),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/images/photos")
}

#[test]
fn each_photo_of_the_world_is_told_for_what_it_is() {
    for (name, expected, code) in PHOTOS {
        let path = folder().join(name);
        let run = run(&["scan".as_ref(), path.as_os_str(), "--json".as_ref()]);
        let document: Value = serde_json::from_str(&run.out).unwrap();
        let picture = &document["pictures"][0];
        let (kind, problem) = match picture["symbols"].as_array().unwrap().as_slice() {
            [] => (&Value::Null, &picture["error"]),
            [symbol] => (&symbol["kind"], &symbol["error"]),
            several => panic!("{name}: {several:?}"),
        };
        assert_eq!(problem["id"], expected, "{name}");
        assert_eq!(*kind, if expected == "no_code" { Value::Null } else { "refused".into() }, "{name}");
        assert_eq!((run.err.as_str(), run.code), ("", Some(code)), "{name}");
    }
}

#[test]
fn a_web_link_is_named_with_what_to_do_about_it() {
    let run = run(&["scan".as_ref(), folder().join("zxing-cpp-4-16.webp").as_os_str()]);
    assert!(run.out.contains("a web link") && run.out.contains("Sign in there"), "{}", run.out);
    assert_eq!((run.err.as_str(), run.code), ("", Some(1)));
}
