//! Measuring on labelled questions, for admins: sets of questions, evaluations over them, their
//! figures, charts and comparisons.

use super::access::Caller;
use crate::app::App;
use crate::error::{AppError, AppResult, Body};
use crate::evaluation;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use inhouse_protocol::{
    Chart, Evaluation, EvaluationComparison, EvaluationDetail, EvaluationId, NewEvaluation,
    NewQuestionSet, QuestionSet, QuestionSetDetail, QuestionSetId, SetBaseline,
};
use serde::Deserialize;
use serde::de::IntoDeserializer as _;
use serde::de::value::{Error as NameError, StrDeserializer};

/// The largest set of questions taken, in bytes: as many as a set may have, each of some length.
pub(super) const BODY_LIMIT_BYTES: usize = 8 * 1024 * 1024;

/// Every set of questions.
pub(super) async fn sets(
    State(app): State<App>,
    caller: Caller,
) -> AppResult<Json<Vec<QuestionSet>>> {
    Ok(Json(app.store.question_sets(&caller.principal).await?))
}

/// Keeps a set of questions out of a file's text.
pub(super) async fn create_set(
    State(app): State<App>,
    caller: Caller,
    body: Result<Json<NewQuestionSet>, JsonRejection>,
) -> AppResult<(StatusCode, Json<QuestionSet>)> {
    let Json(new) = body.map_err(|rejection| refused(&rejection))?;
    let set = evaluation::add(&app.store, &caller.principal, &new).await?;
    Ok((StatusCode::CREATED, Json(set)))
}

fn refused(rejection: &JsonRejection) -> AppError {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return AppError::TooLarge {
            limit_bytes: BODY_LIMIT_BYTES as u64,
        };
    }
    let what = rejection.body_text();
    AppError::invalid(format!("The request's body can't be read: {what}."))
}

/// A set with its evaluations.
pub(super) async fn show_set(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> AppResult<Json<QuestionSetDetail>> {
    let id: QuestionSetId = id.parse()?;
    let set = app.store.question_set(&id).await?;
    let evaluations = evaluation::of_set(&app.store, &caller.principal, &id).await?;
    Ok(Json(QuestionSetDetail { set, evaluations }))
}

/// Removes a set and its evaluations.
pub(super) async fn delete_set(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> AppResult<StatusCode> {
    let id: QuestionSetId = id.parse()?;
    let by = &caller.principal;
    app.store.delete_question_set(by, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Chooses the evaluation that others are compared with.
pub(super) async fn set_baseline(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(baseline): Body<SetBaseline>,
) -> AppResult<StatusCode> {
    let id: QuestionSetId = id.parse()?;
    let by = &caller.principal;
    app.store.set_baseline(by, &id, baseline.evaluation).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Starts an evaluation.
pub(super) async fn start(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(new): Body<NewEvaluation>,
) -> AppResult<(StatusCode, Json<Evaluation>)> {
    let set: QuestionSetId = id.parse()?;
    let by = &caller.principal;
    let id = evaluation::start(&app, by, &set, &new).await?;
    let started = evaluation::shown(&app.store.evaluation(&id).await?, by)?;
    Ok((StatusCode::CREATED, Json(started)))
}

/// An evaluation with the result of each question.
pub(super) async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> AppResult<Json<EvaluationDetail>> {
    let id: EvaluationId = id.parse()?;
    let detail = evaluation::detail(&app.store, &caller.principal, &id).await?;
    Ok(Json(detail))
}

/// Stops an evaluation; what it measured up to then stays.
pub(super) async fn stop(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> AppResult<StatusCode> {
    let id: EvaluationId = id.parse()?;
    let by = &caller.principal;
    app.store.request_stop_evaluation(by, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes an evaluation.
pub(super) async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> AppResult<StatusCode> {
    let id: EvaluationId = id.parse()?;
    app.store.delete_evaluation(&caller.principal, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize)]
pub(super) struct With {
    with: EvaluationId,
}

/// An evaluation against the one before it, question by question.
pub(super) async fn comparison(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Query(With { with }): Query<With>,
) -> AppResult<Json<EvaluationComparison>> {
    let id: EvaluationId = id.parse()?;
    let by = &caller.principal;
    let compared = evaluation::comparison(&app.store, by, &with, &id).await?;
    Ok(Json(compared))
}

/// A chart of an evaluation.
pub(super) async fn chart(
    State(app): State<App>,
    _: Caller,
    Path((id, name)): Path<(String, String)>,
) -> AppResult<Response> {
    let id: EvaluationId = id.parse()?;
    let name: StrDeserializer<'_, NameError> = name.as_str().into_deserializer();
    let chart = Chart::deserialize(name).map_err(|_| AppError::NotFound)?;
    let svg = evaluation::chart(&app.store, &id, chart).await?;
    let svg_type = HeaderValue::from_static("image/svg+xml");
    Ok(([(header::CONTENT_TYPE, svg_type)], svg).into_response())
}
