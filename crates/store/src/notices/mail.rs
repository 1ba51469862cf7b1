//! The mail of a notice: to whom it goes, and what may stand in it.

use super::{MAIL, select_notices};
use crate::access::Principal;
use crate::row::Columns;
use crate::users::{user, user_columns};
use crate::{Result, Store};
use inhouse_protocol::{JobId, Notice, NoticeId, NoticeSubject};

/// A mail that is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    pub notice: Notice,
    /// The address of whom it goes to.
    pub email: String,
    pub name: String,
    /// The words of it; none where it holds none.
    pub content: Option<MailContent>,
}

/// The words that a mail may hold, where that is configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailContent {
    /// The question, or what else the notice is about.
    pub about: String,
    /// The last reply, where the mail goes to the asker.
    pub reply: Option<String>,
}

impl Store {
    /// The mail of a notice, with its words if `with_content` and it isn't about a restricted
    /// queue. None where nothing is to be sent: the person has read it, wants no mail, is gone, or
    /// may not see any more what it is about.
    pub async fn mail_of(&self, id: &NoticeId, with_content: bool) -> Result<Option<Mail>> {
        let row = sqlx::query(concat!(
            "SELECT ",
            user_columns!("u."),
            " FROM notices n JOIN users u ON u.id = n.user_id
             WHERE n.id = $1 AND n.read_at IS NULL AND n.mailed_at IS NULL AND u.no_mail = 0
                   AND u.disabled_at IS NULL"
        ))
        .bind(id.as_str())
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let to = Principal::of(user(&row)?, None);
        let row = sqlx::query(select_notices!("AND n.id = $2"))
            .bind(to.user_id().unwrap_or_default())
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let reader = self.reader(&to, std::slice::from_ref(&row)).await?;
        let (Some(notice), Some(person)) = (reader.show(&row)?, to.user()) else {
            return Ok(None);
        };
        let restricted = row.maybe_int("restricted")?.is_some_and(|flag| flag != 0);
        let content = if with_content && !restricted {
            Some(
                self.content_of(&notice, row.maybe_text("question")?)
                    .await?,
            )
        } else {
            None
        };
        Ok(Some(Mail {
            email: person.email.clone(),
            name: person.name.clone(),
            notice,
            content,
        }))
    }

    async fn content_of(&self, notice: &Notice, question: Option<String>) -> Result<MailContent> {
        let mut content = MailContent {
            about: question.unwrap_or_else(|| notice.title.clone()),
            reply: None,
        };
        if notice.subject == NoticeSubject::Escalation && notice.kind.is_for_the_asker() {
            content.reply = sqlx::query_scalar(
                "SELECT body FROM replies WHERE escalation_id = $1 AND kind = 'reply'
                 ORDER BY at DESC, id DESC LIMIT 1",
            )
            .bind(notice.about.as_str())
            .fetch_optional(&self.pool)
            .await?;
        }
        Ok(content)
    }

    /// The mail of a notice is on its way, or none is to be sent: its job is done with. False: the
    /// lease was lost.
    pub async fn finish_mail(
        &self,
        job: &JobId,
        owner: &str,
        notice: &NoticeId,
        sent: bool,
    ) -> Result<bool> {
        let mut write = self.write().await?;
        let now = write.now().0;
        let held = sqlx::query(
            "DELETE FROM jobs
             WHERE id = $1 AND kind = $3 AND leased_by = $2 AND state = 'leased'",
        )
        .bind(job.as_str())
        .bind(owner)
        .bind(MAIL)
        .execute(write.connection())
        .await?
        .rows_affected();
        if sent {
            sqlx::query("UPDATE notices SET mailed_at = $2 WHERE id = $1")
                .bind(notice.as_str())
                .bind(now)
                .execute(write.connection())
                .await?;
        }
        write.commit_unrecorded().await?;
        Ok(held == 1)
    }
}
