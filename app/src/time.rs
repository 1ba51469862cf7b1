//! Points in time as people read them.
//!
//! The server writes UTC; the browser writes the same text while it hydrates and changes it to
//! the reader's own time afterwards, so that both render the same page.

use crate::browser;
use crate::part::{live, on_change};
use inhouse_protocol::Timestamp;
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
    /// The moment in UTC. Days to date after Howard Hinnant, 'chrono-Compatible Low-Level Date
    /// Algorithms', `civil_from_days`.
    pub(crate) fn utc(at: Timestamp) -> Self {
        let days = at.0.div_euclid(MS_PER_DAY) + 719_468;
        let of_day = at.0.rem_euclid(MS_PER_DAY) / 1000;
        let era = days.div_euclid(146_097);
        let of_era = days.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * of_year + 2) / 153;
        let month = if shifted < 10 {
            shifted + 3
        } else {
            shifted - 9
        };
        Self {
            year: year_of_era + era * 400 + i64::from(month <= 2),
            month: small(month),
            day: small(of_year - (153 * shifted + 2) / 5 + 1),
            hour: small(of_day / 3600),
            minute: small(of_day / 60 % 60),
            second: small(of_day % 60),
        }
    }

    /// `21 Nov 2026`
    fn date(self) -> String {
        let month = MONTHS
            .get(self.month.saturating_sub(1) as usize)
            .unwrap_or(&"");
        format!("{} {month} {}", self.day, self.year)
    }

    /// `21 Nov 2026, 03:47`
    fn minute_text(self) -> String {
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

/// Year, month from 1 and day of what a date field holds.
pub(crate) fn day_in_field(text: &str) -> Option<(i64, u32, u32)> {
    let mut parts = text.trim().splitn(3, '-');
    let year = parts.next()?.parse().ok()?;
    let month = parts.next()?.parse().ok()?;
    let day = parts.next()?.parse().ok()?;
    Some((year, month, day))
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
        assert_eq!(day_in_field(&civil.field()), Some((2026, 11, 21)));
        assert_eq!(day_in_field(""), None);
        assert_eq!(day_in_field("2026-11"), None);
    }

    #[test]
    fn a_moment_reads_as_day_month_year_and_minute() {
        assert_eq!(
            Civil::utc(Timestamp(1_795_232_832_000)).minute_text(),
            "21 Nov 2026, 03:47"
        );
    }
}
