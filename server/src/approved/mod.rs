//! Approved answers: found for a question before any document is searched, shown beside what is
//! like them, taken out of use in time, carried in and out.

mod finding;
mod keeping;
mod portable;

pub(crate) use finding::{find, near};
pub(crate) use keeping::keep;
pub use portable::Format;
pub(crate) use portable::{import, write};
