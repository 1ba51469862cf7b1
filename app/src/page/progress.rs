//! Following how far a set's files are, for as long as the page is looked at.

use crate::browser::{self, EventStream};
use crate::part::on_change;
use inhouse_protocol::Progress;
use leptos::ev;
use leptos::prelude::*;
use std::time::Duration;

/// How long after the stream was lost it is asked for again.
const LISTEN_AGAIN: Duration = Duration::from_secs(5);

/// Gives each event of the stream at `path` to `take`, which says whether to go on. A page that
/// nobody looks at lets go of the stream: a browser has only a few connections to a server.
pub(super) fn follow(path: String, take: impl Fn(Progress) -> bool + Clone + 'static) {
    let again = RwSignal::new(0_u32);
    let seen = RwSignal::new(true);
    let stream = StoredValue::new(None::<EventStream>);
    on_change(move || {
        let handle = window_event_listener(ev::visibilitychange, move |_| {
            let _ = seen.try_set(browser::visible());
        });
        on_cleanup(move || handle.remove());
    });
    on_change(move || {
        again.track();
        if !seen.get() {
            stream.set_value(None);
            return;
        }
        let take = take.clone();
        let event = move |data: &str| match serde_json::from_str(data) {
            Ok(progress) => take(progress),
            Err(_) => true,
        };
        let lost = move || {
            set_timeout(
                move || {
                    again.try_update(|again| *again += 1);
                },
                LISTEN_AGAIN,
            );
        };
        stream.set_value(browser::listen(&path, event, lost));
    });
}
