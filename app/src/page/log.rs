//! The audit log: opened with a reason, searched, verified and exported.

mod chain;
mod opening;
mod record;
mod search;

pub(super) use opening::Opening;
pub(super) use record::{facts, record_list};

use super::only_for;
use crate::api::{LogQuery, path};
use crate::browser;
use crate::part::{Icon, IntoWhole, bodies, on_change, only, rows_to_come, tried};
use crate::text;
use chain::Chain;
use inhouse_protocol::{ApiError, DocumentSet, LogPage as Records, Person, Role};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};
use search::Search;

/// Only admins read the log.
pub(super) fn admin(role: Role) -> bool {
    role == Role::Admin
}

/// The query of the address.
pub(super) fn query_in_address() -> Memo<LogQuery> {
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| LogQuery::parse(|name| query.get(name))))
}

/// Whether an error says that the opening is missing, over, or somebody else's.
pub(super) fn wants_opening(error: &ApiError) -> bool {
    error.field.as_deref() == Some("opening")
}

/// The log.
#[component]
pub(crate) fn LogPage() -> impl IntoView {
    only_for(admin, |_| view! { <Log /> }.whole())
}

#[component]
fn Log() -> impl IntoView {
    let navigate = use_navigate();
    let query = query_in_address();
    let moved = StoredValue::new(false);
    // Nothing is requested before the log was opened.
    let data = bodies(move || {
        let query = query.get();
        Some(if query.opening.is_some() {
            vec![path::log(&query), path::people(), path::sets()]
        } else {
            Vec::new()
        })
    });
    let opened = Callback::new(move |opening| {
        let query = LogQuery {
            opening: Some(opening),
            ..query.get_untracked()
        };
        moved.set_value(true);
        navigate(&query.page(), NavigateOptions::default());
    });
    let content = move |bodies: Result<Vec<String>, ApiError>| match bodies {
        Ok(bodies) if bodies.is_empty() => {
            Ok(view! { <Opening again=false opened=opened /> }.whole())
        }
        Ok(bodies) => {
            let records = only(&bodies)?;
            let people = only(bodies.get(1..).unwrap_or_default())?;
            let sets = only(bodies.get(2..).unwrap_or_default())?;
            let query = query.get_untracked();
            Ok(view! { <Opened records=records people=people sets=sets query=query moved=moved /> }
                .whole())
        }
        Err(error) if wants_opening(&error) => {
            Ok(view! { <Opening again=true opened=opened /> }.whole())
        }
        Err(error) => Err(error),
    };
    view! {
        <Title text=text::title(text::RECORD) />
        <div class="page">
            <header class="page-head">
                <h1>{text::RECORD}</h1>
                <p class="lead">{text::RECORD_LEAD}</p>
            </header>
            {tried(data, rows_to_come, content)}
        </div>
    }
}

/// What the subject of the query is called, from the records and sets at hand.
fn subject_name(query: &LogQuery, records: &Records, sets: &[DocumentSet]) -> Option<String> {
    let subject = query.filter.subject.as_ref()?;
    let mut named = records
        .records
        .iter()
        .filter(|record| record.subject == *subject);
    let from_records = named.find_map(|record| record.subject_name.clone());
    from_records.or_else(|| {
        let id = subject.strip_prefix("set:")?;
        let set = sets.iter().find(|set| set.id.as_str() == id)?;
        Some(set.name.clone())
    })
}

#[component]
fn Opened(
    records: Records,
    people: Vec<Person>,
    sets: Vec<DocumentSet>,
    query: LogQuery,
    moved: StoredValue<bool>,
) -> impl IntoView {
    // Who asked for another list is taken to it.
    on_change(move || {
        if moved.try_update_value(std::mem::take) == Some(true) {
            browser::focus("#records");
        }
    });
    let subject_name = subject_name(&query, &records, &sets);
    let older = records.before.map(|before| {
        let older = LogQuery {
            before: Some(before),
            ..query.clone()
        };
        view! {
            <a class="button" href=older.page() on:click=move |_| moved.set_value(true)>
                {text::OLDER}
            </a>
        }
    });
    let newest = query.before.map(|_| {
        let newest = query.with(query.filter.clone());
        view! {
            <a class="button plain" href=newest.page() on:click=move |_| moved.set_value(true)>
                {text::NEWEST}
            </a>
        }
    });
    let list = if records.records.is_empty() {
        view! { <div class="empty">{Icon::Log.view()} <p>{text::NO_RECORDS}</p></div> }.whole()
    } else {
        record_list(records.records, &query)
    };
    let jsonl = path::log_export(&query, "jsonl");
    let csv = path::log_export(&query, "csv");
    view! {
        <Chain state=records.state />
        <section class="log-list" aria-labelledby="records">
            <div class="log-head">
                <h2 id="records" tabindex="-1">
                    {text::RECORDS}
                </h2>
                <div class="export" role="group" aria-label=text::EXPORT>
                    <span class="hint">{text::EXPORT}</span>
                    <a class="button small" href=jsonl download rel="external" title=text::EXPORT_HINT>
                        {Icon::Download.view()}
                        {text::AS_JSONL}
                    </a>
                    <a class="button small" href=csv download rel="external" title=text::EXPORT_HINT>
                        {Icon::Download.view()}
                        {text::AS_CSV}
                    </a>
                </div>
            </div>
            <Search
                query=query
                people=people
                sets=sets
                subject_name=subject_name
                moved=moved
            />
            {list}
            <div class="buttons">{older} {newest}</div>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use inhouse_protocol::ErrorCode;

    #[test]
    fn only_an_error_of_the_opening_asks_for_a_reason_again() {
        let error = |field: Option<&str>| ApiError {
            code: ErrorCode::Invalid,
            message: String::new(),
            field: field.map(str::to_owned),
            request_id: String::new(),
        };
        assert!(wants_opening(&error(Some("opening"))));
        assert!(!wants_opening(&error(Some("before"))));
        assert!(!wants_opening(&error(None)));
    }
}
