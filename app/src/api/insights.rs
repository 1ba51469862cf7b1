//! The API of what is missing.

use super::{Api, Reply};
use inhouse_protocol::{
    DecideRequest, DocumentRequest, DocumentRequestId, DocumentRequestState, InsightChart,
    NewDocumentRequest,
};

impl Api {
    /// A chart as an `<svg>` element.
    pub(crate) async fn insight_chart(&self, chart: InsightChart, days: u32) -> Reply<String> {
        let name = chart.as_str();
        self.body(format!("/api/v1/insights/charts/{name}?days={days}"))
            .await
    }

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
