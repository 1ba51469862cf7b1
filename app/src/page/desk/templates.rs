//! Reply templates: prepared once, used often, with variables that are filled in when one is taken.

use super::legal;
use crate::api::{Api, path};
use crate::browser;
use crate::page::only_for;
use crate::part::{
    Field, FormError, Icon, IntoWhole, IntoWholes, bodies, derive, loaded, only, paragraphs,
    rows_to_come, typed,
};
use crate::state::Ui;
use crate::text;
use crate::time::{Civil, Moment, day_text};
use inhouse_protocol::{
    ApiError, Day, EscalationSummary, Queues, ReplyTemplate, TemplateChange, TemplateId,
};
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;

/// Fields whose errors stand below them.
const FIELDS: &[&str] = &["title"];

/// A template's words for this escalation, written by `me`.
pub(super) fn filled(body: &str, item: &EscalationSummary, me: &str) -> String {
    let reference = item.ticket.as_deref().unwrap_or(item.id.as_str());
    let now = browser::now();
    let today = browser::local(now).unwrap_or_else(|| Civil::utc(now));
    let today = Day::of(today.year, today.month, today.day).unwrap_or_else(|| now.day());
    let today = day_text(today);
    let values = [
        ("{asker}", item.asker.as_str()),
        ("{question}", item.question.as_str()),
        ("{reference}", reference),
        ("{me}", me),
        ("{today}", today.as_str()),
    ];
    let mut whole = String::with_capacity(body.len());
    let mut rest = body;
    // In one go, so that a variable's name in a question stays as it was asked.
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        whole.push_str(before);
        let known = values.iter().find(|(name, _)| from.starts_with(name));
        rest = if let Some((name, value)) = known {
            whole.push_str(value);
            from.strip_prefix(name).unwrap_or_default()
        } else {
            whole.push('{');
            from.strip_prefix('{').unwrap_or_default()
        };
    }
    whole + rest
}

/// The list, for the legal team.
#[component]
pub(crate) fn TemplatesPage() -> impl IntoView {
    only_for(legal, |_| view! { <Load /> }.whole())
}

#[component]
fn Load() -> impl IntoView {
    let data = bodies(|| Some(vec![path::reply_templates(), path::queues()]));
    let content = loaded(data, rows_to_come, |bodies| {
        let templates = only(&bodies)?;
        let all = only(bodies.get(1..).unwrap_or_default())?;
        Ok(view! { <Templates templates=templates all=all /> }.whole())
    });
    view! {
        <Title text=text::title(text::TEMPLATES) />
        <div class="page">
            <header class="page-head">
                <p class="crumbs">
                    <a href="/desk">{text::DESK}</a>
                </p>
                <h1 id="templates" tabindex="-1">
                    {text::TEMPLATES}
                </h1>
                <p class="lead">{text::TEMPLATES_LEAD}</p>
            </header>
            {content}
        </div>
    }
}

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct Shown {
    templates: RwSignal<Vec<ReplyTemplate>>,
    queues: StoredValue<Queues>,
    api: StoredValue<Api>,
    error: RwSignal<Option<ApiError>>,
}

impl Shown {
    /// Asks for the templates as they are now and says what was done.
    async fn done(self, ui: Ui, said: &'static str) -> Result<(), ApiError> {
        let Some(api) = self.api.try_get_value() else {
            return Ok(());
        };
        let templates = api.reply_templates().await?;
        let _ = self.templates.try_set(templates);
        ui.say(said);
        Ok(())
    }
}

#[component]
fn Templates(templates: Vec<ReplyTemplate>, all: Queues) -> impl IntoView {
    let shown = Shown {
        templates: RwSignal::new(templates),
        queues: StoredValue::new(all),
        api: StoredValue::new(expect_context()),
        error: RwSignal::new(None),
    };
    let none = Memo::new(move |_| shown.templates.with(Vec::is_empty));
    view! {
        <FormError error=shown.error />
        <p class="quiet" hidden=derive(move || !none.get())>
            {text::NO_TEMPLATES}
        </p>
        <ul class="desk-things" hidden=derive(move || none.get())>
            <For
                each=move || shown.templates.get()
                key=|one| (one.id.clone(), one.version)
                children=move |one| row(shown, &one)
            />
        </ul>
        <details class="add">
            <summary>{Icon::Plus.view()} {text::NEW_TEMPLATE}</summary>
            <Edit shown=shown template=None />
        </details>
    }
}

fn row(shown: Shown, template: &ReplyTemplate) -> AnyView {
    let ui = Ui::of_page();
    let queue = shown.queues.with_value(|all| {
        let queue = template.queue.as_ref()?;
        let queue = all.queues.iter().find(|one| one.name.id == *queue)?;
        Some(queue.name.name.clone())
    });
    let queue = queue.unwrap_or_else(|| text::EVERY_QUEUE.to_owned());
    let id = template.id.clone();
    let delete = move |_| {
        let (api, id) = (shown.api.get_value(), id.clone());
        shown.error.set(None);
        spawn_local(async move {
            let deleted = match api.delete_template(&id).await {
                Ok(()) => shown.done(ui, text::TEMPLATE_DELETED).await,
                Err(error) => Err(error),
            };
            if let Err(error) = deleted {
                let _ = shown.error.try_set(Some(error));
            }
            browser::focus("#templates");
        });
    };
    let changed = text::template_version(template.version, &template.changed_by);
    view! {
        <li>
            <h2>{template.title.clone()}</h2>
            <p class="row-about">
                <span>{queue}</span>
                <span>{changed}</span>
                <Moment at=template.changed_at />
            </p>
            <div class="template-body">{paragraphs(&template.body)}</div>
            <details class="add fold">
                <summary>{Icon::Down.view()} {text::CHANGE_IT}</summary>
                <Edit shown=shown template=Some(template.clone()) />
                <div class="buttons">
                    <button
                        type="button"
                        class="small danger"
                        aria-label=text::delete_file(&template.title)
                        disabled=derive(move || !ui.ready.get())
                        on:click=delete
                    >
                        {text::DELETE}
                    </button>
                </div>
            </details>
        </li>
    }
    .whole()
}

/// The form, for one that is there or for a new one.
#[component]
fn Edit(shown: Shown, template: Option<ReplyTemplate>) -> impl IntoView {
    let ui = Ui::of_page();
    let form = NodeRef::<html::Form>::new();
    let title = NodeRef::<html::Input>::new();
    let body = NodeRef::<html::Textarea>::new();
    let queue = NodeRef::<html::Select>::new();
    let error = RwSignal::new(None::<ApiError>);
    let busy = RwSignal::new(false);
    let id: Option<TemplateId> = template.as_ref().map(|one| one.id.clone());
    let version = template.as_ref().map(|one| one.version);
    // Several of these forms are on the page; each has ids of its own.
    let name = id.as_ref().map_or("new", TemplateId::as_str);
    let form_id = format!("template-{name}");
    let (body_id, queue_id) = (format!("{form_id}-body"), format!("{form_id}-queue"));
    let now = template.as_ref().and_then(|one| one.queue.clone());
    let first_title = template.as_ref().map(|one| one.title.clone());
    let first_body = template.map(|one| one.body).unwrap_or_default();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let chosen = queue.get_untracked().map(|queue| queue.value());
        let change = TemplateChange {
            title: typed(title).trim().to_owned(),
            body: body
                .get_untracked()
                .map(|body| body.value())
                .unwrap_or_default(),
            queue: chosen.and_then(|queue| queue.parse().ok()),
            version,
        };
        let (api, id) = (shown.api.get_value(), id.clone());
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            let saved = match api.save_template(id.as_ref(), &change).await {
                Ok(()) => shown.done(ui, text::SAVED).await,
                Err(wrong) => Err(wrong),
            };
            let _ = busy.try_set(false);
            match saved {
                Ok(()) if id.is_none() => {
                    if let Some(form) = form.try_get_untracked().flatten() {
                        form.reset();
                    }
                }
                Ok(()) => browser::focus("#templates"),
                Err(wrong) => {
                    let _ = error.try_set(Some(wrong));
                }
            }
        });
    };
    let queues = shown.queues.with_value(|all| {
        let queues = all.queues.iter();
        queues
            .map(|one| {
                let selected = Some(&one.name.id) == now.as_ref();
                view! {
                    <option value=one.name.id.to_string() selected=selected>
                        {one.name.name.clone()}
                    </option>
                }
            })
            .wholes()
    });
    view! {
        <form method="post" node_ref=form on:submit=submit>
            <FormError error=error fields=FIELDS />
            <Field
                form=form_id
                name="title"
                label=text::TEMPLATE_TITLE
                value=first_title.unwrap_or_default()
                node=title
                error=error
            />
            <div class="field">
                <label for=queue_id.clone()>{text::DESK_QUEUE}</label>
                <select id=queue_id node_ref=queue>
                    <option value="">{text::EVERY_QUEUE}</option>
                    {queues}
                </select>
            </div>
            <div class="field">
                <label for=body_id.clone()>{text::TEMPLATE_BODY}</label>
                <textarea
                    id=body_id
                    rows="6"
                    maxlength="20000"
                    required
                    prop:value=first_body
                    node_ref=body
                ></textarea>
                <p class="hint">{text::TEMPLATE_HINT}</p>
            </div>
            <button
                type="submit"
                class="primary"
                disabled=derive(move || !ui.ready.get() || busy.get())
            >
                {text::SAVE}
            </button>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use inhouse_protocol::EscalationReason;

    #[test]
    fn variables_are_filled_in_and_other_braces_stay() {
        let mut item = sample::escalation(EscalationReason::Rule).summary;
        item.question = "What does {asker} mean?".to_owned();
        item.ticket = Some("LEGAL-12".to_owned());
        let body = "Dear {asker}, to '{question}' ({reference}): {x} {me}, {today}";
        assert_eq!(
            filled(body, &item, "Lena"),
            "Dear Emil, to 'What does {asker} mean?' (LEGAL-12): {x} Lena, 1 Jan 1970"
        );
        item.ticket = None;
        assert_eq!(filled("{reference}", &item, "Lena"), "escalation-1");
        assert_eq!(filled("none {", &item, "Lena"), "none {");
    }
}
