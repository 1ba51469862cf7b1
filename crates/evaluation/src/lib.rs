//! Measuring answers on labelled questions: pure functions over what an evaluation brought.
//!
//! - [`question`] reads a set of questions, JSON lines or CSV.
//! - [`metrics`] measures one question or a list of them; [`Measured`] is what it needs to know.
//! - [`figures`] and [`compare`] put intervals on it ([`interval`]); [`gate`] judges a change.
//! - [`fit`] fits the answerability; [`Curve`] says what a threshold answers, and what wrongly.
//! - [`chart`] draws; [`words`] says a figure in words.
//!
//! No I/O and no async. A thousand questions take a fraction of a second for their figures, so
//! callers on an async runtime move off it.

pub mod chart;
mod comparison;
mod curve;
mod figures;
pub mod fit;
pub mod interval;
mod measured;
pub mod metrics;
pub mod question;
pub mod words;

pub use comparison::{Gate, compare, gate};
pub use curve::{Curve, CurvePoint};
pub use figures::{figures, group};
pub use measured::Measured;

/// A count as a number to compute with; exact below 2³².
fn real(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
