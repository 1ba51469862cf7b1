//! Whether the reader is told by mail too.

use crate::api::Api;
use crate::part::{FormError, derive};
use crate::state::Ui;
use crate::text;
use inhouse_protocol::ApiError;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The section of the account's page, where this instance sends mail.
#[component]
pub(super) fn MailSection(on: bool) -> impl IntoView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let chosen = RwSignal::new(on);
    let error = RwSignal::new(None::<ApiError>);
    let busy = RwSignal::new(false);
    let change = move |_| {
        let (api, on) = (api.clone(), !chosen.get_untracked());
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            match api.set_mail(on).await {
                Ok(()) => {
                    let _ = chosen.try_set(on);
                    ui.say(text::SAVED);
                }
                Err(wrong) => {
                    // The box shows what is kept.
                    chosen.try_update(|_| ());
                    let _ = error.try_set(Some(wrong));
                }
            }
            let _ = busy.try_set(false);
        });
    };
    view! {
        <section class="panel" aria-labelledby="your-mail">
            <h2 id="your-mail">{text::YOUR_MAIL}</h2>
            <p class="quiet">{text::YOUR_MAIL_LEAD}</p>
            <FormError error=error />
            <label class="choice">
                <input
                    type="checkbox"
                    name="mail"
                    checked=on
                    prop:checked=derive(move || chosen.get())
                    disabled=derive(move || !ui.ready.get() || busy.get())
                    on:change=change
                />
                <span>{text::MAIL_ON}</span>
            </label>
        </section>
    }
}
