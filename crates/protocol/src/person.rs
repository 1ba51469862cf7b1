//! People: accounts and who is signed in.

use crate::{AnswerMode, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What an account may do. Roles don't contain one another: an admin doesn't read the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Asks questions and follows their own requests.
    Employee,
    /// Also works the review desk.
    Legal,
    /// Also manages documents and people.
    Admin,
}

impl Role {
    /// Every role, in the order the interface lists them.
    pub const ALL: [Self; 3] = [Self::Employee, Self::Legal, Self::Admin];

    /// The role's name in the database, the API and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Employee => "employee",
            Self::Legal => "legal",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Role {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| format!("'{text}' is no role; use employee, legal or admin"))
    }
}

/// Where an account comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonSource {
    /// Made here.
    Local,
    /// The company's OpenID provider.
    Oidc,
    /// The company's directory.
    Ldap,
    /// Provisioned by SCIM.
    Scim,
}

impl PersonSource {
    /// The source's name in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Oidc => "oidc",
            Self::Ldap => "ldap",
            Self::Scim => "scim",
        }
    }
}

/// `POST /api/v1/session`.
#[derive(Clone, Serialize, Deserialize)]
pub struct SignIn {
    pub email: String,
    pub password: String,
    /// A code of the second factor or a recovery code, once asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

impl fmt::Debug for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignIn").finish_non_exhaustive()
    }
}

/// `GET /api/v1/me`: who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    pub id: UserId,
    pub email: String,
    pub name: String,
    pub role: Role,
    /// The person manages at least one document set.
    pub manages_sets: bool,
    /// Documents that the person owns and whose review day has passed.
    pub reviews_due: u64,
    /// The person has seen that they talk to an AI system (AI Act 50(1)).
    pub ai_notice_seen: bool,
    /// How the person wants to be answered; none: as the deployment has it.
    pub answer_mode: Option<AnswerMode>,
    /// How the deployment answers those who chose nothing.
    pub default_answer_mode: AnswerMode,
    /// Notices that the person has not read.
    pub unread: u64,
    /// Whether this instance sends mail, and whether the person takes it.
    pub mail: MailChoice,
    /// A second factor has to be set up before anything else.
    pub must_enrol: bool,
    /// Sent back as the header `x-csrf-token` with every request that changes something.
    pub csrf_token: String,
}

/// Whether somebody is told by mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailChoice {
    /// This instance sends none.
    None,
    /// The person takes it.
    On,
    /// The person wants none.
    Off,
}

/// An account, as an admin sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub id: UserId,
    pub email: String,
    pub name: String,
    pub role: Role,
    /// The department that this person's questions are counted under.
    pub department: Option<String>,
    pub disabled: bool,
    pub source: PersonSource,
    /// The account has a second factor here.
    pub totp: bool,
    /// The person was erased; only a number is left of them.
    pub erased: bool,
    pub created_at: Timestamp,
    pub last_seen_at: Option<Timestamp>,
}

/// `POST /api/v1/people`.
#[derive(Clone, Serialize, Deserialize)]
pub struct NewPerson {
    pub email: String,
    pub name: String,
    pub role: Role,
    #[serde(default)]
    pub department: Option<String>,
    /// At least 12 characters.
    pub password: String,
}

impl fmt::Debug for NewPerson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewPerson")
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

/// `PATCH /api/v1/people/{id}`; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonChange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled: Option<bool>,
}

/// `POST /api/v1/people/{id}/password`.
#[derive(Clone, Serialize, Deserialize)]
pub struct PasswordChange {
    /// At least 12 characters.
    pub password: String,
}

impl fmt::Debug for PasswordChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordChange").finish_non_exhaustive()
    }
}

/// `PUT /api/v1/me/answers`: how the person wants to be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerPreference {
    /// None: as the deployment has it.
    pub mode: Option<AnswerMode>,
}
