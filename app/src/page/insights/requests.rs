//! Documents that somebody asked for.

use crate::api::Api;
use crate::part::{Icon, IntoWhole, IntoWholes, derive, live};
use crate::state::Ui;
use crate::text;
use crate::time::Moment;
use inhouse_protocol::{ApiError, DocumentRequest, DocumentRequestState};
use leptos::prelude::*;
use leptos::task::spawn_local;

pub(super) fn section(requests: RwSignal<Vec<DocumentRequest>>) -> AnyView {
    let failed = RwSignal::new(None::<ApiError>);
    let list = move || {
        let all = requests.get();
        if all.is_empty() {
            return view! { <p class="hint">{text::NO_DOCUMENT_REQUESTS}</p> }.whole();
        }
        let rows = all
            .into_iter()
            .map(|request| row(request, requests, failed))
            .wholes();
        view! { <ul class="things">{rows}</ul> }.whole()
    };
    view! {
        <section class="panel" aria-labelledby="document-requests">
            <h2 id="document-requests">{text::DOCUMENT_REQUESTS}</h2>
            <p role="alert" class="error" hidden=derive(move || failed.with(Option::is_none))>
                {live(move || failed.get().map(|error| error.message))}
            </p>
            {live(list)}
        </section>
    }
    .whole()
}

fn row(
    request: DocumentRequest,
    requests: RwSignal<Vec<DocumentRequest>>,
    failed: RwSignal<Option<ApiError>>,
) -> AnyView {
    use DocumentRequestState::{Declined, Done, Open};
    let choices: &[(DocumentRequestState, &str)] = match request.state {
        Open => &[(Done, text::IT_IS_THERE), (Declined, text::IT_WONT_COME)],
        Done | Declined => &[(Open, text::REQUEST_AGAIN)],
    };
    let buttons = choices
        .iter()
        .map(|(state, name)| {
            let (api, ui): (Api, _) = (expect_context(), Ui::of_page());
            let (id, state) = (request.id.clone(), *state);
            let decide = move |_| {
                let (api, id) = (api.clone(), id.clone());
                spawn_local(async move {
                    match api.decide_document_request(&id, state).await {
                        Ok(all) => requests.set(all),
                        Err(error) => failed.set(Some(error)),
                    }
                });
            };
            view! {
                <button
                    type="button"
                    class="small"
                    disabled=derive(move || !ui.ready.get())
                    on:click=decide
                >
                    {*name}
                </button>
            }
        })
        .wholes();
    view! {
        <li>
            {Icon::Document.view()}
            <div class="thing">
                <p class="thing-name">{request.title}</p>
                <p class="row-about">
                    <span>{text::document_request(request.state)}</span>
                    <span>{request.by}</span>
                    <Moment at=request.at />
                </p>
                {(!request.note.is_empty()).then(|| view! { <p class="hint">{request.note}</p> })}
                <div class="actions">{buttons}</div>
            </div>
        </li>
    }
    .whole()
}
