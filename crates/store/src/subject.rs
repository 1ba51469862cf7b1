//! Everything that is held on a person, for themselves (GDPR 15 and 20).
//!
//! What others have a right to stays out (GDPR 15(4)): the content of documents that the person, or
//! whoever makes the export, may not see now; secrets; other people's questions. What lies in a
//! restricted queue is only in the export that the person makes, or somebody who may see it.

mod parts;
mod questions;

use crate::access::{Principal, Scope};
use crate::audit::{Actor, PURPOSE};
use crate::row::Columns;
use crate::users::{User, not_erased};
use crate::{Result, Store, sign_in};
use inhouse_protocol::{DocumentId, SetId, Timestamp, UserId};
use inhouse_record::Sealed;
use serde::Serialize;
use serde_json::{Map, Value, json};
use sqlx::any::AnyRow;
use std::collections::HashSet;

/// Records of the log that are read at a time.
const RECORDS_AT_ONCE: i64 = 1_000;

/// Everything that is held on a person.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SubjectExport {
    pub person: UserId,
    pub made_at: Timestamp,
    pub sections: Vec<SubjectSection>,
}

/// One kind of data.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SubjectSection {
    /// Its name for programs.
    pub name: &'static str,
    pub title: &'static str,
    /// What it is held for.
    pub purpose: &'static str,
    /// JSON objects; a time is in milliseconds since 1970, its name `at` or with `_at` at the end.
    pub entries: Vec<Value>,
}

/// Whose data, for whom: content of documents is shown as far as all these may see it now.
struct Readers {
    person: User,
    own: bool,
    scopes: Vec<Scope>,
    /// The subjects in restricted queues that whoever makes the export may not see; the person
    /// sees what is theirs.
    closed: HashSet<String>,
}

impl Readers {
    fn show_document(&self, set: &SetId, document: &DocumentId) -> bool {
        self.scopes.iter().all(|scope| scope.shows(set, document))
    }

    /// Whether a row of a part is of something closed, as its column `closed_with` names it.
    fn closes(&self, row: &AnyRow) -> bool {
        let subject = row.maybe_text("closed_with").ok().flatten();
        subject.is_some_and(|subject| self.closed.contains(&subject))
    }

    fn show_set(&self, set: Option<&SetId>) -> bool {
        set.is_none_or(|set| self.scopes.iter().all(|scope| scope.contains(set)))
    }
}

impl Store {
    /// Everything that is held on a person, as `by` may hand it out; recorded. Who may ask for
    /// whose is the caller's to judge. `NotFound` when there is no such account, `Conflict` when
    /// the person was erased: nothing is left.
    pub async fn export_person(&self, by: &Principal, person: &UserId) -> Result<SubjectExport> {
        let person = self.user(person).await?;
        not_erased(&person)?;
        let subject = Actor::User(person.id.clone());
        let own = by.actor() == subject;
        let mut scopes = vec![self.scope_of(&subject).await?];
        let mut closed = HashSet::new();
        if !own {
            scopes.push(self.scope(by).await?);
            closed = self.closed_subjects(by).await?;
        }
        let readers = Readers {
            person,
            own,
            scopes,
            closed,
        };
        let mut sections = self.export_parts(&readers).await?;
        sections.push(self.export_failures(&readers).await?);
        sections.extend(self.export_questions(&readers).await?);
        sections.push(self.export_documents(&readers).await?);
        sections.push(self.export_owned(&readers).await?);
        sections.push(self.export_records(&readers).await?);
        let export = SubjectExport {
            person: readers.person.id,
            made_at: self.now(),
            sections,
        };
        let counts: Map<String, Value> = export
            .sections
            .iter()
            .map(|section| (section.name.to_owned(), section.entries.len().into()))
            .collect();
        let about = ("user", export.person.as_str());
        self.write()
            .await?
            .commit(
                &by.actor(),
                "subject.export",
                about,
                json!({ "entries": counts }),
            )
            .await?;
        Ok(export)
    }

    async fn export_parts(&self, readers: &Readers) -> Result<Vec<SubjectSection>> {
        let mut sections = Vec::new();
        for part in parts::PARTS {
            if part.handed_out_by_others_only && readers.own {
                continue;
            }
            let rows = sqlx::query(part.sql)
                .bind(readers.person.id.as_str())
                .fetch_all(&self.pool)
                .await?;
            let shown = rows.iter().filter(|row| !readers.closes(row));
            let entries = shown.map(|row| parts::entry(row, part.columns));
            sections.push(SubjectSection {
                name: part.name,
                title: part.title,
                purpose: part.purpose,
                entries: entries.collect::<Result<_>>()?,
            });
        }
        Ok(sections)
    }

    async fn export_failures(&self, readers: &Readers) -> Result<SubjectSection> {
        let rows = sqlx::query("SELECT failures, last_at FROM sign_in_failures WHERE origin = $1")
            .bind(sign_in::account_origin(&readers.person.email))
            .fetch_all(&self.pool)
            .await?;
        let entries = rows.iter().map(|row| {
            Ok(json!({ "failures": row.int("failures")?, "last_at": row.int("last_at")? }))
        });
        Ok(SubjectSection {
            name: "failed_sign_ins",
            title: "Failed sign-ins that are counted",
            purpose: "Slowing down who guesses passwords.",
            entries: entries.collect::<Result<_>>()?,
        })
    }

    async fn export_documents(&self, readers: &Readers) -> Result<SubjectSection> {
        let rows = sqlx::query(
            "SELECT d.id, d.set_id, d.name, v.number, v.added_at
             FROM versions v JOIN documents d ON d.id = v.document_id
             WHERE v.added_by = $1 ORDER BY v.added_at, v.id",
        )
        .bind(Actor::User(readers.person.id.clone()).to_string())
        .fetch_all(&self.pool)
        .await?;
        let mut entries = Vec::new();
        for row in &rows {
            let shown = readers.show_document(&row.id("set_id")?, &row.id("id")?);
            entries.push(json!({
                "document": if shown { Value::from(row.text("name")?) } else { Value::Null },
                "version": row.int("number")?,
                "added_at": row.int("added_at")?,
            }));
        }
        Ok(SubjectSection {
            name: "documents_added",
            title: "Versions of documents that you added",
            purpose: "Proof of where a document came from. Without a name: you may not see the \
                      document now.",
            entries,
        })
    }

    async fn export_owned(&self, readers: &Readers) -> Result<SubjectSection> {
        let rows = sqlx::query(
            "SELECT id, set_id, name, review_on FROM documents
             WHERE owner_id = $1 AND deleted_at IS NULL ORDER BY id",
        )
        .bind(readers.person.id.as_str())
        .fetch_all(&self.pool)
        .await?;
        let mut entries = Vec::new();
        for row in &rows {
            let shown = readers.show_document(&row.id("set_id")?, &row.id("id")?);
            entries.push(json!({
                "document": if shown { Value::from(row.text("name")?) } else { Value::Null },
                "review_on": row.maybe_day("review_on")?,
            }));
        }
        Ok(SubjectSection {
            name: "documents_owned",
            title: "Documents that you own",
            purpose: "Knowing who sees to a document, and telling them when its review is due. \
                      Without a name: you may not see the document now.",
            entries,
        })
    }

    async fn export_records(&self, readers: &Readers) -> Result<SubjectSection> {
        let id = readers.person.id.as_str();
        let mut entries = Vec::new();
        let mut seq = 0;
        loop {
            let rows = sqlx::query(
                "SELECT seq, at, actor, action, subject, detail, sealed, set_id FROM audit
                 WHERE seq > $1 AND (actor = 'user:' || $2 OR subject = 'user:' || $2
                                     OR sealed LIKE '{\"for\":\"' || $2 || '\"%')
                 ORDER BY seq LIMIT $3",
            )
            .bind(seq)
            .bind(id)
            .bind(RECORDS_AT_ONCE)
            .fetch_all(&self.pool)
            .await?;
            let Some(last) = rows.last() else { break };
            seq = last.int("seq")?;
            for row in &rows {
                entries.extend(self.export_record(readers, row).await?);
            }
        }
        Ok(SubjectSection {
            name: "records",
            title: "Records of the log by you or about you",
            purpose: "Proof of what was done, by whom and when (AI Act 12 and 26(6), GDPR 5(2)).",
            entries,
        })
    }

    /// A record as the person may read it; none for one that is about a legal hold on themselves,
    /// and where somebody else makes the export for one of what is closed to them.
    async fn export_record(&self, readers: &Readers, row: &AnyRow) -> Result<Option<Value>> {
        let person = Actor::User(readers.person.id.clone()).to_string();
        let (actor, action) = (row.text("actor")?, row.text("action")?);
        if readers.closed.contains(&row.text("subject")?) {
            return Ok(None);
        }
        let by_person = actor == person;
        if action.starts_with("hold.") && readers.own && !by_person {
            return Ok(None);
        }
        let mut entry = json!({
            "number": row.int("seq")?,
            "at": row.int("at")?,
            "by": match actor.as_str() {
                _ if by_person => "you",
                "operator" => "the operator",
                "system" => "the system",
                _ => "another person",
            },
            "action": action.as_str(),
        });
        let set: Option<SetId> = row.maybe_id("set_id")?;
        if !readers.show_set(set.as_ref()) {
            entry["withheld"] = true.into();
            return Ok(Some(entry));
        }
        entry["about"] = row.text("subject")?.into();
        // What somebody else's record says in the open may be about somebody else too.
        if by_person || row.text("subject")? == person {
            entry["detail"] = row.json("detail")?;
        }
        // What the desk noted among themselves is not for the asker's own export; see `questions`.
        let noted = readers.own && !by_person && action == "escalation.note";
        if !noted {
            entry["personal"] = self.export_personal(readers, &row.text("sealed")?).await?;
        }
        Ok(Some(entry))
    }

    /// The sealed part of a record, where it is sealed for this person.
    async fn export_personal(&self, readers: &Readers, sealed: &str) -> Result<Value> {
        let id = readers.person.id.as_str();
        let Ok(sealed) = serde_json::from_str::<Sealed>(sealed) else {
            return Ok(Value::Null);
        };
        if sealed.of != id {
            return Ok(Value::Null);
        }
        let opened = self.open_sealed(id, PURPOSE, &sealed.data).await?;
        Ok(opened
            .and_then(|text| serde_json::from_slice(&text).ok())
            .unwrap_or_default())
    }
}
