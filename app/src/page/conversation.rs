//! A conversation: its exchanges, and the box for the next question.

use super::exchange::{Asked, ExchangeView};
use super::{anyone, id_in_path, only_for};
use crate::api::{Api, path};
use crate::browser::{self, Align};
use crate::part::{
    Composer, Icon, IntoWhole, Sending, ai_notice, bodies, derive, loaded, on_change, on_key, only,
    rows_to_come,
};
use crate::run::RunView;
use crate::state::Ui;
use crate::text;
use inhouse_protocol::{Conversation, ConversationId, RunId};
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;

/// Pixels at the bottom of the window that the box covers.
const BOX_HEIGHT: f64 = 160.0;
/// The end of what is written.
const LATEST: &str = "#latest";

/// One conversation of the viewer.
#[component]
pub(crate) fn ConversationPage() -> impl IntoView {
    only_for(anyone, |_| view! { <Load /> }.whole())
}

#[component]
fn Load() -> impl IntoView {
    let ui = Ui::of_page();
    let id = id_in_path::<ConversationId>("id");
    // What was made a moment ago need not be requested.
    let conversation = bodies(move || {
        let id = id.get()?;
        let is_fresh = ui
            .fresh
            .with_untracked(|fresh| fresh.as_ref().is_some_and(|fresh| fresh.id == id));
        Some(if is_fresh {
            Vec::new()
        } else {
            vec![path::conversation(&id)]
        })
    });
    loaded(conversation, rows_to_come, move |bodies| {
        let conversation = match ui.fresh.try_update_untracked(Option::take).flatten() {
            Some(fresh) if bodies.is_empty() => fresh,
            _ => only(&bodies)?,
        };
        Ok(view! { <Exchanges conversation=conversation /> }.whole())
    })
}

#[component]
fn Exchanges(conversation: Conversation) -> impl IntoView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let asked = RwSignal::new(
        conversation
            .exchanges
            .iter()
            .map(Asked::from)
            .collect::<Vec<_>>(),
    );
    let working = Memo::new(move |_| asked.with(|all| running_of(all)));
    let running = Memo::new(move |_| working.with(Option::is_some));
    let sending = RwSignal::new(Sending::Idle);
    let stopping = RwSignal::new(false);
    let following = RwSignal::new(true);
    on_change(move || {
        if !running.get() {
            stopping.set(false);
        }
    });
    follow_scrolling(running, following);
    show_last(asked);

    let ask = Callback::new({
        let (api, id) = (api.clone(), conversation.id.clone());
        move |question: String| {
            let (api, id) = (api.clone(), id.clone());
            sending.set(Sending::Underway);
            spawn_local(async move {
                match api.ask(&id, &question).await {
                    Ok(run) => {
                        let selector = format!("#exchange-{}", run.id);
                        let _ = sending.try_set(Sending::Idle);
                        let _ = following.try_set(true);
                        asked.try_update(|all| all.push(Asked::now(run.id, question)));
                        ui.conversations.update(|count| *count += 1);
                        request_animation_frame(move || {
                            browser::scroll_to(&selector, Align::Start);
                        });
                    }
                    Err(error) => {
                        let _ = sending.try_set(Sending::Failed(error));
                    }
                }
            });
        }
    });
    let stop = Callback::new(move |()| {
        let Some(run) = working.get_untracked() else {
            return;
        };
        let api = api.clone();
        stopping.set(true);
        spawn_local(async move {
            if let Err(error) = api.cancel(&run).await {
                let _ = stopping.try_set(false);
                ui.say(error.message);
            }
        });
    });
    on_key(move |event| {
        let free = !event.default_prevented()
            && ui.source.with_untracked(Option::is_none)
            && ui.card.with_untracked(Option::is_none)
            && !ui.menu_open.get_untracked()
            && !browser::present("dialog[open]");
        if event.key() == "Escape" && free && running.get_untracked() {
            event.prevent_default();
            stop.run(());
        }
    });
    let last = Memo::new(move |_| asked.with(|all| all.last().map(|last| last.run.clone())));
    let jump = move |_| {
        following.set(true);
        browser::scroll_to(LATEST, Align::Center);
    };
    view! {
        <Title text=text::title(&conversation.title) />
        <div class="conversation">
            <h1 class="visually-hidden">{conversation.title}</h1>
            {ai_notice()}
            <For
                each=move || asked.get()
                key=|asked| asked.run.clone()
                children=move |asked| {
                    let run = asked.run.clone();
                    let is_last = Memo::new(move |_| last.with(|last| last.as_ref() == Some(&run)));
                    view! { <ExchangeView asked=asked is_last=is_last following=following /> }.whole()
                }
            />
            <div class="ask-again">
                <button
                    type="button"
                    class="jump small"
                    hidden=derive(move || following.get() || !running.get())
                    on:click=jump
                >
                    {Icon::Down.view()}
                    {text::JUMP_TO_LATEST}
                </button>
                <Composer
                    draft=format!("draft:{}", conversation.id)
                    sending=sending
                    running=running
                    stopping=stopping
                    ask=ask
                    stop=stop
                />
            </div>
        </div>
    }
}

/// The run that still works.
fn running_of(all: &[Asked]) -> Option<RunId> {
    let mut working = all
        .iter()
        .filter(|asked| asked.view.with(RunView::is_running));
    working.next_back().map(|asked| asked.run.clone())
}

/// While a run works, the end of what is written stays in view until the reader scrolls away
/// from it.
fn follow_scrolling(running: Memo<bool>, following: RwSignal<bool>) {
    on_change(move || {
        let handle = window_event_listener(ev::scroll, move |_| {
            if running.get_untracked() {
                let at_end = browser::in_view(LATEST, BOX_HEIGHT);
                if following.get_untracked() != at_end {
                    following.set(at_end);
                }
            }
        });
        on_cleanup(move || handle.remove());
    });
}

/// A conversation opens at its last question.
fn show_last(asked: RwSignal<Vec<Asked>>) {
    on_change(move || {
        let last = asked.with_untracked(|all| {
            let last = all.last().filter(|_| all.len() > 1);
            last.map(|last| format!("#exchange-{}", last.run))
        });
        if let Some(last) = last {
            request_animation_frame(move || browser::scroll_to(&last, Align::Start));
        }
    });
}
