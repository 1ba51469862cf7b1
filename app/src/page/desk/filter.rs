//! What of the desk is listed: the filters and the order, as they stand in the page's address.

use crate::page::escaped;
use inhouse_protocol::{DeskFilter, EscalationState, Priority};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// What the list can be sorted by; the first is the default.
pub(super) const SORTS: [&str; 4] = ["due", "age", "priority", "newest"];
/// The states that can be chosen; the first is the default.
const STATES: [&str; 4] = ["open", "answered", "resolved", "all"];

/// The filter of the address.
pub(super) fn in_address() -> Memo<DeskFilter> {
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| parse(|name| query.get(name))))
}

/// Reads a filter; what isn't in the form that it should have counts as absent, and so does what
/// is the default.
pub(super) fn parse(get: impl Fn(&str) -> Option<String>) -> DeskFilter {
    let text = |name| {
        let value: String = get(name)?.trim().to_owned();
        (!value.is_empty()).then_some(value)
    };
    let one_of = |name, known: &[&str]| text(name).filter(|value| known.contains(&value.as_str()));
    DeskFilter {
        state: one_of("state", STATES.get(1..).unwrap_or_default()),
        queue: text("queue"),
        assignee: text("assignee"),
        priority: one_of("priority", &Priority::ALL.map(Priority::as_str)),
        language: text("language"),
        q: text("q"),
        snoozed: one_of("snoozed", &["yes"]),
        sort: one_of("sort", SORTS.get(1..).unwrap_or_default()),
    }
}

/// The filter as a part of an address, with its `?`; empty for the default.
pub(super) fn query(filter: &DeskFilter) -> String {
    let parts = [
        ("state", &filter.state),
        ("queue", &filter.queue),
        ("assignee", &filter.assignee),
        ("priority", &filter.priority),
        ("language", &filter.language),
        ("q", &filter.q),
        ("snoozed", &filter.snoozed),
        ("sort", &filter.sort),
    ];
    let mut text = String::new();
    for (name, value) in parts {
        if let Some(value) = value {
            text.push(if text.is_empty() { '?' } else { '&' });
            text.push_str(name);
            text.push('=');
            text.push_str(&escaped(value));
        }
    }
    text
}

/// The desk with this filter.
pub(super) fn page(filter: &DeskFilter) -> String {
    format!("/desk{}", query(filter))
}

/// The same with another state; nothing: every state.
pub(super) fn with_state(filter: &DeskFilter, state: Option<EscalationState>) -> DeskFilter {
    let state = state.map_or("all", EscalationState::as_str);
    DeskFilter {
        state: (state != STATES[0]).then(|| state.to_owned()),
        ..filter.clone()
    }
}

/// Whether nothing but the state is chosen.
pub(super) fn is_plain(filter: &DeskFilter) -> bool {
    let plain = DeskFilter {
        state: filter.state.clone(),
        ..DeskFilter::default()
    };
    *filter == plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> DeskFilter {
        parse(|name| {
            let mut pairs = text.trim_start_matches('?').split('&');
            let value = pairs.find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
            value.map(|value| value.replace("%20", " "))
        })
    }

    #[test]
    fn the_address_holds_every_filter_and_what_is_open_is_the_default() {
        let filter = DeskFilter {
            state: Some("resolved".to_owned()),
            queue: Some("hr".to_owned()),
            assignee: Some("me".to_owned()),
            priority: Some("urgent".to_owned()),
            language: Some("de".to_owned()),
            q: Some("data retention".to_owned()),
            snoozed: Some("yes".to_owned()),
            sort: Some("newest".to_owned()),
        };
        let text = query(&filter);
        assert!(text.contains("q=data%20retention"), "{text}");
        assert_eq!(parsed(&text), filter);
        assert_eq!(query(&DeskFilter::default()), "");
        assert_eq!(parsed("?state=open&sort=due"), DeskFilter::default());
    }

    #[test]
    fn what_is_no_filter_is_left_out() {
        assert_eq!(
            parsed("?state=nonsense&priority=7&sort=x&q=&snoozed=no"),
            DeskFilter::default()
        );
    }

    #[test]
    fn another_state_keeps_the_other_filters() {
        let filter = parsed("?queue=hr&state=resolved");
        let open = with_state(&filter, Some(EscalationState::Open));
        assert_eq!(page(&open), "/desk?queue=hr");
        assert_eq!(page(&with_state(&open, None)), "/desk?state=all&queue=hr");
        assert!(!is_plain(&filter));
        assert!(is_plain(&parsed("?state=all")));
    }
}
