//! Before anything of the log is shown: why it is read.

use crate::api::Api;
use crate::part::{Field, FormError, Icon, derive};
use crate::state::Ui;
use crate::text;
use inhouse_protocol::ApiError;
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Fields whose errors stand below them.
const FIELDS: &[&str] = &["reason"];

/// The form for the reason; `opened` gets the number of the record that holds it.
#[component]
pub(crate) fn Opening(
    /// There was an opening, which doesn't count anymore.
    again: bool,
    opened: Callback<i64>,
) -> impl IntoView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let reason = NodeRef::<html::Input>::new();
    let error = RwSignal::new(None::<ApiError>);
    let busy = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(reason) = reason.get_untracked() else {
            return;
        };
        let (api, reason) = (api.clone(), reason.value().trim().to_owned());
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            let opening = api.open_log(reason).await;
            let _ = busy.try_set(false);
            match opening {
                Ok(opening) => {
                    opened.try_run(opening.opening);
                }
                Err(wrong) => {
                    let _ = error.try_set(Some(wrong));
                }
            }
        });
    };
    let ended = again.then(|| {
        view! { <p class="note">{Icon::Alert.view()} <span>{text::OPEN_AGAIN}</span></p> }
    });
    view! {
        <section class="panel opening" aria-labelledby="opening">
            <h2 id="opening">{text::OPEN_TITLE}</h2>
            <p class="quiet">{text::OPEN_TEXT}</p>
            {ended}
            <form method="post" on:submit=submit>
                <FormError error=error fields=FIELDS />
                <Field
                    form="opening"
                    name="reason"
                    label=text::OPEN_REASON
                    hint=text::OPEN_REASON_HINT
                    node=reason
                    error=error
                />
                <button
                    type="submit"
                    class="primary"
                    disabled=derive(move || !ui.ready.get() || busy.get())
                >
                    {text::OPEN_RECORD}
                </button>
            </form>
        </section>
    }
}
