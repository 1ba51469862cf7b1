//! A run's events, stopping it, sending its question to a person, and the asker's word on it.

use super::access::{Caller, caller};
use super::sse;
use crate::app::App;
use crate::error::{AppResult, Body};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::response::sse::Event;
use futures::stream;
use inhouse_protocol::{Escalation, Helpful, RunEvent, RunId, SendToLegal, StreamedEvent};
use serde::Deserialize;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

const NOTE_CHARS: usize = 2_000;
/// How often another process's events are looked for; our own wake the reader at once.
const POLL: Duration = Duration::from_millis(400);

#[derive(Deserialize)]
pub(super) struct After {
    #[serde(default)]
    after: u64,
}

struct Reader {
    app: App,
    headers: HeaderMap,
    run: RunId,
    last: u64,
    waiting: VecDeque<StreamedEvent>,
    ended: bool,
}

impl Reader {
    /// The next event, once there is one; `None` after the last, or when the caller lost the
    /// right to read on.
    async fn next(&mut self) -> Option<StreamedEvent> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                self.last = event.seq;
                self.ended = matches!(event.event, RunEvent::Done { .. });
                return Some(event);
            }
            if self.ended {
                return None;
            }
            let mut news = self.app.runs.subscribe(&self.run);
            let caller = caller(&self.app, &self.headers).await.ok()??;
            self.app
                .store
                .run_for(&caller.principal, &self.run)
                .await
                .ok()?;
            let scope = self.app.store.scope(&caller.principal).await.ok()?;
            let events = self
                .app
                .store
                .events_after(&scope, &self.run, self.last)
                .await
                .ok()?;
            if events.is_empty() {
                let _ = tokio::time::timeout(POLL, news.changed()).await;
            }
            self.waiting.extend(events);
        }
    }
}

fn frame(event: &StreamedEvent) -> Event {
    let frame = Event::default().id(event.seq.to_string());
    frame.json_data(&event.event).unwrap_or_default()
}

/// The run's events as server-sent events; resumes after `Last-Event-ID` or `?after=`.
pub(super) async fn events(
    State(app): State<App>,
    who: Caller,
    Path(id): Path<String>,
    Query(After { after }): Query<After>,
    headers: HeaderMap,
) -> AppResult<Response> {
    let run: RunId = id.parse()?;
    app.store.run_for(&who.principal, &run).await?;
    let last = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse().ok())
        .unwrap_or(after);
    let reader = Reader {
        app,
        headers,
        run,
        last,
        waiting: VecDeque::new(),
        ended: false,
    };
    let frames = stream::unfold(reader, |mut reader| async move {
        let event = reader.next().await?;
        Some((Ok::<_, Infallible>(frame(&event)), reader))
    });
    Ok(sse::response(frames))
}

/// Stops the run; what was written stays.
pub(super) async fn cancel(
    State(app): State<App>,
    who: Caller,
    Path(id): Path<String>,
) -> AppResult<StatusCode> {
    let run: RunId = id.parse()?;
    app.store.request_cancel(&who.principal, &run).await?;
    app.runs.cancel(&run);
    Ok(StatusCode::NO_CONTENT)
}

/// Hands the run's question to the legal team.
pub(super) async fn escalate(
    State(app): State<App>,
    who: Caller,
    Path(id): Path<String>,
    Body(send): Body<SendToLegal>,
) -> AppResult<Json<Escalation>> {
    let run: RunId = id.parse()?;
    let note: String = send.note.trim().chars().take(NOTE_CHARS).collect();
    let id = app
        .store
        .escalate_run(&who.principal, &run, &note, false)
        .await?;
    Ok(Json(app.store.my_request(&who.principal, &id).await?))
}

/// Takes the asker's word on an answer.
pub(super) async fn helpful(
    State(app): State<App>,
    who: Caller,
    Path(id): Path<String>,
    Body(said): Body<Helpful>,
) -> AppResult<StatusCode> {
    let run: RunId = id.parse()?;
    app.store
        .set_helpful(&who.principal, &run, said.helpful, &said.comment)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
