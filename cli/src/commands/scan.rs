//! `countersign scan`: every picture that is named, whatever became of the one before it.

use countersign_core::enrol::Batches;

use crate::arguments::Scan;
use crate::console::{Channel, Console};
use crate::content::has_code;
use crate::outcome::{Exit, Failure};
use crate::picture::Source;
use crate::ports::Ports;
use crate::problem::Advice;
use crate::progress::Progress;
use crate::report::{Outcome, Report};
use crate::view::scan::{Tally, closing, picture};
use crate::view::{Showing, json};

pub(crate) fn run(arguments: &Scan, ports: &Ports, console: &mut Console) -> Result<Exit, Failure> {
    let sources: Vec<Source> =
        arguments.pictures.iter().map(|argument| Source::from(argument.as_os_str())).collect();
    check(&sources, console)?;
    let mut progress = Progress::through(sources.len(), &console.err);
    let mut exports = Batches::new();
    let mut tally = Tally::default();
    let mut reports = Vec::new();
    let mut is_found = false;
    for source in sources {
        progress.next(&source.name(), &mut console.err);
        let report = Report::on(source, &mut console.input, ports.reader, &mut exports);
        progress.wipe(&mut console.err);
        let is_later = tally.pictures > 0;
        tally.add(&report);
        // Pictures take their time: each shows the code of the moment in which it is shown.
        let showing = Showing::new(&arguments.shown, ports.clock.now());
        is_found |= has_code(report.accounts(), showing.at);
        if arguments.shown.json {
            reports.push(report);
        } else {
            tell(&report, showing, is_later, console)?;
        }
    }
    if arguments.shown.json {
        // One document has one moment: that in which it is written, when every picture has been looked at.
        let showing = Showing::new(&arguments.shown, ports.clock.now());
        console.out.write(&json::pretty(&json::ScanDocument::new(&reports, &exports, showing)))?;
    } else {
        let closing = closing(&tally, &exports, console.out.page());
        if !closing.is_empty() {
            console.out.write(&format!("\n{closing}"))?;
        }
    }
    Ok(match tally.unreadable {
        0 if is_found => Exit::Found,
        0 => Exit::NothingFound,
        _ => Exit::UnreadableInput,
    })
}

/// Standard input holds one picture, and nobody types one.
fn check(sources: &[Source], console: &Console) -> Result<(), Failure> {
    let from_input = sources.iter().filter(|source| **source == Source::StandardInput).count();
    if from_input > 1 {
        return Err(Failure::Usage(Advice::new(
            "standard input (`-`) is named more than once, and holds one picture",
            "Name the other pictures as files.",
        )));
    }
    if from_input == 1 && console.input_is_terminal {
        return Err(Failure::Usage(Advice::new(
            "standard input is the keyboard, and holds no picture",
            "Name a file, or send a picture: countersign scan - < screenshot.png",
        )));
    }
    Ok(())
}

/// Tells about one picture: what was found on standard output, trouble with the file on standard error.
fn tell(report: &Report, showing: Showing, is_later: bool, console: &mut Console) -> Result<(), Failure> {
    let gap = if is_later { "\n" } else { "" };
    let block = |channel: &Channel| format!("{gap}{}", picture(report, showing, channel.page()));
    match report.outcome {
        Outcome::Unreadable(_) => console.err.try_write(&block(&console.err)),
        Outcome::Found(_) | Outcome::Nothing(_) => console.out.write(&block(&console.out))?,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;
    use std::path::Path;
    use std::sync::atomic::{AtomicI64, Ordering};

    use countersign_core::ports::{Clock, SystemClock, Timestamp};
    use countersign_core::scan::Reader;

    use super::*;
    use crate::arguments::Shown;
    use crate::console::Screen;
    use crate::ports::Metronome;

    /// A clock that goes on by 7 s whenever it is asked, as one does while pictures are looked at.
    struct Hurried(AtomicI64);

    impl Clock for Hurried {
        fn now(&self) -> Timestamp {
            Timestamp::from_unix_seconds(self.0.fetch_add(7, Ordering::Relaxed))
        }
    }

    struct Still;

    impl Metronome for Still {
        fn next_second(&mut self) -> ControlFlow<()> {
            ControlFlow::Break(())
        }
    }

    #[test]
    fn every_code_of_a_document_is_that_of_the_documents_moment() {
        let picture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/images/demo/mfa-code.jpg");
        let pictures = vec![picture.clone().into(), picture.clone().into(), picture.into()];
        let arguments = Scan { pictures, shown: Shown { json: true, show_secret: false, at: None } };
        let clock = Hurried(AtomicI64::new(1_700_000_000));
        let mut metronome = Still;
        let ports =
            Ports { clock: &clock, reader: &Reader::new(SystemClock::new()), metronome: &mut metronome };
        let screen = Screen::default();
        let mut console = Console::of_this_process();
        console.out = Channel::live(screen.clone());
        assert_eq!(run(&arguments, &ports, &mut console).unwrap(), Exit::Found);

        let document: serde_json::Value = serde_json::from_str(&screen.take()).unwrap();
        let at = document["at"].as_i64().unwrap();
        for picture in document["pictures"].as_array().unwrap() {
            let code = &picture["symbols"][0]["accounts"][0]["code"];
            let (from, until) = (code["valid_from"].as_i64().unwrap(), code["valid_until"].as_i64().unwrap());
            assert!((from..until).contains(&at), "{at}: {code}");
            assert_eq!(code["seconds_left"], until - at);
        }
    }
}
