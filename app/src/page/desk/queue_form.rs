//! The form of a queue, for one that is there or for a new one.

use super::queues::Shown;
use crate::api::invalid;
use crate::part::{Field, FormError, IntoWhole, derive, typed};
use crate::state::Ui;
use crate::text;
use inhouse_protocol::{ApiError, Queue, QueueChange, QueueId};
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Fields whose errors stand below them.
const FIELDS: &[&str] = &[
    "key",
    "name",
    "description",
    "topics",
    "languages",
    "first_reply_minutes",
    "resolution_minutes",
];

/// The fields on the page.
#[derive(Clone, Copy)]
struct Fields {
    key: NodeRef<html::Input>,
    name: NodeRef<html::Input>,
    description: NodeRef<html::Input>,
    topics: NodeRef<html::Input>,
    languages: NodeRef<html::Input>,
    first_reply: NodeRef<html::Input>,
    resolution: NodeRef<html::Input>,
    restricted: NodeRef<html::Input>,
    rotation: NodeRef<html::Input>,
}

impl Fields {
    fn new() -> Self {
        Self {
            key: NodeRef::new(),
            name: NodeRef::new(),
            description: NodeRef::new(),
            topics: NodeRef::new(),
            languages: NodeRef::new(),
            first_reply: NodeRef::new(),
            resolution: NodeRef::new(),
            restricted: NodeRef::new(),
            rotation: NodeRef::new(),
        }
    }

    /// What is written in them; a service level that is no number is an error. `key` is that of a
    /// queue that is there.
    fn written(self, key: Option<&str>) -> Result<QueueChange, ApiError> {
        let word = |node| typed(node).trim().to_owned();
        let level = |node, field| minutes(&typed(node)).map_err(|words| invalid(field, words));
        let ticked = |node: NodeRef<html::Input>| {
            let node = node.get_untracked();
            node.is_some_and(|node| node.checked())
        };
        Ok(QueueChange {
            key: key.map_or_else(|| word(self.key), str::to_owned),
            name: word(self.name),
            description: word(self.description),
            restricted: ticked(self.restricted),
            topics: listed(&typed(self.topics)),
            languages: listed(&typed(self.languages)),
            first_reply_minutes: level(self.first_reply, "first_reply_minutes")?,
            resolution_minutes: level(self.resolution, "resolution_minutes")?,
            rotation: ticked(self.rotation),
        })
    }
}

/// Words parted by commas, each once.
fn listed(typed: &str) -> Vec<String> {
    let mut all = Vec::<String>::new();
    for word in typed.split(',').map(str::trim) {
        if !word.is_empty() && !all.iter().any(|known| known == word) {
            all.push(word.to_owned());
        }
    }
    all
}

/// Minutes out of hours as they are typed, such as '8' or '1.5'; none where nothing is
/// typed. In words, that it is no number of hours.
fn minutes(typed: &str) -> Result<Option<u32>, &'static str> {
    let typed = typed.trim().replace(',', ".");
    if typed.is_empty() {
        return Ok(None);
    }
    let (whole, part) = typed.split_once('.').unwrap_or((&typed, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() > 5 || part.len() > 2 || !digits(whole) || !digits(part) {
        return Err(text::NO_HOURS);
    }
    let number = |text: &str| text.parse::<u32>().unwrap_or_default();
    let hundredths = number(&format!("{part:0<2}"));
    let minutes = number(whole) * 60 + (hundredths * 60 + 50) / 100;
    if minutes == 0 {
        return Err(text::NO_HOURS);
    }
    Ok(Some(minutes))
}

pub(super) fn queue_form(shown: Shown, queue: Option<&Queue>) -> AnyView {
    let ui = Ui::of_page();
    let form = NodeRef::<html::Form>::new();
    let fields = Fields::new();
    let error = RwSignal::new(None::<ApiError>);
    let busy = RwSignal::new(false);
    let there: Option<(QueueId, String)> =
        queue.map(|queue| (queue.name.id.clone(), queue.name.key.clone()));
    let is_new = there.is_none();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let there = there.clone();
        let change = match fields.written(there.as_ref().map(|(_, key)| key.as_str())) {
            Ok(change) => change,
            Err(wrong) => {
                error.set(Some(wrong));
                return;
            }
        };
        let api = shown.api.get_value();
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            let id = there.map(|(id, _)| id);
            let saved = match api.save_queue(id.as_ref(), &change).await {
                Ok(()) => shown.done(ui, text::SAVED.to_owned()).await,
                Err(wrong) => Err(wrong),
            };
            let _ = busy.try_set(false);
            match saved {
                Ok(()) => {
                    if let Some(form) = form.try_get_untracked().flatten().filter(|_| is_new) {
                        form.reset();
                    }
                }
                Err(wrong) => {
                    let _ = error.try_set(Some(wrong));
                }
            }
        });
    };
    // Several of these forms are on the page; each has ids of its own.
    let name = queue.map_or("new", |queue| queue.name.key.as_str());
    let form_id = format!("queue-{name}");
    view! {
        <form method="post" node_ref=form on:submit=submit>
            <FormError error=error fields=FIELDS />
            {is_new
                .then(|| {
                    view! {
                        <Field
                            form=form_id.clone()
                            name="key"
                            label=text::QUEUE_KEY
                            hint=text::QUEUE_KEY_HINT
                            node=fields.key
                            error=error
                        />
                    }
                })}
            {words(fields, error, &form_id, queue)}
            <button
                type="submit"
                class="primary"
                disabled=derive(move || !ui.ready.get() || busy.get())
            >
                {text::SAVE}
            </button>
        </form>
    }
    .whole()
}

/// The fields that can be changed at any time.
fn words(
    fields: Fields,
    error: RwSignal<Option<ApiError>>,
    form: &str,
    queue: Option<&Queue>,
) -> AnyView {
    let of = |read: fn(&Queue) -> String| queue.map(read).unwrap_or_default();
    let hours = |read: fn(&Queue) -> Option<u32>| {
        let minutes = queue.and_then(read);
        minutes.map(text::hours_of).unwrap_or_default()
    };
    let field = |name: &'static str,
                 label: &'static str,
                 hint: &'static str,
                 node: NodeRef<html::Input>,
                 value: String| {
        let form = form.to_owned();
        view! {
            <Field
                form=form
                name=name
                label=label
                hint=hint
                value=value
                node=node
                error=error
                required={name == "name"}
            />
        }
        .whole()
    };
    let tick =
        |label: &'static str, hint: &'static str, node: NodeRef<html::Input>, checked: bool| {
            view! {
                <label class="choice">
                    <input type="checkbox" node_ref=node checked=checked />
                    <span>{label} <span class="hint">{hint}</span></span>
                </label>
            }
            .whole()
        };
    let name = of(|queue| queue.name.name.clone());
    let description = of(|queue| queue.description.clone());
    let topics = of(|queue| queue.topics.join(", "));
    let languages = of(|queue| queue.languages.join(", "));
    let first_reply = hours(|queue| queue.first_reply_minutes);
    let resolution = hours(|queue| queue.resolution_minutes);
    let restricted = queue.is_some_and(|queue| queue.name.restricted);
    let rotation = queue.is_some_and(|queue| queue.rotation);
    let all = vec![
        field("name", text::NAME, "", fields.name, name),
        field(
            "description",
            text::DESCRIPTION,
            "",
            fields.description,
            description,
        ),
        field(
            "topics",
            text::QUEUE_TOPICS,
            text::TOPICS_HINT,
            fields.topics,
            topics,
        ),
        field(
            "languages",
            text::QUEUE_LANGUAGES,
            text::QUEUE_LANGUAGES_HINT,
            fields.languages,
            languages,
        ),
        field(
            "first_reply_minutes",
            text::FIRST_REPLY_WITHIN,
            text::HOURS_HINT,
            fields.first_reply,
            first_reply,
        ),
        field(
            "resolution_minutes",
            text::RESOLUTION_WITHIN,
            text::HOURS_HINT,
            fields.resolution,
            resolution,
        ),
        tick(
            text::ROTATION,
            text::ROTATION_HINT,
            fields.rotation,
            rotation,
        ),
        tick(
            text::MEMBERS_ONLY,
            text::RESTRICTED_MEANS,
            fields.restricted,
            restricted,
        ),
    ];
    all.whole()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_as_they_are_shown() {
        for typed in ["8", "0.5", "1.25", "40", "0.02"] {
            let read = minutes(typed).ok().flatten();
            assert_eq!(read.map(text::hours_of).as_deref(), Some(typed));
        }
        assert_eq!(minutes("1,5"), Ok(Some(90)));
        assert_eq!(minutes(" "), Ok(None));
        for typed in ["0", "-1", "8h", "1.234", "1.2.3", "123456", "one"] {
            assert_eq!(minutes(typed), Err(text::NO_HOURS), "{typed}");
        }
    }

    #[test]
    fn topics_are_parted_by_commas_and_each_is_taken_once() {
        assert_eq!(
            listed("lease,  data protection,lease, "),
            ["lease", "data protection"]
        );
    }
}
