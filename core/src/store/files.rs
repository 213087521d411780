//! Files beside the store: written whole or not at all, and readable by their owner alone.
//!
//! The new content goes into a file of its own, is flushed, read back and only then given its name. A kill at any
//! point leaves the old file, or none, and never half a one. What it does leave has a name by which the next file that
//! is written into that folder finds it, and takes it away: it may be full of secrets.
//!
//! A name that must be new is given by a hard link. Where a disk has none (FAT, some phones and shares), an empty file
//! claims the name before anything is written, and the whole one takes its place; there a kill may leave the empty one.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

/// What is put behind a file's name until it is whole. No other program calls its files so.
const UNFINISHED: &str = ".countersign-unfinished";

/// Why a file could not be written or read. What was there before is untouched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// There is a file of that name already; it is not replaced.
    #[error("write the file: there is one of that name already; choose another")]
    Exists,
    /// There is no such file or folder.
    #[error("use the file: there is no such file or folder")]
    NotFound,
    /// The file or folder may not be used.
    #[error("use the file: permission was denied")]
    Denied,
    /// Others than its owner may read it.
    #[error("use the file: others can read it; take their permission away (chmod 600)")]
    TooOpen,
    /// No room is left.
    #[error("write the file: the disk is full")]
    DiskFull,
    /// It is longer than anything that this product writes.
    #[error("read the file: it is too long")]
    TooLong,
    /// What was read back is not what was written.
    #[error("write the file: what was read back is not what was written")]
    NotAsWritten,
    /// Anything else that the system reports.
    #[error("use the file: the system reported an error")]
    System,
}

impl From<std::io::Error> for FileError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            ErrorKind::AlreadyExists => Self::Exists,
            ErrorKind::NotFound | ErrorKind::NotADirectory => Self::NotFound,
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Self::Denied,
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::DiskFull,
            _ => Self::System,
        }
    }
}

/// What a file of that name means for one that is to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Existing {
    /// It stays, and nothing is written.
    Keep,
    /// It is replaced.
    Replace,
}

/// Writes `content` to `path` with permissions for its owner only, and reads it back before it gets its name.
pub(crate) fn write_private(path: &Path, content: &[u8], existing: Existing) -> Result<(), FileError> {
    Unnamed::write(path, content, existing)?.name()
}

/// How a file gets its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Naming {
    /// In place of whatever has it.
    Replace,
    /// By a link, which fails where the name is taken.
    Link,
    /// In place of the empty file that claimed the name.
    Claimed,
}

/// A file that was written and read back and has no name yet. Dropped, it is gone.
#[must_use = "without its name the file is gone"]
pub(crate) struct Unnamed<'a> {
    path: &'a Path,
    unfinished: PathBuf,
    naming: Naming,
    /// Locked until the file has its name, so that another process does not take it for a leftover.
    locked: File,
}

impl<'a> Unnamed<'a> {
    /// Writes all of it, flushed and read back.
    pub(crate) fn write(path: &'a Path, content: &[u8], existing: Existing) -> Result<Self, FileError> {
        Self::write_where(path, content, existing, has_links)
    }

    /// The same; `has_links` says whether the disk of a file has hard links.
    fn write_where(
        path: &'a Path,
        content: &[u8],
        existing: Existing,
        has_links: fn(&Path) -> bool,
    ) -> Result<Self, FileError> {
        if existing == Existing::Keep && path.symlink_metadata().is_ok() {
            return Err(FileError::Exists);
        }
        forget_leftovers(folder(path));
        let mut name = path.as_os_str().to_owned();
        name.push(UNFINISHED);
        let unfinished = PathBuf::from(name);
        let mut this = Self { path, naming: Naming::Replace, locked: create(&unfinished)?, unfinished };
        if existing == Existing::Keep {
            this.naming = if has_links(&this.unfinished) { Naming::Link } else { claim(path)? };
        }
        this.write_and_read_back(content)?;
        Ok(this)
    }

    /// Gives it its name. A new name that may not outlive a loss of power is taken back.
    pub(crate) fn name(mut self) -> Result<(), FileError> {
        match self.naming {
            // Unlike a rename, a link never replaces what another process put there meanwhile.
            Naming::Link => fs::hard_link(&self.unfinished, self.path)?,
            Naming::Claimed | Naming::Replace => fs::rename(&self.unfinished, self.path)?,
        }
        let durable = File::open(folder(self.path)).and_then(|folder| folder.sync_all());
        if durable.is_err() && self.naming != Naming::Replace {
            let _ = fs::remove_file(self.path);
        }
        self.naming = Naming::Replace;
        Ok(durable?)
    }

    fn write_and_read_back(&self, content: &[u8]) -> Result<(), FileError> {
        let mut file = &self.locked;
        file.write_all(content)?;
        file.sync_all()?;
        file.rewind()?;
        let back = read_up_to(file, content.len() as u64)?;
        if *back == content { Ok(()) } else { Err(FileError::NotAsWritten) }
    }
}

impl Drop for Unnamed<'_> {
    fn drop(&mut self) {
        // What cannot be removed is a leftover, which the next file takes away.
        let _ = fs::remove_file(&self.unfinished);
        if self.naming == Naming::Claimed {
            let _ = fs::remove_file(self.path);
        }
    }
}

/// Reads a file of at most `limit` bytes that nobody but its owner can read.
///
/// # Errors
/// [`FileError`]; `TooOpen` where others may read it.
pub fn read_private(path: &Path, limit: u64) -> Result<Zeroizing<Vec<u8>>, FileError> {
    let file = File::open(path)?;
    #[cfg(unix)]
    if std::os::unix::fs::MetadataExt::mode(&file.metadata()?) & 0o077 != 0 {
        return Err(FileError::TooOpen);
    }
    read_up_to(&file, limit)
}

/// Reads a file of at most `limit` bytes.
pub(crate) fn read_whole(path: &Path, limit: u64) -> Result<Zeroizing<Vec<u8>>, FileError> {
    read_up_to(&File::open(path)?, limit)
}

fn read_up_to(file: &File, limit: u64) -> Result<Zeroizing<Vec<u8>>, FileError> {
    let length = file.metadata()?.len();
    if length > limit {
        return Err(FileError::TooLong);
    }
    // Room for one byte more than the file has: a buffer that grows leaves a copy behind.
    let mut content = Zeroizing::new(Vec::with_capacity(usize::try_from(length).unwrap_or(0) + 1));
    file.take(limit).read_to_end(&mut content)?;
    Ok(content)
}

/// Where a file of that path lies.
fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A new file for its owner alone, locked.
fn create(path: &Path) -> Result<File, FileError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    // Where there are no locks, only two that write into one folder at the same moment could meet.
    let _ = file.lock();
    Ok(file)
}

/// Whether this file's disk has hard links. The one that tries it is called as what is not finished.
fn has_links(file: &Path) -> bool {
    let mut name = file.as_os_str().to_owned();
    name.push(UNFINISHED);
    let linked = fs::hard_link(file, &name).is_ok();
    let _ = fs::remove_file(&name);
    linked
}

/// Takes a name that nothing has, by an empty file.
fn claim(path: &Path) -> Result<Naming, FileError> {
    create(path)?;
    Ok(Naming::Claimed)
}

/// Takes away what a kill left in a folder. What another process is about to finish is locked, and stays.
fn forget_leftovers(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()) {
        let is_leftover = path.as_os_str().as_encoded_bytes().ends_with(UNFINISHED.as_bytes())
            && File::open(&path).is_ok_and(|file| !matches!(file.try_lock(), Err(TryLockError::WouldBlock)));
        if is_leftover {
            let _ = fs::remove_file(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn empty_folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("countersign-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_disk_without_links_gives_a_new_name_all_the_same_and_replaces_nothing() {
        let folder = empty_folder("no-links");
        let path = folder.join("backup");
        let write = |content: &[u8]| {
            Unnamed::write_where(&path, content, Existing::Keep, |_| false).map(|file| file.naming)
        };
        // Dropped without a name: the claim is given up.
        assert_eq!(write(b"first"), Ok(Naming::Claimed));
        assert_eq!(names(&folder), [""; 0]);
        let file = Unnamed::write_where(&path, b"second", Existing::Keep, |_| false).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"", "the name is taken before anything is said");
        file.name().unwrap();
        assert_eq!(
            (fs::read(&path).unwrap(), names(&folder)),
            (b"second".to_vec(), vec!["backup".to_owned()])
        );
        assert_eq!(write(b"third"), Err(FileError::Exists));
        assert_eq!(fs::read(&path).unwrap(), b"second");
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_disk_with_links_is_known_and_the_trial_leaves_nothing() {
        let folder = empty_folder("links");
        let path = folder.join("backup");
        let file = Unnamed::write(&path, b"whole", Existing::Keep).unwrap();
        assert_eq!((file.naming, names(&folder).len()), (Naming::Link, 1));
        fs::write(&path, b"of somebody else").unwrap();
        assert_eq!(file.name(), Err(FileError::Exists));
        assert_eq!(fs::read(&path).unwrap(), b"of somebody else");
        assert_eq!(names(&folder), ["backup"]);
        fs::remove_dir_all(folder).unwrap();
    }
}
