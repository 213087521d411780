//! The README's first command, on the picture that it names.

use std::path::Path;

use crate::program::{AT, run};

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
