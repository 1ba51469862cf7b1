//! Moving an answer on: proposing it, approving it, taking it out of use.

use super::answer::Shown;
use crate::browser;
use crate::part::{IntoWhole, IntoWholes, derive, live};
use crate::state::Ui;
use crate::text;
use inhouse_protocol::{ApprovalState, SetApprovalState};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Where an answer can go from a state; the first is what is done most.
const fn steps(from: ApprovalState) -> &'static [ApprovalState] {
    use ApprovalState::{Approved, Draft, Proposed, Retired, Review};
    match from {
        Draft | Review => &[Approved, Proposed, Retired],
        Proposed => &[Approved, Draft, Retired],
        Approved => &[Draft, Retired],
        Retired => &[Draft],
    }
}

/// The buttons; nothing for an answer that isn't stored yet.
pub(super) fn steps_view(shown: Shown) -> AnyView {
    let ui = Ui::of_page();
    let state = Memo::new(move |_| {
        let answer = shown.answer.get();
        answer.map(|answer| answer.summary.state)
    });
    let buttons = move || {
        let from = state.get()?;
        let buttons = steps(from)
            .iter()
            .enumerate()
            .map(|(at, &to)| {
                let off = move || !ui.ready.get() || shown.busy.get() || shown.unsaved.get();
                view! {
                    <button
                        type="button"
                        class:primary={at == 0 && from != ApprovalState::Approved}
                        class:danger={to == ApprovalState::Retired}
                        disabled=derive(off)
                        aria-describedby="save-first"
                        on:click=move |_| go(shown, ui, to)
                    >
                        {text::approval_step(from, to)}
                    </button>
                }
            })
            .wholes();
        let first = move || shown.unsaved.get().then_some(text::SAVE_FIRST);
        let view = view! {
            <section class="panel" aria-labelledby="steps-title">
                <h2 id="steps-title" tabindex="-1">
                    {text::APPROVAL_STANDS}
                </h2>
                <div class="buttons">{buttons}</div>
                <p class="hint" id="save-first">
                    {live(first)}
                </p>
            </section>
        };
        Some(view.whole())
    };
    live(buttons).whole()
}

fn go(shown: Shown, ui: Ui, to: ApprovalState) {
    let Some(answer) = shown.answer.get_untracked() else {
        return;
    };
    let api = shown.api.get_value();
    shown.begin();
    spawn_local(async move {
        let set = SetApprovalState {
            state: to,
            revision: Some(answer.revision),
        };
        let moved = api.set_approval(&answer.summary.id, &set).await;
        if shown.settle(ui, moved, text::approval_moved(to)) {
            browser::focus("#steps-title");
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_a_way_on_and_none_leads_to_review_or_stays() {
        for from in ApprovalState::ALL {
            let steps = steps(from);
            assert!(!steps.is_empty());
            assert!(!steps.contains(&from) && !steps.contains(&ApprovalState::Review));
        }
    }
}
