//! The HTTP API as typed calls.
//!
//! One [`Transport`] carries them: on the server it reaches the API's router in the process, in
//! the browser it is `fetch`. Everything above it is the same on both sides.

mod approved;
mod desk;
mod documents;
mod insights;
mod people;
mod quality;
mod record;
mod requests;
mod rules;
mod trackers;

pub(crate) use record::LogQuery;

use crate::text;
use inhouse_protocol::{
    AnswerMode, AnswerPreference, ApiError, ConversationId, ConversationSummary, ErrorCode,
    Escalation, EscalationId, Me, NewMessage, NewPerson, PasswordChange, Person, PersonChange, Run,
    RunId, SendToLegal, SignIn, Source, UserId, VersionId,
};
use leptos::prelude::use_context;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// No response came: the server can't be reached, or the request was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransportError;

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no response")
    }
}

impl std::error::Error for TransportError {}

/// A response to come: status and body.
pub type Response = Pin<Box<dyn Future<Output = Result<(u16, String), TransportError>> + Send>>;

/// What carries a request to the API.
pub trait Transport: Send + Sync {
    /// Sends `method` to `path` (which begins with `/api/v1/` and may hold a query) with a JSON
    /// body, acting for whoever looks at the page.
    fn call(&self, method: &'static str, path: String, body: Option<String>) -> Response;
}

/// The API, for whoever looks at the page.
#[derive(Clone)]
pub struct Api(Arc<dyn Transport>);

type Reply<T> = Result<T, ApiError>;

impl Api {
    /// The API over the transport that this side of the wire has. Without one, as while routes
    /// are listed, each call fails.
    pub(crate) fn new() -> Self {
        Self(use_context::<Arc<dyn Transport>>().unwrap_or_else(crate::browser::transport))
    }

    async fn send(
        &self,
        method: &'static str,
        path: String,
        body: Option<String>,
    ) -> Reply<String> {
        let Ok((status, body)) = self.0.call(method, path, body).await else {
            return Err(unreachable_server());
        };
        understand(status, body)
    }

    /// The body of a response to `GET path`.
    pub(crate) async fn body(&self, path: String) -> Reply<String> {
        self.send("GET", path, None).await
    }

    async fn get<T: DeserializeOwned>(&self, path: String) -> Reply<T> {
        parse(&self.body(path).await?)
    }

    async fn give<T: DeserializeOwned>(
        &self,
        method: &'static str,
        path: String,
        body: &impl Serialize,
    ) -> Reply<T> {
        parse(&self.send(method, path, write(body)).await?)
    }

    /// A change that has no answer.
    async fn tell(&self, method: &'static str, path: String, body: Option<String>) -> Reply<()> {
        self.send(method, path, body).await.map(|_| ())
    }

    pub(crate) async fn sign_in(&self, with: &SignIn) -> Reply<Me> {
        self.give("POST", "/api/v1/session".to_owned(), with).await
    }

    pub(crate) async fn sign_out(&self) -> Reply<()> {
        self.tell("DELETE", "/api/v1/session".to_owned(), None)
            .await
    }

    /// How the reader wants to be answered; nothing: as the company has it.
    pub(crate) async fn set_answers(&self, mode: Option<AnswerMode>) -> Reply<()> {
        let body = write(&AnswerPreference { mode });
        self.tell("PUT", format!("{}/answers", path::me()), body)
            .await
    }

    pub(crate) async fn new_conversation(&self) -> Reply<ConversationSummary> {
        let empty = serde_json::Map::new();
        self.give("POST", "/api/v1/conversations".to_owned(), &empty)
            .await
    }

    pub(crate) async fn ask(&self, id: &ConversationId, question: &str) -> Reply<Run> {
        let message = NewMessage {
            question: question.to_owned(),
        };
        let path = format!("/api/v1/conversations/{id}/messages");
        self.give("POST", path, &message).await
    }

    pub(crate) async fn cancel(&self, run: &RunId) -> Reply<()> {
        self.tell("POST", format!("/api/v1/runs/{run}/cancel"), None)
            .await
    }

    pub(crate) async fn send_to_legal(&self, run: &RunId, note: String) -> Reply<Escalation> {
        let path = format!("/api/v1/runs/{run}/escalate");
        self.give("POST", path, &SendToLegal { note }).await
    }

    pub(crate) async fn source(
        &self,
        version: &VersionId,
        start: usize,
        end: usize,
    ) -> Reply<Source> {
        self.get(format!(
            "/api/v1/versions/{version}/source?start={start}&end={end}"
        ))
        .await
    }

    pub(crate) async fn request(&self, id: &EscalationId) -> Reply<Escalation> {
        self.get(path::request(id)).await
    }

    pub(crate) async fn new_person(&self, person: &NewPerson) -> Reply<Person> {
        self.give("POST", "/api/v1/people".to_owned(), person).await
    }

    pub(crate) async fn change_person(&self, id: &UserId, change: &PersonChange) -> Reply<Person> {
        self.give("PATCH", format!("/api/v1/people/{id}"), change)
            .await
    }

    pub(crate) async fn set_password(&self, id: &UserId, password: String) -> Reply<()> {
        let body = write(&PasswordChange { password });
        self.tell("POST", format!("/api/v1/people/{id}/password"), body)
            .await
    }
}

/// Where things are.
pub(crate) mod path {
    pub(crate) use super::approved::path::*;
    pub(crate) use super::desk::path::*;
    pub(crate) use super::documents::path::*;
    pub(crate) use super::insights::path::*;
    pub(crate) use super::people::path::*;
    pub(crate) use super::quality::path::*;
    pub(crate) use super::record::path::*;
    pub(crate) use super::requests::path::*;
    pub(crate) use super::rules::path::*;
    pub(crate) use super::trackers::path::*;

    use super::{ConversationId, RunId};

    pub(crate) fn me() -> String {
        "/api/v1/me".to_owned()
    }

    pub(crate) fn suggestions() -> String {
        "/api/v1/suggestions".to_owned()
    }

    pub(crate) fn conversations() -> String {
        "/api/v1/conversations".to_owned()
    }

    pub(crate) fn conversation(id: &ConversationId) -> String {
        format!("/api/v1/conversations/{id}")
    }

    pub(crate) fn people() -> String {
        "/api/v1/people".to_owned()
    }

    /// The stream of a run's events.
    pub(crate) fn events(run: &RunId) -> String {
        format!("/api/v1/runs/{run}/events")
    }
}

/// The body of a response that went well, or what went wrong in the API's words.
pub(crate) fn understand(status: u16, body: String) -> Reply<String> {
    if (200..300).contains(&status) {
        return Ok(body);
    }
    Err(serde_json::from_str(&body).unwrap_or_else(|_| foreign(status)))
}

/// Reads a body of the expected shape.
pub(crate) fn parse<T: DeserializeOwned>(body: &str) -> Reply<T> {
    serde_json::from_str(body).map_err(|_| ApiError {
        code: ErrorCode::Internal,
        message: text::UNREADABLE_RESPONSE.to_owned(),
        field: None,
        request_id: String::new(),
    })
}

/// An error for when no response came.
pub(crate) fn unreachable_server() -> ApiError {
    ApiError {
        code: ErrorCode::Unavailable,
        message: text::UNREACHABLE.to_owned(),
        field: None,
        request_id: String::new(),
    }
}

/// A field of a form that is wrong before anything is sent.
pub(crate) fn invalid(field: &str, message: &str) -> ApiError {
    ApiError {
        code: ErrorCode::Invalid,
        message: message.to_owned(),
        field: Some(field.to_owned()),
        request_id: String::new(),
    }
}

/// An error that is not in the API's shape, as a proxy in between answers.
fn foreign(status: u16) -> ApiError {
    let (code, message) = match status {
        401 => (ErrorCode::SignInRequired, text::SIGN_IN_AGAIN),
        404 => (ErrorCode::NotFound, text::NOT_FOUND_TEXT),
        413 => (ErrorCode::TooLarge, text::TOO_LARGE),
        429 => (ErrorCode::TooMany, text::TOO_MANY),
        _ => (ErrorCode::Unavailable, text::UNREACHABLE),
    };
    ApiError {
        code,
        message: message.to_owned(),
        field: None,
        request_id: String::new(),
    }
}

fn write(body: &impl Serialize) -> Option<String> {
    serde_json::to_string(body).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_the_api_keeps_its_words_and_its_field() {
        let body = r#"{"code":"invalid","message":"Give a name.","field":"name","request_id":"r"}"#;
        let error = understand(400, body.to_owned()).unwrap_err();
        assert_eq!(error.message, "Give a name.");
        assert_eq!(error.field.as_deref(), Some("name"));
    }

    #[test]
    fn an_error_page_of_a_proxy_becomes_a_sentence() {
        let error = understand(413, "<html>".to_owned()).unwrap_err();
        assert_eq!(error.code, ErrorCode::TooLarge);
    }

    #[test]
    fn a_response_of_another_shape_is_an_error_not_a_panic() {
        assert!(parse::<Me>("[]").is_err());
    }
}
