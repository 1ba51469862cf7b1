//! People whom the company's OpenID provider or directory has just vouched for: which account is
//! theirs, whether they get one, and what the provider decides of it.

mod arrival;

pub use arrival::{Arrival, ArrivalGroup, ArrivalRefusal, ArrivalRole, ArrivalRules, Welcome};

use crate::audit::Actor;
use crate::groups;
use crate::row::{Columns, clean};
use crate::users::{
    EMAIL_TAKEN, NewUser, User, change_in, changed, check_email, checked_name, created, email_key,
    insert_user, lock_user, user, user_columns,
};
use crate::write::{Personal, Write};
use crate::{Result, Store, StoreError};
use inhouse_protocol::{GroupId, PersonChange, PersonSource, UserId};
use serde_json::{Value, json};

/// The longest name of a person that is kept, in characters.
const NAME_CHARS: usize = 120;

/// Whose account it is.
enum Known {
    /// They have come before.
    Linked(User),
    /// The account with their e-mail address may become theirs.
    ByEmail(User),
    /// The account with their e-mail address is somebody's or must not be linked.
    Taken(User),
    Nobody,
}

/// A record to be written at the end of the transaction.
struct Note {
    action: &'static str,
    subject: (&'static str, String),
    detail: Value,
    /// Sealed with the person's key.
    personal: Option<Value>,
}

impl Note {
    fn of_user(action: &'static str, user: &UserId, detail: Value) -> Self {
        Self {
            action,
            subject: ("user", user.to_string()),
            detail,
            personal: None,
        }
    }
}

impl Store {
    /// Finds or makes the account of somebody whom a provider vouches for, and brings role, groups
    /// and, where the provider keeps the account, name and address up to what it says. The last
    /// admin stays one whatever it says.
    pub async fn welcome(&self, arrival: &Arrival, rules: ArrivalRules) -> Result<Welcome> {
        match self.try_welcome(arrival, rules).await {
            // Somebody new came twice at once: the other one was first.
            Err(StoreError::Conflict { .. }) => self.try_welcome(arrival, rules).await,
            result => result,
        }
    }

    async fn try_welcome(&self, arrival: &Arrival, rules: ArrivalRules) -> Result<Welcome> {
        let mut write = self.write().await?;
        let known = known(&mut write, arrival, rules).await?;
        let refusal = match (&known, arrival.role) {
            (Known::Linked(user) | Known::ByEmail(user), _) if user.disabled_at.is_some() => {
                Some(ArrivalRefusal::Disabled)
            }
            (Known::Taken(_), _) => Some(ArrivalRefusal::Taken),
            (Known::Nobody, _) if !rules.new_people => Some(ArrivalRefusal::Unknown),
            (_, ArrivalRole::Nobody) => Some(ArrivalRefusal::NoRole),
            _ => None,
        };
        if let Some(reason) = refusal {
            refuse(write, arrival, &known, reason).await?;
            return Ok(Welcome::Refused(reason));
        }
        let mut notes = Vec::new();
        let user = match known {
            Known::Linked(before) => renew(&mut write, arrival, &before, &mut notes).await?,
            Known::ByEmail(before) => {
                let user = renew(&mut write, arrival, &before, &mut notes).await?;
                link(&mut write, arrival, &user.id).await?;
                notes.push(linked(arrival, &user.id));
                user
            }
            Known::Nobody | Known::Taken(_) => make(&mut write, arrival, &mut notes).await?,
        };
        regroup(&mut write, arrival, &user.id, &mut notes).await?;
        keep(write, &user.id, notes).await?;
        Ok(Welcome::Person(user))
    }
}

/// Asked in one statement: between two, another process could make the account, which would then
/// look like another person's with the same address.
async fn known(write: &mut Write, arrival: &Arrival, rules: ArrivalRules) -> Result<Known> {
    let row = sqlx::query(concat!(
        "SELECT ",
        user_columns!("u."),
        ", (SELECT COUNT(*) FROM identities i
            WHERE i.user_id = u.id AND i.provider = $2 AND i.name = $3) AS same,
           (SELECT COUNT(*) FROM identities i WHERE i.user_id = u.id AND i.provider = $2) AS links
         FROM users u
         WHERE u.erased_at IS NULL AND (u.email = $1 OR u.id IN
           (SELECT i.user_id FROM identities i WHERE i.provider = $2 AND i.name = $3))
         ORDER BY same DESC LIMIT 1"
    ))
    .bind(email_key(&arrival.email))
    .bind(clean(&arrival.provider).into_owned())
    .bind(clean(&arrival.name).into_owned())
    .fetch_optional(write.connection())
    .await?;
    let Some(row) = row else {
        return Ok(Known::Nobody);
    };
    let found = user(&row)?;
    if row.int("same")? > 0 {
        return Ok(Known::Linked(found));
    }
    // Whoever has another name at this provider is another person, with the same address or not.
    let trusted = rules.link_by_email || found.source == PersonSource::Scim;
    if trusted && row.int("links")? == 0 {
        Ok(Known::ByEmail(found))
    } else {
        Ok(Known::Taken(found))
    }
}

/// Records that somebody wasn't let in. Of whoever has no account here, nothing is kept.
async fn refuse(
    write: Write,
    arrival: &Arrival,
    known: &Known,
    reason: ArrivalRefusal,
) -> Result<()> {
    const ACTION: &str = "session.refused";
    let account = match known {
        Known::Linked(user) | Known::ByEmail(user) | Known::Taken(user) => Some(&user.id),
        Known::Nobody => None,
    };
    let detail = json!({
        "method": arrival.source,
        "reason": reason.code(),
        "account": account.is_some(),
    });
    let Some(id) = account else {
        let subject = ("account", "unknown");
        return write.commit(&Actor::System, ACTION, subject, detail).await;
    };
    let personal = Personal {
        of: id.as_str(),
        data: json!({ "account": email_key(&arrival.email), "name": arrival.name }),
    };
    let subject = ("user", id.as_str());
    write
        .commit_about(&Actor::System, ACTION, subject, detail, personal)
        .await
}

/// Makes the account of somebody new.
async fn make(write: &mut Write, arrival: &Arrival, notes: &mut Vec<Note>) -> Result<User> {
    let role = match arrival.role {
        ArrivalRole::Is(role) | ArrivalRole::StartsAs(role) => role,
        ArrivalRole::Nobody => return Err(StoreError::NotFound),
    };
    let new = NewUser {
        email: arrival.email.clone(),
        name: shown_name(arrival),
        role,
        department: arrival.department.clone(),
        password_hash: None,
        source: arrival.source,
        external_id: None,
    };
    let user = insert_user(write, &new).await?;
    link(write, arrival, &user.id).await?;
    let (detail, data) = created(&user);
    notes.push(Note {
        personal: Some(data),
        ..Note::of_user("user.create", &user.id, detail)
    });
    notes.push(linked(arrival, &user.id));
    Ok(user)
}

/// Brings an account up to what the provider says of it.
async fn renew(
    write: &mut Write,
    arrival: &Arrival,
    before: &User,
    notes: &mut Vec<Note>,
) -> Result<User> {
    let mut now = match arrival.role {
        ArrivalRole::Is(role) if role != before.role => {
            let change = PersonChange {
                role: Some(role),
                ..PersonChange::default()
            };
            match change_in(write, &before.id, &change).await {
                Ok((was, now)) => {
                    let detail = changed(&was, &now);
                    notes.push(Note::of_user("user.change", &before.id, detail));
                    now
                }
                // Nobody could undo it: the last admin stays one.
                Err(StoreError::Conflict { .. }) => {
                    tracing::warn!(
                        user = %before.id,
                        %role,
                        "the provider takes the last admin's role; it was kept"
                    );
                    lock_user(write, &before.id).await?
                }
                Err(error) => return Err(error),
            }
        }
        _ => lock_user(write, &before.id).await?,
    };
    // Another's word about an account that SCIM or an admin keeps changes no name.
    if before.source == arrival.source {
        renew_profile(write, arrival, &mut now, notes).await?;
    }
    Ok(now)
}

async fn renew_profile(
    write: &mut Write,
    arrival: &Arrival,
    user: &mut User,
    notes: &mut Vec<Note>,
) -> Result<()> {
    let mut email = email_key(&arrival.email);
    if email != user.email {
        check_email(&email)?;
        let taken: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM users WHERE email = $1 AND id <> $2")
                .bind(email.as_str())
                .bind(user.id.as_str())
                .fetch_one(write.connection())
                .await?;
        if taken > 0 {
            tracing::warn!(user = %user.id, "the new e-mail address is another account's; the old one was kept");
            email.clone_from(&user.email);
        }
    }
    let name = checked_name(&shown_name(arrival))?;
    let department = match arrival.department.as_deref().map(str::trim) {
        None | Some("") => user.department.clone(),
        Some(text) => Some(clean(text).into_owned()),
    };
    if (&email, &name, &department) == (&user.email, &user.name, &user.department) {
        return Ok(());
    }
    set_profile(write, &user.id, &email, &name, department.as_deref()).await?;
    user.email = email;
    user.name = name;
    user.department = department;
    notes.push(Note {
        personal: Some(profile_of(user)),
        ..Note::of_user(
            "user.profile",
            &user.id,
            json!({ "source": arrival.source }),
        )
    });
    Ok(())
}

/// What a record seals of a changed profile.
pub(crate) fn profile_of(user: &User) -> Value {
    json!({ "email": user.email, "name": user.name, "department": user.department })
}

/// Writes name and address as they are given: [`email_key`] and [`checked_name`] come before.
/// `Conflict` when the e-mail address has another account.
pub(crate) async fn set_profile(
    write: &mut Write,
    id: &UserId,
    email: &str,
    name: &str,
    department: Option<&str>,
) -> Result<()> {
    sqlx::query("UPDATE users SET email = $2, name = $3, department = $4 WHERE id = $1")
        .bind(id.as_str())
        .bind(email)
        .bind(name)
        .bind(department)
        .execute(write.connection())
        .await
        .map_err(|error| StoreError::unique(error, EMAIL_TAKEN))?;
    Ok(())
}

async fn link(write: &mut Write, arrival: &Arrival, id: &UserId) -> Result<()> {
    add_identity(write, &arrival.provider, &arrival.name, id).await
}

/// Keeps under which name a provider knows a person. `Conflict` when the name is somebody's.
pub(crate) async fn add_identity(
    write: &mut Write,
    provider: &str,
    name: &str,
    id: &UserId,
) -> Result<()> {
    let now = write.now().0;
    sqlx::query(
        "INSERT INTO identities (provider, name, user_id, linked_at) VALUES ($1, $2, $3, $4)",
    )
    .bind(clean(provider).into_owned())
    .bind(clean(name).into_owned())
    .bind(id.as_str())
    .bind(now)
    .execute(write.connection())
    .await
    .map_err(|error| StoreError::unique(error, "This name belongs to an account already."))?;
    Ok(())
}

fn linked(arrival: &Arrival, id: &UserId) -> Note {
    let detail = json!({ "source": arrival.source, "provider": arrival.provider });
    Note {
        personal: Some(json!({ "name": arrival.name })),
        ..Note::of_user("user.link", id, detail)
    }
}

/// Replaces the groups that follow from signing in.
async fn regroup(
    write: &mut Write,
    arrival: &Arrival,
    id: &UserId,
    notes: &mut Vec<Note>,
) -> Result<()> {
    let mut ids: Vec<GroupId> = Vec::new();
    for group in &arrival.groups {
        let group = group_named(write, group, notes).await?;
        ids.extend(group.filter(|group| !ids.contains(group)));
    }
    if groups::replace_memberships(write, id, "sign_in", &ids).await? {
        let detail = json!({ "source": arrival.source, "groups": ids });
        notes.push(Note::of_user("user.groups", id, detail));
    }
    Ok(())
}

/// The group of a name, made where there is none; none where the name must not lead into it.
async fn group_named(
    write: &mut Write,
    group: &ArrivalGroup,
    notes: &mut Vec<Note>,
) -> Result<Option<GroupId>> {
    let row = sqlx::query("SELECT id, role FROM access_groups WHERE name_key = $1")
        .bind(groups::name_key(&group.name))
        .fetch_optional(write.connection())
        .await?;
    if let Some(row) = row {
        if group.mirrored && row.maybe_text("role")?.is_some() {
            return Ok(None);
        }
        return row.id("id").map(Some);
    }
    let id = groups::insert_group(write, &group.name, "", None).await?;
    notes.push(Note {
        action: "group.create",
        subject: ("group", id.to_string()),
        detail: json!({ "name": group.name.trim(), "source": "sign_in" }),
        personal: None,
    });
    Ok(Some(id))
}

/// Writes the records and commits. Those with something sealed come first: a person's key is made
/// before the counter of the log is taken.
async fn keep(mut write: Write, id: &UserId, mut notes: Vec<Note>) -> Result<()> {
    notes.sort_by_key(|note| note.personal.is_none());
    for note in notes {
        let subject = (note.subject.0, note.subject.1.as_str());
        match note.personal {
            Some(data) => {
                let personal = Personal {
                    of: id.as_str(),
                    data,
                };
                write
                    .note_about(&Actor::System, note.action, subject, note.detail, personal)
                    .await?;
            }
            None => {
                write
                    .note(&Actor::System, note.action, subject, note.detail)
                    .await?;
            }
        }
    }
    write.commit_unrecorded().await
}

/// A name that can be stored: the provider's, else the e-mail address, cut to length.
fn shown_name(arrival: &Arrival) -> String {
    let name = arrival.display_name.trim();
    let name = if name.is_empty() {
        arrival.email.trim()
    } else {
        name
    };
    name.chars().take(NAME_CHARS).collect()
}
