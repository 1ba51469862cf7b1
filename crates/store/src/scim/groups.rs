//! Groups that the SCIM client keeps: their names, and the people whom it has put into them.

use super::{ScimCondition, ScimPage, ScimQuery, bound, take_turn};
use crate::audit::Actor;
use crate::groups;
use crate::row::{Columns, clean, placeholders};
use crate::write::Write;
use crate::{Result, Store, StoreError};
use inhouse_protocol::{GroupId, Timestamp, UserId};
use serde_json::json;
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

/// How many people are looked up in one statement.
const AT_ONCE: usize = 500;

/// What the client says of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScimGroupData {
    pub external_id: Option<String>,
    /// 1 to 120 characters, unique whatever its case.
    pub name: String,
    /// People of the client's; those that others put into the group aren't among them.
    pub members: Vec<UserId>,
}

/// A group as the client sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScimGroup {
    pub id: GroupId,
    pub data: ScimGroupData,
    pub created_at: Timestamp,
    pub changed_at: Timestamp,
}

const TAKEN: &str = "There is a group of this name already.";
const COLUMNS: &str = "g.id, g.name, g.external_id, g.created_at, g.changed_at";

impl Store {
    /// One group. `NotFound` when the client keeps no such group.
    pub async fn scim_group(&self, id: &GroupId) -> Result<ScimGroup> {
        let query = ScimQuery {
            conditions: vec![ScimCondition::Id(id.to_string())],
            start: 0,
            count: 1,
        };
        let mut page = self.scim_groups(&query).await?;
        page.items.pop().ok_or(StoreError::NotFound)
    }

    /// The groups that the client keeps, oldest first.
    pub async fn scim_groups(&self, query: &ScimQuery) -> Result<ScimPage<ScimGroup>> {
        let Some((condition, values)) = conditions(&query.conditions) else {
            return Ok(ScimPage {
                total: 0,
                items: Vec::new(),
            });
        };
        let from = format!("FROM access_groups g WHERE g.external_id IS NOT NULL{condition}");
        let select = format!("SELECT {COLUMNS} {from} ORDER BY g.created_at, g.id");
        let (total, rows) = self.scim_page(&from, &select, &values, query).await?;
        let mut items = rows.iter().map(scim_group).collect::<Result<Vec<_>>>()?;
        self.add_members(&mut items).await?;
        Ok(ScimPage { total, items })
    }

    /// Makes a group. One that is here already under the name becomes the client's, with its rights
    /// and with the members that others gave it; `Conflict` when it is the client's or a role's.
    pub async fn scim_create_group(&self, by: &Actor, data: &ScimGroupData) -> Result<ScimGroup> {
        let mut write = self.write().await?;
        take_turn(&mut write).await?;
        let external = external_column(data.external_id.as_deref());
        let found =
            sqlx::query("SELECT id, role, external_id FROM access_groups WHERE name_key = $1")
                .bind(groups::name_key(&data.name))
                .fetch_optional(write.connection())
                .await?;
        let (id, action): (GroupId, _) = match found {
            None => {
                let made = groups::insert_group(&mut write, &data.name, "", Some(&external));
                (made.await?, "group.create")
            }
            Some(row)
                if row.maybe_text("role")?.is_none()
                    && row.maybe_text("external_id")?.is_none() =>
            {
                let id: GroupId = row.id("id")?;
                fill(&mut write, &id, &data.name, &external).await?;
                (id, "group.link")
            }
            Some(_) => return Err(StoreError::conflict(TAKEN)),
        };
        let members = people(&mut write, &data.members, &[]).await?;
        groups::set_members(&mut write, &id, "scim", &members).await?;
        let detail = json!({
            "name": data.name.trim(),
            "source": "scim",
            "members": members,
        });
        write
            .commit(by, action, ("group", id.as_str()), detail)
            .await?;
        self.scim_group(&id).await
    }

    /// Changes a group by what `change` makes of it, with nothing in between. The inner error is its
    /// own. `NotFound` when the client keeps no such group, `Conflict` when the name is taken.
    pub async fn scim_change_group<E: Send>(
        &self,
        by: &Actor,
        id: &GroupId,
        change: impl FnOnce(ScimGroupData) -> std::result::Result<ScimGroupData, E> + Send,
    ) -> Result<std::result::Result<ScimGroup, E>> {
        let mut write = self.write().await?;
        take_turn(&mut write).await?;
        let before = current(&mut write, id).await?;
        let wanted = match change(before.clone()) {
            Ok(wanted) => wanted,
            Err(error) => return Ok(Err(error)),
        };
        let members = people(&mut write, &wanted.members, &before.members).await?;
        let joined = missing(&members, &before.members);
        let left = missing(&before.members, &members);
        let renamed = wanted.name != before.name;
        if !renamed
            && wanted.external_id == before.external_id
            && joined.is_empty()
            && left.is_empty()
        {
            drop(write);
            return Ok(Ok(self.scim_group(id).await?));
        }
        let external = external_column(wanted.external_id.as_deref());
        fill(&mut write, id, &wanted.name, &external).await?;
        groups::set_members(&mut write, id, "scim", &members).await?;
        let mut detail = json!({ "source": "scim", "joined": joined, "left": left });
        if renamed {
            detail["name"] = wanted.name.trim().into();
        }
        write
            .commit(by, "group.change", ("group", id.as_str()), detail)
            .await?;
        Ok(Ok(self.scim_group(id).await?))
    }

    /// Takes a group away. One that has rights on documents, or members that others gave it, stays
    /// without the client's members: an admin decides what becomes of its rights.
    pub async fn scim_delete_group(&self, by: &Actor, id: &GroupId) -> Result<()> {
        let mut write = self.write().await?;
        take_turn(&mut write).await?;
        let before = current(&mut write, id).await?;
        groups::set_members(&mut write, id, "scim", &[]).await?;
        let in_use: i64 = sqlx::query_scalar(
            "SELECT (SELECT COUNT(*) FROM set_grants WHERE group_id = $1)
                  + (SELECT COUNT(*) FROM document_grants WHERE group_id = $1)
                  + (SELECT COUNT(*) FROM approved_answer_groups WHERE group_id = $1)
                  + (SELECT COUNT(*) FROM group_members WHERE group_id = $1)",
        )
        .bind(id.as_str())
        .fetch_one(write.connection())
        .await?;
        let (sql, action) = if in_use == 0 {
            ("DELETE FROM access_groups WHERE id = $1", "group.delete")
        } else {
            (
                "UPDATE access_groups SET external_id = NULL WHERE id = $1",
                "group.release",
            )
        };
        sqlx::query(sql)
            .bind(id.as_str())
            .execute(write.connection())
            .await?;
        let detail = json!({ "name": before.name, "source": "scim", "left": before.members });
        write
            .commit(by, action, ("group", id.as_str()), detail)
            .await
    }

    async fn add_members(&self, found: &mut [ScimGroup]) -> Result<()> {
        if found.is_empty() {
            return Ok(());
        }
        let sql = format!(
            "SELECT m.group_id, m.user_id FROM group_members m
             JOIN identities i ON i.user_id = m.user_id AND i.provider = 'scim'
             WHERE m.source = 'scim' AND m.group_id IN ({})
             ORDER BY m.added_at, m.user_id",
            placeholders(1, found.len())
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for group in found.iter() {
            query = query.bind(group.id.as_str());
        }
        let mut members: HashMap<String, Vec<UserId>> = HashMap::new();
        for row in query.fetch_all(&self.pool).await? {
            let group = members.entry(row.text("group_id")?).or_default();
            group.push(row.id("user_id")?);
        }
        for group in found {
            group.data.members = members.remove(group.id.as_str()).unwrap_or_default();
        }
        Ok(())
    }
}

/// The conditions as SQL after a `WHERE`, with the values to bind from `$1` on; none when they fit
/// no group: they are of people.
fn conditions(conditions: &[ScimCondition]) -> Option<(String, Vec<String>)> {
    let mut sql = String::new();
    let mut values = Vec::new();
    for condition in conditions {
        let (column, value) = match condition {
            ScimCondition::Id(id) => ("g.id", bound(id)),
            ScimCondition::ExternalId(id) => ("g.external_id", bound(id)),
            ScimCondition::DisplayName(name) => ("g.name_key", groups::name_key(name)),
            ScimCondition::UserName(_) | ScimCondition::Email(_) | ScimCondition::Active(_) => {
                return None;
            }
        };
        values.push(value);
        // Writing into a text can't fail.
        let _ = write!(sql, " AND {column} = ${}", values.len());
    }
    Some((sql, values))
}

fn scim_group(row: &AnyRow) -> Result<ScimGroup> {
    let external = row.maybe_text("external_id")?;
    Ok(ScimGroup {
        id: row.id("id")?,
        data: ScimGroupData {
            external_id: external.filter(|id| !id.is_empty()),
            name: row.text("name")?,
            members: Vec::new(),
        },
        created_at: row.time("created_at")?,
        changed_at: row.time("changed_at")?,
    })
}

/// A group of the client's as it is now, held until the transaction ends.
async fn current(write: &mut Write, id: &GroupId) -> Result<ScimGroupData> {
    let row = sqlx::query(
        "UPDATE access_groups SET changed_at = changed_at
         WHERE id = $1 AND external_id IS NOT NULL
         RETURNING id, name, external_id, created_at, changed_at",
    )
    .bind(id.as_str())
    .fetch_optional(write.connection())
    .await?;
    let mut data = scim_group(&row.ok_or(StoreError::NotFound)?)?.data;
    let rows = sqlx::query(
        "SELECT m.user_id FROM group_members m
         JOIN identities i ON i.user_id = m.user_id AND i.provider = 'scim'
         WHERE m.source = 'scim' AND m.group_id = $1 ORDER BY m.added_at, m.user_id",
    )
    .bind(id.as_str())
    .fetch_all(write.connection())
    .await?;
    let members = rows.iter().map(|row| row.id("user_id"));
    data.members = members.collect::<Result<_>>()?;
    Ok(data)
}

async fn fill(write: &mut Write, id: &GroupId, name: &str, external: &str) -> Result<()> {
    let name = name.trim();
    if !(1..=120).contains(&name.chars().count()) {
        return Err(StoreError::Invalid(
            "A group's name has 1 to 120 characters.".into(),
        ));
    }
    let now = write.now().0;
    sqlx::query(
        "UPDATE access_groups SET name = $2, name_key = $3, external_id = $4, changed_at = $5
         WHERE id = $1",
    )
    .bind(id.as_str())
    .bind(clean(name).into_owned())
    .bind(groups::name_key(name))
    .bind(external)
    .bind(now)
    .execute(write.connection())
    .await
    .map_err(|error| StoreError::unique(error, TAKEN))?;
    Ok(())
}

/// The client's id of a group as a column: empty where it gave none, because NULL means that the
/// group isn't the client's.
fn external_column(id: Option<&str>) -> String {
    id.map(bound).unwrap_or_default()
}

/// Each of the people once; `Invalid` when one of them isn't the client's. Those of `before` are.
async fn people(write: &mut Write, wanted: &[UserId], before: &[UserId]) -> Result<Vec<UserId>> {
    let mut seen = HashSet::new();
    let wanted: Vec<_> = wanted.iter().filter(|id| seen.insert(*id)).collect();
    let before: HashSet<_> = before.iter().collect();
    let new: Vec<_> = wanted.iter().filter(|id| !before.contains(*id)).collect();
    for some in new.chunks(AT_ONCE) {
        let sql = format!(
            "SELECT user_id FROM identities WHERE provider = 'scim' AND user_id IN ({})",
            placeholders(1, some.len())
        );
        let mut query = sqlx::query_scalar(AssertSqlSafe(sql));
        for id in some {
            query = query.bind(id.as_str());
        }
        let known: Vec<String> = query.fetch_all(write.connection()).await?;
        let known: HashSet<&str> = known.iter().map(String::as_str).collect();
        if let Some(id) = some.iter().find(|id| !known.contains(id.as_str())) {
            return Err(StoreError::Invalid(format!("There is no user {id}.")));
        }
    }
    Ok(wanted.into_iter().cloned().collect())
}

/// Those of `of` that aren't among `among`.
fn missing(of: &[UserId], among: &[UserId]) -> Vec<UserId> {
    let among: HashSet<_> = among.iter().collect();
    of.iter()
        .filter(|id| !among.contains(id))
        .cloned()
        .collect()
}
