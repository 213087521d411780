//! Phones and their workspace server, over HTTP: what one does, the others see, and nothing is lost on the way.

mod boxes;
mod conflicts;
mod engine;
mod hostile;
mod people;
mod removal;
mod sharing;
mod sim;
mod team;
