//! The API of one's own requests, of what one is told, and of one's word on an answer.

use super::{Api, Reply, parse, write};
use inhouse_protocol::{
    AddToRequest, Escalation, EscalationId, Helpful, MailChoice, Me, Notices, RateRequest,
    ReadNotices, ReopenRequest, RunId, SetMail,
};

impl Api {
    /// Who is signed in, as it is now.
    pub(crate) async fn who(&self) -> Reply<Me> {
        self.get(super::path::me()).await
    }

    pub(crate) async fn notices(&self) -> Reply<Notices> {
        self.get(path::notices()).await
    }

    pub(crate) async fn read_notices(&self, read: &ReadNotices) -> Reply<()> {
        let path = format!("{}/read", path::notices());
        self.tell("POST", path, write(read)).await
    }

    /// Whether the reader is told by mail too.
    pub(crate) async fn set_mail(&self, on: bool) -> Reply<()> {
        let mail = if on { MailChoice::On } else { MailChoice::Off };
        let path = format!("{}/mail", super::path::me());
        self.tell("PUT", path, write(&SetMail { mail })).await
    }

    pub(crate) async fn add_to_request(
        &self,
        id: &EscalationId,
        body: String,
    ) -> Reply<Escalation> {
        let path = format!("{}/messages", path::request(id));
        self.give("POST", path, &AddToRequest { body }).await
    }

    pub(crate) async fn withdraw_request(&self, id: &EscalationId) -> Reply<Escalation> {
        let path = format!("{}/withdraw", path::request(id));
        parse(&self.send("POST", path, None).await?)
    }

    pub(crate) async fn reopen_request(
        &self,
        id: &EscalationId,
        body: String,
    ) -> Reply<Escalation> {
        let path = format!("{}/reopen", path::request(id));
        self.give("POST", path, &ReopenRequest { body }).await
    }

    pub(crate) async fn rate_request(
        &self,
        id: &EscalationId,
        rating: &RateRequest,
    ) -> Reply<Escalation> {
        let path = format!("{}/rating", path::request(id));
        self.give("POST", path, rating).await
    }

    /// The reader's word on an answer.
    pub(crate) async fn say_helpful(&self, run: &RunId, said: &Helpful) -> Reply<()> {
        let path = format!("/api/v1/runs/{run}/helpful");
        self.tell("POST", path, write(said)).await
    }
}

/// Where they are.
pub(crate) mod path {
    use super::EscalationId;

    pub(crate) fn requests() -> String {
        "/api/v1/requests".to_owned()
    }

    pub(crate) fn request(id: &EscalationId) -> String {
        format!("/api/v1/requests/{id}")
    }

    pub(crate) fn notices() -> String {
        "/api/v1/me/notices".to_owned()
    }
}
