//! Conversations and asking.

use super::access::Caller;
use crate::app::App;
use crate::error::{AppError, AppResult, Body};
use crate::pipeline;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use inhouse_protocol::{
    Conversation, ConversationId, ConversationSummary, NewMessage, Run, RunState,
};

/// The longest question taken, in characters.
pub(crate) const QUESTION_CHARS: usize = 4_000;

/// Example questions for an empty page.
pub(super) async fn suggestions(State(app): State<App>, _: Caller) -> Json<Vec<String>> {
    Json(app.config.interface.suggestions.clone())
}

/// The caller's conversations, newest first.
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
) -> AppResult<Json<Vec<ConversationSummary>>> {
    Ok(Json(app.store.conversations(&caller.principal).await?))
}

/// Starts a conversation.
pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
) -> AppResult<(StatusCode, Json<ConversationSummary>)> {
    let id = app.store.create_conversation(&caller.principal).await?;
    let summary = app
        .store
        .conversation_summary(&caller.principal, &id)
        .await?;
    Ok((StatusCode::CREATED, Json(summary)))
}

/// A conversation of the caller's, with everything they may still see of it.
pub(super) async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> AppResult<Json<Conversation>> {
    let id: ConversationId = id.parse()?;
    Ok(Json(app.store.conversation(&caller.principal, &id).await?))
}

/// Asks a question: starts a run and returns at once.
pub(super) async fn ask(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(message): Body<NewMessage>,
) -> AppResult<(StatusCode, Json<Run>)> {
    let conversation: ConversationId = id.parse()?;
    let question = message.question.trim().to_owned();
    match question.chars().count() {
        0 => return Err(AppError::field("question", "Write a question first.")),
        n if n > QUESTION_CHARS => {
            let message = format!(
                "This question has {n} characters; the limit is {QUESTION_CHARS}. Shorten it, or \
                 have the text uploaded as a document."
            );
            return Err(AppError::field("question", message));
        }
        _ => {}
    }
    app.quota.take(&caller.user.id)?;
    let run = pipeline::start(&app, &caller.principal, &conversation, &question).await?;
    Ok((
        StatusCode::ACCEPTED,
        Json(Run {
            id: run,
            conversation,
            state: RunState::Running,
        }),
    ))
}
