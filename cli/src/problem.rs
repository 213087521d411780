//! What went wrong, in the three ways in which it is told here: a stable name for programs, a few words for
//! people, and what they can do next.

use countersign_core::enrol::{Foreign, PayloadError};
use countersign_core::scan::{Hint, StructuredAppend};
use serde::Serialize;

use crate::picture::PictureError;

/// Where a key goes that nothing is to be kept of.
const FOR_A_KEY: &str = "countersign code -";

/// What is wrong, and what to do about it. Neither has anything secret in it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Advice {
    /// A lowercase fragment.
    pub(crate) message: String,
    /// A sentence or two.
    pub(crate) next_step: String,
}

/// Something that was given and is of no use, with a stable name (docs/guide/terminal.md).
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Problem {
    pub(crate) id: &'static str,
    #[serde(flatten)]
    pub(crate) advice: Advice,
}

impl Advice {
    pub(crate) fn new(message: impl Into<String>, next_step: impl Into<String>) -> Self {
        Self { message: message.into(), next_step: next_step.into() }
    }
}

impl Problem {
    pub(crate) fn new(id: &'static str, message: impl Into<String>, next_step: impl Into<String>) -> Self {
        Self { id, advice: Advice::new(message, next_step) }
    }

    /// The same of the file that it is about.
    pub(crate) fn about(mut self, name: &str) -> Self {
        self.advice.message = format!("{name}: {}", self.advice.message);
        self
    }

    /// The same, told by a command of its own for a key: a next step leads on with that one.
    pub(crate) fn with_keys_to(mut self, command: &str) -> Self {
        let next_step = &mut self.advice.next_step;
        *next_step = next_step.replace(FOR_A_KEY, &format!("countersign {command}"));
        self
    }
}

impl From<&PictureError> for Problem {
    fn from(error: &PictureError) -> Self {
        Self { id: error.id(), advice: Advice::new(error.to_string(), error.next_step()) }
    }
}

impl From<&PayloadError> for Problem {
    fn from(error: &PayloadError) -> Self {
        // The core speaks to somebody with a camera and a key field; here both have another name.
        let next_step = match error {
            PayloadError::NotOtpauth(Foreign::Empty) | PayloadError::EmptySecret => {
                "Give the key or the otpauth:// link that the service shows."
            }
            PayloadError::NotOtpauth(Foreign::BareKey) => {
                "If the service calls this a key or secret, give it to: countersign code -"
            }
            other => other.next_step().sentence,
        };
        Self { id: error.id(), advice: Advice::new(error.to_string(), next_step) }
    }
}

impl From<StructuredAppend> for Problem {
    fn from(StructuredAppend { index, count, .. }: StructuredAppend) -> Self {
        let message =
            format!("this is part {} of {count} of a text that is spread over several codes", index + 1);
        let next_step = "Enter the key that the service shows beside the codes: countersign code -";
        Self { id: "fragment", advice: Advice::new(message, next_step) }
    }
}

impl From<Hint> for Problem {
    fn from(hint: Hint) -> Self {
        let (id, message, next_step) = match hint {
            Hint::NothingLikeACode => (
                "no_code",
                "no QR code in this picture",
                "Crop the picture to the code, or take it again from closer by.",
            ),
            Hint::LikeACodeButUnreadable => (
                "unreadable_code",
                "something like a QR code, but it cannot be read",
                "Take the picture again: closer, sharper, without glare.",
            ),
        };
        Self { id, advice: Advice::new(message, next_step) }
    }
}
