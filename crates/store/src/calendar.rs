//! Business hours: which hours of the week people work the desk, in their time zone, and which days
//! they don't. Service levels are counted in them.
//!
//! A day's hours are moments between two points of local time, so that a day on which the clocks
//! change has as much business time as passes on it.

mod parse;
#[cfg(test)]
mod tests;

use inhouse_protocol::{Day, Timestamp};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::BTreeSet;

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 86_400_000;
/// Minutes of a day; also the end of one that closes at midnight.
const DAY_MINUTES: u16 = 1_440;
/// The farthest that business time is counted ahead: no service level is longer than ten years.
const DAYS_AHEAD: i64 = 3_653;

const NAMES: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
/// As rules and the configuration write them.
const KEYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// From one minute of a local day to another, the end exclusive.
type Span = (u16, u16);

/// Business hours of each day of the week, holidays and a time zone.
#[derive(Debug, Clone, PartialEq)]
pub struct Calendar {
    zone: TimeZone,
    zone_name: String,
    /// From Monday, each in order and without overlaps.
    week: [Vec<Span>; 7],
    holidays: BTreeSet<Day>,
}

impl Default for Calendar {
    /// Monday to Friday from 9 to 17 in UTC, without holidays.
    fn default() -> Self {
        let open = || vec![(9 * 60, 17 * 60)];
        Self {
            zone: TimeZone::UTC,
            zone_name: "UTC".to_owned(),
            week: [
                open(),
                open(),
                open(),
                open(),
                open(),
                Vec::new(),
                Vec::new(),
            ],
            holidays: BTreeSet::new(),
        }
    }
}

impl Calendar {
    /// Milliseconds of business hours from one moment to another; negative when `to` is earlier.
    pub fn business_ms(&self, from: Timestamp, to: Timestamp) -> i64 {
        if to < from {
            return -self.business_ms(to, from);
        }
        let mut sum = 0;
        let (mut day, last) = (self.day(from), self.day(to));
        while day <= last {
            for (start, end) in self.hours_of(day) {
                sum += end.min(to).since_ms(start.max(from)).max(0);
            }
            if day == Day::LAST {
                break;
            }
            day = day.plus(1);
        }
        sum
    }

    /// The moment when so many milliseconds of business hours have passed since `from`: `from`
    /// itself for none, and the end of a business day rather than the start of the next one.
    pub fn after(&self, from: Timestamp, business_ms: i64) -> Timestamp {
        let mut left = business_ms;
        if left <= 0 {
            return from;
        }
        let first = self.day(from);
        for day in (0..=DAYS_AHEAD).map(|days| first.plus(days)) {
            for (start, end) in self.hours_of(day) {
                let start = start.max(from);
                let here = end.since_ms(start).max(0);
                if here > 0 && left <= here {
                    return start.plus_ms(left);
                }
                left -= here;
            }
        }
        from.plus_ms(DAYS_AHEAD * DAY_MS)
    }

    /// Whether the moment lies in business hours.
    pub fn is_open(&self, at: Timestamp) -> bool {
        let hours = self.hours_of(self.day(at));
        hours.iter().any(|(start, end)| *start <= at && at < *end)
    }

    /// The local day of a moment.
    pub fn day(&self, at: Timestamp) -> Day {
        let Ok(moment) = jiff::Timestamp::from_millisecond(at.0) else {
            return at.day();
        };
        let date = self.zone.to_datetime(moment).date();
        let part = |number: i8| u32::try_from(number).unwrap_or_default();
        Day::of(i64::from(date.year()), part(date.month()), part(date.day()))
            .unwrap_or_else(|| at.day())
    }

    /// The local hour of a moment, 0 to 23.
    pub fn hour(&self, at: Timestamp) -> u32 {
        jiff::Timestamp::from_millisecond(at.0)
            .ok()
            .and_then(|moment| u32::try_from(self.zone.to_datetime(moment).hour()).ok())
            .unwrap_or_default()
    }

    /// The local day of the week of a moment: `mon` to `sun`.
    pub fn weekday(&self, at: Timestamp) -> &'static str {
        KEYS[weekday(self.day(at))]
    }

    /// In words, such as 'Mon–Fri 09:00–17:00, Europe/Berlin'.
    pub fn words(&self) -> String {
        let mut parts = Vec::new();
        let mut first = 0;
        while first < 7 {
            let hours = &self.week[first];
            let same = self.week[first..].iter().take_while(|day| *day == hours);
            let last = first + same.count() - 1;
            if !hours.is_empty() {
                let days = match last - first {
                    0 => NAMES[first].to_owned(),
                    _ => format!("{}–{}", NAMES[first], NAMES[last]),
                };
                let spans: Vec<_> = hours.iter().map(|span| span_words(*span)).collect();
                parts.push(format!("{days} {}", spans.join(" and ")));
            }
            first = last + 1;
        }
        format!("{}, {}", parts.join("; "), self.zone_name)
    }

    /// The holidays on `day` and later, in order.
    pub fn holidays_from(&self, day: Day) -> Vec<Day> {
        self.holidays.range(day..).copied().collect()
    }

    /// The business hours of a local day as moments, in order and without overlaps.
    fn hours_of(&self, day: Day) -> Vec<(Timestamp, Timestamp)> {
        if self.holidays.contains(&day) {
            return Vec::new();
        }
        let mut hours: Vec<(Timestamp, Timestamp)> = Vec::new();
        for (start, end) in &self.week[weekday(day)] {
            let (mut start, end) = (self.moment(day, *start), self.moment(day, *end));
            // An hour that the clocks skip ends later than it says: the next may have begun.
            if let Some((_, before)) = hours.last() {
                start = start.max(*before);
            }
            if start < end {
                hours.push((start, end));
            }
        }
        hours
    }

    /// The moment of a local time: the first of two where the clocks go back, and as much later
    /// as they go forward where it is skipped (RFC 5545, 3.3.5).
    fn moment(&self, day: Day, minute: u16) -> Timestamp {
        let (day, minute) = if minute == DAY_MINUTES {
            (day.plus(1), 0)
        } else {
            (day, minute)
        };
        let local = || {
            let (year, month, of_month) = day.civil();
            let date = Date::new(
                i16::try_from(year).ok()?,
                i8::try_from(month).ok()?,
                i8::try_from(of_month).ok()?,
            );
            let (hour, minute) = (i8::try_from(minute / 60), i8::try_from(minute % 60));
            let time = date.ok()?.at(hour.ok()?, minute.ok()?, 0, 0);
            let moment = self.zone.to_timestamp(time).ok()?;
            Some(Timestamp(moment.as_millisecond()))
        };
        // Only at the ends of the calendar there is no such moment.
        local().unwrap_or(Timestamp(
            day.number() * DAY_MS + i64::from(minute) * MINUTE_MS,
        ))
    }
}

/// The day of the week, from Monday = 0. 1970-01-01 was a Thursday.
fn weekday(day: Day) -> usize {
    usize::try_from((day.number() + 3).rem_euclid(7)).unwrap_or_default()
}

fn span_words((start, end): Span) -> String {
    let time = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    format!("{}–{}", time(start), time(end))
}
