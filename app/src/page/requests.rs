//! The viewer's own requests to Legal.

use super::{anyone, only_for};
use crate::api::path;
use crate::part::{
    Icon, IntoWhole, IntoWholes, StateTag, bodies, loaded, only, rows_to_come, standing,
};
use crate::text;
use crate::time::Day;
use inhouse_protocol::EscalationSummary;
use leptos::prelude::*;
use leptos_meta::Title;

/// The list.
#[component]
pub(crate) fn RequestsPage() -> impl IntoView {
    only_for(anyone, |_| view! { <List /> }.whole())
}

#[component]
fn List() -> impl IntoView {
    let requests = bodies(|| Some(vec![path::requests()]));
    view! {
        <Title text=text::title(text::MY_REQUESTS) />
        <div class="page">
            <header class="page-head">
                <h1>{text::MY_REQUESTS}</h1>
                <p class="lead">{text::MY_REQUESTS_LEAD}</p>
            </header>
            {loaded(requests, rows_to_come, |bodies| Ok(rows(only(&bodies)?)))}
        </div>
    }
}

fn rows(requests: Vec<EscalationSummary>) -> AnyView {
    if requests.is_empty() {
        return view! {
            <div class="empty">
                {Icon::Request.view()} <p>{text::NO_REQUESTS}</p>
                <a class="button" href="/">
                    {text::ASK_SOMETHING}
                </a>
            </div>
        }
        .whole();
    }
    let rows = requests
        .into_iter()
        .map(|request| {
            let stands = standing(&request);
            view! {
                <li>
                    <a class="row" href=format!("/requests/{}", request.id)>
                        <span class="row-title">{request.question}</span>
                        <span class="row-about">
                            <StateTag state=request.state />
                            <span>{text::reason(request.reason)}</span>
                            <span>
                                {text::ASKED} " " <Day at=request.created_at />
                            </span>
                            {request
                                .first_reply_at
                                .map(|at| {
                                    view! { <span>{text::REPLIED} " " <Day at=at /></span> }
                                })}
                            {request.ticket.map(|ticket| view! { <span>{ticket}</span> })}
                        </span>
                        {stands}
                    </a>
                </li>
            }
        })
        .wholes();
    view! { <ul class="rows">{rows}</ul> }.whole()
}
