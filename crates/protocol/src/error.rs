//! The one shape of an error on the wire.

use serde::{Deserialize, Serialize};

/// What went wrong, stable across releases; scripts match on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The request is malformed or a field is invalid (400).
    Invalid,
    /// Nobody is signed in, or the session has ended (401).
    SignInRequired,
    /// The e-mail and password don't match an account (401).
    WrongCredentials,
    /// The password is right, and a code of the second factor is needed too (401).
    SecondFactorRequired,
    /// A second factor has to be set up before anything else (403).
    EnrolmentRequired,
    /// The request did not prove that it came from our pages (403).
    CrossSite,
    /// It doesn't exist, or the caller may not know that it does (404).
    NotFound,
    /// It was changed meanwhile, or a name is taken (409).
    Conflict,
    /// The upload is larger than allowed (413).
    TooLarge,
    /// Too many tries or questions; wait (429).
    TooMany,
    /// The server failed; the log has the cause under the request id (500).
    Internal,
    /// A part the server needs doesn't answer (503).
    Unavailable,
}

/// The body of every response with status 4xx or 5xx under `/api`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiError {
    /// What went wrong, for programs.
    pub code: ErrorCode,
    /// What went wrong and what to do, for people; one or two sentences.
    pub message: String,
    /// The form field at fault, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The id under which the server's log holds this request.
    pub request_id: String,
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ApiError {}
