//! A question and what becomes of it: stages, passages, sentences, and how it ended.

use super::send_to_legal::{SendToLegal, WithLegal};
use crate::api::{Api, path};
use crate::browser::{self, Align, EventStream};
use crate::part::{
    Answer, Checks, Helpful, Icon, IntoWhole, IntoWholes, Passages, conflict_view, copy_button,
    derive, given_as_text, given_view, live, on_change,
};
use crate::quoting::answer_with_citations;
use crate::run::{Ending, RunView};
use crate::state::Ui;
use crate::text;
use crate::time::Moment;
use inhouse_protocol::{EscalationState, Exchange, RunEvent, RunId, Stage, Timestamp};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// How often a reply is looked for while a request waits.
const LOOK_AGAIN: Duration = Duration::from_secs(20);

/// A question of the conversation on the screen.
#[derive(Clone)]
pub(super) struct Asked {
    pub(super) run: RunId,
    pub(super) question: String,
    pub(super) at: Timestamp,
    pub(super) view: ArcRwSignal<RunView>,
}

impl Asked {
    /// A question that was sent just now.
    pub(super) fn now(run: RunId, question: String) -> Self {
        Self {
            run,
            question,
            at: browser::now(),
            view: ArcRwSignal::new(RunView::started()),
        }
    }
}

impl From<&Exchange> for Asked {
    fn from(exchange: &Exchange) -> Self {
        Self {
            run: exchange.run.clone(),
            question: exchange.question.clone(),
            at: exchange.asked_at,
            view: ArcRwSignal::new(RunView::from(exchange)),
        }
    }
}

/// One exchange. While its run works it listens to its events.
#[component]
pub(super) fn ExchangeView(
    asked: Asked,
    is_last: Memo<bool>,
    following: RwSignal<bool>,
) -> impl IntoView {
    let run: RwSignal<RunView> = asked.view.clone().into();
    let (again, listen_again) = signal(0_u32);
    listen(asked.run.clone(), run, again, following);
    follow_request(run);
    let id = asked.run.clone();
    let heading = format!("question-{id}");
    let labelled = heading.clone();
    let passages = Memo::new(move |_| run.with(|run| run.passages.clone()));
    let sentences = Memo::new(move |_| run.with(|run| run.sentences.clone()));
    let by_ai = Memo::new(move |_| run.with(|run| run.ai_generated));
    let quotes_only = Memo::new(move |_| run.with(RunView::quotes_only));
    let searched_for = Memo::new({
        let question = asked.question.clone();
        move |_| {
            let standalone = run.with(|run| run.standalone.clone());
            standalone.filter(|standalone| *standalone != question)
        }
    });
    let standalone = move || {
        let words = text::searched_for(&searched_for.get()?);
        Some(view! { <p class="searched-for">{Icon::Search.view()} <span>{words}</span></p> })
    };
    let conflict = Memo::new(move |_| run.with(|run| run.conflict.clone()));
    let contradiction = {
        let id = id.clone();
        move || {
            let conflict = conflict.get()?;
            passages
                .with_untracked(|passages| Some(conflict_view(id.as_str(), &conflict, passages)))
        }
    };
    let caution = move || {
        let words = run.with(|run| run.caution.clone())?;
        Some(view! {
            <p class="note answer-note">
                {Icon::Alert.view()}
                <span>
                    <strong>{text::A_NOTE_FIRST}</strong>
                    " "
                    {words}
                </span>
            </p>
        })
    };
    let approved = Memo::new(move |_| run.with(|run| run.approved.clone()));
    let given = {
        let id = id.clone();
        move || approved.get().map(|answer| given_view(id.as_str(), answer))
    };
    let as_of = move || {
        let day = run.with(|run| run.as_of)?;
        Some(view! { <p class="as-of">{Icon::Clock.view()} {text::as_of_explained(day)}</p> })
    };
    let running = Memo::new(move |_| run.with(|run| run.outcome.is_none()));
    let working = Memo::new(move |_| run.with(|run| run.outcome.is_none() && !run.lost));
    let ending = Memo::new(move |_| run.with(RunView::ending));
    let cited = Signal::derive(move || {
        run.with(|run| {
            let written = run.is_running() || !run.sentences.is_empty();
            written.then(|| run.cited())
        })
    });
    let title = Signal::derive(move || {
        if cited.with(Option::is_some) {
            text::SOURCES
        } else {
            text::PASSAGES_FOUND
        }
    });
    let state = {
        let id = id.clone();
        move || {
            ending.get().map(|ending| {
                view! { <EndingView run=run ending=ending id=id.clone() again=listen_again /> }
            })
        }
    };
    let actions = {
        let id = id.clone();
        move || (!running.get()).then(|| view! { <Actions run=run id=id.clone() /> })
    };
    view! {
        <article
            class="exchange"
            id=format!("exchange-{id}")
            aria-labelledby=labelled
            aria-busy=derive(move || running.get().then_some("true"))
        >
            <header class="asked">
                <h2 class="question" id=heading>
                    {asked.question}
                </h2>
                <p class="quiet">
                    <Moment at=asked.at />
                </p>
            </header>
            {live(move || working.get().then(|| view! { <Stages run=run /> }))}
            {live(standalone)}
            {live(as_of)}
            {live(caution)}
            {live(given)}
            <Answer
                run=id.to_string()
                sentences=sentences
                passages=passages
                by_ai=by_ai
                quotes_only=quotes_only
            />
            <div class="latest" id=derive(move || is_last.get().then_some("latest"))></div>
            {live(state)}
            {live(contradiction)}
            {live(actions)}
            <Passages owner=id.to_string() title=title passages=passages cited=cited />
        </article>
    }
}

/// The stages of a run, the present one named.
#[component]
fn Stages(run: RwSignal<RunView>) -> impl IntoView {
    let at = Memo::new(move |_| run.with(|run| run.stage));
    let rows = text::STAGES
        .iter()
        .map(|(stage, name)| {
            let stage = *stage;
            let is_now = move || at.get().unwrap_or(Stage::Judging) == stage;
            let is_past = move || at.get().is_some_and(|now| place(now) > place(stage));
            view! {
                <li
                    class:now=derive(is_now)
                    class:past=derive(is_past)
                    aria-current=derive(move || is_now().then_some("step"))
                >
                    {*name}
                </li>
            }
        })
        .wholes();
    view! { <ol class="stages">{rows}</ol> }
}

fn place(stage: Stage) -> usize {
    let mut stages = text::STAGES.iter();
    stages.position(|(other, _)| *other == stage).unwrap_or(0)
}

/// How it ended, where that needs words.
#[component]
fn EndingView(
    run: RwSignal<RunView>,
    ending: Ending,
    id: RunId,
    again: WriteSignal<u32>,
) -> impl IntoView {
    let message = run.with_untracked(|run| run.message.clone());
    let (class, icon, title, words) = match ending {
        Ending::Plain if message.is_empty() => return ().whole(),
        // Such as why it was answered in quotes.
        Ending::Plain => {
            return view! {
                <p class="note calm answer-note">{Icon::Alert.view()} <span>{message}</span></p>
            }
            .whole();
        }
        Ending::WithLegal(reason) => {
            return view! { <WithLegal run=run reason=reason message=message /> }.whole();
        }
        Ending::Declined => ("state", Icon::Ask, text::DECLINED, text::DECLINED_TEXT),
        Ending::Refused => ("state", Icon::Alert, text::REFUSED, text::REFUSED_TEXT),
        Ending::Stopped => ("state slim", Icon::Stop, text::STOPPED, text::STOPPED_TEXT),
        Ending::Lost => ("state", Icon::Alert, text::LOST, text::LOST_TEXT),
    };
    let words = if message.is_empty() {
        words.to_owned()
    } else {
        message
    };
    let retry = (ending == Ending::Lost).then(|| {
        view! {
            <button type="button" class="small" on:click=move |_| again.update(|n| *n += 1)>
                {text::TRY_AGAIN}
            </button>
        }
    });
    let heading = format!("ending-{id}");
    let labelled = heading.clone();
    view! {
        <section class=class aria-labelledby=labelled>
            {icon.view()}
            <div>
                <h3 id=heading>{title}</h3>
                <p>{words}</p>
                {retry}
            </div>
        </section>
    }
    .whole()
}

/// What the reader can do with a finished exchange.
#[component]
fn Actions(run: RwSignal<RunView>, id: RunId) -> impl IntoView {
    let sentences = run.with_untracked(|run| run.sentences.clone());
    let written = !sentences.is_empty();
    let approved = run.with_untracked(|run| run.approved.clone());
    let answered = written || approved.is_some();
    let helpful = {
        let id = id.clone();
        answered.then(|| {
            let said = run.with_untracked(|run| run.helpful);
            view! { <Helpful run=id said=said /> }
        })
    };
    let copy_given = approved.map(|answer| copy_button(text::COPY, move || given_as_text(&answer)));
    let unsent =
        Memo::new(move |_| run.with(|run| run.escalation_id.is_none() && run.escalation.is_none()));
    view! {
        <div class="actions">
            {written
                .then(|| {
                    copy_button(text::COPY, move || run.with_untracked(answer_with_citations))
                })}
            {copy_given}
            {live(move || unsent.get().then(|| view! { <SendToLegal run=run id=id.clone() /> }))}
        </div>
        {helpful}
        {written.then(|| view! { <Checks sentences=sentences /> })}
    }
}

/// Takes the events of a run that works, from its first one.
fn listen(id: RunId, run: RwSignal<RunView>, again: ReadSignal<u32>, following: RwSignal<bool>) {
    let ui = Ui::of_page();
    let stream = StoredValue::new(None::<EventStream>);
    on_change(move || {
        again.track();
        if !run.with_untracked(RunView::is_running) {
            return;
        }
        run.update(|run| run.lost = false);
        let take = move |data: &str| {
            let Ok(event) = serde_json::from_str::<RunEvent>(data) else {
                return true;
            };
            if run.try_update(|run| run.apply(event.clone())).is_none() {
                return false;
            }
            if let Some(news) = run
                .try_with_untracked(|run| text::news(&event, run))
                .flatten()
            {
                ui.say(news);
            }
            if following.try_get_untracked() == Some(true) {
                request_animation_frame(|| browser::scroll_to("#latest", Align::Nearest));
            }
            !matches!(event, RunEvent::Done { .. })
        };
        let lose = move || {
            run.try_update(|run| run.lost = true);
        };
        stream.set_value(browser::listen(&path::events(&id), take, lose));
    });
}

/// Loads the request of an exchange that went to Legal, and looks for replies until it is closed.
fn follow_request(run: RwSignal<RunView>) {
    let api: Api = expect_context();
    let wanted = Memo::new(move |_| {
        run.with(|run| match &run.escalation {
            Some(known) if known.summary.state == EscalationState::Resolved => None,
            Some(known) => Some((known.summary.id.clone(), true)),
            None => run.escalation_id.clone().map(|id| (id, false)),
        })
    });
    on_change(move || {
        let Some((id, known)) = wanted.get() else {
            return;
        };
        let api = api.clone();
        let look = move || {
            let (api, id) = (api.clone(), id.clone());
            spawn_local(async move {
                if let Ok(request) = api.request(&id).await {
                    run.try_update(|run| run.escalation = Some(request));
                }
            });
        };
        if !known {
            look();
        }
        let look_if_seen = move || {
            if browser::visible() {
                look();
            }
        };
        if let Ok(handle) = set_interval_with_handle(look_if_seen, LOOK_AGAIN) {
            on_cleanup(move || handle.clear());
        }
    });
}
