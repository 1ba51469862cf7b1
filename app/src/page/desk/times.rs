//! The times until which something is put off, where the reader is.

use crate::browser;
use crate::text;
use crate::time::Civil;
use inhouse_protocol::{Day, Timestamp};

const MS_PER_HOUR: i64 = 3_600_000;
/// When a working day is taken to begin, in hours.
const MORNING: i64 = 9;

/// Names and times, the nearest first.
pub(super) fn later() -> Vec<(&'static str, Timestamp)> {
    let now = browser::now();
    let mut later = vec![
        (text::IN_AN_HOUR, now.plus_ms(MS_PER_HOUR)),
        (text::IN_THREE_HOURS, now.plus_ms(3 * MS_PER_HOUR)),
    ];
    let today = browser::local(now);
    let days = today.map_or([1, 7], |today| [1, until_monday(today)]);
    for (name, days) in [text::TOMORROW, text::NEXT_MONDAY].into_iter().zip(days) {
        if let Some(at) = today.and_then(|today| morning(today, days)) {
            later.push((name, at));
        }
    }
    later
}

/// The morning so many days after `today`.
fn morning(today: Civil, days: u32) -> Option<Timestamp> {
    let midnight = browser::midnight(today.year, today.month, today.day.checked_add(days)?)?;
    Some(midnight.plus_ms(MORNING * MS_PER_HOUR))
}

/// Days until the Monday after this day, 1 to 7.
fn until_monday(today: Civil) -> u32 {
    let number = Day::of(today.year, today.month, today.day).map_or(0, Day::number);
    // Day 0 of the calendar was a Thursday.
    let weekday = (number + 3).rem_euclid(7);
    u32::try_from(7 - weekday).unwrap_or(7)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn monday_is_at_most_a_week_away() {
        let on = |day| {
            until_monday(Civil {
                year: 2026,
                month: 11,
                day,
                hour: 0,
                minute: 0,
                second: 0,
            })
        };
        // 21 November 2026 is a Saturday.
        assert_eq!((on(21), on(22), on(23), on(24)), (2, 1, 7, 6));
    }
}
