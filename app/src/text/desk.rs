//! Texts of the review desk: the list, one escalation, acting on many.

use super::phrases::count;
use inhouse_protocol::{Due, DueState, EscalationState, Priority, ReplyKind};

// The list
pub(crate) const DESK_LEAD: &str = "Questions that the documents or the rules left to a person.";
pub(crate) const DESK_LIST: &str = "Review desk, the list";
pub(crate) const TWO_VERSIONS: &str = "Two versions side by side";
pub(crate) const FILTER: &str = "Filter";
pub(crate) const ALL: &str = "All";
pub(crate) const TO_MOVE: &str = "to move";
pub(crate) const FOR_ALL_KEYS: &str = "for all keys";
pub(crate) const DESK_CLEAR: &str = "Nothing waits for a reply.";
pub(crate) const DESK_EMPTY: &str = "No questions here. Change the filters to see others.";
pub(crate) const PREVIOUS: &str = "Previous";
pub(crate) const NEXT: &str = "Next";
pub(crate) const SEARCH_DESK: &str = "Words of the question";
pub(crate) const ANY_QUEUE: &str = "Any queue";
pub(crate) const ANY_ASSIGNEE: &str = "Assigned to anybody";
pub(crate) const ANY_PRIORITY: &str = "Any priority";
pub(crate) const ANY_LANGUAGE: &str = "Any language";
pub(crate) const WITH_SNOOZED: &str = "With what is snoozed";
pub(crate) const DESK_QUEUE: &str = "Queue";
pub(crate) const ASSIGNEE: &str = "Assigned to";
pub(crate) const DESK_PRIORITY: &str = "Priority";
pub(crate) const ASKED_IN: &str = "Language";
pub(crate) const SORTED_BY: &str = "Order";
pub(crate) const SAVED_VIEWS: &str = "Saved views";
pub(crate) const SAVE_VIEW: &str = "Save this view";
pub(crate) const VIEW_NAME: &str = "Name of the view";
pub(crate) const NAME_THE_VIEW: &str = "Give the view a name.";
pub(crate) const VIEW_DELETED: &str = "The view was deleted";
pub(crate) const UNASSIGNED: &str = "Unassigned";
pub(crate) const IS_DUPLICATE: &str = "Merged";
pub(crate) const WAS_WITHDRAWN: &str = "Withdrawn";
pub(crate) const SNOOZED: &str = "Snoozed";
pub(crate) const SNOOZED_UNTIL: &str = "Snoozed until";
pub(crate) const NOT_SNOOZED: &str = "No";

// Acting on many
pub(crate) const SELECT_ALL: &str = "Select all";
pub(crate) const SELECTED_ROWS: &str = "What to do with the selected questions";
pub(crate) const CLEAR_SELECTION: &str = "Clear the selection";
pub(crate) const ASSIGN_TO: &str = "Assign";
pub(crate) const SET_PRIORITY: &str = "Set the priority";
pub(crate) const MOVE: &str = "Move to a queue";
pub(crate) const SNOOZE: &str = "Snooze";
pub(crate) const SET_STATE: &str = "Resolve or reopen";
pub(crate) const RESOLVE_MANY: &str = "Resolve";
pub(crate) const MERGE: &str = "Merge";
pub(crate) const WHAT_TO_CHANGE: &str = "What to change";
pub(crate) const ME: &str = "Me";
pub(crate) const NEXT_IN_TURN: &str = "The next in turn";
pub(crate) const WAKE: &str = "Wake it now";
pub(crate) const IN_AN_HOUR: &str = "In an hour";
pub(crate) const IN_THREE_HOURS: &str = "In three hours";
pub(crate) const TOMORROW: &str = "Tomorrow morning";
pub(crate) const NEXT_MONDAY: &str = "Monday morning";
pub(crate) const IS_SO: &str = "is so already";
pub(crate) const IS_MERGED: &str = "was merged into another one";
pub(crate) const STAYS_AS_ONE: &str = "stays; the others become its duplicates";
pub(crate) const UNDO_IT: &str = "Undo";
pub(crate) const EACH_OF_THEM: &str = "Each of them";
pub(crate) const DISMISS_OUTCOME: &str = "Close";

// One escalation
pub(crate) const ABOUT_IT: &str = "About this question";
pub(crate) const WHY_HERE: &str = "Why it is here";
pub(crate) const ASKER_NOTE: &str = "Note from the asker";
pub(crate) const RULE_TRACE: &str = "How the rules saw it";
pub(crate) const WHERE_IT_STANDS: &str = "Where it stands";
pub(crate) const FIRST_REPLY: &str = "First reply";
pub(crate) const RESOLUTION: &str = "Resolution";
pub(crate) const DUE_AT: &str = "due";
pub(crate) const NO_SERVICE_LEVEL: &str = "This queue sets no times.";
pub(crate) const CHANGE_IT: &str = "Change";
pub(crate) const RESOLVE: &str = "Resolve without a reply";
pub(crate) const REOPEN: &str = "Reopen";
pub(crate) const WAIT_FOR_ASKER: &str = "Wait for the asker";
pub(crate) const STOP_WAITING: &str = "Stop waiting";
pub(crate) const WAITS_FOR_ASKER: &str =
    "The asker has to say something. The clock stands still until then.";
pub(crate) const ITS_TICKET: &str = "Ticket";
pub(crate) const MAKE_TICKET: &str = "Make a ticket";
pub(crate) const TICKET_ASKED_FOR: &str = "A ticket is being made";
pub(crate) const NO_TICKET_RESTRICTED: &str =
    "No ticket: nothing of a restricted queue leaves Inhouse.";
pub(crate) const MERGED_HERE: &str = "This one was merged into another question.";
pub(crate) const OPEN_THE_OTHER: &str = "Open the other one";
pub(crate) const DUPLICATES: &str = "Duplicates";
pub(crate) const DUPLICATES_HINT: &str = "A reply to this question reaches their askers too.";
pub(crate) const SPLIT_OFF_PART: &str = "Split a part off";
pub(crate) const SPLIT_SUBJECT: &str = "The part that goes on by itself";
pub(crate) const SPLIT_HINT: &str = "It gets its own queue, clock and reply.";
pub(crate) const SPLIT_EMPTY: &str = "Write which part of the question that is.";
pub(crate) const SPLIT_OFF: &str = "Split off";
pub(crate) const WAS_SPLIT: &str = "The part goes on by itself.";
pub(crate) const SIMILAR_CASES: &str = "Similar cases";
pub(crate) const NEAR_ANSWERS: &str = "Approved answers to the like";
pub(crate) const LOOKING_FOR_CASES: &str = "Looking for similar cases…";
pub(crate) const NOTHING_SIMILAR: &str = "Nothing like it was asked before.";
pub(crate) const ITS_REPLY: &str = "What was replied";
pub(crate) const USE_REPLY: &str = "Put it into the reply";
pub(crate) const MERGE_HERE: &str = "Merge it into this one";
pub(crate) const MERGE_THERE: &str = "Merge this one into it";
pub(crate) const WAS_MERGED: &str = "The duplicate was merged";
pub(crate) const DESK_TIMELINE: &str = "What was done";
pub(crate) const MEANWHILE: &str = "Meanwhile this was changed:";
pub(crate) const SEEN_IT: &str = "Understood";

// Writing
pub(crate) const YOUR_REPLY: &str = "Your reply";
pub(crate) const REPLY_HINT: &str =
    "The asker reads it in their conversation, under your name. Plain text.";
pub(crate) const REPLY_EMPTY: &str = "Write the reply first.";
pub(crate) const SEND_REPLY: &str = "Send reply";
pub(crate) const SEND_AND_RESOLVE: &str = "Send and resolve";
pub(crate) const SEND_AND_WAIT: &str = "Send and wait for the asker";
pub(crate) const INSERT_TEMPLATE: &str = "Insert a template";
pub(crate) const INTERNAL_NOTE: &str = "Internal note";
pub(crate) const NOTE_HINT: &str = "Only people at the desk read it, never the asker.";
pub(crate) const NOTE_HINT_RESTRICTED: &str =
    "Only members of this queue read it, never the asker.";
pub(crate) const NOTE_EMPTY: &str = "Write the note first.";
pub(crate) const ADD_NOTE: &str = "Add note";
pub(crate) const BY_THE_ASKER: &str = "The asker";
pub(crate) const FROM_THE_TRACKER: &str = "From the ticket";
pub(crate) const PUBLISH_AS_APPROVED: &str = "Publish as approved answer";
pub(crate) const PUBLISH_HINT: &str = "Given to the next who asks the same, before any document.";
pub(crate) const REPLY_DRAFT: &str = "Draft by the model";
pub(crate) const DRAFT_HINT: &str =
    "Written from the passages above, each sentence checked. Nothing is sent before you send it.";
pub(crate) const WRITE_DRAFT: &str = "Draft a reply";
pub(crate) const DRAFTING: &str = "Drafting…";
pub(crate) const ACCEPT_DRAFT: &str = "Accept";
pub(crate) const EDIT_DRAFT: &str = "Edit";
pub(crate) const REJECT_DRAFT: &str = "Reject";
pub(crate) const DRAFT_TAKEN: &str = "The draft stands in your reply";
pub(crate) const DRAFT_REJECTED: &str = "The draft was rejected";

pub(crate) fn priority(priority: Priority) -> &'static str {
    match priority {
        Priority::Urgent => "Urgent",
        Priority::High => "High",
        Priority::Normal => "Normal",
        Priority::Low => "Low",
    }
}

/// An order of the list, by its name in the address.
pub(crate) fn sort_name(sort: &str) -> &'static str {
    match sort {
        "age" => "Oldest first",
        "priority" => "By priority",
        "newest" => "Newest first",
        _ => "Due next first",
    }
}

pub(crate) fn to_state(state: EscalationState) -> &'static str {
    match state {
        EscalationState::Open => "Reopen",
        EscalationState::Answered => "Mark as answered",
        EscalationState::Resolved => "Resolve without a reply",
    }
}

/// What is left of the time, in business hours.
pub(crate) fn time_left(due: &Due) -> String {
    match due.state {
        DueState::OnTime | DueState::Soon => format!("{} left", span(due.left_minutes)),
        DueState::Breached => format!("over by {}", span(due.left_minutes)),
        DueState::Met => "kept".to_owned(),
        DueState::Missed => "missed".to_owned(),
        DueState::Paused => format!("paused, {} left", span(due.left_minutes)),
    }
}

/// Minutes as hours and minutes, without a sign; from ten hours on whole hours only.
fn span(minutes: i64) -> String {
    let minutes = minutes.unsigned_abs();
    match (minutes / 60, minutes % 60) {
        (0, 0) => "less than a minute".to_owned(),
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, _) if hours >= 10 => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

pub(crate) fn restricted_queue(name: &str) -> String {
    format!("{name} (members only)")
}

pub(crate) fn assigned_to(name: &str) -> String {
    format!("Assigned to {name}")
}

pub(crate) fn select_question(question: &str) -> String {
    format!("Select: {question}")
}

pub(crate) fn delete_view(name: &str) -> String {
    format!("Delete the view {name}")
}

pub(crate) fn change_the(what: &str) -> String {
    format!("Change: {what}")
}

pub(crate) fn so_many_questions(number: usize) -> String {
    count(number as u64, "question", "questions")
}

pub(crate) fn so_many_selected(number: usize) -> String {
    format!("{number} selected")
}

pub(crate) fn so_many_changed(number: usize) -> String {
    match number {
        0 => "Nothing was changed".to_owned(),
        number => format!("{number} changed"),
    }
}

/// What is asked, of how many: `Assign`, `Assign 3 questions`.
pub(crate) fn asked_of(what: &str, number: usize) -> String {
    if number == 1 {
        what.to_owned()
    } else {
        format!("{what}: {}", so_many_questions(number))
    }
}

pub(crate) fn will_change(will: usize, all: usize) -> String {
    format!("{will} of {all} will change")
}

pub(crate) fn change_so_many(number: usize) -> String {
    format!("Change {number}")
}

pub(crate) fn earlier_questions(number: usize) -> String {
    format!(
        "{} before it in the conversation",
        so_many_questions(number)
    )
}

/// `Lea Berg is writing a reply`
pub(crate) fn is_here(name: &str, writing: bool) -> String {
    if writing {
        format!("{name} is writing a reply.")
    } else {
        format!("{name} has this open too.")
    }
}

/// How like a past case is, 0..=1.
pub(crate) fn likeness(score: f32) -> String {
    format!("{:.0} % alike", f64::from(score) * 100.0)
}

pub(crate) fn owned_by(name: &str) -> String {
    format!("Owned by {name}")
}

pub(crate) fn was_sent(kind: ReplyKind) -> &'static str {
    match kind {
        ReplyKind::Note => "The note was added",
        _ => "The reply was sent",
    }
}

/// The asker's word on how it went, 1 to 5.
pub(crate) fn was_rated(rating: u8) -> String {
    format!("The asker rated it {rating} of 5.")
}

pub(crate) fn drafted_by(model: &str) -> String {
    format!("Drafted by {model},")
}

#[cfg(test)]
mod tests {
    use super::*;
    use inhouse_protocol::Timestamp;

    #[test]
    fn the_clock_reads_in_hours_and_minutes() {
        let words = |left_minutes, state| {
            time_left(&Due {
                at: Timestamp(0),
                left_minutes,
                state,
            })
        };
        assert_eq!(words(130, DueState::OnTime), "2 h 10 min left");
        assert_eq!(words(5, DueState::Soon), "5 min left");
        assert_eq!(words(0, DueState::Breached), "over by less than a minute");
        assert_eq!(words(-60, DueState::Breached), "over by 1 h");
        assert_eq!(words(2405, DueState::OnTime), "40 h left");
        assert_eq!(words(0, DueState::Met), "kept");
    }
}
