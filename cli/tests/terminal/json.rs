use std::collections::BTreeSet;
use std::path::Path;

use image::ImageFormat;
use serde_json::Value;

use crate::pictures::{EXAMPLE, RFC_KEY, code, encoded, entry, export, in_a_column, png};
use crate::program::{AT, file, folder, program, run, run_with};

/// The text of the user's guide.
pub(crate) fn guide() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/guide/terminal.md");
    std::fs::read_to_string(path).unwrap()
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn a_scan_is_one_document() {
    let run = run_with(&png(EXAMPLE), &["scan", "-", "--json", AT]);
    assert_eq!((run.err.as_str(), run.code), ("", Some(0)));
    let document = parsed(&run.out);
    assert_eq!(document["at"], 1_700_000_000);
    assert_eq!(document["pictures"][0]["source"], "-");
    let symbol = &document["pictures"][0]["symbols"][0];
    assert_eq!((&symbol["kind"], &symbol["error_correction"]), (&"account".into(), &"M".into()));
    assert_eq!(symbol["corners"].as_array().unwrap().len(), 4);
    let account = &symbol["accounts"][0];
    assert_eq!(
        (&account["issuer"], &account["account"]),
        (&"Example Corp".into(), &"ana@example.com".into())
    );
    let expected = serde_json::json!({
        "digits": "324550", "next": "367665", "valid_from": 1_699_999_980, "valid_until": 1_700_000_010, "seconds_left": 10
    });
    assert_eq!(account["code"], expected);
    assert_eq!(account["warnings"][0]["id"], "secret_below_128_bits");
    assert!(account.get("secret").is_none() && account.get("uri").is_none());
}

#[test]
fn the_secret_is_in_a_document_only_when_asked_for() {
    let run = run_with(EXAMPLE.as_bytes(), &["code", "-", "--json", "--show-secret"]);
    let account = &parsed(&run.out)["accounts"][0];
    assert_eq!(account["secret"], "JBSWY3DPEHPK3PXP");
    assert!(account["uri"].as_str().unwrap().starts_with("otpauth://totp/Example%20Corp:ana%40example.com?"));
}

#[test]
fn problems_are_inside_the_document() {
    let folder = folder("json_problems");
    let (missing, empty) = (folder.join("missing.png"), file(&folder, "empty.png", b""));
    let run = run(&["scan".as_ref(), missing.as_os_str(), empty.as_os_str(), "--json".as_ref()]);
    assert_eq!((run.err.as_str(), run.code), ("", Some(3)));
    let pictures = &parsed(&run.out)["pictures"];
    assert_eq!(
        (&pictures[0]["error"]["id"], &pictures[1]["error"]["id"]),
        (&"missing".into(), &"empty".into())
    );

    let refused = run_with(b"WIFI:S:x;;", &["code", "-", "--json"]);
    assert_eq!((refused.err.as_str(), refused.code), ("", Some(3)));
    assert_eq!(parsed(&refused.out)["error"]["id"], "not_otpauth");
}

#[test]
fn exports_stand_below_the_pictures() {
    let run = run_with(&png(&export(&[entry("one", 1), entry("md5", 4)], 1, 3)), &["scan", "-", "--json"]);
    let document = parsed(&run.out);
    let expected = serde_json::json!([{ "id": 77, "parts": 3, "missing": [1, 3], "complete": false }]);
    assert_eq!(document["exports"], expected);
    let part = &document["pictures"][0]["symbols"][0]["export"];
    assert_eq!((&part["part"], &part["parts"]), (&2.into(), &3.into()));
    assert_eq!(part["skipped"][0]["entry"], 2);
}

#[test]
fn an_input_that_is_no_text_is_a_problem_in_the_document() {
    let no_text = run_with(b"\xff\xfe", &["code", "-", "--json"]);
    assert_eq!((no_text.err.as_str(), no_text.code), ("", Some(3)));
    let document = parsed(&no_text.out);
    assert_eq!((&document["kind"], &document["error"]["id"]), (&"refused".into(), &"not_text".into()));
    assert!(guide().contains("| `not_text` |"));
}

/// A folder can be opened and not read.
#[cfg(unix)]
#[test]
fn an_input_that_cannot_be_read_is_a_problem_in_every_document() {
    for (arguments, code) in [(["code", "-", "--json"], 3), (["scan", "-", "--json"], 3)] {
        let here = std::fs::File::open(env!("CARGO_MANIFEST_DIR")).unwrap();
        let output = program().args(arguments).stdin(here).output().unwrap();
        assert_eq!((output.stderr.as_slice(), output.status.code()), (&b""[..], Some(code)), "{arguments:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains("\"id\": \"unreadable\"") || text.contains("\"id\": \"folder\""), "{text}");
        parsed(&text);
    }
}

/// The paths of all keys in a document: `pictures[].symbols[].kind`.
pub(crate) fn paths(value: &Value, prefix: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (key, field) in fields {
                let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
                found.insert(path.clone());
                paths(field, &path, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| paths(item, &format!("{prefix}[]"), found)),
        _ => {}
    }
}

/// Key paths without their containers, and those of a symbol or a problem as they stand by themselves.
fn leaves(found: &BTreeSet<String>) -> BTreeSet<String> {
    let inner = found.iter().filter(|path| {
        !found
            .iter()
            .any(|other| other.starts_with(&format!("{path}.")) || other.starts_with(&format!("{path}[].")))
    });
    inner.cloned().collect()
}

/// What the guide's tables of keys name.
fn documented() -> BTreeSet<String> {
    let guide = guide();
    let section = guide.split("## JSON").nth(1).unwrap().split("\n## ").next().unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    rows.map(|(key, _)| key.trim_end_matches("[]").to_owned()).collect()
}

#[test]
fn the_guide_lists_every_key_and_no_other() {
    let hotp = format!("otpauth://hotp/Bank?secret={RFC_KEY}&counter=0");
    let part = export(&[entry("one", 1), entry("md5", 4)], 0, 2);
    let page = in_a_column(&[code(EXAMPLE), code(&hotp), code(&part), code("WIFI:S:x;;")]);
    let page = file(&folder("json_keys"), "page.png", &encoded(page, ImageFormat::Png));
    let scan = run(&[
        "scan".as_ref(),
        page.as_os_str(),
        "none.png".as_ref(),
        "--json".as_ref(),
        "--show-secret".as_ref(),
    ]);
    let mut seen = BTreeSet::new();
    paths(&parsed(&scan.out), "", &mut seen);
    let mut of_code = BTreeSet::new();
    for text in [EXAMPLE, &hotp, &part, "WIFI:S:x;;"] {
        paths(
            &parsed(&run_with(text.as_bytes(), &["code", "-", "--json", "--show-secret"]).out),
            "",
            &mut of_code,
        );
    }
    // What a symbol has in common with `code`, and a picture's problem, stand in the guide once.
    let common = seen.iter().map(|path| {
        let inner = path
            .strip_prefix("pictures[].symbols[].")
            .or_else(|| path.strip_prefix("pictures[]."))
            .unwrap_or(path);
        if of_code.contains(inner) { inner.to_owned() } else { path.clone() }
    });
    let keys: BTreeSet<String> = common.chain(of_code.iter().cloned()).collect();
    // A container is documented where there is something to say about it.
    let documented = documented();
    let unknown: Vec<_> =
        documented.iter().filter(|key| !seen.contains(*key) && !keys.contains(*key)).collect();
    assert!(unknown.is_empty(), "in the guide, but not in a document: {unknown:?}");
    let missing: Vec<_> = leaves(&keys).into_iter().filter(|key| !documented.contains(key)).collect();
    assert!(missing.is_empty(), "in a document, but not in the guide: {missing:?}");
}

#[test]
fn the_guide_names_every_problem() {
    let guide = guide();
    let folder = folder("json_names");
    let pictures: [&[u8]; 6] =
        [b"", b"text", b"%PDF-1.7", &png(EXAMPLE)[..60], &png("WIFI:S:x;;"), &png("duo://x-y")];
    for (index, bytes) in pictures.iter().enumerate() {
        let path = file(&folder, &format!("{index}.png"), bytes);
        let document = parsed(&run(&["scan".as_ref(), path.as_os_str(), "--json".as_ref()]).out);
        let picture = &document["pictures"][0];
        let problem = [&picture["error"], &picture["symbols"][0]["error"]].map(|error| error["id"].as_str());
        let name = problem.into_iter().flatten().next().unwrap();
        assert!(guide.contains(&format!("| `{name}` |")), "{name}");
    }
}
