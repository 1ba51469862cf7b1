//! The rows of the desk: moved through and acted on by keyboard, selected, changed many at once.

use super::act::{self, Ask};
use super::dialog::{Asking, dialog};
use super::listed::Listed;
use super::outcome::outcome;
use crate::browser;
use crate::part::{
    ErrorNote, Icon, IntoWhole, IntoWholes, StateTag, clock_tag, derive, live, next_clock,
    on_change, on_key, priority_tag, queue_tag, typing,
};
use crate::state::Ui;
use crate::text;
use crate::time::Moment;
use inhouse_protocol::{Assign, EscalationState, EscalationSummary, Me, Priority, Queues};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use std::collections::BTreeSet;
use std::time::Duration;

/// How often the list is asked for anew, so that its clocks are right.
const LOOK_AGAIN: Duration = Duration::from_mins(1);

/// What can be done with several, as the bar offers it, with its key.
const BAR: [(Ask, &str, &str); 6] = [
    (Ask::Assign, text::ASSIGN_TO, "A"),
    (Ask::Priority, text::DESK_PRIORITY, "P"),
    (Ask::Queue, text::DESK_QUEUE, "Q"),
    (Ask::Snooze, text::SNOOZE, "S"),
    (Ask::State, text::RESOLVE_MANY, "E"),
    (Ask::Merge, text::MERGE, "M"),
];

/// The list; `empty` is said where nothing is in it.
#[component]
pub(super) fn Rows(
    items: Vec<EscalationSummary>,
    all: Queues,
    me: Me,
    query: String,
    empty: &'static str,
) -> impl IntoView {
    let ui = Ui::of_page();
    let listed = Listed::new(items, query);
    let asking = Asking {
        ask: RwSignal::new(None),
        targets: Callback::new(move |()| listed.targets()),
        go: Callback::new(move |act| {
            let onward = act == act::set_state(EscalationState::Resolved);
            listed.carry_out(ui, act, onward);
        }),
        all: StoredValue::new(all),
        me: StoredValue::new(me.id),
    };
    keys(listed, asking);
    look_while_seen(listed);
    let none = Memo::new(move |_| listed.items.with(Vec::is_empty));
    let wrong = move || {
        let error = listed.error.get();
        error.map(|error| view! { <ErrorNote error=error /> })
    };
    let nothing = move || {
        none.get().then(|| {
            view! { <div class="empty">{Icon::Check.view()} <p>{empty}</p></div> }
        })
    };
    let key = |item: &EscalationSummary| {
        let left = next_clock(item).map(|(_, due)| due.left_minutes);
        (item.id.clone(), item.revision, left)
    };
    view! {
        <section class="desk-list" aria-label=text::DESK>
            <div role="alert" class="alert-place">
                {live(wrong)}
            </div>
            {outcome(listed)}
            {live(nothing)}
            {select_all(listed, none)}
            <ul class="rows desk-rows" hidden=derive(move || none.get())>
                <For
                    each=move || listed.items.get()
                    key=key
                    children=move |item| row(listed, item)
                />
            </ul>
            {bar(listed, asking)}
            {dialog(asking)}
        </section>
    }
}

fn keys(listed: Listed, asking: Asking) {
    let ui = Ui::of_page();
    let navigate = use_navigate();
    on_key(move |event: &KeyboardEvent| {
        if typing(event) {
            return;
        }
        let many = listed
            .selected
            .with_untracked(|selected| !selected.is_empty());
        let open_at = |place: &str| {
            if let Some(id) = listed.here.get_untracked() {
                let query = listed.query.get_value();
                let page = format!("/desk/{id}{query}#{place}");
                navigate(&page, NavigateOptions::default());
            }
        };
        match event.key().as_str() {
            key @ ("j" | "k") => browser::step_focus("a.row", key == "j"),
            "x" => {
                if let Some(id) = listed.here.get_untracked() {
                    listed.toggle(&id);
                }
            }
            "a" if many => asking.begin(Ask::Assign),
            "a" => listed.carry_out(ui, act::assign(Assign::Me), false),
            "e" if many => asking.begin(Ask::State),
            "e" => listed.carry_out(ui, act::set_state(EscalationState::Resolved), true),
            "p" => asking.begin(Ask::Priority),
            "q" => asking.begin(Ask::Queue),
            "s" => asking.begin(Ask::Snooze),
            "m" => asking.begin(Ask::Merge),
            "r" => open_at("reply"),
            "n" => open_at("note"),
            "z" => listed.take_back(ui),
            "/" => browser::focus("#desk-search"),
            "Escape" if many => listed.selected.update(BTreeSet::clear),
            _ => return,
        }
        event.prevent_default();
    });
}

/// Keeps the clocks right while the page is looked at and nothing is being decided.
fn look_while_seen(listed: Listed) {
    on_change(move || {
        let again = move || {
            if browser::visible() && !browser::present("dialog[open]") {
                let focus = browser::focus_within(".desk-rows a.row");
                spawn_local(listed.look_again(focus, false));
            }
        };
        if let Ok(handle) = set_interval_with_handle(again, LOOK_AGAIN) {
            on_cleanup(move || handle.clear());
        }
    });
}

fn select_all(listed: Listed, none: Memo<bool>) -> AnyView {
    let all = move || {
        let count = listed.items.with(Vec::len);
        count > 0 && listed.selected.with(|selected| selected.len() == count)
    };
    let choose = move |event: leptos::ev::Event| {
        let everything = listed
            .items
            .with_untracked(|items| items.iter().map(|item| item.id.clone()).collect());
        listed.selected.set(if event_target_checked(&event) {
            everything
        } else {
            BTreeSet::new()
        });
    };
    let count = move || text::so_many_questions(listed.items.with(Vec::len));
    view! {
        <div class="desk-head" hidden=derive(move || none.get())>
            <label class="choice">
                <input type="checkbox" prop:checked=derive(all) on:change=choose />
                <span>{text::SELECT_ALL}</span>
            </label>
            <p class="hint">{live(count)}</p>
        </div>
    }
    .whole()
}

fn row(listed: Listed, item: EscalationSummary) -> AnyView {
    let id = item.id.clone();
    let picked = {
        let id = id.clone();
        derive(move || listed.selected.with(|selected| selected.contains(&id)))
    };
    let pick = {
        let id = id.clone();
        move |_| listed.toggle(&id)
    };
    let come = move |_| listed.here.set(Some(id.clone()));
    let page = format!("/desk/{}{}", item.id, listed.query.get_value());
    let about = about(&item);
    let marks = marks(&item);
    view! {
        <li class="desk-row" class:picked=picked on:focusin=come>
            <input
                type="checkbox"
                aria-label=text::select_question(&item.question)
                prop:checked=picked
                on:change=pick
            />
            <a class="row" id=format!("row-{}", item.id) href=page>
                <span class="row-title">{item.question}</span>
                <span class="row-about row-marks">{marks}</span>
                <span class="row-about">{about}</span>
            </a>
        </li>
    }
    .whole()
}

/// What has to be seen at once: where it stands, how soon it is wanted, what runs out.
fn marks(item: &EscalationSummary) -> Vec<AnyView> {
    let mut marks = vec![view! { <StateTag state=item.state /> }.whole()];
    if item.priority != Priority::Normal {
        marks.push(priority_tag(item.priority));
    }
    if let Some((what, due)) = next_clock(item) {
        marks.push(clock_tag(what, &due));
    }
    if item.merged_into.is_some() {
        marks.push(view! { <span class="tag">{text::IS_DUPLICATE}</span> }.whole());
    }
    if item.withdrawn_at.is_some() {
        marks.push(view! { <span class="tag">{text::WAS_WITHDRAWN}</span> }.whole());
    }
    if let Some(until) = item.snoozed_until {
        let until = view! {
            <span class="tag">
                {Icon::Moon.view()} <span>{text::SNOOZED_UNTIL} " " <Moment at=until /></span>
            </span>
        };
        marks.push(until.whole());
    }
    marks
}

fn about(item: &EscalationSummary) -> Vec<AnyView> {
    let assignee = item.assignee.as_ref().map_or_else(
        || text::UNASSIGNED.to_owned(),
        |person| text::assigned_to(&person.name),
    );
    let words = |words: String| view! { <span>{words}</span> }.whole();
    let mut about = vec![
        queue_tag(&item.queue),
        words(assignee),
        words(text::reason_for_desk(item.reason).to_owned()),
        words(text::person(&item.asker, item.department.as_deref())),
    ];
    if !item.language.is_empty() {
        about.push(words(text::language(&item.language)));
    }
    about.push(view! { <Moment at=item.created_at /> }.whole());
    about.extend(item.ticket.clone().map(words));
    about
}

/// What can be done with the selected ones.
fn bar(listed: Listed, asking: Asking) -> AnyView {
    let ui = Ui::of_page();
    let count = Memo::new(move |_| listed.selected.with(BTreeSet::len));
    let buttons = BAR
        .into_iter()
        .map(|(ask, name, key)| {
            let too_few = derive(move || {
                !ui.ready.get() || listed.busy.get() || (ask == Ask::Merge && count.get() < 2)
            });
            view! {
                <button
                    type="button"
                    class="small"
                    disabled=too_few
                    on:click=move |_| asking.begin(ask)
                >
                    {name}
                    " "
                    <kbd aria-hidden="true">{key}</kbd>
                </button>
            }
        })
        .wholes();
    view! {
        <div
            class="bulk-bar"
            role="group"
            aria-label=text::SELECTED_ROWS
            hidden=derive(move || count.get() == 0)
        >
            <strong>{live(move || text::so_many_selected(count.get()))}</strong>
            {buttons}
            <button
                type="button"
                class="small plain"
                on:click=move |_| listed.selected.update(BTreeSet::clear)
            >
                {text::CLEAR_SELECTION}
            </button>
        </div>
    }
    .whole()
}
