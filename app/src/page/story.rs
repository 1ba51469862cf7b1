//! A question's whole story on one page: what was asked, judged, found, written, and what became
//! of it.

use super::log::{Opening, admin, facts, query_in_address, record_list, wants_opening};
use super::{id_in_path, only_for};
use crate::api::{LogQuery, path};
use crate::part::{
    Answer, Checks, Icon, IntoWhole, IntoWholes, Passages, bodies, conflict_view, only,
    rows_to_come, tried,
};
use crate::text;
use crate::time::Moment;
use inhouse_protocol::{AnswerMode, ApiError, LogFilter, ModelCallInfo, QuestionStory, RunId};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use serde_json::Value;
use std::collections::BTreeSet;

/// The question in the path.
#[component]
pub(crate) fn StoryPage() -> impl IntoView {
    only_for(admin, |_| view! { <Load /> }.whole())
}

#[component]
fn Load() -> impl IntoView {
    let navigate = use_navigate();
    let id = id_in_path::<RunId>("id");
    let query = query_in_address();
    let data = bodies(move || {
        let id = id.get()?;
        let opening = query.with(|query| query.opening);
        let path = opening.map(|opening| path::story(&id, opening));
        Some(path.into_iter().collect())
    });
    let opened = Callback::new(move |opening: i64| {
        if let Some(id) = id.get_untracked() {
            let page = format!("/log/questions/{id}?opening={opening}");
            navigate(&page, NavigateOptions::default());
        }
    });
    let ask_why = move |again| {
        view! {
            <Title text=text::title(text::STORY) />
            <div class="page narrow">
                <header class="page-head">
                    <p class="crumbs">
                        <a href="/log">{text::BACK_TO_RECORD}</a>
                    </p>
                    <h1>{text::STORY}</h1>
                </header>
                <Opening again=again opened=opened />
            </div>
        }
        .whole()
    };
    tried(data, rows_to_come, move |bodies| match bodies {
        Ok(bodies) if bodies.is_empty() => Ok(ask_why(false)),
        Ok(bodies) => {
            let story = only(&bodies)?;
            let opening = query.with_untracked(|query| query.opening);
            Ok(view! { <Story story=story opening=opening /> }.whole())
        }
        Err(error) if wants_opening(&error) => Ok(ask_why(true)),
        Err(error) => Err::<AnyView, ApiError>(error),
    })
}

#[component]
fn Story(story: QuestionStory, opening: Option<i64>) -> impl IntoView {
    let query = LogQuery {
        opening,
        ..LogQuery::default()
    };
    let steps: Vec<AnyView> = [
        asked(&story),
        judged(&story),
        found(&story),
        modelled(&story.model_calls, &story.settings),
        answered(&story),
        ended(&story, &query),
    ]
    .into_iter()
    .map(|(icon, title, content)| {
        view! {
            <li>
                {icon.view()}
                <section>
                    <h2>{title}</h2>
                    {content}
                </section>
            </li>
        }
    })
    .wholes();
    view! {
        <Title text=text::title(&story.question) />
        <div class="page narrow">
            <header class="page-head">
                <p class="crumbs">
                    <a href=query.page()>{text::BACK_TO_RECORD}</a>
                </p>
                <p class="eyebrow">{text::STORY}</p>
                <h1 class="question">{story.question}</h1>
            </header>
            <ol class="timeline">{steps}</ol>
            <section class="log-list" aria-labelledby="story-records">
                <h2 id="story-records">{text::STORY_RECORDS}</h2>
                {record_list(story.records, &query)}
            </section>
        </div>
    }
}

/// A step of the timeline: its icon, title and content.
type Step = (Icon, &'static str, AnyView);

fn asked(story: &QuestionStory) -> Step {
    let asker = story.asker.clone().unwrap_or_else(|| {
        let nameless = if story.asker_id.is_some() {
            text::SOMEBODY
        } else {
            text::THE_OPERATOR
        };
        nameless.to_owned()
    });
    let standalone = story.standalone_question.clone();
    let understood = standalone.filter(|other| *other != story.question);
    let content = view! {
        <p class="row-about">
            <span>{text::person(&asker, story.department.as_deref())}</span>
            <Moment at=story.asked_at />
        </p>
        {understood
            .map(|question| {
                view! {
                    <p>
                        <span class="quiet">{text::STORY_UNDERSTOOD} ": "</span>
                        {question}
                    </p>
                }
            })}
    };
    (Icon::Ask, text::STORY_ASKED, content.whole())
}

fn judged(story: &QuestionStory) -> Step {
    let lines = story
        .trace
        .iter()
        .map(|line| view! { <li>{line.clone()}</li> })
        .wholes();
    let trace = if lines.is_empty() {
        view! { <p class="quiet">{text::STORY_NO_RULES}</p> }.whole()
    } else {
        view! { <ol class="trace">{lines}</ol> }.whole()
    };
    let probability = story
        .answerability
        .map(|probability| view! { <p>{text::answerability(probability)}</p> });
    let content = view! {
        {trace}
        {probability}
    };
    (Icon::Shield, text::STORY_RULES, content.whole())
}

fn found(story: &QuestionStory) -> Step {
    let withheld = (story.passages_withheld > 0).then(|| {
        view! {
            <p class="quiet lock-line">
                {Icon::Lock.view()} <span>{text::passages_withheld(story.passages_withheld)}</span>
            </p>
        }
    });
    let nothing = story.passages.is_empty() && story.passages_withheld == 0;
    let cited: BTreeSet<u32> = story
        .sentences
        .iter()
        .flat_map(|sentence| &sentence.citations)
        .map(|citation| citation.number)
        .collect();
    let content = view! {
        {nothing.then(|| view! { <p class="quiet">{text::STORY_NOTHING_FOUND}</p> })}
        {withheld}
        <Passages
            owner=story.run.to_string()
            title=text::PASSAGES_FOUND
            passages=Signal::stored(story.passages.clone())
            cited=Signal::stored((!story.sentences.is_empty()).then_some(cited))
        />
    };
    (Icon::Search, text::STORY_FOUND, content.whole())
}

fn modelled(calls: &[ModelCallInfo], settings: &Value) -> Step {
    let settings = settings.is_object().then(|| {
        view! {
            <details>
                <summary>{text::RAN_WITH}</summary>
                {facts(settings)}
            </details>
        }
    });
    let all = calls.iter().map(call).wholes();
    let content = if all.is_empty() {
        view! { <p class="quiet">{text::STORY_NO_MODEL}</p> }.whole()
    } else {
        all.whole()
    };
    let content = view! {
        {content}
        {settings}
    };
    (Icon::Mark, text::STORY_MODEL, content.whole())
}

fn call(call: &ModelCallInfo) -> AnyView {
    let failed = call.error.clone().map(|error| {
        view! {
            <dt>{text::FAILED_WITH}</dt>
            <dd class="error">{error}</dd>
        }
    });
    view! {
        <dl class="facts">
            <dt>{text::TASK}</dt>
            <dd>{call.task.clone()}</dd>
            <dt>{text::MODEL}</dt>
            <dd>{call.model.clone()}</dd>
            <dt>{text::ENGINE}</dt>
            <dd>{call.engine.clone()}</dd>
            <dt>{text::TOKENS_USED}</dt>
            <dd>{text::tokens_used(call.prompt_tokens, call.completion_tokens)}</dd>
            <dt>{text::TOOK}</dt>
            <dd>{text::duration(call.duration_ms)}</dd>
            <dt>{text::PARAMETERS}</dt>
            <dd>
                <code>{call.parameters.to_string()}</code>
            </dd>
            <dt>{text::PROMPT_HASH}</dt>
            <dd>
                <code>{call.prompt_sha256.clone()}</code>
            </dd>
            {failed}
        </dl>
    }
    .whole()
}

fn answered(story: &QuestionStory) -> Step {
    let conflict = story.conflict.as_ref();
    let conflict = conflict.map(|of| conflict_view(story.run.as_str(), of, &story.passages));
    let content = if story.sentences.is_empty() {
        view! { <p class="quiet">{text::STORY_NO_ANSWER}</p> }.whole()
    } else {
        let quotes = story.mode == Some(AnswerMode::Quotes);
        let written = story.sentences.iter().any(|sentence| !sentence.verbatim);
        let by_ai = written && !quotes;
        view! {
            <Answer
                run=story.run.to_string()
                sentences=Signal::stored(story.sentences.clone())
                passages=Signal::stored(story.passages.clone())
                by_ai=Signal::stored(by_ai)
                quotes_only=Signal::stored(quotes)
            />
            <Checks sentences=story.sentences.clone() />
        }
        .whole()
    };
    let content = view! {
        {content}
        {conflict}
    };
    (Icon::Document, text::STORY_ANSWER, content.whole())
}

fn ended(story: &QuestionStory, query: &LogQuery) -> Step {
    let outcome = match story.outcome {
        Some(outcome) => view! { <span class="tag">{text::outcome(outcome)}</span> }.whole(),
        None => text::STORY_WORKING.whole(),
    };
    let rule = story.rule.clone().map(|rule| {
        view! {
            <p>
                <span class="quiet">{text::DECIDED_BY} ": "</span>
                {rule}
            </p>
        }
    });
    let told = (!story.message.is_empty()).then(|| {
        view! {
            <p>
                <span class="quiet">{text::TOLD} ": "</span>
                {story.message.clone()}
            </p>
        }
    });
    let legal = story.escalation.as_ref().map(|escalation| {
        let about = query.with(LogFilter {
            subject: Some(format!("escalation:{escalation}")),
            ..LogFilter::default()
        });
        view! {
            <p>
                <a href=about.page()>{text::ESCALATION_RECORDS}</a>
            </p>
        }
    });
    let content = view! {
        <p class="row-about">
            {outcome} {story.finished_at.map(|at| view! { <Moment at=at /> })}
        </p>
        {rule}
        {told}
        {legal}
        {timings(&story.timings_ms)}
    };
    (Icon::Check, text::STORY_ENDED, content.whole())
}

/// How long each step took, where that was measured.
fn timings(measured: &Value) -> Option<AnyView> {
    let rows = steps_of(measured)
        .into_iter()
        .map(|(step, took)| {
            view! {
                <dt>{step}</dt>
                <dd>{took}</dd>
            }
        })
        .wholes();
    (!rows.is_empty()).then(|| {
        view! {
            <details>
                <summary>{text::TIMINGS}</summary>
                <dl class="facts">{rows}</dl>
            </details>
        }
        .whole()
    })
}

/// Steps and how long they took, in words.
fn steps_of(measured: &Value) -> Vec<(String, String)> {
    let Some(steps) = measured.as_object() else {
        return Vec::new();
    };
    let timed = steps.iter().filter_map(|(step, ms)| {
        let took = text::step_time(ms.as_f64()?);
        Some((step.replace('_', " "), took))
    });
    timed.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn steps_read_in_words_and_what_is_no_time_is_left_out() {
        let measured = json!({ "search": 34.04, "first_sentence": 1_310, "note": "x" });
        let mut steps = steps_of(&measured);
        steps.sort();
        let words = |step: &str, took: &str| (step.to_owned(), took.to_owned());
        assert_eq!(
            steps,
            [words("first sentence", "1.3 s"), words("search", "34.0 ms")]
        );
        assert!(steps_of(&Value::Null).is_empty());
    }
}
