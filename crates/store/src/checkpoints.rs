//! Signed checkpoints of the record. They are made elsewhere, where the signing key is.

use crate::audit::Actor;
use crate::row::Columns;
use crate::{Result, Store};
use inhouse_record::{Checkpoint, Fault};
use serde_json::json;
use sqlx::any::AnyRow;

impl Store {
    /// The number and hash of the newest record; none in an empty log.
    pub async fn newest_record(&self) -> Result<Option<(i64, String)>> {
        let row = sqlx::query("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| Ok((row.int("seq")?, row.text("hash")?)))
            .transpose()
    }

    /// Every checkpoint, by the record it is for. Their signatures are not checked here.
    pub async fn checkpoints(&self) -> Result<Vec<Checkpoint>> {
        let rows =
            sqlx::query("SELECT seq, hash, at, key_id, signature FROM checkpoints ORDER BY seq")
                .fetch_all(&self.pool)
                .await?;
        rows.iter().map(checkpoint).collect()
    }

    /// The checkpoint of the highest record.
    pub async fn latest_checkpoint(&self) -> Result<Option<Checkpoint>> {
        let row = sqlx::query(
            "SELECT seq, hash, at, key_id, signature FROM checkpoints ORDER BY seq DESC LIMIT 1",
        )
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(checkpoint).transpose()
    }

    /// Keeps a checkpoint; false when another process was first with one for this record. It
    /// vouches for the record and leaves none itself.
    pub async fn add_checkpoint(&self, new: &Checkpoint) -> Result<bool> {
        let mut write = self.write().await?;
        let added = sqlx::query(
            "INSERT INTO checkpoints (seq, hash, at, key_id, signature)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (seq) DO NOTHING",
        )
        .bind(new.seq)
        .bind(new.hash.as_str())
        .bind(new.at)
        .bind(new.key_id.as_str())
        .bind(new.signature.as_str())
        .execute(write.connection())
        .await?;
        write.commit_unrecorded().await?;
        Ok(added.rows_affected() > 0)
    }

    /// Keeps in the log itself that it doesn't verify.
    pub async fn record_fault(&self, fault: &Fault) -> Result<()> {
        let detail = json!({ "record": fault.seq, "fault": fault.to_string() });
        self.write()
            .await?
            .commit(&Actor::System, "log.fault", ("log", "audit"), detail)
            .await
    }

    /// Records that the instance's `session`, `audit` or `master` keys have a new one, by its id.
    pub async fn record_key_rotation(&self, by: &Actor, keys: &str, id: &str) -> Result<()> {
        self.write()
            .await?
            .commit(by, "keys.rotate", ("keys", keys), json!({ "key": id }))
            .await
    }
}

fn checkpoint(row: &AnyRow) -> Result<Checkpoint> {
    Ok(Checkpoint {
        seq: row.int("seq")?,
        hash: row.text("hash")?,
        at: row.int("at")?,
        key_id: row.text("key_id")?,
        signature: row.text("signature")?,
    })
}
