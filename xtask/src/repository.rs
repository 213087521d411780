//! The repository as the commands see it: where it lies, what git tracks, and what cargo knows of its packages.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};
use cargo_metadata::{CargoOpt, Metadata, MetadataCommand};

/// The checkout that this command was built from.
pub(crate) struct Repository {
    root: PathBuf,
    program: PathBuf,
    metadata: Metadata,
}

impl Repository {
    /// Finds the root and reads the packages, with their resolved dependencies.
    pub(crate) fn open() -> anyhow::Result<Self> {
        let root =
            Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask lies in a folder")?.to_owned();
        let metadata = MetadataCommand::new()
            .manifest_path(root.join("Cargo.toml"))
            // What only a feature brings has a licence too.
            .features(CargoOpt::AllFeatures)
            .other_options(["--locked".to_owned()])
            .exec()
            .context("cargo metadata --locked (is Cargo.lock committed and up to date?)")?;
        let program = std::env::current_exe().context("cannot find this program's own file")?;
        Ok(Self { root, program, metadata })
    }

    /// The folder that holds the root `Cargo.toml`.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// This program's file, as it was called when the repository was opened: once a build has put another in its place,
    /// the system no longer says.
    pub(crate) fn program(&self) -> &Path {
        &self.program
    }

    /// What cargo knows: members, their declared dependencies, and every package they resolve to.
    pub(crate) fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// A `cargo` of the toolchain in use, started at the root.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.current_dir(&self.root);
        command
    }

    /// The files that git tracks or would track and that match `pattern` (`*.rs`), relative to the root.
    pub(crate) fn files(&self, pattern: &str) -> anyhow::Result<Vec<PathBuf>> {
        let output = Command::new("git")
            .current_dir(&self.root)
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", pattern])
            .output()
            .context("cannot start git")?;
        ensure!(output.status.success(), "git ls-files: {}", String::from_utf8_lossy(&output.stderr).trim());
        let names = String::from_utf8(output.stdout).context("a file name is not UTF-8")?;
        let mut paths: Vec<PathBuf> = names.split_terminator('\0').map(PathBuf::from).collect();
        // A file deleted but not yet staged is still listed.
        paths.retain(|path| self.root.join(path).is_file());
        Ok(paths)
    }
}
