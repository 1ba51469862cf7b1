//! The rules in force in their order, and what their conditions can look at.

use crate::part::{Icon, IntoWhole, IntoWholes};
use crate::text;
use inhouse_protocol::{RuleSummary, SignalInfo, TopicSummary};
use leptos::prelude::*;

/// The rules by the stage at which they are judged, in their order.
fn by_stage(rules: &[RuleSummary]) -> Vec<(&str, Vec<&RuleSummary>)> {
    let mut stages: Vec<(&str, Vec<&RuleSummary>)> = Vec::new();
    for rule in rules {
        match stages.iter_mut().find(|(stage, _)| *stage == rule.stage) {
            Some((_, rules)) => rules.push(rule),
            None => stages.push((&rule.stage, vec![rule])),
        }
    }
    stages
}

pub(super) fn rules(rules: &[RuleSummary]) -> AnyView {
    let stages = by_stage(rules)
        .into_iter()
        .map(|(stage, rules)| {
            let name = text::rule_stage(stage);
            let rules = rules.into_iter().map(rule).wholes();
            view! {
                <h3>{name}</h3>
                <ol class="things rules" aria-label=name>
                    {rules}
                </ol>
            }
        })
        .wholes();
    view! {
        <section class="panel" aria-labelledby="rules-in-order">
            <h2 id="rules-in-order">{text::RULES_IN_ORDER}</h2>
            <p class="quiet">{text::RULES_IN_ORDER_LEAD}</p>
            {stages}
        </section>
    }
    .whole()
}

fn rule(rule: &RuleSummary) -> AnyView {
    let told = [
        (text::RULE_ACTION, rule.action.clone()),
        (text::RULE_MESSAGE, rule.message.clone()),
        (text::RULE_OWNER, rule.owner.clone()),
        (text::RULE_EFFECTIVE, rule.effective.clone()),
    ]
    .into_iter()
    .filter(|(_, words)| !words.is_empty())
    .map(|(name, words)| {
        view! {
            <dt>{name}</dt>
            <dd>{words}</dd>
        }
    })
    .wholes();
    view! {
        <li>
            <details class="thing rule">
                <summary>
                    <span class="rule-title">{rule.title.clone()}</span>
                    <span class="row-about">
                        <code>{rule.id.clone()}</code>
                        <span>{text::rule_tests(rule.tests)}</span>
                    </span>
                </summary>
                <dl class="facts">
                    {told}
                    <dt>{text::RULE_CONDITION}</dt>
                    <dd>
                        <code>{rule.condition.clone()}</code>
                    </dd>
                </dl>
            </details>
        </li>
    }
    .whole()
}

pub(super) fn topics(topics: &[TopicSummary], intents: &[TopicSummary]) -> AnyView {
    let lists = [
        (text::RULE_TOPIC_LABELS, topics),
        (text::RULE_INTENT_LABELS, intents),
    ]
    .into_iter()
    .filter(|(_, labels)| !labels.is_empty())
    .map(|(name, labels)| {
        let labels = labels
            .iter()
            .map(|label| {
                view! {
                    <li>
                        <span class="tag">
                            {label.label.clone()} " " {text::examples(label.examples)}
                        </span>
                    </li>
                }
            })
            .wholes();
        view! {
            <h3>{name}</h3>
            <ul class="rule-labels" aria-label=name>
                {labels}
            </ul>
        }
    })
    .wholes();
    if lists.is_empty() {
        return ().whole();
    }
    view! {
        <section class="panel" aria-labelledby="rule-topics">
            <h2 id="rule-topics">{text::RULE_TOPICS}</h2>
            <p class="quiet">{text::RULE_TOPICS_LEAD}</p>
            {lists}
        </section>
    }
    .whole()
}

/// The signals as a table that is opened where it is needed.
pub(super) fn signals(signals: &[SignalInfo]) -> AnyView {
    let rows = signals
        .iter()
        .map(|signal| {
            view! {
                <tr>
                    <th scope="row">
                        <code>{signal.name.clone()}</code>
                    </th>
                    <td data-label=text::SIGNAL_KIND>{signal.kind.clone()}</td>
                    <td data-label=text::SIGNAL_FROM>{signal.from.clone()}</td>
                    <td data-label=text::SIGNAL_MEANING>{signal.meaning.clone()}</td>
                </tr>
            }
        })
        .wholes();
    view! {
        <details class="add fold">
            <summary>
                {Icon::Down.view()} {text::RULE_SIGNALS}
                <span class="summary-note">{text::RULE_SIGNALS_LEAD}</span>
            </summary>
            <div class="rules-fold">
                <div class="table-frame" tabindex="0" role="group" aria-label=text::RULE_SIGNALS>
                    <table class="listing">
                        <caption class="visually-hidden">{text::RULE_SIGNALS}</caption>
                        <thead>
                            <tr>
                                <th scope="col">{text::SIGNAL}</th>
                                <th scope="col">{text::SIGNAL_KIND}</th>
                                <th scope="col">{text::SIGNAL_FROM}</th>
                                <th scope="col">{text::SIGNAL_MEANING}</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </div>
        </details>
    }
    .whole()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_stand_under_their_stage_in_their_order() {
        let rule = |id: &str, stage: &str| RuleSummary {
            id: id.to_owned(),
            title: String::new(),
            stage: stage.to_owned(),
            condition: String::new(),
            action: String::new(),
            message: String::new(),
            owner: String::new(),
            effective: String::new(),
            tests: 0,
        };
        let rules = [
            rule("a", "question"),
            rule("b", "found"),
            rule("c", "question"),
        ];
        let stages: Vec<(&str, Vec<&str>)> = by_stage(&rules)
            .into_iter()
            .map(|(stage, rules)| (stage, rules.iter().map(|rule| rule.id.as_str()).collect()))
            .collect();
        assert_eq!(stages, [("question", vec!["a", "c"]), ("found", vec!["b"])]);
    }
}
