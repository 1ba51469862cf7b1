//! Points in time, and days, as people read them.
//!
//! The server writes UTC; the browser writes the same text while it hydrates and changes it to
//! the reader's own time afterwards, so that both render the same page.

use crate::browser;
use crate::part::{live, on_change};
use inhouse_protocol::{Day as Date, Timestamp};
use leptos::prelude::*;

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
const MS_PER_DAY: i64 = 86_400_000;

/// A date and a time of day in some zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Civil {
    pub(crate) year: i64,
    /// 1 to 12.
    pub(crate) month: u32,
    /// 1 to 31.
    pub(crate) day: u32,
    pub(crate) hour: u32,
    pub(crate) minute: u32,
    pub(crate) second: u32,
}

impl Civil {
    /// The moment in UTC.
    pub(crate) fn utc(at: Timestamp) -> Self {
        let of_day = at.0.rem_euclid(MS_PER_DAY) / 1000;
        let (year, month, day) = at.day().civil();
        Self {
            year,
            month,
            day,
            hour: small(of_day / 3600),
            minute: small(of_day / 60 % 60),
            second: small(of_day % 60),
        }
    }

    /// `21 Nov 2026`
    fn date(self) -> String {
        written(self.year, self.month, self.day)
    }

    /// `21 Nov 2026, 03:47`
    pub(crate) fn minute_text(self) -> String {
        format!("{}, {:02}:{:02}", self.date(), self.hour, self.minute)
    }

    /// `2026-11-21`, as a date field holds it.
    pub(crate) fn field(self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }

    /// `2026-11-21T03:47:12Z`, for a moment in UTC.
    fn iso(self) -> String {
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
            self.year, self.month, self.day, self.hour, self.minute, self.second
        )
    }
}

/// What a date field holds; nothing where it is empty.
pub(crate) fn day_in_field(text: &str) -> Option<Date> {
    text.trim().parse().ok()
}

/// `21 Nov 2026`
pub(crate) fn day_text(day: Date) -> String {
    let (year, month, day) = day.civil();
    written(year, month, day)
}

fn written(year: i64, month: u32, day: u32) -> String {
    let month = MONTHS.get(month.saturating_sub(1) as usize).unwrap_or(&"");
    format!("{day} {month} {year}")
}

fn small(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(0)
}

/// A moment, to the minute: in UTC from the server, in the reader's time once the page lives.
#[component]
pub(crate) fn Moment(at: Timestamp) -> impl IntoView {
    let utc = Civil::utc(at);
    let shown = RwSignal::new(format!("{} UTC", utc.minute_text()));
    on_change(move || {
        if let Some(local) = browser::local(at) {
            shown.set(local.minute_text());
        }
    });
    view! { <time datetime=utc.iso()>{live(move || shown.get())}</time> }
}

/// A day, for lists where the minute doesn't matter.
#[component]
pub(crate) fn Day(at: Timestamp) -> impl IntoView {
    let utc = Civil::utc(at);
    let shown = RwSignal::new(utc.date());
    on_change(move || {
        if let Some(local) = browser::local(at) {
            shown.set(local.date());
        }
    });
    view! { <time datetime=utc.iso()>{live(move || shown.get())}</time> }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(ms: i64) -> String {
        Civil::utc(Timestamp(ms)).iso()
    }

    #[test]
    fn the_epoch_is_the_first_of_january_1970() {
        assert_eq!(text(0), "1970-01-01T00:00:00Z");
    }

    #[test]
    fn leap_days_and_ends_of_years_are_found() {
        assert_eq!(text(951_827_696_000), "2000-02-29T12:34:56Z");
        assert_eq!(text(1_735_689_599_999), "2024-12-31T23:59:59Z");
        assert_eq!(text(1_735_689_600_000), "2025-01-01T00:00:00Z");
    }

    #[test]
    fn moments_before_the_epoch_have_a_date() {
        assert_eq!(text(-1), "1969-12-31T23:59:59Z");
    }

    #[test]
    fn a_date_field_is_read_back() {
        let civil = Civil::utc(Timestamp(1_795_232_832_000));
        assert_eq!(civil.field(), "2026-11-21");
        assert_eq!(day_in_field(&civil.field()), Date::of(2026, 11, 21));
        assert_eq!(day_in_field(""), None);
        assert_eq!(day_in_field("2026-11"), None);
    }

    #[test]
    fn a_day_reads_as_day_month_and_year() {
        let day = Date::of(2026, 3, 1);
        assert_eq!(day.map(day_text).as_deref(), Some("1 Mar 2026"));
    }

    #[test]
    fn a_moment_reads_as_day_month_year_and_minute() {
        assert_eq!(
            Civil::utc(Timestamp(1_795_232_832_000)).minute_text(),
            "21 Nov 2026, 03:47"
        );
    }
}
