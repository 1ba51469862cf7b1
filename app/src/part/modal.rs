//! A dialog that holds the focus until it is closed.

use leptos::ev::MouseEvent;
use leptos::html;
use leptos::prelude::*;

/// A native modal dialog: Esc, its own buttons and a click beside it close it.
#[component]
pub(crate) fn Modal(
    open: RwSignal<bool>,
    /// The dialog's accessible name.
    #[prop(into)]
    label: Signal<String>,
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
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
            open.set(false);
        }
    };
    view! {
        <dialog
            class="modal"
            node_ref=dialog
            aria-label=move || label.get()
            on:close=move |_| open.set(false)
            on:click=beside
        >
            <div class="modal-body">{children()}</div>
        </dialog>
    }
}
