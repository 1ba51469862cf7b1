//! Groups and the rights that they give.

use crate::{Audience, GroupId, Role, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a group may do with a document set. Who manages a set also reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// Its documents are found, cited and opened.
    Read,
    /// Also add, remove and narrow documents, and change who sees the set.
    Manage,
}

impl Right {
    /// The right's name in the database, the API and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Manage => "manage",
        }
    }
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Who keeps a membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberSource {
    /// An admin, here.
    Local,
    /// The SCIM client.
    Scim,
    /// Renewed by each sign-in through OpenID Connect or LDAP.
    SignIn,
    /// The person's role; ends with it.
    Role,
}

/// A group of people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    pub id: GroupId,
    /// 1 to 120 characters, unique whatever its case.
    pub name: String,
    pub description: String,
    /// Everyone in this role is a member without being listed; such a group can't be deleted.
    pub role: Option<Role>,
    /// People in the group, by role and listed, each counted once.
    pub members: u64,
    pub created_at: Timestamp,
}

/// Somebody in a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub id: UserId,
    pub name: String,
    pub email: String,
    /// Who keeps the membership; one that is not `local` can't be removed here.
    pub source: MemberSource,
}

/// `GET /api/v1/groups/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupDetail {
    #[serde(flatten)]
    pub group: Group,
    /// By name.
    pub people: Vec<Member>,
    /// The sets that the group has a right on, of those the reader may see.
    pub sets: Vec<GroupSet>,
}

/// A set that a group has a right on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupSet {
    pub id: crate::SetId,
    pub name: String,
    pub right: Right,
}

/// `POST /api/v1/groups` and `PATCH /api/v1/groups/{id}`, where what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupChange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// A right that a group has on a set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetGrant {
    pub group: GroupId,
    pub group_name: String,
    pub right: Right,
}

/// A right to be given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantChange {
    pub group: GroupId,
    pub right: Right,
}

/// `PUT /api/v1/document-sets/{id}/access`: replaces who may see a set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAccess {
    pub audience: Audience,
    pub grants: Vec<GrantChange>,
}

/// `PUT /api/v1/documents/{id}/access`: replaces who may see a document, of those who may see its
/// set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentAccess {
    /// None: everyone who may see the set. An empty list: those who manage the set.
    pub groups: Option<Vec<GroupId>>,
}
