//! Keeps the clocks of the service levels: warns before a breach, notes it, brings back what was
//! put off.

use crate::app::App;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often the clocks are looked at: service levels are in minutes.
const LOOK: Duration = Duration::from_mins(1);

/// Looks at the clocks until `halt` comes. Every process may: what one has noted is noted.
pub(crate) async fn keep(app: App, halt: CancellationToken) {
    loop {
        match app.store.sweep_clocks(app.store.now()).await {
            Ok(events) if events.is_empty() => {}
            Ok(events) => tracing::info!(
                events = events.len(),
                "clocks of the desk have run down or brought something back"
            ),
            Err(error) => tracing::error!(%error, "the desk's clocks could not be looked at"),
        }
        tokio::select! {
            () = halt.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}
