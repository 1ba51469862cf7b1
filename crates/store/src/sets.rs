//! Document sets: making them, who sees and manages them, and what each reader is told of them.

use crate::access::Scope;
use crate::audit::Actor;
use crate::groups;
use crate::row::{Columns, clean, new_id};
use crate::write::Write;
use crate::{Result, Store, StoreError};
use inhouse_protocol::{
    Audience, DocumentSet, GrantChange, GroupId, NewDocumentSet, Right, SetAccess, SetGrant, SetId,
};
use serde_json::json;
use sqlx::any::AnyRow;

/// Narrowed documents are counted apart: not every reader of the set may know of them.
const SETS: &str = "
    SELECT s.id, s.name, s.description, s.audience, s.created_at,
           COUNT(d.id) AS documents,
           COUNT(CASE WHEN v.state IN ('queued', 'reading', 'embedding') THEN 1 END) AS in_progress,
           COUNT(CASE WHEN v.state = 'failed' THEN 1 END) AS failed
    FROM document_sets s
    LEFT JOIN documents d ON d.set_id = s.id AND d.deleted_at IS NULL AND d.narrowed = 0
    LEFT JOIN versions v ON v.id = d.newest_version
    GROUP BY s.id, s.name, s.description, s.audience, s.created_at
    ORDER BY s.name";

const NARROWED: &str = "
    SELECT d.id, d.set_id, v.state FROM documents d
    JOIN versions v ON v.id = d.newest_version
    WHERE d.narrowed = 1 AND d.deleted_at IS NULL";

impl Store {
    /// Makes a set, and gives it as whoever made it sees it: somebody who makes a restricted set
    /// without being in a group of it doesn't find it again. `Conflict` when the name is taken,
    /// whatever its case and whoever may see that set; `Invalid` for rights that make no sense.
    pub async fn create_set(&self, by: &Actor, new: &NewDocumentSet) -> Result<DocumentSet> {
        let name = clean(new.name.trim()).into_owned();
        if !(1..=120).contains(&name.chars().count()) {
            return Err(StoreError::Invalid(
                "A set's name has 1 to 120 characters.".into(),
            ));
        }
        let mut write = self.write().await?;
        check_grants(&mut write, new.audience, &new.grants).await?;
        let set = DocumentSet {
            id: new_id()?,
            name,
            description: clean(new.description.trim()).into_owned(),
            audience: new.audience,
            manages: false,
            grants: Vec::new(),
            documents: 0,
            in_progress: 0,
            failed: 0,
            created_at: write.now(),
        };
        sqlx::query(
            "INSERT INTO document_sets
                 (id, name, name_key, description, audience, changed_at, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $6)",
        )
        .bind(set.id.as_str())
        .bind(set.name.as_str())
        .bind(set.name.to_lowercase())
        .bind(set.description.as_str())
        .bind(set.audience.as_str())
        .bind(set.created_at.0)
        .execute(write.connection())
        .await
        .map_err(|error| StoreError::unique(error, groups::NAME_TAKEN))?;
        insert_grants(&mut write, &set.id, &new.grants).await?;
        let detail = json!({
            "name": set.name, "audience": set.audience, "grants": new.grants,
        });
        write
            .commit(by, "set.create", ("set", set.id.as_str()), detail)
            .await?;
        match self.set(&self.scope_of(by).await?, &set.id).await {
            Err(StoreError::NotFound) => Ok(set),
            seen => seen,
        }
    }

    /// Replaces who may see and manage a set, from the next request on. `NotFound` unless the
    /// scope manages it; `Invalid` for rights that make no sense, such as a restricted set that
    /// no group manages.
    pub async fn set_access(
        &self,
        by: &Actor,
        scope: &Scope,
        id: &SetId,
        access: &SetAccess,
    ) -> Result<()> {
        if !scope.manages(id) {
            return Err(StoreError::NotFound);
        }
        let mut write = self.write().await?;
        check_grants(&mut write, access.audience, &access.grants).await?;
        let was = lock_access(&mut write, id).await?;
        let mut wanted = access.clone();
        wanted.grants.sort_unstable_by(|a, b| a.group.cmp(&b.group));
        if was == wanted {
            return Ok(());
        }
        sqlx::query("UPDATE document_sets SET audience = $2 WHERE id = $1")
            .bind(id.as_str())
            .bind(wanted.audience.as_str())
            .execute(write.connection())
            .await?;
        sqlx::query("DELETE FROM set_grants WHERE set_id = $1")
            .bind(id.as_str())
            .execute(write.connection())
            .await?;
        insert_grants(&mut write, id, &wanted.grants).await?;
        let detail = json!({
            "audience": wanted.audience, "grants": wanted.grants,
            "was_audience": was.audience, "was_grants": was.grants,
        });
        write
            .commit(by, "set.access", ("set", id.as_str()), detail)
            .await
    }

    /// The sets in the scope, by name. Counted is what the scope shows of them; the rights on a
    /// set are told to those who manage it.
    pub async fn sets(&self, scope: &Scope) -> Result<Vec<DocumentSet>> {
        let rows = sqlx::query(SETS).fetch_all(&self.pool).await?;
        let mut sets = rows
            .iter()
            .map(|row| set(row, scope))
            .collect::<Result<Vec<_>>>()?;
        sets.retain(|set| scope.contains(&set.id));
        self.count_narrowed(scope, &mut sets).await?;
        self.add_grants(&mut sets).await?;
        Ok(sets)
    }

    /// One set. `NotFound` outside the scope.
    pub async fn set(&self, scope: &Scope, id: &SetId) -> Result<DocumentSet> {
        let sets = self.sets(scope).await?;
        sets.into_iter()
            .find(|set| set.id == *id)
            .ok_or(StoreError::NotFound)
    }

    /// The set of a name, whatever its case. None outside the scope.
    pub async fn set_by_name(&self, scope: &Scope, name: &str) -> Result<Option<DocumentSet>> {
        let key = name.trim().to_lowercase();
        let sets = self.sets(scope).await?;
        Ok(sets.into_iter().find(|set| set.name.to_lowercase() == key))
    }

    async fn count_narrowed(&self, scope: &Scope, sets: &mut [DocumentSet]) -> Result<()> {
        for row in sqlx::query(NARROWED).fetch_all(&self.pool).await? {
            let of: SetId = row.id("set_id")?;
            if !scope.shows(&of, &row.id("id")?) {
                continue;
            }
            let Some(set) = sets.iter_mut().find(|set| set.id == of) else {
                continue;
            };
            set.documents += 1;
            match row.text("state")?.as_str() {
                "queued" | "reading" | "embedding" => set.in_progress += 1,
                "failed" => set.failed += 1,
                _ => {}
            }
        }
        Ok(())
    }

    async fn add_grants(&self, sets: &mut [DocumentSet]) -> Result<()> {
        let rows = sqlx::query(
            "SELECT g.set_id, g.group_id, a.name AS group_name, g.access_right
             FROM set_grants g JOIN access_groups a ON a.id = g.group_id ORDER BY a.name",
        )
        .fetch_all(&self.pool)
        .await?;
        for row in rows {
            let of: SetId = row.id("set_id")?;
            let Some(set) = sets.iter_mut().find(|set| set.manages && set.id == of) else {
                continue;
            };
            set.grants.push(SetGrant {
                group: row.id("group_id")?,
                group_name: row.text("group_name")?,
                right: row.name("access_right")?,
            });
        }
        Ok(())
    }
}

/// The set as the scope sees it, still without its rights and its narrowed documents.
fn set(row: &AnyRow, scope: &Scope) -> Result<DocumentSet> {
    let id = row.id("id")?;
    Ok(DocumentSet {
        manages: scope.manages(&id),
        id,
        name: row.text("name")?,
        description: row.text("description")?,
        audience: row.name("audience")?,
        grants: Vec::new(),
        documents: row.number("documents")?,
        in_progress: row.number("in_progress")?,
        failed: row.number("failed")?,
        created_at: row.time("created_at")?,
    })
}

/// Holds the groups, so that none of them goes while rights are given to it. Always before the
/// set's row, as the removal of a group does.
async fn check_grants(write: &mut Write, audience: Audience, grants: &[GrantChange]) -> Result<()> {
    let mut named: Vec<&GroupId> = grants.iter().map(|grant| &grant.group).collect();
    named.sort_unstable();
    if named.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(StoreError::Invalid(
            "A group has one right on a set: name each group once.".into(),
        ));
    }
    let managed = grants.iter().any(|grant| grant.right == Right::Manage);
    if audience == Audience::Restricted && !managed {
        return Err(StoreError::Invalid(
            "A restricted set needs a group that manages it.".into(),
        ));
    }
    groups::hold(write, &named).await
}

/// The set's row, held until the transaction ends, and who may see it so far; the rights in the
/// order of the groups' ids.
async fn lock_access(write: &mut Write, id: &SetId) -> Result<SetAccess> {
    let now = write.now().0;
    let row =
        sqlx::query("UPDATE document_sets SET changed_at = $2 WHERE id = $1 RETURNING audience")
            .bind(id.as_str())
            .bind(now)
            .fetch_optional(write.connection())
            .await?;
    let audience = row.ok_or(StoreError::NotFound)?.name("audience")?;
    let rows = sqlx::query("SELECT group_id, access_right FROM set_grants WHERE set_id = $1")
        .bind(id.as_str())
        .fetch_all(write.connection())
        .await?;
    let mut grants = rows
        .iter()
        .map(|row| {
            Ok(GrantChange {
                group: row.id("group_id")?,
                right: row.name("access_right")?,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    grants.sort_unstable_by(|a, b| a.group.cmp(&b.group));
    Ok(SetAccess { audience, grants })
}

async fn insert_grants(write: &mut Write, set: &SetId, grants: &[GrantChange]) -> Result<()> {
    for grant in grants {
        sqlx::query("INSERT INTO set_grants (set_id, group_id, access_right) VALUES ($1, $2, $3)")
            .bind(set.as_str())
            .bind(grant.group.as_str())
            .bind(grant.right.as_str())
            .execute(write.connection())
            .await?;
    }
    Ok(())
}
