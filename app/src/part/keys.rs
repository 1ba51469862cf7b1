//! The keyboard: listening to it, and the sheet that lists its shortcuts.

use super::{Icon, Modal};
use crate::browser;
use crate::state::Ui;
use crate::text;
use leptos::ev::{self, KeyboardEvent};
use leptos::prelude::*;
use std::rc::Rc;

/// Calls `act` for each key pressed anywhere on the page, while the component lives.
pub(crate) fn on_key(act: impl Fn(&KeyboardEvent) + 'static) {
    let act = Rc::new(act);
    Effect::new(move |_| {
        let act = Rc::clone(&act);
        let handle = window_event_listener(ev::keydown, move |event| act(&event));
        on_cleanup(move || handle.remove());
    });
}

/// Whether a letter pressed now belongs to a field, or to the browser.
pub(crate) fn typing(event: &KeyboardEvent) -> bool {
    event.default_prevented()
        || event.ctrl_key()
        || event.meta_key()
        || event.alt_key()
        || browser::focus_within("input, textarea, select, dialog")
}

/// The sheet of shortcuts.
#[component]
pub(crate) fn KeySheet() -> impl IntoView {
    let ui = Ui::of_page();
    let rows = text::SHORTCUTS
        .iter()
        .map(|(keys, what)| {
            let keys = keys
                .split(' ')
                .map(|key| view! { <kbd>{key}</kbd> " " })
                .collect_view();
            view! {
                <div>
                    <dt>{keys}</dt>
                    <dd>{*what}</dd>
                </div>
            }
        })
        .collect_view();
    view! {
        <Modal open=ui.keys_open label=text::KEYBOARD.to_owned()>
            <header class="modal-head">
                <h2>{text::KEYBOARD}</h2>
                <button
                    type="button"
                    class="plain square"
                    aria-label=text::CLOSE
                    on:click=move |_| ui.keys_open.set(false)
                >
                    {Icon::Close.view()}
                </button>
            </header>
            <dl class="keys">{rows}</dl>
        </Modal>
    }
}
