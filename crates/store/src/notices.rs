//! Notices: what a person is told in the interface, and by mail where that is set up.
//!
//! A notice says what happened to what; the words of a question are looked up when it is read, as
//! far as its reader may see them then. It is told within the change that it is about, and its mail
//! is a job of the queue.

mod due;
mod mail;

use crate::access::{Principal, Scope};
use crate::item::Item;
use crate::jobs::{NewJob, enqueue, take_back};
use crate::row::{Columns, new_id, placeholders, to_json};
use crate::users::{lock_user, not_erased};
use crate::write::Write;
use crate::{Actor, Result, Store, clocks};
use inhouse_protocol::{Notice, NoticeId, NoticeKind, NoticeSubject, Notices, ReadNotices, UserId};
pub use mail::{Mail, MailContent};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

/// The kind of a job whose payload is a [`MailJob`].
pub const MAIL: &str = "mail";

/// The notice that is to be mailed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailJob {
    pub notice: NoticeId,
}

/// Notices that are listed, and counted, at most.
const LISTED: u32 = 100;

/// How much of a question stands in a notice, in characters.
const TITLE: usize = 160;

/// What a notice is read from; `$1` is the person.
macro_rules! select_notices {
    ($rest:literal) => {
        concat!(
            "SELECT n.id, n.kind, n.subject_kind, n.subject_id, n.at, n.read_at, n.mailed_at,
                    e.user_id AS asker_id, e.queue_id, q.restricted,
                    COALESCE(e.subject, r.question) AS question, v.number AS version,
                    a.question AS approved, d.id AS document_id, d.set_id, w.title, d.name
             FROM notices n
             LEFT JOIN escalations e ON n.subject_kind = 'escalation' AND e.id = n.subject_id
             LEFT JOIN runs r ON r.id = e.run_id
             LEFT JOIN queues q ON q.id = e.queue_id
             LEFT JOIN rule_versions v ON n.subject_kind = 'rule_version' AND v.id = n.subject_id
             LEFT JOIN approved_answers a
                 ON n.subject_kind = 'approved_answer' AND a.id = n.subject_id
             LEFT JOIN documents d ON n.subject_kind = 'document' AND d.id = n.subject_id
                 AND d.deleted_at IS NULL
             LEFT JOIN versions w ON w.id = d.newest_version
             WHERE n.user_id = $1 ",
            $rest
        )
    };
}
use select_notices;

/// Tells people something about a subject, within a change. What one of them has not read yet is
/// told anew in its place; who is disabled is told nothing.
pub(crate) async fn tell(
    write: &mut Write,
    users: &[&str],
    kind: &str,
    subject: (&str, &str),
) -> Result<()> {
    for user in users {
        let row = sqlx::query("SELECT no_mail FROM users WHERE id = $1 AND disabled_at IS NULL")
            .bind(*user)
            .fetch_optional(write.connection())
            .await?;
        let Some(row) = row else { continue };
        tell_one(write, user, kind, subject, row.int("no_mail")? == 0).await?;
    }
    Ok(())
}

/// [`tell`] for everybody of the legal team but whoever does it.
pub(crate) async fn tell_team(
    write: &mut Write,
    by: &Principal,
    kind: &str,
    subject: (&str, &str),
) -> Result<()> {
    let rows = sqlx::query(
        "SELECT id FROM users WHERE role = 'legal' AND disabled_at IS NULL AND id <> $1
         ORDER BY id",
    )
    .bind(by.user_id().unwrap_or_default())
    .fetch_all(write.connection())
    .await?;
    let team: Vec<String> = rows
        .iter()
        .map(|row| row.text("id"))
        .collect::<Result<_>>()?;
    let team: Vec<&str> = team.iter().map(String::as_str).collect();
    tell(write, &team, kind, subject).await
}

async fn tell_one(
    write: &mut Write,
    user: &str,
    kind: &str,
    (subject_kind, subject): (&str, &str),
    by_mail: bool,
) -> Result<()> {
    let unread = sqlx::query(
        "DELETE FROM notices
         WHERE user_id = $1 AND kind = $2 AND subject_kind = $3 AND subject_id = $4
               AND read_at IS NULL
         RETURNING id",
    )
    .bind(user)
    .bind(kind)
    .bind(subject_kind)
    .bind(subject)
    .fetch_all(write.connection())
    .await?;
    for row in unread {
        take_back(write, MAIL, &row.text("id")?).await?;
    }
    let id: NoticeId = new_id()?;
    let now = write.now().0;
    sqlx::query(
        "INSERT INTO notices (id, user_id, kind, subject_kind, subject_id, at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(id.as_str())
    .bind(user)
    .bind(kind)
    .bind(subject_kind)
    .bind(subject)
    .bind(now)
    .execute(write.connection())
    .await?;
    // What one put aside oneself comes back in the list: no mail for that.
    if !by_mail || kind == NoticeKind::Woken.as_str() {
        return Ok(());
    }
    let job = NewJob {
        kind: MAIL,
        subject: id.as_str(),
        payload: to_json(&MailJob { notice: id.clone() })?,
        dedupe: None,
        priority: 0,
    };
    enqueue(write, job).await
}

impl Store {
    /// What the principal was told, the newest first; nothing about what they may not see any
    /// more. The operator is told nothing.
    pub async fn notices(&self, of: &Principal) -> Result<Notices> {
        let all = self
            .shown_notices(
                of,
                select_notices!("ORDER BY n.at DESC, n.id DESC LIMIT $2"),
            )
            .await?;
        Ok(Notices {
            unread: self.unread_notices(of).await?,
            notices: all,
        })
    }

    /// How many of them the principal has not read; at most 100.
    pub async fn unread_notices(&self, of: &Principal) -> Result<u64> {
        let unread = self
            .shown_notices(
                of,
                select_notices!("AND n.read_at IS NULL ORDER BY n.at DESC, n.id DESC LIMIT $2"),
            )
            .await?;
        Ok(unread.len() as u64)
    }

    async fn shown_notices(&self, of: &Principal, sql: &'static str) -> Result<Vec<Notice>> {
        let Some(user) = of.user_id() else {
            return Ok(Vec::new());
        };
        let rows = sqlx::query(sql)
            .bind(user)
            .bind(i64::from(LISTED))
            .fetch_all(&self.pool)
            .await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let reader = self.reader(of, &rows).await?;
        let shown = rows.iter().filter_map(|row| reader.show(row).transpose());
        shown.collect()
    }

    /// What has to be known of a reader of these rows.
    async fn reader<'a>(&self, of: &'a Principal, rows: &[AnyRow]) -> Result<Reader<'a>> {
        let mut documents = false;
        for row in rows {
            documents |= row.maybe_text("document_id")?.is_some();
        }
        Ok(Reader {
            of,
            hidden: self.hidden_queues(of).await?,
            scope: if documents {
                Some(self.scope(of).await?)
            } else {
                None
            },
        })
    }

    /// The principal has seen them. Nothing is recorded: it changes nothing for anybody else.
    pub async fn read_notices(&self, by: &Principal, read: &ReadNotices) -> Result<()> {
        let Some(user) = by.user_id() else {
            return Ok(());
        };
        let (which, values) = match &read.about {
            Some(about) => ("subject_id", vec![about.as_str()]),
            None => ("id", read.ids.iter().map(NoticeId::as_str).collect()),
        };
        let mut sql =
            "UPDATE notices SET read_at = $2 WHERE user_id = $1 AND read_at IS NULL".to_owned();
        if !values.is_empty() {
            sql = format!("{sql} AND {which} IN ({})", placeholders(3, values.len()));
        }
        let mut write = self.write().await?;
        let now = write.now().0;
        let mut query = sqlx::query(AssertSqlSafe(sql)).bind(user).bind(now);
        for value in values {
            query = query.bind(value.to_owned());
        }
        query.execute(write.connection()).await?;
        write.commit_unrecorded().await
    }

    /// Whether the person wants to be told by mail too.
    pub async fn takes_mail(&self, id: &UserId) -> Result<bool> {
        let no_mail: Option<i64> = sqlx::query_scalar("SELECT no_mail FROM users WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await?;
        Ok(no_mail == Some(0))
    }

    /// Keeps whether the person wants to be told by mail too. `NotFound` when there is no such
    /// account.
    pub async fn set_mail(&self, id: &UserId, mail: bool) -> Result<()> {
        let mut write = self.write().await?;
        let user = lock_user(&mut write, id).await?;
        not_erased(&user)?;
        sqlx::query("UPDATE users SET no_mail = $2 WHERE id = $1")
            .bind(id.as_str())
            .bind(i64::from(!mail))
            .execute(write.connection())
            .await?;
        let (by, subject) = (Actor::User(id.clone()), ("user", id.as_str()));
        write
            .commit(&by, "mail.choice", subject, json!({ "mail": mail }))
            .await
    }
}

/// Who reads notices, and what they may see now.
struct Reader<'a> {
    of: &'a Principal,
    hidden: Vec<String>,
    /// None where no notice is about a document.
    scope: Option<Scope>,
}

impl Reader<'_> {
    /// A row as a notice; none where what it is about is gone, or not for this reader any more.
    fn show(&self, row: &AnyRow) -> Result<Option<Notice>> {
        let kind: NoticeKind = row.name("kind")?;
        let subject: NoticeSubject = row.name("subject_kind")?;
        let title = match subject {
            NoticeSubject::Escalation => self.question(row, kind)?,
            NoticeSubject::ApprovedAnswer => self.of_the_team(row.maybe_text("approved")?),
            NoticeSubject::RuleVersion => {
                let number = row.maybe_int("version")?;
                self.of_the_team(number.map(|number| number.to_string()))
            }
            NoticeSubject::Document => self.document(row)?,
            NoticeSubject::Other => None,
        };
        let Some(title) = title else {
            return Ok(None);
        };
        Ok(Some(Notice {
            id: row.id("id")?,
            kind,
            subject,
            about: row.text("subject_id")?,
            set: row.maybe_id("set_id")?,
            title: shortened(&title),
            at: row.time("at")?,
            read: row.maybe_time("read_at")?.is_some(),
        }))
    }

    fn question(&self, row: &AnyRow, kind: NoticeKind) -> Result<Option<String>> {
        let Some(queue) = row.maybe_text("queue_id")? else {
            return Ok(None);
        };
        let may_see = if kind.is_for_the_asker() {
            row.maybe_text("asker_id")?.as_deref() == self.of.user_id()
        } else {
            self.of.works_the_desk() && !self.hidden.contains(&queue)
        };
        Ok(row.maybe_text("question")?.filter(|_| may_see))
    }

    fn of_the_team(&self, title: Option<String>) -> Option<String> {
        title.filter(|_| self.of.works_the_desk())
    }

    fn document(&self, row: &AnyRow) -> Result<Option<String>> {
        let (Some(document), Some(scope)) = (row.maybe_id("document_id")?, &self.scope) else {
            return Ok(None);
        };
        if !scope.shows(&row.id("set_id")?, &document) {
            return Ok(None);
        }
        let title = row.maybe_text("title")?.filter(|title| !title.is_empty());
        match title {
            Some(title) => Ok(Some(title)),
            None => row.maybe_text("name"),
        }
    }
}

/// On one line, and not too long.
fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= TITLE {
        return line;
    }
    let cut: String = line.chars().take(TITLE - 1).collect();
    format!("{}…", cut.trim_end())
}

/// Whether somebody who works the desk has to be told of an escalation that the asker changed:
/// whoever has it, else the members of its queue, else everybody at the desk who may see it.
pub(crate) async fn tell_watchers(
    write: &mut Write,
    by: &Principal,
    item: &Item,
    kind: &str,
) -> Result<()> {
    let people = clocks::watchers(write, item.queue.as_str(), item.assignee.as_deref()).await?;
    let people: Vec<&str> = people
        .iter()
        .map(String::as_str)
        .filter(|person| by.user_id() != Some(*person))
        .collect();
    tell(write, &people, kind, ("escalation", item.id.as_str())).await
}

/// Removes what people were told of escalations that are removed.
pub(crate) const OF_ESCALATIONS: &str =
    "DELETE FROM notices WHERE subject_kind = 'escalation' AND subject_id";
