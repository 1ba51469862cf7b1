//! Approved answers.

use serde::{Deserialize, Serialize};

/// `[approved]`: what Legal replied once and stands by.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Approved {
    /// Whether an answer is approved only by somebody who neither wrote nor proposed it.
    pub second_person: bool,
}
