//! Who acts, and what they may see. A [`Scope`] can only be made here, from a [`Principal`], and
//! a principal only from a live session, the command line's `--as`, or the operator.

use crate::audit::Actor;
use crate::row::Columns;
use crate::users::User;
use crate::{Result, Store};
use inhouse_protocol::{Audience, Day, DocumentId, Role, SessionId, SetId, UserId};

/// Somebody known to the store, who asks for something.
#[derive(Debug, Clone)]
pub struct Principal(Who);

#[derive(Debug, Clone)]
enum Who {
    User {
        user: Box<User>,
        session: Option<SessionId>,
    },
    Operator,
}

impl Principal {
    /// Whoever has the command line and the data folder: sees everything, recorded as such.
    pub const fn operator() -> Self {
        Self(Who::Operator)
    }

    pub(crate) fn of(user: User, session: Option<SessionId>) -> Self {
        Self(Who::User {
            user: Box::new(user),
            session,
        })
    }

    pub fn user(&self) -> Option<&User> {
        match &self.0 {
            Who::User { user, .. } => Some(user),
            Who::Operator => None,
        }
    }

    /// The session that this person came with; none on the command line.
    pub fn session(&self) -> Option<&SessionId> {
        match &self.0 {
            Who::User { session, .. } => session.as_ref(),
            Who::Operator => None,
        }
    }

    pub fn role(&self) -> Option<Role> {
        self.user().map(|user| user.role)
    }

    pub fn department(&self) -> Option<&str> {
        self.user().and_then(|user| user.department.as_deref())
    }

    pub const fn is_operator(&self) -> bool {
        matches!(self.0, Who::Operator)
    }

    /// Whom the record names for what this principal does.
    pub fn actor(&self) -> Actor {
        match &self.0 {
            Who::User { user, .. } => Actor::User(user.id.clone()),
            Who::Operator => Actor::Operator,
        }
    }

    /// The user's id as a column's value; none for the operator.
    pub(crate) fn user_id(&self) -> Option<&str> {
        self.user().map(|user| user.id.as_str())
    }

    /// May work the review desk.
    pub(crate) fn works_the_desk(&self) -> bool {
        self.is_operator() || self.role() == Some(Role::Legal)
    }
}

/// What someone may see and change, at the moment it was made: keep it for one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// In order; `None` is everything, also what is restricted.
    sets: Option<Vec<SetId>>,
    /// Documents of `sets` that are narrower than their set, in order.
    hidden: Vec<DocumentId>,
    /// Those of `sets` that they manage, in order.
    managed: Vec<SetId>,
    /// The day whose documents are found.
    on: Day,
}

impl Scope {
    const fn everything(on: Day) -> Self {
        Self {
            sets: None,
            hidden: Vec::new(),
            managed: Vec::new(),
            on,
        }
    }

    /// The day on which a version has to be in force to be found; in UTC. At first the day on
    /// which the scope was made.
    pub const fn on(&self) -> Day {
        self.on
    }

    /// The same scope, for what was or will be in force on `day`. What may be seen stays as it
    /// is now: no right of that day comes back.
    #[must_use]
    pub fn as_of(mut self, day: Day) -> Self {
        self.on = day;
        self
    }

    /// `None` is everything, an empty slice nothing.
    pub fn sets(&self) -> Option<&[SetId]> {
        self.sets.as_deref()
    }

    /// The documents of those sets that must not be shown, in order. An index filters by them
    /// too, so that they take no place among what is found.
    pub fn hidden(&self) -> &[DocumentId] {
        &self.hidden
    }

    /// Whether the set may be seen; of its documents, [`shows`](Self::shows) decides.
    pub fn contains(&self, set: &SetId) -> bool {
        self.sets
            .as_ref()
            .is_none_or(|sets| sets.binary_search(set).is_ok())
    }

    /// Whether this document of this set may be seen.
    pub fn shows(&self, set: &SetId, document: &DocumentId) -> bool {
        self.contains(set) && self.hidden.binary_search(document).is_err()
    }

    /// Whether documents may be added to the set, removed and narrowed, and its access changed.
    pub fn manages(&self, set: &SetId) -> bool {
        self.sets.is_none() || self.managed.binary_search(set).is_ok()
    }

    /// Whether there is a set to manage at all.
    pub fn manages_any(&self) -> bool {
        self.sets.is_none() || !self.managed.is_empty()
    }
}

/// The groups of the person `$1`: those that list them, and those of their role.
macro_rules! groups_of {
    () => {
        "SELECT m.group_id FROM group_members m WHERE m.user_id = $1
         UNION
         SELECT a.id FROM access_groups a JOIN users r ON r.role = a.role WHERE r.id = $1"
    };
}
pub(crate) use groups_of;

/// Every set, with what the person `$1` has on it; nothing for a disabled account. The role is the
/// one of this moment, not the one that somebody came with.
const SETS: &str = concat!(
    "SELECT s.id, s.audience, u.role, COUNT(g.group_id) AS rights,
            COUNT(CASE WHEN g.access_right = 'manage' THEN 1 END) AS manages
     FROM users u CROSS JOIN document_sets s
     LEFT JOIN set_grants g ON g.set_id = s.id AND g.group_id IN (",
    groups_of!(),
    ")
     WHERE u.id = $1 AND u.disabled_at IS NULL
     GROUP BY s.id, s.audience, u.role"
);

/// Every narrowed document that no group of the person `$1` is named for.
const NARROWED: &str = concat!(
    "SELECT d.id, d.set_id FROM documents d
     WHERE d.narrowed = 1 AND d.deleted_at IS NULL AND NOT EXISTS (
         SELECT 1 FROM document_grants g WHERE g.document_id = d.id AND g.group_id IN (",
    groups_of!(),
    "))"
);

impl Store {
    /// What `principal` may see now. The operator: everything. People: the sets for everyone and
    /// those that a group of theirs has a right on, less the documents narrowed to other groups.
    /// Admins also see and manage every set that isn't restricted.
    pub async fn scope(&self, principal: &Principal) -> Result<Scope> {
        self.scope_of(&principal.actor()).await
    }

    /// The same for whoever the record names.
    pub(crate) async fn scope_of(&self, actor: &Actor) -> Result<Scope> {
        let on = self.now().day();
        let Actor::User(user) = actor else {
            return Ok(Scope::everything(on));
        };
        let rows = sqlx::query(SETS).bind(user.as_str()).fetch_all(&self.pool);
        let (mut sets, mut managed) = (Vec::new(), Vec::new());
        for row in rows.await? {
            let set: SetId = row.id("id")?;
            let audience: Audience = row.name("audience")?;
            let admin = row.name::<Role>("role")? == Role::Admin;
            let manages = row.int("manages")? > 0 || admin && audience != Audience::Restricted;
            if manages {
                managed.push(set.clone());
            }
            if manages || audience == Audience::Everyone || row.int("rights")? > 0 {
                sets.push(set);
            }
        }
        // Not the database's order: PostgreSQL's depends on its locale.
        sets.sort_unstable();
        managed.sort_unstable();
        let mut scope = Scope {
            sets: Some(sets),
            hidden: Vec::new(),
            managed,
            on,
        };
        scope.hidden = self.hidden_from(user, &scope).await?;
        Ok(scope)
    }

    /// The documents of the scope's sets that `user` may not see.
    async fn hidden_from(&self, user: &UserId, scope: &Scope) -> Result<Vec<DocumentId>> {
        let rows = sqlx::query(NARROWED)
            .bind(user.as_str())
            .fetch_all(&self.pool)
            .await?;
        let mut hidden = Vec::new();
        for row in rows {
            let set: SetId = row.id("set_id")?;
            if scope.contains(&set) && !scope.manages(&set) {
                hidden.push(row.id("id")?);
            }
        }
        hidden.sort_unstable();
        Ok(hidden)
    }

    /// The names of the groups that the principal is in now, by being listed or by their role; none
    /// for the operator.
    pub async fn groups_named(&self, by: &Principal) -> Result<Vec<String>> {
        let Some(user) = by.user_id() else {
            return Ok(Vec::new());
        };
        let rows = sqlx::query(concat!(
            "SELECT g.name FROM access_groups g WHERE g.id IN (",
            groups_of!(),
            ") ORDER BY g.name_key"
        ))
        .bind(user)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| row.text("name")).collect()
    }

    /// The person with this e-mail, for the command line's `--as`. None if there is no such
    /// account or it is disabled.
    pub async fn principal_of_email(&self, email: &str) -> Result<Option<Principal>> {
        let user = self.user_by_email(email).await?;
        Ok(user
            .filter(|user| user.disabled_at.is_none())
            .map(|user| Principal::of(user, None)))
    }
}
