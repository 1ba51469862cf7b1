//! What people settle for themselves: that they know whom they talk to, and how they want to be
//! answered.

use crate::audit::Actor;
use crate::users::{lock_user, not_erased};
use crate::{Result, Store};
use inhouse_protocol::{AnswerMode, UserId};
use serde_json::json;

impl Store {
    /// Keeps that the person was told that they talk to an AI system (AI Act 50(1)); the first
    /// time counts.
    pub async fn mark_ai_notice(&self, id: &UserId) -> Result<()> {
        let mut write = self.write().await?;
        let now = write.now().0;
        let changed = sqlx::query(
            "UPDATE users SET ai_notice_at = $2 WHERE id = $1 AND ai_notice_at IS NULL",
        )
        .bind(id.as_str())
        .bind(now)
        .execute(write.connection())
        .await?;
        if changed.rows_affected() == 0 {
            return Ok(());
        }
        let by = Actor::User(id.clone());
        write
            .commit(&by, "ai_notice.seen", ("user", id.as_str()), json!({}))
            .await
    }

    /// How the person wants to be answered; none: as the deployment has it. `NotFound` when there
    /// is no such account, `Conflict` when the person was erased.
    pub async fn set_answer_mode(&self, id: &UserId, mode: Option<AnswerMode>) -> Result<()> {
        let mut write = self.write().await?;
        let user = lock_user(&mut write, id).await?;
        not_erased(&user)?;
        if user.answer_mode == mode {
            return Ok(());
        }
        sqlx::query("UPDATE users SET answer_mode = $2 WHERE id = $1")
            .bind(id.as_str())
            .bind(mode.map(AnswerMode::as_str))
            .execute(write.connection())
            .await?;
        let (by, subject) = (Actor::User(id.clone()), ("user", id.as_str()));
        write
            .commit(&by, "answers.mode", subject, json!({ "mode": mode }))
            .await
    }
}
