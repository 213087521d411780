//! What the suites and the fuzz targets share: where the data lies, and the property each fuzz target holds.

use std::path::{Path, PathBuf};

/// The folder of test data, wherever the tests are started from.
pub fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}
