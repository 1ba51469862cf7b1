//! One version of the rules: written, checked, compared, tried and put into force.

use super::actions::actions;
use super::editor::Editor;
use super::replaying::Replaying;
use super::shown::Shown;
use super::trying::Trying;
use super::versions::{NewVersion, state_tag};
use super::{can_write, checks, diff, rules_text};
use crate::api::path;
use crate::page::insights::readers;
use crate::page::{id_in_path, only_for};
use crate::part::{
    FormError, Icon, IntoWhole, IntoWholes, bodies, live, loaded, only, paragraphs, rows_to_come,
};
use crate::text;
use crate::time::Moment;
use inhouse_protocol::{
    Me, Role, RuleVersion, RuleVersionDetail, RuleVersionId, Rules, RulesOrigin,
};
use leptos::prelude::*;
use leptos_meta::Title;

/// The version in the path.
#[component]
pub(crate) fn RuleVersionPage() -> impl IntoView {
    only_for(readers, |me| view! { <Load me=me /> }.whole())
}

#[component]
fn Load(me: Me) -> impl IntoView {
    let id = id_in_path::<RuleVersionId>("id");
    let data = bodies(move || Some(vec![path::rule_version(&id.get()?), path::rules()]));
    loaded(data, rows_to_come, move |bodies| {
        let detail = only(&bodies)?;
        let rules = only(bodies.get(1..).unwrap_or_default())?;
        let me = me.clone();
        Ok(view! { <Detail detail=detail rules=rules me=me /> }.whole())
    })
}

#[component]
fn Detail(detail: RuleVersionDetail, rules: Rules, me: Me) -> impl IntoView {
    let can_write = can_write(&me, rules.origin);
    let legal = me.role == Role::Legal;
    let name = text::rules_version(detail.version.number);
    let shown = Shown::new(detail, can_write);
    let elsewhere = (rules.origin == RulesOrigin::File)
        .then(|| view! { <p class="note calm">{Icon::Alert.view()} {text::RULES_IN_FILE}</p> });
    let steps = can_write.then(|| actions(shown, rules.second_person));
    let written = move || {
        if shown.editable.get() {
            return view! { <Editor shown=shown /> }.whole();
        }
        let content = shown.detail.with_untracked(|detail| detail.content.clone());
        rules_text(text::RULES_CONTENT, content)
    };
    let of_this = Callback::new(move |()| Some(shown.written()));
    let trying = legal.then(|| {
        view! {
            <Trying content=of_this />
            <Replaying shown=shown />
        }
    });
    let another = can_write.then(|| {
        let content = Callback::new(move |()| shown.written());
        view! { <NewVersion name=text::NEW_VERSION_FROM content=content /> }
    });
    let compared = move || shown.detail.with(|detail| diff::compared(&detail.diff));
    let about = move || {
        let editable = shown.editable.get();
        shown
            .detail
            .with(|detail| about(&detail.version, !editable))
    };
    view! {
        <Title text=text::title(&name) />
        <div class="page wide">
            <header class="page-head">
                <p class="crumbs">
                    <a href="/rules">{text::RULES}</a>
                </p>
                <h1 id="rule-version" tabindex="-1">
                    {name}
                </h1>
                {live(about)}
            </header>
            {elsewhere}
            <FormError error=shown.error />
            {steps}
            <div class="rules-work">
                <div>{live(written)}</div>
                {checks::section(shown)}
            </div>
            <section class="panel" aria-labelledby="rules-compared">
                <h2 id="rules-compared">{text::RULES_COMPARED}</h2>
                {live(compared)}
            </section>
            {trying}
            {another}
        </div>
    }
}

/// Where it stands, who wrote and who approved it, from when until when it decided, and its note
/// unless that stands in a field.
fn about(version: &RuleVersion, with_note: bool) -> AnyView {
    let note = (with_note && !version.note.is_empty()).then(|| paragraphs(&version.note));
    let approved = version.approved_by.clone().map(|person| {
        view! {
            <span>
                {text::RULES_APPROVED_BY} " " {person}
            </span>
        }
    });
    let times = [
        (text::RULES_CHANGED_AT, Some(version.updated_at)),
        (text::RULES_LIVE_FROM, version.live_from),
        (text::RULES_LIVE_UNTIL, version.live_until),
    ]
    .into_iter()
    .filter_map(|(what, at)| at.map(|at| (what, at)))
    .map(|(what, at)| {
        view! {
            <span>
                {what} " " <Moment at=at />
            </span>
        }
    })
    .wholes();
    view! {
        <p class="row-about">
            {state_tag(version.state)} <span>{version.author.clone()}</span> {approved} {times}
        </p>
        {note}
    }
    .whole()
}
