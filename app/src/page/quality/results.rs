//! What became of each question of an evaluation; the filter stands in the address.

use crate::part::{Icon, IntoWhole, IntoWholes, derive, live};
use crate::text;
use inhouse_protocol::{EvaluationResult, Outcome};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// Questions shown until all are asked for.
const FIRST: usize = 100;

/// Which questions are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Show {
    All,
    /// Answered although the documents don't say.
    Wrong,
    /// Not answered although the documents say it.
    Missed,
    /// The right text isn't among what was found.
    NotFound,
    /// Could not be run.
    NotRun,
}

impl Show {
    const EVERY: [Self; 5] = [
        Self::All,
        Self::Wrong,
        Self::Missed,
        Self::NotFound,
        Self::NotRun,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Wrong => "wrong",
            Self::Missed => "missed",
            Self::NotFound => "not-found",
            Self::NotRun => "not-run",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::All => text::ALL,
            Self::Wrong => text::ANSWERED_WRONGLY,
            Self::Missed => text::NOT_ANSWERED,
            Self::NotFound => text::NOT_FOUND_FILTER,
            Self::NotRun => text::NOT_RUN,
        }
    }

    fn parse(text: Option<&str>) -> Self {
        let mut every = Self::EVERY.into_iter();
        every
            .find(|show| text == Some(show.as_str()))
            .unwrap_or(Self::All)
    }

    /// The filter's part of an address.
    fn query(self) -> String {
        match self {
            Self::All => String::new(),
            _ => format!("?show={}", self.as_str()),
        }
    }

    fn takes(self, result: &EvaluationResult) -> bool {
        let answered = result.outcome == Some(Outcome::Answered);
        match self {
            Self::All => true,
            Self::Wrong => result.question.answerable == Some(false) && answered,
            Self::Missed => {
                result.question.answerable == Some(true) && result.outcome.is_some() && !answered
            }
            Self::NotFound => result.recall.is_some() && result.first_gold.is_none(),
            Self::NotRun => result.error.is_some(),
        }
    }
}

/// Whether a question came out as expected; nothing where that can't be said.
pub(super) fn as_expected(result: &EvaluationResult) -> Option<bool> {
    if result.error.is_some() {
        return Some(false);
    }
    match (result.question.answerable, result.outcome) {
        (Some(answerable), Some(outcome)) => Some(answerable == (outcome == Outcome::Answered)),
        _ => result.recall.map(|_| result.first_gold.is_some()),
    }
}

/// The section of the evaluation's page, whose address is `page`.
pub(super) fn questions(results: RwSignal<Vec<EvaluationResult>>, page: &str) -> AnyView {
    let query = use_query_map();
    let show = Memo::new(move |_| query.with(|query| Show::parse(query.get("show").as_deref())));
    let everything = RwSignal::new(false);
    let fitting = move |show: Show| {
        results.with(|all| all.iter().filter(|result| show.takes(result)).count())
    };
    let filters = Show::EVERY
        .into_iter()
        .map(|choice| {
            let current = derive(move || (show.get() == choice).then_some("true"));
            let none = derive(move || choice != Show::All && fitting(choice) == 0);
            view! {
                <li hidden=none>
                    <a href=format!("{page}{}", choice.query()) aria-current=current>
                        {choice.name()}
                        " "
                        {live(move || fitting(choice))}
                    </a>
                </li>
            }
        })
        .wholes();
    let rows = move || {
        let show = show.get();
        let most = if everything.get() { usize::MAX } else { FIRST };
        results.with(|all| {
            let fitting = all.iter().filter(|result| show.takes(result));
            fitting.take(most).map(row).wholes()
        })
    };
    let found = Memo::new(move |_| fitting(show.get()));
    view! {
        <section
            class="panel"
            aria-labelledby="results"
            hidden=derive(move || results.with(Vec::is_empty))
        >
            <h2 id="results">{text::QUESTIONS}</h2>
            <nav class="filters" aria-label=text::FILTER>
                <ul>{filters}</ul>
            </nav>
            <p class="quiet" role="status">
                {live(move || (found.get() == 0).then_some(text::NO_QUESTION_FITS))}
            </p>
            <ol class="results">{live(rows)}</ol>
            <div class="buttons" hidden=derive(move || everything.get() || found.get() <= FIRST)>
                <p class="quiet">{live(move || text::first_questions_of(FIRST, found.get()))}</p>
                <button type="button" class="small" on:click=move |_| everything.set(true)>
                    {text::SHOW_ALL}
                </button>
            </div>
        </section>
    }
    .whole()
}

fn row(result: &EvaluationResult) -> AnyView {
    let details = details(result);
    view! {
        <li>
            {asked(result)}
            <dl class="facts">
                {expected(result)}
                <dt>{text::CAME}</dt>
                <dd>{text::came(result)}</dd>
            </dl>
            {details}
        </li>
    }
    .whole()
}

/// The question with its number, and whether it came out as expected.
pub(super) fn asked(result: &EvaluationResult) -> AnyView {
    let verdict = as_expected(result).map(|right| {
        let (class, icon, words) = if right {
            ("tag tag-resolved", Icon::Check, text::RIGHT)
        } else {
            ("tag tag-failed", Icon::Alert, text::WRONG)
        };
        view! { <span class=class>{icon.view()} {words}</span> }
    });
    view! {
        <p class="result-question">
            <span class="count">{result.number}</span>
            " "
            <span>{result.question.question.clone()}</span>
            " "
            {verdict}
        </p>
    }
    .whole()
}

/// What was expected, as far as it is known.
pub(super) fn expected(result: &EvaluationResult) -> Option<AnyView> {
    let question = &result.question;
    let parts = [
        text::expected(question.answerable).map(str::to_owned),
        question.document.clone(),
        question.quote.as_ref().map(|quote| format!("“{quote}”")),
        question.answer.clone(),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    if parts.is_empty() {
        return None;
    }
    let expected = view! {
        <dt>{text::EXPECTED}</dt>
        <dd>{parts.join("\n")}</dd>
    };
    Some(expected.whole())
}

/// The rule, the time, and what was found and answered where the reader may see it.
fn details(result: &EvaluationResult) -> AnyView {
    let rule = result.rule.clone().map(|rule| {
        view! {
            <dt>{text::RULE}</dt>
            <dd>
                <code>{rule}</code>
            </dd>
        }
    });
    let answer = (!result.sentences.is_empty()).then(|| {
        view! {
            <dt>{text::ANSWER_GIVEN}</dt>
            <dd>{result.sentences.join("\n")}</dd>
        }
    });
    let found: Vec<_> = result
        .found
        .iter()
        .map(|place| text::found_place(&place.document, place.start, place.end))
        .collect();
    let found = (!found.is_empty()).then(|| {
        view! {
            <dt>{text::FOUND_PLACES}</dt>
            <dd>{found.join("\n")}</dd>
        }
    });
    view! {
        <details>
            <summary>{text::RECORD_DETAILS}</summary>
            <dl class="facts">
                {rule}
                <dt>{text::TOOK}</dt>
                <dd>{text::took(result.took_ms)}</dd>
                {answer}
                {found}
            </dl>
        </details>
    }
    .whole()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn the_address_holds_the_filter_and_all_is_the_default() {
        for show in Show::EVERY {
            assert_eq!(Show::parse(show.query().strip_prefix("?show=")), show);
        }
        assert_eq!(Show::parse(Some("nonsense")), Show::All);
    }

    #[test]
    fn an_unanswerable_question_that_was_answered_is_answered_wrongly() {
        let mut result = sample::result(Some(false));
        result.outcome = Some(Outcome::Answered);
        assert!(Show::Wrong.takes(&result));
        assert!(!Show::Missed.takes(&result));
        assert_eq!(as_expected(&result), Some(false));
        result.outcome = Some(Outcome::Escalated);
        assert!(!Show::Wrong.takes(&result));
        assert_eq!(as_expected(&result), Some(true));
    }

    #[test]
    fn a_search_is_judged_by_whether_the_right_text_was_found() {
        let mut result = sample::result(Some(true));
        assert_eq!(as_expected(&result), None);
        assert!(!Show::Missed.takes(&result));
        result.recall = Some(0.0);
        assert!(Show::NotFound.takes(&result));
        assert_eq!(as_expected(&result), Some(false));
        result.first_gold = Some(12);
        assert!(!Show::NotFound.takes(&result));
    }

    #[test]
    fn what_could_not_be_run_is_not_as_expected() {
        let mut result = sample::result(None);
        result.error = Some("No document 'x.md' that you may see.".to_owned());
        assert!(Show::NotRun.takes(&result));
        assert_eq!(as_expected(&result), Some(false));
    }
}
