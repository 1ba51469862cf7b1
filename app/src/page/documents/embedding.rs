//! How far the passages are embedded by a new model, for admins.

use crate::api::{Api, path};
use crate::browser;
use crate::part::{ErrorNote, IntoWhole, bodies, derive, live, on_change, only, tried};
use crate::state::Ui;
use crate::text;
use inhouse_protocol::{ApiError, EmbeddingState, NextEmbedding};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// How often it is asked how far it is.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// The section; nothing where no model is on its way.
pub(super) fn embedding() -> AnyView {
    let state = bodies(|| Some(vec![path::embedding()]));
    tried(
        state,
        || ().whole(),
        |bodies| {
            Ok(match bodies.and_then(|bodies| only(&bodies)) {
                Ok(state) => section(state),
                Err(error) => view! { <ErrorNote error=error /> }.whole(),
            })
        },
    )
}

#[derive(Clone, Copy)]
struct Shown {
    state: RwSignal<EmbeddingState>,
    error: RwSignal<Option<ApiError>>,
    busy: RwSignal<bool>,
    api: StoredValue<Api>,
}

fn section(state: EmbeddingState) -> AnyView {
    let before = state.active.clone();
    if state.next.is_none() {
        return ().whole();
    }
    let shown = Shown {
        state: RwSignal::new(state),
        error: RwSignal::new(None),
        busy: RwSignal::new(false),
        api: StoredValue::new(expect_context()),
    };
    let underway = Memo::new(move |_| shown.state.with(|state| state.next.is_some()));
    look_while(underway, shown);
    let wrong = move || {
        shown
            .error
            .get()
            .map(|error| view! { <ErrorNote error=error /> })
    };
    let content = move || {
        if underway.get() {
            return progress(shown);
        }
        let active = shown.state.with_untracked(|state| state.active.clone());
        // The one on its way may have been given up instead.
        if active == before {
            return ().whole();
        }
        view! { <p>{text::embedding_switched(&active)}</p> }.whole()
    };
    view! {
        <section class="panel" aria-labelledby="embedding">
            <h2 id="embedding">{text::EMBEDDING_TITLE}</h2>
            {live(content)}
            <div role="alert">{live(wrong)}</div>
        </section>
    }
    .whole()
}

/// What the model on its way has done, with a way to let it rest.
fn progress(shown: Shown) -> AnyView {
    let ui = Ui::of_page();
    let of_next = move |read: fn(&NextEmbedding) -> u64| {
        shown
            .state
            .with(|state| state.next.as_ref().map_or(0, read))
    };
    let paused = Memo::new(move |_| {
        let next = shown.state.with(|state| state.next.clone());
        next.is_some_and(|next| next.paused)
    });
    let turn = move |_| {
        let (api, pause) = (shown.api.get_value(), !paused.get_untracked());
        shown.busy.set(true);
        shown.error.set(None);
        spawn_local(async move {
            let turned = match api.pause_embedding(pause).await {
                Ok(()) => look(shown).await,
                Err(wrong) => Err(wrong),
            };
            let _ = shown.busy.try_set(false);
            let _ = shown.error.try_set(turned.err());
        });
    };
    let models = shown.state.with_untracked(|state| {
        let next = state.next.as_ref().map(|next| next.model.clone());
        text::embedding_underway(&state.active, &next.unwrap_or_default())
    });
    let (done, total) = (
        move || of_next(|next| next.done),
        move || of_next(|next| next.total),
    );
    let button = move || {
        if paused.get() {
            text::RESUME
        } else {
            text::PAUSE
        }
    };
    let tag = move || {
        paused
            .get()
            .then(|| view! { <span class="tag">{text::PAUSED}</span> })
    };
    view! {
        <p class="quiet">{models}</p>
        <p class="embedding-progress">
            <progress
                max=derive(move || total().max(1).to_string())
                value=derive(move || done().to_string())
                aria-label=text::EMBEDDING_TITLE
            ></progress>
            <span>{live(move || text::passages_of(done(), total()))}</span>
            {live(tag)}
        </p>
        <div class="buttons">
            <button
                type="button"
                class="small"
                disabled=derive(move || !ui.ready.get() || shown.busy.get())
                on:click=turn
            >
                {live(button)}
            </button>
        </div>
    }
    .whole()
}

async fn look(shown: Shown) -> Result<(), ApiError> {
    let Some(api) = shown.api.try_get_value() else {
        return Ok(());
    };
    let state = api.embedding().await?;
    if shown.state.try_with_untracked(|known| *known != state) == Some(true) {
        let _ = shown.state.try_set(state);
    }
    Ok(())
}

fn look_while(underway: Memo<bool>, shown: Shown) {
    on_change(move || {
        if !underway.get() {
            return;
        }
        let again = move || {
            if browser::visible() {
                spawn_local(async move {
                    // What can't be had now is asked for again in a moment.
                    let _ = look(shown).await;
                });
            }
        };
        if let Ok(handle) = set_interval_with_handle(again, LOOK_AGAIN) {
            on_cleanup(move || handle.clear());
        }
    });
}
