//! The review desk: what waits for Legal.

use super::only_for;
use crate::api::path;
use crate::browser;
use crate::part::{
    Icon, IntoWhole, IntoWholes, StateTag, bodies, derive, loaded, on_key, only, rows_to_come,
    typing,
};
use crate::text;
use crate::time::Moment;
use inhouse_protocol::{EscalationState, EscalationSummary, Role};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// Only the legal team works the desk.
pub(super) fn legal(role: Role) -> bool {
    role == Role::Legal
}

/// The filter as it stands in the address: `?state=open`, `answered`, `resolved` or `all`; without
/// it, what is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Filter(pub(super) Option<EscalationState>);

const FILTERS: [Filter; 4] = [
    Filter(Some(EscalationState::Open)),
    Filter(Some(EscalationState::Answered)),
    Filter(Some(EscalationState::Resolved)),
    Filter(None),
];

impl Filter {
    pub(super) fn in_address() -> Memo<Self> {
        let query = use_query_map();
        Memo::new(move |_| query.with(|query| Self::parse(query.get("state").as_deref())))
    }

    fn parse(text: Option<&str>) -> Self {
        let mut filters = FILTERS.into_iter();
        filters
            .find(|filter| text == Some(filter.as_str()))
            .unwrap_or(FILTERS[0])
    }

    fn as_str(self) -> &'static str {
        self.0.map_or("all", EscalationState::as_str)
    }

    /// The filter's part of an address.
    pub(super) fn query(self) -> String {
        if self == FILTERS[0] {
            String::new()
        } else {
            format!("?state={}", self.as_str())
        }
    }

    fn name(self) -> &'static str {
        self.0.map_or(text::ALL, text::state)
    }
}

/// The list.
#[component]
pub(crate) fn DeskPage() -> impl IntoView {
    only_for(legal, |_| view! { <List /> }.whole())
}

#[component]
fn List() -> impl IntoView {
    let filter = Filter::in_address();
    let escalations = bodies(move || Some(vec![path::escalations(filter.get().0)]));
    on_key(|event| {
        if !typing(event) && matches!(event.key().as_str(), "j" | "k") {
            event.prevent_default();
            browser::step_focus("a.row", event.key() == "j");
        }
    });
    let filters = FILTERS
        .into_iter()
        .map(|choice| {
            let current = derive(move || (filter.get() == choice).then_some("true"));
            view! {
                <li>
                    <a href=format!("/desk{}", choice.query()) aria-current=current>
                        {choice.name()}
                    </a>
                </li>
            }
        })
        .wholes();
    view! {
        <Title text=text::title(text::DESK) />
        <div class="page">
            <header class="page-head">
                <h1>{text::DESK}</h1>
                <p class="lead">{text::DESK_LEAD}</p>
            </header>
            <nav class="filters" aria-label=text::FILTER>
                <ul>{filters}</ul>
                <p class="hint keys-hint">
                    <kbd>"J"</kbd>
                    " "
                    <kbd>"K"</kbd>
                    " "
                    {text::TO_MOVE}
                </p>
            </nav>
            {loaded(
                escalations,
                rows_to_come,
                move |bodies| Ok(rows(only(&bodies)?, filter.get_untracked())),
            )}
        </div>
    }
}

fn rows(all: Vec<EscalationSummary>, filter: Filter) -> AnyView {
    if all.is_empty() {
        let words = if filter == FILTERS[0] {
            text::DESK_CLEAR
        } else {
            text::DESK_EMPTY
        };
        return view! { <div class="empty">{Icon::Check.view()} <p>{words}</p></div> }.whole();
    }
    let rows = all
        .into_iter()
        .map(|item| {
            view! {
                <li>
                    <a class="row" href=format!("/desk/{}{}", item.id, filter.query())>
                        <span class="row-title">{item.question}</span>
                        <span class="row-about">
                            <StateTag state=item.state />
                            <span>{text::reason_for_desk(item.reason)}</span>
                            <span>{text::person(&item.asker, item.department.as_deref())}</span>
                            <Moment at=item.created_at />
                            {item.ticket.map(|ticket| view! { <span>{ticket}</span> })}
                        </span>
                    </a>
                </li>
            }
        })
        .wholes();
    view! { <ul class="rows">{rows}</ul> }.whole()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_holds_the_filter_and_open_is_the_default() {
        for filter in FILTERS {
            let query = filter.query();
            assert_eq!(Filter::parse(query.strip_prefix("?state=")), filter);
        }
        assert_eq!(Filter::parse(Some("nonsense")), FILTERS[0]);
    }
}
