//! The events that a run streams: kept, so that a reader who comes back goes on where they were.

use crate::access::Scope;
use crate::row::{Columns, big, to_json};
use crate::visibility::documents_of;
use crate::write::Write;
use crate::{Result, Store, StoreError};
use inhouse_protocol::{RunEvent, RunId, StreamedEvent};

impl Store {
    /// Appends an event; its place, from 1. `Conflict` when the run is done: `Done` comes from
    /// `finish_run` and is the last.
    pub async fn append_event(&self, run: &RunId, event: &RunEvent) -> Result<u64> {
        if matches!(event, RunEvent::Done { .. }) {
            return Err(StoreError::Invalid("a run ends with finish_run".into()));
        }
        let mut write = self.write().await?;
        let now = write.now().0;
        let seq: Option<i64> = sqlx::query_scalar(
            "UPDATE runs SET last_event = last_event + 1, active_at = $2
             WHERE id = $1 AND state = 'running' RETURNING last_event",
        )
        .bind(run.as_str())
        .bind(now)
        .fetch_optional(write.connection())
        .await?;
        let seq = seq.ok_or_else(|| StoreError::conflict("This question is done already."))?;
        insert(&mut write, run, seq, event).await?;
        write.commit_unrecorded().await?;
        Ok(u64::try_from(seq).unwrap_or_default())
    }

    /// Tells that the run is still worked on, while there is no event to append.
    pub async fn touch_run(&self, run: &RunId) -> Result<()> {
        let mut write = self.write().await?;
        let now = write.now().0;
        sqlx::query("UPDATE runs SET active_at = $2 WHERE id = $1 AND state = 'running'")
            .bind(run.as_str())
            .bind(now)
            .execute(write.connection())
            .await?;
        write.commit_unrecorded().await
    }

    /// The events after `seq`, in order, as far as the scope shows them; 0 starts at the first.
    /// Whether the run is the reader's is `run_for`'s question.
    pub async fn events_after(
        &self,
        scope: &Scope,
        run: &RunId,
        seq: u64,
    ) -> Result<Vec<StreamedEvent>> {
        let rows = sqlx::query(
            "SELECT seq, event FROM run_events WHERE run_id = $1 AND seq > $2 ORDER BY seq",
        )
        .bind(run.as_str())
        .bind(big(seq)?)
        .fetch_all(&self.pool)
        .await?;
        let events = rows
            .iter()
            .map(|row| Ok((row.number::<u64>("seq")?, row.json::<RunEvent>("event")?)))
            .collect::<Result<Vec<_>>>()?;
        let shown = events.iter().flat_map(|(_, event)| documents_of(event));
        let visible = self.visible(scope, shown.collect()).await?;
        Ok(events
            .into_iter()
            .filter_map(|(seq, event)| {
                let event = visible.event(event)?;
                Some(StreamedEvent { seq, event })
            })
            .collect())
    }
}

/// Stores an event at a place that the run's row has given out.
pub(crate) async fn insert(
    write: &mut Write,
    run: &RunId,
    seq: i64,
    event: &RunEvent,
) -> Result<()> {
    let now = write.now().0;
    sqlx::query("INSERT INTO run_events (run_id, seq, event, at) VALUES ($1, $2, $3, $4)")
        .bind(run.as_str())
        .bind(seq)
        .bind(to_json(event)?)
        .bind(now)
        .execute(write.connection())
        .await?;
    Ok(())
}
