//! What happened in the tracker, taken over here: closed there is resolved here, opened again
//! there is open here, comments reach the desk. Each delivery and each comment counts once.

use crate::audit::Actor;
use crate::item;
use crate::row::{Columns, clean};
use crate::write::Write;
use crate::{Result, Store, escalations, notices, tickets, timeline};
use inhouse_protocol::{EscalationId, EscalationState, ReplyKind, Timestamp, TrackerId};
use serde_json::json;
use sqlx::any::AnyRow;

/// A delivery is remembered this long, in milliseconds: trackers give up sending it again after
/// hours.
const REMEMBERED_MS: i64 = 30 * 24 * 3_600_000;
/// Longest comment taken, in characters.
const COMMENT_CHARS: usize = 20_000;

/// How an issue stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketStatus {
    /// In the tracker's words.
    pub name: String,
    /// The work is done.
    pub done: bool,
    /// When that was so, by the tracker's clock.
    pub at: Timestamp,
}

/// A comment on an issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketComment {
    /// The comment's id there.
    pub id: String,
    /// The author's name there.
    pub author: String,
    pub body: String,
}

/// What is new about an issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketNews {
    /// The key.
    pub key: String,
    pub status: Option<TicketStatus>,
    /// May hold what was taken before.
    pub comments: Vec<TicketComment>,
}

/// What became of news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewsTaken {
    /// The same delivery was here before.
    Replayed,
    /// No escalation has this issue, or it is in a restricted queue.
    NotOurs,
    /// It was known.
    Nothing,
    /// Something changed here.
    Changed,
}

/// The part of an escalation that decides what news mean.
struct Known {
    id: EscalationId,
    ticket_state: Option<String>,
    seen_at: Option<Timestamp>,
}

impl Store {
    /// Takes over what happened in a tracker. `deliveries` are names of what it sent: one that was
    /// there before is a replay. None where it was asked.
    pub async fn take_ticket_news(
        &self,
        tracker: &TrackerId,
        deliveries: &[String],
        news: &TicketNews,
    ) -> Result<NewsTaken> {
        let mut write = self.write().await?;
        for delivery in deliveries {
            if !first(&mut write, tracker, delivery).await? {
                return Ok(NewsTaken::Replayed);
            }
        }
        let Some(known) = known(&mut write, tracker, &news.key).await? else {
            write.commit_unrecorded().await?;
            return Ok(NewsTaken::NotOurs);
        };
        let comments = fresh(&mut write, &known.id, &news.comments).await?;
        let status = news.status.as_ref().filter(|status| known.is_new(status));
        if status.is_none() && comments.is_empty() {
            write.commit_unrecorded().await?;
            return Ok(NewsTaken::Nothing);
        }
        if let Some(status) = status {
            take_status(&mut write, &known, status).await?;
        } else {
            item::hold(&mut write, &known.id).await?;
        }
        for comment in &comments {
            take_comment(&mut write, &known.id, comment).await?;
        }
        let detail = json!({
            "key": news.key,
            "state": status.map(|status| &status.name),
            "comments": comments.len(),
        });
        let subject = ("escalation", known.id.as_str());
        write
            .commit(&Actor::System, "escalation.ticket_news", subject, detail)
            .await?;
        Ok(NewsTaken::Changed)
    }
}

impl Known {
    /// Whether a status is another one than was seen last, and not older.
    fn is_new(&self, status: &TicketStatus) -> bool {
        self.ticket_state.as_deref() != Some(status.name.as_str())
            && self.seen_at.is_none_or(|seen| status.at >= seen)
    }

    /// Where the escalation goes with a new status; none: it stays.
    fn after(&self, state: EscalationState, status: &TicketStatus) -> Option<EscalationState> {
        let resolved = state == EscalationState::Resolved;
        match (status.done, resolved) {
            (true, false) => Some(EscalationState::Resolved),
            // A first status says nothing about what changed.
            (false, true) if self.ticket_state.is_some() => Some(EscalationState::Open),
            _ => None,
        }
    }
}

/// Remembers a delivery; false when it was here before.
async fn first(write: &mut Write, tracker: &TrackerId, delivery: &str) -> Result<bool> {
    let now = write.now();
    let kept = sqlx::query(
        "INSERT INTO tracker_deliveries (tracker_id, delivery, at) VALUES ($1, $2, $3)
         ON CONFLICT DO NOTHING",
    )
    .bind(tracker.as_str())
    .bind(clean(delivery).into_owned())
    .bind(now.0)
    .execute(write.connection())
    .await?;
    if kept.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query("DELETE FROM tracker_deliveries WHERE tracker_id = $1 AND at < $2")
        .bind(tracker.as_str())
        .bind(now.plus_ms(-REMEMBERED_MS).0)
        .execute(write.connection())
        .await?;
    Ok(true)
}

/// The escalation that has an issue of this tracker, unless nothing about it may come or go.
async fn known(write: &mut Write, tracker: &TrackerId, key: &str) -> Result<Option<Known>> {
    let row = sqlx::query(
        "SELECT id, ticket_state, ticket_seen_at FROM escalations
         WHERE ticket_key = $1 AND ticket_tracker = $2
           AND queue_id IN (SELECT id FROM queues WHERE restricted = 0)",
    )
    .bind(clean(key).into_owned())
    .bind(tracker.as_str())
    .fetch_optional(write.connection())
    .await?;
    let known = |row: AnyRow| {
        Ok(Known {
            id: row.id("id")?,
            ticket_state: row.maybe_text("ticket_state")?,
            seen_at: row.maybe_time("ticket_seen_at")?,
        })
    };
    row.map(known).transpose()
}

/// Those comments that weren't taken before.
async fn fresh<'a>(
    write: &mut Write,
    id: &EscalationId,
    comments: &'a [TicketComment],
) -> Result<Vec<&'a TicketComment>> {
    let mut fresh = Vec::new();
    for comment in comments {
        if comment.body.trim().is_empty() {
            continue;
        }
        let taken: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM replies WHERE escalation_id = $1 AND outside_id = $2",
        )
        .bind(id.as_str())
        .bind(clean(&comment.id).into_owned())
        .fetch_one(write.connection())
        .await?;
        if taken == 0 {
            fresh.push(comment);
        }
    }
    Ok(fresh)
}

async fn take_status(write: &mut Write, known: &Known, status: &TicketStatus) -> Result<()> {
    let mut item = item::revise(write, &known.id, None).await?;
    // What was decided here last and is on its way there counts.
    let to = if tickets::is_underway(write, &known.id).await? {
        None
    } else {
        known.after(item.state, status)
    };
    if let Some(to) = to {
        let (now, calendar) = (write.now(), write.calendar());
        item.move_to(to, now, &calendar);
        // Without telling the tracker what came from there.
        item::keep(write, &item).await?;
        if let Some(asker) = &item.user {
            let kind = match to {
                EscalationState::Resolved => "resolved",
                EscalationState::Open | EscalationState::Answered => "reopened",
            };
            let subject = ("escalation", known.id.as_str());
            notices::tell(write, &[asker.as_str()], kind, subject).await?;
        }
    }
    let name = clean(&status.name).into_owned();
    sqlx::query("UPDATE escalations SET ticket_state = $2, ticket_seen_at = $3 WHERE id = $1")
        .bind(known.id.as_str())
        .bind(name.as_str())
        .bind(status.at.0)
        .execute(write.connection())
        .await?;
    let detail = json!({ "state": name });
    timeline::note(write, &known.id, None, "ticket", detail).await
}

async fn take_comment(write: &mut Write, id: &EscalationId, comment: &TicketComment) -> Result<()> {
    let text = format!("{}: {}", comment.author.trim(), comment.body.trim());
    let text: String = clean(&text).chars().take(COMMENT_CHARS).collect();
    let outside = clean(&comment.id);
    escalations::insert_reply(write, id, None, ReplyKind::Ticket, &text, Some(&outside)).await?;
    timeline::note(write, id, None, "ticket", json!({ "comment": true })).await
}
