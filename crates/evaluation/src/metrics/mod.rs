//! What a search found against where the answer stands, and probabilities against what was true.
//!
//! Recall is taken over a budget of characters, not of passages, so that the size of a passage
//! buys nothing. Offsets are characters of a document's text, `end` exclusive. Shares are 0..=1.

mod places;
mod probabilities;

pub use places::{Gold, first_gold, ndcg, precision, recall, wrong_document};
pub use probabilities::{
    BINS, Bin, auroc, auroc_by_category, bins, brier, calibration_error, percentile,
};
pub(crate) use probabilities::{Ordered, Ranked, error_of};
