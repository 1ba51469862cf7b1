//! Accounts that the SCIM client keeps.

use super::{PROVIDER, ScimCondition, ScimPage, ScimQuery, bound, folded, take_turn};
use crate::audit::Actor;
use crate::directory::{add_identity, profile_of, set_profile};
use crate::groups;
use crate::row::{Columns, clean, placeholders};
use crate::users::{
    EMAIL_TAKEN, NewUser, User, change_in, changed, check_email, checked_name, created, email_key,
    insert_user, user, user_columns,
};
use crate::write::{Personal, Write};
use crate::{Result, Store, StoreError};
use inhouse_protocol::{GroupId, PersonChange, PersonSource, Role, Timestamp, UserId};
use serde_json::json;
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;
use std::collections::HashMap;
use std::fmt;

/// What the client says of a person.
#[derive(Clone, PartialEq, Eq)]
pub struct ScimUserData {
    /// The client's name for the account, unique whatever its case; kept in lower case.
    pub user_name: String,
    pub external_id: Option<String>,
    /// The address that the person signs in with.
    pub email: String,
    pub name: String,
    pub department: Option<String>,
    pub active: bool,
}

impl fmt::Debug for ScimUserData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScimUserData")
            .field("active", &self.active)
            .finish_non_exhaustive()
    }
}

/// A person as the client sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScimUser {
    pub id: UserId,
    pub data: ScimUserData,
    /// Groups that the client has put the person into, by name.
    pub groups: Vec<(GroupId, String)>,
    pub created_at: Timestamp,
}

const NAME_TAKEN: &str = "There is a user of this userName already.";
const USER_NAME_CHARS: usize = 254;

/// The columns of [`scim_user`].
macro_rules! scim_columns {
    () => {
        concat!(
            user_columns!("u."),
            ", u.external_id AS external_id, i.name AS user_name"
        )
    };
}

impl Store {
    /// One person. `NotFound` when the client keeps no such account.
    pub async fn scim_user(&self, id: &UserId) -> Result<ScimUser> {
        let query = ScimQuery {
            conditions: vec![ScimCondition::Id(id.to_string())],
            start: 0,
            count: 1,
        };
        let mut page = self.scim_users(&query).await?;
        page.items.pop().ok_or(StoreError::NotFound)
    }

    /// The people whom the client keeps, oldest first.
    pub async fn scim_users(&self, query: &ScimQuery) -> Result<ScimPage<ScimUser>> {
        let (condition, values) = conditions(&query.conditions);
        let from = format!(
            "FROM users u JOIN identities i ON i.user_id = u.id AND i.provider = '{PROVIDER}'
             WHERE u.erased_at IS NULL{condition}"
        );
        let select = format!(
            "SELECT {} {from} ORDER BY u.created_at, u.id",
            scim_columns!()
        );
        let (total, rows) = self.scim_page(&from, &select, &values, query).await?;
        let mut items = rows.iter().map(scim_user).collect::<Result<Vec<_>>>()?;
        self.add_groups(&mut items).await?;
        Ok(ScimPage { total, items })
    }

    /// Makes a person's account. One that is here already under the e-mail address becomes the
    /// client's where it was so before, or where `adopt` says that the same address is the same
    /// person. `Conflict` when the name or the address is somebody's, `Invalid` for what can't be
    /// stored.
    pub async fn scim_create_user(
        &self,
        by: &Actor,
        data: &ScimUserData,
        adopt: bool,
    ) -> Result<ScimUser> {
        let data = checked(data)?;
        let mut write = self.write().await?;
        take_turn(&mut write).await?;
        if id_of_name(&mut write, &data.user_name).await?.is_some() {
            return Err(StoreError::conflict(NAME_TAKEN));
        }
        let id = match account_of(&mut write, &data.email).await? {
            None => make(write, by, &data).await?,
            Some((found, kept)) => {
                if kept || !(adopt || found.source == PersonSource::Scim) {
                    return Err(StoreError::conflict(EMAIL_TAKEN));
                }
                take_over(write, by, &found, &data).await?
            }
        };
        self.scim_user(&id).await
    }

    /// Changes a person by what `change` makes of them, with nothing in between. The inner error is
    /// its own. `NotFound` when the client keeps no such account; `Conflict` when a name is taken or
    /// it is the last admin who would be disabled.
    pub async fn scim_change_user<E: Send>(
        &self,
        by: &Actor,
        id: &UserId,
        change: impl FnOnce(ScimUserData) -> std::result::Result<ScimUserData, E> + Send,
    ) -> Result<std::result::Result<ScimUser, E>> {
        let mut write = self.write().await?;
        take_turn(&mut write).await?;
        let before = locked(&mut write, id).await?;
        let wanted = match change(before.clone()) {
            Ok(wanted) => checked(&wanted)?,
            Err(error) => return Ok(Err(error)),
        };
        if wanted == before {
            drop(write);
            return Ok(Ok(self.scim_user(id).await?));
        }
        if wanted.user_name != before.user_name {
            rename(&mut write, id, &wanted.user_name).await?;
        }
        let (was, now) = switch(&mut write, id, wanted.active).await?;
        let now = fill(&mut write, now, &wanted).await?;
        record(write, by, (&was, &before), (&now, &wanted)).await?;
        Ok(Ok(self.scim_user(id).await?))
    }

    /// Takes a person away: the account is disabled, its sessions and tokens end, the client's
    /// groups and its name for it go. The account itself stays, because the record names it; erasing
    /// it is another decision. `NotFound` when the client keeps no such account, `Conflict` for the
    /// last admin.
    pub async fn scim_delete_user(&self, by: &Actor, id: &UserId) -> Result<()> {
        let mut write = self.write().await?;
        take_turn(&mut write).await?;
        locked(&mut write, id).await?;
        switch(&mut write, id, false).await?;
        groups::replace_memberships(&mut write, id, "scim", &[]).await?;
        for sql in [
            "DELETE FROM identities WHERE user_id = $1 AND provider = 'scim'",
            "UPDATE users SET external_id = NULL WHERE id = $1",
        ] {
            sqlx::query(sql)
                .bind(id.as_str())
                .execute(write.connection())
                .await?;
        }
        let detail = json!({ "source": "scim", "disabled": true });
        write
            .commit(by, "user.deprovision", ("user", id.as_str()), detail)
            .await
    }

    /// Fills in the groups that the client has put people into.
    async fn add_groups(&self, people: &mut [ScimUser]) -> Result<()> {
        if people.is_empty() {
            return Ok(());
        }
        let sql = format!(
            "SELECT m.user_id, g.id, g.name FROM group_members m
             JOIN access_groups g ON g.id = m.group_id
             WHERE m.source = 'scim' AND g.external_id IS NOT NULL AND m.user_id IN ({})
             ORDER BY g.name_key",
            placeholders(1, people.len())
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for person in people.iter() {
            query = query.bind(person.id.as_str());
        }
        let mut groups: HashMap<String, Vec<(GroupId, String)>> = HashMap::new();
        for row in query.fetch_all(&self.pool).await? {
            let group = (row.id("id")?, row.text("name")?);
            groups.entry(row.text("user_id")?).or_default().push(group);
        }
        for person in people {
            person.groups = groups.remove(person.id.as_str()).unwrap_or_default();
        }
        Ok(())
    }
}

/// The conditions as SQL after a `WHERE`, with the values to bind from `$1` on.
fn conditions(conditions: &[ScimCondition]) -> (String, Vec<String>) {
    let mut sql = String::new();
    let mut values = Vec::new();
    for condition in conditions {
        let n = values.len() + 1;
        let (text, value) = match condition {
            ScimCondition::Id(id) => (format!("u.id = ${n}"), bound(id)),
            ScimCondition::UserName(name) => (format!("i.name = ${n}"), folded(name)),
            ScimCondition::ExternalId(id) => (format!("u.external_id = ${n}"), bound(id)),
            ScimCondition::DisplayName(name) => {
                (format!("LOWER(u.name) = LOWER(${n})"), bound(name.trim()))
            }
            ScimCondition::Email(email) => (format!("u.email = ${n}"), email_key(email)),
            ScimCondition::Active(active) => {
                let test = if *active { "IS NULL" } else { "IS NOT NULL" };
                sql.push_str(" AND u.disabled_at ");
                sql.push_str(test);
                continue;
            }
        };
        sql.push_str(" AND ");
        sql.push_str(&text);
        values.push(value);
    }
    (sql, values)
}

/// The data as it can be stored.
fn checked(data: &ScimUserData) -> Result<ScimUserData> {
    let user_name = folded(&data.user_name);
    if !(1..=USER_NAME_CHARS).contains(&user_name.chars().count()) {
        return Err(StoreError::Invalid(format!(
            "A userName has 1 to {USER_NAME_CHARS} characters."
        )));
    }
    let email = email_key(&data.email);
    check_email(&email)?;
    let text = |text: &Option<String>| {
        let text = text.as_deref().map(str::trim).filter(|t| !t.is_empty());
        text.map(|text| clean(text).into_owned())
    };
    Ok(ScimUserData {
        user_name,
        external_id: text(&data.external_id),
        email,
        name: checked_name(&data.name)?,
        department: text(&data.department),
        active: data.active,
    })
}

fn data_of(row: &AnyRow) -> Result<ScimUserData> {
    Ok(ScimUserData {
        user_name: row.text("user_name")?,
        external_id: row.maybe_text("external_id")?,
        email: row.text("email")?,
        name: row.text("name")?,
        department: row.maybe_text("department")?,
        active: row.maybe_int("disabled_at")?.is_none(),
    })
}

fn scim_user(row: &AnyRow) -> Result<ScimUser> {
    Ok(ScimUser {
        id: row.id("id")?,
        data: data_of(row)?,
        groups: Vec::new(),
        created_at: row.time("created_at")?,
    })
}

/// What the client's person is now. Nobody else changes it while this one has its turn; the row's
/// lock is left to [`change_in`], which takes it in its own order.
async fn locked(write: &mut Write, id: &UserId) -> Result<ScimUserData> {
    let row = sqlx::query(concat!(
        "SELECT ",
        scim_columns!(),
        " FROM users u JOIN identities i ON i.user_id = u.id AND i.provider = 'scim'
         WHERE u.erased_at IS NULL AND u.id = $1"
    ))
    .bind(id.as_str())
    .fetch_optional(write.connection())
    .await?;
    data_of(&row.ok_or(StoreError::NotFound)?)
}

async fn id_of_name(write: &mut Write, name: &str) -> Result<Option<String>> {
    let id = sqlx::query_scalar("SELECT user_id FROM identities WHERE provider = $1 AND name = $2")
        .bind(PROVIDER)
        .bind(name)
        .fetch_optional(write.connection())
        .await?;
    Ok(id)
}

/// The account of an e-mail address, and whether the client keeps it already.
async fn account_of(write: &mut Write, email: &str) -> Result<Option<(User, bool)>> {
    let row = sqlx::query(concat!(
        "SELECT ",
        user_columns!("u."),
        ", (SELECT COUNT(*) FROM identities i
            WHERE i.user_id = u.id AND i.provider = 'scim') AS kept
         FROM users u WHERE u.email = $1"
    ))
    .bind(email)
    .fetch_optional(write.connection())
    .await?;
    row.map(|row| Ok((user(&row)?, row.int("kept")? > 0)))
        .transpose()
}

async fn make(mut write: Write, by: &Actor, data: &ScimUserData) -> Result<UserId> {
    let new = NewUser {
        email: data.email.clone(),
        name: data.name.clone(),
        role: Role::Employee,
        department: data.department.clone(),
        password_hash: None,
        source: PersonSource::Scim,
        external_id: data.external_id.clone(),
    };
    let made = insert_user(&mut write, &new).await?;
    add_identity(&mut write, PROVIDER, &data.user_name, &made.id).await?;
    if !data.active {
        switch(&mut write, &made.id, false).await?;
    }
    let (mut detail, mut sealed) = created(&made);
    detail["disabled"] = (!data.active).into();
    sealed["user_name"] = data.user_name.as_str().into();
    let personal = Personal {
        of: made.id.as_str(),
        data: sealed,
    };
    let subject = ("user", made.id.as_str());
    write
        .commit_about(by, "user.create", subject, detail, personal)
        .await?;
    Ok(made.id)
}

/// Makes an account that is here already the client's.
async fn take_over(
    mut write: Write,
    by: &Actor,
    found: &User,
    data: &ScimUserData,
) -> Result<UserId> {
    let (was, now) = switch(&mut write, &found.id, data.active).await?;
    add_identity(&mut write, PROVIDER, &data.user_name, &found.id).await?;
    let now = fill(&mut write, now, data).await?;
    let mut detail = changed(&was, &now);
    detail["source"] = "scim".into();
    let mut sealed = profile_of(&now);
    sealed["user_name"] = data.user_name.as_str().into();
    let personal = Personal {
        of: now.id.as_str(),
        data: sealed,
    };
    let subject = ("user", now.id.as_str());
    write
        .commit_about(by, "user.link", subject, detail, personal)
        .await?;
    Ok(now.id)
}

/// Enables or disables; gives the account as it was and as it is.
async fn switch(write: &mut Write, id: &UserId, active: bool) -> Result<(User, User)> {
    let change = PersonChange {
        disabled: Some(!active),
        ..PersonChange::default()
    };
    change_in(write, id, &change).await
}

/// Gives the client's person another name there.
async fn rename(write: &mut Write, id: &UserId, name: &str) -> Result<()> {
    if id_of_name(write, name).await?.is_some() {
        return Err(StoreError::conflict(NAME_TAKEN));
    }
    sqlx::query("UPDATE identities SET name = $3 WHERE provider = $1 AND user_id = $2")
        .bind(PROVIDER)
        .bind(id.as_str())
        .bind(name)
        .execute(write.connection())
        .await?;
    Ok(())
}

/// Writes what the client says of a person's name and address.
async fn fill(write: &mut Write, mut user: User, data: &ScimUserData) -> Result<User> {
    let department = data.department.as_deref();
    set_profile(write, &user.id, &data.email, &data.name, department).await?;
    sqlx::query("UPDATE users SET external_id = $2 WHERE id = $1")
        .bind(user.id.as_str())
        .bind(data.external_id.clone())
        .execute(write.connection())
        .await?;
    user.email.clone_from(&data.email);
    user.name.clone_from(&data.name);
    user.department.clone_from(&data.department);
    Ok(user)
}

/// Records what changed: the profile sealed, disabling and enabling in the open.
async fn record(
    mut write: Write,
    by: &Actor,
    (was, before): (&User, &ScimUserData),
    (now, after): (&User, &ScimUserData),
) -> Result<()> {
    let subject = ("user", now.id.as_str());
    let same_profile = {
        let switched = ScimUserData {
            active: after.active,
            ..before.clone()
        };
        switched == *after
    };
    if !same_profile {
        let mut sealed = profile_of(now);
        sealed["user_name"] = after.user_name.as_str().into();
        let personal = Personal {
            of: now.id.as_str(),
            data: sealed,
        };
        let detail = json!({ "source": "scim" });
        write
            .note_about(by, "user.profile", subject, detail, personal)
            .await?;
    }
    if was.disabled_at.is_some() != now.disabled_at.is_some() {
        let mut detail = changed(was, now);
        detail["source"] = "scim".into();
        write.note(by, "user.change", subject, detail).await?;
    }
    write.commit_unrecorded().await
}
