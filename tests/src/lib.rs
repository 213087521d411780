//! What the suites, the fuzz targets and `cargo xtask` share: where the data lies, how cases are compared, the property each
//! fuzz target holds, a workspace to test with, and simulated phones.

pub mod adversarial;
pub mod conformance;
pub mod entropy;
pub mod folder;
pub mod fuzzing;
pub mod golden;
pub mod log_model;
#[cfg(target_os = "linux")]
pub mod nobody;
pub mod phone;
pub mod record_model;
pub mod server;
pub mod sim;
pub mod workspace;

use std::path::{Path, PathBuf};

/// The folder of test data, wherever the tests are started from.
pub fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}
