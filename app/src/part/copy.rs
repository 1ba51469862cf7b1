//! A button that puts a text on the clipboard and says so.

use super::{Icon, IntoWhole, derive, live};
use crate::browser;
use crate::state::Ui;
use crate::text;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// How long the button says that the text was copied.
const COPIED_FOR: Duration = Duration::from_secs(2);

/// The button, called `label`; it copies what `content` gives when it is pressed.
pub(crate) fn copy_button(
    label: &'static str,
    content: impl Fn() -> String + Send + Sync + 'static,
) -> AnyView {
    let ui = Ui::of_page();
    let copied = RwSignal::new(false);
    let copy = move |_| {
        let content = content();
        spawn_local(async move {
            let done = browser::copy(content).await;
            ui.say(if done {
                text::COPIED
            } else {
                text::COPY_FAILED
            });
            let _ = copied.try_set(done);
            set_timeout(
                move || {
                    let _ = copied.try_set(false);
                },
                COPIED_FOR,
            );
        });
    };
    view! {
        <button
            type="button"
            class="small"
            disabled=derive(move || !ui.ready.get())
            on:click=copy
        >
            {live(move || if copied.get() { Icon::Check } else { Icon::Copy }.view())}
            {live(move || if copied.get() { text::COPIED } else { label })}
        </button>
    }
    .whole()
}
