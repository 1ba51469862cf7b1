//! The review desk: what waits for Legal, in queues with clocks.

mod act;
mod bulk;
mod dialog;
mod draft;
mod filter;
mod item;
mod listed;
mod members;
mod narrowing;
mod outcome;
mod presence;
mod queue_form;
mod queues;
mod reply;
mod rows;
mod shown;
mod side;
mod similar;
mod templates;
mod thread;
mod times;
mod views;

pub(crate) use item::DeskItemPage;
pub(crate) use queues::QueuesPage;
pub(crate) use templates::TemplatesPage;

use super::only_for;
use crate::api::path;
use crate::part::{IntoWhole, bodies, loaded, only, rows_to_come};
use crate::text;
use inhouse_protocol::{DeskFilter, Me, Role};
use leptos::prelude::*;
use leptos_meta::Title;
use rows::Rows;

/// Where the queues are managed.
const QUEUES: &str = "/desk/queues";
/// Where the reply templates are.
const TEMPLATES: &str = "/desk/templates";

/// Only the legal team works the desk.
fn legal(role: Role) -> bool {
    role == Role::Legal
}

/// The list.
#[component]
pub(crate) fn DeskPage() -> impl IntoView {
    only_for(legal, |me| view! { <List me=me /> }.whole())
}

#[component]
fn List(me: Me) -> impl IntoView {
    let filter = filter::in_address();
    let choices = bodies(|| Some(vec![path::queues(), path::desk_views()]));
    let list = bodies(move || {
        let list = path::escalations(&filter::query(&filter.get()));
        Some(vec![list, path::queues()])
    });
    let choices = loaded(
        choices,
        || ().whole(),
        move |bodies| {
            let all = only(&bodies)?;
            let saved = only(bodies.get(1..).unwrap_or_default())?;
            let (form, views) = (narrowing::form(filter, &all), views::views(saved, filter));
            Ok(view! {
                {form}
                {views}
            }
            .whole())
        },
    );
    let list = loaded(list, rows_to_come, move |bodies| {
        let items = only(&bodies)?;
        let all = only(bodies.get(1..).unwrap_or_default())?;
        let now = filter.get_untracked();
        let empty = if now == DeskFilter::default() {
            text::DESK_CLEAR
        } else {
            text::DESK_EMPTY
        };
        let query = filter::query(&now);
        Ok(view! { <Rows items=items all=all me=me.clone() query=query empty=empty /> }.whole())
    });
    view! {
        <Title text=text::title(text::DESK) />
        <div class="page">
            <header class="page-head">
                <h1>{text::DESK}</h1>
                <p class="lead">{text::DESK_LEAD}</p>
            </header>
            <nav class="filters" aria-label=text::FILTER>
                {narrowing::states(filter)}
                <ul>
                    <li>
                        <a href=QUEUES>{text::QUEUES}</a>
                    </li>
                    <li>
                        <a href=TEMPLATES>{text::TEMPLATES}</a>
                    </li>
                </ul>
                <p class="hint keys-hint">
                    <kbd>"J"</kbd>
                    " "
                    <kbd>"K"</kbd>
                    " "
                    {text::TO_MOVE}
                    ", "
                    <kbd>"?"</kbd>
                    " "
                    {text::FOR_ALL_KEYS}
                </p>
            </nav>
            {choices}
            {list}
        </div>
    }
}
