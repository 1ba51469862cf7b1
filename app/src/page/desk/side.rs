//! Where an escalation stands: its clock, whose it is, its queue and priority, and changing them.

use super::act::{self, Act, Ask};
use super::dialog::Asking;
use super::shown::Shown;
use crate::api::invalid;
use crate::browser;
use crate::part::{
    FormError, Icon, IntoWhole, IntoWholes, clock_tag, derive, live, priority_tag, queue_tag,
};
use crate::state::Ui;
use crate::text;
use crate::time::Moment;
use inhouse_protocol::{
    ApiError, Due, DueState, Escalation, EscalationState, EscalationSummary, SplitEscalation,
};
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

pub(super) fn side(shown: Shown, asking: Asking) -> AnyView {
    let summary = Memo::new(move |_| shown.item.with(|item| item.summary.clone()));
    view! {
        <section class="desk-facts" aria-labelledby="stands-title">
            <h2 id="stands-title">{text::WHERE_IT_STANDS}</h2>
            {live(move || summary.with(clocks))}
            <dl class="levers">
                {lever(asking, Ask::Assign, text::ASSIGNEE, "A", move || summary.with(assignee))}
                {lever(
                    asking,
                    Ask::Priority,
                    text::DESK_PRIORITY,
                    "P",
                    move || priority_tag(summary.with(|item| item.priority)),
                )}
                {lever(
                    asking,
                    Ask::Queue,
                    text::DESK_QUEUE,
                    "Q",
                    move || summary.with(|item| queue_tag(&item.queue)),
                )}
                {lever(asking, Ask::Snooze, text::SNOOZED, "S", move || summary.with(snoozed))}
            </dl>
            {states(shown, asking, summary)}
            {ticket(shown)}
            {live(move || summary.with(rating))}
            {live(move || shown.item.with(rating_comment))}
        </section>
        {duplicates(shown)}
        <Split shown=shown />
    }
    .whole()
}

/// Both parts of the service level, with when they are due.
fn clocks(item: &EscalationSummary) -> AnyView {
    let clock = |what: &'static str, due: Option<Due>| {
        due.map(|due| {
            let runs = !matches!(due.state, DueState::Met | DueState::Missed);
            view! {
                <li>
                    {clock_tag(what, &due)}
                    {runs
                        .then(|| {
                            view! {
                                <span class="hint">{text::DUE_AT} " " <Moment at=due.at /></span>
                            }
                        })}
                </li>
            }
            .whole()
        })
    };
    let both = [
        clock(text::FIRST_REPLY, item.first_reply_due),
        clock(text::RESOLUTION, item.resolution_due),
    ];
    let both: Vec<_> = both.into_iter().flatten().collect();
    if both.is_empty() {
        return view! { <p class="hint">{text::NO_SERVICE_LEVEL}</p> }.whole();
    }
    view! { <ul class="clocks">{both}</ul> }.whole()
}

fn assignee(item: &EscalationSummary) -> AnyView {
    match &item.assignee {
        Some(person) => person.name.clone().whole(),
        None => view! { <span class="quiet">{text::UNASSIGNED}</span> }.whole(),
    }
}

fn snoozed(item: &EscalationSummary) -> AnyView {
    match item.snoozed_until {
        Some(until) => view! { {text::UNTIL} " " <Moment at=until /> }.whole(),
        None => view! { <span class="quiet">{text::NOT_SNOOZED}</span> }.whole(),
    }
}

/// Something that can be changed: what it is called, what it is now, and the button with its key.
fn lever(
    asking: Asking,
    ask: Ask,
    name: &'static str,
    key: &'static str,
    value: impl FnMut() -> AnyView + Send + 'static,
) -> AnyView {
    let ui = Ui::of_page();
    view! {
        <div>
            <dt>{name}</dt>
            <dd>
                <span>{live(value)}</span>
                <button
                    type="button"
                    class="small plain"
                    aria-label=text::change_the(name)
                    disabled=derive(move || !ui.ready.get())
                    on:click=move |_| asking.begin(ask)
                >
                    {text::CHANGE_IT}
                    " "
                    <kbd aria-hidden="true">{key}</kbd>
                </button>
            </dd>
        </div>
    }
    .whole()
}

/// Resolving, reopening, and waiting for the asker.
fn states(shown: Shown, asking: Asking, summary: Memo<EscalationSummary>) -> AnyView {
    let ui = Ui::of_page();
    let resolved = move || summary.with(|item| item.state == EscalationState::Resolved);
    let waits = move || summary.with(|item| item.waiting_since.is_some());
    let disabled = derive(move || !ui.ready.get() || shown.busy.get());
    let toggle = move |_| {
        let to = if untrack(resolved) {
            EscalationState::Open
        } else {
            EscalationState::Resolved
        };
        asking.go.run(act::set_state(to));
    };
    let wait = move |_| {
        asking
            .go
            .run(Act::Change(act::set_waiting(!untrack(waits))));
    };
    view! {
        <p class="hint" hidden=derive(move || !waits())>
            {text::WAITS_FOR_ASKER}
        </p>
        <div class="buttons">
            <button type="button" class="small" disabled=disabled on:click=toggle>
                {Icon::Check.view()}
                {live(move || if resolved() { text::REOPEN } else { text::RESOLVE })}
            </button>
            <button
                type="button"
                class="small"
                disabled=disabled
                hidden=derive(resolved)
                on:click=wait
            >
                {Icon::Pause.view()}
                {live(move || if waits() { text::STOP_WAITING } else { text::WAIT_FOR_ASKER })}
            </button>
        </div>
    }
    .whole()
}

/// The issue in the tracker, or the button that asks for one; never for what is restricted.
fn ticket(shown: Shown) -> AnyView {
    let about = Memo::new(move |_| {
        shown.item.with(|item| {
            let state = item.ticket_state.clone();
            let url = item.ticket_url.clone();
            (item.summary.ticket.clone(), url, state)
        })
    });
    let restricted = Memo::new(move |_| shown.item.with(|item| item.summary.queue.restricted));
    let content = move || match about.get() {
        (Some(key), url, state) => {
            let key = match url {
                Some(url) => {
                    view! { <a href=url rel="external noreferrer" target="_blank">{key}</a> }
                        .whole()
                }
                None => key.whole(),
            };
            let state = state.map(|state| view! { <span class="hint">" " {state}</span> });
            view! { <p>{text::ITS_TICKET} ": " {key} {state}</p> }.whole()
        }
        (None, ..) if restricted.get() => {
            view! { <p class="hint">{text::NO_TICKET_RESTRICTED}</p> }.whole()
        }
        (None, ..) => ask_for_ticket(shown),
    };
    live(content).whole()
}

fn ask_for_ticket(shown: Shown) -> AnyView {
    let ui = Ui::of_page();
    let make = move |_| {
        let (api, id) = (shown.api.get_value(), shown.id());
        shown.begin();
        spawn_local(async move {
            let made = match api.make_ticket(&id).await {
                Ok(()) => api.escalation(&id).await,
                Err(error) => Err(error),
            };
            shown.settle(ui, made, text::TICKET_ASKED_FOR).await;
        });
    };
    view! {
        <div class="buttons">
            <button
                type="button"
                class="small plain"
                disabled=derive(move || !ui.ready.get() || shown.busy.get())
                on:click=make
            >
                {text::MAKE_TICKET}
            </button>
        </div>
    }
    .whole()
}

/// What the asker thought of it, in words.
fn rating(item: &EscalationSummary) -> Option<AnyView> {
    let rating = item.rating?;
    Some(view! { <p>{text::was_rated(rating)}</p> }.whole())
}

fn rating_comment(item: &Escalation) -> Option<AnyView> {
    let comment = item.rating_comment.clone();
    (!comment.is_empty()).then(|| view! { <p class="quiet lines">{comment}</p> }.whole())
}

/// What was merged into it.
fn duplicates(shown: Shown) -> AnyView {
    let all = Memo::new(move |_| shown.item.with(|item| item.duplicates.clone()));
    let rows = move || {
        let rows = all.get().into_iter().map(|one| {
            view! {
                <li>
                    <a href=format!("/desk/{}", one.id)>{one.question}</a>
                    <span class="hint">{text::person(&one.asker, one.department.as_deref())}</span>
                </li>
            }
        });
        rows.wholes()
    };
    view! {
        <section aria-labelledby="duplicates-title" hidden=derive(move || all.with(Vec::is_empty))>
            <h2 id="duplicates-title">{text::DUPLICATES}</h2>
            <p class="hint">{text::DUPLICATES_HINT}</p>
            <ul class="cases">{live(rows)}</ul>
        </section>
    }
    .whole()
}

/// The form that makes a part of the question one of its own.
#[component]
fn Split(shown: Shown) -> impl IntoView {
    let ui = Ui::of_page();
    let subject = NodeRef::<html::Textarea>::new();
    let error = RwSignal::new(None::<ApiError>);
    let made = RwSignal::new(None::<String>);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let field = subject.get_untracked();
        let part = field.map(|field| field.value().trim().to_owned());
        let part = part.unwrap_or_default();
        if part.is_empty() {
            error.set(Some(invalid("subject", text::SPLIT_EMPTY)));
            browser::focus("#split-subject");
            return;
        }
        let split = SplitEscalation {
            subject: part,
            revision: Some(shown.revision()),
        };
        let (api, id) = (shown.api.get_value(), shown.id());
        error.set(None);
        shown.begin();
        spawn_local(async move {
            match api.split(&id, &split).await {
                Ok(new) => {
                    let _ = made.try_set(Some(format!("/desk/{}", new.summary.id)));
                    if let Some(field) = subject.try_get_untracked().flatten() {
                        field.set_value("");
                    }
                    ui.say(text::WAS_SPLIT);
                    shown.look_again().await;
                    let _ = shown.busy.try_set(false);
                }
                Err(wrong) => {
                    shown.settle(ui, Err(wrong), "").await;
                }
            }
        });
    };
    let link = move || {
        made.get().map(|page| {
            view! { <p class="good">{text::WAS_SPLIT} " " <a href=page>{text::OPEN_THE_OTHER}</a></p> }
        })
    };
    view! {
        <details class="split">
            <summary>{text::SPLIT_OFF_PART}</summary>
            <form method="post" on:submit=submit>
                <FormError error=error />
                <div class="field">
                    <label for="split-subject">{text::SPLIT_SUBJECT}</label>
                    <textarea
                        id="split-subject"
                        name="subject"
                        rows="3"
                        maxlength="2000"
                        node_ref=subject
                        aria-describedby="split-hint"
                    ></textarea>
                    <p id="split-hint" class="hint">
                        {text::SPLIT_HINT}
                    </p>
                </div>
                <button
                    type="submit"
                    class="small"
                    disabled=derive(move || !ui.ready.get() || shown.busy.get())
                >
                    {text::SPLIT_OFF}
                </button>
                <div role="status">{live(link)}</div>
            </form>
        </details>
    }
}
