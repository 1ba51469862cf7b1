//! Groups of people, and what they have a right on. Who is in them is in `members`, what a person
//! gets from them in `access`.

use crate::access::Scope;
use crate::audit::Actor;
use crate::row::{Columns, clean, new_id};
use crate::users::checked_name;
use crate::write::Write;
use crate::{Result, Store, StoreError};
use inhouse_protocol::{
    Audience, DocumentId, Group, GroupChange, GroupDetail, GroupId, GroupSet, Right, SetId,
};
use serde_json::json;
use sqlx::any::AnyRow;

pub(crate) use crate::members::{replace_memberships, set_members};

/// The same for a name that the reader could see and for one that they couldn't.
pub(crate) const NAME_TAKEN: &str = "This name is taken. Choose another.";

const GROUPS: &str = "
    SELECT a.id, a.name, a.description, a.role, a.created_at,
           (SELECT COUNT(*) FROM users u WHERE u.role = a.role AND u.erased_at IS NULL)
           + (SELECT COUNT(DISTINCT m.user_id) FROM group_members m
              JOIN users u ON u.id = m.user_id
              WHERE m.group_id = a.id AND u.erased_at IS NULL
                AND (a.role IS NULL OR u.role <> a.role)) AS members
    FROM access_groups a
    ORDER BY a.name";

impl Store {
    /// All groups, by name.
    pub async fn groups(&self) -> Result<Vec<Group>> {
        let rows = sqlx::query(GROUPS).fetch_all(&self.pool).await?;
        rows.iter().map(group).collect()
    }

    /// A group with its people, and the sets of the scope that it has a right on. `NotFound` when
    /// there is none.
    pub async fn group(&self, scope: &Scope, id: &GroupId) -> Result<GroupDetail> {
        let groups = self.groups().await?;
        let group = groups.into_iter().find(|group| group.id == *id);
        Ok(GroupDetail {
            group: group.ok_or(StoreError::NotFound)?,
            people: self.members_of(id).await?,
            sets: self.sets_of_group(scope, id).await?,
        })
    }

    /// The group of a name, whatever its case.
    pub async fn group_by_name(&self, name: &str) -> Result<Option<Group>> {
        let key = name_key(name);
        let groups = self.groups().await?;
        Ok(groups
            .into_iter()
            .find(|group| group.name.to_lowercase() == key))
    }

    /// Makes a group of nobody. `Conflict` when the name is taken, `Invalid` when it is none.
    pub async fn create_group(&self, by: &Actor, new: &GroupChange) -> Result<Group> {
        let mut write = self.write().await?;
        let name = new.name.as_deref().unwrap_or_default();
        let description = new.description.as_deref().unwrap_or_default();
        let id = insert_group(&mut write, name, description, None).await?;
        let detail = json!({ "name": checked_name(name)? });
        write
            .commit(by, "group.create", ("group", id.as_str()), detail)
            .await?;
        self.only_group(&id).await
    }

    /// Changes a group's name or description. `Conflict` when the name is taken, `NotFound` when
    /// there is no such group.
    pub async fn change_group(
        &self,
        by: &Actor,
        id: &GroupId,
        change: &GroupChange,
    ) -> Result<Group> {
        let mut write = self.write().await?;
        let was = lock_group(&mut write, id).await?;
        let name = match &change.name {
            Some(name) => checked_name(name)?,
            None => was.name.clone(),
        };
        let description = match &change.description {
            Some(description) => clean(description.trim()).into_owned(),
            None => was.description.clone(),
        };
        if (&name, &description) != (&was.name, &was.description) {
            sqlx::query(
                "UPDATE access_groups SET name = $2, name_key = $3, description = $4 WHERE id = $1",
            )
            .bind(id.as_str())
            .bind(name.as_str())
            .bind(name_key(&name))
            .bind(description)
            .execute(write.connection())
            .await
            .map_err(|error| StoreError::unique(error, NAME_TAKEN))?;
            let detail = json!({ "name": name, "was": was.name });
            write
                .commit(by, "group.change", ("group", id.as_str()), detail)
                .await?;
        }
        self.only_group(id).await
    }

    /// Removes a group, and with it its memberships and every right that it gave; what it alone
    /// could see, nobody but those who manage it sees any more. `Conflict` for the group of a
    /// role, and for the only one that manages a restricted set, which would be lost.
    pub async fn delete_group(&self, by: &Actor, scope: &Scope, id: &GroupId) -> Result<()> {
        let mut write = self.write().await?;
        let group = lock_group(&mut write, id).await?;
        if group.role.is_some() {
            return Err(StoreError::conflict(
                "Everyone in a role is in this group. It can't be removed.",
            ));
        }
        let rights = rights_of(&mut write, id).await?;
        for right in &rights {
            let needed = right.restricted && right.right == Right::Manage;
            if needed && !managed_by_another(&mut write, &right.set, id).await? {
                return Err(StoreError::conflict(still_needed(scope, right)));
            }
        }
        let documents = documents_of(&mut write, id).await?;
        for sql in [
            "DELETE FROM set_grants WHERE group_id = $1",
            "DELETE FROM document_grants WHERE group_id = $1",
            "DELETE FROM approved_answer_groups WHERE group_id = $1",
            "DELETE FROM group_members WHERE group_id = $1",
            "DELETE FROM access_groups WHERE id = $1",
        ] {
            sqlx::query(sql)
                .bind(id.as_str())
                .execute(write.connection())
                .await?;
        }
        // A record for each, so that those of restricted sets can be withheld from readers.
        for SetRight { set, right, .. } in rights {
            let detail = json!({ "removed_group": id, "right": right });
            let subject = ("set", set.as_str());
            write.note(by, "set.access", subject, detail).await?;
        }
        for (document, set) in documents {
            let detail = json!({ "set": set, "removed_group": id });
            let subject = ("document", document.as_str());
            write.note(by, "document.access", subject, detail).await?;
        }
        let detail = json!({ "name": group.name });
        write
            .commit(by, "group.delete", ("group", id.as_str()), detail)
            .await
    }

    async fn only_group(&self, id: &GroupId) -> Result<Group> {
        let groups = self.groups().await?;
        let group = groups.into_iter().find(|group| group.id == *id);
        group.ok_or(StoreError::NotFound)
    }

    async fn sets_of_group(&self, scope: &Scope, id: &GroupId) -> Result<Vec<GroupSet>> {
        let rows = sqlx::query(
            "SELECT g.set_id, s.name, g.access_right FROM set_grants g
             JOIN document_sets s ON s.id = g.set_id WHERE g.group_id = $1 ORDER BY s.name",
        )
        .bind(id.as_str())
        .fetch_all(&self.pool)
        .await?;
        let mut sets = rows
            .iter()
            .map(|row| {
                Ok(GroupSet {
                    id: row.id("set_id")?,
                    name: row.text("name")?,
                    right: row.name("access_right")?,
                })
            })
            .collect::<Result<Vec<_>>>()?;
        sets.retain(|set| scope.contains(&set.id));
        Ok(sets)
    }
}

/// Makes a group of nobody within a transaction, which also writes the record. `Conflict` when the
/// name is taken, `Invalid` when it doesn't have 1 to 120 characters.
pub(crate) async fn insert_group(
    write: &mut Write,
    name: &str,
    description: &str,
    external_id: Option<&str>,
) -> Result<GroupId> {
    let id: GroupId = new_id()?;
    let name = checked_name(name)?;
    let now = write.now().0;
    sqlx::query(
        "INSERT INTO access_groups
             (id, name, name_key, description, external_id, changed_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $6)",
    )
    .bind(id.as_str())
    .bind(name.as_str())
    .bind(name_key(&name))
    .bind(clean(description.trim()).into_owned())
    .bind(external_id.map(|id| clean(id).into_owned()))
    .bind(now)
    .execute(write.connection())
    .await
    .map_err(|error| StoreError::unique(error, NAME_TAKEN))?;
    Ok(id)
}

/// Holds these groups until the transaction ends. They have to be in order, so that two
/// transactions never wait for each other. `Invalid` when one of them isn't there.
pub(crate) async fn hold(write: &mut Write, groups: &[&GroupId]) -> Result<()> {
    for group in groups {
        lock_group(write, group)
            .await
            .map_err(|error| match error {
                StoreError::NotFound => StoreError::Invalid(
                    "One of these groups isn't there any more. Choose again.".into(),
                ),
                other => other,
            })?;
    }
    Ok(())
}

/// A group's row.
pub(crate) struct Held {
    name: String,
    description: String,
    role: Option<String>,
}

/// The group's row, held until the transaction ends. `NotFound` when there is none.
pub(crate) async fn lock_group(write: &mut Write, id: &GroupId) -> Result<Held> {
    let now = write.now().0;
    let row = sqlx::query(
        "UPDATE access_groups SET changed_at = $2 WHERE id = $1 RETURNING name, description, role",
    )
    .bind(id.as_str())
    .bind(now)
    .fetch_optional(write.connection())
    .await?;
    let row = row.ok_or(StoreError::NotFound)?;
    Ok(Held {
        name: row.text("name")?,
        description: row.text("description")?,
        role: row.maybe_text("role")?,
    })
}

/// A right of a group on a set.
struct SetRight {
    set: SetId,
    name: String,
    restricted: bool,
    right: Right,
}

/// The rights of a group, the sets held in the order of their ids: of two groups that go at once,
/// the second sees that the first is gone.
async fn rights_of(write: &mut Write, id: &GroupId) -> Result<Vec<SetRight>> {
    let rows = sqlx::query(
        "SELECT g.set_id, s.name, g.access_right FROM set_grants g
         JOIN document_sets s ON s.id = g.set_id WHERE g.group_id = $1 ORDER BY g.set_id",
    )
    .bind(id.as_str())
    .fetch_all(write.connection())
    .await?;
    let now = write.now().0;
    let mut rights = Vec::with_capacity(rows.len());
    for row in rows {
        let set: SetId = row.id("set_id")?;
        let held = sqlx::query(
            "UPDATE document_sets SET changed_at = $2 WHERE id = $1 RETURNING audience",
        )
        .bind(set.as_str())
        .bind(now)
        .fetch_one(write.connection())
        .await?;
        rights.push(SetRight {
            restricted: held.name::<Audience>("audience")? == Audience::Restricted,
            set,
            name: row.text("name")?,
            right: row.name("access_right")?,
        });
    }
    Ok(rights)
}

async fn managed_by_another(write: &mut Write, set: &SetId, group: &GroupId) -> Result<bool> {
    let others: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM set_grants
         WHERE set_id = $1 AND group_id <> $2 AND access_right = 'manage'",
    )
    .bind(set.as_str())
    .bind(group.as_str())
    .fetch_one(write.connection())
    .await?;
    Ok(others > 0)
}

/// Names a set only to those who may see it.
fn still_needed(scope: &Scope, right: &SetRight) -> String {
    if scope.contains(&right.set) {
        format!(
            "This is the only group that manages '{}'. Let another group manage it first.",
            right.name
        )
    } else {
        "This group is still needed for something that isn't yours to see. Ask the people in it."
            .into()
    }
}

/// The narrowed documents that a group is named for, and their sets.
async fn documents_of(write: &mut Write, id: &GroupId) -> Result<Vec<(DocumentId, SetId)>> {
    let rows = sqlx::query(
        "SELECT g.document_id, d.set_id FROM document_grants g
         JOIN documents d ON d.id = g.document_id WHERE g.group_id = $1 ORDER BY g.document_id",
    )
    .bind(id.as_str())
    .fetch_all(write.connection())
    .await?;
    rows.iter()
        .map(|row| Ok((row.id("document_id")?, row.id("set_id")?)))
        .collect()
}

fn group(row: &AnyRow) -> Result<Group> {
    Ok(Group {
        id: row.id("id")?,
        name: row.text("name")?,
        description: row.text("description")?,
        role: row.maybe_name("role")?,
        members: row.number("members")?,
        created_at: row.time("created_at")?,
    })
}

/// A group's name as the one it is unique by.
pub(crate) fn name_key(name: &str) -> String {
    clean(name.trim()).to_lowercase()
}
