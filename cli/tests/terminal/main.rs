//! The built program, as a person or a script meets it: arguments and pictures in, text and exit codes out.

#![allow(clippy::unwrap_used, reason = "what prepares a test fails as a test does")]

mod code;
mod demo;
mod help;
mod json;
mod photos;
mod pictures;
mod program;
mod scan;
mod streams;
mod trouble;
mod watch;
mod workspace;
