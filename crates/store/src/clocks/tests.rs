use super::{ClockRow, due_at, due_with, dues, resumed};
use crate::calendar::Calendar;
use inhouse_protocol::{DueState, EscalationState, Priority, Timestamp};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
/// Monday, 4 May 2026, 09:00 UTC: the desk opens.
const MONDAY: Timestamp = Timestamp(1_777_885_200_000);

/// A question of Monday morning that is due at 17:00, and to be resolved by Tuesday, 17:00.
fn row() -> ClockRow {
    let calendar = Calendar::default();
    ClockRow {
        created_at: MONDAY,
        first_reply_at: None,
        first_reply_due_at: Some(due_at(&calendar, MONDAY, 480, Priority::Normal)),
        resolution_due_at: Some(due_at(&calendar, MONDAY, 960, Priority::Normal)),
        resolved_at: None,
        waiting_since: None,
        paused_ms: 0,
        state: EscalationState::Open,
    }
}

fn at(hours: i64) -> Timestamp {
    MONDAY.plus_ms(hours * HOUR)
}

/// States of the first reply and the resolution, and the minutes left of the first.
fn stand(now: Timestamp, row: &ClockRow) -> (DueState, DueState, i64) {
    let (first, resolution) = dues(&Calendar::default(), now, row);
    let (first, resolution) = (first.unwrap(), resolution.unwrap());
    (first.state, resolution.state, first.left_minutes)
}

#[test]
fn a_priority_makes_a_service_level_shorter_or_longer() {
    let calendar = Calendar::default();
    let due = |priority| due_at(&calendar, MONDAY, 480, priority);
    assert_eq!(due(Priority::Urgent), at(2));
    assert_eq!(due(Priority::High), at(4));
    assert_eq!(due(Priority::Normal), at(8));
    // Tuesday, 17:00.
    assert_eq!(due(Priority::Low), at(32));
    let paused = due_with(&calendar, MONDAY, Some(60), Priority::Normal, 2 * HOUR);
    assert_eq!(paused, Some(at(3)));
    assert_eq!(due_with(&calendar, MONDAY, None, Priority::Urgent, 0), None);
}

#[test]
fn a_clock_warns_in_its_last_quarter_and_breaches_after_its_end() {
    use DueState::{Breached, OnTime, Soon};
    let row = row();
    assert_eq!(stand(at(0), &row), (OnTime, OnTime, 480));
    assert_eq!(stand(at(5), &row), (OnTime, OnTime, 180));
    assert_eq!(stand(at(6), &row), (Soon, OnTime, 120));
    assert_eq!(stand(at(8), &row), (Soon, OnTime, 0));
    // In the night the time is over, by no business hour yet; then by two.
    assert_eq!(stand(at(9), &row), (Breached, OnTime, 0));
    assert_eq!(stand(at(26), &row), (Breached, OnTime, -120));
    assert_eq!(stand(at(28), &row), (Breached, Soon, -240));
}

#[test]
fn what_was_done_in_time_is_met_and_else_missed() {
    use DueState::{Met, Missed, OnTime};
    let replied = |hours| ClockRow {
        first_reply_at: Some(at(hours)),
        state: EscalationState::Answered,
        ..row()
    };
    assert_eq!(stand(at(24), &replied(8)), (Met, OnTime, 0));
    assert_eq!(stand(at(24), &replied(9)), (Missed, OnTime, 0));
    let resolved = |hours| ClockRow {
        resolved_at: Some(at(hours)),
        state: EscalationState::Resolved,
        ..row()
    };
    // Resolved without a reply: that is when the first reply's clock stopped too.
    assert_eq!(stand(at(999), &resolved(7)), (Met, Met, 0));
    assert_eq!(stand(at(999), &resolved(33)), (Missed, Missed, 0));
}

#[test]
fn a_clock_stands_still_while_the_asker_has_to_say_something() {
    let calendar = Calendar::default();
    let waiting = ClockRow {
        waiting_since: Some(at(7)),
        ..row()
    };
    // A night and three hours later there is still an hour left.
    let now = at(27);
    assert_eq!(
        stand(now, &waiting),
        (DueState::Paused, DueState::Paused, 60)
    );
    let (first, _) = dues(&calendar, now, &waiting);
    assert_eq!(first.unwrap().at, at(28));
    let on = resumed(&calendar, now, &waiting);
    assert_eq!(on.paused_ms, 4 * HOUR);
    assert_eq!(on.first_reply_due_at, Some(at(28)));
    // Four hours later than Tuesday, 17:00, is Wednesday, 13:00.
    assert_eq!(on.resolution_due_at, Some(at(52)));
    let going = ClockRow {
        waiting_since: None,
        paused_ms: on.paused_ms,
        first_reply_due_at: on.first_reply_due_at,
        resolution_due_at: on.resolution_due_at,
        ..waiting
    };
    // An hour of eight is left: that is soon, whatever the pause was.
    assert_eq!(stand(now, &going), (DueState::Soon, DueState::OnTime, 60));
    assert_eq!(resumed(&calendar, at(40), &going).paused_ms, 4 * HOUR);
}

#[test]
fn a_pause_in_the_night_moves_nothing_and_one_after_the_end_saves_nothing() {
    let calendar = Calendar::default();
    let night = ClockRow {
        waiting_since: Some(at(8)),
        ..row()
    };
    let on = resumed(&calendar, at(23), &night);
    assert_eq!((on.paused_ms, on.resolution_due_at), (0, Some(at(32))));
    assert_eq!(on.first_reply_due_at, Some(at(8)));
    let late = ClockRow {
        waiting_since: Some(at(25)),
        ..row()
    };
    let on = resumed(&calendar, at(30), &late);
    assert_eq!(on.first_reply_due_at, Some(at(8)));
    assert_eq!(on.resolution_due_at, Some(at(53)));
}

#[test]
fn a_first_reply_that_was_given_keeps_its_time_in_a_pause() {
    let answered = ClockRow {
        first_reply_at: Some(at(1)),
        waiting_since: Some(at(1)),
        state: EscalationState::Answered,
        ..row()
    };
    let on = resumed(&Calendar::default(), at(3), &answered);
    assert_eq!(on.first_reply_due_at, Some(at(8)));
    assert_eq!(on.resolution_due_at, Some(at(50)));
}
