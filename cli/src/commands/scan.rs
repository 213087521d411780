//! `countersign scan`: every picture that is named, whatever became of the one before it.

use countersign_core::enrol::Batches;

use crate::arguments::Scan;
use crate::console::{Channel, Console};
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
    let mut documents = Vec::new();
    for source in sources {
        progress.next(&source.name(), &mut console.err);
        let report = Report::on(source, &mut console.input, ports.reader, &mut exports);
        progress.wipe(&mut console.err);
        // Pictures take their time: each shows the code of the moment in which it is shown.
        let showing = Showing::new(&arguments.shown, ports.clock.now());
        if arguments.shown.json {
            documents.push(json::PictureView::of(&report, showing));
        } else {
            tell(&report, showing, tally.pictures > 0, console)?;
        }
        tally.add(&report);
    }
    let showing = Showing::new(&arguments.shown, ports.clock.now());
    if arguments.shown.json {
        console.out.write(&json::pretty(&json::ScanDocument::new(documents, &exports, showing)))?;
    } else {
        let closing = closing(&tally, &exports, console.out.page());
        if !closing.is_empty() {
            console.out.write(&format!("\n{closing}"))?;
        }
    }
    Ok(exit(tally))
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

fn exit(tally: Tally) -> Exit {
    match tally {
        Tally { unreadable: 1.., .. } => Exit::UnreadableInput,
        Tally { accounts: 1.., .. } => Exit::Found,
        _ => Exit::NothingFound,
    }
}
