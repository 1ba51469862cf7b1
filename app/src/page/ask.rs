//! The first page: a question, with examples from the company's own documents.

use super::{anyone, only_for};
use crate::api::{Api, path};
use crate::browser;
use crate::part::{
    Composer, Icon, IntoWhole, IntoWholes, Sending, ai_notice, bodies, derive, loaded, only,
};
use crate::state::Ui;
use crate::text;
use inhouse_protocol::{ApiError, Conversation, ConversationId, Exchange, Me, RunState};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::hooks::use_navigate;

/// Where this browser keeps the draft of a question that has no conversation yet.
const DRAFT: &str = "draft:new";

/// Asking something new.
#[component]
pub(crate) fn AskPage() -> impl IntoView {
    only_for(anyone, |me| view! { <Ask me=me /> }.whole())
}

#[component]
fn Ask(me: Me) -> impl IntoView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let navigate = use_navigate();
    let sending = RwSignal::new(Sending::Idle);
    // Kept, so that a second try doesn't leave an empty conversation behind.
    let started = StoredValue::new(None::<ConversationId>);
    let ask = Callback::new({
        move |question: String| {
            let (api, navigate) = (api.clone(), navigate.clone());
            sending.set(Sending::Underway);
            spawn_local(async move {
                match start(&api, started, question).await {
                    Ok(conversation) => {
                        let path = format!("/c/{}", conversation.id);
                        browser::save(DRAFT, "");
                        ui.fresh.set(Some(conversation));
                        ui.conversations.update(|count| *count += 1);
                        navigate(&path, leptos_router::NavigateOptions::default());
                    }
                    Err(error) => sending.set(Sending::Failed(error)),
                }
            });
        }
    });
    let suggestions = bodies(|| Some(vec![path::suggestions()]));
    let examples = move |questions: Vec<String>| {
        if questions.is_empty() {
            return ().whole();
        }
        let rows = questions
            .into_iter()
            .map(|question| {
                let asked = question.clone();
                view! {
                    <li>
                        <button
                            type="button"
                            disabled=derive(move || {
                                !ui.ready.get() || sending.with(|s| *s == Sending::Underway)
                            })
                            on:click=move |_| ask.run(asked.clone())
                        >
                            <span>{question}</span>
                            {Icon::Send.view()}
                        </button>
                    </li>
                }
            })
            .wholes();
        view! {
            <h2 id="examples">{text::EXAMPLES}</h2>
            <ul aria-labelledby="examples">{rows}</ul>
        }
        .whole()
    };
    view! {
        <Title text=text::title(text::ASK) />
        <div class="ask">
            <h1>{text::greeting(&me.name)}</h1>
            <p class="lead">{text::ASK_LEAD}</p>
            {ai_notice()}
            <Composer
                draft=DRAFT.to_owned()
                sending=sending
                running=false
                stopping=false
                ask=ask
                stop=Callback::new(|()| {})
            />
            <div class="examples">
                {loaded(
                    suggestions,
                    examples_to_come,
                    move |bodies| Ok(examples(only(&bodies).unwrap_or_default())),
                )}
            </div>
        </div>
    }
}

fn examples_to_come() -> AnyView {
    view! { <div class="skeleton-lines" aria-hidden="true"></div> }.whole()
}

/// A conversation that begins with `question`, as its page will show it.
async fn start(
    api: &Api,
    started: StoredValue<Option<ConversationId>>,
    question: String,
) -> Result<Conversation, ApiError> {
    let id = match started.try_get_value().flatten() {
        Some(id) => id,
        None => api.new_conversation().await?.id,
    };
    let _ = started.try_set_value(Some(id.clone()));
    let run = api.ask(&id, &question).await?;
    Ok(Conversation {
        id,
        title: question.clone(),
        exchanges: vec![Exchange {
            run: run.id,
            question,
            asked_at: browser::now(),
            state: RunState::Running,
            outcome: None,
            message: String::new(),
            as_of: None,
            standalone: None,
            mode: None,
            passages: Vec::new(),
            sentences: Vec::new(),
            conflict: None,
            caution: None,
            approved: None,
            helpful: None,
            ai_generated: false,
            escalation: None,
        }],
    })
}
