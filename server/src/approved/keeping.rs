//! Takes answers out of use when a day has come: their own last one, or the first one of a newer
//! version of what they cite.

use crate::app::App;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often answers are looked at. None is given past its day meanwhile: that is checked each time
/// that one is given.
const LOOK: Duration = Duration::from_mins(1);

/// Looks at the answers until `halt` comes. Every process may: what one has put back is put back.
pub(crate) async fn keep(app: App, halt: CancellationToken) {
    loop {
        match app.store.review_approved_answers().await {
            Ok(0) => {}
            Ok(answers) => tracing::info!(answers, "approved answers are up for review"),
            Err(error) => tracing::error!(%error, "approved answers could not be looked at"),
        }
        tokio::select! {
            () = halt.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}
