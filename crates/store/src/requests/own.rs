//! What the asker does with a request: adds to it, withdraws it, opens it again, rates it.

use crate::access::Principal;
use crate::escalations::{checked_body, insert_reply};
use crate::feedback::checked_comment;
use crate::item::{self, Item};
use crate::notices::tell_watchers;
use crate::row::Columns;
use crate::write::{Personal, Write};
use crate::{Result, Store, StoreError, timeline};
use inhouse_protocol::{EscalationId, EscalationState, ReplyKind};
use serde_json::{Value, json};

/// How long after its end a request can be opened again, in milliseconds.
const REOPEN_MS: i64 = 30 * 86_400_000;

impl Store {
    /// The asker adds a message: the clock goes on, and the request is open. What was resolved is
    /// opened again by it.
    ///
    /// `NotFound` unless it is the principal's; `Invalid` for an empty or overlong text; `Conflict`
    /// for one that ended too long ago.
    pub async fn add_to_request(
        &self,
        by: &Principal,
        id: &EscalationId,
        body: &str,
    ) -> Result<()> {
        let body = checked_body(body)?;
        let mut write = self.write().await?;
        let mut item = take(&mut write, by, id).await?;
        take_up(&mut write, by, &mut item).await?;
        insert_reply(&mut write, id, by.user_id(), ReplyKind::Asker, &body, None).await?;
        said(&mut write, by, &item).await?;
        let words = words(by, "body", &body);
        end(write, by, id, "escalation.add", json!({}), words).await
    }

    /// The asker needs no answer any more. Withdrawn twice is withdrawn once. `NotFound` unless it
    /// is the principal's; `Conflict` where it was resolved.
    pub async fn withdraw_request(&self, by: &Principal, id: &EscalationId) -> Result<()> {
        let mut write = self.write().await?;
        let mut item = take(&mut write, by, id).await?;
        if item.withdrawn_at.is_some() {
            return Ok(());
        }
        if stands(&mut write, &item).await? == EscalationState::Resolved {
            return Err(StoreError::conflict(
                "This request is resolved already. There is nothing to withdraw.",
            ));
        }
        let (now, calendar) = (write.now(), write.calendar());
        item.move_to(EscalationState::Resolved, now, &calendar);
        item.merged_into = None;
        item.withdrawn_at = Some(now);
        item::save(&mut write, &item).await?;
        timeline::by(&mut write, id, by, "withdrawn", json!({})).await?;
        tell_watchers(&mut write, by, &item, "withdrawn").await?;
        end(write, by, id, "escalation.withdraw", json!({}), None).await
    }

    /// The asker opens a request again that was resolved or withdrawn, with a message that may be
    /// empty. `NotFound` unless it is the principal's; `Invalid` for an overlong text; `Conflict`
    /// where it is open, or ended too long ago.
    pub async fn reopen_request(
        &self,
        by: &Principal,
        id: &EscalationId,
        body: &str,
    ) -> Result<()> {
        let body = match body.trim() {
            "" => None,
            body => Some(checked_body(body)?),
        };
        let mut write = self.write().await?;
        let mut item = take(&mut write, by, id).await?;
        if stands(&mut write, &item).await? != EscalationState::Resolved {
            return Err(StoreError::conflict(
                "This request is not closed. Add a message to it instead.",
            ));
        }
        take_up(&mut write, by, &mut item).await?;
        if let Some(body) = &body {
            insert_reply(&mut write, id, by.user_id(), ReplyKind::Asker, body, None).await?;
            timeline::by(&mut write, id, by, "asker", json!({})).await?;
        }
        tell_watchers(&mut write, by, &item, "returned").await?;
        let words = body.as_deref().and_then(|body| words(by, "body", body));
        end(write, by, id, "escalation.reopen", json!({}), words).await
    }

    /// The asker says how it went, 1 to 5 with a comment that may be empty; the last word counts.
    /// `NotFound` unless it is the principal's; `Invalid` for another number or an overlong
    /// comment; `Conflict` until it is resolved, and where it was withdrawn.
    pub async fn rate_request(
        &self,
        by: &Principal,
        id: &EscalationId,
        rating: u8,
        comment: &str,
    ) -> Result<()> {
        if !(1..=5).contains(&rating) {
            return Err(StoreError::Invalid("A rating is 1 to 5.".into()));
        }
        let comment = checked_comment(comment)?;
        let mut write = self.write().await?;
        // Held and not revised: a rating stands in nobody's way at the desk.
        let item = owned(item::hold(&mut write, id).await?, by)?;
        let resolved = stands(&mut write, &item).await? == EscalationState::Resolved;
        if !resolved || item.withdrawn_at.is_some() {
            return Err(StoreError::conflict(
                "A request is rated once it is resolved.",
            ));
        }
        sqlx::query("UPDATE escalations SET rating = $2, rating_comment = $3 WHERE id = $1")
            .bind(id.as_str())
            .bind(i64::from(rating))
            .bind((!comment.is_empty()).then_some(comment.as_str()))
            .execute(write.connection())
            .await?;
        let detail = json!({ "rating": rating });
        timeline::by(&mut write, id, by, "rated", detail.clone()).await?;
        let words = words(by, "comment", &comment);
        end(write, by, id, "escalation.rate", detail, words).await
    }
}

/// Takes a request of the principal's for a change.
async fn take(write: &mut Write, by: &Principal, id: &EscalationId) -> Result<Item> {
    owned(item::revise(write, id, None).await?, by)
}

fn owned(item: Item, by: &Principal) -> Result<Item> {
    if item.user.as_deref() == by.user_id() {
        Ok(item)
    } else {
        Err(StoreError::NotFound)
    }
}

/// The state in which the asker sees it: a duplicate stands where that one stands that it was
/// merged into.
async fn stands(write: &mut Write, item: &Item) -> Result<EscalationState> {
    let Some(target) = &item.merged_into else {
        return Ok(item.state);
    };
    let row = sqlx::query("SELECT state FROM escalations WHERE id = $1")
        .bind(target.as_str())
        .fetch_optional(write.connection())
        .await?;
    row.map_or(Ok(item.state), |row| row.name("state"))
}

/// Opens it for the desk, with its clock running and back in the list; a duplicate is a request of
/// its own again. `Conflict` where it ended too long ago.
pub(super) async fn take_up(write: &mut Write, by: &Principal, item: &mut Item) -> Result<()> {
    let (now, calendar) = (write.now(), write.calendar());
    let ended = item.resolved_at.filter(|_| item.merged_into.is_none());
    if ended.is_some_and(|at| now.since_ms(at) > REOPEN_MS) {
        return Err(StoreError::conflict(
            "This request was closed more than 30 days ago. Ask again instead.",
        ));
    }
    let (was_resolved, waited) = (
        item.state == EscalationState::Resolved,
        item.waiting_since.is_some(),
    );
    item.resume(now, &calendar);
    item.move_to(EscalationState::Open, now, &calendar);
    item.snoozed_until = None;
    item::save(write, item).await?;
    if was_resolved {
        timeline::by(write, &item.id, by, "reopened", json!({})).await?;
    } else if waited {
        timeline::by(write, &item.id, by, "resumed", json!({})).await?;
    }
    Ok(())
}

/// Notes that the asker said something, and tells whoever works on it.
pub(super) async fn said(write: &mut Write, by: &Principal, item: &Item) -> Result<()> {
    timeline::by(write, &item.id, by, "asker", json!({})).await?;
    tell_watchers(write, by, item, "asker").await
}

/// The asker's words, for the sealed part of a record: none where nothing was said, and for the
/// operator, who has no key.
fn words<'a>(by: &'a Principal, field: &str, words: &str) -> Option<Personal<'a>> {
    let of = by.user_id().filter(|_| !words.is_empty())?;
    Some(Personal {
        of,
        data: json!({ field: words }),
    })
}

async fn end(
    write: Write,
    by: &Principal,
    id: &EscalationId,
    action: &str,
    detail: Value,
    words: Option<Personal<'_>>,
) -> Result<()> {
    let subject = ("escalation", id.as_str());
    write
        .commit_with(&by.actor(), action, subject, detail, words)
        .await
}
