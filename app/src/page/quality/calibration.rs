//! When a question is answered: what the calibration in use comes to, and the others.

use crate::api::Api;
use crate::browser;
use crate::part::{ErrorNote, Icon, IntoWhole, IntoWholes, derive, live};
use crate::state::Ui;
use crate::text;
use inhouse_protocol::{ApiError, CalibrationSummary, Calibrations};
use leptos::prelude::*;
use leptos::task::spawn_local;

#[derive(Clone, Copy)]
struct Shown {
    all: RwSignal<Calibrations>,
    error: RwSignal<Option<ApiError>>,
    busy: RwSignal<bool>,
    api: StoredValue<Api>,
}

pub(super) fn section(calibrations: Calibrations) -> AnyView {
    let shown = Shown {
        all: RwSignal::new(calibrations),
        error: RwSignal::new(None),
        busy: RwSignal::new(false),
        api: StoredValue::new(expect_context()),
    };
    let rows = move || {
        let all = shown.all.with(|all| all.calibrations.clone());
        all.into_iter().map(|one| row(one, shown)).wholes()
    };
    let wrong = move || {
        let error = shown.error.get();
        error.map(|error| view! { <ErrorNote error=error /> })
    };
    view! {
        <section class="panel" aria-labelledby="calibration">
            <h2 id="calibration" tabindex="-1">
                {text::CALIBRATION}
            </h2>
            <p class="operating-point">{live(move || shown.all.with(text::operating_point))}</p>
            <p class="quiet">{text::CALIBRATION_LEAD}</p>
            <div role="alert">{live(wrong)}</div>
            <ul class="things">{live(rows)}</ul>
        </section>
    }
    .whole()
}

fn row(calibration: CalibrationSummary, shown: Shown) -> AnyView {
    let name = text::calibration_name(&calibration);
    let about = [
        text::fitted(&calibration),
        text::auroc(&calibration),
        text::made_for(&calibration),
    ]
    .into_iter()
    .map(|words| view! { <span>{words}</span> })
    .wholes();
    let in_use = calibration.in_use.then(|| {
        view! { <span class="tag tag-resolved">{Icon::Check.view()} {text::IN_USE}</span> }
    });
    let unfit = (!calibration.fits).then(|| {
        view! { <span class="tag tag-open">{Icon::Alert.view()} {text::OTHER_MODELS}</span> }
    });
    let data = calibration.id.is_none().then(|| {
        let data = calibration.data.clone();
        view! { <p class="hint">{data}</p> }
    });
    let adopt =
        (!calibration.in_use && calibration.fits).then(|| adopt_button(&name, calibration, shown));
    view! {
        <li>
            <div class="thing">
                <p class="thing-name">{name} {in_use} {unfit}</p>
                {data}
                <p class="row-about">{about}</p>
            </div>
            {adopt}
        </li>
    }
    .whole()
}

fn adopt_button(name: &str, calibration: CalibrationSummary, shown: Shown) -> AnyView {
    let ui = Ui::of_page();
    let id = calibration.id;
    let (label, words) = match id {
        Some(_) => (text::adopt_calibration(name), text::ADOPT),
        None => (text::BACK_TO_SHIPPED.to_owned(), text::BACK_TO_SHIPPED),
    };
    let adopt = move |_| {
        let (api, id) = (shown.api.get_value(), id.clone());
        shown.busy.set(true);
        shown.error.set(None);
        spawn_local(async move {
            let now = match api.adopt(id.as_ref()).await {
                Ok(()) => api.calibrations().await,
                Err(wrong) => Err(wrong),
            };
            let _ = shown.busy.try_set(false);
            match now {
                Ok(all) => {
                    let _ = shown.all.try_set(all);
                    ui.say(text::ADOPTED);
                    browser::focus("#calibration");
                }
                Err(wrong) => {
                    let _ = shown.error.try_set(Some(wrong));
                }
            }
        });
    };
    view! {
        <button
            type="button"
            class="small"
            aria-label=label
            disabled=derive(move || !ui.ready.get() || shown.busy.get())
            on:click=adopt
        >
            {words}
        </button>
    }
    .whole()
}
