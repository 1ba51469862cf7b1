//! The rules: shown to admins and the legal team, written, tried and published by the legal team.

use super::access::Caller;
use crate::app::App;
use crate::error::{AppError, AppResult, Body};
use crate::rules::{self, Bench, RulesInUse};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use inhouse_guardrails::{DEPARTMENTS, SIGNALS, TopicExamples};
use inhouse_protocol::{
    CheckRules, ReplayRules, RuleDraft, RuleSummary, RuleVersion, RuleVersionDetail, RuleVersionId,
    RuleVersionState, Rules, RulesCheck, RulesOrigin, RulesReplay, RulesTried, SetRuleState,
    SignalInfo, TopicSummary, TryRules,
};

/// The rules in force and all their versions.
pub(super) async fn show(State(app): State<App>, _: Caller) -> AppResult<Json<Rules>> {
    app.follow_rules().await?;
    let versions = app.store.rule_versions().await?;
    Ok(Json(shown(&app, &app.rules(), versions)))
}

fn shown(app: &App, rules: &RulesInUse, versions: Vec<RuleVersion>) -> Rules {
    let on = &app.config.rules.departments;
    let switched =
        |&(key, name, _): &(&str, &str, &str)| (name.to_owned(), on.iter().any(|on| on == key));
    let summaries = rules.set.summaries().into_iter().map(|rule| RuleSummary {
        id: rule.id,
        title: rule.title,
        stage: rule.stage.to_owned(),
        condition: rule.condition,
        action: rule.action,
        message: rule.message,
        owner: rule.owner,
        effective: rule.effective,
        tests: rule.tests as u64,
    });
    let signals = SIGNALS.iter().map(|signal| SignalInfo {
        name: signal.name.to_owned(),
        kind: signal.kind.to_owned(),
        from: signal.from.as_str().to_owned(),
        meaning: signal.meaning.to_owned(),
    });
    Rules {
        origin: rules.origin,
        content: rules.text.clone(),
        rules: summaries.collect(),
        topics: counted(rules.set.topics()),
        intents: counted(rules.set.intents()),
        departments: DEPARTMENTS.iter().map(switched).collect(),
        versions,
        second_person: app.config.rules.second_person,
        signals: signals.collect(),
    }
}

fn counted(labels: &[TopicExamples]) -> Vec<TopicSummary> {
    let counted = labels.iter().map(|label| TopicSummary {
        label: label.label.clone(),
        examples: label.examples.len() as u64,
    });
    counted.collect()
}

/// Checks rules and runs their tests; nothing is stored.
pub(super) async fn check(
    State(app): State<App>,
    _: Caller,
    Body(asked): Body<CheckRules>,
) -> AppResult<Json<RulesCheck>> {
    Ok(Json(checked(&app, &asked.content).await?))
}

async fn checked(app: &App, content: &str) -> AppResult<RulesCheck> {
    let bench = Bench::of(app).await?;
    bench.check(content).await.map_err(AppError::internal)
}

/// What rules make of a question; nothing is stored.
pub(super) async fn try_out(
    State(app): State<App>,
    caller: Caller,
    Body(tried): Body<TryRules>,
) -> AppResult<Json<RulesTried>> {
    Ok(Json(rules::try_out(&app, &caller.principal, &tried).await?))
}

/// What rules would have done to the last questions.
pub(super) async fn replay(
    State(app): State<App>,
    caller: Caller,
    Body(wanted): Body<ReplayRules>,
) -> AppResult<Json<RulesReplay>> {
    Ok(Json(rules::replay(&app, &caller.principal, &wanted).await?))
}

/// Keeps a draft; it starts from the version that is live.
pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    Body(draft): Body<RuleDraft>,
) -> AppResult<(StatusCode, Json<RuleVersion>)> {
    changeable(&app)?;
    let live = app.store.live_rules().await?.map(|live| live.number);
    let by = &caller.principal;
    let id = app
        .store
        .create_rule_version(by, &draft.content, &draft.note, live)
        .await?;
    let (version, _) = app.store.rule_version(&id).await?;
    Ok((StatusCode::CREATED, Json(version)))
}

/// A version with how its check came out, and what it has otherwise than the rules in force.
pub(super) async fn show_version(
    State(app): State<App>,
    _: Caller,
    Path(id): Path<String>,
) -> AppResult<Json<RuleVersionDetail>> {
    let id: RuleVersionId = id.parse()?;
    app.follow_rules().await?;
    let (version, content) = app.store.rule_version(&id).await?;
    Ok(Json(RuleVersionDetail {
        check: checked(&app, &content).await?,
        diff: rules::diff(&app.rules().text, &content),
        version,
        content,
    }))
}

/// Writes a draft anew.
pub(super) async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(draft): Body<RuleDraft>,
) -> AppResult<Json<RuleVersion>> {
    let id: RuleVersionId = id.parse()?;
    changeable(&app)?;
    let by = &caller.principal;
    app.store
        .change_rule_version(by, &id, &draft.content, &draft.note)
        .await?;
    Ok(Json(app.store.rule_version(&id).await?.0))
}

/// Proposes a version, publishes it, takes it back or withdraws it. What is to decide has to pass
/// its check.
pub(super) async fn set_state(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(wanted): Body<SetRuleState>,
) -> AppResult<Json<RuleVersion>> {
    let id: RuleVersionId = id.parse()?;
    changeable(&app)?;
    let bench = Bench::of(&app).await?;
    let (by, second_person) = (&caller.principal, app.config.rules.second_person);
    rules::advance(&app.store, &bench, by, &id, wanted.state, second_person).await?;
    if wanted.state == RuleVersionState::Live {
        app.follow_rules().await?;
    }
    Ok(Json(app.store.rule_version(&id).await?.0))
}

fn changeable(app: &App) -> AppResult<()> {
    if app.rules().origin == RulesOrigin::File {
        return Err(AppError::Conflict(
            "The rules here stand in a file of the operator's: they are changed there.".into(),
        ));
    }
    Ok(())
}
