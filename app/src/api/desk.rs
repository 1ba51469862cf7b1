//! The API of the review desk.

use super::{Api, Reply, parse, write};
use inhouse_protocol::{
    BulkChange, BulkResult, ChangeEscalation, DeskView, DraftStatus, Escalation, EscalationId,
    EscalationSummary, MemberChange, MergeEscalation, NewDeskView, NewReply, Presence, Present,
    QueueChange, QueueId, Queues, ReplyTemplate, Similar, SplitEscalation, TemplateChange,
    TemplateId, UserId, ViewId,
};

impl Api {
    /// What the desk lists for the query of its address, with the `?` or empty.
    pub(crate) async fn escalations(&self, query: &str) -> Reply<Vec<EscalationSummary>> {
        self.get(path::escalations(query)).await
    }

    pub(crate) async fn escalation(&self, id: &EscalationId) -> Reply<Escalation> {
        self.get(path::escalation(id)).await
    }

    /// Replies, or adds an internal note.
    pub(crate) async fn reply(&self, id: &EscalationId, reply: &NewReply) -> Reply<Escalation> {
        let path = format!("{}/replies", path::escalation(id));
        self.give("POST", path, reply).await
    }

    pub(crate) async fn change_escalation(
        &self,
        id: &EscalationId,
        change: &ChangeEscalation,
    ) -> Reply<Escalation> {
        let path = format!("{}/change", path::escalation(id));
        self.give("POST", path, change).await
    }

    /// One change of many, each by itself.
    pub(crate) async fn change_many(&self, change: &BulkChange) -> Reply<Vec<BulkResult>> {
        let path = "/api/v1/escalations/bulk".to_owned();
        self.give("POST", path, change).await
    }

    /// Makes one the duplicate of another.
    pub(crate) async fn merge(&self, id: &EscalationId, merge: &MergeEscalation) -> Reply<()> {
        let path = format!("{}/merge", path::escalation(id));
        self.tell("POST", path, write(merge)).await
    }

    /// Splits a part off; gives the new one.
    pub(crate) async fn split(
        &self,
        id: &EscalationId,
        split: &SplitEscalation,
    ) -> Reply<Escalation> {
        let path = format!("{}/split", path::escalation(id));
        self.give("POST", path, split).await
    }

    /// Says that the reader has it open; gives who else has.
    pub(crate) async fn be_present(&self, id: &EscalationId, writing: bool) -> Reply<Present> {
        let path = format!("{}/presence", path::escalation(id));
        self.give("POST", path, &Presence { writing }).await
    }

    pub(crate) async fn similar(&self, id: &EscalationId) -> Reply<Similar> {
        self.get(format!("{}/similar", path::escalation(id))).await
    }

    pub(crate) async fn draft(&self, id: &EscalationId) -> Reply<DraftStatus> {
        self.get(path::draft(id)).await
    }

    pub(crate) async fn start_draft(&self, id: &EscalationId) -> Reply<DraftStatus> {
        parse(&self.send("POST", path::draft(id), None).await?)
    }

    pub(crate) async fn reject_draft(&self, id: &EscalationId) -> Reply<()> {
        self.tell("DELETE", path::draft(id), None).await
    }

    /// Asks for an issue in the ticket tracker.
    pub(crate) async fn make_ticket(&self, id: &EscalationId) -> Reply<()> {
        let path = format!("{}/ticket", path::escalation(id));
        self.tell("POST", path, None).await
    }

    pub(crate) async fn queues(&self) -> Reply<Queues> {
        self.get(path::queues()).await
    }

    /// Makes a queue, or changes the one with this id.
    pub(crate) async fn save_queue(&self, id: Option<&QueueId>, queue: &QueueChange) -> Reply<()> {
        let (method, path) = match id {
            Some(id) => ("PUT", path::queue(id)),
            None => ("POST", path::queues()),
        };
        self.tell(method, path, write(queue)).await
    }

    pub(crate) async fn retire_queue(&self, id: &QueueId) -> Reply<()> {
        self.tell("DELETE", path::queue(id), None).await
    }

    /// Puts somebody into a queue, or says whether they are away.
    pub(crate) async fn set_queue_member(
        &self,
        queue: &QueueId,
        person: &UserId,
        away: bool,
    ) -> Reply<()> {
        let body = write(&MemberChange { away });
        self.tell("PUT", path::queue_member(queue, person), body)
            .await
    }

    pub(crate) async fn remove_queue_member(&self, queue: &QueueId, person: &UserId) -> Reply<()> {
        self.tell("DELETE", path::queue_member(queue, person), None)
            .await
    }

    pub(crate) async fn reply_templates(&self) -> Reply<Vec<ReplyTemplate>> {
        self.get(path::reply_templates()).await
    }

    /// Makes a template, or changes the one with this id.
    pub(crate) async fn save_template(
        &self,
        id: Option<&TemplateId>,
        template: &TemplateChange,
    ) -> Reply<()> {
        let (method, path) = match id {
            Some(id) => ("PUT", path::reply_template(id)),
            None => ("POST", path::reply_templates()),
        };
        self.tell(method, path, write(template)).await
    }

    pub(crate) async fn delete_template(&self, id: &TemplateId) -> Reply<()> {
        self.tell("DELETE", path::reply_template(id), None).await
    }

    pub(crate) async fn save_view(&self, view: &NewDeskView) -> Reply<DeskView> {
        self.give("POST", path::desk_views(), view).await
    }

    pub(crate) async fn delete_view(&self, id: &ViewId) -> Reply<()> {
        self.tell("DELETE", format!("{}/{id}", path::desk_views()), None)
            .await
    }
}

/// Where things of the desk are.
pub(crate) mod path {
    use super::{EscalationId, QueueId, TemplateId, UserId};

    /// The list, with the query of the desk's address: with its `?`, or empty.
    pub(crate) fn escalations(query: &str) -> String {
        format!("/api/v1/escalations{query}")
    }

    pub(crate) fn escalation(id: &EscalationId) -> String {
        format!("/api/v1/escalations/{id}")
    }

    pub(super) fn draft(id: &EscalationId) -> String {
        format!("/api/v1/escalations/{id}/draft")
    }

    pub(crate) fn queues() -> String {
        "/api/v1/queues".to_owned()
    }

    pub(super) fn queue(id: &QueueId) -> String {
        format!("/api/v1/queues/{id}")
    }

    pub(super) fn queue_member(queue: &QueueId, person: &UserId) -> String {
        format!("/api/v1/queues/{queue}/members/{person}")
    }

    pub(crate) fn reply_templates() -> String {
        "/api/v1/reply-templates".to_owned()
    }

    pub(super) fn reply_template(id: &TemplateId) -> String {
        format!("/api/v1/reply-templates/{id}")
    }

    pub(crate) fn desk_views() -> String {
        "/api/v1/desk-views".to_owned()
    }
}
