//! When the desk is staffed: what service levels count in.

use inhouse_protocol::Day;
use inhouse_store::{Calendar, StoreError};
use serde::{Deserialize, Serialize};

/// `[desk]`: business hours.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Desk {
    /// A name of the IANA time zone database, such as `Europe/Berlin`.
    pub time_zone: String,
    /// Such as `mon-fri 09:00-17:00; sat 10:00-12:00`.
    pub hours: String,
    /// Days without business hours.
    pub holidays: Vec<Day>,
}

impl Default for Desk {
    fn default() -> Self {
        Self {
            time_zone: "UTC".into(),
            hours: "mon-fri 09:00-17:00".into(),
            holidays: Vec::new(),
        }
    }
}

impl Desk {
    /// The calendar that these settings describe; `Invalid` says in words what is wrong.
    pub fn calendar(&self) -> Result<Calendar, StoreError> {
        Calendar::parse(&self.time_zone, &self.hours, &self.holidays)
    }
}
