//! When a version is in force, as people say it.

use crate::access::Scope;
use crate::audit::Actor;
use crate::proposals::answered;
use crate::row::Columns;
use crate::validity::{hold, recompute};
use crate::write::Write;
use crate::{Result, Store, StoreError};
use inhouse_protocol::{Day, Fact, VersionDates, VersionId};
use serde_json::json;
use sqlx::any::AnyRow;

impl Store {
    /// Replaces when a version is in force; from this commit on answers go by it. A day that is
    /// set also answers what was read of it from the document. `NotFound` unless the scope manages
    /// the set; `Invalid` when it would end before it begins.
    pub async fn set_version_dates(
        &self,
        by: &Actor,
        scope: &Scope,
        id: &VersionId,
        wanted: VersionDates,
    ) -> Result<()> {
        let (document, set) = self.managed_document_of(scope, id).await?;
        let mut write = self.write().await?;
        hold(&mut write, &document).await?;
        let was = dates_of(&mut write, id).await?;
        if was == wanted {
            return Ok(());
        }
        store_dates(&mut write, id, wanted).await?;
        let said = |fact, was: Option<Day>, now: Option<Day>| {
            (now.is_some() && now != was).then_some(fact)
        };
        let facts = [
            said(
                Fact::EffectiveFrom,
                was.effective_from,
                wanted.effective_from,
            ),
            said(
                Fact::EffectiveUntil,
                was.effective_until,
                wanted.effective_until,
            ),
        ];
        answered(
            &mut write,
            id,
            &facts.into_iter().flatten().collect::<Vec<_>>(),
        )
        .await?;
        recompute(&mut write, &document).await?;
        let detail = json!({ "set": set, "version": id, "dates": wanted, "was": was });
        let subject = ("document", document.as_str());
        write.commit(by, "document.dates", subject, detail).await
    }
}

/// The columns `effective_from` and `effective_until`.
pub(crate) fn dates(row: &AnyRow) -> Result<VersionDates> {
    Ok(VersionDates {
        effective_from: row.maybe_day("effective_from")?,
        effective_until: row.maybe_day("effective_until")?,
    })
}

pub(crate) async fn dates_of(write: &mut Write, version: &VersionId) -> Result<VersionDates> {
    let row = sqlx::query("SELECT effective_from, effective_until FROM versions WHERE id = $1")
        .bind(version.as_str())
        .fetch_optional(write.connection())
        .await?;
    dates(&row.ok_or(StoreError::NotFound)?)
}

/// Stores the days; what follows from them is [`recompute`]'s.
pub(crate) async fn store_dates(
    write: &mut Write,
    version: &VersionId,
    dates: VersionDates,
) -> Result<()> {
    let ends_before = match (dates.effective_from, dates.effective_until) {
        (Some(from), Some(until)) => until <= from,
        _ => false,
    };
    if ends_before {
        return Err(StoreError::Invalid(
            "The day from which it is no longer in force has to be after its first day.".into(),
        ));
    }
    sqlx::query("UPDATE versions SET effective_from = $2, effective_until = $3 WHERE id = $1")
        .bind(version.as_str())
        .bind(dates.effective_from.map(Day::number))
        .bind(dates.effective_until.map(Day::number))
        .execute(write.connection())
        .await?;
    Ok(())
}
