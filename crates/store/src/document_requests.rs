//! Documents that somebody asks for, because questions wait for them.

use crate::access::Principal;
use crate::escalations::name_of;
use crate::row::{Columns, big, clean, new_id};
use crate::{Result, Store, StoreError};
use inhouse_protocol::{
    DocumentRequest, DocumentRequestId, DocumentRequestState, NewDocumentRequest, Role,
};
use serde_json::json;

impl Store {
    /// Every request, the open ones first, then the newest first. `NotFound` unless the principal
    /// works the desk or is an admin.
    pub async fn document_requests(&self, by: &Principal) -> Result<Vec<DocumentRequest>> {
        desk_or_admin(by)?;
        let rows = sqlx::query(concat!(
            "SELECT d.id, d.title, d.note, d.state, d.questions, ",
            name_of!("u"),
            " AS author, d.created_at, d.decided_at
             FROM document_requests d LEFT JOIN users u ON u.id = d.created_by
             ORDER BY CASE WHEN d.state = 'open' THEN 0 ELSE 1 END, d.created_at DESC, d.id DESC",
        ))
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(DocumentRequest {
                    id: row.id("id")?,
                    title: row.text("title")?,
                    note: row.text("note")?,
                    state: row.name("state")?,
                    questions: row.number("questions")?,
                    by: row.text("author")?,
                    at: row.time("created_at")?,
                    decided_at: row.maybe_time("decided_at")?,
                })
            })
            .collect()
    }

    /// Asks for a document. `Invalid` for an empty or overlong title or an overlong note.
    pub async fn request_document(
        &self,
        by: &Principal,
        new: &NewDocumentRequest,
    ) -> Result<DocumentRequestId> {
        desk_or_admin(by)?;
        let (title, note) = (clean(new.title.trim()), clean(new.note.trim()));
        if !(1..=200).contains(&title.chars().count()) {
            return Err(StoreError::Invalid(
                "A title has 1 to 200 characters.".into(),
            ));
        }
        if note.chars().count() > 2_000 {
            return Err(StoreError::Invalid(
                "A note has up to 2,000 characters.".into(),
            ));
        }
        let mut write = self.write().await?;
        let id: DocumentRequestId = new_id()?;
        let now = write.now().0;
        sqlx::query(
            "INSERT INTO document_requests (id, title, note, state, questions, created_by, created_at)
             VALUES ($1, $2, $3, 'open', $4, $5, $6)",
        )
        .bind(id.as_str())
        .bind(title.as_ref())
        .bind(note.as_ref())
        .bind(big(new.questions)?)
        .bind(by.user_id())
        .bind(now)
        .execute(write.connection())
        .await?;
        let subject = ("document_request", id.as_str());
        let detail = json!({ "questions": new.questions });
        write
            .commit(&by.actor(), "document.request", subject, detail)
            .await?;
        Ok(id)
    }

    /// Says that the document is there, or that it will not come; or takes that back.
    pub async fn decide_document_request(
        &self,
        by: &Principal,
        id: &DocumentRequestId,
        state: DocumentRequestState,
    ) -> Result<()> {
        desk_or_admin(by)?;
        let mut write = self.write().await?;
        let now = write.now().0;
        let decided = (state != DocumentRequestState::Open).then_some(now);
        let changed =
            sqlx::query("UPDATE document_requests SET state = $2, decided_at = $3 WHERE id = $1")
                .bind(id.as_str())
                .bind(state.as_str())
                .bind(decided)
                .execute(write.connection())
                .await?;
        if changed.rows_affected() == 0 {
            return Err(StoreError::NotFound);
        }
        let subject = ("document_request", id.as_str());
        write
            .commit(
                &by.actor(),
                "document.request.decide",
                subject,
                json!({ "state": state }),
            )
            .await
    }
}

/// `NotFound` for everybody but the legal team, admins and the operator.
pub(crate) fn desk_or_admin(by: &Principal) -> Result<()> {
    if by.works_the_desk() || by.role() == Some(Role::Admin) {
        Ok(())
    } else {
        Err(StoreError::NotFound)
    }
}
