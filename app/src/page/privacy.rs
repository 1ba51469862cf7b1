//! What is held on people: exporting and erasing it, legal holds, retention.

mod erasure;
mod holds;
mod retention;
mod subject;

use super::log::admin;
use super::only_for;
use crate::api::path;
use crate::part::{IntoWhole, bodies, loaded, only, rows_to_come};
use crate::text;
use holds::Holds;
use inhouse_protocol::Person;
use leptos::prelude::*;
use leptos_meta::Title;
use retention::RetentionSection;
use subject::SubjectSection;

/// Only admins answer requests about people's data.
#[component]
pub(crate) fn PrivacyPage() -> impl IntoView {
    only_for(admin, |_| view! { <Privacy /> }.whole())
}

#[component]
fn Privacy() -> impl IntoView {
    let data = bodies(|| Some(vec![path::people(), path::holds(), path::retention()]));
    let sections = |bodies: Vec<String>| {
        let people: Vec<Person> = only(&bodies)?;
        let holds = only(bodies.get(1..).unwrap_or_default())?;
        let retention = only(bodies.get(2..).unwrap_or_default())?;
        let people = RwSignal::new(people);
        Ok(view! {
            <SubjectSection people=people />
            <Holds people=people holds=holds />
            <RetentionSection retention=retention />
        }
        .whole())
    };
    view! {
        <Title text=text::title(text::PRIVACY) />
        <div class="page narrow">
            <header class="page-head">
                <h1>{text::PRIVACY}</h1>
                <p class="lead">{text::PRIVACY_LEAD}</p>
            </header>
            {loaded(data, rows_to_come, sections)}
        </div>
    }
}
