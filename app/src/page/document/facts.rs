//! What is known of a document over all its versions, and changing it.

use super::Shown;
use crate::api::Api;
use crate::page::document_page;
use crate::part::{Field, FormError, Icon, IntoWhole, IntoWholes, derive, live, typed};
use crate::state::Ui;
use crate::text;
use crate::time::{day_in_field, day_text};
use inhouse_protocol::{ApiError, DocumentDetail, DocumentFacts, DocumentSummary, PersonName};
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Fields whose errors stand below them.
const FIELDS: &[&str] = &["jurisdiction", "tags"];

/// The section.
#[component]
pub(super) fn Facts(shown: Shown) -> impl IntoView {
    let manages = shown.detail.with_untracked(|detail| detail.manages);
    view! {
        <section class="panel" aria-labelledby="facts">
            <h2 id="facts">{text::FACTS}</h2>
            {live(move || shown.detail.with(list))}
            {manages.then(|| view! { <Edit shown=shown /> })}
        </section>
    }
}

/// What is known; a dash where nothing is.
fn list(detail: &DocumentDetail) -> AnyView {
    let facts = &detail.facts;
    let or_dash = |known: Option<String>| known.unwrap_or_else(|| "–".to_owned());
    let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let due = detail
        .review_due
        .then(|| view! { " " <span class="tag tag-open">{Icon::Clock.view()} {text::DUE}</span> });
    let supersedes = match &detail.supersedes {
        Some(other) => {
            let page = document_page(&detail.summary.set, &other.id);
            let title = other.title.clone();
            view! { <a href=page>{title}</a> }.whole()
        }
        None => "–".whole(),
    };
    view! {
        <dl class="facts">
            <dt>{text::OWNER}</dt>
            <dd>{or_dash(detail.owner_name.clone())}</dd>
            <dt>{text::REVIEW_ON}</dt>
            <dd>{or_dash(facts.review_on.map(day_text))} {due}</dd>
            <dt>{text::JURISDICTION}</dt>
            <dd>{or_dash(filled(&facts.jurisdiction))}</dd>
            <dt>{text::TAGS}</dt>
            <dd>{or_dash(filled(&facts.tags.join(", ")))}</dd>
            <dt>{text::SUPERSEDES_LABEL}</dt>
            <dd>{supersedes}</dd>
        </dl>
    }
    .whole()
}

/// Tags as they are typed: parted by commas, each once.
fn tags(typed: &str) -> Vec<String> {
    let mut tags = Vec::<String>::new();
    for tag in typed.split(',') {
        let tag = tag.split_whitespace().collect::<Vec<_>>().join(" ");
        if !tag.is_empty() && !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}

/// What there is to choose from, asked for once the form is opened.
#[derive(Clone, Copy)]
struct Choices {
    owners: RwSignal<Vec<PersonName>>,
    others: RwSignal<Vec<DocumentSummary>>,
    asked: StoredValue<bool>,
}

impl Choices {
    /// Those chosen now, so that the form is right before the others have come.
    fn new(detail: &DocumentDetail) -> Self {
        let owner = detail.facts.owner.clone().zip(detail.owner_name.clone());
        let owner = owner.map(|(id, name)| PersonName { id, name });
        Self {
            owners: RwSignal::new(owner.into_iter().collect()),
            others: RwSignal::new(Vec::new()),
            asked: StoredValue::new(false),
        }
    }

    fn load(self, shown: Shown, error: RwSignal<Option<ApiError>>) {
        if self.asked.get_value() {
            return;
        }
        self.asked.set_value(true);
        let api = shown.api.get_value();
        let (id, set) = shown
            .detail
            .with_untracked(|detail| (detail.summary.id.clone(), detail.summary.set.clone()));
        spawn_local(async move {
            let loaded = async {
                let owners = api.owners(&id).await?;
                let _ = self.owners.try_set(owners);
                let mut others = api.documents(&set).await?;
                others.retain(|other| other.id != id);
                let _ = self.others.try_set(others);
                Ok::<_, ApiError>(())
            };
            if let Err(wrong) = loaded.await {
                let _ = self.asked.try_set_value(false);
                let _ = error.try_set(Some(wrong));
            }
        });
    }
}

/// The form.
#[component]
fn Edit(shown: Shown) -> impl IntoView {
    let ui = Ui::of_page();
    let jurisdiction = NodeRef::<html::Input>::new();
    let tags_typed = NodeRef::<html::Input>::new();
    let review = NodeRef::<html::Input>::new();
    let owner = NodeRef::<html::Select>::new();
    let supersedes = NodeRef::<html::Select>::new();
    let error = RwSignal::new(None::<ApiError>);
    let busy = RwSignal::new(false);
    let choices = shown.detail.with_untracked(Choices::new);
    let facts = shown.detail.with_untracked(|detail| detail.facts.clone());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let facts = DocumentFacts {
            jurisdiction: typed(jurisdiction).trim().to_owned(),
            owner: chosen(owner).parse().ok(),
            review_on: day_in_field(&typed(review)),
            tags: tags(&typed(tags_typed)),
            supersedes: chosen(supersedes).parse().ok(),
        };
        let api: Api = shown.api.get_value();
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            let id = shown.id();
            let change = api.set_facts(&id, &facts);
            let done = shown.done(ui, change, text::SAVED).await;
            let _ = busy.try_set(false);
            let _ = error.try_set(done.err());
        });
    };
    view! {
        <details class="add fold" on:toggle=move |_| choices.load(shown, error)>
            <summary>{Icon::Down.view()} {text::EDIT_FACTS}</summary>
            <form method="post" on:submit=submit>
                <FormError error=error fields=FIELDS />
                {owner_field(shown, choices, owner)}
                <div class="field">
                    <label for="facts-review">
                        {text::REVIEW_ON} <span class="quiet">" " {text::OPTIONAL}</span>
                    </label>
                    <input
                        id="facts-review"
                        type="date"
                        value=facts.review_on.map(|day| day.to_string())
                        node_ref=review
                    />
                </div>
                <Field
                    form="facts"
                    name="jurisdiction"
                    label=text::JURISDICTION
                    hint=text::JURISDICTION_HINT
                    value=facts.jurisdiction
                    node=jurisdiction
                    error=error
                    required=false
                />
                <Field
                    form="facts"
                    name="tags"
                    label=text::TAGS
                    hint=text::TAGS_HINT
                    value=facts.tags.join(", ")
                    node=tags_typed
                    error=error
                    required=false
                />
                {supersedes_field(shown, choices, supersedes)}
                <button
                    type="submit"
                    class="primary"
                    disabled=derive(move || !ui.ready.get() || busy.get())
                >
                    {text::SAVE}
                </button>
            </form>
        </details>
    }
}

/// What is chosen in a list; nothing where it isn't on the page.
fn chosen(node: NodeRef<html::Select>) -> String {
    let select = node.get_untracked();
    select.map(|select| select.value()).unwrap_or_default()
}

fn owner_field(shown: Shown, choices: Choices, node: NodeRef<html::Select>) -> AnyView {
    let options = move || {
        let now = shown
            .detail
            .with_untracked(|detail| detail.facts.owner.clone());
        let all = choices.owners.get().into_iter();
        all.map(|person| {
            option(
                person.id.to_string(),
                person.name,
                Some(&person.id) == now.as_ref(),
            )
        })
        .wholes()
    };
    view! {
        <div class="field">
            <label for="facts-owner">{text::OWNER}</label>
            <select id="facts-owner" node_ref=node aria-describedby="facts-owner-hint">
                <option value="">{text::NOBODY}</option>
                {live(options)}
            </select>
            <p class="hint" id="facts-owner-hint">
                {text::OWNER_HINT}
            </p>
        </div>
    }
    .whole()
}

fn supersedes_field(shown: Shown, choices: Choices, node: NodeRef<html::Select>) -> AnyView {
    let options = move || {
        let now = shown
            .detail
            .with_untracked(|detail| detail.supersedes.clone());
        let others = choices.others.get();
        // Until the others have come, the one chosen now stands alone.
        let alone = now
            .clone()
            .filter(|now| others.iter().all(|other| other.id != now.id));
        let now = now.map(|now| now.id);
        let alone = alone.map(|alone| option(alone.id.to_string(), alone.title, true));
        let others = others.into_iter().map(|other| {
            let is_now = Some(&other.id) == now.as_ref();
            let name = if other.title == other.name {
                other.name
            } else {
                format!("{} ({})", other.title, other.name)
            };
            option(other.id.to_string(), name, is_now)
        });
        alone.into_iter().chain(others).wholes()
    };
    view! {
        <div class="field">
            <label for="facts-supersedes">{text::SUPERSEDES_LABEL}</label>
            <select id="facts-supersedes" node_ref=node aria-describedby="facts-supersedes-hint">
                <option value="">{text::NONE}</option>
                {live(options)}
            </select>
            <p class="hint" id="facts-supersedes-hint">
                {text::SUPERSEDES_HINT}
            </p>
        </div>
    }
    .whole()
}

fn option(value: String, name: String, selected: bool) -> AnyView {
    view! {
        <option value=value selected=selected>
            {name}
        </option>
    }
    .whole()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_parted_by_commas_and_each_is_taken_once() {
        assert_eq!(
            tags(" supply,  force   majeure ,,supply"),
            ["supply", "force majeure"]
        );
        assert!(tags(" , ").is_empty());
    }
}
