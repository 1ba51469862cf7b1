//! Measuring on labelled questions: sets of them, evaluations that run one after the other behind
//! people's own questions, what is shown of them, and calibrations fitted on them.
//!
//! `inhouse-evaluation` computes; here it is asked, kept and shown to whom it may be.

mod asking;
mod calibrating;
mod places;
mod runner;
mod sets;
mod shown;
mod stored;

pub(crate) use calibrating::{
    calibration, calibrations, features, fit, fit_lines, operating_point,
};
pub(crate) use runner::{begin, end_lost, keep, start};
pub(crate) use sets::{add, take_in};
pub(crate) use shown::{chart, comparison, detail, of_set, shown};
