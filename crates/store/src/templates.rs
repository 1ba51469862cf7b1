//! Reply templates, which everybody at the desk shares, and saved views of the desk, which are one's
//! own. A template of a restricted queue is its members'.

use crate::access::Principal;
use crate::escalations::name_of;
use crate::restricted::{desk_only, may_see};
use crate::row::{Columns, clean, new_id};
use crate::write::Write;
use crate::{Result, Store, StoreError};
use inhouse_protocol::{
    DeskView, NewDeskView, QueueId, ReplyTemplate, TemplateChange, TemplateId, ViewId,
};
use serde_json::json;

/// The most views that one person saves.
const VIEWS: i64 = 50;

impl Store {
    /// The templates that the principal may see, by title. `NotFound` unless they work the desk.
    pub async fn reply_templates(&self, by: &Principal) -> Result<Vec<ReplyTemplate>> {
        desk_only(by)?;
        let hidden = self.hidden_queues(by).await?;
        let rows = sqlx::query(concat!(
            "SELECT t.id, t.title, t.body, t.queue_id, t.version, t.changed_at, ",
            name_of!("u"),
            " AS changed_by
             FROM reply_templates t LEFT JOIN users u ON u.id = t.changed_by
             ORDER BY t.title, t.id"
        ))
        .fetch_all(&self.pool)
        .await?;
        let mut templates = Vec::new();
        for row in &rows {
            let queue: Option<QueueId> = row.maybe_id("queue_id")?;
            if queue
                .as_ref()
                .is_some_and(|queue| hidden.iter().any(|id| id == queue.as_str()))
            {
                continue;
            }
            templates.push(ReplyTemplate {
                id: row.id("id")?,
                title: row.text("title")?,
                body: row.text("body")?,
                queue,
                version: row.number("version")?,
                changed_by: row.text("changed_by")?,
                changed_at: row.time("changed_at")?,
            });
        }
        Ok(templates)
    }

    /// Makes a template. `Invalid` for a title or a body that can be none, or an unknown queue.
    pub async fn create_reply_template(
        &self,
        by: &Principal,
        new: &TemplateChange,
    ) -> Result<TemplateId> {
        desk_only(by)?;
        let (title, body) = checked(new)?;
        let mut write = self.write().await?;
        check_queue(&mut write, by, new.queue.as_ref()).await?;
        let id: TemplateId = new_id()?;
        let now = write.now().0;
        sqlx::query(
            "INSERT INTO reply_templates (id, title, body, queue_id, version, changed_by, changed_at)
             VALUES ($1, $2, $3, $4, 1, $5, $6)",
        )
        .bind(id.as_str())
        .bind(title)
        .bind(body)
        .bind(new.queue.as_ref().map(QueueId::as_str))
        .bind(by.user_id())
        .bind(now)
        .execute(write.connection())
        .await?;
        let subject = ("template", id.as_str());
        let detail = json!({ "queue": new.queue });
        write
            .commit(&by.actor(), "template.create", subject, detail)
            .await?;
        Ok(id)
    }

    /// Changes a template. `NotFound` unless the principal may see it, `Conflict` when somebody
    /// changed it since the version that the principal saw.
    pub async fn change_reply_template(
        &self,
        by: &Principal,
        id: &TemplateId,
        change: &TemplateChange,
    ) -> Result<()> {
        let (title, body) = checked(change)?;
        let mut write = self.write().await?;
        let version = hold(&mut write, by, id).await?;
        if change
            .version
            .is_some_and(|seen| i64::try_from(seen) != Ok(version))
        {
            return Err(StoreError::conflict(
                "Somebody changed this template meanwhile. Look at it again, then repeat your \
                 change.",
            ));
        }
        check_queue(&mut write, by, change.queue.as_ref()).await?;
        let now = write.now().0;
        sqlx::query(
            "UPDATE reply_templates SET title = $2, body = $3, queue_id = $4, changed_by = $5,
                    changed_at = $6, version = version + 1
             WHERE id = $1",
        )
        .bind(id.as_str())
        .bind(title)
        .bind(body)
        .bind(change.queue.as_ref().map(QueueId::as_str))
        .bind(by.user_id())
        .bind(now)
        .execute(write.connection())
        .await?;
        let subject = ("template", id.as_str());
        let detail = json!({ "queue": change.queue, "version": version + 1 });
        write
            .commit(&by.actor(), "template.change", subject, detail)
            .await
    }

    /// Deletes a template; replies that were written with it stay. `NotFound` unless the principal
    /// may see it.
    pub async fn delete_reply_template(&self, by: &Principal, id: &TemplateId) -> Result<()> {
        let mut write = self.write().await?;
        hold(&mut write, by, id).await?;
        write
            .execute("DELETE FROM reply_templates WHERE id = $1", id.as_str())
            .await?;
        let subject = ("template", id.as_str());
        write
            .commit(&by.actor(), "template.delete", subject, json!({}))
            .await
    }

    /// The principal's views, in the order saved; the operator has none.
    pub async fn desk_views(&self, by: &Principal) -> Result<Vec<DeskView>> {
        desk_only(by)?;
        let rows = sqlx::query(
            "SELECT id, name, query FROM desk_views WHERE user_id = $1 ORDER BY created_at, id",
        )
        .bind(by.user_id().unwrap_or_default())
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(DeskView {
                    id: row.id("id")?,
                    name: row.text("name")?,
                    query: row.text("query")?,
                })
            })
            .collect()
    }

    /// Saves a view for the principal. `Invalid` for a name or a query that can be none, when they
    /// have 50, and for the operator, whose views would be nobody's.
    pub async fn save_desk_view(&self, by: &Principal, new: &NewDeskView) -> Result<ViewId> {
        desk_only(by)?;
        let user = by
            .user_id()
            .ok_or_else(|| invalid("Only somebody with an account saves views."))?;
        let name = clean(new.name.trim()).into_owned();
        if !(1..=60).contains(&name.chars().count()) {
            return Err(invalid("A view's name has 1 to 60 characters."));
        }
        let query = clean(new.query.trim_start_matches('?')).into_owned();
        if query.chars().count() > 1_000 || query.chars().any(char::is_control) {
            return Err(invalid("This view is too long to be saved."));
        }
        let mut write = self.write().await?;
        let saved: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM desk_views WHERE user_id = $1")
            .bind(user)
            .fetch_one(write.connection())
            .await?;
        if saved >= VIEWS {
            return Err(invalid("You have 50 saved views. Delete one first."));
        }
        let id: ViewId = new_id()?;
        let now = write.now().0;
        sqlx::query(
            "INSERT INTO desk_views (id, user_id, name, query, created_at)
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(id.as_str())
        .bind(user)
        .bind(name)
        .bind(query)
        .bind(now)
        .execute(write.connection())
        .await?;
        write
            .commit(&by.actor(), "view.save", ("view", id.as_str()), json!({}))
            .await?;
        Ok(id)
    }

    /// Deletes a view. `NotFound` unless it is the principal's.
    pub async fn delete_desk_view(&self, by: &Principal, id: &ViewId) -> Result<()> {
        desk_only(by)?;
        let mut write = self.write().await?;
        let gone = sqlx::query("DELETE FROM desk_views WHERE id = $1 AND user_id = $2")
            .bind(id.as_str())
            .bind(by.user_id().unwrap_or_default())
            .execute(write.connection())
            .await?;
        if gone.rows_affected() == 0 {
            return Err(StoreError::NotFound);
        }
        write
            .commit(&by.actor(), "view.delete", ("view", id.as_str()), json!({}))
            .await
    }
}

/// The template's version, its row held. `NotFound` unless the principal may see it.
async fn hold(write: &mut Write, by: &Principal, id: &TemplateId) -> Result<i64> {
    desk_only(by)?;
    let row = sqlx::query(
        "UPDATE reply_templates SET version = version WHERE id = $1 RETURNING version, queue_id",
    )
    .bind(id.as_str())
    .fetch_optional(write.connection())
    .await?
    .ok_or(StoreError::NotFound)?;
    match row.maybe_text("queue_id")? {
        Some(queue) if !may_see(write.connection(), by, &queue).await? => Err(StoreError::NotFound),
        _ => row.int("version"),
    }
}

async fn check_queue(write: &mut Write, by: &Principal, queue: Option<&QueueId>) -> Result<()> {
    let Some(queue) = queue else { return Ok(()) };
    let known: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM queues WHERE id = $1")
        .bind(queue.as_str())
        .fetch_one(write.connection())
        .await?;
    if known == 1 && may_see(write.connection(), by, queue.as_str()).await? {
        Ok(())
    } else {
        Err(invalid(
            "There is no such queue. Choose another one, or every queue.",
        ))
    }
}

fn checked(change: &TemplateChange) -> Result<(String, String)> {
    let title = clean(change.title.trim()).into_owned();
    if !(1..=120).contains(&title.chars().count()) {
        return Err(invalid("A template's title has 1 to 120 characters."));
    }
    let body = clean(change.body.trim()).into_owned();
    if !(1..=20_000).contains(&body.chars().count()) {
        return Err(invalid("A template has 1 to 20,000 characters."));
    }
    Ok((title, body))
}

fn invalid(what: &str) -> StoreError {
    StoreError::Invalid(what.to_owned())
}
