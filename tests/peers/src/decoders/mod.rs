//! Who is measured, each with one fixed setting, so that a figure means the same thing in every run.

mod ours;
mod rqrr;
mod rxing;
#[cfg(feature = "zxing-cpp")]
mod zxing_cpp;

use std::time::Duration;

use anyhow::ensure;
use countersign_core::scan::Session;

use crate::picture::Picture;

/// A QR reader under measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Decoder {
    /// `countersign_core::scan::Reader`.
    Ours,
    /// The same with 1, 2, 5 and 10 milliseconds a frame: what it reads for less.
    #[value(name = "ours-1ms")]
    Ours1ms,
    #[value(name = "ours-2ms")]
    Ours2ms,
    #[value(name = "ours-5ms")]
    Ours5ms,
    #[value(name = "ours-10ms")]
    Ours10ms,
    /// rqrr 0.11 on the whole picture.
    Rqrr,
    /// rxing 0.9, `helpers::detect_in_luma`, QR only.
    Rxing,
    /// zxing-cpp through its own crate, QR only, every `try_*` on.
    ZxingCpp,
}

/// What a decoder says a symbol holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Payload {
    /// As encoded in the symbol, before any character set is applied.
    pub bytes: Vec<u8>,
    /// The decoder's own reading, where it is the only complete one.
    pub text: Option<String>,
}

impl Decoder {
    /// The name on the command line and in every table.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Ours1ms => "ours-1ms",
            Self::Ours2ms => "ours-2ms",
            Self::Ours5ms => "ours-5ms",
            Self::Ours10ms => "ours-10ms",
            Self::Rqrr => "rqrr",
            Self::Rxing => "rxing",
            Self::ZxingCpp => "zxing-cpp",
        }
    }

    /// Says how to get a decoder that this build lacks.
    pub(crate) fn check_built_in(self) -> anyhow::Result<()> {
        ensure!(
            self != Self::ZxingCpp || cfg!(feature = "zxing-cpp"),
            "built without zxing-cpp: add --features zxing-cpp (needs cmake and a C++ compiler)"
        );
        Ok(())
    }

    /// Every symbol it finds. May panic: that is part of what is measured.
    pub(crate) fn decode(self, picture: &Picture, kind: &str) -> Vec<Payload> {
        match self {
            Self::Ours => ours::decode(picture, ours::budget(kind)),
            Self::Ours1ms => ours::decode(picture, Duration::from_millis(1)),
            Self::Ours2ms => ours::decode(picture, Duration::from_millis(2)),
            Self::Ours5ms => ours::decode(picture, Duration::from_millis(5)),
            Self::Ours10ms => ours::decode(picture, Duration::from_millis(10)),
            Self::Rqrr => rqrr::decode(picture),
            Self::Rxing => rxing::decode(picture),
            #[cfg(feature = "zxing-cpp")]
            Self::ZxingCpp => zxing_cpp::decode(picture),
            #[cfg(not(feature = "zxing-cpp"))]
            Self::ZxingCpp => unreachable!("refused by check_built_in"),
        }
    }
}

/// A decoder on the frames of one stream, in their order.
pub(crate) enum Feeder {
    /// Ours knows what a stream is.
    Session(Box<Session>),
    /// To the others each frame is the first.
    Alone(Decoder),
}

impl Feeder {
    pub(crate) fn new(decoder: Decoder) -> Self {
        match decoder {
            Decoder::Ours => Self::Session(Box::new(ours::session())),
            other => Self::Alone(other),
        }
    }

    /// Every symbol that the next frame shows for the first time.
    pub(crate) fn feed(&mut self, picture: &Picture, kind: &str) -> Vec<Payload> {
        match self {
            Self::Session(session) => ours::feed(session, picture),
            Self::Alone(decoder) => decoder.decode(picture, kind),
        }
    }
}
