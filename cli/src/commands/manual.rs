//! `countersign man`: the help as a manual page, so that packagers and readers have one source.

use std::io;

use clap::CommandFactory;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use crate::arguments::{Arguments, Manual};
use crate::console::Console;
use crate::help;
use crate::outcome::{Exit, Failure};

pub(crate) fn run(arguments: &Manual, console: &mut Console) -> Result<Exit, Failure> {
    let page = page(arguments.command.as_deref())?;
    console.out.write(&String::from_utf8_lossy(&page))?;
    Ok(Exit::Found)
}

/// The page for a command, or for the program as a whole.
fn page(name: Option<&str>) -> io::Result<Vec<u8>> {
    let mut program = Arguments::command();
    program.build();
    let command = name.and_then(|name| program.find_subcommand(name)).unwrap_or(&program).clone();
    let topics = help::topics(command.get_name());
    let has_commands = command.has_subcommands();
    let man =
        Man::new(command).manual("Countersign").source(concat!("countersign ", env!("CARGO_PKG_VERSION")));

    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if has_commands {
        man.render_subcommands_section(&mut page)?;
    }
    for topic in topics {
        let mut section = Roff::new();
        section.control("SH", [topic.heading.to_uppercase().as_str()]);
        section.control("nf", []);
        for line in topic.body.lines() {
            section.text([roman(line)]);
        }
        section.control("fi", []);
        section.to_writer(&mut page)?;
    }
    Ok(page)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[test]
    fn every_command_has_its_page_and_can_be_asked_for() {
        for command in Arguments::command().get_subcommands() {
            let name = command.get_name();
            Arguments::try_parse_from(["countersign", "man", name]).expect(name);
            let page = String::from_utf8(page(Some(name)).unwrap()).unwrap();
            assert!(page.contains(&format!(".TH countersign-{name} 1")), "{page}");
            assert!(
                page.contains(".SH EXAMPLES")
                    && page.contains(&format!("countersign {}", name.replace('-', r"\-"))),
                "{page}"
            );
        }
    }
}
