//! The form of a tracker: its settings, its secrets, and what the tracker says of them.

use super::All;
use super::controls::{area, input, secret, select, tick};
use super::lines::Lines;
use crate::api::{Api, invalid};
use crate::part::{FormError, Icon, IntoWhole, derive, live};
use crate::state::Ui;
use crate::text;
use inhouse_protocol::{
    ApiError, CheckTracker, Tracker, TrackerChange, TrackerCheck, TrackerFollow, TrackerId,
    TrackerKind, TrackerSettings,
};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Fields whose errors stand below them.
const FIELDS: &[&str] = &[
    "name",
    "address",
    "project",
    "issue_type",
    "account",
    "token",
    "webhook_secret",
    "labels",
    "routes",
    "priorities",
    "fields",
];

/// What is being written.
#[derive(Clone, Default)]
pub(super) struct Draft {
    settings: TrackerSettings,
    lines: Lines,
    enabled: bool,
    /// Empty: the one there is stays.
    token: String,
    webhook_secret: String,
}

impl Draft {
    fn of(tracker: Option<&Tracker>) -> Self {
        let Some(tracker) = tracker else {
            return Self {
                enabled: true,
                ..Self::default()
            };
        };
        Self {
            lines: Lines::of(&tracker.settings),
            settings: tracker.settings.clone(),
            enabled: tracker.enabled,
            ..Self::default()
        }
    }

    /// What is to be saved, or which box can't be read.
    fn change(&self) -> Result<TrackerChange, ApiError> {
        let mut settings = self.settings.clone();
        let read = self.lines.read_into(&mut settings);
        read.map_err(|(field, message)| invalid(field, message))?;
        let given = |secret: &String| (!secret.is_empty()).then(|| secret.clone());
        Ok(TrackerChange {
            settings,
            enabled: self.enabled,
            token: given(&self.token),
            webhook_secret: given(&self.webhook_secret),
        })
    }
}

/// What the fields of one form share.
#[derive(Clone, Copy)]
pub(super) struct Form {
    /// Keeps the ids of several forms apart.
    prefix: StoredValue<String>,
    draft: RwSignal<Draft>,
    error: RwSignal<Option<ApiError>>,
    checked: RwSignal<Option<TrackerCheck>>,
    busy: RwSignal<bool>,
}

impl Form {
    /// Writes into the draft; what was checked before counts no more.
    pub(super) fn write(self, act: impl FnOnce(&mut Draft)) {
        self.draft.update(act);
        self.checked.set(None);
    }

    pub(super) fn id(self, name: &str) -> String {
        self.prefix.with_value(|prefix| format!("{prefix}-{name}"))
    }

    /// What the API says of a field.
    pub(super) fn wrong(self, name: &'static str) -> Memo<Option<String>> {
        Memo::new(move |_| {
            let error = self.error.get()?;
            (error.field.as_deref() == Some(name)).then_some(error.message)
        })
    }
}

/// The form of a saved tracker, or of a new one.
#[component]
pub(super) fn TrackerForm(tracker: Option<Tracker>, all: All) -> impl IntoView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let id = tracker.as_ref().map(|tracker| tracker.id.clone());
    let prefix = id
        .as_ref()
        .map_or_else(|| "new".to_owned(), ToString::to_string);
    let form = Form {
        prefix: StoredValue::new(format!("tracker-{prefix}")),
        draft: RwSignal::new(Draft::of(tracker.as_ref())),
        error: RwSignal::new(None),
        checked: RwSignal::new(None),
        busy: RwSignal::new(false),
    };
    let checking = check(form, api.clone(), id.clone());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        save(form, ui, api.clone(), id.clone(), all);
    };
    let still = derive(move || !ui.ready.get() || form.busy.get());
    view! {
        <form method="post" on:submit=submit>
            <FormError error=form.error fields=FIELDS />
            {place(form, tracker)}
            {mapping(form)}
            {told(form)}
            {verdict(form)}
            <div class="buttons">
                <button type="submit" class="primary" disabled=still>
                    {live(move || {
                        if form.busy.get() { text::CHECKING } else { text::SAVE_TRACKER }
                    })}
                </button>
                <button type="button" class="plain" disabled=still on:click=move |_| checking.run(())>
                    {text::CHECK_TRACKER}
                </button>
            </div>
        </form>
    }
}

fn save(form: Form, ui: Ui, api: Api, id: Option<TrackerId>, all: All) {
    let change = match form.draft.with_untracked(Draft::change) {
        Ok(change) => change,
        Err(wrong) => return form.error.set(Some(wrong)),
    };
    form.busy.set(true);
    form.error.set(None);
    spawn_local(async move {
        let saved = api.save_tracker(id.as_ref(), &change).await;
        let _ = form.busy.try_set(false);
        match saved {
            Ok(saved) => {
                ui.say(text::tracker_saved(&saved.settings.name));
                all.put(saved);
            }
            Err(wrong) => {
                let _ = form.error.try_set(Some(wrong));
            }
        }
    });
}

/// Asks the server what the tracker says, without saving.
fn check(form: Form, api: Api, id: Option<TrackerId>) -> Callback<()> {
    Callback::new(move |()| {
        let change = match form.draft.with_untracked(Draft::change) {
            Ok(change) => change,
            Err(wrong) => return form.error.set(Some(wrong)),
        };
        let (api, id) = (api.clone(), id.clone());
        form.busy.set(true);
        form.error.set(None);
        spawn_local(async move {
            let asked = CheckTracker {
                id,
                settings: change.settings,
                token: change.token,
            };
            let checked = api.check_tracker(&asked).await;
            let _ = form.busy.try_set(false);
            match checked {
                Ok(checked) => {
                    let _ = form.checked.try_set(Some(checked));
                }
                Err(wrong) => {
                    let _ = form.error.try_set(Some(wrong));
                }
            }
        });
    })
}

/// What the tracker said.
fn verdict(form: Form) -> AnyView {
    let shown = move || {
        let checked = form.checked.get()?;
        let note = match checked.problem {
            Some(problem) => {
                view! { <p class="error note">{Icon::Alert.view()} <span>{problem}</span></p> }
                    .whole()
            }
            None => {
                view! { <p class="note good-note">{Icon::Check.view()} <span>{checked.found}</span></p> }
                    .whole()
            }
        };
        Some(note)
    };
    view! { <div role="status">{live(shown)}</div> }.whole()
}

/// Which tracker it is, and what signs in there.
fn place(form: Form, tracker: Option<Tracker>) -> AnyView {
    let settings = form.draft.with_untracked(|draft| draft.settings.clone());
    let kept = |has: bool, hint: &'static str| if has { text::KEPT_SECRET } else { hint };
    let has = |what: fn(&Tracker) -> bool| tracker.as_ref().is_some_and(what);
    let token_hint = kept(has(|tracker| tracker.has_token), "");
    let secret_hint = kept(
        has(|tracker| tracker.has_webhook_secret),
        text::WEBHOOK_SECRET_HINT,
    );
    let kinds = TrackerKind::ALL.map(|kind| (kind.as_str(), text::tracker_kind(kind)));
    let follows = TrackerFollow::ALL.map(|way| (way.as_str(), text::tracker_follow(way)));
    let hook = tracker.map(|tracker| {
        let hook = tracker.hook;
        view! { <p class="hint">{text::TRACKER_HOOK} " " <code>{hook}</code></p> }
    });
    view! {
        {input(form, "name", text::NAME, "", settings.name, |draft, text| draft.settings.name = text)}
        {select(
            form,
            "kind",
            text::TRACKER_KIND,
            &kinds,
            settings.kind.as_str(),
            |draft, text| {
                let kind = TrackerKind::ALL.into_iter().find(|kind| kind.as_str() == text);
                draft.settings.kind = kind.unwrap_or_default();
            },
        )}
        {input(
            form,
            "address",
            text::TRACKER_ADDRESS,
            text::TRACKER_ADDRESS_HINT,
            settings.address,
            |draft, text| draft.settings.address = text,
        )}
        {input(
            form,
            "project",
            text::TRACKER_PROJECT,
            "",
            settings.project,
            |draft, text| draft.settings.project = text,
        )}
        {input(
            form,
            "issue_type",
            text::TRACKER_TYPE,
            "",
            settings.issue_type,
            |draft, text| draft.settings.issue_type = text,
        )}
        {input(
            form,
            "account",
            text::TRACKER_ACCOUNT,
            text::TRACKER_ACCOUNT_HINT,
            settings.account,
            |draft, text| draft.settings.account = text,
        )}
        {secret(form, "token", text::TRACKER_TOKEN, token_hint, |draft, text| draft.token = text)}
        {select(
            form,
            "follow",
            text::TRACKER_FOLLOW,
            &follows,
            settings.follow.as_str(),
            |draft, text| {
                let way = TrackerFollow::ALL.into_iter().find(|way| way.as_str() == text);
                draft.settings.follow = way.unwrap_or_default();
            },
        )}
        {secret(
            form,
            "webhook_secret",
            text::WEBHOOK_SECRET,
            secret_hint,
            |draft, text| draft.webhook_secret = text,
        )}
        {hook}
    }
    .whole()
}

/// How a question's queue, priority and date are told.
fn mapping(form: Form) -> AnyView {
    let (lines, settings) = form
        .draft
        .with_untracked(|draft| (draft.lines.clone(), draft.settings.clone()));
    view! {
        {input(
            form,
            "labels",
            text::TRACKER_LABELS,
            text::TRACKER_LABELS_HINT,
            lines.labels,
            |draft, text| draft.lines.labels = text,
        )}
        {area(
            form,
            "routes",
            text::TRACKER_ROUTES,
            text::TRACKER_ROUTES_HINT,
            lines.routes,
            |draft, text| draft.lines.routes = text,
        )}
        {tick(
            form,
            text::TRACKER_ONLY_ROUTES,
            settings.only_routes,
            |draft, on| draft.settings.only_routes = on,
        )}
        {area(
            form,
            "priorities",
            text::TRACKER_PRIORITIES,
            text::TRACKER_PRIORITIES_HINT,
            lines.priorities,
            |draft, text| draft.lines.priorities = text,
        )}
        {area(
            form,
            "fields",
            text::TRACKER_FIELDS,
            text::TRACKER_FIELDS_HINT,
            lines.fields,
            |draft, text| draft.lines.fields = text,
        )}
    }
    .whole()
}

/// What is told beside the reference, and whether anything is.
fn told(form: Form) -> AnyView {
    let (settings, enabled) = form
        .draft
        .with_untracked(|draft| (draft.settings.clone(), draft.enabled));
    view! {
        {tick(
            form,
            text::TRACKER_DUE_DATE,
            settings.due_date,
            |draft, on| draft.settings.due_date = on,
        )}
        {tick(
            form,
            text::TRACKER_QUESTION,
            settings.include_question,
            |draft, on| draft.settings.include_question = on,
        )}
        {tick(
            form,
            text::TRACKER_REPLIES,
            settings.send_replies,
            |draft, on| draft.settings.send_replies = on,
        )}
        {tick(form, text::TRACKER_ENABLED, enabled, |draft, on| draft.enabled = on)}
    }
    .whole()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_is_not_typed_stays() {
        let mut draft = Draft::of(None);
        assert!(draft.enabled);
        draft.settings.name = "Jira".to_owned();
        assert_eq!(draft.change().unwrap().token, None);
        draft.token = "s3cret".to_owned();
        assert_eq!(draft.change().unwrap().token.as_deref(), Some("s3cret"));
        draft.lines.routes = "hr".to_owned();
        assert_eq!(draft.change().unwrap_err().field.as_deref(), Some("routes"));
    }
}
