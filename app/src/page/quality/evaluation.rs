//! One evaluation: how far it is, its figures and charts, and what became of each question.

use super::shared::{
    choice, confirm, evaluation_page, is_running, look_while, progress, set_page, state_tag,
};
use super::{charts, figures, results};
use crate::api::{Api, path};
use crate::page::log::admin;
use crate::page::{id_in_path, not_found, only_for};
use crate::part::{
    ErrorNote, Icon, IntoWhole, IntoWholes, bodies, derive, live, loaded, only, rows_to_come,
};
use crate::state::Ui;
use crate::text;
use crate::time::Moment;
use inhouse_protocol::{
    ApiError, Chart, Evaluation, EvaluationDetail, EvaluationId, EvaluationKind, EvaluationResult,
    EvaluationState, QuestionSetDetail, QuestionSetId,
};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// The evaluation in the path.
#[component]
pub(crate) fn EvaluationPage() -> impl IntoView {
    only_for(admin, |_| view! { <Load /> }.whole())
}

#[component]
fn Load() -> impl IntoView {
    let set = id_in_path::<QuestionSetId>("set");
    let id = id_in_path::<EvaluationId>("evaluation");
    let data = bodies(move || {
        let set = path::question_set(&set.get()?);
        Some(vec![path::evaluation(&id.get()?), set])
    });
    loaded(data, rows_to_come, |bodies| {
        let detail: EvaluationDetail = only(&bodies)?;
        let set: QuestionSetDetail = only(bodies.get(1..).unwrap_or_default())?;
        if set.set.id != detail.evaluation.set {
            return Err(not_found());
        }
        Ok(view! { <Detail detail=detail set=set /> }.whole())
    })
}

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct Shown {
    evaluation: RwSignal<Evaluation>,
    results: RwSignal<Vec<EvaluationResult>>,
    charts: RwSignal<Vec<Chart>>,
    /// The evaluation that others of the set are compared with.
    baseline: RwSignal<Option<EvaluationId>>,
    error: RwSignal<Option<ApiError>>,
    busy: RwSignal<bool>,
    api: StoredValue<Api>,
}

impl Shown {
    fn ids(self) -> (QuestionSetId, EvaluationId) {
        self.evaluation
            .with_untracked(|evaluation| (evaluation.set.clone(), evaluation.id.clone()))
    }

    /// Asks how far it is and, once it has ended, for what became of it.
    async fn look(self) -> Result<(), ApiError> {
        let Some(api) = self.api.try_get_value() else {
            return Ok(());
        };
        let (set, id) = self.ids();
        let set = api.question_set(&set).await?;
        let _ = self.baseline.try_set(set.set.baseline);
        let now = set.evaluations.into_iter().find(|one| one.id == id);
        let Some(now) = now.filter(|now| is_running(now.state)) else {
            let detail = api.evaluation(&id).await?;
            let _ = self.results.try_set(detail.results);
            let _ = self.charts.try_set(detail.charts);
            let _ = self.evaluation.try_set(detail.evaluation);
            return Ok(());
        };
        let _ = self.evaluation.try_set(now);
        Ok(())
    }
}

#[component]
fn Detail(detail: EvaluationDetail, set: QuestionSetDetail) -> impl IntoView {
    let ui = Ui::of_page();
    let evaluation = detail.evaluation;
    let compare = (evaluation.state == EvaluationState::Done).then(|| {
        let (before, after) = (set.set.baseline.as_ref(), Some(&evaluation.id));
        choice(&set.set.id, &set.evaluations, before, after)
    });
    let shown = Shown {
        evaluation: RwSignal::new(evaluation.clone()),
        results: RwSignal::new(detail.results),
        charts: RwSignal::new(detail.charts),
        baseline: RwSignal::new(set.set.baseline),
        error: RwSignal::new(None),
        busy: RwSignal::new(false),
        api: StoredValue::new(expect_context()),
    };
    let state = Memo::new(move |_| shown.evaluation.with(|now| now.state));
    let underway = Memo::new(move |_| is_running(state.get()));
    look_while(underway, move || {
        spawn_local(async move {
            // What can't be had now is asked for again in a moment.
            let looked = shown.look().await.is_ok();
            if looked && underway.try_get_untracked() == Some(false) {
                ui.say(text::ENDED);
            }
        });
    });
    let of_it = move || {
        state.track();
        let now = shown.evaluation.get_untracked();
        measured(shown, &now)
    };
    let page = evaluation_page(&evaluation.set, &evaluation.id);
    view! {
        <Title text=text::title(&text::evaluation_name(&evaluation)) />
        <div class="page">
            {head(shown, &evaluation, detail.set_name, state)}
            {live(of_it)}
            {charts::charts(evaluation.id.clone(), shown.charts.into())}
            {compare
                .flatten()
                .map(|form| {
                    view! {
                        <section class="panel" aria-labelledby="comparing">
                            <h2 id="comparing">{text::COMPARE_EVALUATIONS}</h2>
                            {form}
                        </section>
                    }
                })}
            {results::questions(shown.results, &page)}
            <Delete shown=shown />
        </div>
    }
}

/// What it is, how far it is, and what can be done with it.
fn head(
    shown: Shown,
    evaluation: &Evaluation,
    set_name: String,
    state: Memo<EvaluationState>,
) -> AnyView {
    let (kind, means) = text::evaluation_kind(evaluation.kind);
    let name = text::evaluation_name(evaluation);
    let all = evaluation.questions;
    let label = name.clone();
    let bar = move || {
        is_running(state.get()).then(|| {
            let done = Signal::derive(move || shown.evaluation.with(|now| now.done));
            progress(label.clone(), done, all)
        })
    };
    let id = evaluation.id.clone();
    let is_baseline = Memo::new(move |_| {
        shown
            .baseline
            .with(|baseline| baseline.as_ref() == Some(&id))
    });
    let baseline = move || {
        is_baseline
            .get()
            .then(|| view! { <span class="tag tag-answered">{text::BASELINE}</span> })
    };
    let failed = move || {
        state.track();
        let error = shown.evaluation.with_untracked(|now| now.error.clone());
        error.map(
            |error| view! { <p class="error note">{Icon::Alert.view()} <span>{error}</span></p> },
        )
    };
    let wrong = move || {
        let error = shown.error.get();
        error.map(|error| view! { <ErrorNote error=error /> })
    };
    view! {
        <header class="page-head">
            <p class="crumbs">
                <a href="/quality">{text::QUALITY}</a>
                <a href=set_page(&evaluation.set)>{set_name}</a>
            </p>
            <h1>{name}</h1>
            <p class="lead">{kind} ". " {means}</p>
            <p class="row-about">
                {live(move || state_tag(state.get()))}
                {live(baseline)}
                <span>{text::questions(all)}</span>
                {evaluation
                    .within_document
                    .then(|| view! { <span>{text::WITHIN_DOCUMENT_TAG}</span> })}
                <Moment at=evaluation.started_at />
                {evaluation.started_by.clone().map(|person| view! { <span>{person}</span> })}
            </p>
            {live(bar)}
            {live(failed)}
            <div role="alert">{live(wrong)}</div>
            <div class="buttons">
                {live(move || state_button(shown, state.get(), is_baseline.get()))}
            </div>
        </header>
    }
    .whole()
}

/// Stops it while it runs; makes it the baseline, or no more, once it is done.
fn state_button(shown: Shown, state: EvaluationState, is_baseline: bool) -> AnyView {
    let ui = Ui::of_page();
    let words = match state {
        EvaluationState::Running => text::STOP,
        EvaluationState::Done if is_baseline => text::UNMARK_BASELINE,
        EvaluationState::Done => text::MARK_BASELINE,
        EvaluationState::Stopped | EvaluationState::Failed => return ().whole(),
    };
    let stops = is_running(state);
    let act = move |_| {
        let api = shown.api.get_value();
        let (set, id) = shown.ids();
        shown.busy.set(true);
        shown.error.set(None);
        spawn_local(async move {
            let done = if stops {
                api.stop_evaluation(&id).await
            } else {
                api.set_baseline(&set, (!is_baseline).then_some(id)).await
            };
            let looked = match done {
                Ok(()) => shown.look().await,
                Err(wrong) => Err(wrong),
            };
            let _ = shown.busy.try_set(false);
            if looked.is_ok() {
                ui.say(if stops { text::STOPPING } else { text::SAVED });
            }
            let _ = shown.error.try_set(looked.err());
        });
    };
    view! {
        <button
            type="button"
            class="small"
            disabled=derive(move || !ui.ready.get() || shown.busy.get())
            on:click=act
        >
            {stops.then(|| Icon::Stop.view())}
            {words}
        </button>
    }
    .whole()
}

/// What it measured, what it ran with, and what can be fitted on it.
fn measured(shown: Shown, evaluation: &Evaluation) -> AnyView {
    let fits =
        evaluation.state == EvaluationState::Done && evaluation.kind != EvaluationKind::Retrieval;
    let settings = evaluation
        .settings
        .iter()
        .map(|(name, value)| {
            view! {
                <dt>{name.clone()}</dt>
                <dd>{value.clone()}</dd>
            }
        })
        .wholes();
    let settings = (!settings.is_empty()).then(|| {
        view! {
            <details class="ran-with">
                <summary>{text::RAN_WITH}</summary>
                <dl class="facts">{settings}</dl>
            </details>
        }
    });
    view! {
        {figures::table(&evaluation.figures)}
        {settings}
        {fits.then(|| view! { <Fit shown=shown /> })}
    }
    .whole()
}

/// Fits the calibration on its questions.
#[component]
fn Fit(shown: Shown) -> impl IntoView {
    let ui = Ui::of_page();
    let fitted = RwSignal::new(None::<String>);
    let wrong = RwSignal::new(None::<ApiError>);
    let busy = RwSignal::new(false);
    let fit = move |_| {
        let api = shown.api.get_value();
        let (_, id) = shown.ids();
        busy.set(true);
        wrong.set(None);
        spawn_local(async move {
            let made = api.fit(id).await;
            let _ = busy.try_set(false);
            match made {
                Ok(made) => {
                    let words = text::fitted_now(&made);
                    ui.say(words.clone());
                    let _ = fitted.try_set(Some(words));
                }
                Err(error) => {
                    let _ = wrong.try_set(Some(error));
                }
            }
        });
    };
    let done = move || {
        fitted.get().map(|words| {
            view! {
                <p class="note good-note">
                    {Icon::Check.view()}
                    <span>
                        {words} " " <a href="/quality">{text::TO_CALIBRATIONS}</a>
                    </span>
                </p>
            }
        })
    };
    let error = move || wrong.get().map(|error| view! { <ErrorNote error=error /> });
    view! {
        <section class="panel" aria-labelledby="fit">
            <h2 id="fit">{text::CALIBRATION}</h2>
            <p class="quiet">{text::FIT_LEAD}</p>
            <div role="alert">{live(error)}</div>
            {live(done)}
            <div class="buttons">
                <button
                    type="button"
                    class="small"
                    disabled=derive(move || !ui.ready.get() || busy.get())
                    on:click=fit
                >
                    {text::FIT}
                </button>
            </div>
        </section>
    }
}

#[component]
fn Delete(shown: Shown) -> impl IntoView {
    let ui = Ui::of_page();
    let navigate = use_navigate();
    let asking = RwSignal::new(false);
    let running = move || shown.evaluation.with(|now| is_running(now.state));
    let delete = Callback::new(move |()| {
        let (api, navigate) = (shown.api.get_value(), navigate.clone());
        let (set, id) = shown.ids();
        let name = shown.evaluation.with_untracked(text::evaluation_name);
        shown.error.set(None);
        spawn_local(async move {
            match api.delete_evaluation(&id).await {
                Ok(()) => {
                    ui.say(text::deleted(&name));
                    navigate(&set_page(&set), NavigateOptions::default());
                }
                Err(wrong) => {
                    let _ = shown.error.try_set(Some(wrong));
                }
            }
        });
    });
    let dialog = confirm(
        asking,
        text::DELETE_EVALUATION,
        text::DELETE_EVALUATION_TEXT,
        delete,
    );
    view! {
        <div class="buttons end">
            <button
                type="button"
                class="danger"
                disabled=derive(move || !ui.ready.get() || running())
                on:click=move |_| asking.set(true)
            >
                {text::DELETE_EVALUATION}
            </button>
        </div>
        {dialog}
    }
}
