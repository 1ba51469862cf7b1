//! How an escalation's clock, priority and queue are shown: by words and shapes, color comes second.

use super::{Icon, IntoWhole};
use crate::text;
use inhouse_protocol::{Due, DueState, EscalationSummary, Priority, QueueName};
use leptos::prelude::*;

/// A part of the service level: `what` it is, and how much time is left.
pub(crate) fn clock_tag(what: &'static str, due: &Due) -> AnyView {
    let (class, icon) = match due.state {
        DueState::OnTime => ("tag", Icon::Clock),
        DueState::Soon => ("tag tag-open", Icon::Clock),
        DueState::Breached | DueState::Missed => ("tag tag-failed", Icon::Alert),
        DueState::Met => ("tag tag-resolved", Icon::Check),
        DueState::Paused => ("tag", Icon::Pause),
    };
    view! {
        <span class=class>
            {icon.view()} <span>{what} ": " {text::time_left(due)}</span>
        </span>
    }
    .whole()
}

/// What runs out next: the first reply, and once that was given the resolution.
pub(crate) fn next_clock(item: &EscalationSummary) -> Option<(&'static str, Due)> {
    let runs = |due: &Due| !matches!(due.state, DueState::Met | DueState::Missed);
    let reply = item.first_reply_due.filter(runs);
    let resolution = item.resolution_due.filter(runs);
    reply
        .map(|due| (text::FIRST_REPLY, due))
        .or_else(|| resolution.map(|due| (text::RESOLUTION, due)))
}

/// How soon it wants a person, by word and shape.
pub(crate) fn priority_tag(priority: Priority) -> AnyView {
    let (class, icon) = match priority {
        Priority::Urgent => ("tag tag-failed", Icon::Urgent),
        Priority::High => ("tag tag-open", Icon::High),
        Priority::Normal => ("tag", Icon::Normal),
        Priority::Low => ("tag", Icon::Low),
    };
    view! {
        <span class=class>
            {icon.view()} <span>{text::priority(priority)}</span>
        </span>
    }
    .whole()
}

/// A queue by name; a lock and a word where only its members see what is in it.
pub(crate) fn queue_tag(queue: &QueueName) -> AnyView {
    if !queue.restricted {
        return view! { <span>{queue.name.clone()}</span> }.whole();
    }
    view! {
        <span class="tag tag-restricted">
            {Icon::Lock.view()} <span>{text::restricted_queue(&queue.name)}</span>
        </span>
    }
    .whole()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use inhouse_protocol::{EscalationReason, Timestamp};

    fn due(state: DueState) -> Due {
        Due {
            at: Timestamp(0),
            left_minutes: 5,
            state,
        }
    }

    #[test]
    fn the_clock_shown_is_the_one_that_still_runs() {
        let mut item = sample::escalation(EscalationReason::Rule).summary;
        assert_eq!(next_clock(&item), None);
        item.first_reply_due = Some(due(DueState::Soon));
        item.resolution_due = Some(due(DueState::OnTime));
        let (what, first) = next_clock(&item).expect("it runs");
        assert_eq!((what, first.state), (text::FIRST_REPLY, DueState::Soon));
        item.first_reply_due = Some(due(DueState::Missed));
        let (what, second) = next_clock(&item).expect("it runs");
        assert_eq!((what, second.state), (text::RESOLUTION, DueState::OnTime));
        item.resolution_due = Some(due(DueState::Met));
        assert_eq!(next_clock(&item), None);
    }
}
