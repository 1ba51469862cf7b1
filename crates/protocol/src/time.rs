//! Points in time, and days.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

const MS_PER_DAY: i64 = 86_400_000;

/// Milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// This moment and `milliseconds` later; saturates at the ends of the range.
    #[must_use]
    pub fn plus_ms(self, milliseconds: i64) -> Self {
        Self(self.0.saturating_add(milliseconds))
    }

    /// Milliseconds from `earlier` to this moment; negative when it is later.
    pub fn since_ms(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The day in UTC that this moment is on; the nearest there is beyond the years 1 to 9999.
    pub fn day(self) -> Day {
        let days = self.0.div_euclid(MS_PER_DAY);
        Day(days.clamp(Day::FIRST.0, Day::LAST.0))
    }
}

/// A day of the Gregorian calendar, from 0001-01-01 to 9999-12-31; written `2026-11-21`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(i64);

/// Text or numbers that are no day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParseDayError;

impl fmt::Display for ParseDayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a day such as 2026-11-21")
    }
}

impl std::error::Error for ParseDayError {}

impl Day {
    pub const FIRST: Self = Self(-719_162);
    pub const LAST: Self = Self(2_932_896);

    /// The day with this number, counted from 1970-01-01 = 0.
    pub fn from_number(number: i64) -> Option<Self> {
        (Self::FIRST.0..=Self::LAST.0)
            .contains(&number)
            .then_some(Self(number))
    }

    /// Its number, counted from 1970-01-01 = 0.
    pub const fn number(self) -> i64 {
        self.0
    }

    /// The day of a year, month (from 1) and day of the month; none for the 30th of February.
    pub fn of(year: i64, month: u32, day: u32) -> Option<Self> {
        if !(1..=9999).contains(&year) || !(1..=12).contains(&month) || day == 0 {
            return None;
        }
        // Howard Hinnant, 'chrono-Compatible Low-Level Date Algorithms', `days_from_civil`.
        let shifted = if month > 2 { year } else { year - 1 };
        let era = shifted.div_euclid(400);
        let year_of_era = shifted.rem_euclid(400);
        let month_from_march = (i64::from(month) + 9) % 12;
        let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(day) - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        let found = Self(era * 146_097 + day_of_era - 719_468);
        (found.civil() == (year, month, day)).then_some(found)
    }

    /// Year, month (from 1) and day of the month.
    pub fn civil(self) -> (i64, u32, u32) {
        // The same source, `civil_from_days`.
        let days = self.0 + 719_468;
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
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        let small = |number: i64| u32::try_from(number).unwrap_or_default();
        (
            year,
            small(month),
            small(of_year - (153 * shifted + 2) / 5 + 1),
        )
    }

    /// So many days later, or earlier; the nearest there is at the calendar's ends.
    #[must_use]
    pub fn plus(self, days: i64) -> Self {
        Self(
            self.0
                .saturating_add(days)
                .clamp(Self::FIRST.0, Self::LAST.0),
        )
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl FromStr for Day {
    type Err = ParseDayError;

    fn from_str(text: &str) -> Result<Self, ParseDayError> {
        let digits = |part: &str, length: usize| {
            (part.len() == length && part.bytes().all(|b| b.is_ascii_digit()))
                .then(|| part.parse::<u32>().ok())
                .flatten()
                .ok_or(ParseDayError)
        };
        let mut parts = text.split('-');
        let mut next = |length| digits(parts.next().unwrap_or_default(), length);
        let (year, month, day) = (next(4)?, next(2)?, next(2)?);
        if parts.next().is_some() {
            return Err(ParseDayError);
        }
        Self::of(i64::from(year), month, day).ok_or(ParseDayError)
    }
}

impl TryFrom<String> for Day {
    type Error = ParseDayError;

    fn try_from(text: String) -> Result<Self, ParseDayError> {
        text.parse()
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_the_calendar_comes_back_as_it_was_written() {
        let mut number = Day::FIRST.number();
        while let Some(day) = Day::from_number(number) {
            let (year, month, of_month) = day.civil();
            assert_eq!(Day::of(year, month, of_month), Some(day));
            number += 97;
        }
        assert_eq!(Day::FIRST.to_string(), "0001-01-01");
        assert_eq!(Day::LAST.to_string(), "9999-12-31");
        assert_eq!("1970-01-01".parse(), Ok(Day(0)));
        assert_eq!(Timestamp(-1).day().to_string(), "1969-12-31");
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in [
            "",
            "2026-02-30",
            "2026-2-3",
            "26-01-01",
            "2026-01-01-",
            "2026-13-01",
            "+026-01-01",
            "2025-02-29",
        ] {
            assert_eq!(text.parse::<Day>(), Err(ParseDayError), "{text}");
        }
        assert!("2024-02-29".parse::<Day>().is_ok());
    }
}
