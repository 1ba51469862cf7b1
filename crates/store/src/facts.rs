//! What is known of a document over all its versions: jurisdiction, owner, review, tags, and which
//! other document it takes the place of.

use crate::access::Scope;
use crate::audit::Actor;
use crate::proposals::answered_of_all;
use crate::row::{Columns, clean, to_json};
use crate::validity::{LONGEST_CHAIN, settle, tell};
use crate::write::Write;
use crate::{Result, Store, StoreError};
use inhouse_protocol::{Day, DocumentFacts, DocumentId, Fact, PersonName, SetId, UserId};
use serde_json::json;
use sqlx::any::AnyRow;

/// Characters of a jurisdiction's name.
pub(crate) const JURISDICTION_LENGTH: usize = 120;
const MOST_TAGS: usize = 20;
const TAG_LENGTH: usize = 40;

/// Whether the person `u` is in the group `g.group_id`: listed there, or by their role.
macro_rules! in_group {
    () => {
        "(EXISTS (SELECT 1 FROM group_members m
                  WHERE m.group_id = g.group_id AND m.user_id = u.id)
          OR EXISTS (SELECT 1 FROM access_groups a
                     WHERE a.id = g.group_id AND a.role = u.role))"
    };
}

/// The active accounts that may see the document `$1`, as [`Store::scope`] judges it for each.
const MAY_SEE: &str = concat!(
    "SELECT u.id, u.name FROM users u CROSS JOIN documents d
     JOIN document_sets s ON s.id = d.set_id
     WHERE d.id = $1 AND u.disabled_at IS NULL AND (
         (u.role = 'admin' AND s.audience <> 'restricted')
         OR EXISTS (SELECT 1 FROM set_grants g
                    WHERE g.set_id = s.id AND g.access_right = 'manage' AND ",
    in_group!(),
    ")
         OR ((s.audience = 'everyone'
              OR EXISTS (SELECT 1 FROM set_grants g WHERE g.set_id = s.id AND ",
    in_group!(),
    "))
             AND (d.narrowed = 0
                  OR EXISTS (SELECT 1 FROM document_grants g WHERE g.document_id = d.id AND ",
    in_group!(),
    "))))
     ORDER BY u.name, u.id"
);

impl Store {
    /// Replaces what is known of a document. A jurisdiction or review date that is set also answers
    /// what was read of it from its versions; a change of what it takes the place of moves
    /// when both are in force.
    ///
    /// `NotFound` unless the scope manages the set. `Invalid` for what is too long, an owner who
    /// has no active account or may not see the document, or a document that isn't another one of
    /// the set. `Conflict` when another document takes that place already, or the two would take
    /// each other's.
    pub async fn set_facts(
        &self,
        by: &Actor,
        scope: &Scope,
        id: &DocumentId,
        facts: &DocumentFacts,
    ) -> Result<()> {
        let set = self.managed_set_of(scope, id).await?;
        let wanted = checked(facts)?;
        let owner_sees = match &wanted.owner {
            Some(owner) => self.sees(owner, &set, id).await?,
            None => true,
        };
        let mut write = self.write().await?;
        let was = hold_facts(&mut write, &set, id).await?;
        if was == wanted {
            return Ok(());
        }
        if wanted.owner != was.owner && !owner_sees {
            return Err(StoreError::Invalid(
                "The owner needs an active account that may see the document. Choose another."
                    .into(),
            ));
        }
        let moves = wanted.supersedes != was.supersedes;
        if let (true, Some(other)) = (moves, &wanted.supersedes) {
            check_superseded(&mut write, &set, id, other).await?;
        }
        store_facts(&mut write, id, &wanted).await?;
        answered_of_all(&mut write, id, &set_anew(&was, &wanted)).await?;
        if moves {
            // What it took the place of so far comes after what it takes the place of now.
            let mut documents = vec![id.clone()];
            documents.extend(was.supersedes.clone());
            let moved = settle(&mut write, &documents).await?;
            tell(&mut write, moved).await?;
        }
        let detail = json!({ "set": set, "facts": wanted, "was": was });
        write
            .commit(by, "document.facts", ("document", id.as_str()), detail)
            .await
    }

    /// Who could own a document: active accounts that may see it, by name. `NotFound` unless the
    /// scope manages its set.
    pub async fn possible_owners(&self, scope: &Scope, id: &DocumentId) -> Result<Vec<PersonName>> {
        self.managed_set_of(scope, id).await?;
        let rows = sqlx::query(MAY_SEE)
            .bind(id.as_str())
            .fetch_all(&self.pool)
            .await?;
        rows.iter()
            .map(|row| {
                Ok(PersonName {
                    id: row.id("id")?,
                    name: row.text("name")?,
                })
            })
            .collect()
    }

    /// Whether a person has an active account that may see the document.
    async fn sees(&self, person: &UserId, set: &SetId, document: &DocumentId) -> Result<bool> {
        let scope = self.scope_of(&Actor::User(person.clone())).await?;
        Ok(scope.shows(set, document))
    }
}

/// The columns `jurisdiction`, `owner_id`, `review_on`, `tags` and `supersedes`.
pub(crate) fn facts(row: &AnyRow) -> Result<DocumentFacts> {
    Ok(DocumentFacts {
        jurisdiction: row.text("jurisdiction")?,
        owner: row.maybe_id("owner_id")?,
        review_on: row.maybe_day("review_on")?,
        tags: row.json("tags")?,
        supersedes: row.maybe_id("supersedes")?,
    })
}

/// As they are stored: trimmed, each tag once.
fn checked(facts: &DocumentFacts) -> Result<DocumentFacts> {
    let jurisdiction = clean(facts.jurisdiction.trim()).into_owned();
    if jurisdiction.chars().count() > JURISDICTION_LENGTH {
        return Err(StoreError::Invalid(
            "A jurisdiction has up to 120 characters.".into(),
        ));
    }
    let mut tags: Vec<String> = Vec::new();
    for tag in &facts.tags {
        let tag = clean(tag.trim()).into_owned();
        if !tag.is_empty() && !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    if tags.len() > MOST_TAGS || tags.iter().any(|tag| tag.chars().count() > TAG_LENGTH) {
        return Err(StoreError::Invalid(
            "A document has up to 20 tags of up to 40 characters each.".into(),
        ));
    }
    Ok(DocumentFacts {
        jurisdiction,
        tags,
        ..facts.clone()
    })
}

/// The facts that were set to something else: a person's word on what the document says.
fn set_anew(was: &DocumentFacts, wanted: &DocumentFacts) -> Vec<Fact> {
    let mut facts = Vec::new();
    if wanted.review_on.is_some() && wanted.review_on != was.review_on {
        facts.push(Fact::ReviewOn);
    }
    if !wanted.jurisdiction.is_empty() && wanted.jurisdiction != was.jurisdiction {
        facts.push(Fact::Jurisdiction);
    }
    facts
}

/// Holds the set, so that no two documents of it begin to take each other's place at once, and the
/// document; gives what is known of it.
async fn hold_facts(write: &mut Write, set: &SetId, id: &DocumentId) -> Result<DocumentFacts> {
    let now = write.now().0;
    sqlx::query("UPDATE document_sets SET changed_at = $2 WHERE id = $1")
        .bind(set.as_str())
        .bind(now)
        .execute(write.connection())
        .await?;
    let row = sqlx::query(
        "UPDATE documents SET created_at = created_at WHERE id = $1 AND deleted_at IS NULL
         RETURNING jurisdiction, owner_id, review_on, tags, supersedes",
    )
    .bind(id.as_str())
    .fetch_optional(write.connection())
    .await?;
    let row = row.ok_or(StoreError::NotFound)?;
    facts(&row)
}

async fn store_facts(write: &mut Write, id: &DocumentId, facts: &DocumentFacts) -> Result<()> {
    sqlx::query(
        "UPDATE documents SET jurisdiction = $2, owner_id = $3, review_on = $4, tags = $5,
                supersedes = $6
         WHERE id = $1",
    )
    .bind(id.as_str())
    .bind(facts.jurisdiction.as_str())
    .bind(facts.owner.as_ref().map(UserId::as_str))
    .bind(facts.review_on.map(Day::number))
    .bind(to_json(&facts.tags)?)
    .bind(facts.supersedes.as_ref().map(DocumentId::as_str))
    .execute(write.connection())
    .await?;
    Ok(())
}

/// Refuses that `id` takes the place of `other` where that makes no sense. The set is held.
async fn check_superseded(
    write: &mut Write,
    set: &SetId,
    id: &DocumentId,
    other: &DocumentId,
) -> Result<()> {
    if other == id {
        return Err(StoreError::Invalid(
            "A document doesn't take its own place. Choose another.".into(),
        ));
    }
    let known: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM documents WHERE id = $1 AND set_id = $2 AND deleted_at IS NULL",
    )
    .bind(other.as_str())
    .bind(set.as_str())
    .fetch_one(write.connection())
    .await?;
    if known == 0 {
        return Err(StoreError::Invalid(
            "The document whose place this one takes isn't in the set any more. Choose again."
                .into(),
        ));
    }
    let taken: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM documents
         WHERE supersedes = $1 AND id <> $2 AND deleted_at IS NULL",
    )
    .bind(other.as_str())
    .bind(id.as_str())
    .fetch_one(write.connection())
    .await?;
    if taken > 0 {
        return Err(StoreError::conflict(
            "Another document takes the place of that one already.",
        ));
    }
    let mut next = Some(other.clone());
    for _ in 0..LONGEST_CHAIN {
        let Some(document) = next else { return Ok(()) };
        if document == *id {
            break;
        }
        let row = sqlx::query("SELECT supersedes FROM documents WHERE id = $1")
            .bind(document.as_str())
            .fetch_optional(write.connection())
            .await?;
        next = row.map_or(Ok(None), |row| row.maybe_id("supersedes"))?;
    }
    Err(StoreError::conflict(
        "That document takes the place of this one. Two can't take each other's.",
    ))
}
