//! Queues of the desk: where a question goes, who is in a queue, and whose turn it is. Changes are
//! in `changing`, who sees a restricted one in `restricted`.

mod changing;
mod members;

use crate::access::Principal;
use crate::clocks::BREACHED;
use crate::restricted::{self, desk_only};
use crate::row::Columns;
use crate::users::person_name;
use crate::write::Write;
use crate::{Result, Store, StoreError};
use inhouse_protocol::{PersonName, Queue, QueueId, QueueMember, QueueName, Queues, UserId};
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;
use std::collections::HashMap;

/// The key of the queue that takes what no other one does.
pub(crate) const FALLBACK: &str = "legal";

/// The columns that [`queue_name`] reads, of a joined `queues q`.
macro_rules! queue_columns {
    () => {
        "q.id AS queue_id, q.key AS queue_key, q.name AS queue_name,
         q.restricted AS queue_restricted"
    };
}
pub(crate) use queue_columns;

/// A queue, as far as what goes into it needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Placed {
    pub(crate) id: QueueId,
    pub(crate) key: String,
    pub(crate) restricted: bool,
    /// Minutes of business hours; none: none.
    pub(crate) first_reply_minutes: Option<u32>,
    pub(crate) resolution_minutes: Option<u32>,
    /// What comes in is given to the members in turn.
    pub(crate) rotation: bool,
}

const PLACES: &str = "SELECT q.id, q.key, q.restricted, q.first_reply_minutes,
        q.resolution_minutes, q.rotation, q.topics, q.languages
     FROM queues q WHERE q.retired_at IS NULL ORDER BY q.position, q.id";

/// Where a question goes: to the queue that a rule names; where it names none, or one that isn't
/// there, to the first that takes its topic, then to the first that takes its language, then to
/// `legal`.
pub(crate) async fn place(
    write: &mut Write,
    wanted: Option<&str>,
    topic: &str,
    language: &str,
) -> Result<Placed> {
    let rows = sqlx::query(PLACES).fetch_all(write.connection()).await?;
    let mut found = match wanted {
        Some(key) => of_key(&rows, key)?,
        None => None,
    };
    if found.is_none() {
        found = taking(&rows, "topics", topic)?;
    }
    if found.is_none() {
        found = taking(&rows, "languages", language)?;
    }
    if found.is_none() {
        found = of_key(&rows, FALLBACK)?;
    }
    let row = found.ok_or_else(|| StoreError::Corrupt("no queue 'legal'".into()))?;
    placed_from(row)
}

fn of_key<'a>(rows: &'a [AnyRow], key: &str) -> Result<Option<&'a AnyRow>> {
    for row in rows {
        if row.text("key")? == key {
            return Ok(Some(row));
        }
    }
    Ok(None)
}

/// The first queue whose list in this column has the value.
fn taking<'a>(rows: &'a [AnyRow], column: &str, value: &str) -> Result<Option<&'a AnyRow>> {
    for row in rows {
        let listed: Vec<String> = row.json(column)?;
        if listed.iter().any(|taken| taken == value) {
            return Ok(Some(row));
        }
    }
    Ok(None)
}

/// A queue that something can be moved to. `NotFound` when there is none or it was retired; who may
/// see it is the caller's to ask.
pub(crate) async fn placed(write: &mut Write, id: &QueueId) -> Result<Placed> {
    let rows = sqlx::query(PLACES).fetch_all(write.connection()).await?;
    for row in &rows {
        if row.id::<QueueId>("id")? == *id {
            return placed_from(row);
        }
    }
    Err(StoreError::NotFound)
}

fn placed_from(row: &AnyRow) -> Result<Placed> {
    Ok(Placed {
        id: row.id("id")?,
        key: row.text("key")?,
        restricted: row.int("restricted")? != 0,
        first_reply_minutes: row.maybe_number("first_reply_minutes")?,
        resolution_minutes: row.maybe_number("resolution_minutes")?,
        rotation: row.int("rotation")? != 0,
    })
}

/// The member whose turn it is: the one who was given something the longest ago, of those who are
/// active and not away. That it is given to them now is noted. None where there is nobody.
pub(crate) async fn next_member(write: &mut Write, queue: &QueueId) -> Result<Option<String>> {
    let rows = sqlx::query(
        "SELECT m.user_id, COALESCE(m.last_given_at, 0) AS given
         FROM queue_members m JOIN users u ON u.id = m.user_id
         WHERE m.queue_id = $1 AND m.away = 0 AND u.role = 'legal' AND u.disabled_at IS NULL
         ORDER BY COALESCE(m.last_given_at, 0), m.added_at, m.user_id",
    )
    .bind(queue.as_str())
    .fetch_all(write.connection())
    .await?;
    let (Some(next), Some(last)) = (rows.first(), rows.last()) else {
        return Ok(None);
    };
    let member = next.text("user_id")?;
    // Later than everybody else's, also where many come in at one moment.
    let given = write.now().0.max(last.int("given")?.saturating_add(1));
    sqlx::query("UPDATE queue_members SET last_given_at = $3 WHERE queue_id = $1 AND user_id = $2")
        .bind(queue.as_str())
        .bind(member.as_str())
        .bind(given)
        .execute(write.connection())
        .await?;
    Ok(Some(member))
}

/// The name of the queue in a row with [`queue_columns`].
pub(crate) fn queue_name(row: &AnyRow) -> Result<QueueName> {
    Ok(QueueName {
        id: row.id("queue_id")?,
        key: row.text("queue_key")?,
        name: row.text("queue_name")?,
        restricted: row.int("queue_restricted")? != 0,
    })
}

impl Store {
    /// The queues in use that the principal may see, in their order; everybody who works the desk;
    /// the business hours. The operator sees every queue, though not what is in a restricted one.
    /// `NotFound` unless the principal works the desk.
    pub async fn queues(&self, by: &Principal) -> Result<Queues> {
        desk_only(by)?;
        let hidden = if by.is_operator() {
            Vec::new()
        } else {
            self.hidden_queues(by).await?
        };
        let sql = format!(
            "SELECT {}, q.description, q.topics, q.languages, q.first_reply_minutes,
                    q.resolution_minutes, q.rotation,
                    (SELECT COUNT(*) FROM escalations e
                     WHERE e.queue_id = q.id AND e.state = 'open') AS open_now,
                    (SELECT COUNT(*) FROM escalations e
                     WHERE e.queue_id = q.id AND e.state = 'open' AND {BREACHED}) AS breached
             FROM queues q WHERE q.retired_at IS NULL ORDER BY q.position, q.id",
            queue_columns!()
        );
        let now = self.now();
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(now.0)
            .fetch_all(&self.pool)
            .await?;
        let mut members = self.members_of_queues().await?;
        let mut queues = Vec::new();
        for row in &rows {
            let name = queue_name(row)?;
            if hidden.iter().any(|id| id == name.id.as_str()) {
                continue;
            }
            queues.push(Queue {
                members: members.remove(&name.id).unwrap_or_default(),
                description: row.text("description")?,
                topics: row.json("topics")?,
                languages: row.json("languages")?,
                first_reply_minutes: row.maybe_number("first_reply_minutes")?,
                resolution_minutes: row.maybe_number("resolution_minutes")?,
                rotation: row.int("rotation")? != 0,
                open: row.number("open_now")?,
                breached: row.number("breached")?,
                name,
            });
        }
        let calendar = self.calendar();
        Ok(Queues {
            queues,
            people: self.people_at_the_desk().await?,
            hours: calendar.words(),
            holidays: calendar.holidays_from(calendar.day(now)),
        })
    }

    /// The keys of every queue in use, in order: what a rule may name.
    pub async fn queue_keys(&self) -> Result<Vec<String>> {
        let rows = sqlx::query("SELECT key FROM queues WHERE retired_at IS NULL ORDER BY key")
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(|row| row.text("key")).collect()
    }

    /// The queue with this key. `NotFound` when there is none, or the principal may not know of it.
    pub async fn queue_of_key(&self, by: &Principal, key: &str) -> Result<QueueId> {
        let queues = self.queues(by).await?.queues;
        let mut names = queues.into_iter().map(|queue| queue.name);
        let found = names.find(|name| name.key == key);
        Ok(found.ok_or(StoreError::NotFound)?.id)
    }

    /// The restricted queues that nobody active is a member of. Without any member everybody at the
    /// desk sees what is in one; with members that are gone nobody does.
    pub async fn unstaffed_queues(&self) -> Result<Vec<QueueName>> {
        let rows = sqlx::query(concat!(
            "SELECT ",
            queue_columns!(),
            " FROM queues q WHERE q.restricted = 1 AND q.retired_at IS NULL
              AND NOT EXISTS (SELECT 1 FROM queue_members m JOIN users u ON u.id = m.user_id
                              WHERE m.queue_id = q.id AND u.role = 'legal'
                                    AND u.disabled_at IS NULL)
              ORDER BY q.position, q.id"
        ))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(queue_name).collect()
    }

    async fn members_of_queues(&self) -> Result<HashMap<QueueId, Vec<QueueMember>>> {
        let rows = sqlx::query(concat!(
            "SELECT m.queue_id, m.user_id, ",
            person_name!(),
            " AS name, m.away FROM queue_members m JOIN users u ON u.id = m.user_id
              ORDER BY u.name, m.user_id"
        ))
        .fetch_all(&self.pool)
        .await?;
        let mut members: HashMap<QueueId, Vec<QueueMember>> = HashMap::new();
        for row in &rows {
            members
                .entry(row.id("queue_id")?)
                .or_default()
                .push(QueueMember {
                    person: person(row)?,
                    away: row.int("away")? != 0,
                });
        }
        Ok(members)
    }

    /// Everybody active who works the desk, by name.
    async fn people_at_the_desk(&self) -> Result<Vec<PersonName>> {
        let rows = sqlx::query(
            "SELECT id AS user_id, name FROM users WHERE role = 'legal' AND disabled_at IS NULL
             ORDER BY name, id",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(person).collect()
    }
}

fn person(row: &AnyRow) -> Result<PersonName> {
    let id: UserId = row.id("user_id")?;
    let name = row.text("name")?;
    Ok(PersonName { id, name })
}

/// Holds the turn of changing queues; `NotFound` unless the principal works the desk, the queue is
/// in use, and they may see what is in it. The operator may change every queue: somebody has to put
/// a member into one whose members are gone.
async fn hold(write: &mut Write, by: &Principal, id: &QueueId) -> Result<Placed> {
    desk_only(by)?;
    write.take_turn("queues").await?;
    let queue = placed(write, id).await?;
    if by.is_operator() || restricted::may_see(write.connection(), by, id.as_str()).await? {
        Ok(queue)
    } else {
        Err(StoreError::NotFound)
    }
}
