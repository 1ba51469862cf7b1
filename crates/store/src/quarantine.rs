//! What could not be read.

use crate::access::Scope;
use crate::documents::select_summary;
use crate::row::Columns;
use crate::{Result, Store};
use inhouse_protocol::{Quarantined, ReadSettings, SetId};

/// Files that are told at once.
const MOST: usize = 500;

impl Store {
    /// The documents of the sets that the scope manages whose newest version could not be read or
    /// was stopped; the newest failure first, 500 at most.
    pub async fn quarantine(&self, scope: &Scope) -> Result<Vec<Quarantined>> {
        let mut rows = sqlx::query(select_summary!(
            ", v.read_settings,
             (SELECT s.name FROM document_sets s WHERE s.id = d.set_id) AS set_name,
             (SELECT COUNT(*) FROM versions e
              WHERE e.document_id = d.id AND e.state = 'ready'
                AND e.valid_from <= $1 AND $1 < e.valid_until) AS earlier",
            "AND v.state = 'failed' ORDER BY v.moved_at DESC, d.id"
        ))
        .bind(self.now().day().number())
        .fetch_all(&self.pool)
        .await?;
        let mut managed = Vec::new();
        for row in &rows {
            managed.push(scope.manages(&row.id::<SetId>("set_id")?));
        }
        let mut managed = managed.into_iter();
        rows.retain(|_| managed.next().unwrap_or(false));
        rows.truncate(MOST);
        // Whoever manages a set sees all of it: as many as there are rows, in the same order.
        let documents = self.summaries(scope, &rows).await?;
        documents
            .into_iter()
            .zip(&rows)
            .map(|(document, row)| {
                Ok(Quarantined {
                    failed_at: document.moved_at,
                    document,
                    set_name: row.text("set_name")?,
                    settings: row.json::<ReadSettings>("read_settings")?,
                    earlier_in_force: row.int("earlier")? > 0,
                })
            })
            .collect()
    }
}
