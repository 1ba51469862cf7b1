//! What of the log is shown: by person, kind, time and document. The choice stands in the address.

use crate::api::{Api, LogQuery, invalid};
use crate::browser;
use crate::part::{
    ErrorNote, Icon, IntoWhole, IntoWholes, derive, find_person, live, on_change, people_list,
};
use crate::state::Ui;
use crate::text;
use crate::time::{Civil, day_in_field};
use inhouse_protocol::{
    ApiError, DocumentSet, DocumentSummary, LogFilter, Person, SetId, Timestamp, UserId,
};
use leptos::ev::{Event, SubmitEvent};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// Id of the list of suggestions for a person.
const PEOPLE: &str = "log-people";

/// Whose records are shown.
enum Who {
    Anyone,
    /// By e-mail, as it stands in the field.
    Listed(String),
    /// Erased, or no account: a chip says so, as the field can't.
    Unlisted(UserId),
}

fn whose(query: &LogQuery, people: &[Person]) -> Who {
    let Some(id) = &query.filter.person else {
        return Who::Anyone;
    };
    let person = people.iter().find(|person| person.id == *id);
    match person.filter(|person| !person.erased) {
        Some(person) => Who::Listed(person.email.clone()),
        None => Who::Unlisted(id.clone()),
    }
}

/// The form, and chips of what it can't hold. `subject_name` is what the thing that it is narrowed
/// to is called, where that is known.
#[component]
pub(super) fn Search(
    query: LogQuery,
    people: Vec<Person>,
    sets: Vec<DocumentSet>,
    subject_name: Option<String>,
    /// Says that the list was asked for anew, so that the focus goes there.
    moved: StoredValue<bool>,
) -> impl IntoView {
    let ui = Ui::of_page();
    let navigate = use_navigate();
    let person = NodeRef::<html::Input>::new();
    let kind = NodeRef::<html::Select>::new();
    let from = NodeRef::<html::Input>::new();
    let until = NodeRef::<html::Input>::new();
    let chosen = RwSignal::new(None::<String>);
    let error = RwSignal::new(None::<ApiError>);
    let (email, unlisted) = match whose(&query, &people) {
        Who::Anyone => (String::new(), None),
        Who::Listed(email) => (email, None),
        Who::Unlisted(id) => (String::new(), Some(id)),
    };
    let chips = chips(&query, unlisted.clone(), subject_name);
    let suggestions = people_list(PEOPLE, &people);
    let kinds = kinds(query.filter.action.as_deref());
    let first_day = query.filter.from;
    let last_day = query.filter.until.map(|until| until.plus_ms(-1));
    let narrowed = query.filter != LogFilter::default();
    let everything = query.with(LogFilter::default()).page();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let typed = value(person);
        let person = if typed.trim().is_empty() {
            unlisted.clone()
        } else {
            match find_person(&people, &typed) {
                Ok(id) => Some(id),
                Err(message) => {
                    error.set(Some(invalid("person", message)));
                    browser::focus("#log-person");
                    return;
                }
            }
        };
        let kind = kind.get_untracked().map(|kind| kind.value());
        let subject = chosen.get_untracked();
        let filter = LogFilter {
            person,
            subject: subject.or_else(|| query.filter.subject.clone()),
            action: kind.filter(|kind| !kind.is_empty()),
            from: begins(&value(from), 0),
            until: begins(&value(until), 1),
        };
        moved.set_value(true);
        navigate(&query.with(filter).page(), NavigateOptions::default());
    };
    let wrong = move || error.get().map(|error| view! { <ErrorNote error=error /> });
    view! {
        <form class="log-search" method="get" role="search" on:submit=submit>
            <div class="field">
                <label for="log-person">{text::PERSON_LABEL}</label>
                <input
                    id="log-person"
                    type="text"
                    autocomplete="off"
                    list=PEOPLE
                    placeholder=text::ANY_PERSON
                    value=email
                    node_ref=person
                    aria-invalid=derive(move || error.with(Option::is_some).then_some("true"))
                    aria-describedby="log-person-error"
                />
                {suggestions}
            </div>
            <div class="field">
                <label for="log-kind">{text::KIND}</label>
                <select id="log-kind" node_ref=kind>
                    {kinds}
                </select>
            </div>
            {day_field("log-from", text::FROM, from, first_day)}
            {day_field("log-until", text::UNTIL, until, last_day)}
            <DocumentChoice sets=sets chosen=chosen />
            <div class="buttons">
                <button type="submit" class="primary" disabled=derive(move || !ui.ready.get())>
                    {Icon::Search.view()}
                    {text::APPLY}
                </button>
                {narrowed
                    .then(|| {
                        view! {
                            <a class="button plain" href=everything>
                                {text::CLEAR_FILTER}
                            </a>
                        }
                    })}
            </div>
            <div id="log-person-error" class="alert-place" role="alert">
                {live(wrong)}
            </div>
        </form>
        {chips}
    }
}

fn value(node: NodeRef<html::Input>) -> String {
    let input = node.get_untracked();
    input.map(|input| input.value()).unwrap_or_default()
}

/// When the day in a field begins, `later` days on, where the reader is.
fn begins(text: &str, later: u32) -> Option<Timestamp> {
    let (year, month, day) = day_in_field(text)?.civil();
    browser::midnight(year, month, day.checked_add(later)?)
}

/// A field for a day: that of `at` in UTC from the server, in the reader's own time once it lives.
fn day_field(
    id: &'static str,
    label: &'static str,
    node: NodeRef<html::Input>,
    at: Option<Timestamp>,
) -> AnyView {
    let value = at.map(|at| Civil::utc(at).field());
    on_change(move || {
        let local = at.and_then(browser::local);
        if let (Some(node), Some(local)) = (node.get(), local) {
            node.set_value(&local.field());
        }
    });
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <input id=id type="date" value=value node_ref=node />
        </div>
    }
    .whole()
}

/// The kinds to choose from; one that only a link leads to stands with them while it is chosen.
fn kinds(now: Option<&str>) -> Vec<AnyView> {
    let option = |value: &str, name: String| {
        let value = value.to_owned();
        let selected = now.unwrap_or_default() == value;
        view! {
            <option value=value selected=selected>
                {name}
            </option>
        }
        .whole()
    };
    let mut all = vec![option("", text::ANY_KIND.to_owned())];
    for (kind, name) in text::KINDS {
        all.push(option(kind, name.to_owned()));
    }
    if let Some(now) = now
        && !text::KINDS.iter().any(|(kind, _)| *kind == now)
    {
        all.push(option(now, text::kind(now)));
    }
    all
}

/// What is narrowed to besides the fields, each with a way to take it back.
fn chips(query: &LogQuery, unlisted: Option<UserId>, subject_name: Option<String>) -> AnyView {
    let filter = &query.filter;
    let person = unlisted.map(|_| {
        let without = LogFilter {
            person: None,
            ..filter.clone()
        };
        (text::SOMEBODY.to_owned(), without)
    });
    let subject = filter.subject.clone().map(|subject| {
        let without = LogFilter {
            subject: None,
            ..filter.clone()
        };
        (subject_name.unwrap_or(subject), without)
    });
    let chips: Vec<AnyView> = person
        .into_iter()
        .chain(subject)
        .map(|(name, without)| {
            view! {
                <li>
                    <span>{text::only_about(&name)}</span>
                    <a href=query.with(without).page() aria-label=text::remove_filter(&name)>
                        {Icon::Close.view()}
                    </a>
                </li>
            }
        })
        .wholes();
    if chips.is_empty() {
        return ().whole();
    }
    view! { <ul class="chips">{chips}</ul> }.whole()
}

/// A set, and then one of its documents: `chosen` becomes the subject's name in the log.
#[component]
fn DocumentChoice(sets: Vec<DocumentSet>, chosen: RwSignal<Option<String>>) -> impl IntoView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let set = RwSignal::new(None::<SetId>);
    let documents = RwSignal::new(Vec::<DocumentSummary>::new());
    let choose_set = move |event: Event| {
        let id: Option<SetId> = event_target_value(&event).parse().ok();
        set.set(id.clone());
        documents.set(Vec::new());
        chosen.set(id.as_ref().map(|id| format!("set:{id}")));
        let Some(id) = id else { return };
        let api = api.clone();
        spawn_local(async move {
            let found = api.documents(&id).await;
            // Another set may have been chosen in the meantime.
            if set.try_get_untracked().flatten() != Some(id) {
                return;
            }
            match found {
                Ok(found) => {
                    let _ = documents.try_set(found);
                }
                Err(error) => ui.say(error.message),
            }
        });
    };
    let choose_document = move |event: Event| {
        let id = event_target_value(&event);
        chosen.set(if id.is_empty() {
            set.get_untracked().map(|id| format!("set:{id}"))
        } else {
            Some(format!("document:{id}"))
        });
    };
    let sets = sets
        .into_iter()
        .map(|set| view! { <option value=set.id.to_string()>{set.name}</option> })
        .wholes();
    let options = move || {
        let all = documents.get().into_iter();
        all.map(|one| view! { <option value=one.id.to_string()>{one.title}</option> })
            .wholes()
    };
    view! {
        <div class="field">
            <label for="log-set">{text::IN_SET}</label>
            <select id="log-set" on:change=choose_set>
                <option value="">{text::ANY_SET}</option>
                {sets}
            </select>
        </div>
        <div class="field" hidden=derive(move || set.with(Option::is_none))>
            <label for="log-document">{text::DOCUMENT_LABEL}</label>
            <select id="log-document" on:change=choose_document>
                <option value="">{text::SET_ITSELF}</option>
                {live(options)}
            </select>
        </div>
    }
}
