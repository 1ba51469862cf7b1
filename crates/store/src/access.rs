//! Who acts, and what they may see. A [`Scope`] can only be made here, from a [`Principal`], and
//! a principal only from a live session, the command line's `--as`, or the operator.

use crate::audit::Actor;
use crate::row::Columns;
use crate::users::User;
use crate::{Result, Store};
use inhouse_protocol::{Role, SessionId, SetId};

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

/// The document sets that someone may see, at the moment it was made: keep it for one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    sets: Option<Vec<SetId>>,
}

impl Scope {
    /// `None` is everything, an empty slice nothing.
    pub fn sets(&self) -> Option<&[SetId]> {
        self.sets.as_deref()
    }

    pub fn contains(&self, set: &SetId) -> bool {
        self.sets.as_ref().is_none_or(|sets| sets.contains(set))
    }

    /// A scope without a database, for tests.
    #[cfg(feature = "testing")]
    pub const fn for_tests(sets: Option<Vec<SetId>>) -> Self {
        Self { sets }
    }
}

impl Store {
    /// What `principal` may see now: the sets for everyone, and those for Legal if the role is
    /// legal or admin; everything for the operator.
    pub async fn scope(&self, principal: &Principal) -> Result<Scope> {
        let sql = match principal.role() {
            None => return Ok(Scope { sets: None }),
            Some(Role::Employee) => {
                "SELECT id FROM document_sets WHERE audience = 'everyone' ORDER BY id"
            }
            Some(Role::Legal | Role::Admin) => {
                "SELECT id FROM document_sets WHERE audience IN ('everyone', 'legal') ORDER BY id"
            }
        };
        let rows = sqlx::query(sql).fetch_all(&self.pool).await?;
        let sets = rows.iter().map(|row| row.id("id"));
        Ok(Scope {
            sets: Some(sets.collect::<Result<_>>()?),
        })
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
