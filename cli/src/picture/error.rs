//! Why a picture could not be looked at, and what a person can do about it.

use std::io;

use image::ImageError;

/// Why a picture could not be looked at. The message never repeats what the file holds.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PictureError {
    #[error("there is no such file")]
    Missing,
    #[error("this is a folder, not a picture")]
    Folder,
    #[error("this user may not read the file")]
    NoPermission,
    #[error("the file cannot be read: {0}")]
    Unreadable(io::Error),
    #[error("the file is empty")]
    Empty,
    #[error("the file is larger than {} MiB", limit >> 20)]
    TooLarge { limit: u64 },
    #[error("this is not a picture in a known format")]
    NotAPicture,
    #[error("{format} pictures cannot be read here")]
    OtherFormat { format: &'static str },
    #[error("the picture says it is {width} × {height} pixels, which is more than is decoded")]
    TooManyPixels { width: u32, height: u32 },
    #[error(
        "the picture says it is {width} × {height} pixels, and the longest side that is looked at is {longest}"
    )]
    SideTooLong { width: u32, height: u32, longest: u32 },
    #[error("the picture is {width} × {height} pixels, too small for any QR code")]
    TooSmall { width: u32, height: u32 },
    #[error("decoding the picture takes more memory than is allowed")]
    TooMuchMemory,
    #[error("the picture is damaged: {0}")]
    Damaged(&'static str),
}

impl PictureError {
    /// The file is the beginning of a picture.
    pub(crate) const ENDS_TOO_SOON: Self = Self::Damaged("it ends too soon");

    /// A stable name, for programs (docs/guide/terminal.md).
    pub(crate) fn id(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Folder => "folder",
            Self::NoPermission => "no_permission",
            Self::Unreadable(_) => "unreadable",
            Self::Empty => "empty",
            Self::TooLarge { .. } => "too_large",
            Self::NotAPicture => "not_a_picture",
            Self::OtherFormat { .. } => "other_format",
            Self::TooManyPixels { .. } => "too_many_pixels",
            Self::SideTooLong { .. } => "side_too_long",
            Self::TooSmall { .. } => "too_small",
            Self::TooMuchMemory => "too_much_memory",
            Self::Damaged(_) => "damaged",
        }
    }

    /// What a person can do next.
    pub(crate) fn next_step(&self) -> &'static str {
        match self {
            Self::Missing => "Check the path; quote it if it has blanks in it.",
            Self::Folder => "Name the pictures in it, for example with a pattern: FOLDER/*.png",
            Self::NoPermission => {
                "Ask the owner of the file, or give it over on standard input: countersign scan -"
            }
            Self::Unreadable(_) => "Copy the file to another place and scan the copy.",
            Self::Empty => "Fetch or export the picture again: it did not arrive whole.",
            Self::TooLarge { .. }
            | Self::TooManyPixels { .. }
            | Self::SideTooLong { .. }
            | Self::TooMuchMemory => "Crop the picture to the QR code, or scan a screenshot of it.",
            Self::NotAPicture => {
                "Use a PNG, JPEG, WebP, GIF or BMP picture. A key or a link goes to: countersign code -"
            }
            Self::OtherFormat { format: "HEIC" } => {
                "Convert it first: heif-convert IMG.heic IMG.jpg (Linux), sips -s format jpeg IMG.heic --out IMG.jpg \
                 (macOS); or set the iPhone's camera to Most Compatible."
            }
            Self::OtherFormat { .. } => "Save it as PNG or JPEG, or scan a screenshot of it.",
            Self::TooSmall { .. } => "Use the picture itself and not its thumbnail.",
            Self::Damaged(_) => "Fetch or export the picture again, or scan a screenshot of it.",
        }
    }
}

impl From<io::Error> for PictureError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            io::ErrorKind::PermissionDenied => Self::NoPermission,
            io::ErrorKind::IsADirectory => Self::Folder,
            _ => Self::Unreadable(error),
        }
    }
}

impl From<ImageError> for PictureError {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::Limits(_) => Self::TooMuchMemory,
            // From memory, so that an I/O error means that the bytes ended too soon.
            ImageError::IoError(_) => Self::ENDS_TOO_SOON,
            // A decoder's own words may show the bytes that it stumbled over.
            _ => Self::Damaged("its bytes are not as its format says"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_trouble_with_a_file_has_its_name() {
        let id = |kind: io::ErrorKind| PictureError::from(io::Error::from(kind)).id();
        assert_eq!(id(io::ErrorKind::NotFound), "missing");
        assert_eq!(id(io::ErrorKind::PermissionDenied), "no_permission");
        assert_eq!(id(io::ErrorKind::IsADirectory), "folder");
        assert_eq!(id(io::ErrorKind::TimedOut), "unreadable");
    }
}
