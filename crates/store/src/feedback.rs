//! The asker's word on an answer.

use crate::access::Principal;
use crate::row::clean;
use crate::write::Personal;
use crate::{Result, Store, StoreError};
use inhouse_protocol::RunId;
use serde_json::json;

/// The longest comment, in characters.
const COMMENT: usize = 1_000;

/// A comment as it is stored. `Invalid` when it is too long.
pub(crate) fn checked_comment(comment: &str) -> Result<String> {
    let comment = clean(comment.trim()).into_owned();
    if comment.chars().count() > COMMENT {
        return Err(StoreError::Invalid(format!(
            "A comment has up to {COMMENT} characters."
        )));
    }
    Ok(comment)
}

impl Store {
    /// Keeps whether an answer helped, with a comment that may be empty; the last word counts.
    /// `NotFound` unless the run is the principal's; `Conflict` while it works.
    pub async fn set_helpful(
        &self,
        by: &Principal,
        run: &RunId,
        helpful: bool,
        comment: &str,
    ) -> Result<()> {
        let comment = checked_comment(comment)?;
        let mut write = self.write().await?;
        let changed = sqlx::query(
            "UPDATE runs SET helpful = $3, helpful_comment = $4
             WHERE id = $1 AND COALESCE(user_id, '') = $2 AND question <> '' AND state = 'done'",
        )
        .bind(run.as_str())
        .bind(by.user_id().unwrap_or_default())
        .bind(i64::from(helpful))
        .bind((!comment.is_empty()).then_some(comment.as_str()))
        .execute(write.connection())
        .await?;
        if changed.rows_affected() == 0 {
            drop(write);
            self.run_for(by, run).await?;
            return Err(StoreError::conflict(
                "This question is still being worked on. Say it once there is an answer.",
            ));
        }
        let personal = by.user_id().filter(|_| !comment.is_empty());
        let personal = personal.map(|of| Personal {
            of,
            data: json!({ "comment": comment }),
        });
        let (subject, detail) = (("run", run.as_str()), json!({ "helpful": helpful }));
        write
            .commit_with(&by.actor(), "run.helpful", subject, detail, personal)
            .await
    }
}
