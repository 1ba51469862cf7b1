//! At first use: that one asks an AI system (AI Act 50(1)), what it is for, and what not.

use super::{ErrorNote, Icon, IntoWhole, IntoWholes, derive, live};
use crate::api::Api;
use crate::browser;
use crate::state::{Ui, viewer};
use crate::text;
use inhouse_protocol::ApiError;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What it says, after its first paragraph.
const POINTS: [&str; 4] = [
    text::NOTICE_READ,
    text::NOTICE_PERSON,
    text::NOTICE_FENCE,
    text::NOTICE_RECORD,
];

/// The notice, until the reader says that they have understood it; that is kept with the account.
pub(crate) fn ai_notice() -> AnyView {
    let unseen = viewer().is_some_and(|me| !me.ai_notice_seen);
    if !unseen {
        return ().whole();
    }
    let ui = Ui::of_page();
    view! { {live(move || (!ui.notice_seen.get()).then(|| view! { <Notice /> }))} }.whole()
}

#[component]
fn Notice() -> impl IntoView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let error = RwSignal::new(None::<ApiError>);
    let busy = RwSignal::new(false);
    let understood = move |_| {
        let api = api.clone();
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            match api.ai_notice_seen().await {
                Ok(()) => {
                    ui.notice_seen.set(true);
                    request_animation_frame(|| browser::focus("#question"));
                }
                Err(wrong) => {
                    let _ = busy.try_set(false);
                    let _ = error.try_set(Some(wrong));
                }
            }
        });
    };
    let points = POINTS
        .into_iter()
        .map(|point| view! { <li>{point}</li> })
        .wholes();
    let wrong = move || error.get().map(|error| view! { <ErrorNote error=error /> });
    view! {
        <section class="ai-first" aria-labelledby="ai-first">
            {Icon::Mark.view()}
            <div>
                <h2 id="ai-first">{text::NOTICE_TITLE}</h2>
                <p>{text::NOTICE_TEXT}</p>
                <ul>{points}</ul>
                <div class="buttons">
                    <button
                        type="button"
                        class="primary"
                        disabled=derive(move || !ui.ready.get() || busy.get())
                        on:click=understood
                    >
                        {text::NOTICE_DONE}
                    </button>
                </div>
                <div class="alert-place" role="alert">
                    {live(wrong)}
                </div>
            </div>
        </section>
    }
}
