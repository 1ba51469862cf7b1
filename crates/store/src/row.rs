//! Between rows and types: what a column holds is checked once, here.

use crate::{Result, StoreError};
use inhouse_protocol::{Day, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Row;
use sqlx::any::AnyRow;
use std::borrow::Cow;

/// A row's columns as the types of this crate.
pub(crate) trait Columns {
    fn text(&self, column: &str) -> Result<String>;
    fn maybe_text(&self, column: &str) -> Result<Option<String>>;
    fn int(&self, column: &str) -> Result<i64>;
    fn maybe_int(&self, column: &str) -> Result<Option<i64>>;

    fn id<T: TryFrom<String>>(&self, column: &str) -> Result<T> {
        let text = self.text(column)?;
        T::try_from(text).map_err(|_| corrupt(column))
    }

    fn maybe_id<T: TryFrom<String>>(&self, column: &str) -> Result<Option<T>> {
        let text = self.maybe_text(column)?;
        text.map(|text| T::try_from(text).map_err(|_| corrupt(column)))
            .transpose()
    }

    fn number<T: TryFrom<i64>>(&self, column: &str) -> Result<T> {
        T::try_from(self.int(column)?).map_err(|_| corrupt(column))
    }

    fn maybe_number<T: TryFrom<i64>>(&self, column: &str) -> Result<Option<T>> {
        let number = self.maybe_int(column)?;
        number
            .map(|number| T::try_from(number).map_err(|_| corrupt(column)))
            .transpose()
    }

    fn time(&self, column: &str) -> Result<Timestamp> {
        self.int(column).map(Timestamp)
    }

    fn maybe_time(&self, column: &str) -> Result<Option<Timestamp>> {
        Ok(self.maybe_int(column)?.map(Timestamp))
    }

    /// A column that counts days from 1970-01-01.
    fn maybe_day(&self, column: &str) -> Result<Option<Day>> {
        let number = self.maybe_int(column)?;
        number
            .map(|number| Day::from_number(number).ok_or_else(|| corrupt(column)))
            .transpose()
    }

    /// A column of JSON.
    fn json<T: DeserializeOwned>(&self, column: &str) -> Result<T> {
        serde_json::from_str(&self.text(column)?).map_err(|_| corrupt(column))
    }

    /// A column of JSON that may be empty.
    fn maybe_json<T: DeserializeOwned>(&self, column: &str) -> Result<Option<T>> {
        let text = self.maybe_text(column)?;
        text.map(|text| serde_json::from_str(&text).map_err(|_| corrupt(column)))
            .transpose()
    }

    /// A column that holds the name of an enum's variant.
    fn name<T: DeserializeOwned>(&self, column: &str) -> Result<T> {
        let text = self.text(column)?;
        serde_json::from_value(text.into()).map_err(|_| corrupt(column))
    }

    fn maybe_name<T: DeserializeOwned>(&self, column: &str) -> Result<Option<T>> {
        let text = self.maybe_text(column)?;
        text.map(|text| serde_json::from_value(text.into()).map_err(|_| corrupt(column)))
            .transpose()
    }
}

impl Columns for AnyRow {
    fn text(&self, column: &str) -> Result<String> {
        Ok(self.try_get(column)?)
    }

    fn maybe_text(&self, column: &str) -> Result<Option<String>> {
        Ok(self.try_get(column)?)
    }

    fn int(&self, column: &str) -> Result<i64> {
        Ok(self.try_get(column)?)
    }

    fn maybe_int(&self, column: &str) -> Result<Option<i64>> {
        Ok(self.try_get(column)?)
    }
}

fn corrupt(column: &str) -> StoreError {
    StoreError::Corrupt(format!("the column {column}"))
}

/// A number for a BIGINT column.
pub(crate) fn big<T: TryInto<i64>>(number: T) -> Result<i64> {
    number
        .try_into()
        .map_err(|_| StoreError::Invalid("a number is too large to be stored".into()))
}

/// Text as both databases can hold it: PostgreSQL refuses U+0000. One character stays one, so
/// that offsets keep their meaning.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    if text.contains('\0') {
        Cow::Owned(text.replace('\0', "\u{FFFD}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// A value as JSON text.
pub(crate) fn to_json<T: Serialize + ?Sized>(value: &T) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|error| StoreError::Invalid(format!("a value has no JSON form: {error}")))
}

/// The name of an enum's variant, as [`Columns::name`] reads it.
pub(crate) fn variant<T: Serialize>(value: &T) -> Result<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => Ok(name),
        _ => Err(StoreError::Invalid("a value has no name".into())),
    }
}

/// `$from, $from+1, …` for `count` values of an `IN` list.
pub(crate) fn placeholders(from: usize, count: usize) -> String {
    (from..from + count)
        .map(|number| format!("${number}"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// A new identifier, ordered by time.
pub(crate) fn new_id<T: TryFrom<String>>() -> Result<T> {
    as_id(uuid::Uuid::now_v7())
}

/// A UUID as an identifier.
pub(crate) fn as_id<T: TryFrom<String>>(uuid: uuid::Uuid) -> Result<T> {
    T::try_from(uuid.to_string()).map_err(|_| StoreError::Corrupt("a fresh identifier".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nul_becomes_one_other_character() {
        assert_eq!(clean("a\0b").chars().count(), 3);
        assert!(matches!(clean("plain"), Cow::Borrowed("plain")));
    }

    #[test]
    fn a_variant_has_a_name_and_a_structure_has_none() {
        let name = variant(&inhouse_protocol::EvaluationKind::Written);
        assert!(matches!(name.as_deref(), Ok("written")));
        assert!(variant(&(1, 2)).is_err());
    }

    #[test]
    fn placeholders_count_on_from_where_they_are_told() {
        assert_eq!(placeholders(3, 2), "$3, $4");
        assert_eq!(placeholders(1, 0), "");
    }
}
