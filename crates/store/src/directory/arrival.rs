//! What a provider says of somebody, and what became of it.

use crate::users::User;
use inhouse_protocol::{PersonSource, Role};
use std::fmt;

/// Somebody whom a provider has just vouched for.
#[derive(Clone, PartialEq, Eq)]
pub struct Arrival {
    /// [`PersonSource::Oidc`] or [`PersonSource::Ldap`].
    pub source: PersonSource,
    /// Whose names these are, such as OpenID Connect's issuer.
    pub provider: String,
    /// What the provider calls the person for good, such as OpenID Connect's `sub`.
    pub name: String,
    pub email: String,
    /// As people call them; the e-mail address where it is empty.
    pub display_name: String,
    /// None leaves it as it is.
    pub department: Option<String>,
    pub role: ArrivalRole,
    /// All groups that follow from this provider; others that did end.
    pub groups: Vec<ArrivalGroup>,
}

impl fmt::Debug for Arrival {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arrival")
            .field("source", &self.source)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

/// What a provider says of somebody's role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArrivalRole {
    /// This one, at each sign-in.
    Is(Role),
    /// Nothing; a new account starts with this one.
    StartsAs(Role),
    /// The person has none here and isn't let in.
    Nobody,
}

/// A group that follows from what a provider says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArrivalGroup {
    /// A group's name here; made when it isn't there.
    pub name: String,
    /// The name is the provider's own. Such a name never leads into a group that a role has.
    pub mirrored: bool,
}

/// What is done about people who have no account yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArrivalRules {
    /// They get the account with their e-mail address, wherever it was made. Without it only where
    /// SCIM made it: that is the same company's word.
    pub link_by_email: bool,
    /// They get a new one.
    pub new_people: bool,
}

/// What became of an arrival.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Welcome {
    /// A session can be opened for this account.
    Person(User),
    /// They aren't let in.
    Refused(ArrivalRefusal),
}

/// Why somebody isn't let in although the provider vouches for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArrivalRefusal {
    /// The account is disabled.
    Disabled,
    /// There is no account and none is made.
    Unknown,
    /// The e-mail address belongs to an account that isn't linked.
    Taken,
    /// No role follows from what the provider says.
    NoRole,
}

impl ArrivalRefusal {
    /// The reason for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Disabled => "disabled",
            Self::Unknown => "unknown",
            Self::Taken => "taken",
            Self::NoRole => "no_role",
        }
    }

    /// The reason for the person, with what to do.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Disabled => "Your account here is disabled. Ask an administrator.",
            Self::Unknown => "You have no account here yet. Ask an administrator to make one.",
            Self::Taken => {
                "Your e-mail address belongs to an account that isn't linked with your company \
                 account. Sign in with its password, or ask an administrator."
            }
            Self::NoRole => {
                "Your company account gives you no role here. Ask an administrator for access."
            }
        }
    }
}
