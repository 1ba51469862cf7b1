//! The dialog in which something is chosen for one escalation or for many: a digit chooses, and
//! where it concerns many, what would change is shown before it does.

use super::act::{self, Act, Ask};
use crate::browser;
use crate::part::{Icon, IntoWhole, IntoWholes, derive, live, modal};
use crate::text;
use inhouse_protocol::{EscalationSummary, Queues, UserId};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

/// What a page gives the dialog.
#[derive(Clone, Copy)]
pub(super) struct Asking {
    /// What is being decided; nothing while it is closed.
    pub(super) ask: RwSignal<Option<Ask>>,
    /// What it concerns.
    pub(super) targets: Callback<(), Vec<EscalationSummary>>,
    /// Does it with all of them.
    pub(super) go: Callback<Act>,
    pub(super) all: StoredValue<Queues>,
    pub(super) me: StoredValue<UserId>,
}

impl Asking {
    /// Opens it, where there is something that it would concern.
    pub(super) fn begin(self, ask: Ask) {
        let fewest = if ask == Ask::Merge { 2 } else { 1 };
        if self.targets.run(()).len() >= fewest {
            self.ask.set(Some(ask));
        }
    }
}

pub(super) fn dialog(asking: Asking) -> AnyView {
    let open = derive(move || asking.ask.with(Option::is_some));
    let close = Callback::new(move |()| asking.ask.set(None));
    let content = move || asking.ask.get().map(|ask| chooser(asking, ask, close));
    modal(open, close, text::WHAT_TO_CHANGE, live(content).whole())
}

fn chooser(asking: Asking, ask: Ask, close: Callback<()>) -> AnyView {
    let items = asking.targets.run(());
    let choices = asking.all.with_value(|all| {
        asking
            .me
            .with_value(|me| act::choices(ask, &items, all, me))
    });
    let (concerned, offered) = (items.len(), choices.len());
    let (names, acts): (Vec<String>, Vec<Act>) = choices
        .into_iter()
        .map(|choice| (choice.name, choice.act))
        .unzip();
    let acts = StoredValue::new(acts);
    let chosen = RwSignal::new(None::<usize>);
    let act_at = move |at: usize| acts.with_value(|acts| acts.get(at).cloned());
    let go = move || {
        if let Some(act) = chosen.get_untracked().and_then(act_at) {
            close.run(());
            asking.go.run(act);
        }
    };
    let choose = move |at: usize| {
        if at >= offered {
            return;
        }
        chosen.set(Some(at));
        if concerned == 1 {
            go();
        } else {
            request_animation_frame(|| browser::focus("#confirm-change"));
        }
    };
    let by_digit = move |event: KeyboardEvent| {
        let digit = event.key().parse::<usize>().ok();
        if let Some(at) = digit.and_then(|digit| digit.checked_sub(1)) {
            event.prevent_default();
            choose(at);
        }
    };
    let items = StoredValue::new(items);
    let shown = move || {
        let act = chosen.get().filter(|_| concerned > 1).and_then(act_at)?;
        Some(items.with_value(|items| asking.me.with_value(|me| preview(&act, items, me, go))))
    };
    let buttons = names
        .into_iter()
        .enumerate()
        .map(|(at, name)| choice_button(at, name, chosen, choose))
        .wholes();
    request_animation_frame(|| browser::focus(".chooser .choices button"));
    view! {
        <div class="chooser" on:keydown=by_digit>
            <h2>{text::asked_of(ask_words(ask), concerned)}</h2>
            <ol class="choices">{buttons}</ol>
            <div aria-live="polite">{live(shown)}</div>
            <button type="button" class="plain" on:click=move |_| close.run(())>
                {text::CANCEL}
            </button>
        </div>
    }
    .whole()
}

fn ask_words(ask: Ask) -> &'static str {
    match ask {
        Ask::Assign => text::ASSIGN_TO,
        Ask::Priority => text::SET_PRIORITY,
        Ask::Queue => text::MOVE,
        Ask::Snooze => text::SNOOZE,
        Ask::State => text::SET_STATE,
        Ask::Merge => text::MERGE,
    }
}

fn choice_button(
    at: usize,
    name: String,
    chosen: RwSignal<Option<usize>>,
    choose: impl Fn(usize) + 'static,
) -> AnyView {
    let pressed = move || {
        if chosen.get() == Some(at) {
            "true"
        } else {
            "false"
        }
    };
    let key = (at < 9).then(|| view! { <kbd>{at + 1}</kbd> });
    view! {
        <li>
            <button
                type="button"
                class="wide"
                aria-pressed=derive(pressed)
                on:click=move |_| choose(at)
            >
                {key}
                <span>{name}</span>
            </button>
        </li>
    }
    .whole()
}

/// What the act would change, item by item, and the button that does it.
fn preview(
    act: &Act,
    items: &[EscalationSummary],
    me: &UserId,
    go: impl Fn() + 'static,
) -> AnyView {
    let looked = items
        .iter()
        .map(|item| (item.question.clone(), act::idle(act, item, me)));
    let looked: Vec<_> = looked.collect();
    let will = looked.iter().filter(|(_, why)| why.is_none()).count();
    let all = looked.len();
    let rows = looked
        .into_iter()
        .map(|(question, why)| {
            let icon = if why.is_none() {
                Icon::Check
            } else {
                Icon::Normal
            };
            view! {
                <li class:idle=why.is_some()>
                    {icon.view()} <span>{question}</span>
                    {why.map(|why| view! { <span class="quiet">{why}</span> })}
                </li>
            }
        })
        .wholes();
    view! {
        <p>
            <strong>{text::will_change(will, all)}</strong>
        </p>
        <ul class="preview">{rows}</ul>
        <button
            id="confirm-change"
            type="button"
            class="primary"
            disabled={will == 0}
            on:click=move |_| go()
        >
            {text::change_so_many(will)}
        </button>
    }
    .whole()
}
