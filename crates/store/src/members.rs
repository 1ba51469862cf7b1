//! Who is in a group: people listed there, by an admin, by the SCIM client or by each sign-in, and
//! everyone of the group's role.

use crate::audit::Actor;
use crate::groups::{hold, lock_group};
use crate::row::Columns;
use crate::write::Write;
use crate::{Result, Store, StoreError};
use inhouse_protocol::{GroupId, Member, MemberSource, UserId};
use serde_json::json;
use sqlx::any::AnyRow;
use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};

/// Who keeps a membership that was made here, by hand.
const LOCAL: &str = "local";

impl Store {
    /// Lists somebody in a group; who is listed here already stays so. `NotFound` when the group
    /// or the person isn't there.
    pub async fn add_member(&self, by: &Actor, group: &GroupId, user: &UserId) -> Result<()> {
        let mut write = self.write().await?;
        lock_group(&mut write, group).await?;
        if !is_there(&mut write, user).await? {
            return Err(StoreError::NotFound);
        }
        if !insert_member(&mut write, group, user, LOCAL).await? {
            return Ok(());
        }
        let detail = json!({ "user": user });
        write
            .commit(by, "group.member_add", ("group", group.as_str()), detail)
            .await
    }

    /// Takes somebody off a group's list. `Conflict` when they are in it by their role or by what
    /// keeps the company's accounts, `NotFound` when they aren't in it.
    pub async fn remove_member(&self, by: &Actor, group: &GroupId, user: &UserId) -> Result<()> {
        let mut write = self.write().await?;
        if !delete_member(&mut write, group, user, LOCAL).await? {
            drop(write);
            let members = self.members_of(group).await?;
            return Err(if members.iter().any(|member| member.id == *user) {
                StoreError::conflict(
                    "This membership isn't kept here: it comes from the person's role, or from \
                     where the company keeps its accounts.",
                )
            } else {
                StoreError::NotFound
            });
        }
        let detail = json!({ "user": user });
        write
            .commit(by, "group.member_remove", ("group", group.as_str()), detail)
            .await
    }

    /// Everyone in a group, by name, each once.
    pub(crate) async fn members_of(&self, id: &GroupId) -> Result<Vec<Member>> {
        let rows = sqlx::query(
            "SELECT u.id, u.name, u.email, m.source FROM group_members m
             JOIN users u ON u.id = m.user_id
             WHERE m.group_id = $1 AND u.erased_at IS NULL
             UNION ALL
             SELECT u.id, u.name, u.email, 'role' AS source FROM access_groups a
             JOIN users u ON u.role = a.role
             WHERE a.id = $1 AND u.erased_at IS NULL",
        )
        .bind(id.as_str())
        .fetch_all(&self.pool)
        .await?;
        let mut people = BTreeMap::new();
        for row in &rows {
            let member = member(row)?;
            match people.entry(member.id.clone()) {
                Entry::Vacant(new) => {
                    new.insert(member);
                }
                // What can be undone here is said first.
                Entry::Occupied(mut known) if member.source == MemberSource::Local => {
                    known.insert(member);
                }
                Entry::Occupied(_) => {}
            }
        }
        let mut people: Vec<_> = people.into_values().collect();
        people.sort_by(|a, b| (&a.name, &a.email).cmp(&(&b.name, &b.email)));
        Ok(people)
    }
}

/// Makes `users` the people whom `source` lists in a group, whatever other sources say; whether
/// that changed anything. The caller writes the record. `Invalid` when there is no such account,
/// `NotFound` when there is no such group.
pub(crate) async fn set_members(
    write: &mut Write,
    group: &GroupId,
    source: &str,
    users: &[UserId],
) -> Result<bool> {
    lock_group(write, group).await?;
    let rows = sqlx::query("SELECT user_id FROM group_members WHERE group_id = $1 AND source = $2")
        .bind(group.as_str())
        .bind(source)
        .fetch_all(write.connection())
        .await?;
    let listed = rows.iter().map(|row| row.id("user_id"));
    let listed: BTreeSet<UserId> = listed.collect::<Result<_>>()?;
    let wanted: BTreeSet<UserId> = users.iter().cloned().collect();
    for user in listed.difference(&wanted) {
        delete_member(write, group, user, source).await?;
    }
    for user in wanted.difference(&listed) {
        if !is_there(write, user).await? {
            return Err(StoreError::Invalid(format!("There is no account {user}.")));
        }
        insert_member(write, group, user, source).await?;
    }
    Ok(listed != wanted)
}

/// Makes `groups` those in which `source` lists somebody, whatever other sources say; whether that
/// changed anything. The caller writes the record. `Invalid` when there is no such group.
pub(crate) async fn replace_memberships(
    write: &mut Write,
    user: &UserId,
    source: &str,
    groups: &[GroupId],
) -> Result<bool> {
    let rows = sqlx::query("SELECT group_id FROM group_members WHERE user_id = $1 AND source = $2")
        .bind(user.as_str())
        .bind(source)
        .fetch_all(write.connection())
        .await?;
    let listed = rows.iter().map(|row| row.id("group_id"));
    let listed: BTreeSet<GroupId> = listed.collect::<Result<_>>()?;
    let wanted: BTreeSet<GroupId> = groups.iter().cloned().collect();
    for group in listed.difference(&wanted) {
        delete_member(write, group, user, source).await?;
    }
    let joined: Vec<&GroupId> = wanted.difference(&listed).collect();
    hold(write, &joined).await?;
    for group in joined {
        insert_member(write, group, user, source).await?;
    }
    Ok(listed != wanted)
}

/// Whether it wasn't there.
async fn insert_member(
    write: &mut Write,
    group: &GroupId,
    user: &UserId,
    source: &str,
) -> Result<bool> {
    let now = write.now().0;
    let inserted = sqlx::query(
        "INSERT INTO group_members (group_id, user_id, source, added_at)
         VALUES ($1, $2, $3, $4) ON CONFLICT (group_id, user_id, source) DO NOTHING",
    )
    .bind(group.as_str())
    .bind(user.as_str())
    .bind(source)
    .bind(now)
    .execute(write.connection())
    .await?;
    Ok(inserted.rows_affected() > 0)
}

/// Whether it was there.
async fn delete_member(
    write: &mut Write,
    group: &GroupId,
    user: &UserId,
    source: &str,
) -> Result<bool> {
    let deleted = sqlx::query(
        "DELETE FROM group_members WHERE group_id = $1 AND user_id = $2 AND source = $3",
    )
    .bind(group.as_str())
    .bind(user.as_str())
    .bind(source)
    .execute(write.connection())
    .await?;
    Ok(deleted.rows_affected() > 0)
}

/// Whether there is such an account. Without a lock: what makes an arrival holds the person first
/// and their groups then.
async fn is_there(write: &mut Write, user: &UserId) -> Result<bool> {
    let known: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM users WHERE id = $1 AND erased_at IS NULL")
            .bind(user.as_str())
            .fetch_one(write.connection())
            .await?;
    Ok(known > 0)
}

fn member(row: &AnyRow) -> Result<Member> {
    Ok(Member {
        id: row.id("id")?,
        name: row.text("name")?,
        email: row.text("email")?,
        source: row.name("source")?,
    })
}
