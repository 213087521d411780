//! Tells the story: each step as it happens, with what the server saw of it; or all of it as one document.

use serde::Serialize;

use super::stage::Stage;
use super::wire::Passed;
use crate::console::Console;
use crate::outcome::Failure;
use crate::view::json;
use crate::workspace::quoted;

/// How many requests of a step are shown in full.
const SHOWN: usize = 4;

/// One step.
#[derive(Serialize)]
struct Step {
    what: String,
    /// What people see on their screens.
    sees: Vec<String>,
    /// What passed through the server.
    server: Vec<Passed>,
}

/// The steps so far.
pub(super) struct Teller {
    json: bool,
    steps: Vec<Step>,
    requests: usize,
}

#[derive(Serialize)]
struct Document<'a> {
    steps: &'a [Step],
    server: String,
    folder: Option<String>,
}

impl Teller {
    pub(super) fn new(json: bool) -> Self {
        Self { json, steps: Vec::new(), requests: 0 }
    }

    /// A step that has happened.
    pub(super) fn step(
        &mut self,
        what: impl Into<String>,
        sees: &[String],
        server: Vec<Passed>,
        console: &mut Console,
    ) -> Result<(), Failure> {
        let step = Step { what: what.into(), sees: sees.to_vec(), server };
        self.requests += step.server.len();
        if !self.json {
            console.out.write(&self.text(&step, console))?;
        }
        self.steps.push(step);
        Ok(())
    }

    fn text(&self, step: &Step, console: &Console) -> String {
        let palette = console.out.page().palette;
        let (name, quiet) = (palette.name, palette.quiet);
        let mut lines = vec![format!("{name}{:>2}  {}{name:#}", self.steps.len() + 1, step.what)];
        lines.extend(step.sees.iter().map(|line| format!("      {line}")));
        let seen = step.server.iter().take(SHOWN);
        lines.extend(seen.map(|passed| format!("      {quiet}server: {}{quiet:#}", passed.line())));
        if step.server.len() > SHOWN {
            let more = step.server.len() - SHOWN;
            lines.push(format!("      {quiet}server: … and {more} more like these{quiet:#}"));
        }
        lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
    }

    /// The end: what was shown, and where it can be looked at.
    pub(super) fn end(&self, stage: &Stage, kept: bool, console: &mut Console) -> Result<(), Failure> {
        let folder = stage.folder().display().to_string();
        if self.json {
            let server = stage.address().to_owned();
            let document = Document { steps: &self.steps, server, folder: kept.then_some(folder) };
            console.out.write(&json::pretty(&document))?;
            return Ok(());
        }
        let summary = format!(
            "{} steps, {} requests. The server has seen ids, sizes and times: no name, no secret, no code.\n",
            self.steps.len(),
            self.requests
        );
        let mut text = String::from("\n");
        if kept {
            let (store, passphrase) = stage.store("ana");
            let (store, passphrase) =
                (quoted(&store.to_string_lossy()), quoted(&passphrase.to_string_lossy()));
            text = format!(
                "\nThe server runs at {} until Ctrl-C. Everything is in {folder}:\n\
                 → countersign list --store {store} --passphrase-file {passphrase}\n",
                stage.address()
            );
        }
        console.out.write(&(text + &summary))?;
        Ok(())
    }
}
