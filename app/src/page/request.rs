//! One request to Legal, as its asker sees it.

mod own;

use super::{anyone, id_in_path, only_for};
use crate::api::path;
use crate::browser;
use crate::part::{
    IntoWhole, Passages, Replies, StateTag, bodies, conflict_view, live, loaded, on_change, only,
    paragraphs, rows_to_come, standing,
};
use crate::text;
use crate::time::Moment;
use inhouse_protocol::{Escalation, EscalationId};
use leptos::prelude::*;
use leptos_meta::Title;
use own::Own;
use std::time::Duration;

/// How often it is looked whether something was replied.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// The request in the path.
#[component]
pub(crate) fn RequestPage() -> impl IntoView {
    only_for(anyone, |_| view! { <Load /> }.whole())
}

#[component]
fn Load() -> impl IntoView {
    let id = id_in_path::<EscalationId>("id");
    let request = bodies(move || Some(vec![path::request(&id.get()?)]));
    loaded(request, rows_to_come, |bodies| {
        let request = only(&bodies)?;
        Ok(view! { <Request request=request /> }.whole())
    })
}

#[component]
fn Request(request: Escalation) -> impl IntoView {
    let own = Own::of(request.clone());
    follow(own);
    let summary = request.summary;
    let passages = request.passages;
    let conflict = request
        .conflict
        .map(|conflict| conflict_view(summary.id.as_str(), &conflict, &passages));
    let state = Memo::new(move |_| own.request.with(|request| request.summary.state));
    let stands = move || own.request.with(|request| standing(&request.summary));
    let replies = move || {
        let replies = own.request.with(|request| request.replies.clone());
        view! { <Replies replies=replies /> }
    };
    view! {
        <Title text=text::title(text::REQUEST) />
        <div class="page narrow">
            <header class="page-head">
                <p class="crumbs">
                    <a href="/requests">{text::MY_REQUESTS}</a>
                </p>
                <h1 class="question">{summary.question}</h1>
                <p class="row-about">
                    {live(move || view! { <StateTag state=state.get() /> })}
                    <span>{text::reason(summary.reason)}</span>
                    <span>
                        {text::ASKED} " " <Moment at=summary.created_at />
                    </span>
                    {summary.ticket.map(|ticket| view! { <span>{ticket}</span> })}
                    {request
                        .conversation
                        .map(|id| {
                            view! { <a href=format!("/c/{id}")>{text::OPEN_CONVERSATION}</a> }
                        })}
                </p>
                {live(stands)}
            </header>
            {(!request.note.is_empty())
                .then(|| {
                    view! {
                        <section class="asker-note">
                            <h2>{text::YOUR_NOTE}</h2>
                            {paragraphs(&request.note)}
                        </section>
                    }
                })}
            <section class="thread" aria-label=text::REPLIES>
                <h2>{text::REPLIES}</h2>
                {live(replies)}
            </section>
            {own::actions(own)}
            {conflict}
            <Passages
                owner=summary.id.to_string()
                title=text::PASSAGES_FOUND
                passages=Signal::stored(passages)
                cited=Signal::stored(None)
            />
        </div>
    }
}

/// Looks for replies now and again while the page is seen.
fn follow(own: Own) {
    on_change(move || {
        let look_if_seen = move || {
            if browser::visible() {
                own.look();
            }
        };
        if let Ok(handle) = set_interval_with_handle(look_if_seen, LOOK_AGAIN) {
            on_cleanup(move || handle.clear());
        }
    });
}
