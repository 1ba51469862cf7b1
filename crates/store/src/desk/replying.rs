//! Replies to the asker, and notes among the people at the desk.

use super::{TURN, drafts, subject, take, told};
use crate::access::Principal;
use crate::escalations::{checked_body, insert_reply};
use crate::item::{self, Item};
use crate::row::Columns;
use crate::write::Write;
use crate::{Result, Store, StoreError, notices, restricted, timeline};
use inhouse_protocol::{EscalationId, EscalationState, NewReply, ReplyId, ReplyKind};
use serde_json::json;

impl Store {
    /// Replies, or writes a note. The asker sees a reply in the conversation and in their requests,
    /// and so do the askers of what was merged into it; a note changes nothing and is for the desk.
    ///
    /// `Invalid` for an empty or overlong text, another kind, or a state that isn't `answered` or
    /// `resolved`; `Conflict` where somebody changed it since, and for one that is a duplicate of
    /// another or was withdrawn.
    pub async fn reply(
        &self,
        by: &Principal,
        id: &EscalationId,
        new: &NewReply,
    ) -> Result<ReplyId> {
        restricted::desk_only(by)?;
        let body = checked_body(&new.body)?;
        match new.kind {
            ReplyKind::Reply => self.reply_to_asker(by, id, new, &body).await,
            ReplyKind::Note => self.note_for_desk(by, id, &body).await,
            ReplyKind::Asker | ReplyKind::Ticket => Err(StoreError::Invalid(
                "At the desk one writes a reply or a note.".into(),
            )),
        }
    }

    async fn note_for_desk(
        &self,
        by: &Principal,
        id: &EscalationId,
        body: &str,
    ) -> Result<ReplyId> {
        let mut write = self.write().await?;
        // A note stands in nobody's way: whatever changed meanwhile.
        let item = take(&mut write, by, id, None).await?;
        let author = by.user_id();
        let note = insert_reply(&mut write, id, author, ReplyKind::Note, body, None).await?;
        timeline::by(&mut write, id, by, "note", json!({})).await?;
        let personal = told(item.user.as_deref(), json!({ "body": body }));
        let detail = json!({ "note": note });
        write
            .commit_with(
                &by.actor(),
                "escalation.note",
                subject(id),
                detail,
                personal,
            )
            .await?;
        Ok(note)
    }

    async fn reply_to_asker(
        &self,
        by: &Principal,
        id: &EscalationId,
        new: &NewReply,
        body: &str,
    ) -> Result<ReplyId> {
        fits(new)?;
        let mut write = self.write().await?;
        write.take_turn(TURN).await?;
        let mut item = take(&mut write, by, id, new.revision).await?;
        if item.merged_into.is_some() {
            return Err(StoreError::conflict(
                "This is a duplicate of another question. Reply there: it reaches both askers.",
            ));
        }
        if item.withdrawn_at.is_some() {
            return Err(StoreError::conflict(
                "The asker has withdrawn this question. Open it again to reply.",
            ));
        }
        let mut detail = json!({ "state": new.state, "waiting": new.wait });
        if let Some(draft) = &new.draft
            && let Some(state) = drafts::settle(&mut write, by, id, draft, body).await?
        {
            detail["draft"] = json!({ "id": draft, "state": state });
        }
        let reply = answer(&mut write, by, &mut item, new, body).await?;
        detail["reply"] = json!(reply);
        for duplicate in duplicates(&mut write, id).await? {
            pass_on(&mut write, by, &duplicate, new, body).await?;
        }
        let personal = told(item.user.as_deref(), json!({ "body": body }));
        write
            .commit_with(
                &by.actor(),
                "escalation.reply",
                subject(id),
                detail,
                personal,
            )
            .await?;
        Ok(reply)
    }
}

fn fits(new: &NewReply) -> Result<()> {
    let wrong = match new.state {
        EscalationState::Open => "After a reply a question is answered or resolved.",
        EscalationState::Resolved if new.wait => {
            "A resolved question waits for nobody. Choose one of the two."
        }
        EscalationState::Answered | EscalationState::Resolved => return Ok(()),
    };
    Err(StoreError::Invalid(wrong.into()))
}

/// Writes the reply, moves the escalation and its clocks, and tells the asker.
async fn answer(
    write: &mut Write,
    by: &Principal,
    item: &mut Item,
    new: &NewReply,
    body: &str,
) -> Result<ReplyId> {
    let (now, calendar) = (write.now(), write.calendar());
    let reply = insert_reply(write, &item.id, by.user_id(), ReplyKind::Reply, body, None).await?;
    item.first_reply_at = item.first_reply_at.or(Some(now));
    item.move_to(new.state, now, &calendar);
    item.snoozed_until = None;
    let waited = item.waiting_since.is_some();
    if new.wait {
        item.wait(now);
    } else {
        item.resume(now, &calendar);
    }
    item::save(write, item).await?;
    let state = json!({ "state": new.state });
    timeline::by(write, &item.id, by, "reply", state).await?;
    if waited != new.wait && new.state != EscalationState::Resolved {
        let kind = if new.wait { "waiting" } else { "resumed" };
        timeline::by(write, &item.id, by, kind, json!({})).await?;
    }
    let kind = if new.wait { "needs_answer" } else { "reply" };
    reached(write, by, item, kind).await?;
    Ok(reply)
}

/// Gives a duplicate the reply to the question that it was merged into.
async fn pass_on(
    write: &mut Write,
    by: &Principal,
    id: &EscalationId,
    new: &NewReply,
    body: &str,
) -> Result<()> {
    let mut item = item::revise(write, id, None).await?;
    let now = write.now();
    let reply = insert_reply(write, id, by.user_id(), ReplyKind::Reply, body, None).await?;
    item.first_reply_at = item.first_reply_at.or(Some(now));
    item::save(write, &item).await?;
    timeline::by(write, id, by, "reply", json!({ "duplicate": true })).await?;
    let kind = if new.wait { "needs_answer" } else { "reply" };
    reached(write, by, &item, kind).await?;
    let detail = json!({ "reply": reply, "duplicate": true });
    let actor = by.actor();
    let action = "escalation.reply";
    match told(item.user.as_deref(), json!({ "body": body })) {
        Some(personal) => {
            write
                .note_about(&actor, action, subject(id), detail, personal)
                .await
        }
        None => write.note(&actor, action, subject(id), detail).await,
    }
}

/// Brings the conversation to the top of the asker's list, and tells the asker.
async fn reached(write: &mut Write, by: &Principal, item: &Item, kind: &str) -> Result<()> {
    let now = write.now().0;
    sqlx::query(
        "UPDATE conversations SET updated_at = $2
         WHERE id = (SELECT conversation_id FROM runs WHERE id = $1)",
    )
    .bind(item.run.as_str())
    .bind(now)
    .execute(write.connection())
    .await?;
    match item.user.as_deref() {
        Some(asker) if by.user_id() != Some(asker) => {
            notices::tell(write, &[asker], kind, subject(&item.id)).await
        }
        _ => Ok(()),
    }
}

/// What was merged into an escalation.
async fn duplicates(write: &mut Write, id: &EscalationId) -> Result<Vec<EscalationId>> {
    let rows = sqlx::query("SELECT id FROM escalations WHERE merged_into = $1 ORDER BY id")
        .bind(id.as_str())
        .fetch_all(write.connection())
        .await?;
    rows.iter().map(|row| row.id("id")).collect()
}
