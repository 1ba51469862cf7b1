//! Making, changing and retiring queues.

use super::{FALLBACK, Placed, hold};
use crate::access::Principal;
use crate::restricted::desk_only;
use crate::row::{clean, new_id, to_json};
use crate::write::Write;
use crate::{Result, Store, StoreError};
use inhouse_protocol::{QueueChange, QueueId};
use serde_json::{Value, json};

/// The most topics or languages of a queue.
const LISTED: usize = 50;
/// The longest service level: a year of minutes.
const MINUTES: u32 = 525_600;

impl Store {
    /// Makes a queue, as the last in order. `Conflict` when the key is taken, `Invalid` for a key,
    /// a name or a service level that can be none. Of a restricted one everybody at the desk sees
    /// what is in it until it has a member.
    pub async fn create_queue(&self, by: &Principal, new: &QueueChange) -> Result<QueueId> {
        desk_only(by)?;
        let new = Checked::of(new)?;
        let mut write = self.write().await?;
        write.take_turn("queues").await?;
        let id: QueueId = new_id()?;
        let last: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(position), 0) FROM queues")
            .fetch_one(write.connection())
            .await?;
        let now = write.now().0;
        sqlx::query(
            "INSERT INTO queues (id, key, name, description, restricted, topics, languages,
                                 rotation, position, created_at)
             VALUES ($1, $2, '', '', 0, '[]', '[]', 0, $3, $4)",
        )
        .bind(id.as_str())
        .bind(new.key.as_str())
        .bind(last + 1)
        .bind(now)
        .execute(write.connection())
        .await
        .map_err(|error| {
            StoreError::unique(error, "There is a queue with this key, in use or retired.")
        })?;
        new.store(&mut write, &id).await?;
        let subject = ("queue", id.as_str());
        write
            .commit(&by.actor(), "queue.create", subject, new.detail())
            .await?;
        Ok(id)
    }

    /// Changes a queue. What is in it keeps the times that it is due. `NotFound` unless the
    /// principal may see it; `Invalid` for another key; `Conflict` when it would be restricted
    /// though it takes what no other queue does, when it would be closed to the principal, and when
    /// it would be opened though something restricted is in it.
    pub async fn change_queue(
        &self,
        by: &Principal,
        id: &QueueId,
        change: &QueueChange,
    ) -> Result<()> {
        let change = Checked::of(change)?;
        let mut write = self.write().await?;
        let was = hold(&mut write, by, id).await?;
        if was.key != change.key {
            return Err(StoreError::Invalid(
                "A queue keeps its key, since rules name it.".into(),
            ));
        }
        check_restriction(&mut write, by, &was, &change).await?;
        change.store(&mut write, id).await?;
        let mut detail = change.detail();
        detail["was_restricted"] = was.restricted.into();
        write
            .commit(&by.actor(), "queue.change", ("queue", id.as_str()), detail)
            .await
    }

    /// Takes a queue out of use; what was in it stays, under its name. `NotFound` unless the
    /// principal may see it; `Conflict` for the queue that takes what no other does, and while
    /// something in it is not resolved.
    pub async fn retire_queue(&self, by: &Principal, id: &QueueId) -> Result<()> {
        let mut write = self.write().await?;
        let queue = hold(&mut write, by, id).await?;
        if queue.key == FALLBACK {
            return Err(StoreError::conflict(
                "This queue takes what no other one does: it can't be retired.",
            ));
        }
        let waiting: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM escalations WHERE queue_id = $1 AND state <> 'resolved'",
        )
        .bind(id.as_str())
        .fetch_one(write.connection())
        .await?;
        if waiting > 0 {
            return Err(StoreError::conflict(format!(
                "{waiting} in this queue are not resolved. Resolve them or move them to another \
                 queue first."
            )));
        }
        let now = write.now().0;
        sqlx::query("UPDATE queues SET retired_at = $2 WHERE id = $1")
            .bind(id.as_str())
            .bind(now)
            .execute(write.connection())
            .await?;
        let subject = ("queue", id.as_str());
        let detail = json!({ "key": queue.key });
        write
            .commit(&by.actor(), "queue.retire", subject, detail)
            .await
    }
}

async fn check_restriction(
    write: &mut Write,
    by: &Principal,
    was: &Placed,
    change: &Checked,
) -> Result<()> {
    if was.restricted == change.restricted {
        return Ok(());
    }
    if change.restricted && was.key == FALLBACK {
        return Err(StoreError::conflict(
            "This queue takes what no other one does: it can't be restricted.",
        ));
    }
    if !change.restricted {
        let held: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM escalations WHERE queue_id = $1")
            .bind(was.id.as_str())
            .fetch_one(write.connection())
            .await?;
        if held == 0 {
            return Ok(());
        }
        return Err(StoreError::conflict(
            "What is in this queue was told to its members only, so it stays restricted. Make \
             another queue for what everybody at the desk may see.",
        ));
    }
    let closed_to_them: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM queue_members m WHERE m.queue_id = $1
         AND NOT EXISTS (SELECT 1 FROM queue_members o WHERE o.queue_id = $1 AND o.user_id = $2)",
    )
    .bind(was.id.as_str())
    .bind(by.user_id().unwrap_or_default())
    .fetch_one(write.connection())
    .await?;
    if closed_to_them == 0 || by.is_operator() {
        return Ok(());
    }
    Err(StoreError::conflict(
        "You are no member of this queue, so it would be closed to you. Become a member first.",
    ))
}

/// A queue's settings that can be stored.
struct Checked {
    key: String,
    name: String,
    description: String,
    restricted: bool,
    topics: Vec<String>,
    languages: Vec<String>,
    first_reply_minutes: Option<u32>,
    resolution_minutes: Option<u32>,
    rotation: bool,
}

impl Checked {
    fn of(change: &QueueChange) -> Result<Self> {
        let key = change.key.trim();
        let in_key = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !(1..=40).contains(&key.len()) || !key.chars().all(in_key) {
            return Err(invalid(
                "A queue's key has up to 40 small letters, digits and hyphens.",
            ));
        }
        let name = clean(change.name.trim()).into_owned();
        if !(1..=60).contains(&name.chars().count()) {
            return Err(invalid("A queue's name has 1 to 60 characters."));
        }
        let description = clean(change.description.trim()).into_owned();
        if description.chars().count() > 500 {
            return Err(invalid("A queue's description has up to 500 characters."));
        }
        let topics = listed(&change.topics);
        if topics.len() > LISTED || topics.iter().any(|topic| topic.chars().count() > 80) {
            return Err(invalid(
                "A queue has up to 50 topics of up to 80 characters each.",
            ));
        }
        let languages = listed(&change.languages);
        let code = |text: &String| {
            (2..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase())
        };
        if languages.len() > LISTED || !languages.iter().all(code) {
            return Err(invalid(
                "A queue has up to 50 languages, each as a code such as de.",
            ));
        }
        let levels = [change.first_reply_minutes, change.resolution_minutes];
        if !levels
            .iter()
            .flatten()
            .all(|minutes| (1..=MINUTES).contains(minutes))
        {
            return Err(invalid(
                "A service level is at least a minute and at most a year of business hours.",
            ));
        }
        Ok(Self {
            key: key.to_owned(),
            name,
            description,
            restricted: change.restricted,
            topics,
            languages,
            first_reply_minutes: change.first_reply_minutes,
            resolution_minutes: change.resolution_minutes,
            rotation: change.rotation,
        })
    }

    async fn store(&self, write: &mut Write, id: &QueueId) -> Result<()> {
        sqlx::query(
            "UPDATE queues SET name = $2, description = $3, restricted = $4, topics = $5,
                    languages = $6, first_reply_minutes = $7,
                    resolution_minutes = $8, rotation = $9
             WHERE id = $1",
        )
        .bind(id.as_str())
        .bind(self.name.as_str())
        .bind(self.description.as_str())
        .bind(i64::from(self.restricted))
        .bind(to_json(&self.topics)?)
        .bind(to_json(&self.languages)?)
        .bind(self.first_reply_minutes.map(i64::from))
        .bind(self.resolution_minutes.map(i64::from))
        .bind(i64::from(self.rotation))
        .execute(write.connection())
        .await?;
        Ok(())
    }

    /// What the record holds of it.
    fn detail(&self) -> Value {
        json!({
            "key": self.key,
            "restricted": self.restricted,
            "topics": self.topics,
            "languages": self.languages,
            "first_reply_minutes": self.first_reply_minutes,
            "resolution_minutes": self.resolution_minutes,
            "rotation": self.rotation,
        })
    }
}

/// Without blanks around, empty ones and what stands twice, in the order given.
fn listed(values: &[String]) -> Vec<String> {
    let mut listed: Vec<String> = Vec::new();
    for value in values {
        let value = clean(value.trim());
        if !value.is_empty() && listed.iter().all(|known| *known != value) {
            listed.push(value.into_owned());
        }
    }
    listed
}

fn invalid(what: &str) -> StoreError {
    StoreError::Invalid(what.to_owned())
}
