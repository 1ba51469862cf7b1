//! The members of a queue: who gets what comes in, and who is away.

use super::queues::Shown;
use crate::part::{Icon, IntoWhole, IntoWholes, derive, live};
use crate::state::Ui;
use crate::text;
use inhouse_protocol::{Queue, QueueId, QueueMember, UserId};
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What happens to a member.
#[derive(Clone, Copy)]
enum Step {
    /// In it, and given things in turn.
    In,
    Away,
    Out,
}

/// The list and the field that takes another one.
#[component]
pub(super) fn Members(shown: Shown, queue: Memo<Option<Queue>>) -> impl IntoView {
    let ui = Ui::of_page();
    let choice = NodeRef::<html::Select>::new();
    let step = Callback::new(move |(person, step): (UserId, Step)| {
        let id = queue.with_untracked(|queue| queue.as_ref().map(|queue| queue.name.id.clone()));
        if let Some(id) = id {
            take(shown, ui, id, person, step);
        }
    });
    let rows = move || {
        let members = queue.with(|queue| queue.as_ref().map(|queue| queue.members.clone()));
        let members = members.unwrap_or_default();
        if members.is_empty() {
            let restricted = queue.with(|queue| queue.as_ref().is_some_and(|q| q.name.restricted));
            let words = if restricted {
                text::NO_MEMBERS_RESTRICTED
            } else {
                text::NO_QUEUE_MEMBERS
            };
            return view! { <p class="quiet">{words}</p> }.whole();
        }
        let rows = members.into_iter().map(|member| row(member, step)).wholes();
        view! { <ul class="things">{rows}</ul> }.whole()
    };
    let others = move || {
        let members = queue.with(|queue| queue.as_ref().map(|queue| queue.members.clone()));
        let members = members.unwrap_or_default();
        let people = shown.all.with(|all| all.people.clone());
        people
            .into_iter()
            .filter(|person| members.iter().all(|member| member.person.id != person.id))
            .map(|person| view! { <option value=person.id.to_string()>{person.name}</option> })
            .wholes()
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let chosen = choice.get_untracked().map(|choice| choice.value());
        if let Some(person) = chosen.and_then(|id| id.parse().ok()) {
            step.run((person, Step::In));
        }
    };
    let name = move || queue.with(|queue| queue.as_ref().map(|queue| queue.name.name.clone()));
    let label = move || text::add_to_queue(&name().unwrap_or_default());
    view! {
        {live(rows)}
        <form class="inline-form" method="post" on:submit=submit>
            <div class="field">
                <select aria-label=derive(label) node_ref=choice>
                    <option value="">{text::CHOOSE_PERSON}</option>
                    {live(others)}
                </select>
            </div>
            <button type="submit" class="small" disabled=derive(move || !ui.ready.get())>
                {text::ADD}
            </button>
        </form>
    }
}

fn row(member: QueueMember, step: Callback<(UserId, Step)>) -> AnyView {
    let ui = Ui::of_page();
    let (id, name) = (member.person.id, member.person.name);
    let disabled = derive(move || !ui.ready.get());
    let (turn, words) = if member.away {
        (Step::In, text::is_back(&name))
    } else {
        (Step::Away, text::goes_away(&name))
    };
    let away = {
        let id = id.clone();
        move |_| step.run((id.clone(), turn))
    };
    let remove = move |_| step.run((id.clone(), Step::Out));
    view! {
        <li>
            {Icon::Person.view()}
            <div class="thing">
                <p class="thing-name">
                    {name.clone()}
                    {member
                        .away
                        .then(|| view! { <span class="tag">{Icon::Pause.view()} {text::IS_AWAY}</span> })}
                </p>
            </div>
            <button
                type="button"
                class="small plain"
                aria-label=words
                disabled=disabled
                on:click=away
            >
                {if member.away { text::BACK_AGAIN } else { text::SET_AWAY }}
            </button>
            <button
                type="button"
                class="small plain danger"
                aria-label=text::remove_member(&name)
                disabled=disabled
                on:click=remove
            >
                {text::REMOVE}
            </button>
        </li>
    }
    .whole()
}

fn take(shown: Shown, ui: Ui, queue: QueueId, person: UserId, step: Step) {
    let api = shown.api.get_value();
    shown.error.set(None);
    spawn_local(async move {
        let taken = match step {
            Step::In => api.set_queue_member(&queue, &person, false).await,
            Step::Away => api.set_queue_member(&queue, &person, true).await,
            Step::Out => api.remove_queue_member(&queue, &person).await,
        };
        let seen = match taken {
            Ok(()) => shown.done(ui, text::SAVED.to_owned()).await,
            Err(error) => Err(error),
        };
        if let Err(error) = seen {
            let _ = shown.error.try_set(Some(error));
        }
    });
}
