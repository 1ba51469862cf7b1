//! The page for what isn't there, or isn't for this viewer: the two look the same.

use crate::shell::PageReply;
use crate::state::answer_with;
use crate::text;
use leptos::prelude::*;
use leptos_meta::Title;

/// 'Not found', with status 404.
#[component]
pub(crate) fn NotFoundPage() -> impl IntoView {
    answer_with(PageReply::Status(404));
    view! {
        <Title text=text::title(text::NOT_FOUND) />
        <div class="blank">
            <h1>{text::NOT_FOUND}</h1>
            <p>{text::NOT_FOUND_TEXT}</p>
            <a class="button primary" href="/">
                {text::TO_START}
            </a>
        </div>
    }
}
