//! Where a request stands, in words for its asker, with when an answer is to be expected.

use super::IntoWhole;
use crate::text;
use crate::time::Moment;
use inhouse_protocol::{Due, DueState, EscalationState, EscalationSummary, Timestamp};
use leptos::prelude::*;

/// The sentence, and the time that ends it.
pub(crate) fn standing(request: &EscalationSummary) -> AnyView {
    let (words, until) = said(request);
    match until {
        Some(at) => view! {
            <p class="quiet">
                {words} " " <Moment at=at /> "."
            </p>
        }
        .whole(),
        None => view! { <p class="quiet">{words}</p> }.whole(),
    }
}

fn said(request: &EscalationSummary) -> (&'static str, Option<Timestamp>) {
    if request.withdrawn_at.is_some() {
        return (text::YOU_WITHDREW, None);
    }
    if request.state == EscalationState::Resolved {
        return (text::IS_RESOLVED, None);
    }
    if request.waiting_since.is_some() {
        return (text::WAITS_FOR_YOU, None);
    }
    let replied = request.first_reply_at.is_some();
    let (due, by) = if replied {
        (request.resolution_due, text::SETTLED_BY)
    } else {
        (request.first_reply_due, text::ANSWERED_BY)
    };
    match due {
        // The rest of a question that is answered is the asker's to say.
        _ if request.state == EscalationState::Answered => (text::SOMETHING_OPEN, None),
        Some(due) if runs(&due) => (by, Some(due.at)),
        Some(due) if due.state == DueState::Breached => (text::LATE_SINCE, Some(due.at)),
        _ => (text::WHAT_NEXT, None),
    }
}

const fn runs(due: &Due) -> bool {
    matches!(due.state, DueState::OnTime | DueState::Soon)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use inhouse_protocol::EscalationReason;

    fn due(state: DueState) -> Due {
        Due {
            at: Timestamp(7),
            left_minutes: 5,
            state,
        }
    }

    #[test]
    fn the_expected_time_is_that_of_the_next_step() {
        let mut request = sample::escalation(EscalationReason::Rule).summary;
        request.state = EscalationState::Open;
        request.first_reply_at = None;
        assert_eq!(said(&request), (text::WHAT_NEXT, None));
        request.first_reply_due = Some(due(DueState::OnTime));
        assert_eq!(said(&request), (text::ANSWERED_BY, Some(Timestamp(7))));
        request.first_reply_due = Some(due(DueState::Breached));
        assert_eq!(said(&request), (text::LATE_SINCE, Some(Timestamp(7))));
        request.first_reply_at = Some(Timestamp(5));
        request.resolution_due = Some(due(DueState::Soon));
        assert_eq!(said(&request), (text::SETTLED_BY, Some(Timestamp(7))));
    }

    #[test]
    fn a_request_that_waits_for_its_asker_promises_nothing() {
        let mut request = sample::escalation(EscalationReason::Rule).summary;
        request.state = EscalationState::Open;
        request.first_reply_due = Some(due(DueState::Paused));
        request.waiting_since = Some(Timestamp(3));
        assert_eq!(said(&request), (text::WAITS_FOR_YOU, None));
        request.withdrawn_at = Some(Timestamp(4));
        assert_eq!(said(&request), (text::YOU_WITHDREW, None));
    }
}
