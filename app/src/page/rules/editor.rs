//! The editor of a draft: a plain field, checked a moment after each pause in typing.

use super::shown::Shown;
use crate::browser;
use crate::part::{derive, on_change};
use crate::state::Ui;
use crate::text;
use leptos::ev::{Event, SubmitEvent};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::web_sys::HtmlTextAreaElement;
use std::time::Duration;

/// How long nothing is typed before what stands there is checked.
const PAUSE: Duration = Duration::from_millis(600);

#[component]
pub(super) fn Editor(shown: Shown) -> impl IntoView {
    let ui = Ui::of_page();
    // Filled in the browser: text inside a field is written into the page without escapes.
    on_change(move || shown.fill());
    let mut a_moment_later = debounce(PAUSE, move |()| shown.keep_and_check());
    let typed = move |_: Event| {
        shown.compare();
        a_moment_later(());
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let (api, id, draft) = (shown.api.get_value(), shown.id(), shown.draft());
        let key = shown.key();
        shown.begin();
        spawn_local(async move {
            let saved = api.change_rules(&id, &draft).await;
            if saved.is_ok() {
                browser::save(&key, "");
            }
            shown.settle(ui, saved, text::RULES_SAVED).await;
        });
    };
    let idle = derive(move || !ui.ready.get() || shown.busy.get() || !shown.unsaved.get());
    view! {
        <form class="rules-editor" method="post" on:submit=submit>
            <div class="field">
                <label for="rules-note">{text::RULES_NOTE}</label>
                <textarea
                    id="rules-note"
                    rows="2"
                    maxlength="2000"
                    autocomplete="off"
                    node_ref=shown.note
                    on:input=move |_| shown.compare()
                ></textarea>
            </div>
            <div class="field">
                <label for="rules-content">{text::RULES_CONTENT}</label>
                <textarea
                    id="rules-content"
                    class="rules-content"
                    rows="28"
                    wrap="off"
                    maxlength="500000"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    node_ref=shown.content
                    aria-describedby="rules-content-hint"
                    aria-invalid=derive(move || {
                        shown.check.with(|check| !check.faults.is_empty()).then_some("true")
                    })
                    on:input=typed
                ></textarea>
                <p class="hint" id="rules-content-hint">
                    {text::RULES_CONTENT_HINT}
                </p>
            </div>
            <div class="buttons">
                <button type="submit" class="primary" disabled=idle>
                    {text::SAVE_RULES}
                </button>
                <button type="button" class="plain" disabled=idle on:click=move |_| shown.discard()>
                    {text::DISCARD_RULES}
                </button>
            </div>
        </form>
    }
}

/// Puts the cursor at the beginning of a line of the field, counted from 1, and shows it a third
/// below the field's top.
pub(super) fn go_to_line(field: &HtmlTextAreaElement, line: u64) {
    let text = field.value();
    browser::focus("#rules-content");
    browser::scroll_to("#rules-content", browser::Align::Nearest);
    let at = start_of_line(&text, line);
    let _ = field.set_selection_range(at, at);
    // Lines don't wrap, so each is as high as the other.
    let lines = i64::try_from(text.split('\n').count()).unwrap_or(i64::MAX);
    let before = i64::try_from(line.saturating_sub(1)).unwrap_or(i64::MAX);
    let top = i64::from(field.scroll_height()).saturating_mul(before) / lines.max(1);
    let top = top - i64::from(field.client_height() / 3);
    field.set_scroll_top(i32::try_from(top.max(0)).unwrap_or(i32::MAX));
}

/// Where a line begins, counted from 1, in the UTF-16 units that a field counts in; its end where
/// it has fewer lines.
fn start_of_line(text: &str, line: u64) -> u32 {
    let before = usize::try_from(line.saturating_sub(1)).unwrap_or(usize::MAX);
    let units: usize = text
        .split_inclusive('\n')
        .take(before)
        .map(|line| line.encode_utf16().count())
        .sum();
    u32::try_from(units).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_begins_after_those_before_it_as_the_browser_counts() {
        let text = "Größe\n𝄞 und\nEnde";
        assert_eq!(start_of_line(text, 1), 0);
        assert_eq!(start_of_line(text, 2), 6);
        assert_eq!(start_of_line(text, 3), 13);
        assert_eq!(start_of_line(text, 9), 17);
        assert_eq!(start_of_line("", 1), 0);
    }
}
