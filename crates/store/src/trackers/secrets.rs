//! The secrets of trackers at rest: each sealed with a key of its own, which the master key wraps.
//! The database alone opens none.

use super::TrackerSecret;
use crate::row::{Columns, to_json};
use crate::{Result, Store, StoreError};
use inhouse_protocol::TrackerId;
use inhouse_record::{DataKey, MasterKeys, Wrapped};
use serde::{Deserialize, Serialize};

/// What a secret is for; one can't be taken for the other.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    Token,
    Webhook,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Token => "tracker token",
            Self::Webhook => "tracker webhook",
        }
    }
}

/// A secret as its column holds it, in JSON.
#[derive(Serialize, Deserialize)]
struct Kept {
    master: String,
    wrapped: String,
    data: String,
}

/// What the secret is bound to; no id of a person has a colon.
fn bound(id: &TrackerId) -> String {
    format!("tracker:{id}")
}

pub(super) fn seal(
    keys: &MasterKeys,
    id: &TrackerId,
    purpose: Purpose,
    plain: &str,
) -> Result<String> {
    let key = DataKey::fresh()?;
    let wrapped = keys.wrap(&bound(id), &key)?;
    to_json(&Kept {
        master: wrapped.master,
        wrapped: wrapped.wrapped,
        data: key.seal(&bound(id), purpose.as_str(), plain.as_bytes())?,
    })
}

pub(super) fn open(
    keys: &MasterKeys,
    id: &TrackerId,
    purpose: Purpose,
    sealed: &str,
) -> Result<TrackerSecret> {
    let (key, data) = key_of(keys, id, sealed)?;
    let plain = key.open(&bound(id), purpose.as_str(), &data)?;
    let plain = String::from_utf8(plain).map_err(|_| no_secret())?;
    Ok(TrackerSecret::new(plain))
}

/// The key of a sealed secret, and what it opens.
fn key_of(keys: &MasterKeys, id: &TrackerId, sealed: &str) -> Result<(DataKey, String)> {
    let kept: Kept = serde_json::from_str(sealed).map_err(|_| no_secret())?;
    let wrapped = Wrapped {
        master: kept.master,
        wrapped: kept.wrapped,
    };
    Ok((keys.unwrap(&bound(id), &wrapped)?, kept.data))
}

fn no_secret() -> StoreError {
    StoreError::Corrupt("a tracker's secret".into())
}

/// The sealed secrets: the tracker's id, and the column's text.
async fn all(store: &Store) -> Result<Vec<(TrackerId, &'static str, String)>> {
    let rows = sqlx::query("SELECT id, token, webhook_secret FROM trackers")
        .fetch_all(&store.pool)
        .await?;
    let mut found = Vec::new();
    for row in &rows {
        for column in ["token", "webhook_secret"] {
            if let Some(sealed) = row.maybe_text(column)? {
                found.push((row.id("id")?, column, sealed));
            }
        }
    }
    Ok(found)
}

/// Checks that the master keys of this process open the keys of every secret.
pub(crate) async fn check_secrets(store: &Store) -> Result<()> {
    for (id, _, sealed) in all(store).await? {
        key_of(&store.keys, &id, &sealed)?;
    }
    Ok(())
}

/// Wraps the keys of secrets with the master key that is first now; gives how many.
pub(crate) async fn rewrap_secrets(store: &Store) -> Result<u64> {
    let mut count = 0;
    for (id, column, sealed) in all(store).await? {
        let (key, data) = key_of(&store.keys, &id, &sealed)?;
        let wrapped = store.keys.wrap(&bound(&id), &key)?;
        let kept = to_json(&Kept {
            master: wrapped.master,
            wrapped: wrapped.wrapped,
            data,
        })?;
        let sql = match column {
            "token" => "UPDATE trackers SET token = $2 WHERE id = $1 AND token = $3",
            _ => "UPDATE trackers SET webhook_secret = $2 WHERE id = $1 AND webhook_secret = $3",
        };
        let mut write = store.write().await?;
        count += sqlx::query(sql)
            .bind(id.as_str())
            .bind(kept)
            .bind(sealed)
            .execute(write.connection())
            .await?
            .rows_affected();
        write.commit_unrecorded().await?;
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_opens_with_its_keys_for_its_tracker_and_purpose_only() -> Result<()> {
        let keys = MasterKeys::ephemeral();
        let (one, other): (TrackerId, TrackerId) =
            ("t-1".parse().expect("an id"), "t-2".parse().expect("an id"));
        let sealed = seal(&keys, &one, Purpose::Token, "s3cret")?;
        assert!(!sealed.contains("s3cret"));
        assert_eq!(
            open(&keys, &one, Purpose::Token, &sealed)?.expose(),
            "s3cret"
        );
        assert!(open(&keys, &other, Purpose::Token, &sealed).is_err());
        assert!(open(&keys, &one, Purpose::Webhook, &sealed).is_err());
        assert!(open(&MasterKeys::ephemeral(), &one, Purpose::Token, &sealed).is_err());
        Ok(())
    }
}
