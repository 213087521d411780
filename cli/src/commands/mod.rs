//! One command, one module: arguments in, an exit code or a failure out.

pub(crate) mod code;
pub(crate) mod completions;
pub(crate) mod manual;
pub(crate) mod scan;
mod watch;
