//! The workspace server, over HTTP as clients reach it: what it takes, what it gives, and to whom.

mod access;
mod matrix;
mod reading;
mod team;
mod trouble;
mod writing;
