//! How the answerability is computed, for admins: fitted on an evaluation, put into use, withdrawn.

use super::access::Caller;
use crate::app::App;
use crate::error::{AppResult, Body};
use crate::evaluation;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use inhouse_guardrails::answerability::Calibration;
use inhouse_protocol::{CalibrationId, CalibrationSummary, Calibrations, NewCalibration};

/// Every calibration, and what follows from the one in use.
pub(super) async fn list(State(app): State<App>, _: Caller) -> AppResult<Json<Calibrations>> {
    app.follow_calibration().await?;
    let rate = app.config.answers.highest_wrong_rate;
    let fits = |calibration: &Calibration| app.calibration_fits(calibration);
    let all = evaluation::calibrations(&app.store, rate, &fits).await?;
    Ok(Json(all))
}

/// Fits one on an evaluation's questions; doesn't put it into use.
pub(super) async fn fit(
    State(app): State<App>,
    caller: Caller,
    Body(new): Body<NewCalibration>,
) -> AppResult<(StatusCode, Json<CalibrationSummary>)> {
    let by = &caller.principal;
    let fitted = evaluation::fit(&app.store, by, &new.evaluation).await?;
    let summary = evaluation::calibration(&app, &fitted.id).await?;
    Ok((StatusCode::CREATED, Json(summary)))
}

/// Puts one into use.
pub(super) async fn adopt(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> AppResult<StatusCode> {
    let id: CalibrationId = id.parse()?;
    put_into_use(&app, &caller, Some(&id)).await
}

/// Puts the one that ships back into use.
pub(super) async fn adopt_shipped(State(app): State<App>, caller: Caller) -> AppResult<StatusCode> {
    put_into_use(&app, &caller, None).await
}

async fn put_into_use(
    app: &App,
    caller: &Caller,
    id: Option<&CalibrationId>,
) -> AppResult<StatusCode> {
    app.store.adopt_calibration(&caller.principal, id).await?;
    app.follow_calibration().await?;
    Ok(StatusCode::NO_CONTENT)
}
