//! The set that files go into; made where it is missing.

use super::super::groups::{NamedGrant, is_admin, resolve};
use anyhow::{Context as _, bail};
use inhouse_protocol::{Audience, DocumentSet, NewDocumentSet};
use inhouse_store::{Principal, Store, StoreError};
use serde::Deserialize;

/// A set as it is to be where it isn't there yet.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::cli) struct WantedSet {
    pub(in crate::cli) name: String,
    #[serde(default)]
    pub(in crate::cli) description: String,
    pub(in crate::cli) audience: Audience,
    #[serde(default)]
    pub(in crate::cli) grants: Vec<NamedGrant>,
}

/// The set of this name, which the principal has to manage; made where it is missing.
pub(in crate::cli) async fn set_named(
    store: &Store,
    principal: &Principal,
    wanted: &WantedSet,
) -> anyhow::Result<DocumentSet> {
    let name = &wanted.name;
    let scope = store.scope(principal).await?;
    let set = match store.set_by_name(&scope, name).await? {
        Some(set) => set,
        None if !is_admin(principal) => {
            bail!("there is no set '{name}' that is yours to see, and only admins make sets")
        }
        None => make_set(store, principal, wanted).await?,
    };
    if !set.manages {
        bail!("the set '{name}' isn't yours to manage: nothing was put into it");
    }
    Ok(set)
}

async fn make_set(
    store: &Store,
    principal: &Principal,
    wanted: &WantedSet,
) -> anyhow::Result<DocumentSet> {
    let new = NewDocumentSet {
        name: wanted.name.clone(),
        description: wanted.description.clone(),
        audience: wanted.audience,
        grants: resolve(store, &wanted.grants).await?,
    };
    match store.create_set(&principal.actor(), &new).await {
        // Made meanwhile by somebody else, or not to be seen from here.
        Err(StoreError::Conflict { what }) => {
            let scope = store.scope(principal).await?;
            let set = store.set_by_name(&scope, &wanted.name).await?;
            set.with_context(|| format!("{}: {what}", wanted.name))
        }
        set => Ok(set?),
    }
}
