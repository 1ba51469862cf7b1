//! Bringing answers in.

use crate::api::{Api, invalid};
use crate::browser;
use crate::part::{FormError, Icon, IntoWhole, IntoWholes, derive, live};
use crate::state::Ui;
use crate::text;
use inhouse_protocol::{ApiError, ImportReport};
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub(super) fn Import() -> impl IntoView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let field = NodeRef::<html::Textarea>::new();
    let error = RwSignal::new(None::<ApiError>);
    let busy = RwSignal::new(false);
    let report = RwSignal::new(None::<ImportReport>);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let lines = field.get_untracked();
        let lines = lines.map(|field| field.value()).unwrap_or_default();
        if lines.trim().is_empty() {
            error.set(Some(invalid("file", text::IMPORT_EMPTY)));
            return;
        }
        let api = api.clone();
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            match api.import_answers(lines).await {
                Ok(done) => {
                    ui.say(text::imported(&done));
                    // Where all went well, the list shows what came.
                    if done.faults.is_empty() {
                        browser::reload();
                    }
                    let _ = report.try_set(Some(done));
                }
                Err(wrong) => {
                    let _ = error.try_set(Some(wrong));
                }
            }
            let _ = busy.try_set(false);
        });
    };
    let told = move || {
        let report = report.get()?;
        let faults = report.faults.iter().cloned();
        let faults = faults.map(|fault| view! { <li>{fault}</li> }).wholes();
        let view = view! {
            <div class="import-report">
                <p>{text::imported(&report)}</p>
                <ul>{faults}</ul>
            </div>
        };
        Some(view.whole())
    };
    view! {
        <details class="add">
            <summary>{Icon::Upload.view()} {text::IMPORT_ANSWERS}</summary>
            <form method="post" on:submit=submit>
                <FormError error=error />
                <div class="field">
                    <label for="import-file">{text::IMPORT_FIELD}</label>
                    <textarea
                        id="import-file"
                        rows="6"
                        wrap="off"
                        autocomplete="off"
                        spellcheck="false"
                        node_ref=field
                        aria-describedby="import-hint"
                    ></textarea>
                    <p class="hint" id="import-hint">
                        {text::IMPORT_HINT}
                    </p>
                </div>
                <button
                    type="submit"
                    class="primary"
                    disabled=derive(move || !ui.ready.get() || busy.get())
                >
                    {text::IMPORT}
                </button>
            </form>
            {live(told)}
        </details>
    }
}
