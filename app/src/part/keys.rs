//! The keyboard: listening to it, and the sheet that lists its shortcuts.

use super::{Icon, IntoWhole, IntoWholes, derive, modal, on_change};
use crate::browser;
use crate::state::Ui;
use crate::text;
use leptos::ev::{self, KeyboardEvent};
use leptos::prelude::*;
use std::rc::Rc;

/// Where letters are typed; a box to tick takes none.
const FIELDS: &str = "input:not([type=checkbox]), textarea, select, dialog";

/// Calls `act` for each key pressed anywhere on the page, while the component lives.
pub(crate) fn on_key(act: impl Fn(&KeyboardEvent) + 'static) {
    let act = Rc::new(act);
    on_change(move || {
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
        || browser::focus_within(FIELDS)
}

/// The sheet of shortcuts.
pub(crate) fn key_sheet() -> AnyView {
    let ui = Ui::of_page();
    let parts = text::SHORTCUTS
        .iter()
        .map(|&(part, shortcuts)| {
            let rows = shortcuts
                .iter()
                .map(|&(keys, what)| row(keys, what))
                .wholes();
            view! {
                <section>
                    <h3>{part}</h3>
                    <dl class="keys">{rows}</dl>
                </section>
            }
        })
        .wholes();
    let content = view! {
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
            {parts}
    };
    let open = derive(move || ui.keys_open.get());
    let close = Callback::new(move |()| ui.keys_open.set(false));
    modal(open, close, text::KEYBOARD, content.whole())
}

/// Keys, parted by spaces, and what they do.
fn row(keys: &'static str, what: &'static str) -> AnyView {
    let keys = keys
        .split(' ')
        .map(|key| view! { <kbd>{key}</kbd> " " })
        .wholes();
    view! {
        <div>
            <dt>{keys}</dt>
            <dd>{what}</dd>
        </div>
    }
    .whole()
}
