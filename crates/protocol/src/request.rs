//! What the asker does with a request: adds to it, withdraws it, opens it again, rates it.

use serde::{Deserialize, Serialize};

/// `POST /api/v1/requests/{id}/messages`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddToRequest {
    /// 1 to 20,000 characters.
    pub body: String,
}

/// `POST /api/v1/requests/{id}/reopen`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReopenRequest {
    /// Why, up to 20,000 characters; may be empty.
    #[serde(default)]
    pub body: String,
}

/// `POST /api/v1/requests/{id}/rating`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateRequest {
    /// How it went, 1 to 5.
    pub rating: u8,
    /// Up to 1,000 characters.
    #[serde(default)]
    pub comment: String,
}
