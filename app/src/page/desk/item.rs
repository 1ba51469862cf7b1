//! One escalation: on the one side what was asked, what was found and what is replied; on the other
//! its clock, whose it is, what is like it.

use super::act::{self, Ask};
use super::dialog::{Asking, dialog};
use super::filter;
use super::presence::{others, stay_present};
use super::reply::{NoteForm, ReplyForm};
use super::shown::Shown;
use super::{draft, legal, side, similar, thread};
use crate::api::path;
use crate::browser::{self, Align};
use crate::page::{id_in_path, only_for};
use crate::part::{
    IntoWhole, IntoWholes, Passages, StateTag, bodies, conflict_view, live, loaded, on_change,
    on_key, only, paragraphs, rows_to_come, typing,
};
use crate::state::Ui;
use crate::text;
use crate::time::Moment;
use inhouse_protocol::{
    Assign, Escalation, EscalationId, EscalationState, EscalationSummary, Me, Queues, ReplyTemplate,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

/// The escalation in the path.
#[component]
pub(crate) fn DeskItemPage() -> impl IntoView {
    only_for(legal, |me| view! { <Load me=me /> }.whole())
}

#[component]
fn Load(me: Me) -> impl IntoView {
    let id = id_in_path::<EscalationId>("id");
    let filter = filter::in_address();
    let item = bodies(move || {
        let item = path::escalation(&id.get()?);
        let list = path::escalations(&filter::query(&filter.get()));
        Some(vec![item, list, path::queues(), path::reply_templates()])
    });
    loaded(item, rows_to_come, move |bodies| {
        let rest = |at: usize| bodies.get(at..).unwrap_or_default();
        let item: Escalation = only(&bodies)?;
        let list: Vec<EscalationSummary> = only(rest(1))?;
        let query = filter::query(&filter.get_untracked());
        let (previous, next) = neighbours(&list, &item.summary.id, &query);
        let all = only(rest(2))?;
        let templates = only(rest(3))?;
        let onward = next.clone().unwrap_or_else(|| format!("/desk{query}"));
        let shown = Shown::new(item, me.clone(), onward);
        let way = Way {
            list: format!("/desk{query}"),
            previous,
            next,
        };
        Ok(view! { <Item shown=shown all=all templates=templates way=way /> }.whole())
    })
}

/// Where one goes from here.
struct Way {
    list: String,
    previous: Option<String>,
    next: Option<String>,
}

/// The addresses of the items before and after `id` in the list that the desk shows.
fn neighbours(
    list: &[EscalationSummary],
    id: &EscalationId,
    query: &str,
) -> (Option<String>, Option<String>) {
    let address = |item: &EscalationSummary| format!("/desk/{}{query}", item.id);
    let Some(at) = list.iter().position(|item| item.id == *id) else {
        return (None, list.first().map(address));
    };
    let before = at.checked_sub(1).and_then(|at| list.get(at));
    (before.map(address), list.get(at + 1).map(address))
}

#[component]
fn Item(shown: Shown, all: Queues, templates: Vec<ReplyTemplate>, way: Way) -> impl IntoView {
    let ui = Ui::of_page();
    let navigate = use_navigate();
    let go = Callback::new(move |page: String| navigate(&page, NavigateOptions::default()));
    let asking = Asking {
        ask: RwSignal::new(None),
        targets: Callback::new(move |()| {
            vec![shown.item.with_untracked(|item| item.summary.clone())]
        }),
        go: Callback::new(move |act| shown.carry_out(ui, act, go)),
        all: StoredValue::new(all),
        me: StoredValue::new(shown.me.with_value(|me| me.id.clone())),
    };
    keys(asking);
    stay_present(shown);
    focus_the_place_asked_for();
    let summary = shown.item.with_untracked(|item| item.summary.clone());
    let fits = |template: &ReplyTemplate| {
        let queue = template.queue.as_ref();
        queue.is_none_or(|queue| *queue == summary.queue.id)
    };
    let templates: Vec<_> = templates.into_iter().filter(fits).collect();
    view! {
        <Title text=text::title(&summary.question) />
        <div class="page">
            {head(shown, &summary, way)}
            {others(shown)}
            <div class="desk-item">
                <div class="desk-main">
                    {asked(shown)}
                    {draft::draft(shown)}
                    <section class="thread" aria-labelledby="thread-title">
                        <h2 id="thread-title">{text::REPLIES}</h2>
                        {thread::thread(shown)}
                        <ReplyForm shown=shown templates=templates go=go />
                        <NoteForm shown=shown />
                    </section>
                    {thread::timeline(shown)}
                </div>
                <div class="desk-side" role="group" aria-label=text::ABOUT_IT>
                    {side::side(shown, asking)}
                    {similar::similar(shown, go)}
                </div>
            </div>
            {dialog(asking)}
        </div>
    }
}

/// Brings a part of the page to the reader, with the focus.
fn go_to(selector: &str) {
    browser::scroll_to(selector, Align::Center);
    browser::focus(selector);
}

fn keys(asking: Asking) {
    on_key(move |event| {
        if typing(event) {
            return;
        }
        match event.key().as_str() {
            "j" => browser::click("#next-item"),
            "k" => browser::click("#previous-item"),
            "r" => go_to("#reply"),
            "n" => go_to("#note"),
            "a" => asking.go.run(act::assign(Assign::Me)),
            "e" => asking.go.run(act::set_state(EscalationState::Resolved)),
            "p" => asking.begin(Ask::Priority),
            "q" => asking.begin(Ask::Queue),
            "s" => asking.begin(Ask::Snooze),
            "m" => go_to("#similar"),
            _ => return,
        }
        event.prevent_default();
    });
}

/// The list leads here by R and N too, with the field in the address.
fn focus_the_place_asked_for() {
    let place = use_location().hash;
    on_change(move || match place.get().trim_start_matches('#') {
        "reply" => request_animation_frame(|| go_to("#reply")),
        "note" => request_animation_frame(|| go_to("#note")),
        _ => {}
    });
}

fn head(shown: Shown, summary: &EscalationSummary, way: Way) -> AnyView {
    let link = |id: &'static str, address: Option<String>, name: &'static str| {
        address.map(|address| {
            view! {
                <a id=id href=address>
                    {name}
                </a>
            }
        })
    };
    let state = Memo::new(move |_| shown.item.with(|item| item.summary.state));
    let merged = Memo::new(move |_| shown.item.with(|item| item.summary.merged_into.clone()));
    let merged_into = move || {
        merged.get().map(|id| {
            view! {
                <p class="note calm">
                    {text::MERGED_HERE} " " <a href=format!("/desk/{id}")>{text::OPEN_THE_OTHER}</a>
                </p>
            }
        })
    };
    view! {
        <header class="page-head">
            <p class="crumbs">
                <a href=way.list>{text::DESK}</a>
                <span class="crumbs-end">
                    {link("previous-item", way.previous, text::PREVIOUS)}
                    {link("next-item", way.next, text::NEXT)}
                </span>
            </p>
            <h1 class="question">{summary.question.clone()}</h1>
            <p class="row-about">
                {live(move || view! { <StateTag state=state.get() /> })}
                <span>{text::person(&summary.asker, summary.department.as_deref())}</span>
                <Moment at=summary.created_at />
                {(!summary.language.is_empty())
                    .then(|| view! { <span>{text::language(&summary.language)}</span> })}
            </p>
            {live(merged_into)}
        </header>
    }
    .whole()
}

/// Why it is here, what came before it, and what was found.
fn asked(shown: Shown) -> AnyView {
    let item = shown.item.get_untracked();
    let id = item.summary.id.to_string();
    let reason = text::reason_for_desk(item.summary.reason);
    let rule = item.rule.as_deref().map(text::rule);
    let trace = item.trace.into_iter().map(|line| view! { <li>{line}</li> });
    let trace = trace.wholes();
    let passages = item.passages;
    let conflict = item.conflict;
    let conflict = conflict.map(|conflict| conflict_view(&id, &conflict, &passages));
    let note = (!item.note.is_empty()).then(|| {
        view! {
            <div class="asker-note">
                <h3>{text::ASKER_NOTE}</h3>
                {paragraphs(&item.note)}
            </div>
        }
    });
    view! {
        {thread::earlier(item.earlier)}
        <section class="why">
            <h2>{text::WHY_HERE}</h2>
            <p>
                {reason}
                {rule.map(|rule| view! { <span class="rule">" " {rule}</span> })}
            </p>
            {note}
            <details>
                <summary>{text::RULE_TRACE}</summary>
                <ol class="trace">{trace}</ol>
            </details>
        </section>
        {conflict}
        <Passages
            owner=id
            title=text::PASSAGES_FOUND
            passages=Signal::stored(passages)
            cited=Signal::stored(None)
        />
    }
    .whole()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use inhouse_protocol::EscalationReason;

    fn summary(id: &str) -> EscalationSummary {
        let mut summary = sample::escalation(EscalationReason::Rule).summary;
        summary.id = sample::id(id);
        summary
    }

    #[test]
    fn the_neighbours_keep_the_filter_and_end_with_the_list() {
        let list = [summary("a"), summary("b"), summary("c")];
        let of = |id: &str| neighbours(&list, &sample::id(id), "?state=all");
        assert_eq!(of("a"), (None, Some("/desk/b?state=all".to_owned())));
        assert_eq!(of("c"), (Some("/desk/b?state=all".to_owned()), None));
    }

    #[test]
    fn an_item_that_left_the_list_leads_to_its_first() {
        assert_eq!(
            neighbours(&[summary("b")], &sample::id("a"), ""),
            (None, Some("/desk/b".to_owned()))
        );
    }
}
