//! What the desk's people are helped with: drafts by the model, similar cases, clocks that are kept.

mod clock;
mod drafts;
mod similar;
mod vectors;

pub(crate) use clock::keep;
pub use drafts::Drafts;
pub(crate) use drafts::{draft, reject, start};
pub(crate) use similar::similar;
pub use vectors::QuestionVectors;
pub(crate) use vectors::vectors;
