//! People and groups as the SCIM client sees and keeps them (RFC 7643).
//!
//! It sees the accounts that it has a name for (an identity of provider `scim`, its `userName`) and
//! the groups that it keeps (`external_id` is not NULL; empty where it gave none). An account or
//! group that was here before becomes its own when it makes one of that name; what it deletes stays
//! as a disabled account, so that the record keeps whom it names.

mod groups;
mod users;

pub use groups::{ScimGroup, ScimGroupData};
pub use users::{ScimUser, ScimUserData};

use crate::row::{big, clean};
use crate::write::Write;
use crate::{Result, Store};
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

/// The provider under which identities hold the client's `userName`.
const PROVIDER: &str = "scim";

/// One condition of a SCIM filter that we can look up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScimCondition {
    /// `id eq`.
    Id(String),
    /// `userName eq`, whatever its case.
    UserName(String),
    /// `externalId eq`.
    ExternalId(String),
    /// `displayName eq`, whatever its case.
    DisplayName(String),
    /// `emails.value eq`, whatever its case.
    Email(String),
    /// `active eq`.
    Active(bool),
}

/// What a list shows: all conditions together, from `start` (0 is the first), at most `count`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScimQuery {
    pub conditions: Vec<ScimCondition>,
    pub start: u64,
    pub count: u64,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScimPage<T> {
    /// How many there are in all.
    pub total: u64,
    pub items: Vec<T>,
}

impl Store {
    /// How many rows `from` has in all, and those of `select` that the query's page shows; `values`
    /// are bound to both.
    async fn scim_page(
        &self,
        from: &str,
        select: &str,
        values: &[String],
        query: &ScimQuery,
    ) -> Result<(u64, Vec<AnyRow>)> {
        let count = format!("SELECT COUNT(*) {from}");
        let mut counting = sqlx::query_scalar(AssertSqlSafe(count));
        let next = values.len() + 1;
        let page = format!("{select} LIMIT ${next} OFFSET ${}", next + 1);
        let mut listing = sqlx::query(AssertSqlSafe(page));
        for value in values {
            counting = counting.bind(value.as_str());
            listing = listing.bind(value.as_str());
        }
        let total: i64 = counting.fetch_one(&self.pool).await?;
        let rows = listing
            .bind(big(query.count)?)
            .bind(big(query.start)?)
            .fetch_all(&self.pool)
            .await?;
        Ok((u64::try_from(total).unwrap_or_default(), rows))
    }
}

/// Text for a bound parameter.
fn bound(text: &str) -> String {
    clean(text).into_owned()
}

/// A name that is compared whatever its case.
fn folded(text: &str) -> String {
    clean(text.trim()).to_lowercase()
}

/// Changes by SCIM wait for each other, on a row that nothing else locks: one that reads an account
/// and then writes it would otherwise lose what another wrote in between.
async fn take_turn(write: &mut Write) -> Result<()> {
    write.take_turn("scim").await
}
