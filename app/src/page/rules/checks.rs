//! What is wrong with rules, by line, and how their tests came out.

use super::editor::go_to_line;
use super::shown::Shown;
use crate::part::{Icon, IntoWhole, IntoWholes, derive, live};
use crate::text;
use inhouse_protocol::{RuleFault, RuleTestResult, RulesCheck};
use leptos::ev::MouseEvent;
use leptos::prelude::*;

pub(super) fn section(shown: Shown) -> AnyView {
    let summary = move || {
        if shown.checking.get() {
            return view! { <p class="quiet">{Icon::Clock.view()} {text::CHECKING_RULES}</p> }
                .whole();
        }
        let (passes, words) = shown
            .check
            .with(|check| (check.passes(), text::rules_checked(check)));
        let (class, icon) = if passes {
            ("good", Icon::Check)
        } else {
            ("error", Icon::Alert)
        };
        view! { <p class=class>{icon.view()} " " <span>{words}</span></p> }.whole()
    };
    let faults = move || {
        let faults = shown.check.with(|check| check.faults.clone());
        faults.into_iter().map(|one| fault(one, shown)).wholes()
    };
    let failed = move || shown.check.with(|check| tests(check, false));
    let passed = move || shown.check.with(|check| tests(check, true));
    let none = Memo::new(move |_| {
        shown
            .check
            .with(|check| check.tests.iter().all(|test| !test.passed))
    });
    view! {
        <section class="rules-checks" aria-labelledby="rule-checks">
            <h2 id="rule-checks">{text::RULE_CHECKS}</h2>
            <div role="status">{live(summary)}</div>
            <ul class="rules-faults">{live(faults)}</ul>
            <ul class="rules-tests">{live(failed)}</ul>
            <details hidden=derive(move || none.get())>
                <summary>{text::PASSED_RULE_TESTS}</summary>
                <ul class="rules-tests">{live(passed)}</ul>
            </details>
        </section>
    }
    .whole()
}

fn fault(fault: RuleFault, shown: Shown) -> AnyView {
    let line = fault.line.map(|line| place(line, shown));
    view! {
        <li>
            {Icon::Alert.view()}
            <p>
                {line} " " <span>{fault.message}</span>
            </p>
        </li>
    }
    .whole()
}

/// A line's number; where there is an editor, it leads to the line there.
fn place(line: u64, shown: Shown) -> AnyView {
    let words = text::fault_line(line);
    if !shown.editable.get_untracked() {
        return view! { <strong>{words}</strong> }.whole();
    }
    let go = move |event: MouseEvent| {
        if let Some(field) = shown.content.get_untracked() {
            event.prevent_default();
            go_to_line(&field, line);
        }
    };
    view! {
        <a href="#rules-content" rel="external" on:click=go>
            {words}
        </a>
    }
    .whole()
}

/// The tests that came out so.
fn tests(check: &RulesCheck, passed: bool) -> Vec<AnyView> {
    let tests = check.tests.iter().filter(|test| test.passed == passed);
    tests.map(test).wholes()
}

fn test(test: &RuleTestResult) -> AnyView {
    let (class, icon, words) = if test.passed {
        ("tag tag-resolved", Icon::Check, text::TEST_PASSED)
    } else {
        ("tag tag-failed", Icon::Alert, text::TEST_FAILED)
    };
    let came = (!test.passed).then(|| {
        view! {
            <dt>{text::CAME}</dt>
            <dd>{test.came.clone()}</dd>
        }
    });
    view! {
        <li>
            <p>
                <span class=class>{icon.view()} {words}</span>
                " "
                <span>{test.question.clone()}</span>
            </p>
            <dl class="facts">
                <dt>{text::RULE}</dt>
                <dd>
                    <code>{test.rule.clone()}</code>
                </dd>
                <dt>{text::EXPECTED}</dt>
                <dd>{test.expected.clone()}</dd>
                {came}
            </dl>
        </li>
    }
    .whole()
}
