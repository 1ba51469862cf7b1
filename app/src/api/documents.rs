//! The API of document sets, documents and their versions, and of how files come in.

use super::{Api, Reply, write};
use inhouse_protocol::{
    Affected, DocumentAccess, DocumentDetail, DocumentFacts, DocumentId, DocumentSet,
    DocumentSummary, EmbeddingState, NewDocumentSet, PersonName, ProposalsDecided, ReadSettings,
    References, Reviewed, SetAccess, SetId, VersionDates, VersionId, WatchedFolder,
};

impl Api {
    pub(crate) async fn sets(&self) -> Reply<Vec<DocumentSet>> {
        self.get(path::sets()).await
    }

    pub(crate) async fn new_set(&self, set: &NewDocumentSet) -> Reply<DocumentSet> {
        self.give("POST", path::sets(), set).await
    }

    pub(crate) async fn set_access(&self, set: &SetId, access: &SetAccess) -> Reply<()> {
        self.tell("PUT", path::of_set(set, "access"), write(access))
            .await
    }

    pub(crate) async fn documents(&self, set: &SetId) -> Reply<Vec<DocumentSummary>> {
        self.get(path::documents(set)).await
    }

    /// Has every file of the set that could not be read read once more.
    pub(crate) async fn retry_failed(&self, set: &SetId) -> Reply<Affected> {
        let none = serde_json::Map::new();
        self.give("POST", path::of_set(set, "retry"), &none).await
    }

    /// Stops what waits or is being read in the set.
    pub(crate) async fn cancel_all(&self, set: &SetId) -> Reply<Affected> {
        let none = serde_json::Map::new();
        self.give("POST", path::of_set(set, "cancel"), &none).await
    }

    pub(crate) async fn document(&self, id: &DocumentId) -> Reply<DocumentDetail> {
        self.get(path::document(id)).await
    }

    pub(crate) async fn document_access(
        &self,
        id: &DocumentId,
        access: &DocumentAccess,
    ) -> Reply<()> {
        self.tell("PUT", path::of_document(id, "access"), write(access))
            .await
    }

    pub(crate) async fn retry(&self, id: &DocumentId, settings: &ReadSettings) -> Reply<()> {
        self.tell("POST", path::of_document(id, "retry"), write(settings))
            .await
    }

    pub(crate) async fn cancel_document(&self, id: &DocumentId) -> Reply<()> {
        self.tell("POST", path::of_document(id, "cancel"), None)
            .await
    }

    pub(crate) async fn delete_document(&self, id: &DocumentId) -> Reply<()> {
        self.tell("DELETE", path::document(id), None).await
    }

    /// What still refers to it.
    pub(crate) async fn references(&self, id: &DocumentId) -> Reply<References> {
        self.get(path::of_document(id, "references")).await
    }

    pub(crate) async fn set_facts(&self, id: &DocumentId, facts: &DocumentFacts) -> Reply<()> {
        self.tell("PUT", path::of_document(id, "facts"), write(facts))
            .await
    }

    /// Who could own it.
    pub(crate) async fn owners(&self, id: &DocumentId) -> Reply<Vec<PersonName>> {
        self.get(path::of_document(id, "owners")).await
    }

    pub(crate) async fn reviewed(&self, id: &DocumentId, reviewed: &Reviewed) -> Reply<()> {
        self.tell("POST", path::of_document(id, "reviewed"), write(reviewed))
            .await
    }

    pub(crate) async fn set_dates(&self, id: &VersionId, dates: &VersionDates) -> Reply<()> {
        self.tell("PUT", path::of_version(id, "dates"), write(dates))
            .await
    }

    pub(crate) async fn decide(&self, id: &VersionId, decided: &ProposalsDecided) -> Reply<()> {
        self.tell("POST", path::of_version(id, "proposals"), write(decided))
            .await
    }

    pub(crate) async fn watched(&self) -> Reply<Vec<WatchedFolder>> {
        self.get(path::watched()).await
    }

    pub(crate) async fn embedding(&self) -> Reply<EmbeddingState> {
        self.get(path::embedding()).await
    }

    /// Lets the passages' new embedding rest, or go on.
    pub(crate) async fn pause_embedding(&self, paused: bool) -> Reply<()> {
        let what = if paused { "pause" } else { "resume" };
        self.tell("POST", format!("{}/{what}", path::embedding()), None)
            .await
    }
}

/// Where documents and what belongs to them are.
pub(crate) mod path {
    use super::{DocumentId, SetId, VersionId};

    pub(crate) fn sets() -> String {
        "/api/v1/document-sets".to_owned()
    }

    pub(super) fn of_set(set: &SetId, what: &str) -> String {
        format!("/api/v1/document-sets/{set}/{what}")
    }

    pub(super) fn of_document(id: &DocumentId, what: &str) -> String {
        format!("/api/v1/documents/{id}/{what}")
    }

    pub(super) fn of_version(id: &VersionId, what: &str) -> String {
        format!("/api/v1/versions/{id}/{what}")
    }

    /// A set's documents: the list, and where files are uploaded to.
    pub(crate) fn documents(set: &SetId) -> String {
        of_set(set, "documents")
    }

    /// The stream of how far a set's files are.
    pub(crate) fn progress(set: &SetId) -> String {
        of_set(set, "progress")
    }

    pub(crate) fn document(id: &DocumentId) -> String {
        format!("/api/v1/documents/{id}")
    }

    /// The original file, as a download.
    pub(crate) fn original(id: &DocumentId) -> String {
        of_document(id, "original")
    }

    /// The original file of one version, as a download.
    pub(crate) fn original_of(id: &DocumentId, version: &VersionId) -> String {
        format!("{}?version={version}", original(id))
    }

    pub(crate) fn comparison(id: &DocumentId, before: &VersionId, after: &VersionId) -> String {
        let path = of_document(id, "comparison");
        format!("{path}?before={before}&after={after}")
    }

    pub(crate) fn quarantine() -> String {
        "/api/v1/quarantine".to_owned()
    }

    pub(crate) fn watched() -> String {
        "/api/v1/watched".to_owned()
    }

    pub(crate) fn embedding() -> String {
        "/api/v1/embedding".to_owned()
    }

    /// Documents that the reader owns and should look at again.
    pub(crate) fn reviews() -> String {
        "/api/v1/me/reviews".to_owned()
    }
}
