//! Which article of the law is met by what: `assets/law.toml`, as the page 'Law' shows it.

#[cfg(test)]
mod tests;

use super::access::Caller;
use crate::error::{AppError, AppResult};
use axum::Json;
use inhouse_protocol::LawEntry;
use serde::Deserialize;

const LAW: &str = include_str!("../../../assets/law.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Law {
    entry: Vec<LawEntry>,
}

/// The entries, in the file's order.
fn entries() -> Result<Vec<LawEntry>, toml::de::Error> {
    toml::from_str::<Law>(LAW).map(|law| law.entry)
}

/// All entries, for everyone signed in: whose data it is may know.
pub(super) async fn list(_: Caller) -> AppResult<Json<Vec<LawEntry>>> {
    entries().map(Json).map_err(AppError::internal)
}
