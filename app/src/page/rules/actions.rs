//! Moving a version on: proposing it, putting it into force, taking it back.

use super::diff;
use super::shown::Shown;
use crate::browser;
use crate::part::{IntoWhole, IntoWholes, derive, live, modal};
use crate::state::Ui;
use crate::text;
use inhouse_protocol::RuleVersionState;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Where a version can go from `state`, under which name; the first is what is done most. With
/// `second_person`, rules go live by way of a proposal.
fn steps(
    state: RuleVersionState,
    second_person: bool,
) -> &'static [(RuleVersionState, &'static str)] {
    use RuleVersionState::{Draft, Former, Live, Proposed, Withdrawn};
    match (state, second_person) {
        (Draft, false) => &[
            (Live, text::PUBLISH_RULES),
            (Proposed, text::PROPOSE_RULES),
            (Withdrawn, text::WITHDRAW_RULES),
        ],
        (Draft, true) => &[
            (Proposed, text::PROPOSE_RULES),
            (Withdrawn, text::WITHDRAW_RULES),
        ],
        (Proposed, _) => &[
            (Live, text::APPROVE_RULES),
            (Draft, text::TAKE_RULES_BACK),
            (Withdrawn, text::WITHDRAW_RULES),
        ],
        (Former, _) => &[(Live, text::ROLL_RULES_BACK)],
        (Live | Withdrawn, _) => &[],
    }
}

/// Whether what goes there has to be in order.
fn decides(to: RuleVersionState) -> bool {
    matches!(to, RuleVersionState::Proposed | RuleVersionState::Live)
}

/// The buttons, and why some of them can't be used yet.
pub(super) fn actions(shown: Shown, second_person: bool) -> AnyView {
    let ui = Ui::of_page();
    let asking = RwSignal::new(false);
    let state = Memo::new(move |_| shown.detail.with(|detail| detail.version.state));
    let hindrance = Memo::new(move |_| {
        let leads_on = steps(state.get(), second_person).iter();
        let leads_on = leads_on.map(|(to, _)| *to).any(decides);
        leads_on.then(|| shown.hindrance()).flatten()
    });
    let go = Callback::new(move |to: RuleVersionState| {
        let (api, id) = (shown.api.get_value(), shown.id());
        shown.begin();
        spawn_local(async move {
            let moved = api.set_rules_state(&id, to).await;
            if shown.settle(ui, moved, text::rules_moved(to)).await {
                browser::focus("#rule-version");
            }
        });
    });
    let buttons = move || {
        let steps = steps(state.get(), second_person).iter().enumerate();
        steps
            .map(|(at, &(to, name))| {
                let press = move |_| match to {
                    RuleVersionState::Live => asking.set(true),
                    _ => go.run(to),
                };
                let off = move || {
                    let hindered = decides(to) && hindrance.with(Option::is_some);
                    !ui.ready.get() || shown.busy.get() || hindered
                };
                view! {
                    <button
                        type="button"
                        class:primary={at == 0}
                        class:danger={to == RuleVersionState::Withdrawn}
                        disabled=derive(off)
                        aria-describedby="rules-hindrance"
                        on:click=press
                    >
                        {name}
                    </button>
                }
            })
            .wholes()
    };
    let rule = second_person.then(|| view! { <p class="hint">{text::SECOND_PERSON_LEAD}</p> });
    view! {
        <div class="rules-steps">
            <div class="buttons">{live(buttons)}</div>
            <p class="hint" id="rules-hindrance">
                {live(move || hindrance.get())}
            </p>
            {rule}
        </div>
        {confirm(shown, asking, go)}
    }
    .whole()
}

/// Asks before rules decide, and says which differ from those that do.
fn confirm(shown: Shown, asking: RwSignal<bool>, go: Callback<RuleVersionState>) -> AnyView {
    let close = Callback::new(move |()| asking.set(false));
    let publish = move |_| {
        close.run(());
        go.run(RuleVersionState::Live);
    };
    let differ = move || shown.detail.with(|detail| diff::rules(&detail.diff));
    let content = view! {
        <h2>{text::PUBLISH_TITLE}</h2>
        <p>{text::PUBLISH_TEXT}</p>
        {live(differ)}
        <div class="buttons">
            <button type="button" class="primary" on:click=publish>
                {text::PUBLISH_RULES}
            </button>
            <button type="button" class="plain" on:click=move |_| close.run(())>
                {text::CANCEL}
            </button>
        </div>
    };
    modal(
        derive(move || asking.get()),
        close,
        text::PUBLISH_TITLE,
        content.whole(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use RuleVersionState::{Draft, Former, Live, Proposed, Withdrawn};

    fn targets(state: RuleVersionState, second_person: bool) -> Vec<RuleVersionState> {
        let steps = steps(state, second_person).iter();
        steps.map(|(to, _)| *to).collect()
    }

    #[test]
    fn with_a_second_person_a_draft_is_proposed_before_it_goes_live() {
        assert_eq!(targets(Draft, true), [Proposed, Withdrawn]);
        assert_eq!(targets(Proposed, true), [Live, Draft, Withdrawn]);
        assert_eq!(targets(Draft, false), [Live, Proposed, Withdrawn]);
    }

    #[test]
    fn only_what_decided_once_can_decide_again() {
        assert_eq!(targets(Former, true), [Live]);
        assert!(targets(Live, false).is_empty());
        assert!(targets(Withdrawn, false).is_empty());
    }
}
