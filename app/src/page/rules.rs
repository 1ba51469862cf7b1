//! The rules: what decides what becomes of a question, and in which versions it was written.

mod actions;
mod checks;
mod diff;
mod editor;
mod listing;
mod replaying;
mod shown;
mod trying;
mod version;
mod versions;

pub(crate) use version::RuleVersionPage;

use super::insights::readers;
use super::only_for;
use crate::api::path;
use crate::part::{Icon, IntoWhole, bodies, copy_button, loaded, only, rows_to_come};
use crate::text;
use inhouse_protocol::{Me, Role, RuleVersionId, Rules, RulesOrigin};
use leptos::prelude::*;
use leptos_meta::Title;
use trying::Trying;

fn version_page(id: &RuleVersionId) -> String {
    format!("/rules/versions/{id}")
}

/// Whether the viewer can write versions here.
fn can_write(me: &Me, origin: RulesOrigin) -> bool {
    me.role == Role::Legal && origin != RulesOrigin::File
}

/// What is in force.
#[component]
pub(crate) fn RulesPage() -> impl IntoView {
    only_for(readers, |me| view! { <Load me=me /> }.whole())
}

#[component]
fn Load(me: Me) -> impl IntoView {
    let data = bodies(|| Some(vec![path::rules()]));
    let content = loaded(data, rows_to_come, move |bodies| {
        Ok(content(only(&bodies)?, &me))
    });
    view! {
        <Title text=text::title(text::RULES) />
        <div class="page">
            <header class="page-head">
                <h1>{text::RULES}</h1>
                <p class="lead">{text::RULES_LEAD}</p>
            </header>
            {content}
        </div>
    }
}

fn content(rules: Rules, me: &Me) -> AnyView {
    let in_force = text::rules_origin(&rules);
    let elsewhere = (rules.origin == RulesOrigin::File)
        .then(|| view! { <p class="note calm">{Icon::Alert.view()} {text::RULES_IN_FILE}</p> });
    let of_those_in_force = Callback::new(|()| None);
    let trying = (me.role == Role::Legal).then(|| view! { <Trying content=of_those_in_force /> });
    let versions = versions::section(&rules, can_write(me, rules.origin));
    let listed = listing::rules(&rules.rules);
    let topics = listing::topics(&rules.topics, &rules.intents);
    let signals = listing::signals(&rules.signals);
    view! {
        <p class="rules-in-force">{in_force}</p>
        {elsewhere}
        {versions}
        {trying}
        {listed}
        {topics}
        {signals}
        {as_text(rules.content)}
    }
    .whole()
}

/// The rules in force as they were written, to be taken along.
fn as_text(content: String) -> AnyView {
    let copied = content.clone();
    view! {
        <details class="add fold">
            <summary>{Icon::Down.view()} {text::RULES_AS_TEXT}</summary>
            <div class="rules-fold">
                {copy_button(text::COPY_RULES, move || copied.clone())}
                {rules_text(text::RULES_AS_TEXT, content)}
            </div>
        </details>
    }
    .whole()
}

/// Rules to be read; scrolled by keys too.
fn rules_text(name: &'static str, content: String) -> AnyView {
    view! {
        <pre class="rules-content" tabindex="0" role="group" aria-label=name>
            {content}
        </pre>
    }
    .whole()
}
