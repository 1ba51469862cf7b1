//! The second factor of one's own account: setting it up, recovery codes, taking it away.

use crate::api::Api;
use crate::browser;
use crate::part::{
    ErrorNote, Field, FormError, Icon, IntoWhole, IntoWholes, copy_button, derive, live,
};
use crate::state::Ui;
use crate::text;
use crate::time::Day;
use inhouse_protocol::{ApiError, TotpEnrolment, TotpState};
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Fields whose errors stand below them.
const FIELDS: &[&str] = &["code"];
/// Recovery codes left at which to say so.
const FEW: u32 = 2;
/// Modules of light around a QR code (ISO/IEC 18004 asks for four).
const QUIET_ZONE: u32 = 4;

/// How far the reader is.
enum Step {
    Rest,
    Enrolling(TotpEnrolment),
    /// In force; these are shown once.
    Kept(Vec<String>),
    Removing,
}

#[derive(Clone, Copy)]
struct Factor {
    state: RwSignal<TotpState>,
    step: RwSignal<Step>,
    error: RwSignal<Option<ApiError>>,
    busy: RwSignal<bool>,
    /// Nothing else is open until it is set up.
    must_enrol: bool,
}

impl Factor {
    /// Goes on to `step`, and the focus with it.
    fn go(self, step: Step) {
        let code = matches!(step, Step::Enrolling(_) | Step::Removing);
        let _ = self.busy.try_set(false);
        let _ = self.error.try_set(None);
        let _ = self.step.try_set(step);
        request_animation_frame(move || {
            browser::focus(if code { "#totp-code" } else { "#second-factor" });
        });
    }

    fn fail(self, error: ApiError) {
        let _ = self.busy.try_set(false);
        let _ = self.error.try_set(Some(error));
    }

    fn begin(self) {
        self.busy.set(true);
        self.error.set(None);
    }
}

/// The section of the account's page.
#[component]
pub(super) fn SecondFactor(state: TotpState, must_enrol: bool) -> impl IntoView {
    let factor = Factor {
        state: RwSignal::new(state),
        step: RwSignal::new(Step::Rest),
        error: RwSignal::new(None),
        busy: RwSignal::new(false),
        must_enrol,
    };
    let content = move || {
        factor.step.with(|step| match step {
            Step::Rest => view! { <AtRest factor=factor /> }.whole(),
            Step::Enrolling(enrolment) => {
                view! { <Enrolling factor=factor enrolment=enrolment.clone() /> }.whole()
            }
            Step::Kept(codes) => view! { <Kept factor=factor codes=codes.clone() /> }.whole(),
            Step::Removing => view! { <Removing factor=factor /> }.whole(),
        })
    };
    view! {
        <section class="panel" aria-labelledby="second-factor">
            <h2 id="second-factor" tabindex="-1">
                {text::SECOND_FACTOR}
            </h2>
            <p class="quiet">{text::SECOND_FACTOR_LEAD}</p>
            {live(content)}
        </section>
    }
}

/// Whether it is on, and what can be done.
#[component]
fn AtRest(factor: Factor) -> impl IntoView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let TotpState {
        available,
        since,
        recovery_codes_left,
        required,
    } = factor.state.get_untracked();
    if !available {
        return view! { <p class="note calm">{text::SECOND_FACTOR_ELSEWHERE}</p> }.whole();
    }
    let waits = derive(move || !ui.ready.get() || factor.busy.get());
    let error = move || {
        let error = factor.error.get();
        error.map(|error| view! { <ErrorNote error=error /> })
    };
    let Some(since) = since else {
        let begin = move |_| {
            let api = api.clone();
            factor.begin();
            spawn_local(async move {
                match api.enrol_totp().await {
                    Ok(enrolment) => factor.go(Step::Enrolling(enrolment)),
                    Err(error) => factor.fail(error),
                }
            });
        };
        return view! {
            <p class="row-about">
                <span class="tag">{text::SECOND_FACTOR_OFF}</span>
            </p>
            <div role="alert">{live(error)}</div>
            <div class="buttons">
                <button type="button" class="primary" disabled=waits on:click=begin>
                    {Icon::Shield.view()}
                    {text::SET_UP}
                </button>
            </div>
        }
        .whole();
    };
    let few = (recovery_codes_left <= FEW).then(|| {
        view! { <p class="note">{Icon::Alert.view()} <span>{text::RECOVERY_LOW}</span></p> }
    });
    view! {
        <p class="row-about">
            <span class="tag tag-resolved">{Icon::Check.view()} {text::SECOND_FACTOR_ON}</span>
            <span>{text::SINCE} " " <Day at=since /></span>
            <span>{text::recovery_left(recovery_codes_left)}</span>
        </p>
        {few}
        <div class="buttons">
            <button
                type="button"
                disabled=waits
                on:click=move |_| factor.go(Step::Removing)
            >
                {if required { text::REPLACE } else { text::TURN_OFF }}
            </button>
        </div>
    }
    .whole()
}

/// The new secret, to scan or to type, and the code that brings it into force.
#[component]
fn Enrolling(factor: Factor, enrolment: TotpEnrolment) -> impl IntoView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let confirm = Callback::new(move |code: String| {
        let api = api.clone();
        factor.begin();
        spawn_local(async move {
            match api.confirm_totp(code).await {
                Ok(recovery) => {
                    ui.say(text::RECOVERY_TEXT);
                    factor.go(Step::Kept(recovery.codes));
                }
                Err(error) => factor.fail(error),
            }
        });
    });
    let TotpEnrolment {
        secret,
        qr_path,
        qr_size,
        ..
    } = enrolment;
    let side = qr_size + 2 * QUIET_ZONE;
    let frame = format!("-{QUIET_ZONE} -{QUIET_ZONE} {side} {side}");
    let shown = grouped(&secret);
    view! {
        <ol class="steps">
            <li>
                <p>{text::SCAN}</p>
                <svg class="qr" viewBox=frame role="img" aria-label=text::QR_CODE>
                    <path d=qr_path></path>
                </svg>
                <details>
                    <summary>{text::CANT_SCAN}</summary>
                    <p>{text::TYPE_KEY}</p>
                    <p class="secret">
                        <code>{shown}</code>
                        {copy_button(text::COPY_PLAIN, move || secret.clone())}
                    </p>
                </details>
            </li>
            <li>
                <p>{text::TYPE_CODE}</p>
                <CodeForm factor=factor keyboard="numeric" action=text::TURN_ON send=confirm />
            </li>
        </ol>
    }
}

/// In fours, as people read it off.
fn grouped(secret: &str) -> String {
    let mut shown = String::with_capacity(secret.len() * 5 / 4);
    for (at, letter) in secret.chars().enumerate() {
        if at > 0 && at % 4 == 0 {
            shown.push(' ');
        }
        shown.push(letter);
    }
    shown
}

/// The recovery codes, the one time they are shown.
#[component]
fn Kept(factor: Factor, codes: Vec<String>) -> impl IntoView {
    let api: Api = expect_context();
    let all = codes.join("\n");
    let codes = codes
        .into_iter()
        .map(|code| view! { <li><code>{code}</code></li> })
        .wholes();
    let done = move |_| {
        if factor.must_enrol {
            browser::go("/");
            return;
        }
        refresh(factor, api.clone());
    };
    let error = move || {
        let error = factor.error.get();
        error.map(|error| view! { <ErrorNote error=error /> })
    };
    view! {
        <h3>{text::RECOVERY_CODES}</h3>
        <div role="alert">{live(error)}</div>
        <p class="note good-note">{Icon::Check.view()} <span>{text::RECOVERY_TEXT}</span></p>
        <ul class="codes">{codes}</ul>
        <div class="buttons">
            <button
                type="button"
                class="primary"
                disabled=derive(move || factor.busy.get())
                on:click=done
            >
                {text::RECOVERY_KEPT}
            </button>
            {copy_button(text::COPY_PLAIN, move || all.clone())}
        </div>
    }
}

/// Asks how it stands and shows that.
fn refresh(factor: Factor, api: Api) {
    factor.begin();
    spawn_local(async move {
        match api.totp().await {
            Ok(state) => {
                let _ = factor.state.try_set(state);
                factor.go(Step::Rest);
            }
            Err(error) => factor.fail(error),
        }
    });
}

/// A last code takes it away.
#[component]
fn Removing(factor: Factor) -> impl IntoView {
    let api: Api = expect_context();
    let required = factor.state.with_untracked(|state| state.required);
    let remove = Callback::new(move |code: String| {
        let api = api.clone();
        factor.begin();
        spawn_local(async move {
            match api.remove_totp(code).await {
                // Where one is asked for, nothing else is open now: the page is another one.
                Ok(()) if required => browser::reload(),
                Ok(()) => refresh(factor, api),
                Err(error) => factor.fail(error),
            }
        });
    });
    view! {
        <p>{if required { text::REPLACE_TEXT } else { text::TURN_OFF_TEXT }}</p>
        <CodeForm
            factor=factor
            hint=text::CODE_OR_RECOVERY
            keyboard="text"
            action=if required { text::REPLACE } else { text::TURN_OFF }
            send=remove
        />
    }
}

/// A code and what it is for.
#[component]
fn CodeForm(
    factor: Factor,
    #[prop(optional)] hint: &'static str,
    keyboard: &'static str,
    action: &'static str,
    send: Callback<String>,
) -> impl IntoView {
    let ui = Ui::of_page();
    let code = NodeRef::<html::Input>::new();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(code) = code.get_untracked() {
            send.run(code.value().trim().to_owned());
        }
    };
    view! {
        <form method="post" class="code-form" on:submit=submit>
            <FormError error=factor.error fields=FIELDS />
            <Field
                form="totp"
                name="code"
                label=text::CODE
                hint=hint
                keyboard=keyboard
                autocomplete="one-time-code"
                node=code
                error=factor.error
            />
            <div class="buttons">
                <button
                    type="submit"
                    class="primary"
                    disabled=derive(move || !ui.ready.get() || factor.busy.get())
                >
                    {action}
                </button>
                <button type="button" class="plain" on:click=move |_| factor.go(Step::Rest)>
                    {text::CANCEL}
                </button>
            </div>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn a_key_is_read_off_in_fours() {
        assert_eq!(grouped("ABCDEFGHIJ"), "ABCD EFGH IJ");
        assert_eq!(grouped(""), "");
    }
}
