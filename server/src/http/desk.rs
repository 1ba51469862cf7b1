//! The review desk: the list, one escalation, and what is done with it.

use super::access::Caller;
use crate::app::App;
use crate::error::{AppError, AppResult, Body};
use crate::tickets;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use inhouse_protocol::{
    BulkChange, BulkResult, ChangeEscalation, DeskFilter, Escalation, EscalationId,
    EscalationState, EscalationSummary, MergeEscalation, NewReply, Presence, Present, ReplyKind,
    SplitEscalation,
};

const REPLY_CHARS: usize = 20_000;

/// The escalations of the queues that the caller may see; what breaches next comes first, unless
/// the filter says otherwise.
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(filter): Query<DeskFilter>,
) -> AppResult<Json<Vec<EscalationSummary>>> {
    Ok(Json(
        app.store.escalations(&caller.principal, &filter).await?,
    ))
}

/// One escalation with everything that the desk sees of it.
pub(super) async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> AppResult<Json<Escalation>> {
    let id: EscalationId = id.parse()?;
    Ok(Json(shown(&app, &caller, &id).await?))
}

/// Replies to the asker, or notes something for the desk.
pub(super) async fn reply(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(reply): Body<NewReply>,
) -> AppResult<Json<Escalation>> {
    let id: EscalationId = id.parse()?;
    let reply = checked(reply)?;
    app.store.reply(&caller.principal, &id, &reply).await?;
    Ok(Json(shown(&app, &caller, &id).await?))
}

/// Changes state, queue, priority, assignee, or when it is looked at again.
pub(super) async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(change): Body<ChangeEscalation>,
) -> AppResult<Json<Escalation>> {
    let id: EscalationId = id.parse()?;
    app.store
        .change_escalation(&caller.principal, &id, &change)
        .await?;
    Ok(Json(shown(&app, &caller, &id).await?))
}

/// The same change to many, each by itself, with what takes it back.
pub(super) async fn bulk(
    State(app): State<App>,
    caller: Caller,
    Body(bulk): Body<BulkChange>,
) -> AppResult<Json<Vec<BulkResult>>> {
    Ok(Json(
        app.store
            .change_escalations(&caller.principal, &bulk)
            .await?,
    ))
}

/// Merges a duplicate into another escalation, which is shown.
pub(super) async fn merge(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(merge): Body<MergeEscalation>,
) -> AppResult<Json<Escalation>> {
    let id: EscalationId = id.parse()?;
    app.store
        .merge_escalation(&caller.principal, &id, &merge)
        .await?;
    Ok(Json(shown(&app, &caller, &merge.into).await?))
}

/// Splits a part of the question off; shows the new escalation.
pub(super) async fn split(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(split): Body<SplitEscalation>,
) -> AppResult<(StatusCode, Json<Escalation>)> {
    let id: EscalationId = id.parse()?;
    let new = app
        .store
        .split_escalation(&caller.principal, &id, &split)
        .await?;
    Ok((StatusCode::CREATED, Json(shown(&app, &caller, &new).await?)))
}

/// Says that the caller has it open; tells who else has.
pub(super) async fn presence(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(presence): Body<Presence>,
) -> AppResult<Json<Present>> {
    let id: EscalationId = id.parse()?;
    Ok(Json(
        app.store.present(&caller.principal, &id, &presence).await?,
    ))
}

/// Asks for an issue in the tracker, which is made soon. Refused for a restricted queue.
pub(super) async fn ticket(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> AppResult<StatusCode> {
    let id: EscalationId = id.parse()?;
    let (escalation, _) = app.store.escalation_summary(&caller.principal, &id).await?;
    // For what never gets one, the store says why.
    if !escalation.queue.restricted && !tickets::any(&app).await? {
        return Err(AppError::Conflict(
            "No ticket tracker is set up. Ask an administrator to set one up.".into(),
        ));
    }
    app.store.request_ticket(&caller.principal, &id).await?;
    app.wake_worker();
    Ok(StatusCode::NO_CONTENT)
}

async fn shown(app: &App, caller: &Caller, id: &EscalationId) -> AppResult<Escalation> {
    let mut escalation = app.store.escalation(&caller.principal, id).await?;
    if escalation.summary.ticket.is_some() {
        escalation.ticket_url = tickets::link(app, id).await?;
    }
    Ok(escalation)
}

fn checked(mut reply: NewReply) -> AppResult<NewReply> {
    reply.body = reply.body.trim().to_owned();
    let note = reply.kind == ReplyKind::Note;
    let what = if note { "note" } else { "reply" };
    match reply.body.chars().count() {
        0 => return Err(AppError::field("body", format!("Write a {what} first."))),
        n if n > REPLY_CHARS => {
            let message = format!("This {what} has {n} characters; the limit is {REPLY_CHARS}.");
            return Err(AppError::field("body", message));
        }
        _ => {}
    }
    if !matches!(reply.kind, ReplyKind::Reply | ReplyKind::Note) {
        return Err(AppError::field(
            "kind",
            "The desk writes replies and notes only.",
        ));
    }
    if !note && reply.state == EscalationState::Open {
        return Err(AppError::field(
            "state",
            "A reply answers or resolves; it can't reopen.",
        ));
    }
    Ok(reply)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(body: &str, kind: ReplyKind, state: EscalationState) -> NewReply {
        NewReply {
            body: body.into(),
            kind,
            state,
            wait: false,
            revision: None,
            draft: None,
        }
    }

    #[test]
    fn a_reply_answers_and_a_note_leaves_the_state() {
        let (open, answered) = (EscalationState::Open, EscalationState::Answered);
        assert!(checked(reply("Text.", ReplyKind::Reply, answered)).is_ok());
        assert!(checked(reply("Text.", ReplyKind::Reply, open)).is_err());
        assert!(checked(reply("Text.", ReplyKind::Note, open)).is_ok());
    }

    #[test]
    fn nobody_writes_in_the_name_of_the_asker_or_the_tracker() {
        for kind in [ReplyKind::Asker, ReplyKind::Ticket] {
            let refused = checked(reply("Text.", kind, EscalationState::Answered));
            assert!(matches!(
                refused,
                Err(AppError::Invalid {
                    field: Some("kind"),
                    ..
                })
            ));
        }
    }

    #[test]
    fn a_reply_has_a_word_and_an_end() {
        let answered = EscalationState::Answered;
        for body in ["  ".to_owned(), "x".repeat(REPLY_CHARS + 1)] {
            assert!(checked(reply(&body, ReplyKind::Reply, answered)).is_err());
        }
        let kept = checked(reply(" Text.\n", ReplyKind::Reply, answered)).unwrap();
        assert_eq!(kept.body, "Text.");
    }
}
