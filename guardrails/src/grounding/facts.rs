//! Figures: numbers, percentages, amounts, periods and dates, with their units; and whether one says
//! the same as another.

use super::dates::Date;
use super::units::{Unit, currency, symbols, unit};
use crate::text::words;

/// What a number measures.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Measure {
    Plain,
    Percent,
    /// Currency code in small letters.
    Money(&'static str),
    Period(Unit),
    /// What the date may mean.
    Date(Vec<Date>),
    /// How often: 'per month', 'yearly'. The unit and its factor.
    Rate(Unit, u32),
    /// Something with digits that is no number, such as the clause 4.2.1 or the form DP7.
    Literal,
}

/// A figure with its unit, and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fact {
    /// As written.
    pub(crate) text: String,
    /// The values it may have, in the unit of `measure`; empty for dates and clauses.
    pub(crate) values: Vec<f64>,
    /// The values as written, before a unit was changed.
    pub(crate) written: Vec<f64>,
    pub(crate) measure: Measure,
    /// Byte offsets in the text.
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Fact {
    /// Whether the passages say this figure, with its unit.
    pub(crate) fn stands_in(&self, theirs: &[Self], source: &str) -> bool {
        if theirs.iter().any(|fact| self.is_said_by(fact)) {
            return true;
        }
        match &self.measure {
            Measure::Literal | Measure::Date(_) => false,
            Measure::Rate(..) => self.is_period_of_one(theirs),
            Measure::Plain => self.is_year_of(theirs),
            _ => self.stands_in_table(theirs, source),
        }
    }

    /// Whether a figure of the passages says this one.
    pub(crate) fn is_said_by(&self, other: &Self) -> bool {
        match (&self.measure, &other.measure) {
            (Measure::Literal, Measure::Literal) => {
                other.text.to_lowercase() == self.text.to_lowercase()
            }
            (Measure::Date(mine), Measure::Date(theirs)) => mine
                .iter()
                .any(|date| theirs.iter().any(|other| date.is_within(other))),
            (Measure::Rate(..), _) => self.measure == other.measure,
            (Measure::Plain, _) => same(&self.written, &other.written),
            (mine, theirs) => mine == theirs && same(&self.values, &other.values),
        }
    }

    /// Whether two figures have the same value and the same unit. Dates have no value.
    pub(crate) fn same_value(&self, other: &Self) -> bool {
        self.measure == other.measure && same(&self.values, &other.values)
    }

    /// What the number as written was multiplied with to come to its unit.
    pub(super) fn factor(&self) -> f64 {
        match (self.values.first(), self.written.first()) {
            (Some(value), Some(written)) if *written > 0.0 => value / written,
            _ => 1.0,
        }
    }

    /// A year may stand in the passage as a part of a date.
    fn is_year_of(&self, theirs: &[Self]) -> bool {
        theirs.iter().any(|f| match &f.measure {
            Measure::Date(dates) => dates
                .iter()
                .any(|d| d.year.is_some_and(|y| same(&self.written, &[f64::from(y)]))),
            _ => false,
        })
    }

    /// 'Once a year' stands in a passage as one year.
    fn is_period_of_one(&self, theirs: &[Self]) -> bool {
        let Measure::Rate(unit, factor) = self.measure else {
            return false;
        };
        theirs
            .iter()
            .any(|f| f.measure == Measure::Period(unit) && same(&f.values, &[f64::from(factor)]))
    }

    /// In a table the unit stands in the head and the bare number in the row.
    fn stands_in_table(&self, theirs: &[Self], source: &str) -> bool {
        let bare = theirs
            .iter()
            .any(|f| f.measure == Measure::Plain && same(&self.written, &f.written));
        let says_word =
            |is_unit: &dyn Fn(&str) -> bool| words(source).iter().any(|word| is_unit(&word.lower));
        bare && match &self.measure {
            Measure::Percent => {
                source.contains("(%)")
                    || source.contains("in %")
                    || says_word(&|word| word.starts_with("percent"))
            }
            Measure::Money(code) => {
                symbols(code).iter().any(|s| source.contains(*s))
                    || says_word(&|word| currency(word) == Some(code))
            }
            Measure::Period(own) => {
                let mine = self.factor();
                says_word(&|word| {
                    unit(word).is_some_and(|(found, factor)| {
                        found == *own && (factor - mine).abs() < f64::EPSILON
                    })
                })
            }
            Measure::Plain | Measure::Date(_) | Measure::Rate(..) | Measure::Literal => false,
        }
    }
}

/// Whether two readings of a number have a value in common.
pub(super) fn same(a: &[f64], b: &[f64]) -> bool {
    a.iter()
        .any(|x| b.iter().any(|y| (x - y).abs() <= 1e-9 * x.abs().max(1.0)))
}
