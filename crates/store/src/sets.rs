//! Document sets.

use crate::access::Scope;
use crate::audit::Actor;
use crate::row::{Columns, clean, new_id};
use crate::{Result, Store, StoreError};
use inhouse_protocol::{DocumentSet, NewDocumentSet, SetId};
use serde_json::json;
use sqlx::any::AnyRow;

const SETS: &str = "
    SELECT s.id, s.name, s.description, s.audience, s.created_at,
           COUNT(d.id) AS documents,
           COUNT(CASE WHEN v.state IN ('queued', 'reading', 'embedding') THEN 1 END) AS in_progress,
           COUNT(CASE WHEN v.state = 'failed' THEN 1 END) AS failed
    FROM document_sets s
    LEFT JOIN documents d ON d.set_id = s.id AND d.deleted_at IS NULL
    LEFT JOIN versions v ON v.id = d.newest_version
    GROUP BY s.id, s.name, s.description, s.audience, s.created_at
    ORDER BY s.name";

impl Store {
    /// Makes a set. `Conflict` when the name is taken, whatever its case.
    pub async fn create_set(&self, by: &Actor, new: &NewDocumentSet) -> Result<DocumentSet> {
        let name = clean(new.name.trim()).into_owned();
        if !(1..=120).contains(&name.chars().count()) {
            return Err(StoreError::Invalid(
                "A set's name has 1 to 120 characters.".into(),
            ));
        }
        let mut write = self.write().await?;
        let set = DocumentSet {
            id: new_id()?,
            name,
            description: clean(new.description.trim()).into_owned(),
            audience: new.audience,
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
        .map_err(|error| StoreError::unique(error, "There is a set of this name already."))?;
        let detail = json!({ "name": set.name, "audience": set.audience });
        write
            .commit(by, "set.create", ("set", set.id.as_str()), detail)
            .await?;
        Ok(set)
    }

    /// The sets in the scope, by name, with their counts.
    pub async fn sets(&self, scope: &Scope) -> Result<Vec<DocumentSet>> {
        let rows = sqlx::query(SETS).fetch_all(&self.pool).await?;
        let mut sets = rows.iter().map(set).collect::<Result<Vec<_>>>()?;
        sets.retain(|set| scope.contains(&set.id));
        Ok(sets)
    }

    /// One set. `NotFound` outside the scope.
    pub async fn set(&self, scope: &Scope, id: &SetId) -> Result<DocumentSet> {
        let sets = self.sets(scope).await?;
        sets.into_iter()
            .find(|set| set.id == *id)
            .ok_or(StoreError::NotFound)
    }

    /// The set of a name, whatever its case, for the command line.
    pub async fn set_by_name(&self, name: &str) -> Result<Option<DocumentSet>> {
        let key = name.trim().to_lowercase();
        let rows = sqlx::query(SETS).fetch_all(&self.pool).await?;
        let mut sets = rows.iter().map(set).collect::<Result<Vec<_>>>()?;
        sets.retain(|set| set.name.to_lowercase() == key);
        Ok(sets.pop())
    }
}

fn set(row: &AnyRow) -> Result<DocumentSet> {
    Ok(DocumentSet {
        id: row.id("id")?,
        name: row.text("name")?,
        description: row.text("description")?,
        audience: row.name("audience")?,
        documents: row.number("documents")?,
        in_progress: row.number("in_progress")?,
        failed: row.number("failed")?,
        created_at: row.time("created_at")?,
    })
}
