//! What keeps the record: checkpoints on a schedule, exports that verify outside, retention, and
//! what each process starts with.

pub(crate) mod archive;
pub(crate) mod checkpoints;
pub(crate) mod export;
pub(crate) mod retention;
pub(crate) mod settings;
mod syslog;
