use super::Calendar;
use inhouse_protocol::{Day, Timestamp};

const HOUR: i64 = 3_600_000;

fn at(text: &str) -> Timestamp {
    let moment: jiff::Timestamp = text.parse().unwrap();
    Timestamp(moment.as_millisecond())
}

fn berlin(hours: &str) -> Calendar {
    Calendar::parse("Europe/Berlin", hours, &[]).unwrap()
}

/// Numbers that look random and are the same in every run (Knuth, TAOCP 3.3.4, MMIX).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: i64) -> i64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).unwrap() * 1_021 % limit
    }
}

#[test]
fn a_night_and_a_weekend_take_no_business_time() {
    let calendar = Calendar::default();
    // Friday, 1 May 2026, 16:00, to Monday, 10:00.
    let (from, to) = (at("2026-05-01T16:00:00Z"), at("2026-05-04T10:00:00Z"));
    assert_eq!(calendar.business_ms(from, to), 2 * HOUR);
    assert_eq!(calendar.business_ms(to, from), -2 * HOUR);
    assert_eq!(calendar.after(from, 2 * HOUR), to);
    assert_eq!(calendar.after(from, HOUR), at("2026-05-01T17:00:00Z"));
    assert_eq!(calendar.after(from, 0), from);
    assert!(calendar.is_open(from) && calendar.is_open(to));
    assert!(!calendar.is_open(at("2026-05-01T17:00:00Z")));
    assert!(!calendar.is_open(at("2026-05-02T12:00:00Z")));
}

#[test]
fn a_holiday_is_closed() {
    let holiday: Day = "2026-05-04".parse().unwrap();
    let calendar = Calendar::parse("UTC", "mon-fri 09:00-17:00", &[holiday]).unwrap();
    let from = at("2026-05-01T16:00:00Z");
    assert_eq!(calendar.after(from, 2 * HOUR), at("2026-05-05T10:00:00Z"));
    assert_eq!(calendar.holidays_from(holiday), [holiday]);
    assert!(calendar.holidays_from(holiday.plus(1)).is_empty());
}

#[test]
fn hours_are_those_of_the_time_zone_in_summer_and_in_winter() {
    let calendar = berlin("mon-fri 09:00-17:00");
    assert!(!calendar.is_open(at("2026-01-12T07:30:00Z")));
    assert!(calendar.is_open(at("2026-01-12T08:30:00Z")));
    assert!(calendar.is_open(at("2026-07-13T07:30:00Z")));
    let late = at("2026-07-12T22:30:00Z");
    assert_eq!(
        (calendar.day(late).to_string().as_str(), calendar.hour(late)),
        ("2026-07-13", 0)
    );
    assert_eq!(calendar.weekday(late), "mon");
}

#[test]
fn a_day_on_which_the_clocks_change_has_the_hours_that_pass() {
    let calendar = berlin("mon-sun 00:00-24:00");
    // 29 March 2026 has 23 hours in Berlin, 25 October 25.
    for (from, to, hours) in [
        ("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", 23),
        ("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 25),
    ] {
        assert_eq!(calendar.business_ms(at(from), at(to)), hours * HOUR);
    }
    // Hours that touch where one is skipped are not counted twice.
    let calendar = berlin("sun 01:00-02:30, 03:00-04:00");
    let (from, to) = (at("2026-03-28T12:00:00Z"), at("2026-03-29T12:00:00Z"));
    assert_eq!(calendar.business_ms(from, to), 2 * HOUR);
}

#[test]
fn business_time_adds_up_and_comes_back_in_every_zone() {
    let hours = "mon-thu 08:30-12:00, 13:00-17:15; fri 08:30-24:00; sat,sun 00:00-03:30";
    let start = at("2025-12-29T00:00:00Z");
    let mut numbers = Numbers(7);
    for zone in [
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Africa/Cairo",
    ] {
        let holidays: [Day; 2] = ["2026-03-30".parse().unwrap(), "2026-10-26".parse().unwrap()];
        let calendar = Calendar::parse(zone, hours, &holidays).unwrap();
        for _ in 0..150 {
            let mut moments = [0; 3].map(|_| start.plus_ms(numbers.below(400 * 24 * HOUR)));
            moments.sort_unstable();
            let [a, b, c] = moments;
            let sum = calendar.business_ms(a, b) + calendar.business_ms(b, c);
            assert_eq!(calendar.business_ms(a, c), sum, "{zone} {a:?} {b:?} {c:?}");
            assert!(calendar.business_ms(a, b) <= b.since_ms(a));
            let work = numbers.below(300 * HOUR);
            let due = calendar.after(a, work);
            assert_eq!(calendar.business_ms(a, due), work, "{zone} {a:?} {work}");
            assert!(work == 0 || !calendar.is_open(a) || due > a);
            // The end of the time falls into business hours or on their last moment.
            assert!(
                work == 0 || calendar.is_open(due.plus_ms(-1)),
                "{zone} {due:?}"
            );
        }
    }
}

#[test]
fn what_is_always_open_counts_every_millisecond() {
    let mut numbers = Numbers(11);
    let start = at("2024-01-01T00:00:00Z");
    for zone in ["UTC", "America/New_York", "Africa/Cairo", "Pacific/Apia"] {
        let calendar = Calendar::parse(zone, "mon-sun 00:00-24:00", &[]).unwrap();
        for _ in 0..60 {
            let from = start.plus_ms(numbers.below(900 * 24 * HOUR));
            let to = from.plus_ms(numbers.below(300 * 24 * HOUR));
            assert_eq!(calendar.business_ms(from, to), to.since_ms(from), "{zone}");
        }
    }
}

#[test]
fn hours_are_told_in_words() {
    assert_eq!(Calendar::default().words(), "Mon–Fri 09:00–17:00, UTC");
    assert_eq!(
        berlin("mon-thu 9:00-12:00, 13:00-17:00; fri 09:00-12:00; SUN 20:00-24:00").words(),
        "Mon–Thu 09:00–12:00 and 13:00–17:00; Fri 09:00–12:00; Sun 20:00–24:00, Europe/Berlin"
    );
}

#[test]
fn what_is_no_calendar_is_refused_in_words() {
    for (zone, hours, said) in [
        ("Europe/Atlantis", "mon 09:00-17:00", "no time zone"),
        ("UTC", "", "no business hours"),
        ("UTC", "mon", "no hours"),
        ("UTC", "day 09:00-17:00", "no day"),
        ("UTC", "fri-mon 09:00-17:00", "before it begins"),
        ("UTC", "mon 17:00-09:00", "are no hours"),
        ("UTC", "mon 09:00-24:01", "are no hours"),
        ("UTC", "mon 09:60-17:00", "are no hours"),
        ("UTC", "mon +9:00-17:00", "are no hours"),
        ("UTC", "mon 09:00-12:00, 11:00-13:00", "overlap"),
        ("UTC", "mon-wed 09:00-12:00; tue 11:00-13:00", "overlap"),
    ] {
        let error = Calendar::parse(zone, hours, &[]).unwrap_err().to_string();
        assert!(error.contains(said), "{hours}: {error}");
    }
}

#[test]
fn the_ends_of_time_are_no_trouble() {
    let calendar = Calendar::default();
    for moment in [Timestamp(i64::MIN), Timestamp(i64::MAX)] {
        assert_eq!(calendar.business_ms(moment, moment), 0);
        let _ = (calendar.is_open(moment), calendar.hour(moment));
        let _ = calendar.after(moment, HOUR);
    }
}
