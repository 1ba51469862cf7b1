//! One set of questions: what it holds, its evaluations, and starting another.

use super::figures::key_figures;
use super::shared::{
    choice, confirm, evaluation_page, is_running, look_while, progress, state_tag,
};
use super::start::Start;
use crate::api::{Api, path};
use crate::browser;
use crate::page::log::admin;
use crate::page::{id_in_path, only_for};
use crate::part::{ErrorNote, Icon, IntoWhole, bodies, derive, live, loaded, only, rows_to_come};
use crate::state::Ui;
use crate::text;
use crate::time::Moment;
use inhouse_protocol::{
    ApiError, Evaluation, EvaluationId, EvaluationState, QuestionSetDetail, QuestionSetId,
};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use std::future::Future;

/// The set in the path.
#[component]
pub(crate) fn QuestionSetPage() -> impl IntoView {
    only_for(admin, |_| view! { <Load /> }.whole())
}

#[component]
fn Load() -> impl IntoView {
    let id = id_in_path::<QuestionSetId>("set");
    let set = bodies(move || Some(vec![path::question_set(&id.get()?)]));
    loaded(set, rows_to_come, |bodies| {
        let detail = only(&bodies)?;
        Ok(view! { <Detail detail=detail /> }.whole())
    })
}

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub(super) struct Shown {
    detail: RwSignal<QuestionSetDetail>,
    pub(super) error: RwSignal<Option<ApiError>>,
    pub(super) busy: RwSignal<bool>,
    pub(super) api: StoredValue<Api>,
}

impl Shown {
    pub(super) fn id(self) -> QuestionSetId {
        self.detail.with_untracked(|detail| detail.set.id.clone())
    }

    /// Asks for the set as it is now.
    async fn look(self) -> Result<(), ApiError> {
        let Some(api) = self.api.try_get_value() else {
            return Ok(());
        };
        let now = api.question_set(&self.id()).await?;
        if self.detail.try_with_untracked(|known| *known != now) == Some(true) {
            let _ = self.detail.try_set(now);
        }
        Ok(())
    }

    /// Waits for `change`, then shows the set as it is and says `what` was done.
    pub(super) async fn done(
        self,
        ui: Ui,
        change: impl Future<Output = Result<(), ApiError>>,
        what: &'static str,
    ) -> Result<(), ApiError> {
        change.await?;
        self.look().await?;
        ui.say(what);
        Ok(())
    }
}

#[component]
fn Detail(detail: QuestionSetDetail) -> impl IntoView {
    let ui = Ui::of_page();
    let set = detail.set.clone();
    let shown = Shown {
        detail: RwSignal::new(detail),
        error: RwSignal::new(None),
        busy: RwSignal::new(false),
        api: StoredValue::new(expect_context()),
    };
    let underway = Memo::new(move |_| {
        shown.detail.with(|detail| {
            let mut all = detail.evaluations.iter();
            all.any(|evaluation| is_running(evaluation.state))
        })
    });
    look_while(underway, move || {
        spawn_local(async move {
            // What can't be had now is asked for again in a moment.
            let looked = shown.look().await.is_ok();
            if looked && underway.try_get_untracked() == Some(false) {
                ui.say(text::ENDED);
            }
        });
    });
    // What can be compared; how far others are draws the choice no second time.
    let comparable = Memo::new(move |_| {
        shown.detail.with(|detail| {
            let done = detail
                .evaluations
                .iter()
                .filter(|one| !is_running(one.state));
            let done: Vec<_> = done.map(|one| one.id.clone()).collect();
            (detail.set.baseline.clone(), done)
        })
    });
    let comparing = move || {
        // A memo that is only tracked is never computed, and so never changes.
        comparable.with(|_| ());
        comparing(shown)
    };
    let wrong = move || {
        let error = shown.error.get();
        error.map(|error| view! { <ErrorNote error=error /> })
    };
    let about = std::iter::once(text::questions(set.questions)).chain(text::labels(&set));
    let about = about.collect::<Vec<_>>().join(" · ");
    view! {
        <Title text=text::title(&set.name) />
        <div class="page">
            <header class="page-head">
                <p class="crumbs">
                    <a href="/quality">{text::QUALITY}</a>
                </p>
                <h1>{set.name}</h1>
                {(!set.description.is_empty())
                    .then(|| view! { <p class="lead">{set.description}</p> })}
                <p class="row-about">{about}</p>
            </header>
            <section class="panel" aria-labelledby="evaluations">
                <h2 id="evaluations" tabindex="-1">
                    {text::EVALUATIONS}
                </h2>
                <div role="alert">{live(wrong)}</div>
                <Evaluations shown=shown />
                <Start shown=shown underway=underway />
            </section>
            {live(comparing)}
            <DeleteSet shown=shown />
        </div>
    }
}

#[component]
fn Evaluations(shown: Shown) -> impl IntoView {
    let none = Memo::new(move |_| shown.detail.with(|detail| detail.evaluations.is_empty()));
    let each = move || {
        shown.detail.with(|detail| {
            let ids = detail.evaluations.iter().map(|one| one.id.clone());
            ids.collect::<Vec<_>>()
        })
    };
    view! {
        <p class="quiet" hidden=derive(move || !none.get())>
            {text::NO_EVALUATIONS}
        </p>
        <ul class="things evaluations" hidden=derive(move || none.get())>
            <For each=each key=Clone::clone let(id)>
                <Row id=id shown=shown />
            </For>
        </ul>
    }
}

/// An evaluation: only what changes of it is drawn again.
#[component]
fn Row(id: EvaluationId, shown: Shown) -> impl IntoView {
    let evaluation = Memo::new({
        let id = id.clone();
        move |_| {
            shown.detail.with(|detail| {
                let mut all = detail.evaluations.iter();
                all.find(|one| one.id == id).cloned()
            })
        }
    });
    let Some(first) = evaluation.get_untracked() else {
        return ().whole();
    };
    let of_now = move |read: fn(&Evaluation) -> usize| {
        evaluation.with(|now| now.as_ref().map(read).unwrap_or_default())
    };
    let state = Memo::new(move |_| evaluation.with(|now| now.as_ref().map(|now| now.state)));
    let is_baseline = Memo::new({
        let id = id.clone();
        move |_| {
            shown
                .detail
                .with(|detail| detail.set.baseline.as_ref() == Some(&id))
        }
    });
    let name = text::evaluation_name(&first);
    let (kind, _) = text::evaluation_kind(first.kind);
    let all = first.questions;
    let label = name.clone();
    let standing = move || {
        let bar = (state.get() == Some(EvaluationState::Running)).then(|| {
            let done = Signal::derive(move || of_now(|now| now.done));
            progress(label.clone(), done, all)
        });
        view! {
            {state.get().map(state_tag)}
            {bar}
        }
        .whole()
    };
    let figures = move || {
        state.track();
        let now = evaluation.get_untracked();
        now.map(|now| key_figures(&now))
    };
    let baseline = move || {
        is_baseline
            .get()
            .then(|| view! { <span class="tag tag-answered">{text::BASELINE}</span> })
    };
    let actions = {
        let name = name.clone();
        move || actions(shown, &id, &name, state.get(), is_baseline.get())
    };
    view! {
        <li>
            <div class="thing">
                <p class="thing-name">
                    <a href=evaluation_page(&first.set, &first.id)>{name}</a>
                    {live(baseline)}
                </p>
                {live(standing)}
                {live(figures)}
                <p class="row-about">
                    <span>{kind}</span>
                    {first.within_document.then(|| view! { <span>{text::WITHIN_DOCUMENT_TAG}</span> })}
                    <Moment at=first.started_at />
                    {first.started_by.map(|person| view! { <span>{person}</span> })}
                </p>
            </div>
            {live(actions)}
        </li>
    }
    .whole()
}

/// What can be done with an evaluation from the list.
fn actions(
    shown: Shown,
    id: &EvaluationId,
    name: &str,
    state: Option<EvaluationState>,
    is_baseline: bool,
) -> AnyView {
    let ui = Ui::of_page();
    let id = id.clone();
    let (label, words) = match state {
        Some(EvaluationState::Running) => (text::stop_evaluation(name), text::STOP),
        Some(EvaluationState::Done) if !is_baseline => {
            (text::baseline_of(name), text::MARK_BASELINE)
        }
        _ => return ().whole(),
    };
    let stops = state == Some(EvaluationState::Running);
    let act = move |_| {
        let (api, set, id) = (shown.api.get_value(), shown.id(), id.clone());
        shown.busy.set(true);
        shown.error.set(None);
        spawn_local(async move {
            let done = if stops {
                let stop = api.stop_evaluation(&id);
                shown.done(ui, stop, text::STOPPING).await
            } else {
                let mark = api.set_baseline(&set, Some(id));
                shown.done(ui, mark, text::SAVED).await
            };
            let _ = shown.busy.try_set(false);
            let _ = shown.error.try_set(done.err());
        });
    };
    view! {
        <button
            type="button"
            class="small"
            aria-label=label
            disabled=derive(move || !ui.ready.get() || shown.busy.get())
            on:click=act
        >
            {stops.then(|| Icon::Stop.view())}
            {words}
        </button>
    }
    .whole()
}

/// The way to a comparison, where there is something to compare: with the baseline at first.
fn comparing(shown: Shown) -> Option<AnyView> {
    let form = shown.detail.with_untracked(|detail| {
        let set = &detail.set;
        choice(&set.id, &detail.evaluations, set.baseline.as_ref(), None)
    })?;
    let section = view! {
        <section class="panel" aria-labelledby="comparing">
            <h2 id="comparing">{text::COMPARE_EVALUATIONS}</h2>
            {form}
        </section>
    };
    Some(section.whole())
}

#[component]
fn DeleteSet(shown: Shown) -> impl IntoView {
    let ui = Ui::of_page();
    let navigate = use_navigate();
    let asking = RwSignal::new(false);
    let delete = Callback::new(move |()| {
        let (api, id, navigate) = (shown.api.get_value(), shown.id(), navigate.clone());
        let name = shown
            .detail
            .with_untracked(|detail| detail.set.name.clone());
        shown.error.set(None);
        spawn_local(async move {
            match api.delete_question_set(&id).await {
                Ok(()) => {
                    ui.say(text::deleted(&name));
                    navigate("/quality", NavigateOptions::default());
                }
                Err(wrong) => {
                    let _ = shown.error.try_set(Some(wrong));
                    browser::focus("#evaluations");
                }
            }
        });
    });
    let dialog = confirm(
        asking,
        text::DELETE_QUESTION_SET,
        text::DELETE_QUESTION_SET_TEXT,
        delete,
    );
    view! {
        <div class="buttons end">
            <button
                type="button"
                class="danger"
                disabled=derive(move || !ui.ready.get())
                on:click=move |_| asking.set(true)
            >
                {text::DELETE_QUESTION_SET}
            </button>
        </div>
        {dialog}
    }
}
