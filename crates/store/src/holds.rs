//! Legal holds: what one covers is neither erased nor removed by age, until it is lifted.

use crate::audit::Actor;
use crate::escalations::name_of;
use crate::row::{Columns, clean, new_id};
use crate::users::lock_user;
use crate::write::{Personal, Write};
use crate::{Result, Store, StoreError};
use inhouse_protocol::{HoldId, HoldKind, LegalHold, NewHold, UserId};
use serde_json::json;
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

/// What a hold is read from; what follows `FROM … JOIN …` is given.
macro_rules! select_holds {
    ($rest:literal) => {
        concat!(
            "SELECT h.id, h.kind, h.user_id, h.reason, h.placed_at, h.lifted_at, ",
            name_of!("p"),
            " AS placed_by, CASE WHEN u.erased_at IS NULL THEN u.name END AS person_name
             FROM legal_holds h
             LEFT JOIN users u ON u.id = h.user_id
             LEFT JOIN users p ON h.placed_by = 'user:' || p.id ",
            $rest
        )
    };
}

impl Store {
    /// Places a hold on one person's data or on everything. `Invalid` when the reason is too short
    /// or too long, or the person is missing or one too many; `NotFound` when there is no such
    /// account; `Conflict` when the person was erased.
    pub async fn place_hold(&self, by: &Actor, new: &NewHold) -> Result<LegalHold> {
        let reason = checked_reason(&new.reason)?;
        if (new.kind == HoldKind::Person) != new.person.is_some() {
            return Err(StoreError::Invalid(
                "A hold covers everything, or one person who has to be named.".into(),
            ));
        }
        let mut write = self.write().await?;
        take_turn(&mut write).await?;
        if let Some(person) = &new.person
            && lock_user(&mut write, person).await?.erased_at.is_some()
        {
            return Err(StoreError::conflict(
                "This person was erased; nothing is left to hold.",
            ));
        }
        let id: HoldId = new_id()?;
        let now = write.now().0;
        sqlx::query(
            "INSERT INTO legal_holds (id, kind, user_id, reason, placed_by, placed_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(id.as_str())
        .bind(new.kind.as_str())
        .bind(new.person.as_ref().map(UserId::as_str))
        .bind(reason.as_str())
        .bind(by.to_string())
        .bind(now)
        .execute(write.connection())
        .await?;
        record(write, by, "hold.place", &id, new.person.as_ref(), &reason).await?;
        self.hold(&id).await
    }

    /// Lifts a hold. `NotFound` when there is none of this id in force.
    pub async fn lift_hold(&self, by: &Actor, id: &HoldId) -> Result<LegalHold> {
        let mut write = self.write().await?;
        take_turn(&mut write).await?;
        let now = write.now().0;
        let row = sqlx::query(
            "UPDATE legal_holds SET lifted_by = $2, lifted_at = $3
             WHERE id = $1 AND lifted_at IS NULL RETURNING user_id, reason",
        )
        .bind(id.as_str())
        .bind(by.to_string())
        .bind(now)
        .fetch_optional(write.connection())
        .await?;
        let row = row.ok_or(StoreError::NotFound)?;
        let person: Option<UserId> = row.maybe_id("user_id")?;
        let reason = row.text("reason")?;
        record(write, by, "hold.lift", id, person.as_ref(), &reason).await?;
        self.hold(id).await
    }

    /// Every hold: those in force first, then the newest first.
    pub async fn holds(&self) -> Result<Vec<LegalHold>> {
        let rows = sqlx::query(select_holds!(
            "ORDER BY CASE WHEN h.lifted_at IS NULL THEN 0 ELSE 1 END, h.placed_at DESC, h.id DESC"
        ))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(hold).collect()
    }

    async fn hold(&self, id: &HoldId) -> Result<LegalHold> {
        let row = sqlx::query(select_holds!("WHERE h.id = $1"))
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await?;
        hold(&row.ok_or(StoreError::NotFound)?)
    }
}

/// Placing and lifting a hold, erasing a person and removing by age take turns: none of them acts
/// on holds that another one is changing. Taken first in a transaction, before any other row.
pub(crate) async fn take_turn(write: &mut Write) -> Result<()> {
    write.take_turn("holds").await
}

/// The reason of the oldest hold in force that covers a person.
pub(crate) async fn reason_against(
    connection: &mut AnyConnection,
    person: &UserId,
) -> Result<Option<String>> {
    let reason = sqlx::query_scalar(
        "SELECT reason FROM legal_holds
         WHERE lifted_at IS NULL AND (kind = 'everything' OR user_id = $1)
         ORDER BY placed_at, id LIMIT 1",
    )
    .bind(person.as_str())
    .fetch_optional(connection)
    .await?;
    Ok(reason)
}

/// Whether a hold of any kind is in force.
pub(crate) async fn any_in_force(connection: &mut AnyConnection) -> Result<bool> {
    let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM legal_holds WHERE lifted_at IS NULL")
        .fetch_one(connection)
        .await?;
    Ok(count > 0)
}

/// A reason as it is stored. `Invalid` unless it has 10 to 500 characters.
pub(crate) fn checked_reason(reason: &str) -> Result<String> {
    let reason = reason.trim();
    if !(10..=500).contains(&reason.chars().count()) {
        return Err(StoreError::Invalid(
            "Give a reason of 10 to 500 characters.".into(),
        ));
    }
    Ok(clean(reason).into_owned())
}

/// Writes the hold's record. Its reason is sealed for the person that it is about, else for who
/// acts; the operator has no key, and a hold on everything names nobody.
async fn record(
    write: Write,
    by: &Actor,
    action: &str,
    id: &HoldId,
    person: Option<&UserId>,
    reason: &str,
) -> Result<()> {
    let mut detail = json!({
        "kind": if person.is_some() { HoldKind::Person } else { HoldKind::Everything },
        "person": person,
    });
    let subject = ("hold", id.as_str());
    let of = match (person, by) {
        (Some(person), _) | (None, Actor::User(person)) => Some(person),
        (None, Actor::Operator | Actor::System) => None,
    };
    if of.is_none() {
        detail["reason"] = reason.into();
    }
    let personal = of.map(|of| Personal {
        of: of.as_str(),
        data: json!({ "reason": reason }),
    });
    write
        .commit_with(by, action, subject, detail, personal)
        .await
}

fn hold(row: &AnyRow) -> Result<LegalHold> {
    Ok(LegalHold {
        id: row.id("id")?,
        kind: row.name("kind")?,
        person: row.maybe_id("user_id")?,
        person_name: row.maybe_text("person_name")?,
        reason: row.text("reason")?,
        placed_by: row.text("placed_by")?,
        placed_at: row.time("placed_at")?,
        lifted_at: row.maybe_time("lifted_at")?,
    })
}
