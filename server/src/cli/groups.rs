//! `inhouse group …` and `inhouse set …`

use super::context::Context;
use super::{people, table};
use anyhow::{Context as _, bail};
use clap::Subcommand;
use inhouse_protocol::{
    Audience, DocumentSet, GrantChange, Group, GroupChange, Right, Role, SetAccess,
};
use inhouse_store::{Principal, Store, StoreError};
use serde::Deserialize;
use std::io::Write;
use std::str::FromStr;

/// `inhouse group …`
#[derive(Debug, Subcommand)]
pub enum GroupCommand {
    /// List the groups
    List {
        /// Print JSON instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Add a group; nobody is in it yet
    Add {
        /// The group's name
        name: String,
        /// Whom it is for
        #[arg(long, default_value = "")]
        description: String,
    },
    /// Remove a group and every right that it gave
    Remove {
        /// The group's name
        name: String,
    },
    /// Put people into a group
    Join {
        /// The group's name
        group: String,
        /// Their accounts' e-mails
        #[arg(required = true, value_name = "EMAIL")]
        people: Vec<String>,
    },
    /// Take people out of a group; they lose its rights at their next request
    Leave {
        /// The group's name
        group: String,
        /// Their accounts' e-mails
        #[arg(required = true, value_name = "EMAIL")]
        people: Vec<String>,
    },
}

/// `inhouse set …`
#[derive(Debug, Subcommand)]
pub enum SetCommand {
    /// List the document sets and who may see them
    List {
        /// Print JSON instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Replace who may see and manage a document set
    Access {
        /// The set's name
        name: String,
        /// everyone, groups or restricted
        #[arg(long, value_name = "WHO")]
        audience: Audience,
        /// A right of a group: read or manage; may be repeated
        #[arg(long = "grant", value_name = "GROUP=RIGHT")]
        grants: Vec<NamedGrant>,
    },
}

/// A right for the group of this name, on the command line `GROUP=read` or `GROUP=manage`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedGrant {
    /// The group's name.
    pub group: String,
    /// What its people may do.
    pub right: Right,
}

impl FromStr for NamedGrant {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // From the right: a name may hold an equals sign.
        let (group, right) = text
            .rsplit_once('=')
            .ok_or_else(|| format!("'{text}' is not like GROUP=read or GROUP=manage"))?;
        let right = match right.trim() {
            "read" => Right::Read,
            "manage" => Right::Manage,
            other => return Err(format!("'{other}' is no right; use read or manage")),
        };
        Ok(Self {
            group: group.trim().to_owned(),
            right,
        })
    }
}

pub(super) async fn group(command: GroupCommand, context: Context<'_>) -> anyhow::Result<()> {
    let store = context.store().await?;
    let principal = context.principal(&store).await?;
    if !is_admin(&principal) {
        bail!("groups are for admins");
    }
    let by = principal.actor();
    match command {
        GroupCommand::List { json } => list_groups(&store, json, context).await?,
        GroupCommand::Add { name, description } => {
            let new = GroupChange {
                name: Some(name),
                description: Some(description),
            };
            let group = store.create_group(&by, &new).await?;
            writeln!(context.out, "Added the group {}.", group.name)?;
        }
        GroupCommand::Remove { name } => {
            let group = named(&store, &name).await?;
            let scope = store.scope(&principal).await?;
            store.delete_group(&by, &scope, &group.id).await?;
            writeln!(
                context.out,
                "Removed the group {} and the rights that it gave.",
                group.name
            )?;
        }
        GroupCommand::Join { group, people } => {
            let group = named(&store, &group).await?;
            for email in people {
                let person = people::find(&store, &email).await?;
                store.add_member(&by, &group.id, &person.id).await?;
                writeln!(context.out, "{} is in {}.", person.email, group.name)?;
            }
        }
        GroupCommand::Leave { group, people } => {
            let group = named(&store, &group).await?;
            for email in people {
                let person = people::find(&store, &email).await?;
                match store.remove_member(&by, &group.id, &person.id).await {
                    Err(StoreError::NotFound) => {
                        bail!("{} isn't in {}", person.email, group.name)
                    }
                    left => left?,
                }
                writeln!(
                    context.out,
                    "{} is not in {} any more.",
                    person.email, group.name
                )?;
            }
        }
    }
    Ok(())
}

pub(super) async fn set(command: SetCommand, context: Context<'_>) -> anyhow::Result<()> {
    let store = context.store().await?;
    let principal = context.principal(&store).await?;
    let scope = store.scope(&principal).await?;
    match command {
        SetCommand::List { json } => list_sets(&store.sets(&scope).await?, json, context.out),
        SetCommand::Access {
            name,
            audience,
            grants,
        } => {
            let set = store.set_by_name(&scope, &name).await?;
            let set = set.filter(|set| set.manages).with_context(|| {
                format!("there is no set '{name}', or it isn't yours to manage")
            })?;
            let access = SetAccess {
                audience,
                grants: resolve(&store, &grants).await?,
            };
            let by = principal.actor();
            store.set_access(&by, &scope, &set.id, &access).await?;
            writeln!(
                context.out,
                "{} is for {}.",
                set.name,
                whom(audience, &grants)
            )?;
            Ok(())
        }
    }
}

/// Whether this principal makes groups and sets.
pub(super) fn is_admin(principal: &Principal) -> bool {
    principal.is_operator() || principal.role() == Some(Role::Admin)
}

/// The rights with their groups' ids.
pub(super) async fn resolve(
    store: &Store,
    grants: &[NamedGrant],
) -> anyhow::Result<Vec<GrantChange>> {
    let mut resolved = Vec::with_capacity(grants.len());
    for grant in grants {
        resolved.push(GrantChange {
            group: named(store, &grant.group).await?.id,
            right: grant.right,
        });
    }
    Ok(resolved)
}

async fn named(store: &Store, name: &str) -> anyhow::Result<Group> {
    store
        .group_by_name(name)
        .await?
        .with_context(|| format!("there is no group '{name}'; `inhouse group list` shows all"))
}

async fn list_groups(store: &Store, json: bool, context: Context<'_>) -> anyhow::Result<()> {
    let groups = store.groups().await?;
    if json {
        serde_json::to_writer_pretty(&mut *context.out, &groups)?;
        writeln!(context.out)?;
        return Ok(());
    }
    let rows: Vec<_> = groups
        .into_iter()
        .map(|group| vec![group.name, group.members.to_string(), group.description])
        .collect();
    table::write(context.out, &["group", "people", "description"], &rows)?;
    Ok(())
}

fn list_sets(sets: &[DocumentSet], json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    if json {
        serde_json::to_writer_pretty(&mut *out, sets)?;
        writeln!(out)?;
        return Ok(());
    }
    let rows: Vec<_> = sets
        .iter()
        .map(|set| {
            let rights = set
                .grants
                .iter()
                .map(|grant| format!("{} ({})", grant.group_name, grant.right));
            vec![
                set.name.clone(),
                set.audience.as_str().to_owned(),
                set.documents.to_string(),
                rights.collect::<Vec<_>>().join(", "),
            ]
        })
        .collect();
    table::write(out, &["set", "for", "documents", "rights"], &rows)?;
    Ok(())
}

fn whom(audience: Audience, grants: &[NamedGrant]) -> String {
    let groups = grants
        .iter()
        .map(|grant| format!("{} ({})", grant.group, grant.right));
    let groups = groups.collect::<Vec<_>>().join(", ");
    match (audience, groups.is_empty()) {
        (Audience::Everyone, true) => "everyone".into(),
        (Audience::Everyone, false) => format!("everyone; {groups}"),
        (Audience::Groups | Audience::Restricted, true) => "admins only".into(),
        (Audience::Groups, false) => format!("{groups}, and admins"),
        (Audience::Restricted, false) => format!("{groups}, and nobody else"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_names_its_group_and_a_right() {
        let parsed: NamedGrant = "Mergers = Acquisitions=manage".parse().unwrap();
        assert_eq!(parsed.group, "Mergers = Acquisitions");
        assert_eq!(parsed.right, Right::Manage);
        assert!("Legal team".parse::<NamedGrant>().is_err());
        assert!("Legal team=write".parse::<NamedGrant>().is_err());
    }
}
