//! What a statement says of the thing that is asked about, and whether two statements differ.

use crate::asked::{Kind, about};
use crate::grounding::{
    Bound, Date, Fact, Force, Frame, Measure, Side, Unit, bound, facts_of, frames_of,
    is_conditional,
};
use crate::text::{stem, words};

/// What a statement says.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Figure(Fact, Limit),
    Date(Date, Fact),
    Permission(Frame),
}

/// The side that a figure is meant to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Limit {
    Bound(Bound),
    /// No word says so, but the statement names a limit or a period.
    Named,
    Exact,
}

impl Limit {
    fn of(text: &str, fact: &Fact) -> Self {
        if let Some(bound) = bound(text, fact) {
            return Self::Bound(bound);
        }
        let names = words(text).iter().any(|word| {
            matches!(
                word.lower.as_str(),
                "limit" | "cap" | "ceiling" | "maximum" | "period" | "term" | "deadline"
            ) || word.lower.ends_with("frist")
        });
        if names { Self::Named } else { Self::Exact }
    }

    /// Whether two figures can be held against each other.
    fn is_comparable_to(self, other: Self) -> bool {
        match (self, other) {
            (Self::Bound(mine), Self::Bound(theirs)) => mine.same_side(theirs),
            (Self::Bound(bound), Self::Named) | (Self::Named, Self::Bound(bound)) => {
                bound == Bound::AtMost
            }
            (Self::Bound(_), Self::Exact) | (Self::Exact, Self::Bound(_)) => false,
            _ => true,
        }
    }
}

impl Value {
    /// The one value of the asked kind that a statement gives; none where it gives several.
    pub(super) fn of(text: &str, kind: Kind, question: &str) -> Option<Self> {
        match kind {
            Kind::Permission => permission(text, question),
            Kind::Date => date(text),
            Kind::Person | Kind::Rate => None,
            _ => figure(text, kind, question),
        }
    }

    /// Whether both are of one kind, so that they can be held against each other.
    pub(super) fn is_comparable_to(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Figure(mine, to), Self::Figure(theirs, other)) => {
                let periods = matches!(
                    (&mine.measure, &theirs.measure),
                    (Measure::Period(_), Measure::Period(_))
                );
                to.is_comparable_to(*other) && (periods || mine.measure == theirs.measure)
            }
            (Self::Date(..), Self::Date(..)) => true,
            (Self::Permission(mine), Self::Permission(theirs)) => mine.verb == theirs.verb,
            _ => false,
        }
    }

    /// Whether one cannot be true where the other is.
    pub(super) fn differs_from(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Figure(mine, _), Self::Figure(theirs, _)) => figures_differ(mine, theirs),
            (Self::Date(mine, _), Self::Date(theirs, _)) => {
                !mine.is_within(theirs) && !theirs.is_within(mine)
            }
            (Self::Permission(mine), Self::Permission(theirs)) => matches!(
                (mine.force, theirs.force),
                (Force::Leave, Force::Ban)
                    | (Force::Ban, Force::Leave | Force::Duty)
                    | (Force::Duty, Force::Ban | Force::Release)
                    | (Force::Release, Force::Duty)
            ),
            _ => false,
        }
    }

    /// The value as it stands in the statement, with its unit.
    pub(super) fn shown(&self, text: &str) -> String {
        match self {
            Self::Figure(fact, _) | Self::Date(_, fact) => with_unit(text, fact).to_owned(),
            Self::Permission(frame) => text[frame.start..frame.end].to_owned(),
        }
    }
}

fn permission(text: &str, question: &str) -> Option<Value> {
    if is_conditional(text) || !facts_of(text, Side::Claim).is_empty() {
        return None;
    }
    let about = about(question);
    let mut frames = frames_of(text)
        .into_iter()
        .filter(|frame| frame.force != Force::Denial);
    let frame = frames.next()?;
    let only = frames.next().is_none();
    let named = frame.verb.is_empty() || about.contains(&frame.verb);
    (only && named).then_some(Value::Permission(frame))
}

fn date(text: &str) -> Option<Value> {
    let facts = facts_of(text, Side::Claim);
    let mut dates = facts.into_iter().filter_map(|fact| match &fact.measure {
        Measure::Date(meanings) if meanings.len() == 1 => Some((meanings[0], fact)),
        _ => None,
    });
    let (date, fact) = dates.next()?;
    (dates.next().is_none() && date.day.is_some()).then_some(Value::Date(date, fact))
}

fn figure(text: &str, kind: Kind, question: &str) -> Option<Value> {
    let fits = |fact: &Fact| match fact.measure {
        Measure::Period(_) => matches!(kind, Kind::Period | Kind::Open),
        Measure::Money(_) => matches!(kind, Kind::Amount | Kind::Open),
        Measure::Percent => matches!(kind, Kind::Amount | Kind::Percentage | Kind::Open),
        // 'At least 14 characters': what is counted has to be what is asked for.
        Measure::Plain => {
            let counted = words(&text[fact.end..]).first().map(|w| stem(&w.lower));
            kind == Kind::Number && counted.is_some_and(|noun| about(question).contains(&noun))
        }
        _ => false,
    };
    let mut found = facts_of(text, Side::Claim).into_iter().filter(fits);
    let fact = found.next()?;
    let same = found.all(|other| other.same_value(&fact));
    let limit = Limit::of(text, &fact);
    same.then_some(Value::Figure(fact, limit))
}

fn figures_differ(mine: &Fact, theirs: &Fact) -> bool {
    let (Measure::Period(one), Measure::Period(two)) = (&mine.measure, &theirs.measure) else {
        return !mine.same_value(theirs);
    };
    if one == two {
        return !mine.same_value(theirs);
    }
    // Each may be read in several ways: every reading has to differ.
    mine.values.iter().all(|a| {
        theirs.values.iter().all(|b| {
            let ((least, most), (low, high)) = (in_days(*one, *a), in_days(*two, *b));
            most * CLEARLY < low || high * CLEARLY < least
        })
    })
}

/// Periods in different units contradict each other only where the longer is clearly longer: 30
/// days and a month are meant as the same.
const CLEARLY: f64 = 1.15;

/// The shortest and the longest that a period may be, in days.
fn in_days(unit: Unit, value: f64) -> (f64, f64) {
    match unit {
        Unit::Minute => (value / 1440.0, value / 1440.0),
        Unit::Hour => (value / 24.0, value / 24.0),
        Unit::Day => (value, value),
        // Five in a week, and holidays besides.
        Unit::BusinessDay => (value, value * 1.4 + 4.0),
        Unit::Month => (value * 28.0, value * 31.0),
        Unit::Quarter => (value * 89.0, value * 92.0),
    }
}

/// A figure with the currency or the percent sign beside it.
fn with_unit<'a>(text: &'a str, fact: &Fact) -> &'a str {
    let (mut start, mut end) = (fact.start, fact.end);
    let (head, rest) = (&text[..start], &text[end..]);
    match fact.measure {
        Measure::Money(_) => {
            let bare = head.trim_end();
            let code = bare
                .char_indices()
                .rev()
                .take_while(|(_, c)| c.is_alphabetic())
                .last()
                .map_or("", |(at, _)| &bare[at..]);
            let sign = bare.chars().next_back().filter(|c| "€$£¥".contains(*c));
            if code.len() == 3 && code.chars().all(char::is_uppercase) {
                start = bare.len() - code.len();
            } else if let Some(sign) = sign {
                start = bare.len() - sign.len_utf8();
            } else if let Some(sign) = rest
                .trim_start()
                .chars()
                .next()
                .filter(|c| "€$£¥".contains(*c))
            {
                end += rest.len() - rest.trim_start().len() + sign.len_utf8();
            }
        }
        Measure::Percent if rest.trim_start().starts_with('%') => {
            end += rest.len() - rest.trim_start().len() + 1;
        }
        Measure::Plain => {
            end += words(rest).first().map_or(0, |word| word.end);
        }
        _ => {}
    }
    &text[start..end]
}
