//! Rows of the log as their reader may see them: with names, with what is personal opened, and
//! without what belongs to sets that the reader is outside of, or lies in a queue that is
//! restricted to others.

use super::{ExportedRecord, LogRow};
use crate::access::{Principal, Scope};
use crate::audit::PURPOSE;
use crate::row::{Columns, placeholders};
use crate::{Result, Store};
use inhouse_protocol::{DocumentId, LogRecord, SetId};
use inhouse_record::Sealed;
use inhouse_record::export::{Line, Withheld};
use serde_json::Value;
use sqlx::AssertSqlSafe;
use std::collections::{HashMap, HashSet};

/// Ids of one `IN` list.
const AT_ONCE: usize = 500;

/// How the things of one kind are called now.
struct Names(HashMap<String, String>);

/// What a reader may see.
struct Reach<'a> {
    scope: &'a Scope,
    /// The subjects that lie in queues restricted to others.
    closed: HashSet<String>,
}

/// Why a record is withheld.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Closed {
    /// Of a document set or a document that the reader is outside of.
    Documents,
    /// Of what lies in a queue that is restricted to others.
    Queue,
}

/// The personal part of a record.
#[derive(Default)]
struct Personal {
    data: Value,
    erased: bool,
}

impl Store {
    /// What the reader, with their scope, is shown of these rows, in their order.
    pub(super) async fn shown(
        &self,
        by: &Principal,
        scope: &Scope,
        rows: Vec<LogRow>,
    ) -> Result<Vec<ExportedRecord>> {
        let closed = self.closed_subjects(by).await?;
        let reach = Reach { scope, closed };
        let names = self.names_of(&reach, &rows).await?;
        let mut shown = Vec::with_capacity(rows.len());
        for row in rows {
            shown.push(if let Some(closed) = reach.closed(&row) {
                withheld(row, closed)
            } else {
                let personal = self.personal_of(&row.sealed).await?;
                whole(scope, &names, row, personal)
            });
        }
        Ok(shown)
    }

    async fn personal_of(&self, sealed: &str) -> Result<Personal> {
        // What was tampered with shows as nothing here; the verification names it.
        let Ok(sealed) = serde_json::from_str::<Sealed>(sealed) else {
            return Ok(Personal::default());
        };
        let opened = self.open_sealed(&sealed.of, PURPOSE, &sealed.data).await;
        Ok(match opened {
            Ok(Some(bytes)) => Personal {
                data: serde_json::from_slice(&bytes).unwrap_or_default(),
                erased: false,
            },
            Ok(None) => Personal {
                data: Value::Null,
                erased: true,
            },
            Err(crate::StoreError::Seal(error)) => {
                tracing::warn!(%error, "a record's personal part can't be opened");
                Personal::default()
            }
            Err(error) => return Err(error),
        })
    }

    async fn names_of(&self, reach: &Reach<'_>, rows: &[LogRow]) -> Result<Names> {
        let named: HashSet<&str> = rows
            .iter()
            .filter(|row| reach.closed(row).is_none())
            .flat_map(|row| [row.actor.as_str(), row.subject.as_str()])
            .collect();
        let mut names = HashMap::new();
        for (kind, sql) in [
            (
                "user",
                "SELECT id, name FROM users WHERE erased_at IS NULL AND id IN",
            ),
            ("document", "SELECT id, name FROM documents WHERE id IN"),
            ("set", "SELECT id, name FROM document_sets WHERE id IN"),
            ("group", "SELECT id, name FROM access_groups WHERE id IN"),
            (
                "question_set",
                "SELECT id, name FROM question_sets WHERE id IN",
            ),
        ] {
            let prefix = format!("{kind}:");
            let ids: Vec<&str> = named
                .iter()
                .filter_map(|subject| subject.strip_prefix(&prefix))
                .collect();
            for ids in ids.chunks(AT_ONCE) {
                let sql = format!("{sql} ({})", placeholders(1, ids.len()));
                let mut query = sqlx::query(AssertSqlSafe(sql));
                for id in ids {
                    query = query.bind((*id).to_owned());
                }
                for row in query.fetch_all(&self.pool).await? {
                    names.insert(format!("{prefix}{}", row.text("id")?), row.text("name")?);
                }
            }
        }
        Ok(Names(names))
    }
}

impl Names {
    fn of(&self, subject: &str) -> Option<String> {
        self.0.get(subject).cloned()
    }
}

impl Reach<'_> {
    /// Why the row is withheld; none: it isn't.
    fn closed(&self, row: &LogRow) -> Option<Closed> {
        let hidden = |id: &str| {
            id.parse::<DocumentId>()
                .is_ok_and(|document| self.scope.hidden().contains(&document))
        };
        if row
            .set
            .as_ref()
            .is_some_and(|set| !self.scope.contains(set))
            || row.subject.strip_prefix("document:").is_some_and(hidden)
        {
            return Some(Closed::Documents);
        }
        self.closed.contains(&row.subject).then_some(Closed::Queue)
    }
}

fn withheld(row: LogRow, closed: Closed) -> ExportedRecord {
    let (action, subject) = match closed {
        Closed::Documents => (String::new(), String::new()),
        // That a report was handled may be followed; by whom, for whom and what it says may not.
        Closed::Queue => (row.action, row.subject),
    };
    ExportedRecord {
        record: LogRecord {
            seq: row.seq,
            at: row.at,
            withheld: true,
            actor: String::new(),
            actor_name: None,
            action: action.clone(),
            subject: subject.clone(),
            subject_name: None,
            detail: Value::Null,
            personal: Value::Null,
            erased: false,
            hash: row.hash.clone(),
        },
        line: Line {
            seq: row.seq,
            at: row.at.0,
            actor: String::new(),
            action,
            subject,
            detail: String::new(),
            sealed: String::new(),
            withheld: Some(Withheld::All),
            personal: None,
            previous: row.previous,
            hash: row.hash,
        },
    }
}

fn whole(scope: &Scope, names: &Names, row: LogRow, personal: Personal) -> ExportedRecord {
    let mut detail: Value = serde_json::from_str(&row.detail).unwrap_or_default();
    let part = hide_content(scope, &mut detail);
    ExportedRecord {
        line: Line {
            seq: row.seq,
            at: row.at.0,
            actor: row.actor.clone(),
            action: row.action.clone(),
            subject: row.subject.clone(),
            detail: if part { detail.to_string() } else { row.detail },
            sealed: row.sealed,
            withheld: part.then_some(Withheld::Part),
            personal: Some(personal.data.clone()).filter(|data| !data.is_null()),
            previous: row.previous,
            hash: row.hash.clone(),
        },
        record: LogRecord {
            seq: row.seq,
            at: row.at,
            withheld: false,
            actor_name: names.of(&row.actor),
            actor: row.actor,
            action: row.action,
            subject_name: names.of(&row.subject),
            subject: row.subject,
            detail,
            personal: personal.data,
            erased: personal.erased,
            hash: row.hash,
        },
    }
}

/// Takes the passages and the conflict out of a record that its reader may not know of; whether
/// there were any.
fn hide_content(scope: &Scope, detail: &mut Value) -> bool {
    let shows = |passage: &Value| {
        let set = passage["set"]
            .as_str()
            .and_then(|id| id.parse::<SetId>().ok());
        let document = passage["document"].as_str().and_then(|id| id.parse().ok());
        match (set, document) {
            (Some(set), Some(document)) => scope.shows(&set, &document),
            _ => scope.sets().is_none(),
        }
    };
    let mut hidden = false;
    if let Some(passages) = detail.get_mut("passages").and_then(Value::as_array_mut) {
        let before = passages.len();
        passages.retain(shows);
        hidden = passages.len() < before;
    }
    // One side of a conflict tells of the other.
    if let Some(conflict) = detail.get_mut("conflict")
        && let Some(sides) = conflict.as_array()
        && !sides.iter().all(shows)
    {
        *conflict = Value::Null;
        hidden = true;
    }
    hidden
}
