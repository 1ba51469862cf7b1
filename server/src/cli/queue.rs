//! `inhouse queue …`

use super::context::Context;
use super::{people, table};
use anyhow::bail;
use clap::{Args, Subcommand};
use inhouse_protocol::{Queue, QueueChange, QueueId, QueueMember};
use inhouse_store::{Principal, Store, StoreError};
use std::io::Write;

/// `inhouse queue …`
#[derive(Debug, Subcommand)]
pub enum QueueCommand {
    /// List the queues of the desk with their service levels and members
    List {
        /// Print JSON instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Add a queue; rules send to it by its key
    Add(AddArgs),
    /// Make people members of a queue, or take them out
    Member {
        /// The queue's key
        key: String,
        /// Their accounts' e-mails
        #[arg(required = true, value_name = "EMAIL")]
        people: Vec<String>,
        /// Take them out
        #[arg(long)]
        remove: bool,
    },
    /// Have the rotation of a queue pass members over, or count them in again
    Away {
        /// The queue's key
        key: String,
        /// Their accounts' e-mails
        #[arg(required = true, value_name = "EMAIL")]
        people: Vec<String>,
        /// They are back
        #[arg(long)]
        back: bool,
    },
}

/// `inhouse queue add …`
#[derive(Debug, Args)]
pub struct AddArgs {
    /// As rules name it: small letters, digits, hyphens
    key: String,
    /// As people read it; default: the key
    #[arg(long)]
    name: Option<String>,
    /// What goes there
    #[arg(long, default_value = "")]
    description: String,
    /// Only its members see what is in it: not admins, not the ticket tracker
    #[arg(long)]
    restricted: bool,
    /// A topic that goes there where the rule names no queue; may be repeated
    #[arg(long = "topic", value_name = "TOPIC")]
    topics: Vec<String>,
    /// A language that goes there where no topic decides, such as de; may be repeated
    #[arg(long = "language", value_name = "CODE")]
    languages: Vec<String>,
    /// Time to the first reply, in business hours
    #[arg(long, value_name = "HOURS", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    first_reply: Option<u32>,
    /// Time to the resolution, in business hours
    #[arg(long, value_name = "HOURS", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    resolution: Option<u32>,
    /// Give what comes in to the members in turn
    #[arg(long)]
    rotation: bool,
}

impl AddArgs {
    fn change(self) -> QueueChange {
        let minutes = |hours: u32| hours.saturating_mul(60);
        QueueChange {
            name: self.name.unwrap_or_else(|| self.key.clone()),
            key: self.key,
            description: self.description,
            restricted: self.restricted,
            topics: self.topics,
            languages: self.languages,
            first_reply_minutes: self.first_reply.map(minutes),
            resolution_minutes: self.resolution.map(minutes),
            rotation: self.rotation,
        }
    }
}

pub(super) async fn queue(command: QueueCommand, context: Context<'_>) -> anyhow::Result<()> {
    let store = context.store().await?;
    let by = context.principal(&store).await?;
    match command {
        QueueCommand::List { json } => list(&store, &by, json, context.out).await,
        QueueCommand::Add(new) => {
            let new = new.change();
            at_the_desk(store.create_queue(&by, &new).await)?;
            writeln!(context.out, "Added the queue {}.", new.key)?;
            if new.restricted {
                writeln!(
                    context.out,
                    "Everybody at the desk sees what is in it until it has members: inhouse queue \
                     member {} EMAIL",
                    new.key
                )?;
            }
            Ok(())
        }
        QueueCommand::Member {
            key,
            people,
            remove,
        } => members(&store, &by, &key, &people, remove, context.out).await,
        QueueCommand::Away { key, people, back } => {
            away(&store, &by, &key, &people, !back, context.out).await
        }
    }
}

async fn members(
    store: &Store,
    by: &Principal,
    key: &str,
    people: &[String],
    remove: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let queue = named(store, by, key).await?;
    for email in people {
        let person = people::find(store, email).await?;
        if remove {
            match store.remove_queue_member(by, &queue, &person.id).await {
                Err(StoreError::NotFound) => bail!("{} isn't in {key}", person.email),
                removed => removed?,
            }
            writeln!(out, "{} is not in {key} any more.", person.email)?;
        } else {
            store
                .set_queue_member(by, &queue, &person.id, false)
                .await?;
            writeln!(out, "{} is in {key}.", person.email)?;
        }
    }
    Ok(())
}

async fn away(
    store: &Store,
    by: &Principal,
    key: &str,
    people: &[String],
    away: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let queue = named(store, by, key).await?;
    let queues = store.queues(by).await?.queues;
    let members = queues.iter().find(|found| found.name.id == queue);
    let members = members
        .map(|queue| queue.members.as_slice())
        .unwrap_or_default();
    for email in people {
        let person = people::find(store, email).await?;
        // Being away must not make a member of somebody.
        if !members.iter().any(|member| member.person.id == person.id) {
            bail!("{} isn't in {key}", person.email);
        }
        store.set_queue_member(by, &queue, &person.id, away).await?;
        let now = if away { "away" } else { "back" };
        writeln!(out, "{} is {now}.", person.email)?;
    }
    Ok(())
}

async fn list(
    store: &Store,
    by: &Principal,
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let found = at_the_desk(store.queues(by).await)?;
    if json {
        serde_json::to_writer_pretty(&mut *out, &found)?;
        writeln!(out)?;
        return Ok(());
    }
    let rows: Vec<_> = found.queues.iter().map(row).collect();
    let headings = [
        "queue",
        "name",
        "seen by",
        "first reply",
        "resolution",
        "open",
        "late",
        "members",
    ];
    table::write(out, &headings, &rows)?;
    writeln!(out, "\nBusiness hours: {}", found.hours)?;
    Ok(())
}

fn row(queue: &Queue) -> Vec<String> {
    let members: Vec<_> = queue.members.iter().map(member).collect();
    let seen_by = match (queue.name.restricted, members.is_empty()) {
        (false, _) => "the desk",
        (true, false) => "its members",
        (true, true) => "the desk, until it has members",
    };
    vec![
        queue.name.key.clone(),
        queue.name.name.clone(),
        seen_by.to_owned(),
        hours(queue.first_reply_minutes),
        hours(queue.resolution_minutes),
        queue.open.to_string(),
        queue.breached.to_string(),
        members.join(", "),
    ]
}

fn member(member: &QueueMember) -> String {
    if member.away {
        format!("{} (away)", member.person.name)
    } else {
        member.person.name.clone()
    }
}

/// Minutes of business hours as people say them.
fn hours(minutes: Option<u32>) -> String {
    match minutes.map(|minutes| (minutes / 60, minutes % 60)) {
        None => "-".to_owned(),
        Some((0, minutes)) => format!("{minutes} min"),
        Some((hours, 0)) => format!("{hours} h"),
        Some((hours, minutes)) => format!("{hours} h {minutes} min"),
    }
}

async fn named(store: &Store, by: &Principal, key: &str) -> anyhow::Result<QueueId> {
    match store.queue_of_key(by, key).await {
        Err(StoreError::NotFound) => {
            bail!("there is no queue '{key}'; `inhouse queue list` shows all")
        }
        found => Ok(found?),
    }
}

/// The store doesn't say that there are queues to who doesn't work the desk.
fn at_the_desk<T>(result: Result<T, StoreError>) -> anyhow::Result<T> {
    match result {
        Err(StoreError::NotFound) => bail!("queues are for the people at the desk"),
        other => Ok(other?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(subcommand)]
        command: QueueCommand,
    }

    #[test]
    fn a_queue_is_described_in_hours_and_kept_in_minutes() {
        let line = "queue add hr --topic leave --topic pay --first-reply 8 --rotation";
        let parsed = Line::try_parse_from(line.split(' ')).unwrap();
        let QueueCommand::Add(new) = parsed.command else {
            panic!("another command");
        };
        let change = new.change();
        assert_eq!((change.key.as_str(), change.name.as_str()), ("hr", "hr"));
        assert_eq!(change.topics, ["leave", "pay"]);
        assert_eq!(change.first_reply_minutes, Some(480));
        assert_eq!(change.resolution_minutes, None);
        assert!(change.rotation && !change.restricted);
    }

    #[test]
    fn times_read_as_people_say_them() {
        assert_eq!(hours(None), "-");
        assert_eq!(hours(Some(45)), "45 min");
        assert_eq!(hours(Some(480)), "8 h");
        assert_eq!(hours(Some(90)), "1 h 30 min");
    }
}
