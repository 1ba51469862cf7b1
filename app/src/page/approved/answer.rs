//! One answer: what it says and on what, to whom it is given, and where it stands.

use super::form::Form;
use super::places::{self, Place};
use super::steps::steps_view;
use super::{approval_tag, legal};
use crate::api::{Api, path};
use crate::page::{id_in_path, only_for};
use crate::part::{
    FormError, Icon, IntoWhole, IntoWholes, bodies, live, loaded, on_change, only, rows_to_come,
};
use crate::state::Ui;
use crate::text;
use crate::time::{Moment, day_text};
use inhouse_protocol::{
    ApiError, ApprovedAnswer, ApprovedAnswerId, Escalation, EscalationId, GroupId, Me, PassageRef,
    PersonName, Queues, ReplyKind,
};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// An answer that is there.
#[component]
pub(crate) fn AnswerPage() -> impl IntoView {
    only_for(legal, |me| view! { <Load me=me /> }.whole())
}

#[component]
fn Load(me: Me) -> impl IntoView {
    let id = id_in_path::<ApprovedAnswerId>("id");
    let data = bodies(move || Some(vec![path::queues(), path::approved_answer(&id.get()?)]));
    loaded(data, rows_to_come, move |bodies| {
        let queues: Queues = only(&bodies)?;
        let answer: ApprovedAnswer = only(bodies.get(1..).unwrap_or_default())?;
        let start = Start::of(answer, &me);
        Ok(view! { <Page start=start people=queues.people /> }.whole())
    })
}

/// A new one, out of a reply at the desk (`?from=` names the escalation) or to a question
/// (`?question=`).
#[component]
pub(crate) fn NewAnswerPage() -> impl IntoView {
    only_for(legal, |me| view! { <LoadNew me=me /> }.whole())
}

#[component]
fn LoadNew(me: Me) -> impl IntoView {
    let query = use_query_map();
    let from = Memo::new(move |_| {
        let id = query.with(|query| query.get("from"))?;
        id.parse::<EscalationId>().ok()
    });
    let data = bodies(move || {
        let mut paths = vec![path::queues()];
        paths.extend(from.get().map(|id| path::escalation(&id)));
        Some(paths)
    });
    loaded(data, rows_to_come, move |bodies| {
        let queues: Queues = only(&bodies)?;
        let start = match bodies.get(1..) {
            Some(rest) if !rest.is_empty() => Start::from_desk(only(rest)?, &me),
            _ => {
                let question = query.with_untracked(|query| query.get("question"));
                Start::to_question(question.unwrap_or_default(), &me)
            }
        };
        Ok(view! { <Page start=start people=queues.people /> }.whole())
    })
}

/// What stands in the form at first.
pub(super) struct Start {
    answer: Option<ApprovedAnswer>,
    pub(super) question: String,
    pub(super) phrasings: String,
    pub(super) body: String,
    pub(super) owner: Option<PersonName>,
    pub(super) valid_until: String,
    places: Vec<Place>,
    everyone: bool,
    groups: Vec<(GroupId, String)>,
    escalation: Option<EscalationId>,
}

impl Start {
    fn to_question(question: String, me: &Me) -> Self {
        Self {
            answer: None,
            question,
            phrasings: String::new(),
            body: String::new(),
            owner: Some(PersonName {
                id: me.id.clone(),
                name: me.name.clone(),
            }),
            valid_until: String::new(),
            places: Vec::new(),
            everyone: true,
            groups: Vec::new(),
            escalation: None,
        }
    }

    /// The question, and what Legal replied last, with the passages that were found.
    fn from_desk(item: Escalation, me: &Me) -> Self {
        let mut replies = item.replies.into_iter().rev();
        let reply = replies.find(|reply| reply.kind == ReplyKind::Reply);
        let passages: Vec<PassageRef> = item.passages;
        Self {
            body: reply.map(|reply| reply.body).unwrap_or_default(),
            places: places::places(&[], &passages),
            escalation: Some(item.summary.id),
            ..Self::to_question(item.summary.question, me)
        }
    }

    fn of(answer: ApprovedAnswer, me: &Me) -> Self {
        let summary = &answer.summary;
        Self {
            phrasings: answer.phrasings.join("\n"),
            body: answer.body.clone(),
            owner: summary.owner.clone(),
            valid_until: summary
                .valid_until
                .map_or_else(String::new, |day| day.to_string()),
            places: places::places(&answer.citations, &answer.passages),
            everyone: summary.everyone,
            groups: answer.groups.clone(),
            escalation: answer.escalation.clone(),
            ..Self::to_question(summary.question.clone(), me)
        }
        .stored(answer)
    }

    fn stored(mut self, answer: ApprovedAnswer) -> Self {
        self.answer = Some(answer);
        self
    }
}

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub(super) struct Shown {
    /// As it is stored; nothing yet for a new one.
    pub(super) answer: RwSignal<Option<ApprovedAnswer>>,
    pub(super) places: RwSignal<Vec<Place>>,
    pub(super) everyone: RwSignal<bool>,
    /// The groups that are chosen.
    pub(super) chosen: RwSignal<Vec<GroupId>>,
    /// Those to choose from: at first the chosen ones. None where they can't be had.
    pub(super) groups: RwSignal<Option<Vec<(GroupId, String)>>>,
    pub(super) escalation: StoredValue<Option<EscalationId>>,
    /// Something stands in the form that isn't stored.
    pub(super) unsaved: RwSignal<bool>,
    pub(super) busy: RwSignal<bool>,
    pub(super) error: RwSignal<Option<ApiError>>,
    pub(super) api: StoredValue<Api>,
}

impl Shown {
    fn new(start: &mut Start) -> Self {
        let groups = std::mem::take(&mut start.groups);
        let chosen = groups.iter().map(|(id, _)| id.clone()).collect();
        Self {
            unsaved: RwSignal::new(start.answer.is_none()),
            answer: RwSignal::new(start.answer.take()),
            places: RwSignal::new(std::mem::take(&mut start.places)),
            everyone: RwSignal::new(start.everyone),
            chosen: RwSignal::new(chosen),
            groups: RwSignal::new(Some(groups)),
            escalation: StoredValue::new(start.escalation.take()),
            busy: RwSignal::new(false),
            error: RwSignal::new(None),
            api: StoredValue::new(expect_context()),
        }
    }

    pub(super) fn begin(self) {
        self.busy.set(true);
        self.error.set(None);
    }

    /// Shows what a change came to and says `said`; whether it went well.
    pub(super) fn settle(
        self,
        ui: Ui,
        changed: Result<ApprovedAnswer, ApiError>,
        said: &'static str,
    ) -> bool {
        let went_well = changed.is_ok();
        match changed {
            Ok(answer) => {
                let places = places::places(&answer.citations, &answer.passages);
                let _ = self.answer.try_set(Some(answer));
                let _ = self.places.try_set(places);
                let _ = self.unsaved.try_set(false);
                ui.say(said);
            }
            Err(error) => {
                let _ = self.error.try_set(Some(error));
            }
        }
        let _ = self.busy.try_set(false);
        went_well
    }

    /// Asks for the groups to choose from.
    fn load_groups(self) {
        let api = self.api.get_value();
        spawn_local(async move {
            let loaded = api.groups().await.ok();
            let groups = loaded.map(|groups| {
                let groups = groups.into_iter();
                groups
                    .map(|group| (group.id, group.name))
                    .collect::<Vec<_>>()
            });
            let _ = self.groups.try_update(|known| match groups {
                Some(groups) => *known = Some(groups),
                // What is chosen can still be taken out.
                None if known.as_ref().is_some_and(Vec::is_empty) => *known = None,
                None => {}
            });
        });
    }
}

#[component]
fn Page(start: Start, people: Vec<PersonName>) -> impl IntoView {
    let mut start = start;
    let shown = Shown::new(&mut start);
    on_change(move || shown.load_groups());
    let title = shown.answer.with_untracked(|answer| match answer {
        Some(answer) => answer.summary.question.clone(),
        None => text::NEW_ANSWER.to_owned(),
    });
    let about = move || shown.answer.with(|answer| answer.as_ref().map(about));
    view! {
        <Title text=text::title(&title) />
        <div class="page">
            <header class="page-head">
                <p class="crumbs">
                    <a href="/approved">{text::APPROVED_ANSWERS}</a>
                </p>
                <h1>{title.clone()}</h1>
                {live(about)}
            </header>
            <FormError error=shown.error />
            {steps_view(shown)}
            <Form shown=shown start=start people=people />
        </div>
    }
}

/// Where it stands, who stands for it, and where it came from.
fn about(answer: &ApprovedAnswer) -> AnyView {
    let summary = &answer.summary;
    let owner = summary
        .owner
        .as_ref()
        .map(|owner| text::owned_by(&owner.name));
    let approver = answer.approved_by.as_deref().map(text::approved_by);
    let until = summary
        .valid_until
        .map(|day| text::valid_until(&day_text(day)));
    let words = [
        owner,
        Some(text::written_by(&answer.author)),
        approver,
        until,
        Some(text::given_times(summary.served)),
    ];
    let words = words
        .into_iter()
        .flatten()
        .map(|words| view! { <span>{words}</span> })
        .wholes();
    let why = summary.review_reason.clone().map(|why| {
        view! {
            <p class="note">
                {Icon::Alert.view()}
                <span>
                    <strong>{text::OUT_OF_USE}": "</strong>
                    {why}
                </span>
            </p>
        }
    });
    let from = answer.escalation.as_ref().map(|id| {
        view! {
            <p>
                <a href=format!("/desk/{id}")>{text::FROM_REQUEST}</a>
            </p>
        }
    });
    view! {
        <p class="row-about">
            {approval_tag(summary.state)} {words}
            <span>
                <Moment at=summary.updated_at />
            </span>
        </p>
        {why}
        {from}
    }
    .whole()
}
