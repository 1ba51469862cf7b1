//! Legal holds, for admins.

use super::access::Caller;
use super::privacy::check_reason;
use crate::app::App;
use crate::error::{AppError, AppResult, Body};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use inhouse_protocol::{HoldId, HoldKind, LegalHold, NewHold};

/// Every hold, those in force first.
pub(super) async fn list(State(app): State<App>, _: Caller) -> AppResult<Json<Vec<LegalHold>>> {
    Ok(Json(app.store.holds().await?))
}

/// Places a hold on everything or on one person.
pub(super) async fn place(
    State(app): State<App>,
    caller: Caller,
    Body(new): Body<NewHold>,
) -> AppResult<(StatusCode, Json<LegalHold>)> {
    check_reason(&new.reason)?;
    match (new.kind, &new.person) {
        (HoldKind::Person, None) => {
            return Err(AppError::field("person", "Say whose data is to be held."));
        }
        (HoldKind::Everything, Some(_)) => {
            return Err(AppError::field(
                "person",
                "A hold on everything names nobody.",
            ));
        }
        _ => {}
    }
    let hold = app
        .store
        .place_hold(&caller.principal.actor(), &new)
        .await?;
    Ok((StatusCode::CREATED, Json(hold)))
}

/// Lifts a hold.
pub(super) async fn lift(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> AppResult<Json<LegalHold>> {
    let id: HoldId = id.parse()?;
    let actor = caller.principal.actor();
    Ok(Json(app.store.lift_hold(&actor, &id).await?))
}
