//! The README's first commands: the demonstration, and the picture that it names.

use std::net::TcpListener;
use std::path::Path;

use serde_json::Value;

use crate::program::{AT, folder, run};

#[test]
fn the_picture_in_the_readme_becomes_the_code_that_rfc_6238_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/images/demo/mfa-code.jpg");
    // The six last digits of appendix B's row for this moment, and an ordinary one.
    for (at, code) in [("--at=1111111109", "081 804"), (AT, "921 300")] {
        let run = run(&["scan".as_ref(), path.as_os_str(), at.as_ref()]);
        assert!(run.out.contains("  Example Corp · ana@example.com\n"), "{}{}", run.out, run.err);
        assert!(run.out.contains(&format!("  {code}   next ")), "{}", run.out);
        assert_eq!((run.err.as_str(), run.code), ("", Some(0)));
    }
}

#[test]
fn the_demonstration_shows_one_code_on_three_phones_and_takes_it_from_one() {
    let place = folder("demo").join("stage");
    let run = run(&["demo".as_ref(), "--json".as_ref(), "--folder".as_ref(), place.as_os_str()]);
    assert_eq!((run.err.as_str(), run.code), ("", Some(0)), "{}", run.out);
    assert!(!place.exists(), "nothing is left behind");
    let document: Value = serde_json::from_str(&run.out).unwrap();
    let steps = document["steps"].as_array().unwrap();
    let sees = |step: usize| steps[step]["sees"].as_array().unwrap().clone();
    let all: Vec<_> = steps.iter().map(|step| step["what"].as_str().unwrap()).collect();
    assert_eq!(all.len(), 10, "{all:?}");
    let is_code = |word: &&str| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit());
    let code = |line: &Value| line.as_str().unwrap().split_whitespace().find(is_code).map(str::to_owned);
    let shared: Vec<_> = sees(5).iter().map(code).collect();
    assert!(shared[0].is_some());
    assert_eq!(shared[0], shared[1]);
    assert_eq!(sees(8), ["Ben's phone: removed from the workspace Blue; no codes"]);
    assert_eq!(sees(9), ["Example Corp: known to Ben; activate it anew at the service"]);
    let requests = steps.iter().flat_map(|step| step["server"].as_array().unwrap());
    assert!(requests.count() > 30);
}

#[test]
fn where_a_port_or_a_folder_cannot_be_had_the_demonstration_says_so() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let run_taken = run(&["demo", "--port", &port]);
    assert_eq!(run_taken.code, Some(6));
    assert!(run_taken.err.contains(&format!("port {port} cannot be had")), "{}", run_taken.err);
    let there = folder("demo-there");
    let run_there = run(&["demo".as_ref(), "--json".as_ref(), "--folder".as_ref(), there.as_os_str()]);
    assert_eq!(run_there.code, Some(6));
    let document: Value = serde_json::from_str(&run_there.out).unwrap();
    assert_eq!(document["error"]["id"], "no_folder");
    assert!(there.exists(), "a folder that was there is left alone");
}
