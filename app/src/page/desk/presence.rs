//! Who else has an escalation open, and what they did to it meanwhile.

use super::shown::Shown;
use super::thread;
use crate::browser;
use crate::part::{ErrorNote, Icon, IntoWhole, IntoWholes, live, on_change};
use crate::text;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// How often the desk is told that somebody is here.
const EVERY: Duration = Duration::from_secs(20);

/// Says that the reader is here, now and again, and follows what others do.
pub(super) fn stay_present(shown: Shown) {
    on_change(move || {
        tell(shown);
        let again = move || {
            if browser::visible() {
                tell(shown);
            }
        };
        if let Ok(handle) = set_interval_with_handle(again, EVERY) {
            on_cleanup(move || handle.clear());
        }
    });
}

/// Says it once, with whether a reply is begun.
pub(super) fn tell(shown: Shown) {
    let field = shown.reply.get_untracked();
    let writing = field.is_some_and(|field| !field.value().trim().is_empty());
    let (api, id) = (shown.api.get_value(), shown.id());
    spawn_local(async move {
        // What can't be had now is asked for again in a moment.
        let Ok(present) = api.be_present(&id, writing).await else {
            return;
        };
        let _ = shown.others.try_set(present.others);
        let known = shown.item.try_with_untracked(|item| item.summary.revision);
        let busy = shown.busy.try_get_untracked().unwrap_or(true);
        if known.is_some_and(|known| present.revision > known) && !busy {
            shown.look_again().await;
        }
    });
}

/// Who else is here, what they did since the page was read, and what went wrong here.
pub(super) fn others(shown: Shown) -> AnyView {
    let who = move || {
        shown
            .others
            .get()
            .into_iter()
            .map(|(name, writing)| {
                let icon = if writing { Icon::Note } else { Icon::Person };
                view! { <p class="note">{icon.view()} <span>{text::is_here(&name, writing)}</span></p> }
            })
            .wholes()
    };
    let meanwhile = move || {
        let news = shown.meanwhile.get();
        (!news.is_empty()).then(|| {
            view! {
                <div class="note">
                    {Icon::Alert.view()}
                    <div class="meanwhile">
                        <p>{text::MEANWHILE}</p>
                        <ol class="doings">{news.into_iter().map(thread::entry).wholes()}</ol>
                        <button
                            type="button"
                            class="small"
                            on:click=move |_| shown.meanwhile.set(Vec::new())
                        >
                            {text::SEEN_IT}
                        </button>
                    </div>
                </div>
            }
        })
    };
    let wrong = move || {
        let error = shown.error.get();
        error.map(|error| view! { <ErrorNote error=error /> })
    };
    view! {
        <div class="desk-notes">
            <div role="status">{live(who)}</div>
            <div role="alert">{live(meanwhile)} {live(wrong)}</div>
        </div>
    }
    .whole()
}
