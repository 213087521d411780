//! Where a picture comes from: a file, or standard input.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

use super::{Picture, PictureError};
use crate::escape;

/// The most bytes that are read for one picture; more than the largest picture needs in any compressed format.
const MOST_BYTES: u64 = 256 << 20;

/// One picture to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// Standard input, written `-`.
    StandardInput,
    /// A file.
    File(PathBuf),
}

impl Source {
    /// What to call it on a screen and in JSON.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::StandardInput => "-".to_owned(),
            Self::File(path) => escape::visible(&path.to_string_lossy()),
        }
    }

    /// Reads and decodes the picture; `input` stands for standard input.
    pub(crate) fn picture(&self, input: &mut dyn Read) -> Result<Picture, PictureError> {
        let bytes = match self {
            Self::StandardInput => read_whole(input, MOST_BYTES)?,
            // Opening a folder fails in a different way on each system.
            Self::File(path) if path.is_dir() => return Err(PictureError::Folder),
            Self::File(path) => read_whole(&mut File::open(path)?, MOST_BYTES)?,
        };
        Picture::decode(&bytes)
    }
}

impl From<&OsStr> for Source {
    fn from(argument: &OsStr) -> Self {
        if argument == "-" { Self::StandardInput } else { Self::File(argument.into()) }
    }
}

/// Everything in `input`, refused when it is more than `limit` bytes (a device never ends).
fn read_whole(input: &mut dyn Read, limit: u64) -> Result<Vec<u8>, PictureError> {
    let mut bytes = Vec::new();
    let read = input.take(limit + 1).read_to_end(&mut bytes).map_err(|error| match error.kind() {
        io::ErrorKind::OutOfMemory => PictureError::TooMuchMemory,
        _ => PictureError::from(error),
    })?;
    if read as u64 > limit { Err(PictureError::TooLarge { limit }) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_that_never_ends_is_refused() {
        let error = read_whole(&mut io::repeat(0), 1 << 20).unwrap_err();
        assert!(matches!(error, PictureError::TooLarge { limit: 1_048_576 }));
    }

    #[test]
    fn a_file_name_cannot_write_to_the_terminal() {
        assert_eq!(Source::File("a\u{1b}[2J.png".into()).name(), r"a\u{1b}[2J.png");
    }
}
