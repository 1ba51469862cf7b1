//! The API of approved answers.

use super::{Api, Reply, parse};
use inhouse_protocol::{
    ApprovedAnswer, ApprovedAnswerChange, ApprovedAnswerId, ImportReport, SetApprovalState,
};

impl Api {
    /// Keeps a draft, or writes the answer with this id anew.
    pub(crate) async fn save_answer(
        &self,
        id: Option<&ApprovedAnswerId>,
        change: &ApprovedAnswerChange,
    ) -> Reply<ApprovedAnswer> {
        let (method, path) = match id {
            Some(id) => ("PUT", path::approved_answer(id)),
            None => ("POST", path::approved_answers()),
        };
        self.give(method, path, change).await
    }

    pub(crate) async fn set_approval(
        &self,
        id: &ApprovedAnswerId,
        set: &SetApprovalState,
    ) -> Reply<ApprovedAnswer> {
        let path = format!("{}/state", path::approved_answer(id));
        self.give("POST", path, set).await
    }

    /// Adds what a file holds, JSON Lines or CSV, as drafts.
    pub(crate) async fn import_answers(&self, file: String) -> Reply<ImportReport> {
        let path = format!("{}/import", path::approved_answers());
        parse(&self.send("POST", path, Some(file)).await?)
    }
}

/// Where approved answers are.
pub(crate) mod path {
    use super::ApprovedAnswerId;

    pub(crate) fn approved_answers() -> String {
        "/api/v1/approved-answers".to_owned()
    }

    pub(crate) fn approved_answer(id: &ApprovedAnswerId) -> String {
        format!("/api/v1/approved-answers/{id}")
    }

    /// All of them as a file, `jsonl` or `csv`.
    pub(crate) fn approved_file(format: &str) -> String {
        format!("/api/v1/approved-answers/export?format={format}")
    }
}
