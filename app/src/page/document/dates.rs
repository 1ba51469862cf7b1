//! Saying when a version is in force.

use super::Shown;
use crate::part::{FormError, IntoWhole, derive, live, modal, typed};
use crate::state::Ui;
use crate::text;
use crate::time::day_in_field;
use inhouse_protocol::{ApiError, VersionDates, VersionDetail};
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The dialog, open while a version is chosen.
pub(super) fn edit_dates(shown: Shown) -> AnyView {
    let close = Callback::new(move |()| shown.dating.set(None));
    let form = move || {
        let version = shown.dating.get()?;
        Some(view! { <Form shown=shown version=version close=close /> })
    };
    let content = view! {
        <h2>{text::EDIT_DATES}</h2>
        {live(form)}
    };
    modal(
        derive(move || shown.dating.with(Option::is_some)),
        close,
        text::EDIT_DATES,
        content.whole(),
    )
}

/// What the two fields hold, people naming the last day and not the first one no more.
fn dates(first: &str, last: &str) -> VersionDates {
    VersionDates {
        effective_from: day_in_field(first),
        effective_until: day_in_field(last).map(|last| last.plus(1)),
    }
}

/// The last day in force, as its field holds it.
fn last_day(dates: &VersionDates) -> Option<String> {
    dates
        .effective_until
        .map(|until| until.plus(-1).to_string())
}

#[component]
fn Form(shown: Shown, version: VersionDetail, close: Callback<()>) -> impl IntoView {
    let ui = Ui::of_page();
    let first = NodeRef::<html::Input>::new();
    let last = NodeRef::<html::Input>::new();
    let error = RwSignal::new(None::<ApiError>);
    let busy = RwSignal::new(false);
    let first_now = version.dates.effective_from.map(|day| day.to_string());
    let last_now = last_day(&version.dates);
    let name = text::version_name(version.number);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let dates = dates(&typed(first), &typed(last));
        let (api, id) = (shown.api.get_value(), version.id.clone());
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            let change = api.set_dates(&id, &dates);
            let done = shown.done(ui, change, text::SAVED).await;
            let _ = busy.try_set(false);
            match done {
                Ok(()) => {
                    close.try_run(());
                }
                Err(wrong) => {
                    let _ = error.try_set(Some(wrong));
                }
            }
        });
    };
    view! {
        <p>
            <strong>{name}</strong>
        </p>
        <form method="post" on:submit=submit>
            <FormError error=error />
            <div class="field">
                <label for="date-from">{text::FIRST_DAY}</label>
                <input
                    id="date-from"
                    type="date"
                    value=first_now
                    node_ref=first
                    aria-describedby="date-from-hint"
                />
                <p class="hint" id="date-from-hint">
                    {text::FIRST_DAY_HINT}
                </p>
            </div>
            <div class="field">
                <label for="date-until">{text::LAST_DAY}</label>
                <input
                    id="date-until"
                    type="date"
                    value=last_now
                    node_ref=last
                    aria-describedby="date-until-hint"
                />
                <p class="hint" id="date-until-hint">
                    {text::LAST_DAY_HINT}
                </p>
            </div>
            <div class="buttons">
                <button
                    type="submit"
                    class="primary"
                    disabled=derive(move || !ui.ready.get() || busy.get())
                >
                    {text::SAVE}
                </button>
                <button type="button" class="plain" on:click=move |_| close.run(())>
                    {text::CANCEL}
                </button>
            </div>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use inhouse_protocol::Day;

    #[test]
    fn the_last_day_in_force_is_the_one_before_the_first_no_more() {
        let dates = dates("2025-01-01", "2025-12-31");
        assert_eq!(dates.effective_from, Day::of(2025, 1, 1));
        assert_eq!(dates.effective_until, Day::of(2026, 1, 1));
        assert_eq!(last_day(&dates).as_deref(), Some("2025-12-31"));
    }

    #[test]
    fn empty_fields_leave_it_to_the_order_of_versions() {
        assert_eq!(dates("", ""), VersionDates::default());
        assert_eq!(last_day(&VersionDates::default()), None);
    }
}
