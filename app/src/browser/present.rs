//! The page and its window.

use super::Align;
use crate::time::Civil;
use inhouse_protocol::Timestamp;
use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Element, HtmlElement, HtmlTextAreaElement, ScrollIntoViewOptions, ScrollLogicalPosition,
    Storage,
};

/// The moment in the reader's time zone.
pub(crate) fn local(at: Timestamp) -> Option<Civil> {
    #[expect(clippy::cast_precision_loss, reason = "dates are far below 2^53 ms")]
    let date = js_sys::Date::new(&JsValue::from_f64(at.0 as f64));
    Some(Civil {
        year: i64::from(date.get_full_year()),
        month: date.get_month() + 1,
        day: date.get_date(),
        hour: date.get_hours(),
        minute: date.get_minutes(),
        second: date.get_seconds(),
    })
}

/// When a day begins in the reader's time zone; `month` counts from 1, and a day beyond the month's
/// last is one of the next month.
pub(crate) fn midnight(year: i64, month: u32, day: u32) -> Option<Timestamp> {
    let year = u32::try_from(year).ok()?;
    let month = i32::try_from(month).ok()? - 1;
    let date = js_sys::Date::new_with_year_month_day(year, month, i32::try_from(day).ok()?);
    #[expect(clippy::cast_possible_truncation, reason = "whole milliseconds")]
    let ms = date.get_time() as i64;
    (!date.get_time().is_nan()).then_some(Timestamp(ms))
}

pub(crate) fn now() -> Timestamp {
    #[expect(clippy::cast_possible_truncation, reason = "whole milliseconds")]
    Timestamp(js_sys::Date::now() as i64)
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// What was kept under `key` in this browser.
pub(crate) fn load(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

/// Keeps `text` under `key` in this browser; an empty text forgets it.
pub(crate) fn save(key: &str, text: &str) {
    if let Some(storage) = storage() {
        let _ = if text.is_empty() {
            storage.remove_item(key)
        } else {
            storage.set_item(key, text)
        };
    }
}

/// Draws the page in `theme` from now on; the cookie lets the server draw it so too.
pub(crate) fn set_theme(theme: &str) {
    let cookie = format!("theme={theme}; Path=/; Max-Age=31536000; SameSite=Lax");
    let _ = js_sys::Reflect::set(&document(), &"cookie".into(), &cookie.into());
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-theme", theme);
    }
}

/// Says in the document that the page lives: `data-ready` on its root.
pub(crate) fn mark_ready() {
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-ready", "true");
    }
}

/// Loads another page of ours from the server.
pub(crate) fn go(path: &str) {
    let _ = window().location().assign(path);
}

/// Path and query of the page.
pub(crate) fn here() -> String {
    let location = window().location();
    let path = location.pathname().unwrap_or_default();
    path + &location.search().unwrap_or_default()
}

/// Loads the page again.
pub(crate) fn reload() {
    let _ = window().location().reload();
}

/// Puts `text` on the clipboard; false if the browser doesn't let us.
pub(crate) async fn copy(text: String) -> bool {
    let navigator = window().navigator();
    let clipboard = js_sys::Reflect::get(&navigator, &"clipboard".into());
    if clipboard.is_ok_and(|c| c.is_object()) {
        let written = navigator.clipboard().write_text(&text);
        return JsFuture::from(written).await.is_ok();
    }
    copy_by_selection(&text).unwrap_or(false)
}

/// The clipboard of pages that came without TLS.
fn copy_by_selection(text: &str) -> Option<bool> {
    let document = document();
    let area: HtmlTextAreaElement = document.create_element("textarea").ok()?.unchecked_into();
    area.set_value(text);
    area.set_class_name("visually-hidden");
    let before = document.active_element();
    document.body()?.append_child(&area).ok()?;
    area.select();
    let command: js_sys::Function = js_sys::Reflect::get(&document, &"execCommand".into())
        .ok()?
        .dyn_into()
        .ok()?;
    let copied = command.call1(&document, &"copy".into());
    area.remove();
    if let Some(before) = before.and_then(|e| e.dyn_into::<HtmlElement>().ok()) {
        let _ = before.focus();
    }
    Some(copied.is_ok_and(|c| c.is_truthy()))
}

fn find(selector: &str) -> Option<Element> {
    document().query_selector(selector).ok().flatten()
}

/// Scrolls the first match of `selector` into view.
pub(crate) fn scroll_to(selector: &str, align: Align) {
    let Some(element) = find(selector) else {
        return;
    };
    let options = ScrollIntoViewOptions::new();
    options.set_block(match align {
        Align::Start => ScrollLogicalPosition::Start,
        Align::Center => ScrollLogicalPosition::Center,
        Align::Nearest => ScrollLogicalPosition::Nearest,
    });
    element.scroll_into_view_with_scroll_into_view_options(&options);
}

/// Scrolls `container`, and nothing around it, until the first match of `selector` in it stands a
/// third below its top.
pub(crate) fn center(container: &str, selector: &str) {
    let Some(container) = find(container) else {
        return;
    };
    let Some(wanted) = container.query_selector(selector).ok().flatten() else {
        return;
    };
    let frame = container.get_bounding_client_rect();
    let offset = wanted.get_bounding_client_rect().top() - frame.top() - frame.height() / 3.0;
    #[expect(clippy::cast_possible_truncation, reason = "whole pixels")]
    container.set_scroll_top(container.scroll_top() + offset as i32);
}

/// Whether the first match of `selector` is on the screen, above the bottom `margin` pixels.
pub(crate) fn in_view(selector: &str, margin: f64) -> bool {
    let height = window()
        .inner_height()
        .ok()
        .and_then(|height| height.as_f64())
        .unwrap_or_default();
    find(selector).is_some_and(|element| {
        let place = element.get_bounding_client_rect();
        place.bottom() > 0.0 && place.top() < height - margin
    })
}

/// Moves the focus to the first match of `selector`, without scrolling.
pub(crate) fn focus(selector: &str) {
    if let Some(element) = find(selector).and_then(|e| e.dyn_into::<HtmlElement>().ok()) {
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        let _ = element.focus_with_options(&options);
    }
}

/// Whether the focus is inside a match of `selector`.
pub(crate) fn focus_within(selector: &str) -> bool {
    document()
        .active_element()
        .and_then(|element| element.closest(selector).ok().flatten())
        .is_some()
}

/// Whether a match of `selector` is on the page.
pub(crate) fn present(selector: &str) -> bool {
    find(selector).is_some()
}

/// Whether there is a mouse, so that focusing a field opens no keyboard on the screen.
pub(crate) fn precise_pointer() -> bool {
    let query = window().match_media("(pointer: fine)");
    query.ok().flatten().is_some_and(|query| query.matches())
}

/// Whether the page is looked at.
pub(crate) fn visible() -> bool {
    js_sys::Reflect::get(&document(), &"hidden".into()).is_ok_and(|hidden| !hidden.is_truthy())
}

/// Places `card` (fixed) at `anchor`: below it, above it where there is no room, within the
/// window's sides. Through the object model, which the content security policy allows.
pub(crate) fn place(card: &HtmlElement, anchor: &str) {
    const GAP: f64 = 8.0;
    let Some(anchor) = find(anchor) else {
        return;
    };
    let anchor = anchor.get_bounding_client_rect();
    let own = card.get_bounding_client_rect();
    let window = window();
    let size = |side: Result<JsValue, JsValue>| side.ok().and_then(|s| s.as_f64()).unwrap_or(0.0);
    let (width, height) = (size(window.inner_width()), size(window.inner_height()));
    let left = anchor.left().min(width - own.width() - GAP).max(GAP);
    let below = anchor.bottom() + GAP;
    let top = if below + own.height() > height {
        (anchor.top() - own.height() - GAP).max(GAP)
    } else {
        below
    };
    let style = card.style();
    let _ = style.set_property("left", &format!("{left}px"));
    let _ = style.set_property("top", &format!("{top}px"));
}

/// Moves the focus among the matches of `selector`: to the next or the previous one, from outside
/// to the first.
pub(crate) fn step_focus(selector: &str, forward: bool) {
    let Ok(all) = document().query_selector_all(selector) else {
        return;
    };
    let active = document().active_element();
    let mut here = None;
    for at in 0..all.length() {
        if active.as_ref().map(AsRef::as_ref) == all.get(at).as_ref() {
            here = Some(at);
        }
    }
    let next = match (here, forward) {
        (None, _) => 0,
        (Some(at), true) => (at + 1).min(all.length().saturating_sub(1)),
        (Some(at), false) => at.saturating_sub(1),
    };
    if let Some(element) = all.get(next).and_then(|n| n.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// Clicks the first match of `selector`.
pub(crate) fn click(selector: &str) {
    if let Some(element) = find(selector).and_then(|e| e.dyn_into::<HtmlElement>().ok()) {
        element.click();
    }
}
