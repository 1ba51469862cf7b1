//! A dialog that holds the focus until it is closed.

use super::{IntoWhole, on_change};
use leptos::ev::MouseEvent;
use leptos::html;
use leptos::prelude::*;

/// A native modal dialog, shown while `open`: Esc, its own buttons and a click beside it `close`
/// it.
pub(crate) fn modal(
    open: Signal<bool>,
    close: Callback<()>,
    label: &'static str,
    content: AnyView,
) -> AnyView {
    let dialog = NodeRef::<html::Dialog>::new();
    on_change(move || {
        let open = open.get();
        if let Some(dialog) = dialog.get() {
            if open && !dialog.open() {
                let _ = dialog.show_modal();
            } else if !open && dialog.open() {
                dialog.close();
            }
        }
    });
    let beside = move |event: MouseEvent| {
        let target: leptos::web_sys::Element = event_target(&event);
        if target.tag_name() == "DIALOG" {
            close.run(());
        }
    };
    view! {
        <dialog
            class="modal"
            node_ref=dialog
            aria-label=label
            on:close=move |_| close.run(())
            on:click=beside
        >
            <div class="modal-body">{content}</div>
        </dialog>
    }
    .whole()
}
