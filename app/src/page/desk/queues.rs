//! The queues: what goes where, in which time, and who works on it.

use super::legal;
use super::members::Members;
use super::queue_form::queue_form;
use crate::api::{Api, path};
use crate::browser;
use crate::page::only_for;
use crate::part::{
    FormError, Icon, IntoWhole, bodies, derive, live, loaded, modal, only, queue_tag, rows_to_come,
};
use crate::state::Ui;
use crate::text;
use crate::time::day_text;
use inhouse_protocol::{ApiError, Queue, QueueId, Queues};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;

/// The list, for the legal team.
#[component]
pub(crate) fn QueuesPage() -> impl IntoView {
    only_for(legal, |_| view! { <Load /> }.whole())
}

#[component]
fn Load() -> impl IntoView {
    let queues = bodies(|| Some(vec![path::queues()]));
    let content = loaded(queues, rows_to_come, |bodies| {
        let all = only(&bodies)?;
        Ok(view! { <All all=all /> }.whole())
    });
    view! {
        <Title text=text::title(text::QUEUES) />
        <div class="page">
            <header class="page-head">
                <p class="crumbs">
                    <a href="/desk">{text::DESK}</a>
                </p>
                <h1 id="queues" tabindex="-1">
                    {text::QUEUES}
                </h1>
                <p class="lead">{text::QUEUES_LEAD}</p>
            </header>
            {content}
        </div>
    }
}

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub(super) struct Shown {
    pub(super) all: RwSignal<Queues>,
    pub(super) api: StoredValue<Api>,
    /// What went wrong with members and retiring; a form shows its own.
    pub(super) error: RwSignal<Option<ApiError>>,
    /// The queue that is about to be retired.
    retiring: RwSignal<Option<Queue>>,
}

impl Shown {
    /// Asks for the queues as they are now and says what was done.
    pub(super) async fn done(self, ui: Ui, said: String) -> Result<(), ApiError> {
        let Some(api) = self.api.try_get_value() else {
            return Ok(());
        };
        let all = api.queues().await?;
        let _ = self.all.try_set(all);
        ui.say(said);
        Ok(())
    }

    /// The queue as it is now; nothing once it is gone.
    pub(super) fn queue(self, id: &QueueId) -> Option<Queue> {
        self.all.with(|all| {
            let queue = all.queues.iter().find(|queue| queue.name.id == *id);
            queue.cloned()
        })
    }
}

#[component]
fn All(all: Queues) -> impl IntoView {
    let hours = text::business_hours(&all.hours);
    let holidays: Vec<String> = all.holidays.iter().copied().map(day_text).collect();
    let holidays = (!holidays.is_empty()).then(|| text::closed_on(&holidays.join(", ")));
    let shown = Shown {
        all: RwSignal::new(all),
        api: StoredValue::new(expect_context()),
        error: RwSignal::new(None),
        retiring: RwSignal::new(None),
    };
    let ids = move || {
        shown.all.with(|all| {
            let ids = all.queues.iter().map(|queue| queue.name.id.clone());
            ids.collect::<Vec<_>>()
        })
    };
    view! {
        <p class="quiet">{hours} {holidays.map(|days| view! { " " {days} })}</p>
        <FormError error=shown.error />
        <ul class="desk-things">
            <For each=ids key=QueueId::clone children=move |id| row(shown, id) />
        </ul>
        <details class="add">
            <summary>{Icon::Plus.view()} {text::NEW_QUEUE}</summary>
            {queue_form(shown, None)}
        </details>
        {confirm_retiring(shown)}
    }
}

fn row(shown: Shown, id: QueueId) -> AnyView {
    let ui = Ui::of_page();
    let queue = Memo::new(move |_| shown.queue(&id));
    let first = queue.get_untracked();
    let retire = move |_| shown.retiring.set(queue.get_untracked());
    let name = move || queue.get().map(|queue| queue_tag(&queue.name));
    let about = move || queue.get().map(|queue| about(&queue));
    let label = move || {
        let name = queue.with(|queue| queue.as_ref().map(|queue| queue.name.name.clone()));
        text::retire_queue(&name.unwrap_or_default())
    };
    view! {
        <li>
            <h2>{live(name)}</h2>
            {live(about)}
            <Members shown=shown queue=queue />
            <details class="add fold">
                <summary>{Icon::Down.view()} {text::EDIT_QUEUE}</summary>
                {queue_form(shown, first.as_ref())}
                <div class="buttons">
                    <button
                        type="button"
                        class="small danger"
                        aria-label=derive(label)
                        disabled=derive(move || !ui.ready.get())
                        on:click=retire
                    >
                        {text::RETIRE_IT}
                    </button>
                </div>
            </details>
        </li>
    }
    .whole()
}

/// What goes into it, in which time, and what is in it now.
fn about(queue: &Queue) -> AnyView {
    let level = |what: &str, minutes: Option<u32>| {
        minutes.map(|minutes| view! { <span>{text::within_hours(what, minutes)}</span> }.whole())
    };
    let listed = |what: &str, all: &[String]| {
        let words = text::goes_here(what, &all.join(", "));
        (!all.is_empty()).then(|| view! { <span>{words}</span> }.whole())
    };
    let overdue = (queue.breached > 0).then(|| {
        let words = text::past_time(queue.breached);
        view! { <span class="tag tag-failed">{Icon::Alert.view()} {words}</span> }
    });
    view! {
        {(!queue.description.is_empty())
            .then(|| view! { <p class="row-text">{queue.description.clone()}</p> })}
        <p class="row-about">
            <a href=format!("/desk?queue={}", queue.name.key)>{text::open_in_queue(queue.open)}</a>
            {overdue}
            {level(text::FIRST_REPLY, queue.first_reply_minutes)}
            {level(text::RESOLUTION, queue.resolution_minutes)}
            {queue.rotation.then(|| view! { <span>{text::IN_TURN}</span> })}
            {listed(text::QUEUE_TOPICS, &queue.topics)}
            {listed(text::QUEUE_LANGUAGES, &queue.languages)}
            <span>{text::rule_key(&queue.name.key)}</span>
        </p>
        {queue.name.restricted.then(|| view! { <p class="hint">{text::RESTRICTED_MEANS}</p> })}
    }
    .whole()
}

/// Asks before a queue is retired.
fn confirm_retiring(shown: Shown) -> AnyView {
    let ui = Ui::of_page();
    let open = derive(move || shown.retiring.with(Option::is_some));
    let close = Callback::new(move |()| shown.retiring.set(None));
    let name = move || {
        let queue = shown.retiring.get();
        queue.map(|queue| queue.name.name).unwrap_or_default()
    };
    let retire = move |_| {
        let Some(queue) = shown.retiring.get_untracked() else {
            return;
        };
        let api = shown.api.get_value();
        close.run(());
        shown.error.set(None);
        spawn_local(async move {
            let retired = match api.retire_queue(&queue.name.id).await {
                Ok(()) => shown.done(ui, text::QUEUE_RETIRED.to_owned()).await,
                Err(error) => Err(error),
            };
            if let Err(error) = retired {
                let _ = shown.error.try_set(Some(error));
            }
            browser::focus("#queues");
        });
    };
    let content = view! {
        <h2>{text::RETIRE_TITLE}</h2>
        <p>
            <strong>{live(name)}</strong>
        </p>
        <p>{text::RETIRE_TEXT}</p>
        <div class="buttons">
            <button type="button" class="danger" on:click=retire>
                {text::RETIRE_IT}
            </button>
            <button type="button" class="plain" on:click=move |_| close.run(())>
                {text::CANCEL}
            </button>
        </div>
    };
    modal(open, close, text::RETIRE_TITLE, content.whole())
}
