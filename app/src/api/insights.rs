//! The API of what is missing.

use super::{Api, Reply};
use inhouse_protocol::{
    DecideRequest, DocumentRequest, DocumentRequestId, DocumentRequestState, NewDocumentRequest,
};

impl Api {
    pub(crate) async fn request_document(
        &self,
        new: &NewDocumentRequest,
    ) -> Reply<Vec<DocumentRequest>> {
        self.give("POST", path::document_requests(), new).await
    }

    pub(crate) async fn decide_document_request(
        &self,
        id: &DocumentRequestId,
        state: DocumentRequestState,
    ) -> Reply<Vec<DocumentRequest>> {
        let path = format!("{}/{id}/state", path::document_requests());
        self.give("POST", path, &DecideRequest { state }).await
    }
}

pub(super) mod path {
    pub(crate) fn insights(days: u32) -> String {
        format!("/api/v1/insights?days={days}")
    }

    pub(crate) fn insights_table(days: u32) -> String {
        format!("/api/v1/insights/export?days={days}")
    }

    pub(crate) fn document_requests() -> String {
        "/api/v1/document-requests".to_owned()
    }
}
