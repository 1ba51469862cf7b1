//! The form for a new set: out of a file, or pasted.

use super::shared::set_page;
use crate::api::{Api, invalid};
use crate::browser;
use crate::page::escaped;
use crate::part::{Field, FormError, Icon, derive, live, typed};
use crate::state::Ui;
use crate::text;
use inhouse_protocol::{ApiError, NewQuestionSet};
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// Fields whose errors stand below them.
const FIELDS: &[&str] = &["name", "description", "questions"];

/// What a file can look like.
const EXAMPLE: &str = r#"{"question": "How long is the notice period for employees?", "answerable": true, "document": "handbook.pdf", "quote": "three months to the end of a month", "category": "leaving"}
{"question": "How long is the notice period for contractors?", "answerable": false, "category": "leaving"}
{"question": "Up to which value may I accept a gift?", "answerable": true, "document": "gifts.pdf", "answer": "Up to 50 euros.", "category": "gifts"}
"#;

/// The form; it leads to the set.
#[component]
pub(super) fn NewSet() -> impl IntoView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let navigate = use_navigate();
    let name = NodeRef::<html::Input>::new();
    let description = NodeRef::<html::Input>::new();
    let questions = NodeRef::<html::Textarea>::new();
    let error = RwSignal::new(None::<ApiError>);
    let busy = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let field = questions.get_untracked();
        let set = NewQuestionSet {
            name: typed(name).trim().to_owned(),
            description: typed(description).trim().to_owned(),
            questions: field.map(|field| field.value()).unwrap_or_default(),
        };
        if set.questions.trim().is_empty() {
            error.set(Some(invalid("questions", text::NO_QUESTIONS)));
            browser::focus("#set-questions");
            return;
        }
        let (api, navigate) = (api.clone(), navigate.clone());
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            match api.new_question_set(&set).await {
                Ok(set) => navigate(&set_page(&set.id), NavigateOptions::default()),
                Err(wrong) => {
                    let _ = busy.try_set(false);
                    let _ = error.try_set(Some(wrong));
                }
            }
        });
    };
    let wrong = Memo::new(move |_| {
        let error = error.get()?;
        (error.field.as_deref() == Some("questions")).then_some(error.message)
    });
    let described = move || {
        if wrong.with(Option::is_some) {
            "set-questions-error"
        } else {
            "set-questions-hint"
        }
    };
    let example = format!("data:application/jsonl;charset=utf-8,{}", escaped(EXAMPLE));
    view! {
        <details class="add">
            <summary>{Icon::Plus.view()} {text::NEW_QUESTION_SET}</summary>
            <form method="post" on:submit=submit>
                <FormError error=error fields=FIELDS />
                <Field form="set" name="name" label=text::NAME node=name error=error />
                <Field
                    form="set"
                    name="description"
                    label=text::DESCRIPTION
                    node=description
                    error=error
                    required=false
                />
                <div class="field">
                    <label for="set-questions">{text::QUESTIONS}</label>
                    <textarea
                        id="set-questions"
                        class="questions"
                        name="questions"
                        rows="6"
                        autocomplete="off"
                        spellcheck="false"
                        node_ref=questions
                        aria-invalid=derive(move || wrong.with(Option::is_some).then_some("true"))
                        aria-describedby=derive(described)
                    ></textarea>
                    <p class="hint" id="set-questions-hint">
                        {text::QUESTIONS_HINT}
                    </p>
                    <p
                        class="error"
                        id="set-questions-error"
                        role="alert"
                        hidden=derive(move || wrong.with(Option::is_none))
                    >
                        {live(move || wrong.get())}
                    </p>
                    <p class="file-choice">
                        <FromFile name=name questions=questions error=error />
                        <a href=example download="questions.jsonl" rel="external">
                            {text::DOWNLOAD_EXAMPLE}
                        </a>
                    </p>
                </div>
                <button
                    type="submit"
                    class="primary"
                    disabled=derive(move || !ui.ready.get() || busy.get())
                >
                    {text::ADD_QUESTION_SET}
                </button>
            </form>
        </details>
    }
}

/// The button that puts a file into the fields.
#[component]
fn FromFile(
    name: NodeRef<html::Input>,
    questions: NodeRef<html::Textarea>,
    error: RwSignal<Option<ApiError>>,
) -> impl IntoView {
    let ui = Ui::of_page();
    let picker = NodeRef::<html::Input>::new();
    let choose = move |_| {
        let files = picker
            .get_untracked()
            .map(|picker| browser::chosen(&picker));
        let Some(file) = files.and_then(|mut files| files.pop()) else {
            return;
        };
        error.set(None);
        spawn_local(async move {
            let Some(read) = browser::read(&file).await else {
                let _ = error.try_set(Some(invalid("questions", text::FILE_UNREADABLE)));
                return;
            };
            if let Some(field) = questions.try_get_untracked().flatten() {
                field.set_value(&read);
                ui.say(text::FILE_READ);
            }
            if let Some(field) = name.try_get_untracked().flatten()
                && field.value().trim().is_empty()
            {
                field.set_value(&set_name(&file.name()));
            }
        });
    };
    view! {
        <span class="picker">
            <input
                id="set-file"
                class="visually-hidden"
                type="file"
                accept=".jsonl,.json,.csv,.txt"
                node_ref=picker
                disabled=derive(move || !ui.ready.get())
                on:change=choose
            />
            <label class="button small" for="set-file">
                {Icon::Upload.view()}
                {text::CHOOSE_FILE}
            </label>
        </span>
    }
}

/// What a set out of a file is called at first: the file's name without what comes after its dot.
fn set_name(file: &str) -> String {
    match file.rsplit_once('.') {
        Some((name, _)) if !name.is_empty() => name.to_owned(),
        _ => file.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use inhouse_protocol::LabelledQuestion;

    #[test]
    fn a_set_is_called_as_its_file() {
        assert_eq!(set_name("legal.2026.jsonl"), "legal.2026");
        assert_eq!(set_name(".jsonl"), ".jsonl");
        assert_eq!(set_name("questions"), "questions");
    }

    #[test]
    fn the_example_is_a_set_of_questions() {
        for line in EXAMPLE.lines() {
            let question: LabelledQuestion = serde_json::from_str(line).unwrap();
            assert!(!question.question.is_empty());
            assert!(question.answerable.is_some());
        }
    }
}
