//! Ticket trackers, for admins, and where trackers call us.

use super::access::Caller;
use crate::app::App;
use crate::error::{AppError, AppResult, Body};
use crate::tickets;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use inhouse_protocol::{
    CheckTracker, Tracker, TrackerChange, TrackerCheck, TrackerId, TrackerSettings, Trackers,
};
use inhouse_store::{StoreError, StoredTracker, TICKET, TICKET_UPDATE, TrackerSecret};
use url::Url;

/// Why tickets were given up: how many are told.
const GIVEN_UP: u32 = 10;

/// Every tracker, without its secrets, and what waits to be sent.
pub(super) async fn list(State(app): State<App>, _: Caller) -> AppResult<Json<Trackers>> {
    let store = &app.store;
    let saved = store.trackers().await?;
    let waiting = store.jobs_waiting(TICKET).await? + store.jobs_waiting(TICKET_UPDATE).await?;
    let failed = store.jobs_failed(TICKET, GIVEN_UP).await?;
    Ok(Json(Trackers {
        trackers: saved
            .into_iter()
            .map(|saved| tickets::listed(&app, saved))
            .collect(),
        configured: app.config.jira.base_url.as_ref().map(host_of),
        allow: app.config.jira.allow.clone(),
        waiting,
        given_up: failed.into_iter().map(|(_, why)| why).collect(),
    }))
}

/// Saves a new tracker; an enabled one only after it was checked against the server.
pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    Body(mut new): Body<TrackerChange>,
) -> AppResult<(StatusCode, Json<Tracker>)> {
    new.settings = tickets::prepared(new.settings)?;
    if new.enabled {
        works(&app, &candidate(&app, None, &new)).await?;
    }
    let id = app
        .store
        .create_tracker(&caller.principal.actor(), &new)
        .await?;
    let saved = app.store.tracker(&id).await?;
    Ok((StatusCode::CREATED, Json(tickets::listed(&app, saved))))
}

/// Changes a tracker; an enabled one only after it was checked against the server.
pub(super) async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    change: AppResult<Body<TrackerChange>>,
) -> AppResult<Json<Tracker>> {
    let id: TrackerId = id.parse()?;
    // What isn't there is that first, whatever was sent.
    let saved = app.store.tracker(&id).await?;
    let Body(mut change) = change?;
    change.settings = tickets::prepared(change.settings)?;
    keeps_its_token_at_home(&saved, &change.settings, change.token.as_deref())?;
    if change.enabled {
        works(&app, &candidate(&app, Some(saved), &change)).await?;
    }
    let by = caller.principal.actor();
    app.store.change_tracker(&by, &id, &change).await?;
    let saved = app.store.tracker(&id).await?;
    Ok(Json(tickets::listed(&app, saved)))
}

/// Removes a tracker; the issues in it stay.
pub(super) async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> AppResult<StatusCode> {
    let id: TrackerId = id.parse()?;
    let by = caller.principal.actor();
    app.store.delete_tracker(&by, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Asks a tracker whether issues can be made with settings that aren't saved yet.
pub(super) async fn check(
    State(app): State<App>,
    _: Caller,
    Body(asked): Body<CheckTracker>,
) -> AppResult<Json<TrackerCheck>> {
    let mut change = TrackerChange {
        settings: tickets::prepared(asked.settings)?,
        enabled: true,
        token: asked.token,
        webhook_secret: None,
    };
    let saved = match &asked.id {
        Some(id) => Some(app.store.tracker(id).await?),
        None => None,
    };
    if let Some(saved) = &saved {
        keeps_its_token_at_home(saved, &change.settings, change.token.as_deref())?;
    }
    // Whether it calls us can't be asked.
    change.settings.follow = inhouse_protocol::TrackerFollow::Off;
    let candidate = candidate(&app, saved, &change);
    Ok(Json(tickets::check(&app, &candidate).await?))
}

/// Where a tracker calls us. What isn't signed by a tracker that does gets the same reply as what
/// isn't there.
pub(super) async fn hook(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> AppResult<StatusCode> {
    let id: TrackerId = id.parse()?;
    let tracker = app.store.tracker(&id).await?;
    let now = app.store.now();
    let incoming = tickets::understand(&tracker, &headers, &body, now);
    let incoming = incoming.ok_or(AppError::NotFound)?;
    if let Some(news) = &incoming.news {
        let taken = app
            .store
            .take_ticket_news(&id, &incoming.deliveries, news)
            .await;
        match taken {
            Ok(taken) => tracing::debug!(tracker = %id, ?taken, "a tracker called"),
            // It was removed while this came in.
            Err(StoreError::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(StatusCode::NO_CONTENT)
}

/// A tracker as it would be after a change.
fn candidate(app: &App, saved: Option<StoredTracker>, change: &TrackerChange) -> StoredTracker {
    let (id, kept_token, kept_secret, created_at) = match saved {
        Some(saved) => (
            Some(saved.id),
            saved.token,
            saved.webhook_secret,
            saved.created_at,
        ),
        None => (None, None, None, app.store.now()),
    };
    let secret = |given: Option<&String>, kept: Option<TrackerSecret>| match given {
        Some(given) if given.trim().is_empty() => None,
        Some(given) => Some(TrackerSecret::new(given.trim())),
        None => kept,
    };
    StoredTracker {
        id: id.unwrap_or_else(new_tracker),
        settings: change.settings.clone(),
        enabled: change.enabled,
        token: secret(change.token.as_ref(), kept_token),
        webhook_secret: secret(change.webhook_secret.as_ref(), kept_secret),
        polled_until: None,
        created_at,
        updated_at: app.store.now(),
    }
}

/// An id for a tracker that isn't saved.
fn new_tracker() -> TrackerId {
    "new".parse().expect("letters make an id")
}

/// A saved token is only sent to where it was meant for.
fn keeps_its_token_at_home(
    saved: &StoredTracker,
    settings: &TrackerSettings,
    token: Option<&str>,
) -> AppResult<()> {
    let origin = |address: &str| Url::parse(address).ok().map(|url| url.origin());
    let moved = origin(&saved.settings.address) != origin(&settings.address);
    if moved && token.is_none() && saved.token.is_some() {
        return Err(AppError::field(
            "token",
            "The address is another one now. Give the token again.",
        ));
    }
    Ok(())
}

async fn works(app: &App, candidate: &StoredTracker) -> AppResult<()> {
    match tickets::check(app, candidate).await?.problem {
        None => Ok(()),
        Some(problem) => Err(AppError::invalid(problem)),
    }
}

/// An address without what signs in to it.
fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let port = url.port().map(|port| format!(":{port}"));
    format!("{host}{}", port.unwrap_or_default())
}
