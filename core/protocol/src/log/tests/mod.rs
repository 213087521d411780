//! The rules of the log, op by op, and the moves of those who would bend them.

mod accounts;
mod chain;
mod checkpoint;
mod devices;
mod hostile_members;
mod hostile_server;
mod members;
mod spaces;
mod transfer;
