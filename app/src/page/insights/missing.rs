//! Groups of like questions that the documents did not answer, and what to do about one.

use crate::api::Api;
use crate::part::{Icon, IntoWhole, IntoWholes, derive, live};
use crate::state::Ui;
use crate::text;
use crate::time::Moment;
use inhouse_protocol::{ApiError, DocumentRequest, MissingTopic, NewDocumentRequest};
use leptos::prelude::*;
use leptos::task::spawn_local;

pub(super) fn section(
    missing: &[MissingTopic],
    works_the_desk: bool,
    requests: RwSignal<Vec<DocumentRequest>>,
) -> AnyView {
    let content = if missing.is_empty() {
        view! { <div class="empty">{Icon::Check.view()} <p>{text::NOTHING_MISSING}</p></div> }
            .whole()
    } else {
        let rows = missing
            .iter()
            .map(|topic| row(topic, works_the_desk, requests))
            .wholes();
        view! { <ul class="things">{rows}</ul> }.whole()
    };
    view! {
        <section class="panel" aria-labelledby="missing">
            <h2 id="missing">{text::UNANSWERED_TOPICS}</h2>
            {content}
        </section>
    }
    .whole()
}

fn row(
    topic: &MissingTopic,
    works_the_desk: bool,
    requests: RwSignal<Vec<DocumentRequest>>,
) -> AnyView {
    let label = topic.label.clone();
    let about = std::iter::once(text::asked_times(topic.questions, topic.before))
        .chain(std::iter::once(text::by_people(topic.people)))
        .chain((!topic.departments.is_empty()).then(|| topic.departments.join(", ")))
        .chain(topic.waited_minutes.map(text::waited))
        .map(|words| view! { <span>{words}</span> })
        .wholes();
    let newest = topic
        .escalation
        .clone()
        .filter(|_| works_the_desk)
        .map(|id| {
            view! {
                <a class="button small" href=format!("/desk/{id}")>
                    {text::SEE_ESCALATION}
                </a>
            }
        });
    let write = label.clone().filter(|_| works_the_desk).map(|question| {
        let question = percent_encoded(&question);
        view! {
            <a class="button small" href=format!("/approved/new?question={question}")>
                {text::WRITE_ANSWER}
            </a>
        }
    });
    let request = label
        .as_deref()
        .map(|label| request_button(label, topic.questions, requests));
    view! {
        <li>
            {Icon::Search.view()}
            <div class="thing">
                <p class="thing-name">{label.unwrap_or_else(|| text::FEW_PEOPLE.to_owned())}</p>
                <p class="row-about">{about} <Moment at=topic.last_at /></p>
                <div class="actions">{request} {write} {newest}</div>
            </div>
        </li>
    }
    .whole()
}

/// Asks for a document about the question; then says that it was asked for.
fn request_button(
    label: &str,
    questions: u64,
    requests: RwSignal<Vec<DocumentRequest>>,
) -> AnyView {
    let api: Api = expect_context();
    let ui = Ui::of_page();
    let failed = RwSignal::new(None::<ApiError>);
    let title: String = label.chars().take(200).collect();
    let known = {
        let title = title.clone();
        Memo::new(move |_| requests.with(|all| all.iter().any(|one| one.title == title)))
    };
    let ask = move |_| {
        let (api, title) = (api.clone(), title.clone());
        spawn_local(async move {
            let new = NewDocumentRequest {
                title,
                note: String::new(),
                questions,
            };
            match api.request_document(&new).await {
                Ok(all) => requests.set(all),
                Err(error) => failed.set(Some(error)),
            }
        });
    };
    view! {
        <button
            type="button"
            class="small"
            disabled=derive(move || !ui.ready.get() || known.get())
            on:click=ask
        >
            {text::REQUEST_DOCUMENT}
        </button>
        <span role="alert">{live(move || failed.get().map(|error| error.message))}</span>
    }
    .whole()
}

/// A value in the query of an address (RFC 3986): everything but unreserved characters as `%XX`.
fn percent_encoded(text: &str) -> String {
    use std::fmt::Write as _;
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
