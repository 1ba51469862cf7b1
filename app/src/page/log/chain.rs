//! How the chain of records stands: a picture, and following it to the end.

use crate::api::Api;
use crate::part::{ErrorNote, Icon, IntoWhole, copy_button, derive, live};
use crate::state::Ui;
use crate::text;
use crate::time::Moment;
use inhouse_protocol::{ApiError, LogState, LogVerdict};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::fmt::Write;
use std::ops::Range;

/// Links in the picture, whatever the number of records.
const LINKS: usize = 32;

/// The section of the log's page.
#[component]
pub(super) fn Chain(state: LogState) -> impl IntoView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let verdict = RwSignal::new(None::<Result<LogVerdict, ApiError>>);
    let busy = RwSignal::new(false);
    let verify = move |_| {
        let api = api.clone();
        busy.set(true);
        verdict.set(None);
        spawn_local(async move {
            let found = api.verify_log().await;
            let _ = busy.try_set(false);
            let _ = verdict.try_set(Some(found));
        });
    };
    let broken = {
        let state = state.clone();
        move || {
            verdict.with(|verdict| {
                let fault = verdict.as_ref()?.as_ref().ok()?.fault.as_ref()?;
                let at = link_of(&state, fault.seq);
                Some(view! { <path class="chain-broken" d=links(at..at + 1)></path> })
            })
        }
    };
    let signed = signed_links(&state);
    let words = text::chain(&state);
    let signed_on = match state.checkpoint_at {
        Some(at) => view! { {text::SIGNED_ON} " " <Moment at=at /> }.whole(),
        None => text::NOT_SIGNED.whole(),
    };
    let key = state.public_key.clone();
    let told = move || verdict.get().map(verdict_view);
    view! {
        <section class="panel chain" aria-labelledby="chain">
            <h2 id="chain">{text::CHAIN}</h2>
            <svg class="chain-picture" viewBox=format!("0 0 {} 8", LINKS * 10) aria-hidden="true">
                <path class="chain-signed" d=links(0..signed)></path>
                <path class="chain-open" d=links(signed..LINKS)></path>
                {live(broken)}
            </svg>
            <p>
                {words} " " <span class="quiet">{signed_on}</span>
            </p>
            <div role="status">{live(told)}</div>
            <div class="buttons">
                <button
                    type="button"
                    disabled=derive(move || !ui.ready.get() || busy.get())
                    on:click=verify
                >
                    {Icon::Shield.view()}
                    {live(move || if busy.get() { text::VERIFYING } else { text::VERIFY })}
                </button>
            </div>
            <details>
                <summary>{text::PUBLIC_KEY}</summary>
                <p class="hint">{text::PUBLIC_KEY_TEXT}</p>
                <p class="secret">
                    <code>{state.public_key}</code>
                    {copy_button(text::COPY_KEY, move || key.clone())}
                </p>
                <p class="hint">{state.key_id}</p>
            </details>
        </section>
    }
}

fn verdict_view(verdict: Result<LogVerdict, ApiError>) -> AnyView {
    match verdict {
        Ok(LogVerdict {
            fault: Some(fault), ..
        }) => view! {
            <p class="error note">
                {Icon::Alert.view()}
                <span>
                    <strong>{text::chain_fault(fault.seq)}</strong>
                    " "
                    {fault.message}
                    " "
                    {text::CHAIN_BROKEN}
                </span>
            </p>
        }
        .whole(),
        Ok(verdict) => view! {
            <p class="note good-note">
                {Icon::Check.view()}
                <span>{text::chain_holds(&verdict)}</span>
            </p>
        }
        .whole(),
        Err(error) => view! { <ErrorNote error=error /> }.whole(),
    }
}

/// The link that the record `seq` is drawn in.
fn link_of(state: &LogState, seq: i64) -> usize {
    let total = (state.newest - state.first + 1).max(1);
    let before = seq.saturating_sub(state.first).clamp(0, total - 1);
    let at = i128::from(before) * LINKS as i128 / i128::from(total);
    usize::try_from(at).unwrap_or_default().min(LINKS - 1)
}

/// How many links are drawn as signed: none only where none is, all only where all are.
fn signed_links(state: &LogState) -> usize {
    match state.checkpoint {
        Some(signed) if signed >= state.newest => LINKS,
        Some(signed) => link_of(state, signed).clamp(1, LINKS - 1),
        None => 0,
    }
}

/// The outlines of the links `range`, each in a box of 10 by 8.
fn links(range: Range<usize>) -> String {
    let mut path = String::new();
    for at in range {
        let _ = write!(path, "M{} 1h4a3 3 0 0 1 0 6h-4a3 3 0 0 1 0-6z", at * 10 + 3);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use inhouse_protocol::Timestamp;

    fn state(first: i64, newest: i64, checkpoint: Option<i64>) -> LogState {
        LogState {
            newest,
            first,
            checkpoint,
            checkpoint_at: checkpoint.map(Timestamp),
            public_key: String::new(),
            key_id: String::new(),
        }
    }

    #[test]
    fn only_a_chain_signed_to_its_end_is_drawn_so() {
        assert_eq!(signed_links(&state(1, 10, None)), 0);
        assert_eq!(signed_links(&state(1, 1_000_000, Some(1))), 1);
        assert_eq!(signed_links(&state(1, 1_000_000, Some(999_999))), LINKS - 1);
        assert_eq!(signed_links(&state(1, 10, Some(10))), LINKS);
        assert_eq!(signed_links(&state(1, 0, None)), 0);
    }

    #[test]
    fn a_bad_record_is_drawn_where_it_stands() {
        let state = state(101, 200, Some(200));
        assert_eq!(link_of(&state, 101), 0);
        assert_eq!(link_of(&state, 151), LINKS / 2);
        assert_eq!(link_of(&state, 200), LINKS - 1);
        assert_eq!(link_of(&state, i64::MAX), LINKS - 1);
    }

    #[test]
    fn each_link_has_a_place_of_its_own() {
        assert_eq!(links(0..0), "");
        assert_eq!(
            links(1..3),
            "M13 1h4a3 3 0 0 1 0 6h-4a3 3 0 0 1 0-6zM23 1h4a3 3 0 0 1 0 6h-4a3 3 0 0 1 0-6z"
        );
    }
}
